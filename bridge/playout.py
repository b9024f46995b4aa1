"""Playout: what of the agent's audio the callee has really heard.

Pure. Owns the audio between the model and the callee's ear: what waits for a stream, what was sent to the line, what a
barge-in holds back. Must not decide whether an interruption is real. Follows Twilio's Media Streams: media is
buffered and played in order, a mark comes back once the media before it has been played, and `clear` empties the
buffer and returns *all* pending marks (https://www.twilio.com/docs/voice/media-streams/websocket-messages), so a mark
proves playing only within its own epoch: marks are named `{epoch}:{n}` and those of an old epoch are ignored.

Audio is mu-law at 8 kHz: 8 bytes a millisecond. `now` is seconds on any steady clock.
"""

import base64
from dataclasses import dataclass, field

from bridge.actions import Action, Clear, Mark, Play

BYTES_PER_MS = 8
_FRAME = 160  # 20 ms: where the line is cut, so that no sample is lost to rounding
_MARK_EVERY = 200 * BYTES_PER_MS  # a wake-up on both sides for each mark: not for every delta


@dataclass
class _Chunk:
    """Audio of one item: `start` is its place in the epoch's timeline, in bytes."""

    item_id: str
    payload: str
    size: int
    start: int = 0

    def after(self, offset: int) -> "_Chunk":
        audio = base64.b64decode(self.payload)[offset:]
        return _Chunk(self.item_id, base64.b64encode(audio).decode("ascii"), len(audio))


@dataclass
class _Item:
    response_id: str
    received: int = 0  # bytes
    heard: int = 0  # bytes, in the epochs before this one or confirmed by a mark
    complete: bool = False
    started: bool = False


@dataclass
class Heard:
    """How much of an item reached the callee's ear, of how much there was so far. Milliseconds."""

    item_id: str
    heard_ms: int
    total_ms: int
    whole: bool = True  # nothing more of it was to come


