"""When a call is to be placed, how often, and how often it is tried again: what a request says of the call itself.

Owns the telling of these words from those about the matter: "call her tomorrow at 9 and ..." is a time to call, "book a
table for tomorrow at 9" is none. Must not know of plans. Pure.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.brain.dates import MONTHS, WEEKDAYS, date_of, moment
from sandbox.brain.words import COUNT, DAY, Found, Time, count, day_part, times

_GAP = re.compile(r"[\s,]*(?:(?:on|at|around|about)\b\s*)?", re.IGNORECASE)
_IN = re.compile(
    rf"in (?P<n>half an|an?|{COUNT}) ?(?P<unit>hour|minute|min|day|week)s?(?P<half> and a half)?\b", re.IGNORECASE
)
_EVERY = re.compile(
    r"(?:(?:every|each)(?: single| other| second)? (?P<what>day|week|month|weekday|morning|afternoon|evening|night"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?|daily|weekly|monthly)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:this|in the) (?P<part>morning|afternoon|evening)\b", re.IGNORECASE)
_MINUTES = {"min": 1, "minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
# What may come after a time to call. After a day alone only the plainest: "call Roma tonight, 4 people" names no time
# to call, and neither does "call Roma tomorrow at 7pm, table for 2".
_THEN = re.compile(r"\s*(?:$|[.;!?]|,? ?(?:and|to|then|please|instead)\b)", re.IGNORECASE)
_OR_THEN = re.compile(
    r"[\s,:]*(?:(?:on |at )?#|(?:about|because|with|so|but|if|ask|tell|say|find|wish|remind|check|book|reserve|order"
    r"|cancel|move|i|my|for (?:an?|the|me))\b)",
    re.IGNORECASE,
)
_STARTS = {"morning": 9 * 60, "afternoon": 14 * 60, "evening": 18 * 60, "": 9 * 60}
_EARLIEST, _NOON = 8 * 60, 12 * 60  # a vague hour is one of the day's: 9 in the morning, 3 in the afternoon

_BUSY = r"(?:if|when|in case) (?:(?!\b(?:if|when|and)\b)[^.,;])*?\b(?:busy|engaged|answers?|picks? up|respond)\b"
_APART = rf"(?:every|after|in) (?:(?P<n>half an|an?|{COUNT}) ?)?(?P<unit>hour|minute|min)s?\b"
_TIMES = (
    rf"(?:(?:up to|at most|max(?:imum)?(?: of)?|no more than) )?"
    rf"(?:(?P<times>{COUNT}) (?:more )?(?:times?|attempts?|tries)|(?P<few>once|twice))\b"
)
_RETRY = re.compile(
    rf"[\s,;]*(?:\b(?:and|but|then)\b )?(?P<busy>{_BUSY},?\s*)?(?:then )?(?:please )?"
    r"\b(?:keep trying|(?:re)?try(?: (?:them|it|her|him))?(?: again)?|call(?: (?:them|it|her|him))? again|redial)"
    rf"(?P<how>(?:[\s,]*(?:(?:and|but) )?(?:{_APART}|{_TIMES}|{_BUSY}|until [^.,;]*))*)",
    re.IGNORECASE,
)
_USUAL_TIMES, _USUAL_MINUTES = 3, 15


@dataclass(frozen=True)
class When:
    """Empty where nothing was said. `day` is as in `dates.date_of`, or a part of today."""

    day: str = ""
    time: Time | None = None
    after: timedelta | None = None
    repeats: bool = False

    @property
    def said(self) -> bool:
        return self != When()


@dataclass(frozen=True)
class Retries:
    times: int = 0
    minutes: int = 0


def leading(text: str) -> tuple[When, str]:
    """The time to call at the head of a text, and the rest; nothing where it belongs to the matter."""
    when, end = _steps(text)
    only_a_day = not (when.time or when.after or when.repeats)
    fits = _THEN.match(text, end) or (not only_a_day and _OR_THEN.match(text, end))
    return (when, text[end:]) if when.said and fits else (When(), text)


def wholly(text: str) -> When:
    """The time to call of words that say nothing else."""
    when, end = _steps(text)
    return When() if text[end:].strip(" ,.") else when


def resolved(when: When, now: datetime) -> str:
    """`2026-11-23T09:00`; "" for now."""
    if when.after is not None:
        return (now + when.after).isoformat(timespec="minutes")
    if not (when.day or when.time):
        return ""
    today = now.date()
    day = date_of(when.day, today) or today
    clock = _minutes(when, same_day=day == today)
    at = next((at for minutes in clock if (at := moment(day, minutes)) > now), None)
    if at is None and (days := _days_on(when)):
        at = moment(day + timedelta(days=days), _minutes(when, same_day=False)[0])
    return at.isoformat(timespec="minutes") if at else ""


def _days_on(when: When) -> int:
    """How many days later the same time of day comes again, once it has passed today; 0 if it does not."""
    if when.time is None:
        return 0
    if any(weekday in when.day for weekday in WEEKDAYS):
        return 7
    return 1 if when.day in {"", "morning", "afternoon", "evening", "night"} else 0


def moved(when: When, before: str) -> When:
    """A new hour or a new day for a call that was planned for `before`; what it does not say stays."""
    if not before or not (when.day or when.time) or (when.day and when.time) or when.repeats:
        return when
    at = datetime.fromisoformat(before)
    if when.time:
        return replace(when, day=f"{MONTHS[at.month - 1]} {at.day}")
    return when if day_part(when.day) else replace(when, time=Time(at.hour * 60 + at.minute))


def take_retries(text: str) -> tuple[Retries, str]:
    """`try again every 15 minutes if busy, up to 3 times`, and the text without it."""
    for match in _RETRY.finditer(text):
        told = match["times"] or match["few"]
        # "Try again in ten minutes" alone is an order to call, and none for later.
        if not (told or match["busy"] or re.search(rf"\bevery\b|{_BUSY}", match["how"], re.IGNORECASE)):
            continue
        few = {"once": 1, "twice": 2}.get((match["few"] or "").lower(), 0)
        tried = few or count(match["times"] or "") or _USUAL_TIMES
        minutes = _span(match["n"] or "a", match["unit"]) if match["unit"] else _USUAL_MINUTES
        return Retries(tried, minutes), f"{text[: match.start()]}{text[match.end() :]}"
    return Retries(), text


def _steps(text: str) -> tuple[When, int]:
    """Days, times and spans from the head of a text on, and where they end."""
    clocks = {found.start: found for found in times(text)}
    when, end = When(), 0
    while True:
        at = _gap(text, end)
        step = _step(text, at, clocks)
        if step is None:
            return when, end
        new, end = step
        when = replace(
            when,
            day=" ".join(filter(None, (when.day, new.day))),
            time=new.time or when.time,
            after=new.after or when.after,
            repeats=new.repeats or when.repeats,
        )


def _gap(text: str, end: int) -> int:
    match = _GAP.match(text, end)
    return match.end() if match else end


def _step(text: str, at: int, clocks: dict[int, Found]) -> tuple[When, int] | None:
    if match := _IN.match(text, at):
        span = _span(match["n"], match["unit"]) + (30 if match["half"] else 0)
        return When(after=timedelta(minutes=span)), match.end()
    if match := _EVERY.match(text, at):
        what = (match["what"] or "").lower()
        return When(day="" if what in {"day", "week", "month", "weekday"} else what, repeats=True), match.end()
    if match := _PART.match(text, at):
        return When(day=match["part"].lower()), match.end()
    if match := DAY.match(text, at):
        following = "next " if re.search(r"\bnext\b", match[0], re.IGNORECASE) else ""
        return When(day=following + match["day"].lower().replace("'s", "")), match.end()
    if at in clocks:
        return When(time=clocks[at].time), clocks[at].end
    return None


def _span(number: str, unit: str) -> int:
    """In minutes."""
    minutes = _MINUTES[unit.lower()]
    if number.lower() == "half an":
        return minutes // 2
    return minutes * (1 if number.lower() in {"a", "an"} else count(number) or 0)


def _minutes(when: When, *, same_day: bool) -> list[int]:
    """The times of day that are meant, the likelier first."""
    part = re.search(r"morning|afternoon|evening|night", when.day)
    named = "evening" if part and part[0] == "night" else part[0] if part else ""
    if when.time is None:
        return [] if same_day and not named else [_STARTS[named]]
    if when.time.sure:
        return [when.time.minutes]
    early, late = when.time.minutes % 720, when.time.minutes % 720 + 720
    if named:
        return [early] if named == "morning" else [late]
    return [early, late] if same_day or _EARLIEST <= early < _NOON else [late, early]
