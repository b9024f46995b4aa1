"""From the session's mouth into the journal, and only then to whoever follows the call.

Owns a call's list of events: their numbers, their order, and the moment at which they become public.
"""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.exc import SQLAlchemyError

from bridge.errors import JournalError
from bridge.events import CallEvent, Ended
from bridge.journal import Journal


class Recorder:
    """The events of one call. `written` begins with those that are in the journal already."""

    def __init__(self, journal: Journal, call_id: str, written: list[CallEvent]) -> None:
        self._journal = journal
        self._call_id = call_id
        self._public: list[CallEvent] = list(written)
        self._waiting: list[CallEvent] = []
        self._lost = False
        self._work = asyncio.Event()
        self._news = asyncio.Event()

    def tell(self, event: CallEvent) -> None:
        """Never waits: the audio of a call does not stand in line behind its journal."""
        self._waiting.append(event)
        self._work.set()

    async def run(self) -> None:
        """Write and publish until the call's last event has been."""
        while True:
            await self._work.wait()
            self._work.clear()
            batch = list(self._waiting)
            if not batch:
                continue
            try:
                await self._journal.append(self._call_id, len(self._public), batch)
            except SQLAlchemyError:
                self._lost = True
                self._news.set()
                raise
            self._public += batch
            del self._waiting[: len(batch)]
            self._news.set()
            self._news = asyncio.Event()
            if isinstance(batch[-1], Ended):
                return

    @property
    def all_told(self) -> list[CallEvent]:
        """Also what has not been written yet."""
        return [*self._public, *self._waiting]

    @property
    def so_far(self) -> list[CallEvent]:
        return list(self._public)

    async def events(self) -> AsyncIterator[CallEvent]:
        """Every event of the call from its first to its last. Raises JournalError when it cannot be written on."""
        number = 0
        while True:
            while number < len(self._public):
                event = self._public[number]
                number += 1
                yield event
                if isinstance(event, Ended):
                    return
            if self._lost:
                raise JournalError(
                    "I could not keep the record of this call, so I ended it. Please look at the database."
                )
            await self._news.wait()
