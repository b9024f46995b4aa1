"""The matter of a call as the rule-based mind grasps it: what kind it is, its particulars, and what may be agreed to.

Owns the reading of a goal and its facts. Must not speak (`talk.py` does). Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Literal

from sandbox.brain.words import (
    CAPITALISED,
    COUNT,
    Time,
    content_words,
    count,
    day_name,
    day_part,
    days,
    plain,
    spoken_count,
    time_range,
    times,
    with_preposition,
)

Kind = Literal["book", "move", "cancel", "order", "ask", "tell", "other"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "move",
        (
            r"\b(move|reschedule|postpone|shift|bring forward|put off|change)\b"
            r".*\b(appointment|booking|reservation|table)\b"
        ),
    ),
    ("cancel", r"\bcancel\b"),
    ("book", r"\b(book|reserve|reservation|arrange|schedule|make (an )?appointment|get (an )?appointment)\b"),
    ("book", r"\b(table|seats?) for\b|\bappointment\b"),
    ("order", r"\border\b"),
    ("ask", r"\b(ask|find out|check|inquire|enquire)\b"),
    ("tell", r"\b(tell|say|let \w+ know|inform|remind|wish|congratulate|thank)\b"),
)
_SIZES = (
    (
        rf"\b(?:table|party|group|seats?|reservation|booking|dinner|lunch)s? (?:for|of) (?P<n>{COUNT})\b"
        r"(?![:.]\d| ?[ap]\.?m)"
    ),
    rf"\b(?!one of us)(?P<n>{COUNT}) (?:people|persons|guests|adults|of us|pax|seats|places)\b",
    rf"\bmake (?:it|that) (?:(?:a table )?for )?(?P<n>{COUNT})\b(?! ?[ap]\.?m| o'?clock|[:.]\d)",
    rf"\bwe (?:are|will be) (?:now )?(?P<n>{COUNT})\b",
    rf"\bfor (?P<n>{COUNT})\b(?! ?(?:[ap]\.?m|o'?clock|minutes|hours?|days?|weeks?|nights?)|[:.\d])",
)
_NAMES = (
    rf"\b(?:under|in) (?:the )?name(?: of)?:? (?P<name>{CAPITALISED}|\w+)",
    rf"\bunder (?!the\b|an?\b|\d)(?P<name>{CAPITALISED}|\w+)",
    rf"\bname(?: is| should be|:)? (?P<name>{CAPITALISED}|(?!of\b|is\b|the\b|under\b)\w+)",
    rf"\bin (?P<name>{CAPITALISED})'s name",
)
_PHONE = re.compile(r"\+?\d[\d ().-]{5,}\d")
NUMBER_FACT = re.compile(r"\b(?:phone|number|callback|mobile|tel)\b[^:]*:?\s*(\+?\d[\d ().-]{5,}\d)", re.IGNORECASE)
ANY_TIME = re.compile(r"\b(any ?time|whenever|flexible)\b(?!.*\d)|\bany (?:other )?time\b(?!.*\d)", re.IGNORECASE)
ANY_DAY = re.compile(r"\b(any ?(?:other )?(?:week)?day|next week|any date|whichever day|flexible)\b", re.IGNORECASE)
_AROUND = re.compile(rf"\b(?P<n>half an|an?|{COUNT}) ?(?P<unit>hours?|minutes|min)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:book|reserve|arrange|schedule|order|make|get|move|reschedule|cancel) "
    r"(?P<thing>(?:an?|the|\w+'s|\d+|two|three|some) [\w -]+?)"
    r"(?= (?:for|at|on|to|from|under|in|tonight|today|tomorrow|this|next)\b|[,.]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Particulars:
    """What people write down of a booking. Empty where it was not said."""

    size: int | None = None
    time: Time | None = None
    day: str = ""
    name: str = ""
    phone: str = ""

    @property
    def told(self) -> int:
        """How many of them there are."""
        return sum(bool(getattr(self, f.name)) for f in fields(self))

    def over(self, other: "Particulars") -> "Particulars":
        """These, and the other's where these say nothing."""
        mine = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return replace(other, **mine)

    def spoken(self, thing: str = "a table") -> str:
        """`a table for four at 7pm on Saturday`."""
        size = f" for {spoken_count(self.size)}" if self.size else ""
        return f"{thing}{size}{self.when()}"

    def when(self) -> str:
        """` at 7pm on Saturday`, ` tonight`, or nothing."""
        time = f" at {self.time}" if self.time else ""
        return f"{time} {with_preposition(self.day)}".rstrip()


def kind_of(goal: str) -> Kind:
    """By its first words if they say so, else by any."""
    head = " ".join(goal.split()[:2])
    for kind, pattern in _KINDS:
        if kind in {"ask", "tell"} and re.match(pattern, head, re.IGNORECASE):
            return kind
    return next((kind for kind, pattern in _KINDS if re.search(pattern, goal, re.IGNORECASE)), "other")


def size_in(text: str) -> int | None:
    for pattern in _SIZES:
        if (match := re.search(pattern, text, re.IGNORECASE)) and (number := count(match["n"])):
            return number
    return None


def name_in(text: str) -> str:
    for pattern in _NAMES:
        if match := re.search(pattern, text, re.IGNORECASE):
            name = match["name"]
            return name if name[0].isupper() else name.capitalize()
    return ""


