"""A call as lines on a terminal: what happened when, how long each turn was, and the gap before it.

Pure. Owns the layout. Shows no word that was spoken and no number.
"""

from collections.abc import Sequence

from bridge import events
from bridge.call import Turn
from bridge.events import CallEvent
from bridge.transcript import rebuild

_MARKS: dict[type, str] = {
    events.Confirmed: "confirmed",
    events.Dialed: "dialled",
    events.Ringing: "rings",
    events.Answered: "answered",
    events.Streaming: "the media stream is there",
    events.BargedIn: "barge-in",
    events.QuestionAsked: "asks the chat",
    events.ModelResumed: "a new model session",
    events.CarriedOver: "carried over by a new process",
    events.ClosingBegan: "goodbye said",
    events.ClosingCancelled: "the goodbye is taken back",
    events.HangUpOrdered: "hangs up",
}


def mark(event: CallEvent) -> str:
    """What an event is, in a few words; "" for one that is not shown."""
    match event:
        case events.QuestionClosed(how=how):
            return f"the question is {how.replace('_', ' ')}"
        case events.ModelTrouble(code=code):
            return f"model trouble: {code}"
        case events.Ended(ending=ending):
            return f"ended: {ending.reason}"
    return _MARKS.get(type(event), "")


def as_text(told: Sequence[CallEvent]) -> str:
    """Seconds since the call was confirmed. A gap below nothing: both spoke."""
    rows = [(event.at_ms, 0, mark(event), "", "") for event in told if mark(event)]
    silenced = {event.item_id: event.at_ms for event in told if isinstance(event, events.BargedIn)}
    last_ms: int | None = None
    for turn in rebuild(told):
        end_ms = silenced.get(turn.id, turn.ended_ms) if turn.interrupted else turn.ended_ms
        gap = "" if last_ms is None else f"{(turn.started_ms - last_ms) / 1000:+.1f}"
        rows.append((turn.started_ms, 1, _spoke(turn), _seconds(turn.started_ms, end_ms), gap))
        last_ms = turn.started_ms if end_ms is None else end_ms
    lines = [
        f"{at_ms / 1000:7.1f}  {what:<34}{length:>7}{gap:>7}".rstrip()
        for at_ms, _, what, length, gap in sorted(rows, key=lambda row: row[:2])
    ]
    return "\n".join([f"{'at':>7}  {'':<34}{'length':>7}{'gap':>7}", *lines])


def _spoke(turn: Turn) -> str:
    return f"  {turn.party}{', cut off' if turn.interrupted else ''}"


def _seconds(from_ms: int, to_ms: int | None) -> str:
    return "" if to_ms is None else f"{(to_ms - from_ms) / 1000:.1f}"
