"""Planned calls: each is placed at its time, at most once, whatever crashes on the way.

Owns the one timer task for all of them, and what is said about them. The database is the truth: a planned call is a
draft in SCHEDULED, and only who moves it on from there may dial it (`dispatch.py`). Nothing is kept in memory but when
to look again, by the wall clock that comes in (docs/decisions/0007-planned-calls-are-drafts.md). Must not decide what
may be called (`permits.py`).
"""

import asyncio
import logging
from dataclasses import replace

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot import cards
from bot.buttons import Answer, Press, Tap, call_button
from bot.chat import Chat
from bot.conversation import Draft, Stage
from bot.dispatch import Dispatch, masked_number
from bot.drafting import Drafting
from bot.ledger import Ledger
from bot.permits import Refusal
from bot.post import Post
from bot.richtext import RichText
from bot.roster import Roster
from bot.store import Store, WallClock
from bot.when import FARTHEST_S, PATIENCE_S, written
from bot.wording import Words
from bridge.journal import Journal
from bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

LATE_S = 600.0  # so late a planned call is still placed
LONGEST_S = 300.0  # at least so often the wall clock is looked at: it may be set
IDLE_S = 3600.0  # while nothing is planned
AGAIN_S = 60.0  # a call that could not be begun is tried again so much later
TROUBLE_S = 5.0
CLOSING_S = 20.0  # for a call that is being placed


