"""The desk: takes words and presses, and leads each to its draft, its call or its rehearsal.

Owns the order of things in a place: one at a time, so that two messages never race for the same draft. Must not know
how Telegram's updates look (`handlers.py`) or how messages are sent (`post.py`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot import cards, short_answers
from bot.buttons import Answer, Press, Tap
from bot.calls import Calls
from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.dispatch import Dispatch
from bot.drafting import Drafting, Request
from bot.people import People
from bot.people_view import id_for, not_theirs, not_yours_to_change
from bot.post import Post
from bot.roster import Roster
from bot.schedule import Schedule
from bot.store import Store
from bot.wording import Words
from bridge.call import VOICES
from prompts import library

MAX_REQUEST = 4000  # characters
PATIENCE_S = 4.0  # Telegram takes an answer to a press for some seconds only; planning may take longer
_FOR_ALL = ("words", "transcript")  # to read what was said is open to whoever may read along

Verb = Callable[[Draft, Press, Tap, Words], Awaitable[Answer]]


class Rehearsing(Protocol):
    """What the desk needs of rehearsals (`rehearsals.py`)."""

    async def takes(self, request: Request) -> bool:
        """Somebody who rehearses in this place speaks as the callee."""
        ...

    async def words(self, request: Request) -> None: ...
    async def begin(self, draft: Draft) -> str:
        """Why not, in words, or ""."""
        ...

    async def recheck(self, place: Place) -> None:
        """A draft in this place may have been changed, called or cancelled."""
        ...

    async def pressed_stop(self, draft: Draft, press: Press, tap: Tap, words: Words, /) -> Answer: ...
    async def pressed_answer(self, draft: Draft, press: Press, tap: Tap, words: Words, /) -> Answer: ...


class Desk:
    """`verbs` are the presses that others answer, by name."""

    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        people: People,
        drafting: Drafting,
        dispatch: Dispatch,
        schedule: Schedule,
        calls: Calls,
        rehearsals: Rehearsing,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._people = people
        self._drafting = drafting
        self._dispatch = dispatch
        self._schedule = schedule
        self._calls = calls
        self._rehearsals = rehearsals
        self._places: defaultdict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._anytime: dict[str, Verb] = {
            "hangup": self._calls.pressed_hang_up,
            "join": self._calls.pressed_join,
            "answer": self._calls.pressed_answer,
            "transcript": self._calls.pressed_transcript,
            "words": self._calls.pressed_words,
            "contact": self._calls.pressed_contact,
            "again": self._again,
            "stop": self._rehearsals.pressed_stop,
            "asked": self._rehearsals.pressed_answer,
        }
        self._on_the_card: dict[str, Verb] = {
            "call": self._confirm,
            "now": self._call_now,
            "then": self._schedule.pressed_then,
            "cancel": self._cancel,
            "edit": self._edit,
            "rehearse": self._rehearse,
            "personas": self._turn_page,
            "voices": self._turn_page,
            "back": self._turn_page,
            "persona": self._choose,
            "voice": self._choose,
        }
        self._on_a_question: dict[str, Verb] = {"fill": self._fill, "use": self._candidate, "other": self._candidate}
        self._on_a_plan: dict[str, Verb] = {
            "now": self._schedule.pressed_now,
            "unplan": self._schedule.pressed_unplan,
        }

    def answer_to(self, verb: str, how: Verb) -> None:
        """Another owner answers a call's button, whatever the stage of its draft."""
        self._anytime[verb] = how

    # Words

    async def request(self, request: Request) -> None:
        """A message in a person's own words: a request, an answer, an amendment, or a whisper to a running call."""
        words = (await self._roster.chat(request.place.chat_id)).words
        reply_to = request.answer_to
        if not request.text.strip():
            await self._post.send(request.place, words("empty-request"), reply_to=reply_to)
        elif len(request.text) > MAX_REQUEST:
            await self._post.send(request.place, words("too-long"), reply_to=reply_to)
        elif self._people.may_call(request.person_id) and await self._rehearsals.takes(request):
            await self._rehearsals.words(request)
        elif not await self._to_call(request):
            async with self._places[request.place]:
                await self._lead(request)
            await self._rehearsals.recheck(request.place)

    async def _to_call(self, request: Request) -> bool:
        """Words for a call that goes on, which wait for no planner: somebody may be on the phone meanwhile."""
        place, reply_to = request.place, request.reply_to
        if asked := self._calls.asked_by(place, reply_to):
            await self._calls.words(asked.draft, request)
            return True
        about = await self._about(request)
        if about and about.stage is Stage.PLACED:
            await self._calls.words(about, request)
            return True
        question = self._calls.waiting(place, request.person_id, replied_to=reply_to)
        if question and not (request.new or about):
            await self._calls.reply(question, request)
            return True
        return False

    async def _about(self, request: Request) -> Draft | None:
        """The draft whose message was replied to."""
        return await self._store.draft_of(request.place.chat_id, request.reply_to) if request.reply_to else None

    async def _lead(self, request: Request) -> None:
        place, person_id = request.place, request.person_id
        about = await self._about(request)
        waiting = about is not None and (about.stage.open or about.stage is Stage.SCHEDULED)
        if about and self._people.may_steer(person_id, about.requester_id):
            # About a call that is over ("again, but at eight"): a new card from the old one.
            draft = about if waiting else self._drafting.fresh(about)
            await self._more(draft, request, replied=True)
            return
        if not self._people.may_call(person_id):
            words = (await self._roster.chat(place.chat_id)).words
            refusal = words("refused-role", id=id_for(place, person_id))
            await self._post.send(place, refusal, reply_to=request.message_id)
            return
        if about and waiting and not request.new:  # what somebody else was asked is no request of one's own
            words = (await self._roster.chat(place.chat_id)).words
            await self._post.send(place, not_yours_to_change(words, about), reply_to=request.message_id)
            return
        open_draft = None if request.new else await self._store.open_draft(place, person_id)
        if open_draft:
            await self._more(open_draft, request, replied=False)
        else:
            # Who writes so while they watch a call may well mean its agent.
            watching = await self._calls.goes_on(place, person_id)
            await self._drafting.begin(request, no_call="not-a-call-running" if watching else "not-a-call")

    async def _more(self, draft: Draft, request: Request, *, replied: bool) -> None:
        """More words about a draft: a change, that there shall be no call, or a yes where a button is to be pressed."""
        words = (await self._roster.chat(draft.place.chat_id)).words
        if short_answers.calls_off(words, request.text) and await self._called_off(draft, request):
            await self._post.send(draft.place, words("card-cancelled"), reply_to=request.answer_to)
        elif draft.stage is Stage.CONFIRMING and short_answers.agrees(words, request.text):
            button = words("card-schedule" if draft.due_unix else "card-call")
            await self._post.send(draft.place, words("press-to-call", button=button), reply_to=request.answer_to)
        else:
            await self._drafting.amend(draft, request, replied=replied)

    async def _called_off(self, draft: Draft, request: Request) -> bool:
        """False where there is nothing left to call off, or where only a change was asked about (Edit)."""
        if draft.stage is Stage.SCHEDULED:
            off = await self._schedule.unplan(draft, by=request.person_id)
        elif draft.stage is Stage.CONFIRMING and await self._store.draft_of(
            draft.place.chat_id, request.reply_to, "question"
        ):
            off = False
        else:
            off = await self._drafting.call_off(draft)
        if off and draft.stage is not Stage.DRAFTING:
            words = (await self._roster.chat(draft.place.chat_id)).words
            await self._schedule.close_card(draft, words("card-cancelled"))
        return off

    async def edited(self, request: Request) -> None:
        """A request was edited: read anew, as long as its call has not been placed."""
        draft = await self._store.draft_of(request.place.chat_id, request.message_id, "request")
        if draft is None or not self._people.may_steer(request.person_id, draft.requester_id):
            return
        if draft.stage.open or draft.stage is Stage.SCHEDULED:
            async with self._places[request.place]:
                await self._drafting.amend(draft, request, replied=True)
            await self._rehearsals.recheck(request.place)
        elif draft.stage is Stage.PLACED:
            words = (await self._roster.chat(request.place.chat_id)).words
            await self._post.send(request.place, words("edited-too-late"), reply_to=request.message_id)

    # Presses

    async def press(self, tap: Tap) -> Answer:
        """A call's button: what is decided at once, and what is to be done after the press has been answered."""
        answer = await self._pressed(tap)
        await self._rehearsals.recheck(tap.place)
        return answer

    async def _pressed(self, tap: Tap) -> Answer:
        words = (await self._roster.chat(tap.place.chat_id)).words
        try:
            press = Press.read(tap.data)
        except ValueError:
            return Answer(words("gone-button"))
        draft = await self._store.draft(press.call_id)
        if draft is None or draft.place.chat_id != tap.place.chat_id:
            return Answer(words("gone-button"))
        if press.verb not in _FOR_ALL and not self._people.may_steer(tap.person_id, draft.requester_id):
            return Answer(not_theirs(words, draft, tap.person_id))
        if verb := self._anytime.get(press.verb):
            return await verb(draft, press, tap, words)
        if draft.stage is Stage.SCHEDULED and (verb := self._on_a_plan.get(press.verb)):
            # Not in turn: its time may come while a message is being read.
            return await verb(draft, press, tap, words) if press.rev == draft.rev else Answer(words("stale"))
        turn = self._places[draft.place]
        try:
            async with asyncio.timeout(PATIENCE_S):
                await turn.acquire()
        except TimeoutError:
            return Answer(words("press-again"))
        try:
            return await self._press_card(press, tap, words)
        finally:
            turn.release()

    async def _press_card(self, press: Press, tap: Tap, words: Words) -> Answer:
        draft = await self._store.draft(press.call_id)
        if draft is None or draft.stage is Stage.CANCELLED:
            return Answer(words("gone"))
        if not draft.stage.open:
            return Answer(words("scheduled-already" if draft.stage is Stage.SCHEDULED else "already-placed"))
        wanted = Stage.DRAFTING if press.verb in self._on_a_question else Stage.CONFIRMING
        if press.rev != draft.rev or draft.stage is not wanted:
            return Answer(words("stale"))
        verb = (self._on_a_question | self._on_the_card).get(press.verb)
        return await verb(draft, press, tap, words) if verb else Answer(words("gone"))

    async def _confirm(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        if draft.due_unix:
            return await self._schedule.pressed_plan(draft, press, tap, words)
        if draft.plan.call_at:
            # “Call now instead” was pressed, and the process died before it dialled. This button says “Plan the call”.
            return Answer(words("stale"), self.in_turn(draft.place, lambda: self._drafting.offer(draft)))
        return await self._call_now(draft, press, tap, words)

    async def _call_now(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        refusal = await self._dispatch.place(draft, tap.message_id, by=tap.person_id)
        if refusal is None:
            return Answer(words("dialling"))
        return Answer(refusal.reason, lambda: self._schedule.offer_later(draft, refusal))

    async def _cancel(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        await self._store.advance(draft.id, Stage.CONFIRMING, Stage.CANCELLED)
        gone = cards.closed_card(words, draft, words("card-cancelled"))
        return Answer(words("card-cancelled"), lambda: self._post.redraw(draft.place, tap.message_id, gone))

    async def _edit(self, draft: Draft, _: Press, __: Tap, words: Words) -> Answer:
        async def ask() -> None:
            asked = await self._post.ask(draft.place, words("ask-edit"), words("ask-edit-placeholder"))
            await self._store.remember(draft, asked, "question")

        return Answer(then=ask)

    async def _turn_page(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        async def turn() -> None:
            page = int(press.choice) if press.choice.isdecimal() else 0
            pages = {"personas": cards.persona_buttons, "voices": cards.voice_buttons}
            shown = pages.get(press.verb)
            keyboard = shown(words, draft, page) if shown else cards.card_buttons(words, draft)
            chat = await self._roster.chat(draft.place.chat_id)
            await self._post.redraw(draft.place, tap.message_id, self._drafting.card(draft, chat), keyboard)

        return Answer(then=turn)

    async def _choose(self, draft: Draft, press: Press, tap: Tap, words: Words) -> Answer:
        """Another persona brings its own voice, unless the voice was chosen apart from the persona before."""
        plan, personas = draft.plan, library.personas()
        if press.verb == "voice" and press.choice in VOICES:
            changed = plan.model_copy(update={"voice": press.choice})
        elif press.verb == "persona" and press.choice in personas:
            own = plan.persona in personas and personas[plan.persona].voice == plan.voice
            voice = personas[press.choice].voice if own else plan.voice
            changed = plan.model_copy(update={"persona": press.choice, "voice": voice})
        else:
            return Answer(words("gone"))
        chosen = draft.revised(changed, Stage.CONFIRMING)
        await self._store.save(chosen)

        async def show() -> None:
            chat = await self._roster.chat(draft.place.chat_id)
            shown = self._drafting.card(chosen, chat), cards.card_buttons(words, chosen)
            await self._post.redraw(draft.place, tap.message_id, *shown)

        return Answer(then=show)

    async def _fill(self, draft: Draft, press: Press, _: Tap, __: Words) -> Answer:
        async def fill() -> None:
            await self._drafting.fill(draft, press.choice)

        return Answer(then=self.in_turn(draft.place, fill))

    async def _candidate(self, draft: Draft, press: Press, _: Tap, __: Words) -> Answer:
        async def go_on() -> None:
            await self._drafting.use_candidate(draft, use=press.verb == "use")

        return Answer(then=self.in_turn(draft.place, go_on))

    async def _again(self, draft: Draft, _: Press, __: Tap, ___: Words) -> Answer:
        return Answer(then=self.in_turn(draft.place, lambda: self._drafting.again(draft)))

    def in_turn(self, place: Place, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Work on a place's drafts that waits until nobody else is at them."""

        async def waited() -> None:
            async with self._places[place]:
                await work()

        return waited

    # Rehearsing

    async def _rehearse(self, draft: Draft, _: Press, __: Tap, ___: Words) -> Answer:
        return Answer(await self._rehearsals.begin(draft))
