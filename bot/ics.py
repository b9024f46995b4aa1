"""An appointment for the requester's own calendar: as a file, and as a link to Google Calendar.

Pure. Owns no words. The file follows RFC 5545, written by `icalendar`; the moment is in UTC, so that it needs no
VTIMEZONE and every calendar shows it in its owner's time. The link follows Google's template URL as it is documented at
https://github.com/InteractionDesignFoundation/add-event-to-calendar-docs/blob/main/services/google.md.
"""

from datetime import UTC, datetime, timedelta
from itertools import accumulate
from urllib.parse import quote, urlencode

from bot import when
from bot.richtext import plain

MAX_URL = 2000  # characters: what every browser and messenger opens
_MAX_TITLE = 500  # of them, each
_MAX_PLACE = 500
_GOOGLE = "https://calendar.google.com/calendar/render"
_PRODUCT = "-//Ringback//Ringback//EN"


def calendar_file(
    uid: str, title: str, start_local: str, minutes: int, place: str, zone: str, description: str, now_unix: float
) -> bytes:
    """An .ics file with one event. `uid` is the appointment's own: a second file with it replaces the first.

    Raises ValueError (when.WrongMoment) for a start that is no local date and time.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - a call that goes on does not wait for it at a start

    start, end = _span(start_local, minutes, zone)
    event = Event.new(
        uid=uid,
        stamp=datetime.fromtimestamp(int(now_unix), UTC),
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        summary=_line(title),
        location=_line(place) or None,
        description=plain(description).text or None,
    )
    written: bytes = Calendar.new(prodid=_PRODUCT, uid=uid, subcomponents=[event]).to_ical()
    return written


def calendar_url(title: str, start_local: str, minutes: int, place: str, zone: str, description: str) -> str:
    """A link that opens the event in Google Calendar, at most MAX_URL characters; what is too long is cut.

    Raises ValueError (when.WrongMoment) for a start that is no local date and time.
    """
    span = "/".join(f"{moment:%Y%m%dT%H%M%S}" for moment in _span(start_local, minutes, zone))
    facts = {
        "action": "TEMPLATE",
        "text": _fitted(_line(title), _MAX_TITLE),
        "dates": span,
        "ctz": zone,
        "location": _fitted(_line(place), _MAX_PLACE),
    }
    url = f"{_GOOGLE}?" + urlencode(facts, quote_via=quote, safe="/") + "&details="
    return url + quote(_fitted(plain(description).text, MAX_URL - len(url)), safe="")


def _span(start_local: str, minutes: int, zone: str) -> tuple[datetime, datetime]:
    """Beginning and end on the local clock; the minutes between them are real ones, whatever the clock does."""
    start = when.local_time(start_local, zone)
    return start, (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)


def _line(text: str) -> str:
    return " ".join(plain(text).text.split())


def _fitted(text: str, room: int) -> str:
    """As much of the text as fits into `room` characters of a URL, with an ellipsis if it is cut."""
    if len(quote(text, safe="")) <= room:
        return text
    lengths = accumulate((len(quote(character, safe="")) for character in text), initial=len(quote("…")))
    return text[: sum(length <= room for length in lengths) - 1] + "…"
