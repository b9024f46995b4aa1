"""What the agent has asked the requester during the call, and what came back.

Owns the reading of `ask_requester` calls and their outputs among a conversation's items. Must not decide what is said
of it. Pure. https://platform.openai.com/docs/guides/realtime-conversations#function-calling
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.brain.lines import Line, text_of
from sandbox.brain.words import NO, YES, days, times

_UNANSWERED = re.compile(
    r"\b(did not|didn't|has not|could not|cannot|no) (answer|answered|reply|replied|reach|be reached)\b"
    r"|\btimed? ?out\b|\bunanswered\b|\banother question\b",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(r"\bnot asked\b|\bneither give nor take\b", re.IGNORECASE)
_GO_AHEAD = re.compile(
    r"\b(go ahead|take it|accept|works?|sounds good|do it|book it|please do|agreed?)\b", re.IGNORECASE
)
_UNFIT = re.compile(r"\b(too|very|so) (late|early|soon)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;,!]+(?:\s+|$)|\bbut\b", re.IGNORECASE)
WAITED = "Thank you for waiting."  # with this the agent begins what it says of an answer


@dataclass(frozen=True)
class Inquiry:
    """`heard` is what the callee had said. `answer` is None while it is open, and "" when none will come."""

    question: str
    heard: str
    answer: str | None
    fresh: bool  # it was closed, and the agent has not told of it since
    forbidden: bool = False  # it was about a secret, and never put

    @property
    def consents(self) -> bool | None:
        """Yes, no, or neither."""
        first = _clauses(self.answer or "")[:1]
        if not first:
            return None
        if NO.search(first[0]) and not re.match(r"no problem\b", first[0], re.IGNORECASE):
            return False
        return True if YES.search(first[0]) or _GO_AHEAD.search(first[0]) else None

    @property
    def grants(self) -> tuple[str, ...]:
        """What of the answer names a time or a day and does not refuse it."""
        named = (c for c in _clauses(self.answer or "") if times(c) or days(c))
        return tuple(clause for clause in named if not NO.search(clause) and not _UNFIT.search(clause))


def inquiries_of(items: Sequence[Mapping[str, Any]]) -> tuple[Inquiry, ...]:
    """In order."""
    asked = [n for n, item in enumerate(items) if _is_inquiry(item)]
    return tuple(_inquiry(items, n) for n in asked)


def _is_inquiry(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "function_call" and item.get("name") == "ask_requester"


def _inquiry(items: Sequence[Mapping[str, Any]], at: int) -> Inquiry:
    question = str(_decoded(items[at].get("arguments")).get("question", ""))
    closed = next((n for n in range(at, len(items)) if _is_output(items[n], items[at])), None)
    heard = _heard_before(items, at)
    if closed is None:
        return Inquiry(question, heard, None, fresh=False)
    output = _words(items[closed].get("output"))
    fresh = not any(_tells(item) for item in items[closed:])
    if _NOT_ASKED.search(output):
        return Inquiry(question, heard, "", fresh, forbidden=True)
    answer = _told(output)
    return Inquiry(question, heard, "" if answer == output and _UNANSWERED.search(output) else answer, fresh)


def _tells(item: Mapping[str, Any]) -> bool:
    """The agent says something to its end: not a reply that was cut off, or thrown away before it was heard."""
    if item.get("role") != "assistant":
        return False
    line = Line("agent", text_of(item).removeprefix(WAITED).strip())
    return bool(line.text) and not line.broken_off


def _is_output(item: Mapping[str, Any], call: Mapping[str, Any]) -> bool:
    return item.get("type") == "function_call_output" and item.get("call_id") == call.get("call_id")


def _heard_before(items: Sequence[Mapping[str, Any]], at: int) -> str:
    """The callee's words that the agent was replying to as it asked."""
    words: list[str] = []
    for item in reversed(items[:at]):
        if item.get("role") == "user":
            words.insert(0, text_of(item))
        elif item.get("role") == "assistant" and words:
            break
    return " ".join(words).strip()


def _decoded(text: Any) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _words(output: Any) -> str:
    """An output is any text; one that is a JSON object says the answer in a field of that name."""
    told = _decoded(output) if str(output).startswith("{") else None
    return str(told.get("answer") or "no answer") if told is not None else str(output or "no answer")


def _told(output: str) -> str:
    """`Shane answers: yes, 9:30 is fine` as the answer alone."""
    return re.sub(r"^[^:]*\b(?:answer(?:s|ed)?|repl(?:y|ies|ied)|says?|said)\s*:\s+", "", output).strip()


def _clauses(answer: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE.split(answer) if clause.strip()]
