"""Who may do what: admins by the settings, callers by an admin, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import store as bot_store
from bot.people import People
from bot.store import Store
from bridge.database import open_database

ADMIN, CALLER, STRANGER = 101, 102, 103


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    engine = open_database(f"sqlite:///{tmp_path}/ringback.db")
    async with engine.begin() as connection:
        await connection.run_sync(bot_store.metadata.create_all)
    yield People(Store(engine), [ADMIN])
    await engine.dispose()


async def may_call(people: People) -> list[bool]:
    return [await people.may_call(person_id) for person_id in (ADMIN, CALLER, STRANGER)]


async def test_at_first_only_admins_may_call(people: People) -> None:
    for person_id in (ADMIN, CALLER, STRANGER):
        await people.meet(person_id, "Somebody")
    assert await may_call(people) == [True, False, False]


async def test_an_admin_need_not_have_been_met(people: People) -> None:
    assert await may_call(people) == [True, False, False]


async def test_a_caller_may_call_until_they_are_denied(people: People) -> None:
    await people.allow(CALLER)
    assert await may_call(people) == [True, True, False]
    assert await people.deny(CALLER)
    assert await may_call(people) == [True, False, False]
    assert not await people.deny(CALLER)
    assert not await people.deny(STRANGER)


def test_only_the_settings_make_an_admin(people: People) -> None:
    assert [people.is_admin(person_id) for person_id in (ADMIN, CALLER)] == [True, False]


def test_a_call_is_steered_by_its_requester_or_an_admin(people: People) -> None:
    assert people.may_steer(CALLER, CALLER)
    assert people.may_steer(ADMIN, CALLER)
    assert not people.may_steer(STRANGER, CALLER)
    assert not people.may_steer(CALLER, ADMIN)


def test_each_stranger_is_refused_aloud_once(people: People) -> None:
    assert [people.first_refusal(person_id) for person_id in (103, 103, 104, 103, 104)] == [
        *(True, False, True, False, False)
    ]


async def test_everybody_who_may_call_is_listed_once(people: People) -> None:
    await people.meet(CALLER, "Ana")
    await people.allow(CALLER)
    await people.allow(ADMIN)
    await people.meet(STRANGER, "Eve")
    assert await people.listed() == [("admin", "", ADMIN), ("caller", "Ana", CALLER)]
    await people.meet(ADMIN, "Shane")
    assert (await people.listed())[0] == ("admin", "Shane", ADMIN)
