"""Processes of the bridge that die without a word, and others that come after them, in one event loop.

Owns what a death is: every task of the process is gone, its sockets are cut without a goodbye, and nothing of it is
written or dialled any more. The database and the stand-ins live on.
"""

import asyncio
import contextvars
import logging
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge import journal as bridge_journal
from bridge import prices
from bridge.call import CallSpec
from bridge.carrier import TwilioCarrier
from bridge.carrier_call import CarrierCall, Placement
from bridge.database import open_database
from bridge.events import CallEvent, Confirmed
from bridge.journal import Journal
from bridge.live_call import Call
from bridge.model_socket import open_model
from bridge.switchboard import Options, Switchboard
from bridge.timeline import Timeline
from bridge.web import TwilioRoutes
from sandbox.fast_clock import FastLoop, Selector
from sandbox.twilio import StandInCall
from sandbox.world import PUBLIC_URL, World
from tests.fakes import MODEL

Result = TypeVar("Result")

MONDAY_UNIX = 1_795_334_400.0
_DATABASE_S = 1.0  # of real time, at most
_OWNER: contextvars.ContextVar["Process | None"] = contextvars.ContextVar("owner", default=None)


def wall() -> float:
    """The time of day, as the clock that does not wait has it."""
    return MONDAY_UNIX + asyncio.get_running_loop().time() - Selector.now


class _Patient(Selector):
    """The database's answers take no time at all, also where there is a frame of audio to play each 20 ms."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        waits = Selector.busy and timeout is not None and timeout > 0
        return (waits and selectors.DefaultSelector.select(self, _DATABASE_S)) or super().select(timeout)


class PatientLoop(FastLoop):
    def __init__(self) -> None:
        self._clock = _Patient()
        asyncio.SelectorEventLoop.__init__(self, self._clock)


class Deadly:
    """Where a process may die: `at` is the step at which it does."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.reached = asyncio.Event()
        self.dead = False

    async def step(self, name: str) -> None:
        """Never comes back in a process that is dead, or dies here."""
        if name == self.at:
            self.reached.set()
        if self.dead or name == self.at:
            await asyncio.Future()


class MortalJournal(Journal):
    """What it has begun to read or write is done: the disk does not die."""

    def __init__(self, engine: AsyncEngine, deadly: Deadly) -> None:
        super().__init__(engine, wall)
        self._deadly = deadly
        self._at_work: set[asyncio.Task[Any]] = set()

    async def written(self) -> None:
        await asyncio.gather(*self._at_work)

    async def _whatever_happens(self, work: Coroutine[Any, Any, Result]) -> Result:
        nobodys = contextvars.copy_context()
        nobodys.run(_OWNER.set, None)
        task = asyncio.get_running_loop().create_task(work, context=nobodys)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return await asyncio.shield(task)

    async def events(self, call_id: str) -> list[CallEvent]:
        return await self._whatever_happens(super().events(call_id))

    async def unfinished(self) -> list[str]:
        return await self._whatever_happens(super().unfinished())

    async def length(self, call_id: str) -> int:
        return await self._whatever_happens(super().length(call_id))

    async def sids(self, among: Sequence[str]) -> frozenset[str]:
        return await self._whatever_happens(super().sids(among))

    async def confirm(self, spec: CallSpec) -> Confirmed:
        await self._deadly.step("before the licence")
        confirmed = await self._whatever_happens(super().confirm(spec))
        await self._deadly.step("after the licence")
        return confirmed

    async def append(self, call_id: str, first_number: int, events: Sequence[CallEvent]) -> None:
        for event in events:
            await self._deadly.step(f"before {type(event).__name__}")
        await self._whatever_happens(super().append(call_id, first_number, events))
        for event in events:
            await self._deadly.step(f"after {type(event).__name__}")


class MortalCarrier(TwilioCarrier):
    def __init__(self, world: World, deadly: Deadly) -> None:
        super().__init__(
            account_sid=world.twilio.account_sid,
            auth_token=world.twilio.auth_token,
            phone_number=world.twilio.phone_number,
            api_url=world.twilio.url,
        )
        self._deadly = deadly

    async def place(self, placement: Placement) -> str:
        await self._deadly.step("before the dial")
        call_sid = await super().place(placement)
        await self._deadly.step("after the dial")
        return call_sid

    async def redirect(self, call_sid: str, twiml: str) -> None:
        await self._deadly.step("before a redirect")
        await super().redirect(call_sid, twiml)

    async def hang_up(self, call_sid: str) -> None:
        await self._deadly.step("before the hang-up")
        await super().hang_up(call_sid)

    async def look(self, call_sid: str) -> CarrierCall:
        await self._deadly.step("before a look")
        return await super().look(call_sid)

    async def find(self, to: str) -> list[CarrierCall]:
        await self._deadly.step("before a search")
        return await super().find(to)