def particulars_in(text: str) -> Particulars:
    """What a text says; of several times or days the first."""
    found, named = times(text), days(text)
    phone = NUMBER_FACT.search(text)
    time = found[0].time if found else None
    if time and not time.sure:
        time = time.like(Time(9 * 60) if _is_morning(named) else None)
    return Particulars(size_in(text), time, named[0] if named else "", name_in(text), phone[1] if phone else "")


def _is_morning(named: Iterable[str]) -> bool:
    return any(day.endswith("morning") for day in named)


@dataclass(frozen=True)
class Terms:
    """What may be accepted beyond the wish itself."""

    lines: tuple[str, ...]
    wish: Particulars

    def allow(self, time: Time | None, day: str) -> bool:
        """Whether an offer may be accepted; what it leaves open counts as wished."""
        if time is not None and not self._allow_time(time.like(self.wish.time), day):
            return False
        return not day or self._allow_day(day)

    @property
    def times(self) -> str:
        """The span of times, to ask for: `from 7pm to 9pm`, or nothing."""
        for line in self.lines:
            if span := time_range(line, self.wish.time):
                return f"from {span[0]} to {span[1]}"
        return ""

    def _allow_time(self, time: Time, day: str) -> bool:
        wish = self.wish.time
        if wish is not None and time == wish:
            return True
        if any(self._line_allows_time(line, time) for line in self.lines):
            return True
        if wish is not None:
            return bool(ANY_DAY.search(" ".join(self.lines))) and day_name(day) != day_name(self.wish.day)
        part = day_part(self.wish.day) if day_name(day) in {"", day_name(self.wish.day)} else None
        return part is None or part[0] <= time.minutes <= part[1]

    def _line_allows_time(self, line: str, time: Time) -> bool:
        if span := time_range(line, self.wish.time):
            return span[0] <= time <= span[1]
        if ANY_TIME.search(line):
            return True
        if self.wish.time and (around := _around(line)) is not None:
            earlier, later = "earl" in line.lower(), "later" in line.lower()
            offset = time.minutes - self.wish.time.minutes
            low, high = (-around if earlier or not later else 0), (around if later or not earlier else 0)
            return low <= offset <= high
        return self._bounded(line, time)

    def _bounded(self, line: str, time: Time) -> bool:
        """`after 6pm`, `before 9`, `until 9pm`, or plainly `8pm is fine too`."""
        limits = [found.time.like(self.wish.time) for found in times(line)]
        if not limits:
            return False
        if re.search(r"\b(after|from|not before)\b|\bor later\b", line, re.IGNORECASE):
            return time >= limits[0]
        if re.search(r"\b(before|until|till|by|latest|no later than)\b|\bor earlier\b", line, re.IGNORECASE):
            return time <= limits[0]
        return time in limits

    def _allow_day(self, day: str) -> bool:
        wished = day_name(self.wish.day)
        if not wished or wished == day_name(day):
            return True
        return any(
            ANY_DAY.search(line) or day_name(day) in {day_name(named) for named in days(line)} for line in self.lines
        )


def _around(line: str) -> int | None:
    """`half an hour either way`, `up to 30 minutes later`, in minutes."""
    match = _AROUND.search(line)
    if not match or not re.search(r"\b(either way|earlier|later|more or less|give or take)\b", line, re.IGNORECASE):
        return None
    number = match["n"].lower()
    if number == "half an":
        return 30
    amount = 1 if number in {"a", "an"} else count(number) or 0
    return amount * (60 if match["unit"].lower().startswith("hour") else 1)


@dataclass(frozen=True)
class Errand:
    """A goal with its facts, understood."""

    kind: Kind
    goal: str
    wish: Particulars
    terms: Terms
    facts: tuple[str, ...]

    @property
    def thing(self) -> str:
        """What is booked, moved or cancelled: `a table`, `an appointment`."""
        match = _THING.search(self.goal)
        return match["thing"] if match else ("a table" if self.wish.size else "an appointment")

    @property
    def is_table(self) -> bool:
        return self.kind == "book" and self.thing.lower() in {"a table", "the table", "table"}

    def fact_about(self, question: str) -> str:
        """The fact, beside the particulars, that shares a word with a question; or nothing."""
        asked = content_words(question)
        loose = (fact for fact in self.facts if particulars_in(_unlabelled(fact)) == Particulars())
        return next((fact for fact in loose if asked & content_words(fact)), "")


def errand(goal: str, facts: Iterable[str], may_agree: Iterable[str]) -> Errand:
    facts = tuple(facts)
    wish = Particulars()
    for fact in facts:  # a fact is more exact than the goal
        wish = wish.over(particulars_in(_unlabelled(fact)))
    goal_says = particulars_in(goal)
    wish = wish.over(goal_says)
    return Errand(kind_of(goal), goal, wish, Terms(tuple(may_agree), wish), facts)


def _unlabelled(fact: str) -> str:
    """`Time: 7` reads as `at 7`, `Guests: 4` as `4 people`."""
    label, colon, value = fact.partition(":")
    if not colon or not value.strip():
        return fact
    key = plain(label)
    if re.search(r"\b(time|when)\b", key):
        return f"at {value.strip()}"
    if re.search(r"\b(size|guests|people|persons|party)\b", key):
        return f"{value.strip().split()[0]} people"
    return fact
