"""Quiet hours: when a number may be called where it rings."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from bot.quiet import NOTATION, QuietHours, parse, quiet, zones

NIGHT = QuietHours(time(22), time(8))
SIESTA = QuietHours(time(13, 30), time(15))
BERLIN = "+4930901820"
LOS_ANGELES = "+14155552671"
MOSCOW_MOBILE = "+79161234567"  # may be anywhere from Moscow to Kamchatka
UNKNOWN_IN_ITALY = "+3906488"
TOLL_FREE = "+18003569377"
UIFN = "+80012345678"
SATELLITE = "+870773111632"
NUMBERS = st.sampled_from(
    [BERLIN, LOS_ANGELES, MOSCOW_MOBILE, UNKNOWN_IN_ITALY, TOLL_FREE, UIFN, SATELLITE, "+34910123456", "+61491570006"]
)
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
HOURS = st.tuples(MINUTES, MINUTES).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: QuietHours(*ends))


def unix(zone: str, *moment: int) -> float:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[misc,arg-type]


# The notation


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (NOTATION, NIGHT),
        ("22-8", NIGHT),
        (" 22.00 – 8.00 ", NIGHT),
        ("10pm-8am", NIGHT),
        ("10 PM to 8:00 AM", NIGHT),
        ("13:30-15:00", SIESTA),
        ("12am-12pm", QuietHours(time(0), time(12))),
        ("20:00-24:00", QuietHours(time(20), time(0))),
        ("off", None),
        (" None ", None),
        ("", None),
    ],
)
def test_quiet_hours_are_read_from_their_notation(text: str, hours: QuietHours | None) -> None:
    assert parse(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "22:00",
        "22:00-",
        "night",
        "25:00-08:00",
        "24:01-8",
        "22:60-08:00",
        "13pm-8am",
        "0am-8am",
        "8-8",
        "0-24",
        "1-2-3",
    ],
)
def test_what_are_no_quiet_hours_is_refused_with_the_notation(text: str) -> None:
    with pytest.raises(ValueError, match=NOTATION):
        parse(text)


@given(HOURS)
def test_quiet_hours_that_are_written_are_read_back(hours: QuietHours) -> None:
    assert parse(str(hours)) == hours


@given(st.text(max_size=20) | st.text("0123456789:.- ampto", max_size=14))
def test_any_words_are_quiet_hours_or_refused(text: str) -> None:
    try:
        hours = parse(text)
    except ValueError:
        return
    assert hours is None or parse(str(hours)) == hours


@pytest.mark.parametrize(
    ("hours", "moment", "covered"),
    [
        (NIGHT, time(22), True),
        (NIGHT, time(3), True),
        (NIGHT, time(7, 59, 59), True),
        (NIGHT, time(8), False),
        (NIGHT, time(21, 59), False),
        (SIESTA, time(13, 29), False),
        (SIESTA, time(13, 30), True),
        (SIESTA, time(15), False),
    ],
)
def test_quiet_hours_go_over_midnight(hours: QuietHours, moment: time, *, covered: bool) -> None:
    assert hours.cover(moment) is covered


# Where a number rings


def test_a_number_tells_its_zones() -> None:
    assert zones(BERLIN) == ("Europe/Berlin",)
    assert zones(LOS_ANGELES) == ("America/Los_Angeles",)
    assert {"Europe/Moscow", "Asia/Kamchatka"} < set(zones(MOSCOW_MOBILE))


def test_a_number_outside_the_plan_has_its_countrys_zones() -> None:
    assert zones(UNKNOWN_IN_ITALY) == ("Europe/Rome",)


@pytest.mark.parametrize("number", [UIFN, SATELLITE, "nonsense", ""])
def test_a_number_without_a_country_has_no_zones(number: str) -> None:
    assert zones(number) == ()


def test_every_zone_of_the_numbering_plans_is_in_the_tz_database() -> None:
    for zone in {zone for found in TIMEZONE_DATA.values() for zone in found}:
        assert ZoneInfo(zone)


# When it may be called


def test_it_is_quiet_in_the_night_where_the_phone_rings() -> None:
    found = quiet(NIGHT, BERLIN, unix("America/New_York", 2026, 11, 22, 20, 12))
    assert found is not None
    assert found.zone == "Europe/Berlin"
    assert f"{found.local:%a %H:%M}" == "Mon 02:12"
    assert found.opens_unix == unix("Europe/Berlin", 2026, 11, 23, 8)


def test_it_opens_on_the_next_morning() -> None:
    found = quiet(NIGHT, BERLIN, unix("Europe/Berlin", 2026, 11, 22, 22))
    assert found is not None
    assert found.opens_unix == unix("Europe/Berlin", 2026, 11, 23, 8)


@pytest.mark.parametrize("hour", [8, 12, 21])
def test_by_day_one_may_call(hour: int) -> None:
    assert quiet(NIGHT, BERLIN, unix("Europe/Berlin", 2026, 11, 22, hour)) is None


@pytest.mark.parametrize("number", [TOLL_FREE, UIFN, SATELLITE, "nonsense"])
def test_a_service_or_a_number_without_a_country_is_never_quiet(number: str) -> None:
    assert quiet(NIGHT, number, unix("America/New_York", 2026, 11, 22, 3)) is None


def test_without_quiet_hours_one_may_always_call() -> None:
    assert quiet(None, BERLIN, unix("Europe/Berlin", 2026, 11, 22, 3)) is None


def test_a_number_of_several_zones_is_quiet_while_it_is_in_any_of_them() -> None:
    """At 12:00 in Moscow it is 21:00 in Kamchatka; at 13:30 it is night there, until Moscow's own morning is over."""
    assert quiet(NIGHT, MOSCOW_MOBILE, unix("Europe/Moscow", 2026, 11, 22, 12)) is None
    found = quiet(NIGHT, MOSCOW_MOBILE, unix("Europe/Moscow", 2026, 11, 22, 13, 30))
    assert found is not None
    assert found.zone in {"Asia/Kamchatka", "Asia/Anadyr"}
    assert found.local.hour == 22
    assert found.opens_unix == unix("Europe/Bucharest", 2026, 11, 23, 8)


