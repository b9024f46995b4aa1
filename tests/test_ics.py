"""An appointment as a calendar file and as a link."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from icalendar import Calendar

from bot.ics import MAX_URL, calendar_file, calendar_url
from bot.richtext import plain
from tests.samples import any_text

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=UTC).timestamp()
DINNER: dict[str, Any] = {
    "title": "Trattoria Roma; table, 4",
    "start_local": "2026-11-23T19:00",
    "minutes": 90,
    "place": "Via Roma 2",
    "zone": "Europe/Berlin",
    "description": "Booked by phone.\nAsk for Lucia \\o/",
}


def the_event(**changes: Any) -> Any:
    [event] = Calendar.from_ical(calendar_file(**{"uid": "call-1", "now_unix": NOW, **DINNER, **changes})).events
    return event


def facts(**changes: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(calendar_url(**{**DINNER, **changes})).query).items()}


def test_the_file_is_a_calendar_with_one_event() -> None:
    event = the_event()
    assert event["UID"] == "call-1"
    assert datetime(2026, 11, 22, 10, 5, tzinfo=UTC) == event.DTSTAMP
    assert event.start == datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert event.end == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    assert event["SUMMARY"] == "Trattoria Roma; table, 4"
    assert event["LOCATION"] == "Via Roma 2"
    assert event["DESCRIPTION"] == "Booked by phone.\nAsk for Lucia \\o/"


def test_the_file_is_as_the_specification_wants_it() -> None:
    """RFC 5545: VERSION and PRODID are there, lines end with CR LF and have at most 75 octets."""
    lines = calendar_file("call-1", now_unix=NOW, **{**DINNER, "description": "ä" * 200}).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert {b"VERSION:2.0", b"PRODID:-//Ringback//Ringback//EN"} <= set(lines)
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)


def test_the_same_appointment_is_the_same_file() -> None:
    assert calendar_file("call-1", now_unix=NOW, **DINNER) == calendar_file("call-1", now_unix=NOW, **DINNER)


def test_what_is_not_known_is_left_out() -> None:
    event = the_event(place=" ", description="")
    assert "LOCATION" not in event
    assert "DESCRIPTION" not in event


def test_the_minutes_are_real_ones_when_the_clock_changes() -> None:
    event = the_event(start_local="2026-10-25T01:30", minutes=120)
    assert event.end - event.start == timedelta(hours=2)
    assert facts(start_local="2026-10-25T01:30", minutes=120)["dates"] == "20261025T013000/20261025T023000"


def test_a_start_that_the_clock_skips_is_an_hour_later() -> None:
    assert the_event(start_local="2026-03-29T02:30").start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert facts(start_local="2026-03-29T02:30", minutes=30)["dates"] == "20260329T033000/20260329T040000"


@pytest.mark.parametrize("start", ["", "tomorrow at 7", "2026-11-23", "2026-11-23T19:00Z", "2026-02-30T19:00"])
def test_a_start_that_is_no_local_time_is_refused(start: str) -> None:
    with pytest.raises(ValueError):
        the_event(start_local=start)
    with pytest.raises(ValueError):
        facts(start_local=start)


def test_the_link_opens_the_event_in_google_calendar() -> None:
    assert calendar_url(**DINNER).startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&text=")
    assert facts() == {
        "action": "TEMPLATE",
        "text": "Trattoria Roma; table, 4",
        "dates": "20261123T190000/20261123T203000",
        "ctz": "Europe/Berlin",
        "location": "Via Roma 2",
        "details": "Booked by phone.\nAsk for Lucia \\o/",
    }


def test_a_link_that_would_be_too_long_is_cut_at_a_character() -> None:
    assert len(calendar_url(**{**DINNER, "description": "x" * 5000})) == MAX_URL
    found = facts(title="ä" * 300, place="&" * 300, description="😀" * 300)
    assert found["text"] == "ä" * 81 + "…"
    assert found["location"].strip("&") == "…"
    assert found["details"].strip("😀") == "…"


@given(any_text(), any_text(), any_text())
def test_any_words_come_back_from_the_file(title: str, place: str, description: str) -> None:
    event = the_event(title=title, place=place, description=description)
    assert str(event["SUMMARY"]) == " ".join(plain(title).text.split())
    assert str(event.get("LOCATION", "")) == " ".join(plain(place).text.split())
    assert str(event.get("DESCRIPTION", "")) == plain(description).text


@given(any_text(), any_text(), any_text())
def test_any_words_make_a_link(title: str, place: str, description: str) -> None:
    url = calendar_url(**{**DINNER, "title": title * 9, "place": place * 9, "description": description * 9})
    assert url.isascii()
    assert len(url) <= MAX_URL
    assert facts(title=title, place=place, description=description)["dates"] == "20261123T190000/20261123T203000"
