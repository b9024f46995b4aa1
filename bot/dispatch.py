"""Dispatch: confirmed cards -> calls.

Owns the way from a confirmed card to its dial: permits, the reservation of its money, and the stage that lets one press
through only. Dials at most once per draft.
"""

import asyncio
from collections.abc import Callable

from bot import conversation
from bot.chat import Chat
from bot.conversation import Draft, Rules, Stage
from bot.follower import Follower
from bot.ledger import Ledger
from bot.permits import Permits, Refusal
from bot.roster import Roster
from bot.store import Store, WallClock
from bridge import numbers
from bridge.call import CallSpec
from bridge.errors import AlreadyPlaced, NumberRefused, Restarting
from bridge.switchboard import Call, Switchboard


class Dispatch:
    def __init__(
        self,
        *,
        store: Store,
        roster: Roster,
        ledger: Ledger,
        permits: Permits,
        switchboard: Switchboard,
        follower: Follower,
        rules: Callable[[Chat], Rules],
        wall: WallClock,
    ) -> None:
        self._store = store
        self._roster = roster
        self._ledger = ledger
        self._permits = permits
        self._switchboard = switchboard
        self._follower = follower
        self._rules = rules
        self._wall = wall
        self._one_at_a_time = asyncio.Lock()  # two confirmations never spend the same money

    async def refusal(self, draft: Draft, *, at_unix: float) -> Refusal | None:
        """What stands against a call at that time."""
        chat = await self._roster.chat(draft.place.chat_id)
        permit = await self._permits.check(draft, chat, at_unix=at_unix, now_unix=self._wall())
        return permit if isinstance(permit, Refusal) else None

    async def place(self, draft: Draft, message_id: int, *, by: int, stage: Stage = Stage.CONFIRMING) -> Refusal | None:
        """Dial a draft that is in `stage`, and show the call in its message. Why not, if not."""
        chat = await self._roster.chat(draft.place.chat_id)
        words = chat.words
        if not self._switchboard.accepting:
            return Refusal(words("place-failed", reason=words("restarting")))
        async with self._one_at_a_time:
            permit = await self._permits.check(draft, chat, at_unix=self._wall())
            if isinstance(permit, Refusal):
                return permit
            # From a card it is called now, whatever time stood on it.
            due_unix = draft.due_unix if stage is Stage.SCHEDULED else 0.0
            if not await self._store.advance(draft.id, stage, Stage.PLACED, due_unix=due_unix):
                return Refusal(words("already-placed"))
            rules = self._rules(chat)
            spec = conversation.to_spec(draft, rules, max_minutes=permit.minutes, max_cost_usd=permit.usd)
            await self._ledger.reserve(
                draft.id,
                person_id=draft.requester_id,
                chat_id=draft.place.chat_id,
                usd=permit.usd,
                seconds=spec.max_duration_s,
            )
        placed = await self._placed(draft, spec, chat, stage)
        if isinstance(placed, Refusal):
            return placed
        await self._ledger.note(by, draft.place.chat_id, "called", masked_number(draft))
        self._follower.follow(placed, draft, message_id)
        return None

    async def _placed(self, draft: Draft, spec: CallSpec, chat: Chat, stage: Stage) -> Call | Refusal:
        words, undo = chat.words, True
        try:
            call = await self._switchboard.place(spec)
            undo = False
        except AlreadyPlaced:
            undo = False
            return Refusal(words("already-placed"))
        except NumberRefused as refusal:
            return Refusal(words("place-failed", reason=conversation.refused_number(words, refusal)))
        except Restarting:
            return Refusal(words("place-failed", reason=words("restarting")))
        finally:
            if undo:  # nothing was dialled: the card can be pressed again
                await self._store.advance(draft.id, Stage.PLACED, stage, due_unix=draft.due_unix)
                await self._ledger.release(draft.id)
        return call


def masked_number(draft: Draft) -> str:
    """For the audit log, which names no number in full."""
    number = numbers.readable(draft.plan.callee_number)
    return f"{number[:4]}…{number[-2:]}"