@dataclass
class Playout:
    epoch: int = 0
    attached: bool = False
    _items: dict[str, _Item] = field(default_factory=dict)
    _dead: set[str] = field(default_factory=set)  # responses that were given up
    _held: list[_Chunk] = field(default_factory=list)  # waits for a stream, or for the end of an interruption
    _silenced: bool = False  # by an interruption that is not decided yet
    _sent: list[_Chunk] = field(default_factory=list)  # on the line, not known to be heard
    _sent_bytes: int = 0
    _marks: dict[str, int] = field(default_factory=dict)  # pending, in order -> position in bytes
    _mark_number: int = 0
    _marked: int = 0
    _anchor: tuple[float, int] = (0.0, 0)  # at this time, this many bytes had been played

    # Audio comes in

    def queue(self, response_id: str, item_id: str, payload: str, now: float) -> list[Action]:
        """Audio of an agent's item. Late audio of a response that was given up is dropped here."""
        if response_id in self._dead:
            return []
        size = len(payload) // 4 * 3 - payload[-2:].count("=")
        if not size:
            return []
        item = self._items.setdefault(item_id, _Item(response_id))
        item.received += size
        chunk = _Chunk(item_id, payload, size)
        if self._holding:
            self._held.append(chunk)
            return []
        return self._send(chunk, now)

    def going_on(self, item_id: str) -> bool:
        """Some of it is on the line or held back: more of it changes nothing but how much there is."""
        item = self._items.get(item_id)
        return item is not None and (item.started or self._holding) and not self.silent

    def complete(self, item_id: str) -> list[Action]:
        """The item's last audio has come in."""
        if (item := self._items.get(item_id)) is None:
            return []
        item.complete = True
        return [] if self._holding else self._mark_end()

    # The line comes and goes

    def attach(self, now: float) -> list[Action]:
        """A stream is there: play what waits. It may take over from one whose end nobody told."""
        if self.attached:
            self._hold_back(now)
        self.attached = True
        return self._release(now)

    def detach(self, now: float) -> None:
        """The stream is gone, and with it what the line had buffered: keep what was not heard."""
        self._hold_back(now)
        self.attached = False

    # The callee breaks in

    def clear(self, now: float) -> list[Action]:
        """Silence the line and keep what the callee has not heard."""
        self._hold_back(now)
        self._silenced = True
        return [Clear()]

    def resume(self, now: float) -> list[Action]:
        """Go on from where the line was silenced."""
        self._silenced = False
        return self._release(now)

    def give_up(self, active_response: str = "") -> list[Heard]:
        """Drop what is held, and whatever else of those responses is to come; say what was heard of each item."""
        unheard = list(dict.fromkeys(chunk.item_id for chunk in self._held))
        if active_response:
            self._dead.add(active_response)
            unheard += [
                item_id
                for item_id in self.items(active_response)
                if not self._items[item_id].complete and item_id not in unheard
            ]
        self._dead.update(self._items[item_id].response_id for item_id in unheard)
        self._held.clear()
        self._silenced = False
        heard = [self.heard(item_id) for item_id in unheard]
        for item_id in unheard:
            self._items[item_id].complete = True
        return heard

    # What has been heard

    def returned(self, name: str, now: float) -> list[str]:
        """A mark came back. The items that are now heard to their end, in order; none for a mark of an old epoch."""
        if name not in self._marks:
            return []
        position = self._marks.pop(name)
        # Marks come back in order: those before it are past too.
        self._marks = {mark: at for mark, at in self._marks.items() if at > position}
        self._anchor = (now, position)
        done = [chunk for chunk in self._sent if chunk.start + chunk.size <= position]
        self._sent = self._sent[len(done) :]
        for chunk in done:
            self._items[chunk.item_id].heard += chunk.size
        touched = dict.fromkeys(chunk.item_id for chunk in done)
        return [item_id for item_id in touched if self.finished(item_id)]

    def heard(self, item_id: str, now: float | None = None) -> Heard:
        """With `now`, by marks and the clock; without, by what is settled."""
        item = self._items.get(item_id, _Item(""))
        heard = item.heard
        if now is not None:
            position = self._position(now)
            heard += sum(
                min(max(position - chunk.start, 0), chunk.size) for chunk in self._sent if chunk.item_id == item_id
            )
        return Heard(item_id, heard // BYTES_PER_MS, item.received // BYTES_PER_MS, item.complete)

    def finished(self, item_id: str) -> bool:
        """All of the item's audio has come in, and the callee has heard all of it."""
        item = self._items.get(item_id)
        return item is not None and item.complete and item.heard >= item.received

    def items(self, response_id: str) -> list[str]:
        """The items of a response of which audio has come in."""
        return [item_id for item_id, item in self._items.items() if item.response_id == response_id]

    @property
    def item(self) -> str:
        """The first that the callee has not heard to its end; "" for none."""
        following = self._sent or self._held
        return following[0].item_id if following else ""

    @property
    def unheard(self) -> list[str]:
        """The items on the line or held back that the callee has not heard to their end, in order."""
        return list(dict.fromkeys(chunk.item_id for chunk in (*self._sent, *self._held)))

    @property
    def unheard_ms(self) -> int:
        """Of audio that is on the line or held back, as far as it has come in."""
        return sum(chunk.size for chunk in (*self._sent, *self._held)) // BYTES_PER_MS

    @property
    def speaking(self) -> bool:
        """Audio is on the line that is not known to have been heard to its end."""
        return bool(self._sent)

    @property
    def silent(self) -> bool:
        """Nothing is on the line and nothing waits."""
        return not self._sent and not self._held

    def starting(self, item_id: str) -> bool:
        """True once for each item: when its first audio has gone to the line."""
        item = self._items.get(item_id)
        if item is None or item.started or not any(chunk.item_id == item_id for chunk in self._sent):
            return False
        item.started = True
        return True

    # Inside

    @property
    def _holding(self) -> bool:
        return self._silenced or not self.attached

    def _by_clock(self, now: float) -> int:
        """Bytes of this epoch played by now, if the line has played without a pause since the last certainty."""
        at, position = self._anchor
        return min(position + max(0, int((now - at) * 1000)) * BYTES_PER_MS, self._sent_bytes)

    def _position(self, now: float) -> int:
        """Bytes of this epoch played by now: by the clock, never past an unreturned mark."""
        return min((self._by_clock(now), *self._marks.values()))

    def _send(self, chunk: _Chunk, now: float) -> list[Action]:
        if self._by_clock(now) == self._sent_bytes:
            # The line has run dry: it did not play in the meantime, and begins with this chunk now.
            self._anchor = (now, self._sent_bytes)
        chunk.start = self._sent_bytes
        self._sent.append(chunk)
        self._sent_bytes += chunk.size
        actions: list[Action] = [Play(chunk.payload)]
        if self._sent_bytes - self._marked >= _MARK_EVERY:
            actions += self._mark_end()
        return actions

    def _mark_end(self) -> list[Action]:
        if not self._sent or self._marked == self._sent_bytes:
            return []
        self._mark_number += 1
        self._marked = self._sent_bytes
        name = f"{self.epoch}:{self._mark_number}"
        self._marks[name] = self._sent_bytes
        return [Mark(name)]

    def _hold_back(self, now: float) -> None:
        position = self._position(now)
        if position < self._sent_bytes:
            position = position // _FRAME * _FRAME
        kept: list[_Chunk] = []
        for chunk in self._sent:
            heard = min(max(position - chunk.start, 0), chunk.size)
            self._items[chunk.item_id].heard += heard
            if heard < chunk.size:
                kept.append(chunk.after(heard) if heard else chunk)
        self._held = kept + self._held
        self.epoch += 1
        self._sent = []
        self._marks = {}
        self._sent_bytes = self._marked = 0

    def _release(self, now: float) -> list[Action]:
        if self._holding:
            return []
        held, self._held = self._held, []
        actions: list[Action] = []
        for chunk in held:
            actions += self._send(chunk, now)
        return actions + self._mark_end()
