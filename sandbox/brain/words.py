"""Reading English for the rule-based mind: counts, times of day, days, names, yes and no.

Owns the small grammar that planner, agent and report share. Must not know of calls. Pure.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
COUNT = rf"(?:{'|'.join(_COUNTS)}|\d{{1,3}}|an? couple)"
_HOUR = rf"(?:{'|'.join(_COUNTS)}|\d{{1,2}})"
_CLOCK = (
    r"(?P<noon>noon|midday|midnight)"
    rf"|(?P<past>half|quarter) (?P<way>past|to) (?P<past_hour>{_HOUR})\b"
    r"|(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>\d{1,2}):(?P<minute24>[0-5]\d)"
    rf"|(?P<oclock>{_HOUR}) o'?clock"
)
_CUES = "|".join(
    rf"(?<=\b{cue} )" for cue in ("at", "around", "about", "actually", "until", "by", "before", "after", "from")
)
_CUED = (
    rf"(?:{_CUES})(?P<bare>{_HOUR})\b"
    r"(?! ?(?:people|persons|guests|of|minutes|min|hours?|times?|days?|weeks?|%|\d))"
)
_TIME = re.compile(rf"(?<![\w+.:-])(?:{_CLOCK})(?!\w)", re.IGNORECASE)
_BARE_TIME = re.compile(rf"(?<![\w+.:-])(?:{_CLOCK}|{_CUED})(?!\w)", re.IGNORECASE)
RANGE = re.compile(
    rf"(?:\b(?:from|between|any ?time)\s+)?\b(?P<low>{_HOUR}(?::\d\d)?(?: ?[ap]\.?m)?)\s*"
    rf"(?:to|till|until|and|-|–)\s*(?P<high>{_HOUR}(?::\d\d)?(?: ?[ap]\.?m)?)\b",
    re.IGNORECASE,
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DAY = re.compile(
    r"\b(?:(?:this|next|on|the) )*(?P<day>"
    rf"(?:today|tonight|tomorrow|{'|'.join(_WEEKDAYS)}|weekend)(?:'s)?(?: (?:morning|afternoon|evening|night|noon))?"
    rf"|(?:{_MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})"
    r"|\d{1,2}(?:st|nd|rd|th)"
    r")\b",
    re.IGNORECASE,
)
_ALIKE = 0.75  # of their letters, in order: Mario and Maria
_PARTS = {"morning": (5 * 60, 12 * 60), "afternoon": (12 * 60, 18 * 60), "evening": (17 * 60, 23 * 60)}
_PART = re.compile(r"\b(morning|afternoon|evening)s?\b", re.IGNORECASE)

CAPITALISED = r"(?-i:[A-ZÀ-Ü][\w'’-]*(?: (?:(?:de|van|von|der|la|di) )?[A-ZÀ-Ü][\w'’-]*)*)"
YES = re.compile(
    r"\b(yes|yeah|yep|sure|of course|certainly|correct|exactly|right|fine|okay|ok|all right|no problem|gladly)\b",
    re.IGNORECASE,
)
NO = re.compile(r"\b(no|nope|not|cannot|can't|unfortunately|afraid|impossible)\b", re.IGNORECASE)
GOODBYE = re.compile(
    r"\b(good ?bye|bye(?: now| bye)?|take care|good night|have a (?:good|great|nice|lovely|wonderful) \w+"
    r"|see you(?: soon| later| then| there)?)[.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class Time:
    """A time of day in minutes from midnight. `sure` is false where morning or evening was not said."""

    minutes: int
    sure: bool = True

    def like(self, other: "Time | None") -> "Time":
        """A vague time, taken in the half of the day that is nearer to another; in the evening half by itself."""
        if self.sure:
            return self
        halves = (self.minutes % 720, self.minutes % 720 + 720)
        if other is None:
            return Time(halves[1])
        return Time(min(halves, key=lambda minutes: abs(minutes - other.minutes)))

    def __str__(self) -> str:
        hour, minute = divmod(self.minutes % 720, 60)
        half = "pm" if self.minutes >= 720 else "am"
        return f"{hour or 12}{f':{minute:02}' if minute else ''}{half if self.sure else ''}"


@dataclass(frozen=True)
class Found:
    time: Time
    words: str
    start: int
    end: int


def count(words: str) -> int | None:
    """`four`, `4` or `a couple` as a number."""
    word = words.lower().strip()
    if word.endswith("couple"):
        return 2
    if word in _COUNTS:
        return _COUNTS.index(word) + 1
    return int(word) if word.isdigit() else None


def spoken_count(number: int) -> str:
    return _COUNTS[number - 1] if 1 <= number <= len(_COUNTS) else str(number)


def times(text: str, *, bare: bool = True) -> list[Found]:
    """Every time of day in a text, in order. `bare` takes a lone number after "at" and the like for one."""
    found = (_BARE_TIME if bare else _TIME).finditer(text)
    return [
        Found(time, re.sub(r"(?<!\.[am])(?<!\.)m\.$", "m", match[0]), match.start(), match.end())
        for match in found
        if (time := _time(match))
    ]


def time_of(words: str) -> Time | None:
    """A time that stands alone: `7`, `7pm`, `half past seven`."""
    found = times(f"at {words.strip()}")
    return found[0].time if found else None


def _time(match: re.Match[str]) -> Time | None:
    part = {name: value.lower() for name, value in match.groupdict().items() if value}
    if noon := part.get("noon"):
        return Time(0 if noon == "midnight" else 720)
    if past := part.get("past"):
        offset = {"half": 30, "quarter": 15}[past] * (1 if part["way"] == "past" else -1)
        return _clock(part["past_hour"], offset)
    if "half" in part:
        hour, minute = int(part["hour"]), int(part.get("minute", "0"))
        return Time((hour % 12 + 12 * (part["half"] == "p")) * 60 + minute) if hour <= 12 else None
    if "hour24" in part:
        return _clock(part["hour24"], int(part["minute24"]))
    return _clock(part.get("oclock") or part.get("bare", ""), 0)


def _clock(hour_words: str, offset: int) -> Time | None:
    hour = count(hour_words)
    if hour is None or hour > 23:
        return None
    return Time(hour * 60 + offset, sure=hour > 12 or hour == 0)


def time_range(text: str, like: Time | None = None) -> tuple[Time, Time] | None:
    """`7 to 9`, `between 7pm and 9pm`. A phone number is not a range."""
    for match in RANGE.finditer(text):
        low, high = time_of(match["low"]), time_of(match["high"])
        if low and high:
            high = high.like(like)
            low = low.like(high if high.sure else like)
            if low < high:
                return low, high
    return None


def days(text: str) -> list[str]:
    """Every day in a text as `saturday`, `tuesday morning`, `5th of may`, in order."""
    return [match["day"].lower().replace("'s", "") for match in DAY.finditer(text)]


def shown_day(day: str) -> str:
    """As written in English: weekdays and months with a capital."""
    names = set(_WEEKDAYS) | set(_MONTHS.split("|"))
    return " ".join(word.capitalize() if word in names else word for word in day.split())


def with_preposition(day: str) -> str:
    """`on Saturday`, but `tonight`, `tomorrow morning`."""
    if not day:
        return ""
    plain = day.split(maxsplit=1)[0] in {"today", "tonight", "tomorrow"}
    return shown_day(day) if plain else f"on {'the ' if day[0].isdigit() else ''}{shown_day(day)}"


def day_name(day: str) -> str:
    """The day without its morning or evening."""
    return _PART.sub("", day).replace("tonight", "today").strip()


def day_part(day: str) -> tuple[int, int] | None:
    """From and to, in minutes, where a day names a part of it."""
    match = _PART.search(day.replace("tonight", "evening"))
    return _PARTS[match[1].lower()] if match else None


def sentences(text: str) -> list[str]:
    """With their punctuation. The dot of "p.m." or "7.30" ends none."""
    return [s.strip() for s in re.split(r"(?<=[.!?])(?<![ap]\.m\.)\s+", text) if s.strip()]


def plain(text: str) -> str:
    """Lower case, one space, no punctuation at the ends."""
    return re.sub(r"\s+", " ", text).strip(" .,;:!?").lower()


def same_name(said: str, meant: str) -> bool:
    """One is a part of the other, or they sound so alike that nobody on a telephone could tell them apart."""
    said, meant = plain(said), plain(meant)
    alike = said[:1] == meant[:1] and SequenceMatcher(None, said, meant).ratio() >= _ALIKE
    return said in meant or meant in said or alike


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_SMALL = frozenset(
    re.findall(
        r"\w+",
        """a an the and or of to in on at for with is are was be been do does did will would can could it its this that
        they them their there he she his her you your i we us our me my if whether what when how who which have has had
        please as by from about any some so yes no not""",
    )
)


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, by their first five letters, so that "allergic" meets "allergies"."""
    words = (word.removesuffix("'s") for word in re.findall(r"[\w']+", text.lower()))
    return frozenset(
        spoken_count(int(word)) if word.isdigit() else word.removesuffix("s")[:5]
        for word in words
        if word not in _SMALL
    )


def covers(text: str, meaning: str) -> bool:
    """Most of what `meaning` says is said in `text`."""
    wanted = content_words(meaning)
    return bool(wanted) and len(wanted & content_words(text)) >= 0.6 * len(wanted)
