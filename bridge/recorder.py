"""From the session's mouth into the journal, and only then to whoever follows the call.

Owns a call's list of events: their numbers, their order, and the moment at which they become public.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bridge.errors import CallElsewhere, JournalError
from bridge.events import CallEvent, Ended
from bridge.journal import Journal

log = logging.getLogger(__name__)

LOOK_S = 5.0  # without anything to write
# SQLite's file is locked by a backup, or a PostgreSQL is being restarted. What is told meanwhile waits.
AGAIN_S = (0.2, 0.5, 1.0, 2.0, 4.0, 6.0)
_PASSING = (OperationalError, InterfaceError, PoolTimeout)
_ELSEWHERE = "Another process has taken this call over."


EndTold = Callable[[str, list[CallEvent]], None]


class Recorder:
    """The events of one call. `written` begins with those that are in the journal already; `ended` is told of the call,
    with all its events, once its end has been written, by whom of all processes it may be.
    """

    def __init__(
        self, journal: Journal, call_id: str, written: list[CallEvent], ended: EndTold = lambda *_: None
    ) -> None:
        self._journal = journal
        self._call_id = call_id
        self._tell_the_end = ended
        self._public: list[CallEvent] = list(written)
        self._waiting: list[CallEvent] = []
        self._lost = False
        self._released = False
        self._over = False  # released, and all written
        self._work = asyncio.Event()
        self._news = asyncio.Event()

    def tell(self, event: CallEvent) -> None:
        """Never waits: the audio of a call does not stand in line behind its journal."""
        self._waiting.append(event)
        self._work.set()

    async def claim(self, event: CallEvent) -> None:
        """Write the first event of this process, before all others. Raises CallElsewhere where another was quicker."""
        await self._publish([event], self._append)

    def release(self) -> None:
        """Another process goes on with the call: nothing more is told here."""
        self._released = True
        self._work.set()

    async def run(self) -> None:
        """Write and publish until the call's last event has been, or it is released.

        Raises CallElsewhere once another process has written on; then nothing is written here any more.
        """
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._work.wait()
            except TimeoutError:
                await self._look()
                continue
            self._work.clear()
            if batch := list(self._waiting):
                await self._publish(batch, self._persist)
                del self._waiting[: len(batch)]
            if self.ended:
                return
            if self._released and not self._waiting:
                self._end()
                return

    async def _publish(self, batch: list[CallEvent], write: Callable[[list[CallEvent]], Awaitable[None]]) -> None:
        """Into the journal, and only then told."""
        try:
            await write(batch)
        except CallElsewhere:
            raise
        except (SQLAlchemyError, JournalError):
            self._lost = True
            self._news.set()
            raise
        self._public += batch
        self._news.set()
        self._news = asyncio.Event()
        if self.ended:
            self._tell_the_end(self._call_id, self.so_far)

    async def _persist(self, batch: list[CallEvent]) -> None:
        """Tried again where the database is away for a moment: a call does not end with that."""
        again = False
        for seconds in AGAIN_S:
            try:
                return await self._append(batch, again=again)
            except _PASSING:
                log.warning("the journal of call %s could not be written: tried again", self._call_id)
                again = True
                await asyncio.sleep(seconds)
        return await self._append(batch, again=again)

    async def _append(self, batch: list[CallEvent], *, again: bool = False) -> None:
        """`again`: it may be there already, and only the database's answer was lost."""
        try:
            await self._journal.append(self._call_id, len(self._public), batch)
        except IntegrityError as error:
            # An event's number is there once: whoever writes it first has the call.
            if again and (await self._journal.events(self._call_id))[len(self._public) :] == batch:
                return
            if await self._overtaken():
                raise CallElsewhere(_ELSEWHERE) from error
            raise

    async def _look(self) -> None:
        """A call may have nothing to tell for a quarter of an hour: is it still ours?"""
        with suppress(SQLAlchemyError):  # whoever writes next will see
            if await self._overtaken():
                raise CallElsewhere(_ELSEWHERE)

    async def _overtaken(self) -> bool:
        overtaken = await self._journal.length(self._call_id) > len(self._public)
        if overtaken:
            self._end()
        return overtaken

    def _end(self) -> None:
        self._over = True
        self._news.set()

    @property
    def all_told(self) -> list[CallEvent]:
        """Also what has not been written yet."""
        return [*self._public, *self._waiting]

    @property
    def so_far(self) -> list[CallEvent]:
        return list(self._public)

    @property
    def ended(self) -> bool:
        """The call's end is in the journal."""
        return bool(self._public) and isinstance(self._public[-1], Ended)

    @property
    def over(self) -> bool:
        """Nothing more will be told here of a call that goes on elsewhere."""
        return self._over

    async def events(self) -> AsyncIterator[CallEvent]:
        """Every event of the call from its first to its last, or to the last that is told here. Raises JournalError
        when it cannot be written on.
        """
        number = 0
        while True:
            while number < len(self._public):
                event = self._public[number]
                number += 1
                yield event
                if isinstance(event, Ended):
                    return
            if self._over:
                return
            if self._lost:
                raise JournalError(
                    "I could not keep the record of this call, so I ended it. Please look at the database."
                )
            await self._news.wait()
