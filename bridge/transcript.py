"""The transcript: both parties' turns in the order in which they were spoken.

Pure. Owns the order: that of the model's conversation items (`previous_item_id`), never that of arrival, because a
callee's transcription arrives after the agent's reply to it began. Must not decide what was heard: it is told.
"""

from collections.abc import Iterable

import msgspec

from bridge.call import Turn
from bridge.events import TurnChanged

SPOKEN_PER_S = 15  # characters of unhurried speech


class Transcript:
    """Turns by item; an item is a turn from its first words on. Items without words keep their place in the order."""

    def __init__(self, turns: Iterable[Turn] = ()) -> None:
        self._turns = {turn.id: turn for turn in turns}
        self._order = list(self._turns)
        self._moved: dict[str, str] = {}  # an item that stands before another, and that other

    def place(self, item_id: str, after: str) -> None:
        """Where an item stands: right after `after`; at the end if that is unknown. Placing it again moves nothing."""
        if item_id in self._order:
            return
        # What follows an item that was moved forward in the model's order follows both.
        after = self._moved.get(after, after)
        at = self._order.index(after) + 1 if after in self._order else len(self._order)
        self._order.insert(at, item_id)

    def place_before(self, item_id: str, other: str) -> None:
        """An item that is heard before another, though that was made first."""
        if item_id not in self._order and other in self._order:
            self._order.insert(self._order.index(other), item_id)
            self._moved[item_id] = other

    def get(self, item_id: str) -> Turn | None:
        return self._turns.get(item_id)

    def put(self, turn: Turn) -> str:
        """Begin or change a turn. Returns the id of the turn before it ("" for the first)."""
        self.place(turn.id, self._order[-1] if self._order else "")
        self._turns[turn.id] = turn
        before = self._order[: self._order.index(turn.id)]
        return next((item_id for item_id in reversed(before) if item_id in self._turns), "")

    def turns(self) -> list[Turn]:
        return [self._turns[item_id] for item_id in self._order if item_id in self._turns]


def follow(turns: list[Turn], event: TurnChanged) -> list[Turn]:
    """The list of turns after one more `TurnChanged`: how everyone outside keeps it."""
    ids = [turn.id for turn in turns]
    if event.turn.id in ids:
        return [event.turn if turn.id == event.turn.id else turn for turn in turns]
    at = ids.index(event.after) + 1 if event.after in ids else 0
    return [*turns[:at], event.turn, *turns[at:]]


def rebuild(events: Iterable[object]) -> list[Turn]:
    """The turns of a call from its journal."""
    turns: list[Turn] = []
    for event in events:
        if isinstance(event, TurnChanged):
            turns = follow(turns, event)
    return turns


def cut(text: str, heard_ms: int, total_ms: int) -> str:
    """The words of an agent's turn that were heard: whole words of the share of its audio that was played."""
    if total_ms <= 0 or heard_ms >= total_ms:
        return text if total_ms > 0 else ""
    kept = text[: len(text) * heard_ms // total_ms]
    if len(kept) < len(text) and not text[len(kept)].isspace():
        kept = kept.rpartition(" ")[0]
    return kept.rstrip(" ,;:-")


def broken_off(turn: Turn, at_ms: int) -> Turn:
    """An agent's turn of which no more is known than that it was being heard then. What was made of it comes far faster
    than it is spoken, so the words are cut to those that there was time for.
    """
    total_ms = len(turn.text) * 1000 // SPOKEN_PER_S
    text = cut(turn.text, max(0, at_ms - turn.started_ms), total_ms)
    return finished(turn, text=text, ended_ms=at_ms, interrupted=True)


def finished(turn: Turn, *, text: str, ended_ms: int, interrupted: bool = False) -> Turn:
    return msgspec.structs.replace(turn, text=text, ended_ms=ended_ms, final=True, interrupted=interrupted)
