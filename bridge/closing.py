"""The closing: from a goodbye to the hang-up, unless the callee goes on.

Pure. Owns when it is time to hang up. The farewell is played out to its end, then the line stays open for two seconds;
a callee who speaks in that time holds the hang-up, and what they say decides: a goodbye, thanks or a noise lets it go
on (two seconds after that), anything else cancels it and the conversation goes on. Must not touch the line.
"""

from dataclasses import dataclass, field

from bridge.phrases import Phrasebook

GRACE_S = 2.0
WORDS_PATIENCE_S = 2.5  # an utterance without transcription by then counts as going on


@dataclass
class Closing:
    """`now` in seconds. Idle until `begin`."""

    active: bool = False
    forced: bool = False  # the call must end whatever the callee says: the requester's wish, the time limit, a machine
    _played_at: float | None = None  # the farewell's end
    # The callee's utterances whose words are not known yet, and when these are due (None: still speaking).
    _listening: dict[str, float | None] = field(default_factory=dict)
    _quiet_since: float = 0.0

    def begin(self, *, forced: bool = False) -> bool:
        """A goodbye was said, or will have been when the audio on the line is over. False when already closing."""
        news = not self.active
        if news or forced:
            self._played_at = None
        self.active = True
        if forced:
            self.insist()
        return news

    def insist(self) -> None:
        """Whatever the callee says from now on, the call ends."""
        self.active = self.forced = True
        self._listening.clear()

    def played_out(self, now: float) -> None:
        """Nothing of the farewell is left to be heard."""
        if self.active and self._played_at is None:
            self._played_at = self._quiet_since = now

    def callee_began(self, item_id: str) -> None:
        if not self.forced:
            self._listening[item_id] = None

    def callee_committed(self, item_id: str, now: float) -> None:
        if item_id in self._listening:
            self._listening[item_id] = now + WORDS_PATIENCE_S

    def callee_words(self, item_id: str, text: str, phrases: Phrasebook, now: float) -> bool:
        """True when the callee went on: the closing is cancelled."""
        self._listening.pop(item_id, None)
        self._quiet_since = now
        if self.forced or not text or phrases.is_parting(text) or phrases.ends_with_goodbye(text):
            return False
        self.cancel()
        return True

    def deaf(self) -> None:
        """Whatever the callee was saying, its words will never be known: the closing goes on."""
        self._listening.clear()

    def cancel(self) -> None:
        self.active = False
        self._listening.clear()

    @property
    def deadline(self) -> float | None:
        if not self.active:
            return None
        if self._listening:
            return min((due for due in self._listening.values() if due is not None), default=None)
        return None if self._played_at is None else self._hang_up_at(self._played_at)

    def due(self, now: float) -> bool:
        """It is time to hang up."""
        return (
            self.active
            and not self._listening
            and self._played_at is not None
            and now >= self._hang_up_at(self._played_at)
        )

    def words_overdue(self, now: float) -> bool:
        """The callee spoke, and nobody has said in time what: take it for going on."""
        return self.active and any(due is not None and now >= due for due in self._listening.values())

    def _hang_up_at(self, played_at: float) -> float:
        return max(played_at, self._quiet_since) + GRACE_S
