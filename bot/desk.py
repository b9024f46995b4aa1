"""The desk: takes requests and presses, and leads each to its card, its call and what is asked about it later.

Owns the order of things in a chat: one at a time, so that two messages never race for the same draft. Must not know how
Telegram's updates look (`handlers.py`) or how messages are sent (`post.py`).
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot import cards, conversation, wording
from bot.calls import Calls
from bot.cards import Press
from bot.conversation import Draft, Plan, Reading, Stage
from bot.follower import Follower
from bot.people import People
from bot.planner import Planner
from bot.post import Post
from bot.richtext import RichText
from bot.store import Store
from bridge.errors import AlreadyPlaced, PlanError, RingbackError
from bridge.prices import Prices
from bridge.switchboard import Switchboard
from prompts import library

MAX_REQUEST = 4000  # characters


@dataclass(frozen=True)
class Answer:
    """To a press: the notice that Telegram shows at once ("" for none), and what takes longer than a moment."""

    notice: str = ""
    then: Callable[[], Awaitable[None]] | None = None


class Desk:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        people: People,
        planner: Planner,
        switchboard: Switchboard,
        follower: Follower,
        calls: Calls,
        prices: Prices,
        region: str | None,
        max_minutes: int,
        disclose: bool,
    ) -> None:
        self._post = post
        self._store = store
        self._people = people
        self._planner = planner
        self._switchboard = switchboard
        self._follower = follower
        self._calls = calls
        self._prices = prices
        self._region = region
        self._max_minutes = max_minutes
        self._disclose = disclose
        self._chats: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    # Requests

    async def request(
        self,
        chat_id: int,
        person_id: int,
        name: str,
        text: str,
        *,
        message_id: int,
        reply_to: int = 0,
        new: bool = False,
    ) -> None:
        """A message in a person's own words: a request, an answer, an amendment, or a whisper to a running call."""
        if not text.strip():
            await self._post.send(chat_id, wording.EMPTY_REQUEST)
            return
        if len(text) > MAX_REQUEST:
            await self._post.send(chat_id, wording.TOO_LONG)
            return
        async with self._chats[chat_id]:
            about = await self._store.draft_of(chat_id, reply_to) if reply_to else None
            if about and about.stage is Stage.PLACED:
                await self._calls.words(about, person_id, text, message_id=message_id, replied_to=reply_to)
                return
            if not (new or about) and (question := self._calls.waiting(chat_id, person_id, replied_to=reply_to)):
                await self._calls.reply(question, text, message_id=message_id)
                return
            if about and about.stage.open and self._people.may_steer(person_id, about.requester_id):
                await self._plan(about, text, replied=True)
                return
            if about and self._people.may_steer(person_id, about.requester_id):
                # About a call that is over ("again, but at eight"): a new card from the old one.
                await self._plan(self._fresh(about), text, replied=True)
                return
            draft = None if new else await self._store.open_draft(chat_id, person_id)
            if draft:
                await self._plan(draft, text, replied=False)
            else:
                await self._begin(chat_id, person_id, name, text)

    async def _begin(self, chat_id: int, person_id: int, name: str, text: str) -> None:
        await self._post.typing(chat_id)
        try:
            plan = await self._planner.plan(text, requester=name)
        except PlanError as error:
            await self._post.send(chat_id, str(error))
            return
        if plan.not_a_call:
            await self._post.send(chat_id, wording.NOT_A_CALL)
            return
        draft = Draft(_new_id(), chat_id, person_id, name, plan)
        await self._offer(draft)

    async def _plan(self, draft: Draft, text: str, *, replied: bool) -> None:
        """More words about an open draft."""
        await self._post.typing(draft.chat_id)
        try:
            plan = await self._planner.plan(text, requester=draft.requester_name, draft=draft.plan)
        except PlanError as error:
            await self._post.send(draft.chat_id, str(error))
            return
        if plan.not_a_call:
            await self._post.send(draft.chat_id, wording.NO_CHANGE)
            return
        if not replied and conversation.another_call(draft, plan, region=self._region):
            draft = Draft(_new_id(), draft.chat_id, draft.requester_id, draft.requester_name, plan)
        await self._offer(draft.revised(plan, draft.stage))

    async def _offer(self, draft: Draft) -> None:
        """The card, or the one question that is still open. An old card of the draft loses its buttons."""
        reading = self._read(draft.plan)
        old_card = await self._store.message_of(draft, "card")
        draft = draft.revised(reading.plan, reading.stage)
        await self._store.save(draft)
        for note in reading.notes:
            await self._post.send(draft.chat_id, note, silent=True)
        if reading.question:
            message_id = await self._post.send(draft.chat_id, reading.question)
            await self._store.remember(draft, message_id, "question")
            return
        message_id = await self._post.send(draft.chat_id, self._card(draft), cards.card_buttons(draft))
        await self._store.remember(draft, message_id, "card")
        if old_card:
            await self._post.retire(draft.chat_id, old_card)

    def _read(self, plan: Plan) -> Reading:
        return conversation.read(plan, region=self._region, max_minutes=self._max_minutes, disclose=self._disclose)

    def _card(self, draft: Draft) -> RichText:
        return cards.card(draft, estimate_usd=self._prices.estimate(draft.plan.max_minutes * 60))

    # Presses

    async def press(self, data: str, chat_id: int, message_id: int, person_id: int) -> Answer:
        """A button: what is decided at once, and what is to be done after the press has been answered."""
        try:
            press = Press.read(data)
        except ValueError:
            return Answer(wording.GONE)
        draft = await self._store.draft(press.call_id)
        if draft is None or draft.chat_id != chat_id:
            return Answer(wording.GONE)
        if not self._people.may_steer(person_id, draft.requester_id):
            return Answer(wording.NOT_YOURS.format(name=draft.requester_name))
        match press.verb:
            case "hangup":
                return Answer(self._calls.hang_up(draft))
            case "join":
                notice = await self._calls.join(draft, person_id)
                return Answer(notice) if notice else Answer(then=lambda: self._calls.ask_for_phone(chat_id))
            case "answer":
                return Answer(self._calls.choose(draft, press.rev, press.choice))
            case "again":
                return Answer(then=lambda: self._again(draft))
            case "transcript":
                return Answer(then=lambda: self._calls.send_transcript(draft, message_id))
        async with self._chats[chat_id]:
            return await self._press_card(press, message_id)

    async def _press_card(self, press: Press, message_id: int) -> Answer:
        draft = await self._store.draft(press.call_id)
        if draft is None or not draft.stage.open:
            return Answer(wording.ALREADY_PLACED if draft and draft.stage is not Stage.CANCELLED else wording.GONE)
        if press.rev != draft.rev or draft.stage is not Stage.CONFIRMING:
            return Answer(wording.STALE)
        match press.verb:
            case "call":
                return Answer(await self._place(draft, message_id))
            case "cancel":
                await self._store.advance(draft.id, Stage.CONFIRMING, Stage.CANCELLED)
                gone = cards.cancelled_card(draft)
                return Answer(wording.CANCELLED, lambda: self._post.redraw(draft.chat_id, message_id, gone))
            case "edit":
                return Answer(then=lambda: self._ask_for_edit(draft))
            case "personas" | "voices" | "back":
                return Answer(then=lambda: self._turn_page(draft, press, message_id))
            case "persona" | "voice":
                return await self._choose(draft, press, message_id)
        return Answer(wording.GONE)

    async def _ask_for_edit(self, draft: Draft) -> None:
        asked = await self._post.ask(draft.chat_id, wording.ASK_EDIT, wording.EDIT_PLACEHOLDER)
        await self._store.remember(draft, asked, "question")

    async def _turn_page(self, draft: Draft, press: Press, message_id: int) -> None:
        page = int(press.choice) if press.choice.isdecimal() else 0
        pages = {"personas": cards.persona_buttons, "voices": cards.voice_buttons}
        turn = pages.get(press.verb)
        keyboard = turn(draft, page) if turn else cards.card_buttons(draft)
        await self._post.redraw(draft.chat_id, message_id, self._card(draft), keyboard)

    async def _choose(self, draft: Draft, press: Press, message_id: int) -> Answer:
        """Another persona brings its own voice, unless the voice was chosen apart from the persona before."""
        plan = draft.plan
        if press.verb == "voice":
            changed = plan.model_copy(update={"voice": press.choice})
        else:
            personas = library.personas()
            own = plan.persona in personas and personas[plan.persona].voice == plan.voice
            voice = personas[press.choice].voice if own and press.choice in personas else plan.voice
            changed = plan.model_copy(update={"persona": press.choice, "voice": voice})
        reading = self._read(changed)
        chosen = draft.revised(reading.plan, Stage.CONFIRMING)
        await self._store.save(chosen)
        notice = reading.notes[0] if reading.notes else ""
        shown = self._card(chosen), cards.card_buttons(chosen)
        return Answer(notice, lambda: self._post.redraw(draft.chat_id, message_id, *shown))

    async def _place(self, draft: Draft, message_id: int) -> str:
        """Dial. The draft's stage lets only one press through, and the journal only one dial."""
        if not self._switchboard.accepting:
            return wording.PLACE_FAILED.format(reason=wording.RESTARTING)
        if not await self._store.advance(draft.id, Stage.CONFIRMING, Stage.PLACED):
            return wording.ALREADY_PLACED
        undo = True
        try:
            call = await self._switchboard.place(conversation.to_spec(draft))
            undo = False
        except AlreadyPlaced as error:
            undo = False
            return str(error)
        except RingbackError as error:
            return wording.PLACE_FAILED.format(reason=error)
        finally:
            if undo:  # nothing was dialled: the card can be pressed again
                await self._store.advance(draft.id, Stage.PLACED, Stage.CONFIRMING)
        self._follower.follow(call, draft, message_id)
        return wording.DIALLING

    async def _again(self, draft: Draft) -> None:
        async with self._chats[draft.chat_id]:
            await self._offer(self._fresh(draft))

    @staticmethod
    def _fresh(draft: Draft) -> Draft:
        """The same plan once more: another spec, another licence to dial."""
        return Draft(_new_id(), draft.chat_id, draft.requester_id, draft.requester_name, draft.plan)

    # Starting again

    async def resume(self) -> None:
        """After a start: end what a former process left open, and report what was never reported."""
        await self._switchboard.recover()
        for draft in await self._store.unreported():
            if self._switchboard.call(draft.id) is None:
                self._follower.report_late(draft)


def _new_id() -> str:
    """Short enough for a button's 64 bytes, long enough not to be guessed."""
    return secrets.token_urlsafe(9)
