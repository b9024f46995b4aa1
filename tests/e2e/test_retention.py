"""What is old is deleted: at the start, once a day, and never a call that goes on or is planned."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.retention import LOOK_S
from bot.settings import Settings
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    connected,
    data_of,
    finished,
    is_report,
    order,
    place,
    press,
    press_data,
    running,
    wall_clock,
)
from tests.e2e.later import at, began, plan, running_later, until
from tests.e2e.test_forget import GONE, called, count, left

DAY_S = 86_400
NEXT_WEEK = "next Monday at 2pm call Luigi on +1 415 555 0102 and book a table for two at 8pm, name Anna"


@contextlib.asynccontextmanager
async def running_days_later(
    world: World, folder: Path, days: float | Callable[[], float], **changes: Any
) -> AsyncIterator[App]:
    """The product, so many days after everything else in the test."""
    places = {"database_url": f"sqlite:///{folder}/ringback.db", "recordings_dir": folder / "recordings"}
    settings = Settings(_env_file=None, **world.settings(**(places | changes)))
    wall = wall_clock()
    async with App(settings, wall=lambda: wall() + (days if isinstance(days, float | int) else days()) * DAY_S) as app:
        world.port = app.port
        yield app


async def swept(folder: Path, drafts: int = 0) -> None:
    async with asyncio.timeout(30):
        while count(folder, "drafts") != drafts:  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.1)


@pytest.mark.daily
async def test_what_is_old_is_deleted_at_the_start_and_its_buttons_say_so(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, record_calls=True):
        _, report = await called(world, REQUEST)
        await world.requester.wait_for(lambda m: m.voice, after=report, timeout=10_000)  # a thread writes it
        await press(world, report, "Save contact")
        opened = await order(world, BUSY)
        [kept] = (tmp_path / "recordings").iterdir()
        for name in ("forgotten.ogg", ".unfinished.ogg.part", ".unfinished.7.tape"):
            kept.with_name(name).touch()
            os.utime(kept.with_name(name), (wall_clock()() - DAY_S,) * 2)
        old = {opened: data_of(opened, "Call"), report: data_of(report, "Full transcript")}
        again = data_of(report, "Call again")
    async with running_days_later(world, tmp_path, 91):
        await swept(tmp_path)
        assert left(tmp_path) == {"contacts": 1}
        assert not list((tmp_path / "recordings").iterdir())
        for message, data in old.items():
            assert await press_data(world, message, data) == GONE
        assert await press_data(world, report, again) == GONE
        assert count(tmp_path, "spending") == 1
        assert count(tmp_path, "audit", "action = 'called'") == 1
        assert (await answer_to(world, "/calls")).text.startswith("No calls yet")
        assert len(world.twilio.calls) == 1
    assert b"a table for four" not in (tmp_path / "ringback.db").read_bytes()


async def test_what_is_younger_stays(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        _, report = await called(world, SHORT)
    before = left(tmp_path)
    (tmp_path / "recordings").mkdir()
    young = tmp_path / "recordings" / "forgotten.ogg"
    young.touch()
    os.utime(young, (wall_clock()(),) * 2)
    async with running_days_later(world, tmp_path, 89):
        assert await press(world, report, "Full transcript") == ""
        assert left(tmp_path) == before
        assert young.exists()


async def test_with_0_days_everything_is_kept_for_ever(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        _, report = await called(world, SHORT)
    async with running_days_later(world, tmp_path, 9_000, retention_days=0):
        assert await press(world, report, "Full transcript") == ""
        assert count(tmp_path, "drafts") == 1


async def test_once_a_day_is_enough(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, retention_days=1):
        await called(world, SHORT)
        await asyncio.sleep(DAY_S - 600)  # not yet a day old when it is looked at
        assert count(tmp_path, "drafts") == 1
        await asyncio.sleep(DAY_S + 600)
        assert left(tmp_path) == {}


async def test_a_planned_call_is_never_too_old(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, retention_days=1):
        planned = await plan(world, NEXT_WEEK)
        await order(world, SHORT)
    async with running_days_later(
        world, tmp_path, 6.9, retention_days=1, time_zone="America/New_York", telegram_webhook_secret="sand-in_1"
    ):
        await swept(tmp_path, drafts=1)
        assert "Planned for" in planned.text
        await until(at(14, day=30) - 6.9 * DAY_S)
        assert (await began(world)).request.to == "+14155550102"
        await world.requester.wait_for(is_report)
        assert count(tmp_path, "drafts") >= 1


async def test_a_call_that_goes_on_is_left_alone(world: World, tmp_path: Path) -> None:
    """A wall clock that is put right by two days, in the middle of a call."""
    moved = [0.0]
    began_at = asyncio.get_running_loop().time()
    async with running_days_later(world, tmp_path, lambda: moved[0], retention_days=1):
        _, old = await called(world, SHORT)
        await asyncio.sleep(LOOK_S - 20 - (asyncio.get_running_loop().time() - began_at))
        live = await order(world)
        await place(world, live)
        await connected(world, live)
        moved[0] = 2.0
        await swept(tmp_path, drafts=1)
        assert "connected" in live.text
        report = await finished(world, live)
        assert report.text.startswith("✅ Booked")
        assert await press(world, report, "Full transcript") == ""
        assert await press_data(world, old, data_of(old, "Call again")) == GONE


async def test_a_call_that_nobody_can_be_told_of_goes_too(world: World, tmp_path: Path, provoked: Provoked) -> None:
    provoked.telegram = True
    async with running(world, tmp_path):
        await called(world, SHORT)
    with closing(sqlite3.connect(tmp_path / "ringback.db")) as connection:
        connection.execute("update drafts set stage = 'placed', chat_id = 999")
        connection.commit()
    async with running_later(world, tmp_path, retention_days=1):
        await asyncio.sleep(2 * DAY_S + 600)
        assert left(tmp_path) == {}
