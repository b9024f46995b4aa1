"""The agent's questions to the requester during a call: asked in the chat, answered by a tap or in words.

Owns the open questions, their messages and their countdown. A question rings; its countdown is edited silently.
"""

import asyncio
import logging
import math
from dataclasses import dataclass, field, replace

from telegram.error import ChatMigrated, TelegramError

from bot import call_view
from bot.buttons import NO_BUTTONS, Keyboard
from bot.chat import Place
from bot.conversation import Draft
from bot.post import Outgoing
from bot.richtext import RichText
from bot.wording import Words
from bridge.events import QuestionAsked, QuestionClosed
from bridge.switchboard import Call

log = logging.getLogger(__name__)

_ROUNDING_S = 0.001  # what the clock's float may be off by: 45 seconds are not 46
COUNTDOWN_S = 10.0  # the countdown is refreshed this often: edits count against Telegram's limits


@dataclass
class Question:
    draft: Draft
    call: Call
    words: Words
    asked: QuestionAsked
    number: int  # of the call's questions
    due: float  # on the loop's clock
    message_id: int = 0
    closed: QuestionClosed | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Questions:
    def __init__(self, post: Outgoing) -> None:
        self._post = post
        self._open: dict[str, Question] = {}
        self._asked = 0

    def open_in(self, place: Place, message_id: int = 0) -> Question | None:
        """The open question in a place that this message asked; else the newest."""
        found = [question for question in self._open.values() if question.draft.place == place]
        asked = [question for question in found if message_id and question.message_id == message_id]
        return next(reversed(asked or found), None)

    def begin(self, draft: Draft, call: Call, asked: QuestionAsked, words: Words) -> Question:
        self._asked += 1
        due = asyncio.get_running_loop().time() + asked.patience_s
        question = self._open[asked.question_id] = Question(draft, call, words, asked, self._asked, due)
        return question

    def close(self, closed: QuestionClosed) -> None:
        if question := self._open.pop(closed.question_id, None):
            question.closed = closed
            question.news.set()

    def answer(self, question: Question, text: str) -> str:
        """Hand an answer to the call. Why not, in words, or ""."""
        return question.call.answer(question.asked.question_id, text)

    def chosen(self, draft: Draft, number: int, choice: str) -> tuple[Question, str] | None:
        """The open question and the answer that a button stands for; None when it is not open any more."""
        for question in self._open.values():
            choices = question.asked.choices
            if question.draft.id == draft.id and question.number == number and choice.isdecimal():
                return (question, choices[int(choice)]) if int(choice) < len(choices) else None
        return None

    async def show(self, question: Question) -> None:
        """Ask, count down, and say at the end how it went."""
        try:
            question.message_id = await self._post.send(question.draft.place, *self._view(question))
            while question.closed is None:
                try:
                    async with asyncio.timeout(COUNTDOWN_S):
                        await question.news.wait()
                except TimeoutError:
                    await self._edit(question)
            await self._edit(question)
        except TelegramError as error:
            log.warning("a question could not be shown: %s", type(error).__name__)

    async def _edit(self, question: Question) -> None:
        """A countdown that cannot be refreshed is no matter; its last state is tried for longer."""
        for _ in range(5 if question.closed else 1):
            try:
                await self._post.edit(question.draft.place, question.message_id, *self._view(question))
            except ChatMigrated as error:  # its message stayed behind, and somebody is on the phone: asked again
                place = replace(question.draft.place, chat_id=error.new_chat_id)
                question.draft = replace(question.draft, place=place)
                question.message_id = await self._post.send(place, *self._view(question))
                return
            except TelegramError as error:
                wait = getattr(error, "retry_after", 2.0)
                await asyncio.sleep(wait.total_seconds() if hasattr(wait, "total_seconds") else float(wait))
            else:
                return

    def _view(self, question: Question) -> tuple[RichText, Keyboard]:
        left_s = max(0, math.ceil(question.due - asyncio.get_running_loop().time() - _ROUNDING_S))
        text = call_view.question(question.words, question.call.spec, question.asked, question.closed, left_s)
        if question.closed:
            return text, NO_BUTTONS
        return text, call_view.question_buttons(question.draft, question.number, question.asked.choices)
