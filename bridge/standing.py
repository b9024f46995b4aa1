"""Where a call stands, as its journal tells it: all that a process has to know to go on with another one's call.

Pure. Owns the reading of a journal for that; what follows from it is decided by the machines that are set up with it
(`session.py`). Must not ask anybody else: what the journal does not tell is lost.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from bridge import events
from bridge.call import CallState, EndReason, Turn, Usage
from bridge.events import CallEvent
from bridge.transcript import follow


class Answer(msgspec.Struct, frozen=True):
    """A question of the agent's, and what the requester answered."""

    question: str
    answer: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Times are milliseconds of the call. As it is by itself: a call that was just confirmed."""

    at_ms: int = 0  # of the last event
    state: CallState = CallState.DIALING
    call_sid: str = ""
    ticket: int = -1  # the last one that let a media stream in
    carried_over: int = 0  # how often
    answered_ms: int | None = None
    turns: tuple[Turn, ...] = ()
    language: str = ""  # ISO 639-1, where it is another than the spec's
    usage: Usage = Usage()
    cost_usd: float = 0.0
    on_hold_ms: int | None = None  # since when
    held_s: float = 0.0  # in the holds that are over
    question: events.QuestionAsked | None = None  # that is open
    answers: tuple[Answer, ...] = ()
    whispers: tuple[str, ...] = ()
    answered_by: str = ""  # what answering machine detection said
    message: bool = False  # it is being left on a machine
    refused: bool = False  # the callee has asked never to be called again
    leaving: EndReason | None = None  # a goodbye was being said
    taken_over_ms: int | None = None  # since when two people talk, and no agent
    hanging_up: EndReason | None = None  # the hang-up was ordered

    @property
    def ordered(self) -> EndReason | None:
        """Why it would be over now, whoever hung up."""
        return self.hanging_up or (None if self.taken_over_ms is None else EndReason.TAKEN_OVER)

    @property
    def opened(self) -> bool:
        """The agent was heard to the end of a turn, the first of which is the opening; or it is too late for that."""
        heard = any(turn.party == "agent" and turn.final and not turn.interrupted for turn in self.turns)
        return heard or bool(self.leaving) or self.on_hold_ms is not None or self.taken_over_ms is not None


FRESH = Standing()


def stand(journal: Iterable[CallEvent]) -> Standing:
    standing = Standing()
    for event in journal:
        read = _CHANGES.get(type(event))
        changes = read(standing, event) if read else {}
        standing = msgspec.structs.replace(standing, at_ms=event.at_ms, **changes)
    return standing


def _closed(standing: Standing, event: events.QuestionClosed) -> dict[str, Any]:
    answers = standing.answers
    if standing.question and event.how == "answered":
        answers += (Answer(standing.question.question, event.answer),)
    return {"question": None, "answers": answers}


_CHANGES: dict[type, Callable[[Standing, Any], dict[str, Any]]] = {
    events.Dialed: lambda _, event: {"call_sid": event.call_sid},
    events.Ringing: lambda *_: {"state": CallState.RINGING},
    events.Answered: lambda _, event: {"state": CallState.CONNECTED, "answered_ms": event.at_ms},
    events.Detected: lambda _, event: {"answered_by": event.answered_by},
    # A stream is for the agent: whoever had the line instead has given it back.
    events.Streaming: lambda _, event: {"ticket": event.ticket, "taken_over_ms": None},
    events.TakenOver: lambda _, event: {"taken_over_ms": event.at_ms},
    events.CarriedOver: lambda standing, _: {"carried_over": standing.carried_over + 1},
    events.HangUpOrdered: lambda _, event: {"state": CallState.CLOSING, "hanging_up": EndReason(event.reason)},
    events.Ended: lambda *_: {"state": CallState.ENDED},
    events.CostRose: lambda _, event: {"cost_usd": event.cost_usd, "usage": event.usage},
    # The talk
    events.TurnChanged: lambda standing, event: {"turns": tuple(follow(list(standing.turns), event))},
    events.LanguageSwitched: lambda _, event: {"language": event.language},
    events.HoldBegan: lambda _, event: {"on_hold_ms": event.at_ms},
    events.HoldEnded: lambda standing, event: {"on_hold_ms": None, "held_s": standing.held_s + event.lasted_s},
    events.QuestionAsked: lambda _, event: {"question": event},
    events.QuestionClosed: _closed,
    events.Whispered: lambda standing, event: {"whispers": (*standing.whispers, event.text)},
    events.MessageBegan: lambda *_: {"message": True},
    events.DoNotCallAsked: lambda *_: {"refused": True},
    events.ClosingBegan: lambda _, event: {"leaving": EndReason(event.reason or EndReason.GOODBYE)},
    events.ClosingCancelled: lambda *_: {"leaving": None},
}
