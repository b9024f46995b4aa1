"""A clock that does not wait: an event loop that jumps to its next timer as soon as nothing else can happen.

Sockets are real: whatever is ready is handled first. Threads (the database's) are given a moment of real time before a
long jump, so that their answers come before the time-outs that wait for them.
"""

import asyncio
import selectors

_LONG_S = 0.05  # a jump longer than a frame or two
_MOMENT_S = 0.004


class _Selector(selectors.DefaultSelector):
    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready and timeout > _LONG_S:
            ready = super().select(_MOMENT_S)
        if not ready:
            self.now += timeout
        return ready


class FastLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now
