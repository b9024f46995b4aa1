"""Follows a call in the chat: from dialling to its report.

Owns one task for each call that is shown. The live view shows, the report rings; if the reporting model fails, the
report from the journal still arrives.
"""

import asyncio
import logging
import math
from collections.abc import Coroutine

from telegram.error import TelegramError

from bot import cards, wording
from bot.conversation import Draft, Stage
from bot.live import LiveCall
from bot.live_view import LiveView
from bot.post import Post
from bot.questions import Question, Questions
from bot.report import Reporter
from bot.richtext import RichText
from bot.store import Store
from bot.summary import Summary
from bridge.call import CallSpec, Ending, EndReason
from bridge.errors import JournalError, ModelError
from bridge.events import CallEvent, HoldEnded, QuestionAsked, QuestionClosed
from bridge.journal import Journal
from bridge.switchboard import Call, spec_of

log = logging.getLogger(__name__)


class Follower:
    def __init__(self, post: Post, store: Store, journal: Journal, reporter: Reporter, questions: Questions) -> None:
        self._post = post
        self._store = store
        self._journal = journal
        self._reporter = reporter
        self._questions = questions
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, call: Call, draft: Draft, message_id: int) -> None:
        """Show a call in the message that was its card, then report it."""
        self._start(self._follow(call, draft, message_id), draft)

    def report_late(self, draft: Draft) -> None:
        """Report a call that ended while nobody was there to do it."""
        self._start(self._report_from_journal(draft), draft)

    async def close(self) -> None:
        """Let reports that are on their way arrive."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=60)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None], draft: Draft) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"follow {draft.id}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _follow(self, call: Call, draft: Draft, message_id: int) -> None:
        loop = asyncio.get_running_loop()
        live = LiveCall()
        began = loop.time()

        def render() -> tuple[list[RichText], cards.Keyboard]:
            at_ms = math.floor((loop.time() - began) * 1000)
            buttons = cards.NO_BUTTONS if live.ending else cards.live_buttons(draft)
            return cards.live_pages(call.spec, live.status(at_ms), live.turns), buttons

        async def remember(page_id: int) -> None:
            await self._store.remember(draft, page_id, "live")

        view = LiveView(self._post, draft.chat_id, message_id, render, remember)
        showing = loop.create_task(view.run())
        try:
            async for event in call.events():
                live.apply(event)
                view.changed()
                self._call_upon(event, call, draft, message_id)
            view.finish()
            if live.ending:
                await self._report(draft, call.spec, live, message_id)
            await showing
        except JournalError as error:
            await self._post.send(draft.chat_id, str(error), reply_to=message_id)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    def _call_upon(self, event: CallEvent, call: Call, draft: Draft, message_id: int) -> None:
        """What the requester must be told so that the phone rings: questions, and somebody back from hold."""
        match event:
            case QuestionAsked():
                question = self._questions.begin(draft, call, event)
                self._start(self._show_question(question), draft)
            case QuestionClosed():
                self._questions.close(event)
            case HoldEnded(person=True):
                words = wording.BACK_ON_LINE.format(name=call.spec.callee.name)
                self._start(self._ping(draft, words, message_id), draft)
            case _:
                pass

    async def _show_question(self, question: Question) -> None:
        await self._questions.show(question)
        if question.message_id:
            await self._store.remember(question.draft, question.message_id, "question")

    async def _ping(self, draft: Draft, words: str, reply_to: int) -> None:
        await self._post.send(draft.chat_id, words, reply_to=reply_to)

    async def _report_from_journal(self, draft: Draft) -> None:
        events = await self._journal.events(draft.id)
        if not events:
            # The process died between the press and the journal's confirmation: nothing was dialled.
            await self._store.advance(draft.id, Stage.PLACED, Stage.CONFIRMING)
            return
        live = LiveCall()
        for event in events:
            live.apply(event)
        card = await self._store.message_of(draft, "card") or 0
        await self._report(draft, spec_of(events), live, card)
        # What the former process showed last would stand there for ever, with its buttons.
        last = await self._store.message_of(draft, "live") or card
        try:
            page = cards.live_pages(spec_of(events), live.status(0), live.turns)[-1]
            await self._post.redraw(draft.chat_id, last, page)
        except TelegramError:
            log.info("the live view of a former process is gone")

    async def _report(self, draft: Draft, spec: CallSpec, live: LiveCall, reply_to: int) -> None:
        if live.ending is None:
            return
        summary = await self._summary(spec, live, live.ending)
        spoken = any(turn.text for turn in live.turns)
        try:
            message_id = await self._post.send(
                draft.chat_id,
                cards.report(spec, live.ending, summary),
                cards.report_buttons(draft, spoken=spoken),
                reply_to=reply_to,
            )
        except TelegramError as error:
            log.error("the report could not be sent: %s", type(error).__name__)  # noqa: TRY400 - may quote the chat
            return
        await self._store.advance(draft.id, Stage.PLACED, Stage.REPORTED)
        await self._store.remember(draft, message_id, "report")

    async def _summary(self, spec: CallSpec, live: LiveCall, ending: Ending) -> Summary | None:
        if not ending.answered or not any(turn.party == "callee" and turn.text for turn in live.turns):
            return None  # nobody said anything that could be summed up
        if ending.reason in (EndReason.VOICEMAIL, EndReason.MENU_LOOP):
            return None  # what a machine says answers nothing
        try:
            return await self._reporter.summarise(spec, live.turns)
        except ModelError:
            log.warning("the report goes out without a summary")
            return None