class Schedule:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        ledger: Ledger,
        journal: Journal,
        switchboard: Switchboard,
        drafting: Drafting,
        dispatch: Dispatch,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._ledger = ledger
        self._journal = journal
        self._switchboard = switchboard
        self._drafting = drafting
        self._dispatch = dispatch
        self._wall = wall
        self._changed = asyncio.Event()
        self._not_before: dict[str, float] = {}  # draft -> when it is tried again, after a failure
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    # Its life

    async def recover(self) -> None:
        """Before the first update: a former process may have died between the gate of a planned call and its dial."""
        for draft in await self._store.in_stage(Stage.PLACED):
            if draft.due_unix and not await self._journal.events(draft.id):
                await self._ledger.release(draft.id)
                await self._store.advance(draft.id, Stage.PLACED, Stage.SCHEDULED)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._conduct(), name="planned calls")

    def wake(self) -> None:
        """There is another planned call."""
        self._changed.set()

    async def close(self) -> None:
        """A call that is being placed is not torn out of its dial."""
        self._closing = True
        self.wake()
        if self._task:
            await asyncio.wait([self._task], timeout=CLOSING_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # The timer

    async def _conduct(self) -> None:
        """The top frame of the task: what goes wrong with one call keeps no other from its time."""
        while not self._closing:
            self._changed.clear()
            try:
                wait_s = await self._next()
            except Exception:
                log.exception("planned calls cannot be looked after just now")
                wait_s = TROUBLE_S
            if wait_s > 0:
                await self._news(wait_s)

    async def _news(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _next(self) -> float:
        """Place the next call, if its time has come. Seconds until it is worth looking again."""
        planned = await self._store.in_stage(Stage.SCHEDULED)
        if not planned:
            return IDLE_S
        at_unix, draft = min(((self._time_of(draft), draft) for draft in planned), key=lambda one: one[0])
        if at_unix > self._wall():
            return min(at_unix - self._wall(), LONGEST_S)
        if not self._switchboard.accepting:
            return LONGEST_S  # the next process places it
        self._not_before[draft.id] = self._wall() + AGAIN_S
        try:
            await self._begin(draft)
        except (NetworkError, RetryAfter) as error:
            if isinstance(error, BadRequest):  # PTB's is a NetworkError too
                await self._give_up(draft, error)
            else:
                log.warning("planned call %s cannot be announced: %s", draft.id, type(error).__name__)
                return 0.0
        except TelegramError as error:
            await self._give_up(draft, error)
        self._not_before.pop(draft.id, None)
        return 0.0

    def _time_of(self, draft: Draft) -> float:
        return max(draft.due_unix, self._not_before.get(draft.id, 0.0))

    async def _give_up(self, draft: Draft, error: TelegramError) -> None:
        """Nobody can be told of this call: the chat is gone, or we were put out of it."""
        log.warning("planned call %s is not placed, its chat is gone: %s", draft.id, type(error).__name__)
        await self._store.advance(draft.id, Stage.SCHEDULED, Stage.CANCELLED)

    # A call whose time has come

    async def _begin(self, draft: Draft) -> None:
        chat = await self._roster.chat(draft.place.chat_id)
        now, name = self._wall(), draft.plan.callee_name
        when = chat.when(draft.due_unix, now)
        if now - draft.due_unix > LATE_S:
            await self._offer_instead(draft, chat.words("scheduled-missed", when=when, name=name))
            return
        refusal = await self._dispatch.refusal(draft, at_unix=now)
        if refusal is None:
            message_id = await self._announced(draft, chat)
            refusal = await self._dispatch.place(draft, message_id, by=draft.requester_id, stage=Stage.SCHEDULED)
            if refusal is None:
                await self._retire(draft)
                return
            if not self._switchboard.accepting:
                return  # the next process goes on in this message
            current = await self._store.draft(draft.id)
            if current is None or current.stage is not Stage.SCHEDULED:
                await self._post.supersede(draft.place, message_id, _overtaken(chat.words, draft, current))
                return
        reason = chat.words("scheduled-refused", name=name, when=when, reason=refusal.reason)
        await self._offer_instead(draft, reason, at_unix=refusal.opens_unix)

    async def _announced(self, draft: Draft, chat: Chat) -> int:
        """The message that becomes the live view. A process that died here may have sent it before."""
        if sent := await self._store.message_of(draft, "live"):
            return sent
        planned = await self._store.message_of(draft, "card") or 0
        text = chat.words("scheduled-began", name=draft.plan.callee_name)
        message_id = await self._post.send(draft.place, text, silent=True, reply_to=planned)
        await self._store.remember(draft, message_id, "live")
        return message_id

    async def _offer_instead(self, draft: Draft, reason: str, *, at_unix: float = 0.0) -> None:
        """Say why a call was not placed, with a new card: for now, or for the time at which it may be.

        The planned call is closed last: whoever dies before says it again, and nobody dials.
        """
        planned = await self._store.message_of(draft, "card") or 0
        await self._post.send(draft.place, reason, silent=True, reply_to=planned)
        await self.offer_again(draft, at_unix=at_unix)
        if await self._store.advance(draft.id, Stage.SCHEDULED, Stage.CANCELLED):
            await self._retire(draft)

    async def offer_again(self, draft: Draft, *, at_unix: float = 0.0) -> None:
        """A new card of the same plan: for now, or for a time (unix seconds)."""
        zone = (await self._roster.chat(draft.place.chat_id)).zone
        await self._drafting.offer(self._drafting.fresh(draft, call_at=written(at_unix, zone) if at_unix else ""))

    async def _retire(self, draft: Draft) -> None:
        if planned := await self._store.message_of(draft, "card"):
            await self._post.retire(draft.place, planned)

    # Planning and cancelling

    async def plan(self, draft: Draft, *, by: int) -> Refusal | None:
        """Confirm a card for the time that the draft has (`by` is who did it). Why not, if not."""
        chat = await self._roster.chat(draft.place.chat_id)
        now = self._wall()
        if draft.due_unix < now - PATIENCE_S:
            return Refusal(chat.words("schedule-past", when=chat.when(draft.due_unix, now)))
        if draft.due_unix > now + FARTHEST_S:
            return Refusal(chat.words("schedule-too_far"))
        if refusal := await self._dispatch.refusal(draft, at_unix=max(draft.due_unix, now)):
            return refusal
        await self._store.save(draft)  # its time may be another than the card's
        if not await self._store.advance(draft.id, Stage.CONFIRMING, Stage.SCHEDULED):
            return Refusal(chat.words("already-placed"))
        await self.planned(draft, by=by)
        return None

    async def planned(self, draft: Draft, *, by: int) -> None:
        """A draft is in SCHEDULED now."""
        await self._ledger.note(by, draft.place.chat_id, "planned", masked_number(draft))
        self.wake()

    async def unplan(self, draft: Draft, *, by: int) -> bool:
        """Cancel a planned call; False when it is planned no more."""
        if not await self._store.advance(draft.id, Stage.SCHEDULED, Stage.CANCELLED):
            return False
        await self._ledger.note(by, draft.place.chat_id, "unplanned", masked_number(draft))
        return True

    async def close_card(self, draft: Draft, line: str) -> None:
        """Say in the message of a planned call what became of it."""
        if planned := await self._store.message_of(draft, "card"):
            words = (await self._roster.chat(draft.place.chat_id)).words
            await self._post.supersede(draft.place, planned, cards.closed_card(words, draft, line))

    async def offer_later(self, draft: Draft, refusal: Refusal) -> None:
        """A refusal whose reason passes: the card can be planned for then."""
        if not refusal.opens_unix:
            return
        chat = await self._roster.chat(draft.place.chat_id)
        label = chat.words("refused-plan-then", when=chat.when(refusal.opens_unix, self._wall()))
        button = call_button(label, draft, "then", str(int(refusal.opens_unix)))
        message_id = await self._post.send(draft.place, refusal.reason, ((button,),), silent=True)
        await self._store.remember(draft, message_id, "question")

    # Presses

    async def pressed_plan(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        """The card of a call for later was confirmed."""
        return await self._plan_in(tap.message_id, draft, tap, words)

    async def pressed_then(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        """A card that was refused for now is planned for when it may be called."""
        if not (press.choice.isdecimal() and len(press.choice) < 12):
            return Answer(words("gone"))
        zone = (await self._roster.chat(draft.place.chat_id)).zone
        due_unix = float(press.choice)
        plan = draft.plan.model_copy(update={"call_at": written(due_unix, zone)})
        card = await self._store.message_of(draft, "card") or tap.message_id
        return await self._plan_in(card, replace(draft, plan=plan, due_unix=due_unix), tap, words)

    async def _plan_in(self, card: int, draft: Draft, tap: Tap, words: Words) -> Answer:
        if refusal := await self.plan(draft, by=tap.person_id):
            return Answer(refusal.reason, lambda: self.offer_later(draft, refusal))
        chat = await self._roster.chat(draft.place.chat_id)
        when = chat.when(draft.due_unix, self._wall())

        async def show() -> None:
            if card != tap.message_id:
                await self._post.retire(draft.place, tap.message_id)
            shown = cards.scheduled_card(words, draft, when), cards.scheduled_buttons(words, draft)
            await self._post.redraw(draft.place, card, *shown)

        return Answer(words("scheduled", when=when), show)

    async def pressed_now(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        """A planned call is placed before its time."""
        refusal = await self._dispatch.place(draft, tap.message_id, by=tap.person_id, stage=Stage.SCHEDULED)
        return Answer(refusal.reason if refusal else words("dialling"))

    async def pressed_unplan(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        line = words("retry-cancelled") if press.choice else words("card-cancelled")
        if not await self.unplan(draft, by=tap.person_id):
            return Answer(words("already-placed"))
        return Answer(line, lambda: self.close_card(draft, line))


def _overtaken(words: Words, draft: Draft, current: Draft | None) -> RichText:
    """Somebody called or cancelled it in the same moment."""
    if current and current.stage is not Stage.CANCELLED:
        return cards.closed_card(words, draft, words("already-placed"), mark="📞")
    return cards.closed_card(words, draft, words("card-cancelled"))
