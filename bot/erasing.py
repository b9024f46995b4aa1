"""Erasing: drafts are deleted with their calls, transcripts, reports, messages and recordings.

Owns the order in which that is done, for whoever decides what has to go (`forgetting.py`, `retention.py`). What was
spent is the ledger's, and stays: it holds no words.
"""

from collections.abc import Sequence

from bot.conversation import Draft, Stage
from bot.follower import Follower
from bot.rehearsals import Rehearsals
from bot.store import Store
from bridge.journal import Journal
from bridge.switchboard import Switchboard


class Erasing:
    def __init__(
        self,
        *,
        store: Store,
        journal: Journal,
        switchboard: Switchboard,
        rehearsals: Rehearsals,
        follower: Follower,
    ) -> None:
        self._store = store
        self._journal = journal
        self._switchboard = switchboard
        self._rehearsals = rehearsals
        self._follower = follower

    async def closed(self, draft: Draft) -> bool:
        """Whether it may be erased: neither its call nor its report is on the way. A card is closed first, so that it
        is not dialled while it is being deleted.
        """
        if draft.stage.open:
            return await self._store.advance(draft.id, draft.stage, Stage.CANCELLED)
        return draft.stage not in (Stage.PLACED, Stage.SCHEDULED) and not self._follower.follows(draft)

    async def erase(self, drafts: Sequence[Draft]) -> None:
        """Those that are closed. They go last: as long as they are there, what belongs to them can be found again."""
        for draft in drafts:
            await self._rehearsals.stop(draft)
            await self._switchboard.forget_recording(draft.id)
        ids = [draft.id for draft in drafts]
        await self._journal.forget(ids)
        await self._store.forget(ids)

    async def finish(self) -> None:
        """Once everything is deleted that had to go."""
        await self._journal.overwrite_deleted()
