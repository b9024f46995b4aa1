"""What a callee may want to know, and what the agent says to it: from the brief, or that it does not have it.

Owns the table of topics. Must not decide whose turn it is. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.brain.conversation import Brief
from sandbox.brain.errand import ANY_DAY
from sandbox.brain.words import capital, sentences, spoken_count, with_preposition


@dataclass(frozen=True)
class Topic:
    """`answer` gives nothing where the brief has nothing."""

    name: str
    asked: str
    answer: Callable[[Brief], str]


def _size(brief: Brief) -> str:
    size = brief.errand.wish.size
    return f"For {spoken_count(size)} people, please." if size else ""


def _time(brief: Brief) -> str:
    wish, span = brief.errand.wish.time, brief.errand.terms.times
    if wish:
        return f"At {wish}, please."
    return f"Anything {span} would be fine." if span else ""


def _day(brief: Brief) -> str:
    day, terms = brief.errand.wish.day, brief.errand.terms
    if day:
        return f"{capital(with_preposition(day))}, please."
    return "Any day is fine. What do you have?" if ANY_DAY.search(" ".join(terms.lines)) else ""


def _name(brief: Brief) -> str:
    return f"Under {brief.errand.wish.name or brief.principal}, please."


def _spelling(brief: Brief) -> str:
    letters = ", ".join((brief.errand.wish.name or brief.principal).upper().replace(" ", ""))
    return f"That is {letters}."


def _phone(brief: Brief) -> str:
    digits = re.sub(r"\D", "", brief.errand.wish.phone)
    groups = (digits[at : at + 3] for at in range(0, len(digits), 3))
    return f"The number is {', '.join(' '.join(group) for group in groups)}." if digits else ""


def _who(brief: Brief) -> str:
    return f"This is the AI assistant of {brief.principal}."


TOPICS: tuple[Topic, ...] = (
    Topic("spelling", r"\bspel+\b", _spelling),
    Topic("size", r"\bhow many\b|\bparty size\b|\bnumber of (people|guests|persons)\b", _size),
    Topic(
        "phone", r"\b(phone|contact|telephone|mobile|callback)\b|\bnumber\b.*\b(reach|call)\b|\byour number\b", _phone
    ),
    Topic("time", r"\b(what|which) time\b|\bwhat hour\b|\bwhen (would|do|should|shall) (you|it|we|they)\b", _time),
    Topic("day", r"\b(what|which) (day|date)\b|\bwhen is (it|that|this) for\b|\bfor (today|tonight)\?", _day),
    Topic("name", r"\b(what|which|under|and|the|a|your|whose) name\b|\bwho is (it|this|that) (for|under)\b", _name),
    Topic(
        "who",
        r"\bwho (is|am)\b.*\b(this|that|calling|speaking|speaking to)\b|\bwho are you\b"
        r"|\bwho'?s (this|calling|speaking)\b",
        _who,
    ),
)
_REQUEST = re.compile(r"\?|\bplease\b|\bI (?:will )?need\b|\bmay I have\b|\btell me\b", re.IGNORECASE)
_UNKNOWN = (
    "I am afraid I do not have that. {who} can call you back about it.",
    "That I was not told, sorry. {who} can let you know.",
    "I do not have that either, I am sorry. {who} would have to call you back.",
)


def requests_in(text: str) -> list[str]:
    """The sentences that want something of the agent."""
    return [sentence for sentence in sentences(text) if _REQUEST.search(sentence)]


def answers_to(requests: list[str], brief: Brief) -> list[str]:
    """What the brief has to say to them, each once; in words of its own where it has nothing on a known topic."""
    said: list[str] = []
    for request in requests:
        asked = [topic for topic in TOPICS if re.search(topic.asked, request, re.IGNORECASE)]
        found = [answer for topic in asked if (answer := topic.answer(brief))]
        fact = "" if found else brief.errand.fact_about(request)
        said += found or ([f"{capital(fact).rstrip('.')}."] if fact else [])
    return list(dict.fromkeys(said))


def unknown(brief: Brief) -> tuple[str, ...]:
    """The ways to say that one does not have it."""
    return tuple(line.format(who=brief.principal) for line in _UNKNOWN)
