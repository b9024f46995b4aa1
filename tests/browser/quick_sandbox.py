"""The sandbox with the product and the page, in a thread of its own, on a clock that runs ahead of a browser's.

Owns that thread and its loop. All that waits in a call (ringing, speech, silence) takes its time by the loop's clock,
and so a fraction of the browser's; nothing is left out.
"""

import asyncio
import contextlib
import selectors
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from sandbox.fast_clock import FastLoop, Selector
from sandbox.page import Page, Phone, WireLog
from sandbox.telegram import Change
from sandbox.world import World
from tests.databases import sqlite_in

SPEED = 8.0
_START_S, _END_S = 60.0, 30.0
_THREADS_S = 5.0  # so long the clock stands at most


class _Selector(Selector):
    """Its clock stands while anything is done, in the loop or in a thread that is awaited: where a machine cannot keep
    up, a call gets slower, and nothing late.
    """

    speed = SPEED

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if Selector.busy and timeout and (ready := selectors.DefaultSelector.select(self, _THREADS_S)):
            return ready
        began = time.monotonic()
        ready = selectors.DefaultSelector.select(self, None if timeout is None else timeout / self.speed)
        waited = (time.monotonic() - began) * self.speed
        self.now += waited if timeout is None else min(waited, max(0.0, timeout))
        return ready


class QuickLoop(FastLoop):
    def __init__(self) -> None:
        self._quick = _Selector()
        super().__init__(self._quick)

    def pace(self, speed: float) -> None:
        """From now on so many of its seconds to one."""
        self._quick.speed = speed


class Sandbox:
    """`url` of its page; `world` may be looked at, and belongs to another thread."""

    def __init__(self, world: World, url: str, loop: QuickLoop) -> None:
        self.world = world
        self.url = url
        self.loop = loop

    def pace(self, speed: float = SPEED) -> None:
        """Slower while somebody must get to a button in time."""
        self.loop.call_soon_threadsafe(self.loop.pace, speed)


def _is_question(change: Change) -> bool:
    """Somebody must get to a button in time."""
    return change.kind == "message" and change.message is not None and change.message.text.startswith("❓")


def _wall_clock() -> Callable[[], float]:
    """The time of day, running with the loop's clock."""
    loop = asyncio.get_running_loop()
    began, at = time.time(), loop.time()
    return lambda: began + loop.time() - at


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[Sandbox]:
    started: Future[tuple[Sandbox, asyncio.Event]] = Future()
    ended: Future[None] = Future()

    async def serve() -> None:
        phone, wires, stop = Phone(), WireLog(time.monotonic), asyncio.Event()
        wall = _wall_clock()
        async with World(answerer=phone.answer, overhear=wires.note, wall=wall) as world:
            changes = {"database_url": sqlite_in(folder), "recordings_dir": folder / "recordings", "drain_seconds": 0}
            settings = Settings(_env_file=None, **world.settings(**changes))
            async with App(settings, wall=wall) as app, Page(world, phone, wires, port=0) as page:
                world.port = app.port
                loop = asyncio.get_running_loop()
                assert isinstance(loop, QuickLoop)
                world.telegram.listen(lambda change: loop.pace(1) if _is_question(change) else None)
                started.set_result((Sandbox(world, page.url, loop), stop))
                await stop.wait()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=QuickLoop) as runner:
                runner.run(serve())
            ended.set_result(None)
        except BaseException as error:  # noqa: BLE001 - whatever it was is raised where somebody waits for it
            (ended if started.done() else started).set_exception(error)

    thread = threading.Thread(target=run, name="sandbox", daemon=True)
    thread.start()
    told, stop = started.result(_START_S)
    try:
        yield told
    finally:
        told.loop.call_soon_threadsafe(stop.set)
        ended.result(_END_S)
        thread.join(_END_S)
