"""Drafting: words -> plan -> card, or what is still missing.

Owns the way of a request up to the card that can be confirmed: it has it planned, has a missing number looked up on the
web, and shows what came of it. A number from the web is used only when the requester agrees. Must not dial.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot import candidates, cards, conversation, lookup_view, short_answers
from bot.candidates import Candidates
from bot.chat import Chat, Place
from bot.conversation import Draft, Reading, Rules, Stage
from bot.plan import Missing, Plan
from bot.planning import Planning
from bot.post import Post
from bot.richtext import RichText
from bot.roster import Roster
from bot.store import Store, WallClock
from bot.when import WrongMoment, local_time, moment
from bridge.errors import PlanError
from bridge.prices import Prices


@dataclass(frozen=True)
class Request:
    """A message in a person's own words. `new`: about another call, whatever is open."""

    place: Place
    person_id: int
    name: str
    text: str
    message_id: int
    reply_to: int = 0
    new: bool = False

    @property
    def answer_to(self) -> int:
        """In a group an answer shows whom it answers."""
        return self.message_id if self.place.group else 0


class Drafting:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        planning: Planning,
        candidates: Candidates,
        prices: Prices,
        rules: Callable[[Chat], Rules],
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._planning = planning
        self._candidates = candidates
        self._prices = prices
        self._rules = rules
        self._wall = wall

    # From words

    async def begin(self, request: Request, *, no_call: str = "not-a-call") -> None:
        """A new request; `no_call` is said (a message of the catalogue) to words that are none."""
        chat = await self._roster.chat(request.place.chat_id)
        words = _spoken_out(request)
        plan = await self._planned(request.place, chat, request.name, words, message_id=request.message_id)
        if plan is None:
            return
        if plan.not_a_call:
            await self._post.send(request.place, chat.words(no_call), reply_to=request.answer_to)
            return
        draft = Draft(new_id(), request.place, request.person_id, request.name, plan)
        await self.offer(draft, request_id=request.message_id)

    async def about(self, request: Request, name: str, number: str) -> None:
        """A request of which only the callee (number: E.164) is known yet; nobody has to plan that."""
        chat = await self._roster.chat(request.place.chat_id)
        asked = Missing(question=chat.words("ask-goal"), choices=[])
        plan = Plan.to_callee(name, number, on_behalf_of=request.name, missing=[asked])
        draft = Draft(new_id(), request.place, request.person_id, request.name, plan)
        await self._store.save(draft)
        await self._store.remember(draft, request.message_id, "request")
        await self._ask(draft, chat, request.answer_to)

    async def amend(self, draft: Draft, request: Request, *, replied: bool) -> None:
        """More words about an open draft, or about a planned call."""
        chat = await self._roster.chat(draft.place.chat_id)
        found = candidates.offered(draft)
        if found and short_answers.agrees(chat.words, request.text):  # in which the model has no say
            await self.use_candidate(draft, use=True)
            return
        question = lookup_view.open_question(chat.words, found) if found else None
        before = candidates.asked_of_planner(draft.plan, question)
        plan = await self._planned(
            draft.place, chat, draft.requester_name, request.text, before=before, message_id=request.message_id
        )
        if plan is None:
            return
        plan = candidates.answered_by_planner(plan, question)
        if plan.not_a_call:
            key = "no-change" if draft.stage is not Stage.DRAFTING else "no-answer"
            await self._post.send(draft.place, chat.words(key), reply_to=request.answer_to)
            return
        if draft.stage is Stage.SCHEDULED and not await self._taken_back(draft, chat):
            await self._post.send(draft.place, chat.words("edited-too-late"), reply_to=request.message_id)
            return
        if not replied and conversation.another_call(draft, plan, region=self._rules(chat).region):
            draft = Draft(new_id(), draft.place, draft.requester_id, draft.requester_name, plan)
            await self.offer(draft, request_id=request.message_id)
            return
        await self._leave_question(draft)
        still = draft.candidate if not found or plan.lookup == draft.plan.lookup else None
        amended = replace(draft.revised(plan, draft.stage), candidate=still)
        await self.offer(amended, request_id=request.message_id)

    async def call_off(self, draft: Draft) -> bool:
        """Close an open draft; False when it is open no more."""
        if not (draft.stage.open and await self._store.advance(draft.id, draft.stage, Stage.CANCELLED)):
            return False
        await self._leave_question(draft)
        return True

    async def fill(self, draft: Draft, choice: str) -> None:
        """A tapped answer ("<question>.<choice>") to what is missing. One that comes too late changes nothing."""
        answered = _choice(draft.plan.missing, choice)
        if answered is None or not await self._is_current(draft):
            return
        chat = await self._roster.chat(draft.place.chat_id)
        question, answer = answered
        words = f"{question} {answer}"
        plan = await self._planned(draft.place, chat, draft.requester_name, words, before=draft.plan)
        if plan is None:
            return
        if plan.not_a_call:
            await self._post.send(draft.place, chat.words("no-answer"))
            return
        await self._leave_question(draft)
        await self.offer(draft.revised(plan, draft.stage))

    async def use_candidate(self, draft: Draft, *, use: bool) -> None:
        """The requester's word about a number that was looked up."""
        found = candidates.offered(draft)
        if found is None or not await self._is_current(draft):
            return
        await self._leave_question(draft)
        chat = await self._roster.chat(draft.place.chat_id)
        decided = candidates.used(draft, found) if use else candidates.refused(draft, chat)
        await self.offer(decided)

    async def again(self, draft: Draft) -> None:
        """The same plan once more: another spec, another licence to dial."""
        await self.offer(self.fresh(draft))

    @staticmethod
    def fresh(draft: Draft, *, call_at: str = "") -> Draft:
        plan = draft.plan.model_copy(update={"call_at": call_at})
        return Draft(new_id(), draft.place, draft.requester_id, draft.requester_name, plan)

    async def _is_current(self, draft: Draft) -> bool:
        """Two presses may be answered before the first one is carried out."""
        current = await self._store.draft(draft.id)
        return current is not None and current.rev == draft.rev and current.stage is draft.stage

    async def _taken_back(self, draft: Draft, chat: Chat) -> bool:
        """A planned call that is changed must be confirmed again; False when it has begun meanwhile."""
        if not await self._store.advance(draft.id, Stage.SCHEDULED, Stage.DRAFTING):
            return False
        if planned := await self._store.message_of(draft, "card"):
            line = chat.words("scheduled-changed")
            await self._post.supersede(draft.place, planned, cards.closed_card(chat.words, draft, line))
        return True

    async def _planned(
        self, place: Place, chat: Chat, requester: str, text: str, *, before: Plan | None = None, message_id: int = 0
    ) -> Plan | None:
        """What the planner makes of the words; None when it failed, which has been said. Meanwhile they look read."""
        if message_id:
            await self._post.acknowledge(place, message_id, "👀")
        await self._post.typing(place)
        try:
            return await self._planning.plan(text, chat, requester, draft=before)
        except PlanError as error:
            await self._post.send(place, str(error), reply_to=message_id if place.group else 0)
            return None
        finally:
            if message_id:
                await self._post.acknowledge(place, message_id, "")

    # To the card

    async def offer(self, draft: Draft, *, request_id: int = 0) -> None:
        """The card, or what is still missing. An old card of the draft loses its buttons."""
        chat = await self._roster.chat(draft.place.chat_id)
        old_card = await self._store.message_of(draft, "card") if draft.stage is Stage.CONFIRMING else None
        draft = await self._candidates.looked_up(draft, chat)
        reading = conversation.read(chat.words, draft.plan, self._rules(chat))
        if candidates.offered(draft):
            draft = draft.revised(reading.plan, Stage.DRAFTING)
        else:
            reading, due = self._timed(reading, chat)
            plan = reading.plan.model_copy(update={"missing": list(reading.missing)})
            draft = replace(draft.revised(plan, reading.stage), due_unix=due)
        await self._store.save(draft)
        if request_id:
            await self._store.remember(draft, request_id, "request")
        for note in reading.notes:
            await self._post.send(draft.place, note, silent=True)
        await self._show(draft, chat, request_id if draft.place.group else 0)
        if old_card:
            await self._post.retire(draft.place, old_card)

    def _timed(self, reading: Reading, chat: Chat) -> tuple[Reading, float]:
        """The time of a planned call; asked for again when it cannot be."""
        words, plan, notes, now = chat.words, reading.plan, reading.notes, self._wall()
        if plan.repeats:
            notes = (*notes, words("repeats-not-offered"))
            plan = plan.model_copy(update={"repeats": False})
        reading = replace(reading, plan=plan, notes=notes)
        if not plan.call_at:
            return reading, 0.0
        try:
            return reading, moment(plan.call_at, chat.zone, now)
        except WrongMoment as wrong:
            past = wrong.code == "past"
            when = chat.when(local_time(plan.call_at, chat.zone).timestamp(), now) if past else ""
            problem = Missing(question=words(f"schedule-{wrong.code}", when=when), choices=[])
            plan = plan.model_copy(update={"call_at": ""})
            return replace(reading, plan=plan, missing=(*reading.missing, problem)), 0.0

    async def _show(self, draft: Draft, chat: Chat, reply_to: int) -> None:
        """In a group a reply shows whose request it answers, and that something is asked of them."""
        if found := candidates.offered(draft):
            text = lookup_view.candidate(chat.words, found, group=draft.place.group)
            buttons = lookup_view.candidate_buttons(chat.words, draft)
            message_id = await self._post.send(draft.place, text, buttons, reply_to=reply_to)
            await self._store.remember(draft, message_id, "question")
        elif draft.plan.missing:
            await self._ask(draft, chat, reply_to)
        else:
            card = self.card(draft, chat), cards.card_buttons(chat.words, draft)
            message_id = await self._post.send(draft.place, *card, reply_to=reply_to)
            await self._store.remember(draft, message_id, "card")

    async def _ask(self, draft: Draft, chat: Chat, reply_to: int) -> None:
        missing = draft.plan.missing
        text = cards.questions(chat.words, missing)
        message_id = await self._post.send(draft.place, text, cards.choice_buttons(draft, missing), reply_to=reply_to)
        await self._store.remember(draft, message_id, "question")

    async def _leave_question(self, draft: Draft) -> None:
        """Take the buttons off a question that has been answered."""
        buttons = candidates.offered(draft) or cards.choice_buttons(draft, draft.plan.missing)
        if not buttons or draft.stage is not Stage.DRAFTING:
            return
        if asked := await self._store.message_of(draft, "question"):
            await self._post.retire(draft.place, asked)

    def card(self, draft: Draft, chat: Chat) -> RichText:
        return cards.card(
            chat.words,
            draft,
            estimate_usd=self._prices.estimate(draft.plan.max_minutes * 60),
            when=chat.when(draft.due_unix, self._wall()) if draft.due_unix else "",
            recorded=self._rules(chat).record,
        )


def _choice(missing: list[Missing], choice: str) -> tuple[str, str] | None:
    number, _, index = choice.partition(".")
    if not (number.isdecimal() and index.isdecimal() and int(number) < len(missing)):
        return None
    item = missing[int(number)]
    return (item.question, item.choices[int(index)]) if int(index) < len(item.choices) else None


def _spoken_out(request: Request) -> str:
    """The words of "/call Mom and ask …" are no sentence without their command."""
    begins = request.text.casefold().startswith("call ")
    return f"call {request.text}" if request.new and not begins else request.text


def new_id() -> str:
    """Short enough for a button's 64 bytes, long enough not to be guessed."""
    return secrets.token_urlsafe(9)