def test_where_it_is_always_quiet_somewhere_it_opens_when_it_is_in_the_fewest_zones() -> None:
    nearly_always = QuietHours(time(12), time(9))
    found = quiet(nearly_always, MOSCOW_MOBILE, unix("Europe/Moscow", 2026, 11, 22, 15))
    assert found is not None

    def asleep(at: float) -> int:
        return sum(nearly_always.cover(datetime.fromtimestamp(at, ZoneInfo(z)).time()) for z in zones(MOSCOW_MOBILE))

    day = [found.opens_unix + minute * 60 for minute in range(-12 * 60, 12 * 60, 5)]
    assert asleep(found.opens_unix) == min(map(asleep, day)) > 0
    assert quiet(nearly_always, MOSCOW_MOBILE, found.opens_unix) is None


def test_a_morning_that_the_clock_skips_comes_after_the_gap() -> None:
    """02:00 becomes 03:00 in Berlin on 29 March 2026."""
    found = quiet(QuietHours(time(23), time(2, 30)), BERLIN, unix("Europe/Berlin", 2026, 3, 29, 1))
    assert found is not None
    assert f"{datetime.fromtimestamp(found.opens_unix, ZoneInfo('Europe/Berlin')):%H:%M}" == "03:30"


def test_a_morning_that_comes_twice_opens_each_time() -> None:
    """03:00 becomes 02:00 in Berlin on 25 October 2026: 02:10 is quiet twice."""
    hours = QuietHours(time(23), time(2, 30))
    first = datetime(2026, 10, 25, 2, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    for moment in (first, first.replace(fold=1)):
        found = quiet(hours, BERLIN, moment.timestamp())
        assert found is not None
        assert found.opens_unix == moment.timestamp() + 20 * 60


@given(HOURS, NUMBERS, st.integers(1_700_000_000, 2_000_000_000))
def test_a_number_that_is_quiet_opens_within_a_day(hours: QuietHours, number: str, at_unix: int) -> None:
    found = quiet(hours, number, float(at_unix))
    if found is None:
        return
    assert hours.cover(found.local.time())
    assert found.local.timestamp() == at_unix
    assert found.zone in zones(number)
    assert at_unix < found.opens_unix <= at_unix + 26 * 3600  # a day, and what the clock may skip
    if len(zones(number)) == 1:
        assert quiet(hours, number, found.opens_unix) is None
