"""The product on each of its databases, from an empty one: a call, and what is remembered of it after a restart."""

from pathlib import Path

import pytest

from bridge.database import open_database
from bridge.events import Confirmed, Ended
from bridge.journal import Journal
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    SHORT,
    answer_to,
    finished,
    is_card,
    order,
    place,
    running,
)


@pytest.fixture
def url(empty_database_url: str) -> str:
    """As hosts write it."""
    return empty_database_url.replace("postgresql:", "postgres:")


async def test_a_call_from_its_request_to_its_report(world: World, tmp_path: Path, url: str) -> None:
    async with running(world, tmp_path, database_url=url):
        card = await order(world)
        await place(world, card)
        report = await finished(world, card)
        assert "Booked: 7:45pm" in report.text
        assert "Trattoria Roma" in (await answer_to(world, "/calls")).text
    engine = open_database(url)
    journal = Journal(engine)
    async with engine.connect() as connection:
        ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
    told = await journal.events(ids[0])
    assert await journal.unfinished() == []
    await engine.dispose()
    assert (len(ids), type(told[0]), type(told[-1])) == (1, Confirmed, Ended)


async def test_what_was_begun_goes_on_after_a_restart(world: World, tmp_path: Path, url: str) -> None:
    async with running(world, tmp_path, database_url=url):
        question = await answer_to(world, REQUEST.replace(" on +1 415 555 2671", ""))
        other = await order(world, SHORT)
    async with running(world, tmp_path, database_url=url):
        card = await answer_to(world, "+1 415 555 2671", reply_to=question)
        assert is_card(card)
        await place(world, other)
        assert "they hung up" in (await finished(world, other)).text
