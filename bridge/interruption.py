"""An interruption: the callee spoke while the agent did. Was it meant to stop the agent?

Pure. Owns the decision and its deadline; the line has been silenced already and the unheard audio kept. A cough, an
"mm-hm" or a burst of noise lets the agent go on from where it stopped; anything else takes the floor. Why we decide,
and not the model's server: docs/decisions/0002-the-session-decides-interruptions.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bridge.phrases import Phrasebook

LONG_S = 1.5  # nobody coughs this long: yield without waiting for the words
WORDS_PATIENCE_S = 1.5  # how long a committed utterance may wait for its transcription


class Verdict(StrEnum):
    YIELD = "yielded"
    RESUME = "resumed"


@dataclass
class Interruption:
    """One interruption, from the callee's first sound to the verdict. `now` in seconds."""

    item_id: str  # the callee's latest utterance
    began: float
    paused: float | None = None
    earlier: list[str] = field(default_factory=list)

    def goes_on(self, item_id: str) -> None:
        """The callee speaks again before it was decided."""
        self.earlier.append(self.item_id)
        self.item_id = item_id
        self.paused = None

    @property
    def items(self) -> list[str]:
        return [*self.earlier, self.item_id]

    def committed(self, now: float) -> Verdict | None:
        """The utterance is over."""
        self.paused = now
        return Verdict.YIELD if now - self.began >= LONG_S else None

    def words(self, item_id: str, text: str, phrases: Phrasebook) -> Verdict | None:
        """The transcription of one of its utterances; "" where no words were found. None: the latest will decide."""
        if not phrases.is_backchannel(text):
            return Verdict.YIELD
        return Verdict.RESUME if item_id == self.item_id else None

    @property
    def deadline(self) -> float | None:
        return None if self.paused is None else self.paused + WORDS_PATIENCE_S

    def overdue(self, now: float) -> Verdict | None:
        """No transcription came: too short for words is nothing, the rest is taken for an interruption."""
        if self.paused is None or now < self.paused + WORDS_PATIENCE_S:
            return None
        return Verdict.YIELD if self.paused - self.began >= LONG_S / 2 else Verdict.RESUME
