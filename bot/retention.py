"""Retention: what is older than the deployment keeps things is deleted, at the start and once a day.

Owns its one task and what counts as old. Never touches a call that goes on or is planned, nor one whose report is on
the way; how things are deleted is `erasing.py`'s.
"""

import asyncio
import logging
from functools import partial

from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.desk import Desk
from bot.erasing import Erasing
from bot.follower import Follower
from bot.store import Store, WallClock
from bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

DAY_S = 86_400.0
LOOK_S = 3600.0  # so often the wall clock is looked at: it may be set, or the machine may have slept
CLOSING_S = 20.0  # for a deletion that is going on


class Retention:
    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        erasing: Erasing,
        follower: Follower,
        switchboard: Switchboard,
        days: int,
        wall: WallClock,
    ) -> None:
        """`days`: 0 keeps everything for ever."""
        self._store = store
        self._desk = desk
        self._erasing = erasing
        self._follower = follower
        self._switchboard = switchboard
        self._days = days
        self._wall = wall
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # Its life

    def start(self) -> None:
        if self._days:
            self._task = asyncio.get_running_loop().create_task(self._conduct(), name="retention")

    async def close(self) -> None:
        self._closing.set()
        if self._task:
            await asyncio.wait([self._task], timeout=CLOSING_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _conduct(self) -> None:
        """The top frame of the task."""
        due_unix = self._wall()
        while not self._closing.is_set():
            if self._wall() >= due_unix:
                due_unix = self._wall() + DAY_S
                try:
                    await self._sweep()
                except Exception:
                    log.exception("what is old could not be deleted; it is tried again in a day")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._closing.wait()
            except TimeoutError:
                pass

    # What goes

    async def _sweep(self) -> None:
        for place in dict.fromkeys(draft.place for draft in await self._old()):
            if self._closing.is_set():
                return
            await self._desk.in_turn(place, partial(self._clear, place))()
        await self._clear_recordings()

    async def _clear(self, place: Place) -> None:
        gone = [draft for draft in await self._old() if draft.place == place and await self._may_go(draft)]
        await self._erasing.erase(gone)
        if gone:
            await self._erasing.finish()
            log.info("%d drafts and calls are older than %d days: deleted", len(gone), self._days)

    async def _clear_recordings(self) -> None:
        """Those that belong to nothing any more: their call was forgotten while they were being written."""
        since_unix = self._wall() - self._days * DAY_S
        for call_id, file in await asyncio.to_thread(self._switchboard.recordings_before, since_unix):
            if await self._store.draft(call_id) is None:
                await asyncio.to_thread(file.unlink, missing_ok=True)
                log.info("a recording that belongs to no call is older than %d days: deleted", self._days)

    async def _old(self) -> list[Draft]:
        return await self._store.older_than(self._wall() - self._days * DAY_S)

    async def _may_go(self, draft: Draft) -> bool:
        if draft.stage is Stage.PLACED:  # over, but nobody could be told: the chat is gone
            live = self._follower.follows(draft) or self._switchboard.call(draft.id) is not None
            return not live and await self._store.advance(draft.id, Stage.PLACED, Stage.CANCELLED)
        return await self._erasing.closed(draft)
