"""Silence on the line: when to ask whether the callee is still there, and when it is no use any more.

Pure. Owns the count and its deadline; whether anybody speaks is told.
"""

from dataclasses import dataclass

SILENCE_S = 8.0  # nobody speaks for so long: "are you there?"
SILENCE_PROMPTS = 2  # so many times, then a polite end


@dataclass
class Silence:
    """`now` in seconds. Silent until `watch` is told that nobody speaks."""

    deadline: float | None = None
    _count: int = 0

    def watch(self, now: float, *, quiet: bool) -> bool:
        """True each time that nobody has spoken for too long."""
        if not quiet:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + SILENCE_S
        elif now >= self.deadline:
            self.deadline = None
            self._count += 1
            return True
        return False

    def broken(self) -> None:
        """The callee has said something."""
        self._count = 0

    @property
    def hopeless(self) -> bool:
        """The callee has been asked often enough."""
        return self._count > SILENCE_PROMPTS
