"""Who may do what: admins by the settings or by an admin, callers, watchers, and nobody else."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.chat import Chat
from bot.people import People
from bot.roster import Role, Roster

ADMIN, CALLER, WATCHER, STRANGER = 101, 102, 103, 104
EVERYBODY = (ADMIN, CALLER, WATCHER, STRANGER)


@pytest.fixture
def roster(engine: AsyncEngine) -> Roster:
    return Roster(engine, Chat(0))


@pytest.fixture
async def people(roster: Roster) -> People:
    people = People(roster, [ADMIN])
    await people.load()
    return people


async def give_roles(people: People) -> None:
    await people.give(CALLER, "caller")
    await people.give(WATCHER, "watcher")


def may_call(people: People) -> list[bool]:
    return [people.may_call(person_id) for person_id in EVERYBODY]


async def test_at_first_only_admins_may_call(people: People, roster: Roster) -> None:
    for person_id in EVERYBODY:
        await roster.meet(person_id, "Somebody")
    assert may_call(people) == [True, False, False, False]


def test_an_admin_need_not_have_been_met(people: People) -> None:
    assert may_call(people) == [True, False, False, False]


async def test_a_caller_may_call_until_they_are_denied(people: People) -> None:
    assert await people.give(CALLER, "caller")
    assert may_call(people) == [True, True, False, False]
    assert await people.give(CALLER, "")
    assert may_call(people) == [True, False, False, False]
    assert not await people.give(CALLER, "")
    assert not await people.give(STRANGER, "")


async def test_a_watcher_sees_and_does_nothing(people: People) -> None:
    await give_roles(people)
    assert [people.may_watch(person_id) for person_id in EVERYBODY] == [True, True, True, False]
    assert not people.may_call(WATCHER)
    assert not people.may_steer(WATCHER, WATCHER)


async def test_an_admin_makes_admins_but_not_those_of_the_settings(people: People) -> None:
    assert [people.is_admin(person_id) for person_id in EVERYBODY] == [True, False, False, False]
    await people.give(CALLER, "admin")
    assert people.is_admin(CALLER)
    assert [people.is_fixed(person_id) for person_id in (ADMIN, CALLER)] == [True, False]


async def test_nobody_can_take_an_admin_of_the_settings_away(people: People) -> None:
    await people.give(ADMIN, "")
    assert people.role(ADMIN) == "admin"


async def test_a_call_is_steered_by_its_requester_or_an_admin(people: People) -> None:
    await give_roles(people)
    assert people.may_steer(CALLER, CALLER)
    assert people.may_steer(ADMIN, CALLER)
    assert not people.may_steer(STRANGER, CALLER)
    assert not people.may_steer(WATCHER, CALLER)
    assert not people.may_steer(CALLER, ADMIN)


async def test_who_is_denied_steers_their_own_calls_no_more(people: People) -> None:
    await give_roles(people)
    await people.give(CALLER, "")
    assert not people.may_steer(CALLER, CALLER)


async def test_roles_outlive_the_process(people: People, roster: Roster) -> None:
    await give_roles(people)
    again = People(roster, [])
    await again.load()
    assert [again.role(person_id) for person_id in EVERYBODY] == ["", "caller", "watcher", ""]


def test_each_stranger_is_refused_aloud_once(people: People) -> None:
    assert [people.first_refusal(person_id) for person_id in (103, 103, 104, 103, 104)] == [
        *(True, False, True, False, False)
    ]


async def test_who_is_put_out_is_refused_aloud_once_more(people: People) -> None:
    assert people.first_refusal(CALLER)
    await people.give(CALLER, "caller")
    await people.give(CALLER, "")
    assert [people.first_refusal(CALLER) for _ in range(2)] == [True, False]


async def test_a_role_covers_those_below_it(people: People) -> None:
    await give_roles(people)
    roles: tuple[Role, ...] = ("watcher", "caller", "admin")
    assert [[people.outranks(person_id, role) for role in roles] for person_id in EVERYBODY] == [
        [True, True, True],
        [True, True, False],
        [True, False, False],
        [False, False, False],
    ]


async def test_everybody_who_may_use_us_is_listed_once_admins_first(people: People, roster: Roster) -> None:
    given: list[tuple[int, str, Role]] = [
        (WATCHER, "Ana", "watcher"),
        (CALLER, "Cleo", "caller"),
        (105, "Zoe", "admin"),
        (ADMIN, "", "caller"),
    ]
    for person_id, name, role in given:
        await roster.meet(person_id, name)
        await people.give(person_id, role)
    await roster.meet(STRANGER, "Eve")
    assert await people.listed() == [
        *(("admin", "", ADMIN), ("admin", "Zoe", 105), ("caller", "Cleo", CALLER), ("watcher", "Ana", WATCHER))
    ]
    await roster.meet(ADMIN, "Shane")
    assert (await people.listed())[0] == ("admin", "Shane", ADMIN)
