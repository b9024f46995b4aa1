"""Permits: what stands against a call, in which words, and what it may take. On a real SQLite file."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import budget, quiet, wording
from bot.chat import Chat
from bot.conversation import Draft
from bot.ledger import Ledger
from bot.people import People
from bot.permits import Permit, Permits, Policy, Refusal
from bot.roster import Roster
from bridge import prices
from tests.fakes import FakeWall
from tests.samples import GROUP, a_draft, a_plan

PRICES = prices.load("gpt-realtime-2.1")
ADMIN, CALLER, WATCHER = 101, 102, 103
NOON = datetime(2026, 11, 23, 20, tzinfo=UTC).timestamp()  # Monday, noon in Los Angeles
LONDON, FREE = "+442079460123", "+18005550199"
PRIVATE = Chat(ADMIN, zone="America/Los_Angeles")
FAMILY = Chat(GROUP.chat_id, allowed=True, zone="America/New_York")
Making = Callable[..., Permits]


@pytest.fixture
def ledger(engine: AsyncEngine) -> Ledger:
    return Ledger(engine, FakeWall(NOON))


@pytest.fixture
async def people(engine: AsyncEngine) -> People:
    people = People(Roster(engine, Chat(0)), [ADMIN])
    await people.give(CALLER, "caller")
    await people.give(WATCHER, "watcher")
    return people


@pytest.fixture
def permits(ledger: Ledger, people: People) -> Making:
    def made(*, hours: str = "off", countries: str = "", person: str = "none", chat: str = "none") -> Permits:
        policy = Policy(
            quiet.parse(hours),
            frozenset(countries.split()),
            budget.parse(person),
            budget.parse(chat),
            "America/Los_Angeles",
        )
        return Permits(ledger, people, policy, PRICES)

    return made


def draft(number: str = "+14155552671", **changes: Any) -> Draft:
    return a_draft(a_plan(callee_number=number), **{"requester_id": CALLER, **changes})


def in_group(**changes: Any) -> Draft:
    return draft(place=GROUP, **changes)


async def test_a_rehearsal_asks_for_money_alone(permits: Making, ledger: Ledger) -> None:
    await ledger.reserve("before", person_id=CALLER, chat_id=GROUP.chat_id, usd=5.0, seconds=600)
    poor = permits(person="5usd/day")
    refusal = await poor.rehearsal(draft(), PRIVATE, at_unix=NOON)
    assert refusal
    assert refusal.reason.startswith("Your budget for today is used up (5usd/day).")
    assert await poor.rehearsal(draft(requester_id=ADMIN), PRIVATE, at_unix=NOON) is None
    assert await permits(person="10min/day", chat="10min/day").rehearsal(in_group(), FAMILY, at_unix=NOON) is None
    of_the_group = await permits(chat="5usd/month").rehearsal(in_group(), FAMILY, at_unix=NOON)
    assert of_the_group
    assert of_the_group.reason.startswith("This group’s budget for this month is used up")


async def reason(permits: Permits, wanted: Draft, chat: Chat = PRIVATE, *, at_unix: float = NOON) -> str:
    found = await permits.check(wanted, chat, at_unix=at_unix)
    assert isinstance(found, Refusal)
    assert len(found.reason) <= 200  # answerCallbackQuery
    return found.reason


async def spend(ledger: Ledger, usd: float, minutes: float = 0, *, by: int = CALLER, chat_id: int = CALLER) -> None:
    await ledger.reserve(
        f"{by}-{chat_id}-{usd}-{minutes}", person_id=by, chat_id=chat_id, usd=usd, seconds=minutes * 60
    )


# Who


async def test_a_caller_may_call_and_nothing_limits_them_unless_it_is_set(permits: Making) -> None:
    assert await permits().check(draft(), PRIVATE, at_unix=NOON) == Permit(10, 0.0)


async def test_who_has_no_role_for_it_may_not_call(permits: Making) -> None:
    for requester_id in (WATCHER, 999):
        assert await reason(permits(), draft(requester_id=requester_id)) == (
            f"Shane may not place calls any more. An admin can change that: /allow {requester_id} caller"
        )


async def test_in_a_group_no_id_is_named(permits: Making) -> None:
    assert (await reason(permits(), in_group(requester_id=WATCHER), FAMILY)).endswith("/allow <id> caller")


async def test_a_group_must_be_allowed(permits: Making) -> None:
    assert isinstance(await permits().check(in_group(), FAMILY, at_unix=NOON), Permit)
    assert "/allow" in await reason(permits(), in_group(), Chat(GROUP.chat_id))


# Whom


async def test_a_number_on_the_list_is_not_called(permits: Making, ledger: Ledger) -> None:
    await ledger.bar("+14155552671", "callee")
    await ledger.bar(LONDON, "admin")
    assert await reason(permits(), draft()) == (
        "+1 415-555-2671 is on the do-not-call list since Mon, Nov 23: they asked not to be called. "
        "An admin can take it off, in our private chat: /donotcall"
    )
    assert "an admin put it there" in await reason(permits(), draft(LONDON))


async def test_only_the_countries_that_are_named_are_called(permits: Making) -> None:
    american = permits(countries="US CA")
    assert isinstance(await american.check(draft(), PRIVATE, at_unix=NOON), Permit)
    assert await reason(american, draft(LONDON)) == (
        "I may not call numbers in United Kingdom. Whoever runs me decides that with ALLOWED_COUNTRIES."
    )


async def test_a_number_of_no_country_is_not_called_where_countries_are_named(permits: Making) -> None:
    assert "ALLOWED_COUNTRIES" in await reason(permits(countries="US"), draft("+80012345678"))


async def test_nobody_is_called_at_night_and_the_morning_is_named(permits: Making) -> None:
    night = datetime(2026, 11, 23, 23, 30, tzinfo=ZoneInfo("Europe/London")).timestamp()
    found = await permits(hours="22:00-08:00").check(draft(LONDON), PRIVATE, at_unix=night)
    assert isinstance(found, Refusal)
    assert found.reason == (
        "It is 23:30 there (London), and I do not call between 22:00 and 08:00. "
        "I can plan the call for tomorrow, Tue, Nov 24, 12:00 AM (Los Angeles)."
    )
    assert found.opens_unix == datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Europe/London")).timestamp()
    assert isinstance(
        await permits(hours="22:00-08:00").check(draft(LONDON), PRIVATE, at_unix=found.opens_unix), Permit
    )


# For how much


async def test_a_budget_that_is_used_up_is_said_with_the_day_it_begins_anew(permits: Making, ledger: Ledger) -> None:
    await spend(ledger, 5.0)
    assert await reason(permits(person="5usd/day"), draft()) == (
        "Your budget for today is used up (5usd/day). It begins anew tomorrow, Tue, Nov 24, 12:00 AM (Los Angeles); "
        "an admin can raise it: /budget"
    )
    assert "for this month is used up (5usd/month). It begins anew Tue, Dec 1, 12:00 AM" in await reason(
        permits(person="5usd/month"), draft()
    )


@pytest.mark.parametrize(("limits", "anew"), [("9min/day", "Nov 24"), ("9min/month", "Dec 1")])
async def test_minutes_run_out_too(permits: Making, ledger: Ledger, limits: str, anew: str) -> None:
    await spend(ledger, 0.1, 9)
    assert anew in (told := await reason(permits(person=limits), draft()))
    assert told.startswith("Your minutes for")


async def test_in_a_group_both_budgets_count_and_it_is_said_whose_is_used_up(permits: Making, ledger: Ledger) -> None:
    await spend(ledger, 5.0, chat_id=GROUP.chat_id)
    both = permits(person="9usd/day", chat="5usd/day")
    assert "This group’s budget for today is used up" in await reason(both, in_group(), FAMILY)
    private = await both.check(draft(), PRIVATE, at_unix=NOON)
    assert isinstance(private, Permit)
    assert private.minutes == 10
    assert private.usd == pytest.approx(PRICES.estimate(600) * 2)
    assert "Shane’s budget for today" in await reason(permits(person="5usd/day"), in_group(), FAMILY)


async def test_own_limits_take_the_place_of_the_deployments(permits: Making, ledger: Ledger) -> None:
    await spend(ledger, 5.0)
    await ledger.set_limits(CALLER, "none")
    assert await permits(person="5usd/day").check(draft(), PRIVATE, at_unix=NOON) == Permit(10, 0.0)
    await ledger.set_limits(CALLER, "1usd/day")
    assert "(1usd/day)" in await reason(permits(person="9usd/day"), draft())
    await ledger.set_limits(CALLER, "")
    assert "(5usd/day)" in await reason(permits(person="5usd/day"), draft())


async def test_the_tightest_budget_cuts_the_call(permits: Making) -> None:
    short = await permits(person="3min/day").check(draft(), PRIVATE, at_unix=NOON)
    assert short == Permit(3, 0.0)
    cheap = await permits(person="9usd/day", chat="0.5usd/day").check(in_group(), FAMILY, at_unix=NOON)
    assert isinstance(cheap, Permit)
    assert (1 <= cheap.minutes < 10, cheap.usd) == (True, 0.5)


async def test_what_is_too_little_for_a_minute_is_not_begun_with(permits: Making) -> None:
    told = await reason(permits(person="0.02usd/day"), draft())
    assert told.startswith("What is left of the budget is not enough for a minute of this call, about $0.")


async def test_a_persons_day_is_the_deployments_whatever_they_set_in_their_chat(
    permits: Making, ledger: Ledger
) -> None:
    await spend(ledger, 5.0)
    elsewhere = Chat(CALLER, zone="Pacific/Kiritimati")  # where it is tomorrow already
    assert "used up" in await reason(permits(person="5usd/day"), draft(), elsewhere)
    standing = await permits(person="5usd/day").standing(CALLER, elsewhere, NOON)
    assert (standing.zone, standing.spent.usd_day, standing.left.usd) == ("America/Los_Angeles", 5.0, 0.0)


async def test_a_groups_day_is_its_own(permits: Making) -> None:
    assert (await permits().standing(GROUP.chat_id, FAMILY, NOON)).zone == "America/New_York"


async def test_a_call_for_another_day_is_not_taken_from_todays_budget(permits: Making, ledger: Ledger) -> None:
    await spend(ledger, 5.0)
    tomorrow = await permits(person="5usd/day").check(draft(), PRIVATE, at_unix=NOON + 24 * 60 * 60)
    assert isinstance(tomorrow, Permit)


async def test_a_night_that_lies_ahead_is_told_from_today(permits: Making) -> None:
    night = datetime(2026, 11, 24, 23, 30, tzinfo=ZoneInfo("Europe/London")).timestamp()
    found = await permits(hours="22:00-08:00").check(draft(LONDON), PRIVATE, at_unix=night, now_unix=night - 86_400)
    assert isinstance(found, Refusal)
    assert found.reason.startswith("It will be 23:30 there (London), and I do not call between 22:00 and 08:00.")
    opens = PRIVATE.when(found.opens_unix, night - 86_400)
    assert found.reason.endswith(f"I can plan the call for {opens}.")


@pytest.mark.parametrize("language", wording.languages())
def test_a_refusal_can_be_read_in_whole_when_it_is_pressed_for(language: str) -> None:
    """answerCallbackQuery: text of 0-200 characters."""
    words = wording.words(language)
    when = Chat(1, language=language, zone="America/Los_Angeles").when(NOON + 86_400, NOON)
    usual = {
        "name": "Alexandra",
        "id": "1234567890",
        "number": "+49 1512 3456789",
        "date": when.partition(",")[2],
        "why": "callee",
        "country": "Deutschland",
        "time": "11:30 PM",
        "zone": "Los Angeles",
        "opens": when,
        "from": "22:00",
        "to": "08:00",
        "limit": "5usd/day 50usd/month",
        "anew": when,
        "cost": "$0.10",
        "link": "https://t.me/ringback_bot",
    }
    refusals = ["refused-role", "refused-requester", "refused-group", "refused-do-not-call", "refused-country"]
    refusals += [
        "refused-quiet",
        "refused-quiet-then",
        "refused-too-little",
        "refusal",
        "refusal-group",
        "not-yours",
        "admins-only",
    ]
    refusals += [f"refused-{limit}" for limit in ("usd_day", "usd_month", "minutes_day", "minutes_month")]
    lengths = {key: len(words(key, whose=whose, **usual)) for key in refusals for whose in ("yours", "theirs", "chat")}
    assert {key: length for key, length in lengths.items() if length > 200} == {}
