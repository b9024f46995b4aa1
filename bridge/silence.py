"""Silence on the line: when to ask whether the callee is still there, and when it is no use any more.

Pure. Owns the count and its deadline; whether anybody speaks is told.
"""

from dataclasses import dataclass

SILENCE_S = 8.0  # nobody speaks for so long: "are you there?"
LISTENING_S = 25.0  # while a menu or an announcement is being listened to
SILENCE_PROMPTS = 2  # so many times, then a polite end


@dataclass
class Silence:
    """`now` in seconds. Silent until `watch` is told that nobody speaks."""

    deadline: float | None = None
    _count: int = 0
    _patience_s: float = SILENCE_S

    def watch(self, now: float, *, quiet: bool) -> bool:
        """True each time that nobody has spoken for too long."""
        if not quiet:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = now + self._patience_s
        elif now >= self.deadline:
            self.deadline = None
            self._patience_s = SILENCE_S
            self._count += 1
            return True
        return False

    def broken(self) -> None:
        """The callee has said something."""
        self._count = 0
        self._patience_s = SILENCE_S

    def extend(self, now: float) -> None:
        """The next silence may be longer than usual."""
        self._patience_s = LISTENING_S
        if self.deadline is not None:
            self.deadline = now + self._patience_s

    @property
    def hopeless(self) -> bool:
        """The callee has been asked often enough."""
        return self._count > SILENCE_PROMPTS
