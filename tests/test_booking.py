"""What was booked, for a calendar: in the callee's time zone, and nothing that no calendar takes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot import booking
from bot.buttons import Button
from bot.chat import Chat
from bot.report_view import Finished
from bot.summary import Appointment
from bridge.call import Callee
from tests.fakes import a_spec
from tests.samples import a_call, a_summary, any_text, check_keyboard

BERLIN = "+493012345678"
CALIFORNIA = "+14155552671"
FREEPHONE = "+18005550199"  # rings in every zone of its country
MONDAY_UNIX = 1795453200.0  # 23 November 2026, 17:00 UTC
HERE = Chat(101, zone="America/New_York")


def an_appointment(**changes: Any) -> Appointment:
    fields: dict[str, Any] = {
        "title": "Table for 4 at Trattoria Roma",
        "start": "2026-11-24T19:45",
        "minutes": 120,
        "place": "Trattoria Roma",
        **changes,
    }
    return Appointment.model_construct(**fields)


def booked(number: str = CALIFORNIA, *, achieved: str = "yes", **changes: Any) -> Finished:
    summary = a_summary(achieved=achieved, appointment=an_appointment(**changes))
    return a_call(summary, spec=a_spec(callee=Callee("Trattoria Roma", number)))


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        (CALIFORNIA, "America/Los_Angeles"),
        (BERLIN, "Europe/Berlin"),
        (FREEPHONE, "America/New_York"),  # the chat's, which is one of them
        ("nonsense", "America/New_York"),
    ],
)
def test_the_time_is_the_callees_as_far_as_the_number_tells_it(number: str, zone: str) -> None:
    assert booking.zone_of(booked(number), HERE) == zone


def test_the_entry_stands_at_the_callees_hour() -> None:
    lines = booking.entry(booked(BERLIN), HERE, MONDAY_UNIX).decode().splitlines()
    assert {"DTSTART:20261124T184500Z", "DTEND:20261124T204500Z"} < set(lines)
    assert {"SUMMARY:Table for 4 at Trattoria Roma", "LOCATION:Trattoria Roma"} < set(lines)


def test_the_entry_is_told_with_its_day_and_whose_hour_it_is() -> None:
    assert booking.told(booked(BERLIN), HERE, MONDAY_UNIX) == (
        "Table for 4 at Trattoria Roma, tomorrow, Tue, 24 Nov, 19:45 (Berlin)"
    )


def test_a_second_entry_replaces_the_first() -> None:
    entries = [booking.entry(booked(minutes=minutes), HERE, MONDAY_UNIX) for minutes in (60, 120)]
    one, other = ({str(event["uid"]) for event in Calendar.from_ical(entry).walk("VEVENT")} for entry in entries)
    assert one == other == {"call-1@ringback"}


def test_the_link_names_the_zone() -> None:
    link = booking.link(booked(BERLIN), HERE)
    assert "dates=20261124T194500/20261124T214500" in link
    assert "ctz=Europe/Berlin" in link


@pytest.mark.parametrize("call", [a_call(), a_call(a_summary()), booked(achieved="no"), booked(achieved="unclear")])
def test_what_was_not_booked_has_no_entry(call: Finished) -> None:
    assert (booking.entry(call, HERE, MONDAY_UNIX), booking.told(call, HERE, MONDAY_UNIX)) == (b"", "")
    assert booking.link(call, HERE) == ""


def test_in_a_group_no_number_is_shown_in_full() -> None:
    group = Chat(-100, zone="UTC")
    call = booked(title="Table, +1 415 555 2671", place="+1 415 555 2671")
    for shown in (booking.entry(call, group, MONDAY_UNIX).decode(), booking.link(call, group)):
        assert "2671" not in shown
        assert "415" not in shown
    assert b"+1 415 555 2671" in booking.entry(call, HERE, MONDAY_UNIX)


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        ({}, True),
        ({"start": "2026-11-23T09:00"}, True),  # on the day of the call
        ({"start": "2026-11-21T19:45"}, False),
        ({"start": "9999-12-31T19:45"}, False),
        ({"start": "tomorrow at eight"}, False),
        ({"start": "2026-11-24T19:45Z"}, False),
        ({"minutes": 0}, False),
        ({"minutes": -5}, False),
        ({"minutes": 10**20}, False),
    ],
)
def test_what_no_calendar_takes_is_no_appointment(changes: dict[str, Any], sound: bool) -> None:
    assert booking.sound(an_appointment(**changes), "America/Los_Angeles", MONDAY_UNIX) is sound


def any_start() -> st.SearchStrategy[str]:
    days = st.integers(-3, 1500).map(lambda days: date(2026, 11, 23) + timedelta(days))
    return any_text() | days.map(lambda day: f"{day.isoformat()}T19:45")


@given(any_text(), any_text(), any_start(), st.integers() | st.integers(-10, 20_000))
def test_whatever_a_model_writes_what_is_sound_can_be_put_into_a_calendar(
    title: str, place: str, start: str, minutes: int
) -> None:
    if not booking.sound(an_appointment(start=start, minutes=minutes), "Europe/Berlin", MONDAY_UNIX):
        return
    call = booked(BERLIN, title=title, place=place, start=start, minutes=minutes)
    assert Calendar.from_ical(booking.entry(call, HERE, MONDAY_UNIX)).walk("VEVENT")
    assert booking.told(call, HERE, MONDAY_UNIX)
    check_keyboard(((Button("Calendar", url=booking.link(call, HERE)),),))
