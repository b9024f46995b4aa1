"""What was booked on a call, for the requester's own calendar: an entry and a link.

Pure. Owns whose time it is told in: the callee's, as far as their number tells it. How a calendar file and a calendar's
address are written is `ics.py`'s.
"""

from dataclasses import replace

from bot import ics, quiet, when
from bot.chat import Chat
from bot.masking import masked
from bot.report_view import Finished
from bot.summary import Appointment

_DAY_S = 86_400.0
_FARTHEST_S = 1000 * _DAY_S
_MOST_MINUTES = 7 * 24 * 60


def zone_of(call: Finished, chat: Chat) -> str:
    """The callee's time zone; the chat's where the number does not tell it, or may be in it."""
    found = quiet.zones(call.spec.callee.number)
    return chat.zone if chat.zone in found or not found else found[0]


def sound(appointment: Appointment, zone: str, called_unix: float) -> bool:
    """It can be put into a calendar: a real time, neither before the call nor years after it, and of some length."""
    try:
        starts_unix = when.local_time(appointment.start, zone).timestamp()
    except ValueError:
        return False
    return -_DAY_S < starts_unix - called_unix < _FARTHEST_S and 0 < appointment.minutes <= _MOST_MINUTES


def entry(call: Finished, chat: Chat, now_unix: float) -> bytes:
    """An .ics file, b"" where nothing was booked."""
    booked = _booked(call)
    if booked is None:
        return b""
    title, place, goal = _words(call, booked, chat)
    uid = f"{call.spec.id}@ringback"
    return ics.calendar_file(uid, title, booked.start, booked.minutes, place, zone_of(call, chat), goal, now_unix)


def told(call: Finished, chat: Chat, now_unix: float) -> str:
    """What the entry holds, and when, in words; "" where nothing was booked."""
    booked = _booked(call)
    if booked is None:
        return ""
    zone = zone_of(call, chat)
    moment = replace(chat, zone=zone).when(when.local_time(booked.start, zone).timestamp(), now_unix)
    return chat.words("report-calendar-file", title=booked.title, when=moment)


def link(call: Finished, chat: Chat) -> str:
    """An address that opens the entry in Google Calendar, "" where nothing was booked."""
    booked = _booked(call)
    if booked is None:
        return ""
    title, place, goal = _words(call, booked, chat)
    return ics.calendar_url(title, booked.start, booked.minutes, place, zone_of(call, chat), goal)


def _booked(call: Finished) -> Appointment | None:
    summary = call.summary
    return summary.appointment if summary and summary.achieved == "yes" else None


def _words(call: Finished, booked: Appointment, chat: Chat) -> tuple[str, str, str]:
    """In a group no number is shown in full, neither in a file nor in a link."""
    texts = booked.title, booked.place, call.spec.goal
    title, place, goal = (masked(text) if chat.group else text for text in texts)
    return title, place, goal