class Process:
    """A switchboard with its web face. `deadly` is where it dies, if it does."""

    def __init__(self, machine: "Machine", deadly: Deadly, options: dict[str, Any]) -> None:
        world = machine.world
        self._machine = machine
        self.deadly = deadly
        self.found: list[Call] = []  # calls of a former process
        self.port = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self.journal = MortalJournal(machine.engine, deadly)
        self._carrier = MortalCarrier(world, deadly)
        given: dict[str, Any] = {
            "recordings": machine.folder / "recordings",
            "secret": world.twilio.auth_token,
        } | options
        self.switchboard = Switchboard(
            self.journal,
            self._carrier,
            partial(open_model, world.openai.base_url, world.openai.api_key, MODEL),
            prices.load(MODEL),
            Options(PUBLIC_URL, MODEL, "gpt-transcribe", world.twilio.phone_number, **given),
            ended=machine.over.append,
        )
        site = web.Application()
        TwilioRoutes(self.switchboard, public_url=PUBLIC_URL, auth_token=world.twilio.auth_token).add_to(site)
        self._site = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)

    async def start(self, *, recovers: bool) -> None:
        await self._site.setup()
        await web.TCPSite(self._site, "127.0.0.1", 0).start()
        self._machine.world.port = self.port = self._site.addresses[0][1]
        if recovers:
            self.found = await self.switchboard.recover()
            self.switchboard.reachable()

    def run(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Something that the process does: it ends with it."""
        context = contextvars.copy_context()
        context.run(_OWNER.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    async def place(self, spec: CallSpec) -> Call:
        return await self.run(self.switchboard.place(spec))

    async def recover(self) -> list[Call]:
        return await self.run(self.switchboard.recover())

    async def stopped(self, *, patience_s: float = 60.0) -> None:
        """As SIGTERM stops it."""
        await self.run(self.switchboard.close(patience_s=patience_s))
        await self._put_away()

    async def killed(self) -> None:
        """As SIGKILL does. Afterwards nobody listens at its port."""
        self.deadly.dead = True
        server = self._site.server
        assert server is not None
        for connection in list(server.connections):
            if connection.transport is not None:
                connection.transport.abort()
        while left := {task for task in self._tasks if not task.done()}:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=0.001)
        await self.journal.written()
        await self._put_away()

    async def _put_away(self) -> None:
        await self._site.cleanup()
        await self._carrier.close()

    def own(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Machine:
    """What outlives a process: the world, the folder, and the database in it."""

    def __init__(self, world: World, folder: Path, engine: AsyncEngine) -> None:
        self.world = world
        self.folder = folder
        self.engine = engine
        self.began_unix = wall()
        self.over: list[Timeline] = []  # the calls that watchers were told of (metrics, traces)
        self.lines: list[str] = []  # the calls that have their line in the log

    async def process(self, *, dies_at: str = "", recovers: bool = True, **options: Any) -> Process:
        """Started, and where the world finds the product from now on."""
        context = contextvars.copy_context()
        process = Process(self, Deadly(dies_at), options)
        context.run(_OWNER.set, process)
        await asyncio.get_running_loop().create_task(process.start(recovers=recovers), context=context)
        return process

    @property
    def journal(self) -> Journal:
        return Journal(self.engine)

    async def check_the_ends(self) -> None:
        """Each call that is over is counted once and has one line, whichever process ended it, and how."""
        query = sa.select(bridge_journal.calls.c.id).where(bridge_journal.calls.c.ended)
        async with self.engine.connect() as connection:
            ended = sorted(await connection.scalars(query))
        assert sorted(self.lines) == ended
        assert len(self.over) == len(ended)

    @property
    def calls(self) -> list[StandInCall]:
        """All that were ever dialled."""
        return list(self.world.twilio.calls.values())


@asynccontextmanager
async def machine(folder: Path, **world: Any) -> AsyncIterator[Machine]:
    async with World(wall=wall, **world) as made:
        engine = open_database(f"sqlite:///{folder}/ringback.db")
        async with engine.begin() as connection:
            await connection.run_sync(bridge_journal.metadata.create_all)
        await _warmed_up(engine)
        _owned(asyncio.get_running_loop())
        ground = Machine(made, folder, engine)
        lines = logging.Handler()
        lines.addFilter(lambda record: record.getMessage() == "call ended")
        lines.emit = lambda record: ground.lines.append(vars(record)["facts"]["call"])  # type: ignore[method-assign]
        log = logging.getLogger("bridge.switchboard")
        level = log.level
        log.addHandler(lines)
        log.setLevel(logging.INFO)
        try:
            yield ground
            await ground.check_the_ends()
        finally:
            log.removeHandler(lines)
            log.setLevel(level)
            await engine.dispose()


def told(folder: Path, story: Callable[[Machine], Awaitable[Result]], **world: Any) -> Result:
    """A story, on the clock that does not wait."""

    async def tell() -> Result:
        async with machine(folder, **world) as ground:
            return await story(ground)

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        return runner.run(tell())


async def _warmed_up(engine: AsyncEngine) -> None:
    """All connections there will ever be: the threads of new ones are not waited for by the clock."""
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(engine.connect())


async def followed(call: Call) -> list[CallEvent]:
    """A call to its end, or as far as it is told here."""
    return [event async for event in call.events()]


def _owned(loop: asyncio.AbstractEventLoop) -> None:
    """Have each task know whose it is: that of the process in whose context it is made."""

    def make(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        context = more.get("context")
        owner = context.get(_OWNER) if context is not None else _OWNER.get()
        if owner is not None:
            owner.own(task)
        return task

    loop.set_task_factory(make)
