"""Quiet hours: whether it is night where a number rings, and when calls may be made there again.

Pure. Owns the rule. Where a number rings is libphonenumber's knowledge (`phonenumbers.timezone`), the local time that
of the tz database (`zoneinfo`). A number may belong to several zones, such as a mobile of a wide country: it is quiet
if it is quiet in any of them. Toll-free numbers and those without a country are answered around the clock.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number, time_zones_for_number

NOTATION = "22:00-08:00"

_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>[ap]m)?", re.IGNORECASE)


@dataclass(frozen=True)
class QuietHours:
    """Local times, over midnight if `end` comes before `start`. As text in the notation that `parse` reads."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def cover(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True)
class Quiet:
    """`zone` is where it is quiet (of several, where it stays so longest), `local` the time there, `opens_unix` the
    first moment at which the number may be called.
    """

    zone: str
    local: datetime
    opens_unix: float


def parse(text: str) -> QuietHours | None:
    """Quiet hours from their notation, also "22-8" or "10pm-8am"; None for "off", "none" and nothing.

    Raises ValueError, which names the notation, for anything else, and for hours that begin and end at once.
    """
    if text.strip().casefold() in {"", "off", "none"}:
        return None
    start, dash, end = re.sub(r"[–—]|\bto\b", "-", text).partition("-")
    hours = QuietHours(_clock(start), _clock(end)) if dash else None
    if hours is None or hours.start == hours.end:
        raise _malformed(text)
    return hours


def zones(number: str) -> tuple[str, ...]:
    """The IANA zones in which an E.164 number may ring; () if that is not known, or if it is no number."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ()
    # A number that the plan does not know still has its country's zones.
    found = (*time_zones_for_number(parsed), *time_zones_for_geographical_number(parsed))
    return tuple(dict.fromkeys(zone for zone in found if zone != UNKNOWN_TIMEZONE))


def quiet(hours: QuietHours | None, number: str, at_unix: float) -> Quiet | None:
    """Whether an E.164 number must not be called at that moment; None when it may be.

    It opens with the first moment that is quiet in none of its zones. Where there is none in a day, because they go
    around the globe, it opens when it is quiet in the fewest of them.
    """
    if hours is None or _around_the_clock(number):
        return None
    places = [ZoneInfo(zone) for zone in zones(number)]
    asleep = [place for place in places if _sleeps(hours, place, at_unix)]
    if not asleep:
        return None
    mornings = {place: _morning(hours, place, at_unix) for place in places}
    count = {opens: sum(_sleeps(hours, place, opens) for place in places) for opens in sorted(mornings.values())}
    opens_unix = min(count, key=count.__getitem__)  # the first of the best
    if count[opens_unix] >= len(asleep):
        return None
    longest = max(asleep, key=mornings.__getitem__)
    return Quiet(longest.key, datetime.fromtimestamp(at_unix, longest), opens_unix)


def _around_the_clock(number: str) -> bool:
    """Toll-free, also the international kind (UIFN, +800): a service that says itself when it is closed."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return True
    return phonenumbers.number_type(parsed) == PhoneNumberType.TOLL_FREE


def _sleeps(hours: QuietHours, place: ZoneInfo, at_unix: float) -> bool:
    return hours.cover(datetime.fromtimestamp(at_unix, place).time())


def _morning(hours: QuietHours, place: ZoneInfo, at_unix: float) -> float:
    """The next end of the quiet hours. On a day whose clock shows that time twice or never (PEP 495, fold), the end
    after which it is not quiet.
    """
    today = datetime.fromtimestamp(at_unix, place).date()
    ends = (
        datetime.combine(today + timedelta(days=day), hours.end.replace(fold=fold), place).timestamp()
        for day in range(4)
        for fold in (0, 1)
    )
    return next(end for end in ends if end > at_unix and not _sleeps(hours, place, end))


def _clock(written: str) -> time:
    found = _CLOCK.fullmatch(written.strip())
    if not found:
        raise _malformed(written)
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").casefold()
    if (half and not 1 <= hour <= 12) or (hour, minute) > (24, 0) or minute > 59:
        raise _malformed(written)
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    return time(hour % 24, minute)


def _malformed(written: str) -> ValueError:
    return ValueError(f"{written.strip()!r} are no quiet hours: write them like {NOTATION}, or off")
