"""One turn of the rule-based agent: its words and tools, and how it avoids saying the same words twice.

Owns the shape that every rule of the agent's answers in. Must not know of any rule. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.brain.conversation import Conversation
from sandbox.brain.matter import matter
from sandbox.brain.words import covers, plain
from sandbox.mind import ToolCall


@dataclass(frozen=True)
class Next:
    """The agent's next words and calls; `outcome` if they end the call. Empty words leave the floor to the callee."""

    text: str
    outcome: str | None = None
    calls: tuple[ToolCall, ...] = ()


Rule = Callable[[Conversation], Next | None]


def silently(talk: Conversation, tool: str, **arguments: Any) -> Next | None:
    """A tool and not a word; None where it is not offered."""
    return Next("", calls=(ToolCall(tool, arguments),)) if tool in talk.tools else None


def ways_to_say_it(talk: Conversation) -> tuple[str, ...]:
    """What the call is about, in several wordings."""
    return matter(talk.brief.errand, talk.brief.questions, talk.brief.principal)


def matter_said(talk: Conversation) -> bool:
    return any(covers(said, ways_to_say_it(talk)[0]) for said in talk.said)


def settled(talk: Conversation) -> bool:
    """The errand is done, as far as it depends on the callee's word."""
    kind = talk.brief.errand.kind
    if kind == "ask":
        return True
    if kind in {"tell", "other"}:
        return any(covers(e.agent, ways_to_say_it(talk)[0]) and not e.callee.endswith("?") for e in talk.exchanges)
    return bool(talk.confirmed)


def fresh(talk: Conversation, ways: tuple[str, ...]) -> str:
    """The first wording that was not used yet; the last, if all were."""
    return next((way for way in ways if not was_said(talk, way)), ways[-1])


def was_said(talk: Conversation, way: str) -> bool:
    return any(plain(way) in plain(text) for text in talk.said)
