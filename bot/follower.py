"""Follows a call in the chat: from dialling to its end, and hands it to its report.

Owns one task for each call that is shown. The live view shows, silently; questions and "a person is back" ring.
"""

import asyncio
import logging
import math
from collections.abc import Coroutine
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import TelegramError

from bot import call_view
from bot.buttons import NO_BUTTONS, Keyboard
from bot.chat import Chat, Place
from bot.conversation import Draft, Stage
from bot.ledger import Ledger
from bot.live import LiveCall, live_of
from bot.live_view import LiveView
from bot.post import Post
from bot.questions import Question, Questions
from bot.reporting import Reporting
from bot.richtext import RichText
from bot.roster import Roster
from bot.store import Store, WallClock
from bridge.errors import JournalError
from bridge.events import CallEvent, CarriedOver, DoNotCallAsked, HoldEnded, QuestionAsked, QuestionClosed
from bridge.journal import Journal
from bridge.switchboard import Call, spec_of

log = logging.getLogger(__name__)

LOOK_S = 10.0  # so often, where a call could not be followed to its end
LONGEST_S = 7200.0  # no call is longer, with all that may hold it up


class Follower:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        ledger: Ledger,
        journal: Journal,
        questions: Questions,
        reporting: Reporting,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._ledger = ledger
        self._journal = journal
        self._questions = questions
        self._reporting = reporting
        self._wall = wall
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, call: Call, draft: Draft, message_id: int) -> None:
        """Show a call in the message that was its card, then report it."""
        self._start(self._surely(self._begin(call, draft, message_id), draft), draft)

    def go_on(self, call: Call, draft: Draft) -> None:
        """The same for a call that a former process showed: in the messages where it stands. Nothing rings twice."""
        self._start(self._surely(self._go_on(call, draft), draft), draft)

    def report_late(self, draft: Draft) -> None:
        """Report a call that ended while nobody was there to do it."""
        self._start(self._surely(self._report_from_journal(draft), draft), draft)

    def follows(self, draft: Draft) -> bool:
        """Whether its call goes on, or its report is on the way."""
        return any(task.get_name() == _name(draft) for task in self._tasks)

    async def done_with(self, draft: Draft, *, timeout_s: float) -> None:
        """Wait until nothing more is to be told of its call."""
        if telling := [task for task in self._tasks if task.get_name() == _name(draft)]:
            await asyncio.wait(telling, timeout=timeout_s)

    async def close(self) -> None:
        """Let reports that are on their way arrive."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=60)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None], draft: Draft) -> None:
        task = asyncio.get_running_loop().create_task(work, name=_name(draft))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _surely(self, following: Coroutine[None, None, None], draft: Draft) -> None:
        """The top frame of a task: whatever fails on the way, the call is reported once it is over."""
        try:
            await following
        except Exception:
            log.exception("%s failed: the report comes when the call is over", _name(draft))
            await self._report_when_over(draft)

    async def _report_when_over(self, draft: Draft) -> None:
        for _ in range(int(LONGEST_S / LOOK_S)):
            await asyncio.sleep(LOOK_S)
            try:
                if await self._journal.over(draft.id):
                    await self._report_from_journal(draft)
                    return
            except SQLAlchemyError as error:
                log.warning("%s cannot be reported yet: %s", _name(draft), type(error).__name__)

    async def _begin(self, call: Call, draft: Draft, message_id: int) -> None:
        if call.spec.max_duration_s < draft.plan.max_minutes * 60:
            chat = await self._roster.chat(draft.place.chat_id)
            shortened = chat.words("budget-shortened", minutes=call.spec.max_duration_s // 60)
            self._start(self._ping(draft, shortened, message_id, silent=True), draft)
        await self._follow(call, draft, [message_id], [])

    async def _go_on(self, call: Call, draft: Draft) -> None:
        told = await self._journal.events(draft.id)
        taken_over = [number for number, event in enumerate(told) if isinstance(event, CarriedOver)]
        card = await self._store.message_of(draft, "card") or 0
        pages = await self._store.messages_of(draft, "live")
        await self._follow(call, draft, [card, *pages] if card else pages, told[: taken_over[-1] if taken_over else 0])

    async def _follow(self, call: Call, draft: Draft, shown: list[int], past: list[CallEvent]) -> None:
        """`shown` are the messages that the call stands in, `past` the events that were acted upon already."""
        chat = await self._roster.chat(draft.place.chat_id)
        live = LiveCall()

        def render() -> tuple[list[RichText], Keyboard]:
            at_ms = math.floor((self._wall() - live.began_unix) * 1000)
            buttons = NO_BUTTONS if live.ending else call_view.live_buttons(chat.words, draft)
            return call_view.live_pages(chat.words, call.spec, live.status(chat.words, at_ms), live.turns), buttons

        async def remember(place: Place, page_id: int) -> None:
            await self._store.remember(replace(draft, place=place), page_id, "live")

        view = LiveView(self._post, draft.place, shown, render, remember)
        showing = asyncio.get_running_loop().create_task(view.run())
        number = 0
        try:
            async for event in call.events():
                live.apply(event)
                view.changed()
                if number >= len(past) or _stands(event, past):
                    await self._act_on(event, call, draft, view.first, chat)
                number += 1
            if call.handed_over:
                return  # the next process goes on with the live view
            view.finish()
            if finished := live.finished(call.spec):
                draft = await self._store.draft(draft.id) or draft  # its group may have another id by now
                await self._reporting.report(draft, finished, call, reply_to=view.first)
            await showing
        except JournalError:
            await self._post.send(draft.place, chat.words("record-lost"), reply_to=view.first)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _act_on(self, event: CallEvent, call: Call, draft: Draft, message_id: int, chat: Chat) -> None:
        """What must not wait for the report: questions, somebody back from hold, and who is never to be called."""
        match event:
            case QuestionAsked():
                question = self._questions.begin(draft, call, event, chat.words)
                self._start(self._show_question(question), draft)
            case QuestionClosed():
                self._questions.close(event)
            case HoldEnded(person=True):
                words = chat.words("back-on-line", name=call.spec.callee.name)
                self._start(self._ping(draft, words, message_id), draft)
            case DoNotCallAsked():
                await self._ledger.bar(call.spec.callee.number, "callee")
            case _:
                pass

    async def _show_question(self, question: Question) -> None:
        await self._questions.show(question)
        if question.message_id:
            await self._store.remember(question.draft, question.message_id, "question")

    async def _ping(self, draft: Draft, words: str, reply_to: int, *, silent: bool = False) -> None:
        await self._post.send(draft.place, words, reply_to=reply_to, silent=silent)

    async def _report_from_journal(self, draft: Draft) -> None:
        card = await self._store.message_of(draft, "card") or 0
        try:
            events = await self._journal.events(draft.id)
        except JournalError:
            words = (await self._roster.chat(draft.place.chat_id)).words
            await self._post.send(draft.place, words("record-lost"), reply_to=card)
            await self._store.advance(draft.id, Stage.PLACED, Stage.REPORTED)
            return
        if not events:
            # The process died between the press and the journal's confirmation: nothing was dialled.
            await self._store.advance(draft.id, Stage.PLACED, Stage.CONFIRMING)
            await self._ledger.release(draft.id)
            return
        spec, live = spec_of(events), live_of(events)
        if any(isinstance(event, DoNotCallAsked) for event in events):
            await self._ledger.bar(spec.callee.number, "callee")
        if finished := live.finished(spec):
            await self._reporting.report(draft, finished, None, reply_to=card)
        # What the former process showed last would stand there for ever, with its buttons.
        last = await self._store.message_of(draft, "live") or card
        words = (await self._roster.chat(draft.place.chat_id)).words
        try:
            page = call_view.live_pages(words, spec, live.status(words, 0), live.turns)[-1]
            await self._post.redraw(draft.place, last, page)
        except TelegramError:
            log.info("the live view of a former process is gone")


def _name(draft: Draft) -> str:
    """Of a task that is about a draft's call."""
    return f"follow {draft.id}"


def _stands(event: CallEvent, past: list[CallEvent]) -> bool:
    """A question that a former process asked, and that is still open."""
    if not isinstance(event, QuestionAsked):
        return False
    closed = {other.question_id for other in past if isinstance(other, QuestionClosed)}
    return event.question_id not in closed
