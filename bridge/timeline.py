"""A call on a time axis: who spoke when, how long the agent took to answer, where it was interrupted.

Pure. Computed from the journal's events alone, so a timeline can be made of any call at any time and is kept nowhere.
Holds times and counts, and no words. Must not be drawn or worded here.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bridge import events
from bridge.call import Ending, Party, Turn
from bridge.events import CallEvent
from bridge.transcript import rebuild


@dataclass(frozen=True)
class Span:
    """Milliseconds since the call was confirmed."""

    began_ms: int
    ended_ms: int

    @property
    def lasted_ms(self) -> int:
        return self.ended_ms - self.began_ms


@dataclass(frozen=True)
class Spoken(Span):
    """A turn. `cut`: the callee did not hear its end."""

    party: Party
    cut: bool = False


@dataclass(frozen=True)
class BargeIn:
    """`outcome` "": the call ended before it was known."""

    at_ms: int
    outcome: Literal["yielded", "resumed", ""] = ""


@dataclass(frozen=True)
class Timeline:
    """`replies` are the waits: from the end of the callee's utterance, with the quiet that ended it, to the agent's
    first sound. `ending` is None while the call goes on.
    """

    ended_ms: int
    began_unix: float = 0.0
    answered_ms: int | None = None
    first_audio_ms: int | None = None  # from the first stream's start to our first sound
    spoken: tuple[Spoken, ...] = ()
    replies: tuple[Span, ...] = ()
    barge_ins: tuple[BargeIn, ...] = ()
    holds: tuple[Span, ...] = ()
    joined: tuple[Span, ...] = ()  # the requester's own phone had the line
    models_lost: int = 0
    carried_over: int = 0
    ending: Ending | None = None

    def reply_ms(self, share: float) -> int | None:
        """The longest of so many of the agent's waits (0.5: the median), by nearest rank; None without a reply."""
        waits = sorted(wait.lasted_ms for wait in self.replies)
        return waits[max(0, math.ceil(share * len(waits)) - 1)] if waits else None

    @property
    def hold_s(self) -> float:
        return sum(hold.lasted_ms for hold in self.holds) / 1000

    def turns_of(self, party: Party) -> int:
        return sum(span.party == party for span in self.spoken)


def timeline(told: Sequence[CallEvent], now_ms: int | None = None) -> Timeline:
    """Of all events so far; what is not over lasts until `now_ms`, or until the last event."""
    last_ms = max([event.at_ms for event in told], default=0)
    until = last_ms if now_ms is None else max(now_ms, last_ms)
    barge_ins = _barge_ins(told)
    spoken = _spoken(rebuild(told), until, barge_ins)
    confirmed = next((event for event in told if isinstance(event, events.Confirmed)), None)
    ending = next((event.ending for event in told if isinstance(event, events.Ended)), None)
    return Timeline(
        ended_ms=until,
        began_unix=confirmed.confirmed_unix if confirmed else 0.0,
        answered_ms=next((event.at_ms for event in told if isinstance(event, events.Answered)), None),
        first_audio_ms=next((event.after_ms for event in told if isinstance(event, events.FirstAudio)), None),
        spoken=spoken,
        replies=_replies(spoken),
        barge_ins=barge_ins,
        holds=_spans(told, events.HoldBegan, (events.HoldEnded,), until),
        joined=_spans(told, events.TakenOver, (events.Streaming,), until),
        models_lost=sum(isinstance(event, events.ModelResumed) for event in told),
        carried_over=sum(isinstance(event, events.CarriedOver) for event in told),
        ending=ending,
    )


def figures(line: Timeline) -> dict[str, str | int | float]:
    """What there is to say of a call in one line of a log: figures and codes, no names, numbers or words."""
    ending = line.ending
    told: dict[str, str | int | float | None] = {
        "reason": ending.reason.value if ending else None,
        "detail": (ending.detail or None) if ending else None,
        "ring_s": round(ending.ring_s, 1) if ending else None,
        "talk_s": round(ending.talk_s, 1) if ending else None,
        "hold_s": round(line.hold_s, 1),
        "turns": len(line.spoken),
        "replies": len(line.replies),
        "reply_p50_ms": line.reply_ms(0.5),
        "reply_p95_ms": line.reply_ms(0.95),
        "first_audio_ms": line.first_audio_ms,
        "barge_ins": len(line.barge_ins),
        "barge_ins_yielded": sum(barge_in.outcome == "yielded" for barge_in in line.barge_ins),
        "models_lost": line.models_lost,
        "carried_over": line.carried_over,
        "cost_usd": round(ending.cost_usd, 4) if ending else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _spoken(turns: Iterable[Turn], until: int, barge_ins: Sequence[BargeIn]) -> tuple[Spoken, ...]:
    """In order of time, which is not that of the transcript: two may speak at once."""
    spans = [
        Spoken(turn.started_ms, max(turn.started_ms, _end(turn, until, barge_ins)), turn.party, cut=turn.interrupted)
        for turn in turns
    ]
    return tuple(sorted(spans, key=lambda span: (span.began_ms, span.ended_ms)))


def _end(turn: Turn, until: int, barge_ins: Sequence[BargeIn]) -> int:
    ended = until if turn.ended_ms is None else turn.ended_ms
    if not turn.interrupted:
        return ended
    # It is noted down as cut when it is known that it was; the line fell silent when the callee broke in.
    return max([cut.at_ms for cut in barge_ins if turn.started_ms <= cut.at_ms <= ended], default=ended)


def _replies(spoken: Sequence[Spoken]) -> tuple[Span, ...]:
    """An agent's turn that follows upon the callee's is a reply; one that goes on after another of its own is none."""
    found: list[Span] = []
    asked: Spoken | None = None  # what the callee said and nobody has answered yet
    agent: Spoken | None = None
    for span in spoken:
        if span.party == "agent":
            if asked is not None and asked.ended_ms <= span.began_ms:
                found.append(Span(asked.ended_ms, span.began_ms))
                asked = None
            agent = span
        elif agent is not None and not agent.cut and span.ended_ms <= agent.ended_ms:
            pass  # a "yes" while the agent went on speaking
        elif asked is None or span.ended_ms > asked.ended_ms:
            asked = span
    return tuple(found)


def _barge_ins(told: Iterable[CallEvent]) -> tuple[BargeIn, ...]:
    found: list[BargeIn] = []
    for event in told:
        match event:
            case events.BargedIn(at_ms=at_ms):
                found.append(BargeIn(at_ms))
            case events.BargeInResolved(outcome=outcome) if found:
                found[-1] = BargeIn(found[-1].at_ms, outcome)
            case _:
                pass
    return tuple(found)


def _spans(told: Iterable[CallEvent], began: type, over: tuple[type, ...], until: int) -> tuple[Span, ...]:
    found: list[Span] = []
    since: int | None = None
    for event in told:
        if isinstance(event, began) and since is None:
            since = event.at_ms
        elif isinstance(event, (*over, events.Ended)) and since is not None:
            found.append(Span(since, event.at_ms))
            since = None
    return (*found, Span(since, until)) if since is not None else tuple(found)
