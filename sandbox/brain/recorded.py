"""What a recording or a machine says on the phone, told by its words: menus, queues, answering machines, screening.

Owns the recognition, and the choice among the options of a menu. Must not decide what is done (`line.py` does).
Pure.
"""

import re
from dataclasses import dataclass

from sandbox.brain.errand import Errand, Kind
from sandbox.brain.words import content_words

_SCREENING = re.compile(
    r"\b(say|state|record|tell (me|us)|give) your name\b.*\b(why|reason|regarding|about)\b|\bcall screening\b"
    r"|\bscreening (service|your call)\b|\bwho is calling and why\b",
    re.IGNORECASE,
)
_VOICEMAIL = re.compile(
    r"\bleave (a|your|me a|us a) (message|name)\b|\b(after|at) the (tone|beep)\b|\bvoice ?mail( ?box)?\b"
    r"|\b(cannot|can't|not able to|unable to) (come to|take your call|answer) ?(the phone|right now)?\b"
    r"|\bnot available to take\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\byour call is (very )?important\b|\b(all|our) (of )?(our )?(agents|operators|lines|representatives) are\b"
    r"|\bnext available (agent|representative|operator)\b|\bthank you for (holding|waiting|your patience)\b"
    r"|\byou are (caller )?number\b|\b(please )?(stay|remain|hold) (on )?the line\b|\bwill be answered\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\bwelcome to\b|\bthank you for calling\b|\bcalls? (may|will) be recorded\b|\blisten (carefully|to)\b"
    r"|\bfollowing options\b|\bour (opening )?hours are\b|\byou have reached\b",
    re.IGNORECASE,
)
_HOLD = re.compile(
    r"\b(please )?hold\b(?! a table)|\bput you (through|on hold)\b|\b(transfer|connect)(ing)? you\b"
    r"|^(just )?(one|a) (moment|second|minute)(,? please)?[.!]?$|\bplease wait\b|\bhang on\b",
    re.IGNORECASE,
)
_NUMERALS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_KEYS = {word: str(n) for n, word in enumerate(_NUMERALS)} | {"star": "*", "pound": "#", "hash": "#"}
_KEY = rf"(?:the )?(?P<key>\d|[*#]|{'|'.join(_KEYS)})\b(?: key)?"
_BEFORE = re.compile(rf"(?:^|\b(?:for|to|if)\s+)(?P<what>[^.,;]+?),?\s+(?:please )?press {_KEY}", re.IGNORECASE)
_AFTER = re.compile(rf"\bpress {_KEY}\s+(?:for|to|if)\s+(?P<what>[^.,;]+)", re.IGNORECASE)
_FOR_THE_REST = re.compile(
    r"\b(anything|everything|all) (else|other)\b|\bother\b|\boperator\b|\breception\b|\bspeak (to|with)\b"
    r"|\brepresentative\b|\bassistance\b|\b(en|in)quir(y|ies)\b|\bquestions?\b|\binformation\b",
    re.IGNORECASE,
)
_DEEDS: dict[Kind, str] = {
    "book": "book booking reserve reservation new make schedule",
    "move": "move change existing reschedule postpone",
    "cancel": "cancel cancellation",
    "order": "order delivery takeaway",
    "ask": "",
    "tell": "message",
    "other": "",
}


def is_screening(text: str) -> bool:
    """It wants to know who is calling and why, and there is a person behind it."""
    return bool(_SCREENING.search(text))


def is_voicemail(text: str) -> bool:
    return bool(_VOICEMAIL.search(text)) and not is_screening(text)


def is_announcement(text: str) -> bool:
    """A queue speaks to everybody in it. A person who thanks for the waiting asks something too."""
    return bool(_ANNOUNCED.search(text)) and "?" not in text


def is_recorded(text: str) -> bool:
    """A recording begins, and more is to come."""
    return bool(_GREETING.search(text)) and "?" not in text


def asks_to_hold(text: str) -> bool:
    return bool(_HOLD.search(text)) and "?" not in text and len(text.split()) <= 14


@dataclass(frozen=True)
class Option:
    key: str
    what: str


def options_in(text: str) -> list[Option]:
    """What a menu offers: `For appointments press 1`, or `Press 1 for appointments`."""
    found = max((list(way.finditer(text)) for way in (_BEFORE, _AFTER)), key=len)
    return [Option(_KEYS.get(m["key"].lower(), m["key"]), m["what"].strip().lower()) for m in found]


def best_option(options: list[Option], errand: Errand) -> Option | None:
    """The one that fits the errand, else the one for all the rest; None while neither has been read out."""
    deeds = content_words(_DEEDS[errand.kind])
    thing = "" if errand.kind in {"ask", "tell", "other"} else errand.thing
    things = content_words(" ".join((errand.goal, thing, *errand.facts)))

    def fit(option: Option) -> int:
        words = content_words(option.what)
        return 2 * len(words & deeds) + len(words & (things - deeds))

    best = max(options, key=fit, default=None)
    if best is not None and fit(best) > 0:
        return best
    return next((option for option in options if _FOR_THE_REST.search(option.what)), None)
