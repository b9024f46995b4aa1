"""Days of the calendar for the rule-based mind: "tomorrow", "next Friday", "5th of May", seen from a day.

Owns the calendar. Local dates and times only: zones are the product's. Must not know of calls. Pure.
"""

import re
from datetime import date, datetime, time, timedelta

from sandbox.brain.words import day_name

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOMENT = re.compile(
    rf"\b(?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})(?:, (?P<hour>\d\d):(?P<minute>\d\d))?",
    re.IGNORECASE,
)


def moment_in(text: str) -> datetime | None:
    """`Sunday, 22 November 2026, 11:05 (Europe/Berlin)`; midnight where no time of day is given."""
    match = _MOMENT.search(text)
    if not match:
        return None
    day = date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, int(match["day"]))
    return moment(day, int(match["hour"] or 0) * 60 + int(match["minute"] or 0))


def moment(day: date, minutes: int) -> datetime:
    """A day, and minutes from its midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def date_of(day: str, today: date) -> date | None:
    """The date of a day in words, such as `tomorrow`, `next friday`, `saturday evening`, `5th of may`; today or later.

    None for words that name no day.
    """
    name = re.sub(r" (?:night|noon)$", "", day_name(day.lower()))
    after = name.startswith("next ")
    name = name.removeprefix("next ")
    if name in {"today", "tomorrow"}:
        return today + timedelta(days=name == "tomorrow")
    weekday = "saturday" if name == "weekend" else name
    if weekday in WEEKDAYS:
        ahead = (WEEKDAYS.index(weekday) - today.weekday()) % 7
        return today + timedelta(days=7 if after and not ahead else ahead)
    return _of_month(name, today)


def _of_month(name: str, today: date) -> date | None:
    """`may 5`, `5th of may`, `the 5th`: the next one."""
    number = re.search(r"\d+", name)
    if not number:
        return None
    named = next((n for n, month in enumerate(MONTHS, start=1) if month in name), 0)
    firsts = [date(today.year + n // 12, n % 12 + 1, 1) for n in range(today.month - 1, today.month + 12)]
    for first in firsts:
        if named in {0, first.month}:
            found = first + timedelta(days=int(number[0]) - 1)
            if found >= today and found.month == first.month:
                return found
    return None
