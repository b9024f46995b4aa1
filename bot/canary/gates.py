"""What a canary call must have shown, judged by its journal alone.

Pure. Owns the gates and their limits. Nothing that was said leaves here, and no number does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeVar

from bridge.call import EndReason, Party, Turn
from bridge.events import (
    Answered,
    BargedIn,
    BargeInResolved,
    CallEvent,
    Confirmed,
    Dialed,
    Ended,
    FirstAudio,
    QuestionAsked,
    QuestionClosed,
)
from bridge.transcript import rebuild

FIRST_AUDIO_MS = 1500  # from the stream's start: a callee who hears nothing for longer says "hello?" again

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Gate:
    """`figure` is what was found, in a few words without any that were spoken."""

    name: str
    passed: bool
    figure: str


def judge(events: Sequence[CallEvent], nonce: Sequence[str], *, reported: bool) -> list[Gate]:
    """`reported`: the report of the call was sent. A call that never was answered fails every gate after that."""
    turns = [turn for turn in rebuild(events) if turn.final]
    return [
        _dialled_once(events),
        _answered(events),
        _first_audio(events),
        _nonce("nonce spoken", turns, "agent", nonce),
        _heard_back(turns, nonce),
        _question(events),
        _passed_on(events, turns),
        _barge_in(events, turns),
        _goodbye(events),
        Gate("report", reported, "sent" if reported else "not sent"),
    ]


def passed(gates: Sequence[Gate]) -> bool:
    return bool(gates) and all(gate.passed for gate in gates)


def as_text(gates: Sequence[Gate]) -> str:
    width = max((len(gate.name) for gate in gates), default=0)
    lines = [f"{'✓' if gate.passed else '✗'} {gate.name.ljust(width)}  {gate.figure}" for gate in gates]
    failed = sum(not gate.passed for gate in gates)
    told = f"{failed} {'gate' if failed == 1 else 'gates'} failed." if failed else "The deployment has proved itself."
    return "\n".join([*lines, "", told])


def figures(events: Sequence[CallEvent]) -> str:
    """One line: how long it rang and lasted, how quickly the agent replied, what it cost."""
    told: list[str] = []
    if ended := _all(events, Ended):
        ending = ended[-1].ending
        told.append(f"rang {ending.ring_s:.1f} s, lasted {ending.talk_s:.1f} s, cost ${ending.cost_usd:.3f}")
    if gaps := _reply_gaps_ms(rebuild(events)):
        told.append(f"replies after {median(gaps):.0f} ms (half of them), {max(gaps):.0f} ms (the slowest)")
    return "; ".join(told)


# The gates


def _dialled_once(events: Sequence[CallEvent]) -> Gate:
    confirmed, dialled = len(_all(events, Confirmed)), len(_all(events, Dialed))
    return Gate("one dial", confirmed == dialled == 1, f"{confirmed} confirmed, {dialled} dialled")


def _answered(events: Sequence[CallEvent]) -> Gate:
    answered = _all(events, Answered)
    if answered:
        return Gate("answered", passed=True, figure=f"after {answered[0].at_ms / 1000:.1f} s")
    ended = _all(events, Ended)
    return Gate("answered", passed=False, figure=str(ended[-1].ending.reason) if ended else "no")


def _first_audio(events: Sequence[CallEvent]) -> Gate:
    first = _all(events, FirstAudio)
    if not first:
        return Gate("first audio", passed=False, figure="none")
    after_ms = first[0].after_ms
    return Gate("first audio", after_ms <= FIRST_AUDIO_MS, f"after {after_ms} ms (at most {FIRST_AUDIO_MS})")


def _nonce(name: str, turns: Sequence[Turn], party: Party, nonce: Sequence[str]) -> Gate:
    at = next((turn for turn in turns if turn.party == party and holds(turn.text, nonce)), None)
    return Gate(name, at is not None, f"at {at.started_ms / 1000:.1f} s" if at else "not found in what was said")


def _heard_back(turns: Sequence[Turn], nonce: Sequence[str]) -> Gate:
    """By the callee, in the transcript, and not before the agent said it."""
    spoken = next((n for n, turn in enumerate(turns) if turn.party == "agent" and holds(turn.text, nonce)), len(turns))
    return _nonce("nonce heard back", turns[spoken + 1 :], "callee", nonce)


def _question(events: Sequence[CallEvent]) -> Gate:
    asked, closed = _all(events, QuestionAsked), _all(events, QuestionClosed)
    if not (asked and closed):
        return Gate("question answered", passed=False, figure="none was asked" if not asked else "it stayed open")
    right = len(asked) == 1 and closed[0].how == "answered"
    took_s = (closed[0].at_ms - asked[0].at_ms) / 1000
    return Gate("question answered", right, f"{len(asked)} asked, {closed[0].how} after {took_s:.1f} s")


def _passed_on(events: Sequence[CallEvent], turns: Sequence[Turn]) -> Gate:
    """The answer from the chat was said on the phone."""
    answered = [closed for closed in _all(events, QuestionClosed) if closed.how == "answered"]
    if not answered:
        return Gate("answer passed on", passed=False, figure="there was none")
    words, since_ms = _words(answered[0].answer), answered[0].at_ms
    said = [turn for turn in turns if turn.party == "agent" and (turn.ended_ms or turn.started_ms) > since_ms]
    told = next((turn for turn in said if holds(turn.text, words)), None)
    if told is None:
        return Gate("answer passed on", passed=False, figure="not found in what was said")
    return Gate("answer passed on", passed=True, figure=f"{(told.started_ms - since_ms) / 1000:.1f} s after it came")


def _barge_in(events: Sequence[CallEvent], turns: Sequence[Turn]) -> Gate:
    """The agent fell silent and gave up the floor, and what it had said is cut to what was heard."""
    begun = _all(events, BargedIn)
    cut = {turn.id for turn in turns if turn.party == "agent" and turn.interrupted}
    yielded = any(resolved.outcome == "yielded" for resolved in _all(events, BargeInResolved))
    found = [one for one in begun if one.item_id in cut]
    if found and yielded:
        return Gate("barge-in", passed=True, figure=f"{found[-1].heard_ms / 1000:.1f} s of the sentence were heard")
    return Gate("barge-in", passed=False, figure="none" if not begun else "the agent did not yield the floor")


def _goodbye(events: Sequence[CallEvent]) -> Gate:
    ended = _all(events, Ended)
    reason = ended[-1].ending.reason if ended else None
    return Gate("goodbye", reason is EndReason.GOODBYE, f"ended: {reason}" if reason else "it has no end")


def holds(text: str, words: Sequence[str]) -> bool:
    """All the words, in their order, whatever stands between them."""
    said = iter(_words(text))
    return bool(words) and all(any(word.casefold() == other for other in said) for word in words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _reply_gaps_ms(turns: Sequence[Turn]) -> list[int]:
    """From the end of the callee's words to the agent's next; what they said at the same time is no reply."""
    return [
        after.started_ms - before.ended_ms
        for before, after in pairwise(turns)
        if before.party == "callee" and after.party == "agent" and before.ended_ms is not None
        if after.started_ms >= before.ended_ms
    ]


def _all(events: Sequence[CallEvent], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]
