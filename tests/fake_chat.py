"""A call that is going on, and its chat: for the tests of questions and of what may be done with a call.

The database is a real one. Owns no rule of the product; stands in for Telegram and for the line.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot.address_book import AddressBook
from bot.budget import Budget
from bot.buttons import NO_BUTTONS, Answer, Keyboard, Press, Tap
from bot.calls import Calls
from bot.chat import Chat, Place
from bot.conversation import Draft, Stage
from bot.drafting import Request
from bot.ledger import Ledger
from bot.people import People
from bot.permits import Permits, Policy
from bot.post import Post
from bot.questions import Question, Questions
from bot.richtext import RichText
from bot.roster import Roster
from bot.store import Store
from bridge import prices
from bridge.call import CallSpec, Ending, EndReason, Turn
from bridge.events import CallEvent, Ended, QuestionAsked, QuestionClosed, TurnChanged
from bridge.journal import Journal
from bridge.sensitive import Sensitive, sensitive
from bridge.switchboard import Call, Switchboard
from tests.fakes import FakeWall, a_spec
from tests.samples import ENGLISH, PLACE, a_draft

REQUESTER, ADMIN, STRANGER = 101, 7, 666
PATIENCE_S = 45.0


@dataclass
class FakePost:
    """Chats that keep what they show. `troubles` are raised, one a request."""

    shown: dict[int, str] = field(default_factory=dict)
    keyboards: dict[int, Keyboard] = field(default_factory=dict)
    edits: list[tuple[float, str]] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    files: list[tuple[str, str, int]] = field(default_factory=list)
    contact_asked: list[str] = field(default_factory=list)
    troubles: deque[TelegramError] = field(default_factory=deque)

    async def send(self, place: Place, text: RichText | str, keyboard: Keyboard = NO_BUTTONS, **_: Any) -> int:
        if self.troubles:
            raise self.troubles.popleft()
        message_id = 50 + len(self.shown)
        self.shown[message_id] = text if isinstance(text, str) else text.text
        self.keyboards[message_id] = keyboard
        return message_id

    async def edit(self, place: Place, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        self.edits.append((asyncio.get_running_loop().time(), text.text))
        self.shown[message_id], self.keyboards[message_id] = text.text, keyboard

    redraw = edit

    async def acknowledge(self, place: Place, message_id: int) -> None:
        self.acknowledged.append(message_id)

    async def send_file(self, place: Place, name: str, content: bytes, *, reply_to: int = 0, **_: Any) -> None:
        self.files.append((name, content.decode(), reply_to))

    async def ask_for_contact(self, place: Place, text: str, label: str) -> None:
        self.contact_asked.append(text)

    async def thank_for_contact(self, place: Place, text: str) -> None:
        self.shown[50 + len(self.shown)] = text

    @property
    def last(self) -> str:
        return list(self.shown.values())[-1]


@dataclass
class FakeCall:
    """The verbs of a call, noted down. Like the real one it passes no secrets on."""

    spec: CallSpec = field(default_factory=a_spec)
    connected: bool = True
    answers: list[tuple[str, str]] = field(default_factory=list)
    whispers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    hang_ups: int = 0

    def answer(self, question_id: str, text: str) -> Sensitive | str:
        if found := sensitive(text):
            return found
        self.answers.append((question_id, text))
        return ""

    def say(self, instruction: str) -> Sensitive | str:
        if found := sensitive(instruction):
            return found
        self.whispers.append(instruction)
        return ""

    def hang_up(self) -> None:
        self.hang_ups += 1

    def take_over(self, number: str) -> None:
        self.phones.append(number)


@dataclass
class FakeSwitchboard:
    running: dict[str, FakeCall] = field(default_factory=dict)

    def call(self, call_id: str) -> FakeCall | None:
        return self.running.get(call_id)


class Scene:
    """One call that is going on, and its chat."""

    def __init__(self, engine: AsyncEngine, countries: frozenset[str] = frozenset()) -> None:
        self.wall = FakeWall()
        self.post, self.switchboard = FakePost(), FakeSwitchboard()
        self.store, self.ledger = Store(engine, self.wall), Ledger(engine, self.wall)
        self.roster, self.contacts, self.journal = Roster(engine, Chat(0)), AddressBook(engine), Journal(engine)
        self.people = People(self.roster, [ADMIN])
        self.questions = Questions(self.post)
        policy = Policy(None, countries, Budget(), Budget())
        self.calls = Calls(
            post=cast("Post", self.post),
            store=self.store,
            roster=self.roster,
            contacts=self.contacts,
            ledger=self.ledger,
            people=self.people,
            permits=Permits(self.ledger, self.people, policy, prices.load("gpt-realtime-2.1")),
            switchboard=cast("Switchboard", self.switchboard),
            journal=self.journal,
            questions=self.questions,
        )
        self.draft, self.call = a_draft(id="draft-1", stage=Stage.PLACED), FakeCall()

    @classmethod
    async def begin(cls, engine: AsyncEngine, *, countries: frozenset[str] = frozenset()) -> "Scene":
        scene = cls(engine, countries)
        await scene.people.give(REQUESTER, "caller")
        scene.draft, scene.call = await scene.another("draft-1")
        return scene

    async def another(self, name: str, **changes: Any) -> tuple[Draft, FakeCall]:
        """A newer call."""
        self.wall.now += 1
        draft, call = a_draft(id=name, stage=Stage.PLACED, **changes), FakeCall()
        await self.store.save(draft)
        self.switchboard.running[name] = call
        return draft, call

    # Questions

    def ask(self, draft: Draft | None = None, call: FakeCall | None = None, **changes: Any) -> Question:
        fields: dict[str, Any] = {"question": "Is eight all right?", "choices": ("Yes", "No"), **changes}
        asked = QuestionAsked(at_ms=0, question_id=f"fc{len(self.questions._open)}", patience_s=PATIENCE_S, **fields)
        return self.questions.begin(draft or self.draft, cast("Call", call or self.call), asked, ENGLISH)

    def close(self, question: Question, answer: str = "", how: Any = "answered") -> None:
        question_id = question.asked.question_id
        self.questions.close(QuestionClosed(at_ms=0, question_id=question_id, answer=answer, how=how))

    @asynccontextmanager
    async def showing(self, question: Question) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.questions.show(question))
        await asyncio.sleep(0.01)
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    # What people do

    async def says(self, text: str, *, person: int = REQUESTER, replied_to: int = 0) -> None:
        """A reply to one of the call's messages."""
        await self.calls.words(self.draft, Request(PLACE, person, "Ana", text, message_id=9, reply_to=replied_to))

    async def press(self, verb: str, choice: str = "", *, by: int = REQUESTER, draft: Draft | None = None) -> str:
        """The notice that it is answered with, once what takes longer is done. `rev` is the card's."""
        draft = draft or self.draft
        return await self.answered(draft, Press(verb, choice, draft.id, draft.rev), by=by)

    async def answered(self, draft: Draft, press: Press, *, by: int = REQUESTER) -> str:
        how = {
            "answer": self.calls.pressed_answer,
            "hangup": self.calls.pressed_hang_up,
            "join": self.calls.pressed_join,
            "transcript": self.calls.pressed_transcript,
            "words": self.calls.pressed_words,
            "contact": self.calls.pressed_contact,
        }
        answer: Answer = await how[press.verb](draft, press, Tap("", draft.place, 77, by, "Ana"), ENGLISH)
        if answer.then:
            await answer.then()
        return answer.notice

    async def end(self, *said: str, reason: EndReason = EndReason.GOODBYE) -> None:
        """The call is over; its journal holds what the callee said."""
        await self.journal.confirm(a_spec(id=self.draft.id))
        turns = [Turn(f"i{n}", "callee", words, (3 + n) * 1000) for n, words in enumerate(said)]
        events: list[CallEvent] = [TurnChanged(at_ms=1, turn=turn, after=f"i{n - 1}") for n, turn in enumerate(turns)]
        events.append(Ended(at_ms=9, ending=Ending(reason, 3.0, 42.0)))
        await self.journal.append(self.draft.id, 1, events)
        self.switchboard.running.clear()

    async def deeds(self) -> list[tuple[int, str]]:
        """Who did what, the last deed first."""
        return [(deed.actor_id, deed.action) for deed in await self.ledger.deeds(limit=20)]
