"""The canary's call: placed as any other, followed to its report, and judged.

Owns the way of a canary through the parts that every call goes through: the same permits, the same dial, the same live
view, question and report in the first admin's chat that can be written to. Must not dial by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from telegram.error import TelegramError

from bot import cards, conversation
from bot.canary import errand, gates, timeline
from bot.canary.errand import Tell
from bot.canary.gates import Gate
from bot.chat import Chat, Place
from bot.conversation import Draft, Rules, Stage
from bot.dispatch import Dispatch
from bot.drafting import Drafting, new_id
from bot.follower import Follower
from bot.post import Post
from bot.roster import Roster
from bot.store import Store, WallClock
from bridge.events import CallEvent, QuestionAsked, QuestionClosed
from bridge.journal import Journal
from bridge.switchboard import Call, Switchboard

log = logging.getLogger(__name__)

_REPORT_S = 120.0  # a report is written by a model, and tried again

Line = Callable[[], Awaitable[str]]
"""The next line that is typed at the terminal."""


@dataclass
class Flight:
    """How a canary went. `refusal` tells why it was not called; then there is nothing else."""

    refusal: str = ""
    events: list[CallEvent] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)


class Canary:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        drafting: Drafting,
        dispatch: Dispatch,
        follower: Follower,
        switchboard: Switchboard,
        journal: Journal,
        rules: Callable[[Chat], Rules],
        admins: Sequence[int],
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._drafting = drafting
        self._dispatch = dispatch
        self._follower = follower
        self._switchboard = switchboard
        self._journal = journal
        self._rules = rules
        self._admins = admins
        self._wall = wall

    async def fly(
        self, number: str, nonce: tuple[str, ...], *, scripted: bool, tell: Tell, line: Line | None = None
    ) -> Flight:
        """Call `number` (E.164), once consent was given. `scripted`: at most one call in ten minutes; `line`: where
        questions can be answered beside the chat.
        """
        ids = errand.scripted_ids(self._wall()) if scripted else ()
        if any([await self._store.draft(draft_id) for draft_id in ids]):
            return Flight("A canary was called less than ten minutes ago. It is not called again so soon by a script.")
        draft = await self._drafted(ids[0] if ids else f"canary-{new_id()}", number, nonce)
        chat = await self._roster.chat(draft.place.chat_id)
        reading = conversation.read(chat.words, draft.plan, self._rules(chat))
        if reading.missing:
            return Flight(reading.missing[0].question)
        draft = draft.revised(reading.plan, Stage.CONFIRMING)
        draft, message_id = await self._shown(draft, chat)
        if not message_id and line is None:
            return Flight(
                "No admin's chat can be written to, and there is no terminal: nobody could answer a question."
            )
        await self._store.save(draft)
        if message_id:
            await self._store.remember(draft, message_id, "card")
        if refusal := await self._dispatch.place(draft, message_id, by=draft.requester_id):
            await self._store.advance(draft.id, Stage.CONFIRMING, Stage.CANCELLED)
            await self._leave(draft, chat, message_id, refusal.reason)
            return Flight(refusal.reason)
        events = await self._followed(draft, tell, line)
        reported = await self._reported(draft, in_chat=bool(message_id))
        return Flight(events=events, gates=gates.judge(events, nonce, reported=reported))

    # Before the call

    async def _drafted(self, draft_id: str, number: str, nonce: tuple[str, ...]) -> Draft:
        admin = self._admins[0]
        name = (await self._roster.person(admin)).name or "the operator"
        return Draft(draft_id, Place(admin), admin, name, errand.plan(number, nonce, on_behalf_of=name))

    async def _shown(self, draft: Draft, chat: Chat) -> tuple[Draft, int]:
        """The card, without buttons, in the first admin's chat that takes it; 0 where none does."""
        for admin in self._admins:
            there = replace(draft, place=Place(admin), requester_id=admin)
            try:
                return there, await self._post.send(there.place, self._drafting.card(there, chat))
            except TelegramError as error:
                log.warning("an admin's chat cannot be written to: %s", type(error).__name__)
        return draft, 0

    async def _leave(self, draft: Draft, chat: Chat, message_id: int, why: str) -> None:
        if message_id:
            await self._post.supersede(draft.place, message_id, cards.closed_card(chat.words, draft, why))

    # The call

    async def _followed(self, draft: Draft, tell: Tell, line: Line | None) -> list[CallEvent]:
        """Its events, to the last one."""
        call = self._switchboard.call(draft.id)
        if call is None:
            return await self._journal.events(draft.id)
        events: list[CallEvent] = []
        or_here = ", or type it here:" if line else "."
        answering: asyncio.Task[None] | None = None
        try:
            async for event in call.events():
                events.append(event)
                if told := timeline.mark(event):
                    tell(f"{event.at_ms / 1000:7.1f}  {told}")
                match event:
                    case QuestionAsked():
                        tell(f"         {event.question} ({', '.join(event.choices)}) Answer in the chat{or_here}")
                        answering = asyncio.create_task(_answer(call, event, line)) if line else None
                    case QuestionClosed() if answering:
                        answering.cancel()
                    case _:
                        pass
        except asyncio.CancelledError:
            call.hang_up()  # with a farewell: the one who started it has had enough
            raise
        finally:
            if answering:
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
        return events

    async def _reported(self, draft: Draft, *, in_chat: bool) -> bool:
        """Wait for the report. Where no chat can be written to, one that was made will do."""
        await self._follower.done_with(draft, timeout_s=_REPORT_S)
        if in_chat:
            found = await self._store.draft(draft.id)
            return found is not None and found.stage is Stage.REPORTED
        await self._store.advance(draft.id, Stage.PLACED, Stage.REPORTED)  # else each start would try to send it again
        return await self._store.summary(draft.id) is not None


async def _answer(call: Call, asked: QuestionAsked, line: Line) -> None:
    if answer := (await line()).strip():
        call.answer(asked.question_id, answer)
