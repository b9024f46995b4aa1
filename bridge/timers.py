"""Named one-shot deadlines on a clock that is handed in. Pure."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Timer(Enum):
    RINGING = auto()  # the carrier has told us nothing for longer than a phone may ring
    WRAP_UP = auto()  # the time is nearly up: the agent takes its leave
    TIME_LIMIT = auto()  # the time is up
    STREAM_GONE = auto()  # the media stream ended and no other came
    HANG_UP = auto()  # the hang-up was ordered, and the carrier has not confirmed it
    APOLOGY = auto()  # the carrier's voice says that we are sorry, then hangs up
    FAREWELL = auto()  # a polite ending that does not get done


@dataclass
class Timers:
    _due: dict[Timer, float] = field(default_factory=dict)
    _paused: dict[Timer, float] = field(default_factory=dict)  # seconds that are left

    def set(self, timer: Timer, at: float) -> None:
        self._due[timer] = at

    def drop(self, *timers: Timer) -> None:
        for timer in timers:
            self._due.pop(timer, None)
            self._paused.pop(timer, None)

    def running(self, timer: Timer) -> bool:
        return timer in self._due

    def pause(self, now: float, *timers: Timer) -> None:
        """Stop these, if they run, until `go_on`."""
        for timer in timers:
            if (at := self._due.pop(timer, None)) is not None:
                self._paused[timer] = at - now

    def go_on(self, now: float) -> None:
        self._due.update({timer: now + left for timer, left in self._paused.items()})
        self._paused.clear()

    @property
    def deadline(self) -> float | None:
        return min(self._due.values(), default=None)

    def expired(self, now: float) -> list[Timer]:
        """Those that are due, earliest first; each is told once."""
        due = [timer for timer, at in self._due.items() if at <= now]
        due.sort(key=self._due.__getitem__)
        for timer in due:
            del self._due[timer]
        return due
