"""Spending, limits, numbers that are never called, and who did what, in a real SQLite file and in a real PostgreSQL."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.budget import Spent
from bot.ledger import Barred, Ledger
from tests.fakes import FakeWall

ANA, BO, TEAM = 101, 102, -1001234567890
DAY_S = 86_400.0
ROMA, MUM = "+14155552671", "+442071234567"


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall()


@pytest.fixture
def ledger(engine: AsyncEngine, wall: FakeWall) -> Ledger:
    return Ledger(engine, wall)


async def spend(ledger: Ledger, name: str, *, person_id: int = ANA, chat_id: int = ANA, usd: float = 1.0) -> None:
    await ledger.reserve(name, person_id=person_id, chat_id=chat_id, usd=usd, seconds=usd * 60)


# Money and minutes


async def test_a_call_counts_from_its_confirmation_with_all_that_it_may_cost(ledger: Ledger, wall: FakeWall) -> None:
    today = (wall.now, wall.now)
    assert await ledger.spent(today, person_id=ANA) == Spent()
    await spend(ledger, "call-1", usd=2.0)
    assert await ledger.spent(today, person_id=ANA) == Spent(usd_day=2, usd_month=2, s_day=120, s_month=120)


async def test_a_call_that_is_over_counts_with_what_it_did_cost(ledger: Ledger, wall: FakeWall) -> None:
    await spend(ledger, "call-1", usd=2.0)
    await ledger.settle("call-1", usd=0.3, seconds=42)
    found = await ledger.spent((wall.now, wall.now), person_id=ANA)
    assert found == Spent(usd_day=0.3, usd_month=0.3, s_day=42, s_month=42)
    await ledger.settle("unknown", usd=9, seconds=9)
    assert await ledger.spent((wall.now, wall.now), person_id=ANA) == found


async def test_a_call_that_was_not_placed_costs_nothing(ledger: Ledger, wall: FakeWall) -> None:
    await spend(ledger, "call-1")
    await ledger.release("call-1")
    assert await ledger.spent((wall.now, wall.now), person_id=ANA) == Spent()


async def test_money_is_reserved_once_for_a_call(ledger: Ledger) -> None:
    await spend(ledger, "call-1")
    with pytest.raises(IntegrityError):
        await spend(ledger, "call-1")


async def test_each_person_and_each_chat_has_an_account(ledger: Ledger, wall: FakeWall) -> None:
    since = (wall.now, wall.now)
    await spend(ledger, "a", person_id=ANA, chat_id=TEAM, usd=1)
    await spend(ledger, "b", person_id=BO, chat_id=TEAM, usd=2)
    await spend(ledger, "c", person_id=BO, chat_id=BO, usd=4)
    people = [(await ledger.spent(since, person_id=person_id)).usd_day for person_id in (ANA, BO)]
    chats = [(await ledger.spent(since, chat_id=chat_id)).usd_day for chat_id in (TEAM, BO, ANA)]
    assert (people, chats) == ([1, 6], [3, 4, 0])


async def test_yesterdays_calls_count_for_the_month_and_last_months_not_at_all(ledger: Ledger, wall: FakeWall) -> None:
    for name, usd in (("last month", 1), ("yesterday", 2), ("today", 4)):
        await spend(ledger, name, usd=usd)
        wall.now += DAY_S
    day, month = wall.now - DAY_S, wall.now - 2 * DAY_S
    found = await ledger.spent((day, month), person_id=ANA)
    assert (found.usd_day, found.usd_month, found.s_day, found.s_month) == (4, 6, 240, 360)


async def test_limits_are_kept_for_people_and_groups_and_can_be_taken_back(ledger: Ledger) -> None:
    assert await ledger.limits(ANA) == ""
    for owner, limits in ((ANA, "5usd/day"), (TEAM, "60min/day"), (ANA, "9usd/day")):
        await ledger.set_limits(owner, limits)
    assert [await ledger.limits(owner) for owner in (ANA, TEAM, BO)] == ["9usd/day", "60min/day", ""]
    await ledger.set_limits(ANA, "")
    assert await ledger.limits(ANA) == ""


# Numbers that are never called


async def test_a_number_is_barred_until_it_is_taken_off(ledger: Ledger, wall: FakeWall) -> None:
    assert await ledger.barred(ROMA) is None
    await ledger.bar(ROMA, "callee")
    assert await ledger.barred(ROMA) == Barred(ROMA, wall.now, "callee")
    assert await ledger.barred(MUM) is None
    assert [await ledger.unbar(number) for number in (ROMA, ROMA)] == [True, False]
    assert await ledger.barred(ROMA) is None


async def test_who_asked_first_not_to_be_called_stays(ledger: Ledger, wall: FakeWall) -> None:
    since = wall.now
    await ledger.bar(ROMA, "callee")
    wall.now += DAY_S
    await asyncio.gather(*(ledger.bar(ROMA, "admin") for _ in range(4)))
    assert await ledger.all_barred() == [Barred(ROMA, since, "callee")]


async def test_barred_numbers_are_listed_newest_first(ledger: Ledger, wall: FakeWall) -> None:
    await ledger.bar(ROMA, "callee")
    wall.now += 1
    await ledger.bar(MUM, "admin")
    assert [barred.number for barred in await ledger.all_barred()] == [MUM, ROMA]


# Who did what


async def test_deeds_are_listed_newest_first_page_by_page(ledger: Ledger, wall: FakeWall) -> None:
    for number in range(5):
        await ledger.note(ANA, TEAM, "called", f"+1 4…{number:02d}")
    newest, *_ = await ledger.deeds(limit=3)
    assert (newest.unix, newest.actor_id, newest.chat_id, newest.action, newest.detail) == (
        *(wall.now, ANA, TEAM, "called", "+1 4…04"),
    )
    assert [deed.detail[-1] for deed in await ledger.deeds(limit=3)] == ["4", "3", "2"]
    assert [deed.detail[-1] for deed in await ledger.deeds(limit=3, skip=3)] == ["1", "0"]


async def test_a_deed_without_detail_and_one_with_too_much_are_kept(ledger: Ledger) -> None:
    await ledger.note(ANA, ANA, "hung-up")
    await ledger.note(ANA, ANA, "allowed", "x" * 1000)
    assert [len(deed.detail) for deed in await ledger.deeds(limit=9)] == [256, 0]
