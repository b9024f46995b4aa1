"""Budgets: their notation, what is left of them and what a call may take."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget import (
    NOTATION,
    Allowance,
    Budget,
    BudgetMalformed,
    Left,
    Spent,
    allowance,
    left,
    narrower,
    parse,
    renewed,
    since,
    verdict,
)

CENTS = st.none() | st.integers(0, 99_999_999).map(lambda cents: cents / 100)
MINUTES = st.none() | st.integers(0, 9_999_999)
BUDGETS = st.builds(Budget, CENTS, CENTS, MINUTES, MINUTES)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "America/Havana", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]
)


# The notation


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        (NOTATION, Budget(5.0, 50.0, 30, 300)),
        ("300MIN/MONTH 5USD/Day", Budget(usd_day=5.0, minutes_month=300)),
        ("$5/day", Budget(usd_day=5.0)),
        ("5$/day, 30 minutes per day", Budget(usd_day=5.0, minutes_day=30)),
        ("USD 7.50 / month;1min/day", Budget(usd_month=7.5, minutes_day=1)),
        ("5,50usd/day,3mins/month", Budget(usd_day=5.5, minutes_month=3)),
        ("0usd/day", Budget(usd_day=0.0)),
        (" None ", Budget()),
        ("off", Budget()),
        ("", Budget()),
    ],
)
def test_a_budget_is_read_from_its_notation(text: str, budget: Budget) -> None:
    assert parse(text) == budget


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("5eur/day", "5eur/day"),
        ("5usd/day and 3min/day", "and"),
        ("5usd", "5usd"),
        ("-5usd/day", "-5usd/day"),
        ("15.555usd/day", "15.555usd/day"),
        ("1.5min/day", "1.5min/day"),
        ("5usd/days", "5usd/days"),
        ("5usd/week 1min/day", "5usd/week"),
        ("12345678usd/day", "12345678usd/day"),
        ("none 5usd/day", "none"),
        ("5usd/day 6 USD/day", "6 USD/day"),
        ("5min/day 5min/day", "5min/day"),
        (",", ","),
    ],
)
def test_what_is_no_budget_is_refused_by_its_bad_part(text: str, part: str) -> None:
    with pytest.raises(BudgetMalformed) as refused:
        parse(text)
    assert refused.value.part == part
    assert repr(part) in str(refused.value)
    assert NOTATION in str(refused.value)


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (Budget(5.0, 50.0, 30, 300), NOTATION),
        (Budget(usd_day=0.5), "0.5usd/day"),
        (Budget(usd_month=100.0), "100usd/month"),
        (Budget(usd_day=0.0, minutes_month=0), "0usd/day 0min/month"),
        (Budget(), "none"),
    ],
)
def test_a_budget_is_written_in_its_notation(budget: Budget, text: str) -> None:
    assert str(budget) == text


@given(BUDGETS)
def test_a_budget_that_is_written_is_read_back(budget: Budget) -> None:
    assert parse(str(budget)) == budget


@given(st.permutations(NOTATION.split()))
def test_the_order_of_limits_is_free(parts: list[str]) -> None:
    assert parse(" ".join(parts)) == parse(NOTATION)


@given(st.text(max_size=30) | st.text("0123456789.,$ usdminaymonthpreoff/-", max_size=30))
def test_any_words_are_a_budget_or_refused(text: str) -> None:
    try:
        budget = parse(text)
    except BudgetMalformed:
        return
    assert parse(str(budget)) == budget


# What is left


def test_without_limits_nothing_is_limited() -> None:
    assert left(Budget(), Spent(9.0, 9.0, 999.0, 999.0)) == Left()
    assert verdict(Left()) == ""


def test_the_tightest_limit_counts() -> None:
    budget = Budget(5.0, 50.0, 30, 300)
    assert left(budget, Spent(1.0, 1.0, 60.0, 60.0)) == Left(4.0, 29.0, "usd_day", "minutes_day")
    assert left(budget, Spent(1.0, 48.0, 60.0, 290 * 60.0)) == Left(2.0, 10.0, "usd_month", "minutes_month")


def test_what_is_overspent_leaves_nothing() -> None:
    assert left(Budget(usd_day=1.0), Spent(usd_day=1.7)) == Left(usd=0.0)


@pytest.mark.parametrize(
    ("spent", "limit"),
    [
        (Spent(), ""),
        (Spent(usd_day=4.98), ""),
        (Spent(usd_day=4.999), "usd_day"),
        (Spent(usd_day=5.0), "usd_day"),
        (Spent(usd_month=51.0), "usd_month"),
        (Spent(s_day=29 * 60.0), ""),
        (Spent(s_day=29 * 60.0 + 1), "minutes_day"),
        (Spent(s_month=300 * 60.0), "minutes_month"),
        (Spent(usd_day=5.0, usd_month=50.0), "usd_month"),
        (Spent(usd_day=5.0, s_month=300 * 60.0), "minutes_month"),
        (Spent(usd_month=50.0, s_day=30 * 60.0), "usd_month"),
    ],
)
def test_the_limit_that_is_used_up_longest_is_named(spent: Spent, limit: str) -> None:
    assert verdict(left(Budget(5.0, 50.0, 30, 300), spent)) == limit


def test_of_a_person_and_a_chat_the_narrower_counts() -> None:
    person = Left(3.0, None, "usd_day", "minutes_day")
    chat = Left(3.0, 20.0, "usd_month", "minutes_month")
    assert narrower(person, chat) == narrower(chat, person) == Left(3.0, 20.0, "usd_month", "minutes_month")
    assert narrower(person, Left()) == person
    assert narrower() == Left()


# What a call may take


def test_a_call_without_a_budget_takes_its_planned_minutes() -> None:
    assert allowance(Left(), planned_minutes=10, estimate_usd=1.0) == Allowance(10, 0.0)


def test_a_call_takes_no_more_minutes_than_are_left() -> None:
    assert allowance(Left(minutes=4.9), planned_minutes=10, estimate_usd=1.0) == Allowance(4, 0.0)
    assert allowance(Left(minutes=40.0), planned_minutes=10, estimate_usd=1.0) == Allowance(10, 0.0)


def test_a_call_takes_no_more_minutes_than_the_money_is_enough_for() -> None:
    assert allowance(Left(usd=0.3), planned_minutes=10, estimate_usd=1.0) == Allowance(3, 0.3)


def test_a_call_may_cost_more_than_its_estimate_but_not_all_that_is_left() -> None:
    assert allowance(Left(usd=50.0), planned_minutes=10, estimate_usd=2.0) == Allowance(10, 4.0)
    assert allowance(Left(usd=50.0), planned_minutes=1, estimate_usd=0.1) == Allowance(1, 1.0)
    assert allowance(Left(usd=50.0), planned_minutes=10, estimate_usd=0.0) == Allowance(10, 1.0)


def test_a_call_that_could_not_last_a_minute_is_not_made() -> None:
    some = Left(usd=0.05, usd_limit="usd_month")
    assert verdict(some) == ""
    assert allowance(some, planned_minutes=10, estimate_usd=1.0) == Allowance(0, 0.0, "usd_month")


def test_a_call_is_not_made_on_a_budget_that_is_used_up() -> None:
    assert allowance(Left(minutes=0.5), planned_minutes=10, estimate_usd=1.0) == Allowance(0, 0.0, "minutes_day")


@given(
    BUDGETS,
    st.builds(Spent, *[st.floats(0, 1e6)] * 4),
    st.integers(1, 55),
    st.floats(0, 20),
)
def test_no_call_takes_more_than_is_left(budget: Budget, spent: Spent, planned: int, estimate: float) -> None:
    rest = left(budget, spent)
    taken = allowance(rest, planned_minutes=planned, estimate_usd=estimate)
    assert bool(taken.refused) == (taken.minutes == 0)
    assert 0 <= taken.minutes <= planned
    assert rest.minutes is None or taken.minutes <= rest.minutes + 1e-5
    assert (taken.usd == 0.0) == (rest.usd is None or bool(taken.refused))
    assert rest.usd is None or taken.usd <= rest.usd


# The day and the month


def unix(zone: str, *moment: int) -> float:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "now", "day", "month"),
    [
        ("Europe/Berlin", (2026, 11, 22, 11, 5), (2026, 11, 22), (2026, 11, 1)),
        ("Europe/Berlin", (2026, 10, 25, 20, 0), (2026, 10, 25), (2026, 10, 1)),  # the clock went back today
        ("Pacific/Auckland", (2026, 1, 1, 0, 0), (2026, 1, 1), (2026, 1, 1)),
    ],
)
def test_day_and_month_begin_at_local_midnight(
    zone: str, now: tuple[int, ...], day: tuple[int, ...], month: tuple[int, ...]
) -> None:
    assert since(unix(zone, *now), zone) == (unix(zone, *day), unix(zone, *month))


def test_a_day_without_midnight_begins_with_its_first_moment() -> None:
    """In Beirut the clock goes from midnight to one on the last Sunday of March."""
    day, _ = since(unix("Asia/Beirut", 2026, 3, 29, 12, 0), "Asia/Beirut")
    assert datetime.fromtimestamp(day, ZoneInfo("Asia/Beirut")).hour == 1
    assert datetime.fromtimestamp(day - 1, ZoneInfo("Asia/Beirut")).day == 28


def test_a_day_with_two_midnights_begins_with_the_first() -> None:
    """In Havana the clock goes from one back to midnight on the first Sunday of November."""
    day, _ = since(unix("America/Havana", 2026, 11, 1, 12, 0), "America/Havana")
    assert datetime.fromtimestamp(day - 1, ZoneInfo("America/Havana")).day == 31
    assert unix("America/Havana", 2026, 11, 1, 12, 0) - day == 13 * 3600


@given(st.floats(1.6e9, 2.2e9), ZONES)
def test_now_is_in_the_day_and_the_month_that_began(now: float, zone: str) -> None:
    day, month = since(now, zone)
    assert month <= day <= now < day + 25 * 3600
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    assert datetime.fromtimestamp(day, ZoneInfo(zone)).date() == today
    assert datetime.fromtimestamp(day - 1, ZoneInfo(zone)).date() < today
    assert datetime.fromtimestamp(month, ZoneInfo(zone)).date() == today.replace(day=1)


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        ("2026-11-23T11:05", "2026-11-24T00:00", "2026-12-01T00:00"),
        ("2026-12-31T23:59", "2027-01-01T00:00", "2027-01-01T00:00"),
        ("2026-01-31T00:00", "2026-02-01T00:00", "2026-02-01T00:00"),
        ("2026-03-28T12:00", "2026-03-29T00:00", "2026-04-01T00:00"),
        ("2026-03-29T12:00", "2026-03-30T00:00", "2026-04-01T00:00"),  # 23 hours long in Berlin
    ],
)
def test_a_budget_begins_anew_with_the_next_day_and_month(now: str, day: str, month: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    expected = tuple(datetime.fromisoformat(text).replace(tzinfo=berlin).timestamp() for text in (day, month))
    assert renewed(datetime.fromisoformat(now).replace(tzinfo=berlin).timestamp(), "Europe/Berlin") == expected


@given(st.floats(0, 4e9), ZONES)
def test_what_begins_anew_then_has_not_begun_yet(now_unix: float, zone: str) -> None:
    for begins, kind in zip(renewed(now_unix, zone), (0, 1), strict=True):
        assert begins > now_unix
        assert since(begins, zone)[kind] == begins
