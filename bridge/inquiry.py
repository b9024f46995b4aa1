"""A question to the requester in the middle of a call, and its answer.

Pure. Owns the open question and its time-out.
"""

from dataclasses import dataclass
from typing import Self

from bridge.clock import Clock
from bridge.events import QuestionAsked

PATIENCE_S = 45.0


@dataclass
class Inquiry:
    """At most one question is open at a time. `now` in seconds."""

    patience_s: float = PATIENCE_S
    question_id: str = ""  # the tool call's id
    due: float | None = None

    @classmethod
    def of(cls, asked: QuestionAsked | None, clock: Clock) -> Self:
        """Of a call that a former process had: its question goes on to be open for as long as was said."""
        if asked is None:
            return cls()
        return cls(asked.patience_s, asked.question_id, clock.started + asked.at_ms / 1000 + asked.patience_s)

    @property
    def open(self) -> bool:
        return self.due is not None

    def ask(self, question_id: str, now: float) -> bool:
        """False when another question is open."""
        if self.open:
            return False
        self.question_id = question_id
        self.due = now + self.patience_s
        return True

    def close(self, question_id: str) -> bool:
        """False when that question is not the open one (answered already, or out of time)."""
        if not self.open or question_id != self.question_id:
            return False
        self.due = None
        return True

    def overdue(self, now: float) -> bool:
        return self.due is not None and now >= self.due
