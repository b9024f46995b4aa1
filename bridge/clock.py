"""The clock of one call, set by whoever feeds it. Pure."""

from dataclasses import dataclass


@dataclass
class Clock:
    """`started` (when the call was confirmed) and `now` in seconds on the same steady clock."""

    started: float
    now: float

    @property
    def at_ms(self) -> int:
        return round((self.now - self.started) * 1000)

    def at(self, at_ms: int | None) -> float | None:
        """A moment of the call, in seconds on this clock."""
        return None if at_ms is None else self.started + at_ms / 1000

    def advance(self, now: float) -> None:
        """Time never goes back, whatever the caller says."""
        self.now = max(self.now, now)
