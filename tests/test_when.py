"""The local time of a chat: read, said, and its zone found."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import when
from bot.when import (
    FARTHEST_S,
    Spoken,
    WrongMoment,
    _zones,
    known_zone,
    local_time,
    moment,
    now_line,
    spoken,
    zones_of_region,
)

BERLIN = "Europe/Berlin"


def unix(zone: str, *moment: int) -> float:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[misc,arg-type]


NOW = unix(BERLIN, 2026, 11, 22, 11, 5, 20)


# Reading


@pytest.mark.parametrize(
    "written", ["2026-11-23T09:00", "2026-11-23 09:00", " 2026-11-23T09:00:59 ", "2026-11-23T09:00:00.5"]
)
def test_a_local_time_is_read_to_the_minute(written: str) -> None:
    assert moment(written, BERLIN, NOW) == unix(BERLIN, 2026, 11, 23, 9)
    assert moment(written, "America/New_York", NOW) == unix("America/New_York", 2026, 11, 23, 9)


def test_a_moment_is_written_as_it_is_read() -> None:
    assert when.written(NOW, BERLIN) == "2026-11-22T11:05"
    assert moment(when.written(NOW, BERLIN), BERLIN, NOW) == NOW  # the seconds are lost, and it has only just passed


@pytest.mark.parametrize(
    "written",
    [
        "",
        "tomorrow",
        "2026-11-23",
        "2026-11-23T25:00",
        "2026-02-30T09:00",
        "2026-11-23T09:00Z",
        "2026-11-23T09:00+01:00",
        "0001-01-01T00:00",
        "20261123T0900",
    ],
)
def test_what_is_no_local_time_is_refused(written: str) -> None:
    with pytest.raises(WrongMoment, match="malformed") as refused:
        moment(written, BERLIN, NOW)
    assert refused.value.code == "malformed"


def test_a_minute_ago_is_now() -> None:
    assert moment("2026-11-22T11:05", BERLIN, NOW) == NOW
    assert moment("2026-11-22T11:06", BERLIN, NOW) == NOW + 40


@pytest.mark.parametrize("written", ["2026-11-22T11:04", "2025-11-22T11:05", "1000-01-01T00:00"])
def test_what_is_over_is_refused(written: str) -> None:
    with pytest.raises(WrongMoment, match="past"):
        moment(written, BERLIN, NOW)


def test_what_is_too_far_ahead_is_refused() -> None:
    assert moment("2027-01-21T11:05", BERLIN, NOW) <= NOW + FARTHEST_S
    with pytest.raises(WrongMoment, match="too_far"):
        moment("2027-01-21T11:06", BERLIN, NOW)
    with pytest.raises(WrongMoment, match="too_far"):
        moment("2999-12-31T23:59", BERLIN, NOW)


def test_a_time_that_the_clock_skips_is_an_hour_later() -> None:
    assert moment("2026-03-29T02:30", BERLIN, unix(BERLIN, 2026, 3, 28, 12)) == unix(BERLIN, 2026, 3, 29, 3, 30)
    assert f"{local_time('2026-03-29T02:30', BERLIN):%H:%M}" == "03:30"


def test_a_time_that_comes_twice_is_the_first_that_is_still_to_come() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(BERLIN))
    second = first.replace(fold=1).timestamp()
    assert moment("2026-10-25T02:30", BERLIN, first.timestamp() - 600) == first.timestamp()
    assert moment("2026-10-25T02:30", BERLIN, first.timestamp() + 600) == second
    with pytest.raises(WrongMoment, match="past"):
        moment("2026-10-25T02:30", BERLIN, second + 600)


@given(st.text(max_size=25) | st.from_regex(r"\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d\Z"), st.sampled_from([BERLIN, "UTC"]))
def test_any_words_are_a_moment_or_refused(written: str, zone: str) -> None:
    try:
        at_unix = moment(written, zone, NOW)
    except WrongMoment:
        return
    assert NOW <= at_unix <= NOW + FARTHEST_S


@given(st.integers(0, 60 * 24 * 60), st.sampled_from([BERLIN, "Pacific/Auckland", "America/St_Johns"]))
def test_a_moment_is_the_local_time_that_was_written(minutes: int, zone: str) -> None:
    now = unix(zone, 2026, 11, 22, 12)
    local = datetime.fromtimestamp(now + minutes * 60, ZoneInfo(zone))
    assert moment(f"{local:%Y-%m-%dT%H:%M}", zone, now) == now + minutes * 60


# Saying


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        (BERLIN, "en", Spoken("tomorrow", "Mon, 23 Nov", "09:00", "Berlin")),
        (BERLIN, "de", Spoken("tomorrow", "Mo., 23. Nov.", "09:00", "Berlin")),
        (BERLIN, "es", Spoken("tomorrow", "lun, 23 nov", "9:00", "Berlín")),
        (BERLIN, "en-US", Spoken("tomorrow", "Mon, Nov 23", "9:00 AM", "Berlin")),
        (BERLIN, "en_GB", Spoken("tomorrow", "Mon 23 Nov", "09:00", "Berlin")),
        ("America/New_York", "en", Spoken("tomorrow", "Mon, Nov 23", "9:00 AM", "New York")),
        ("US/Eastern", "en", Spoken("tomorrow", "Mon, Nov 23", "9:00 AM", "New York")),
        ("America/New_York", "de", Spoken("tomorrow", "Mo., 23. Nov.", "09:00", "New York")),
        ("Asia/Tokyo", "en", Spoken("tomorrow", "Mon 23 Nov", "09:00", "Tokyo")),
        ("UTC", "en", Spoken("tomorrow", "Mon 23 Nov", "09:00", "UTC")),
        ("Asia/Calcutta", "de", Spoken("tomorrow", "Mo., 23. Nov.", "09:00", "Kalkutta")),
        ("Europe/Kyiv", "de", Spoken("tomorrow", "Mo., 23. Nov.", "09:00", "Kiew")),
        ("Etc/GMT-2", "de", Spoken("tomorrow", "Mo., 23. Nov.", "09:00", "GMT+02:00")),
        ("Asia/Taipei", "zh-hans", Spoken("tomorrow", "11月23日周一", "09:00", "台北")),
        (BERLIN, "", Spoken("tomorrow", "Mon, 23 Nov", "09:00", "Berlin")),
        (BERLIN, "xx", Spoken("tomorrow", "Mon, 23 Nov", "09:00", "Berlin")),
    ],
)
def test_a_moment_is_said_in_the_chats_language(zone: str, language: str, said: Spoken) -> None:
    now = unix(zone, 2026, 11, 22, 11, 5)
    assert spoken(unix(zone, 2026, 11, 23, 9), zone, language, now) == said


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ((2026, 11, 22, 0, 0), "today"),
        ((2026, 11, 22, 23, 59), "today"),
        ((2026, 11, 23, 0, 0), "tomorrow"),
        ((2026, 11, 24, 0, 0), ""),
        ((2026, 11, 21, 23, 59), ""),
    ],
)
def test_a_day_is_named_by_the_local_calendar(at: tuple[int, ...], day: str) -> None:
    assert spoken(unix(BERLIN, *at), BERLIN, "en", NOW).day == day


def test_a_date_far_away_has_its_year() -> None:
    assert spoken(unix(BERLIN, 2027, 9, 18), BERLIN, "de", NOW).date == "Sa., 18. Sept. 2027"
    assert spoken(unix(BERLIN, 2026, 1, 18), BERLIN, "de", NOW).date == "So., 18. Jan. 2026"


@settings(deadline=None)  # a locale is read from a file the first time
@given(st.sampled_from(locale_identifiers()) | st.text(max_size=8), st.sampled_from(sorted(set(_zones().values()))))
def test_a_moment_can_be_said_in_every_language_and_zone(language: str, zone: str) -> None:
    said = spoken(NOW + 86_400, zone, language, NOW)
    assert said.day == "tomorrow"
    assert said.date
    assert said.time
    assert said.zone_name


def test_a_prompt_is_told_the_clock_in_english() -> None:
    assert now_line(NOW, BERLIN) == "Sunday, 22 November 2026, 11:05 (Europe/Berlin)"
    assert now_line(NOW, "Asia/Kolkata") == "Sunday, 22 November 2026, 15:35 (Asia/Kolkata)"


# Zones


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", BERLIN),
        ("europe / berlin", BERLIN),
        ("Berlin", BERLIN),
        ("Berlin time", BERLIN),
        (" new  york ", "America/New_York"),
        ("New_York", "America/New_York"),
        ("New York, USA", "America/New_York"),
        ("St. Johns", "America/St_Johns"),
        ("port au prince", "America/Port-au-Prince"),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Wien", "Europe/Vienna"),
        ("Nueva York", "America/New_York"),
        ("Moscou", "Europe/Moscow"),
        ("Germany", BERLIN),
        ("Deutschland", BERLIN),
        ("España", "Europe/Madrid"),
        ("Giappone", "Asia/Tokyo"),
        ("UK", "Europe/London"),
        ("PST", "America/Los_Angeles"),
        ("pacific daylight time", "America/Los_Angeles"),
        ("Eastern Time", "America/New_York"),
        ("EST", "America/New_York"),
        ("MESZ", "Europe/Paris"),
        ("utc", "UTC"),
        ("GMT+0", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("gmt -5", "Etc/GMT+5"),
        ("+02:00", "Etc/GMT-2"),
        ("UTC−3", "Etc/GMT+3"),
        ("Etc/GMT-2", "Etc/GMT-2"),
        ("UTC+15", None),
        ("UTC-13", None),
        ("UTC+5:30", None),
        ("United States", None),
        ("Australia", None),
        ("West", None),
        ("localtime", None),
        ("Etc/Unknown", None),
        ("Atlantis", None),
        ("../etc/passwd", None),
        ("", None),
        (",", None),
    ],
)
def test_a_zone_is_known_by_the_names_people_use(text: str, zone: str | None) -> None:
    assert known_zone(text) == zone


def test_every_zone_that_can_be_meant_is_in_the_tz_database_and_known_by_its_name() -> None:
    for zone in set(_zones().values()):
        assert ZoneInfo(zone)
        assert known_zone(zone) == zone


@given(st.text(max_size=20) | st.from_regex(r"\A(?:utc|GMT)?[+-]\d{1,2}(?::00)?\Z"))
def test_any_words_are_a_zone_or_none(text: str) -> None:
    zone = known_zone(text)
    assert zone is None or ZoneInfo(zone)


@pytest.mark.parametrize(
    ("region", "first", "count"),
    [("DE", BERLIN, 2), ("es", "Europe/Madrid", 3), ("GB", "Europe/London", 1), ("US", "America/Adak", 29)],
)
def test_a_country_has_its_zones_the_primary_one_first(region: str, first: str, count: int) -> None:
    found = zones_of_region(region)
    assert found[0] == first
    assert len(found) == count


@pytest.mark.parametrize("region", ["", "XX", "ZZ", "001", "Germany"])
def test_what_is_no_country_has_no_zones(region: str) -> None:
    assert zones_of_region(region) == ()
