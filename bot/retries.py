"""Busy or not answered: the same call again, when somebody presses for it or by the plan's own policy.

Owns what is said about the next try. Each is a planned call (`schedule.py`) with a spec of its own; a call is followed
by one at most (`store.follow_up` is the gate). The policy was on the card, so confirming that card allowed it. Must
not dial.
"""

from dataclasses import replace

from bot import cards
from bot.buttons import Answer, Press, Tap
from bot.calls import Calls
from bot.conversation import Draft, Stage
from bot.dispatch import Dispatch
from bot.drafting import Drafting
from bot.post import Post
from bot.report_view import RETRIED, Finished
from bot.roster import Roster
from bot.schedule import Schedule
from bot.store import Store, WallClock
from bot.when import written
from bot.wording import Words

_MINUTES = {"0": 0, "15": 15, "60": 60}  # as report_view.py offers them


class Retries:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        drafting: Drafting,
        dispatch: Dispatch,
        schedule: Schedule,
        calls: Calls,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._drafting = drafting
        self._dispatch = dispatch
        self._schedule = schedule
        self._calls = calls
        self._wall = wall

    async def pressed(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        """Again now, or some minutes later."""
        call = await self._calls.finished(draft)
        if press.choice not in _MINUTES or call is None or not _to_be_retried(call):
            return Answer(words("gone-button"))
        minutes = _MINUTES[press.choice]
        again = await self._planned(draft, minutes)
        if refusal := await self._dispatch.refusal(again, at_unix=again.due_unix):
            opens_unix = refusal.opens_unix
            then = (lambda: self._schedule.offer_again(draft, at_unix=opens_unix)) if opens_unix else None
            return Answer(refusal.reason, then)
        if not await self._store.follow_up(draft.id, again):
            return Answer(words("retry-taken"))
        await self._schedule.planned(again, by=tap.person_id)
        if not minutes:
            return Answer(words("dialling"))
        chat = await self._roster.chat(draft.place.chat_id)
        when = chat.when(again.due_unix, self._wall())

        async def show() -> None:
            shown = cards.scheduled_card(words, again, when), cards.scheduled_buttons(words, again)
            message_id = await self._post.send(draft.place, *shown, silent=True, reply_to=tap.message_id)
            await self._store.remember(again, message_id, "card")

        return Answer(words("scheduled", when=when), show)

    async def afterwards(self, draft: Draft, call: Finished) -> None:
        """A call was reported: plan the next try, if its card said so. Asked twice, it does it once."""
        left = draft.plan.retries
        if not left or not _to_be_retried(call):
            return
        words = (await self._roster.chat(draft.place.chat_id)).words
        report = await self._store.message_of(draft, "report") or 0
        again = await self._store.follower_of(draft.id)
        if again is None:
            again = await self._planned(draft, draft.plan.retry_minutes)
            again = replace(again, plan=again.plan.model_copy(update={"retries": left - 1}))
            if refusal := await self._dispatch.refusal(again, at_unix=again.due_unix):
                reason = words("retry-refused", name=draft.plan.callee_name, reason=refusal.reason)
                await self._post.send(draft.place, reason, silent=True, reply_to=report)
                if refusal.opens_unix:
                    await self._schedule.offer_again(draft, at_unix=refusal.opens_unix)
                return
            if not await self._store.follow_up(draft.id, again):
                return
            await self._schedule.planned(again, by=draft.requester_id)
        if again.stage is Stage.SCHEDULED and not await self._store.message_of(again, "card"):
            await self._show(again, left, report)

    async def _show(self, again: Draft, left: int, report: int) -> None:
        chat = await self._roster.chat(again.place.chat_id)
        text = chat.words("retry-planned", when=chat.when(again.due_unix, self._wall()), left=left)
        buttons = cards.retry_buttons(chat.words, again)
        message_id = await self._post.send(again.place, text, buttons, silent=True, reply_to=report)
        await self._store.remember(again, message_id, "card")

    async def _planned(self, draft: Draft, minutes: int) -> Draft:
        due_unix = self._wall() + minutes * 60
        zone = (await self._roster.chat(draft.place.chat_id)).zone
        again = self._drafting.fresh(draft, call_at=written(due_unix, zone))
        return replace(again, stage=Stage.SCHEDULED, due_unix=due_unix)


def _to_be_retried(call: Finished) -> bool:
    return call.ending.reason in RETRIED and not call.do_not_call
