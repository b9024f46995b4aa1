"""A clock that does not wait: an event loop that jumps to its next timer as soon as nothing else can happen.

Sockets are real: whatever is ready is handled first. Threads are waited for before a long jump, so that their answers
come before the time-outs that wait for them, as long as they have something to do.
"""

import asyncio
import functools
import selectors
from collections.abc import Awaitable, Callable
from typing import Any

import aiosqlite

_LONG_S = 0.05  # a jump longer than a frame or two
_MOMENT_S = 0.004
_BUSY_S = 5.0


class Selector(selectors.DefaultSelector):
    now = 1000.0  # seconds, at the beginning
    busy = 0  # what threads have been asked and have not answered

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready and timeout > _LONG_S:
            ready = super().select(_BUSY_S if Selector.busy else _MOMENT_S)
        if not ready:
            self.now += timeout
        return ready


class FastLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Selector | None = None) -> None:
        self._clock = clock or Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # its types tell more
        """Counted: on a machine that has much to do a thread takes longer than a moment."""
        Selector.busy += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(_done)
        return future


def _done(_: object) -> None:
    Selector.busy -= 1


def _counted(execute: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(execute)
    async def counted(*args: Any, **kwargs: Any) -> Any:
        Selector.busy += 1
        try:
            return await execute(*args, **kwargs)
        finally:
            Selector.busy -= 1

    return counted


# aiosqlite tells nobody whether its threads are at work; each of their tasks goes through here.
aiosqlite.Connection._execute = _counted(aiosqlite.Connection._execute)  # type: ignore[assignment, method-assign]  # noqa: SLF001
