"""Questions to the requester in the chat, and what else may be done with a call that is going on."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from telegram.error import Forbidden, RetryAfter, TelegramError, TimedOut

from bot import wording
from bot.calls import Calls
from bot.cards import NO_BUTTONS, Keyboard, Press
from bot.conversation import Draft
from bot.people import People
from bot.post import Post
from bot.questions import COUNTDOWN_S, Question, Questions
from bot.richtext import RichText
from bot.store import Person, Store
from bridge.call import CallSpec, Ending, EndReason, Turn
from bridge.events import CallEvent, Confirmed, Ended, QuestionAsked, QuestionClosed, TurnChanged
from bridge.journal import Journal
from bridge.sensitive import sensitive
from bridge.switchboard import Call, Switchboard
from tests.fakes import a_spec
from tests.samples import a_draft, a_plan

pytestmark = pytest.mark.fast_clock
CHAT = REQUESTER = 101
ADMIN, STRANGER = 7, 666
PATIENCE_S = 45.0
CARD_NUMBER = "it is 4242 4242 4242 4242"


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@dataclass
class FakePost:
    """A chat that keeps what it shows. `troubles` are raised, one a request."""

    shown: dict[int, str] = field(default_factory=dict)
    keyboards: dict[int, Keyboard] = field(default_factory=dict)
    edits: list[tuple[float, str]] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    files: list[tuple[str, str, int]] = field(default_factory=list)
    contact_asked: list[str] = field(default_factory=list)
    troubles: deque[TelegramError] = field(default_factory=deque)

    async def send(self, chat_id: int, text: RichText | str, keyboard: Keyboard = NO_BUTTONS, **_: Any) -> int:
        if self.troubles:
            raise self.troubles.popleft()
        message_id = 50 + len(self.shown)
        self.shown[message_id] = text if isinstance(text, str) else text.text
        self.keyboards[message_id] = keyboard
        return message_id

    async def edit(self, chat_id: int, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        self.edits.append((asyncio.get_running_loop().time(), text.text))
        self.shown[message_id], self.keyboards[message_id] = text.text, keyboard

    async def acknowledge(self, chat_id: int, message_id: int) -> None:
        self.acknowledged.append(message_id)

    async def send_file(self, chat_id: int, name: str, content: str, *, reply_to: int = 0) -> None:
        self.files.append((name, content, reply_to))

    async def ask_for_contact(self, chat_id: int, text: str, label: str) -> None:
        self.contact_asked.append(text)

    async def thank_for_contact(self, chat_id: int, text: str) -> None:
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

    def answer(self, question_id: str, text: str) -> str:
        if found := sensitive(text):
            return found
        self.answers.append((question_id, text))
        return ""

    def say(self, instruction: str) -> str:
        if found := sensitive(instruction):
            return found
        self.whispers.append(instruction)
        return ""

    def hang_up(self) -> None:
        self.hang_ups += 1

    def take_over(self, number: str) -> None:
        self.phones.append(number)


@dataclass
class FakeStore:
    drafts: list[Draft] = field(default_factory=list)
    phones: dict[int, str] = field(default_factory=dict)

    async def placed(self, requester_id: int | None = None, *, limit: int = 10) -> list[Draft]:
        return [draft for draft in self.drafts if requester_id in (None, draft.requester_id)][:limit]

    async def person(self, person_id: int) -> Person | None:
        return (
            Person(person_id, "Anna", allowed=True, phone=self.phones[person_id]) if person_id in self.phones else None
        )

    async def keep_phone(self, person_id: int, number: str) -> None:
        self.phones[person_id] = number


@dataclass
class FakeJournal:
    written: dict[str, list[CallEvent]] = field(default_factory=dict)

    async def events(self, call_id: str) -> list[CallEvent]:
        return self.written.get(call_id, [])


@dataclass
class FakeSwitchboard:
    running: dict[str, FakeCall] = field(default_factory=dict)

    def call(self, call_id: str) -> FakeCall | None:
        return self.running.get(call_id)


class Scene:
    """One call that is going on, and its chat."""

    def __init__(self) -> None:
        self.post, self.store, self.journal = FakePost(), FakeStore(), FakeJournal()
        self.switchboard = FakeSwitchboard()
        self.questions = Questions(self.post)
        people = People(cast("Store", self.store), [ADMIN])
        self.calls = Calls(
            post=cast("Post", self.post),
            store=cast("Store", self.store),
            people=people,
            switchboard=cast("Switchboard", self.switchboard),
            journal=cast("Journal", self.journal),
            questions=self.questions,
        )
        self.draft, self.call = self.another("draft-1")

    def another(self, name: str, **changes: Any) -> tuple[Draft, FakeCall]:
        draft, call = a_draft(id=name, **changes), FakeCall()
        self.store.drafts.insert(0, draft)
        self.switchboard.running[name] = call
        return draft, call

    def ask(self, draft: Draft | None = None, call: FakeCall | None = None, **changes: Any) -> Question:
        fields: dict[str, Any] = {"question": "Is eight all right?", "choices": ("Yes", "No"), **changes}
        asked = QuestionAsked(at_ms=0, question_id=f"fc{len(self.questions._open)}", patience_s=PATIENCE_S, **fields)
        return self.questions.begin(draft or self.draft, cast("Call", call or self.call), asked)

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

    def says(self, text: str, *, person: int = REQUESTER, replied_to: int = 0) -> Any:
        return self.calls.words(self.draft, person, text, message_id=9, replied_to=replied_to)


# The question in the chat


async def test_a_question_is_asked_with_its_choices_and_the_time_there_is() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        assert "Is eight all right?" in scene.post.shown[question.message_id]
        assert "0:45" in scene.post.shown[question.message_id]
        buttons = scene.post.keyboards[question.message_id]
        assert [button.label for (button,) in buttons] == ["Yes", "No"]


async def test_the_countdown_is_refreshed_now_and_then_and_never_below_nothing() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(5 * COUNTDOWN_S + 1)
        times = [round(at - began) for at, _ in scene.post.edits]
        assert times == [COUNTDOWN_S * number for number in range(1, 6)]
        shown = [text.rpartition("(")[2].rstrip(")") for _, text in scene.post.edits]
        assert shown == ["0:35", "0:25", "0:15", "0:05", "0:00"]


async def test_an_answer_is_shown_at_once_and_takes_the_buttons_away() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question) as showing:
        await asyncio.sleep(3)
        scene.close(question, "Yes")
        await showing
    assert scene.post.edits[-1][1].endswith("You answered: Yes")
    assert scene.post.keyboards[question.message_id] == NO_BUTTONS
    assert len(scene.post.edits) == 1


@pytest.mark.parametrize("how", ["timed_out", "call_ended"])
async def test_a_question_without_an_answer_says_what_became_of_it(how: str) -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.close(question, how=how)
        await showing
    assert scene.post.last.endswith(wording.QUESTION_CLOSED[how])


async def test_a_question_that_is_closed_before_it_could_be_asked_says_so_at_last() -> None:
    scene = Scene()
    question = scene.ask()
    scene.close(question, "Yes")
    await scene.questions.show(question)
    assert "You answered: Yes" in scene.post.last


async def test_a_countdown_that_telegram_refuses_is_let_be_and_the_answer_is_shown_in_the_end() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.post.troubles += [RetryAfter(timedelta(seconds=7))]
        await asyncio.sleep(COUNTDOWN_S + 8)
        scene.post.troubles += [TimedOut(), RetryAfter(timedelta(seconds=3))]
        scene.close(question, "Yes")
        await showing
    assert "You answered: Yes" in scene.post.last


async def test_a_chat_that_is_gone_is_asked_in_vain() -> None:
    scene = Scene()
    question = scene.ask()
    scene.post.troubles += [Forbidden("bot was blocked by the user")]
    await scene.questions.show(question)
    assert question.message_id == 0
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.post.troubles += [Forbidden("bot was blocked by the user")] * 5
        scene.close(question, "Yes")
        await showing


async def test_the_end_of_a_question_that_nobody_knows_means_nothing() -> None:
    scene = Scene()
    scene.questions.close(QuestionClosed(at_ms=0, question_id="other", answer="", how="timed_out"))
    assert scene.questions.open_in(CHAT) is None


# Answers


def pressed(scene: Scene, question: Question, index: int) -> str:
    ((_, *_), *_) = keyboard = scene.post.keyboards[question.message_id]
    press = Press.read(keyboard[index][0].data)
    return scene.calls.choose(question.draft, press.rev, press.choice)


async def test_a_tap_hands_its_choice_to_the_call() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        assert pressed(scene, question, 1) == wording.ANSWERED.format(answer="No")
    assert scene.call.answers == [("fc0", "No")]


async def test_a_tap_on_a_question_that_is_closed_is_told_so() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        scene.close(question, "Yes")
        assert scene.calls.choose(question.draft, question.number, "0") == wording.QUESTION_GONE
    assert scene.call.answers == []


@pytest.mark.parametrize("choice", ["2", "99", "", "-1", "x", "²"])
async def test_a_choice_that_there_is_not_is_none(choice: str) -> None:
    scene = Scene()
    question = scene.ask()
    assert scene.calls.choose(scene.draft, question.number, choice) == wording.QUESTION_GONE


async def test_a_button_answers_its_own_question_and_no_other() -> None:
    scene = Scene()
    first = scene.ask()
    draft, call = scene.another("draft-2")
    second = scene.ask(draft, call)
    async with scene.showing(first), scene.showing(second):
        pressed(scene, first, 0)
        assert scene.calls.choose(draft, first.number, "0") == wording.QUESTION_GONE
    assert (scene.call.answers, call.answers) == ([("fc0", "Yes")], [])


async def test_a_choice_with_a_secret_in_it_is_not_passed_on() -> None:
    scene = Scene()
    question = scene.ask(choices=("Yes", CARD_NUMBER))
    notice = scene.calls.choose(scene.draft, question.number, "1")
    assert notice == wording.WHISPER_REFUSED.format(what="a card number")
    assert scene.call.answers == []


async def test_a_reply_to_the_question_answers_it_in_words() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        await scene.says("Make it half past eight", replied_to=question.message_id)
    assert scene.call.answers == [("fc0", "Make it half past eight")]
    assert scene.post.acknowledged == [9]
    assert scene.call.whispers == []


async def test_a_reply_to_an_older_question_is_not_taken_for_an_answer_to_the_newest() -> None:
    scene = Scene()
    first = scene.ask()
    second = scene.ask(*scene.another("draft-2"))
    async with scene.showing(first), scene.showing(second):
        assert scene.calls.waiting(CHAT, REQUESTER) is second
        assert scene.calls.waiting(CHAT, REQUESTER, replied_to=first.message_id) is first
        await scene.says("Half past eight", replied_to=first.message_id)
    assert scene.call.answers == [("fc0", "Half past eight")]


async def test_a_reply_to_the_call_itself_is_a_whisper_also_while_a_question_is_open() -> None:
    scene = Scene()
    question = scene.ask()
    async with scene.showing(question):
        await scene.says("Ask for parking", replied_to=3)
    assert (scene.call.whispers, scene.call.answers) == (["Ask for parking"], [])
    assert scene.post.acknowledged == [9]


@pytest.mark.parametrize("question", [True, False])
async def test_a_secret_is_neither_answered_nor_whispered(*, question: bool) -> None:
    scene = Scene()
    replied_to = 3
    if question:
        asked = scene.ask()
        await scene.post.send(CHAT, "The question")
        replied_to = asked.message_id = 50
    await scene.says(CARD_NUMBER, replied_to=replied_to)
    assert scene.post.last == wording.WHISPER_REFUSED.format(what="a card number")
    assert (scene.call.whispers, scene.call.answers, scene.post.acknowledged) == ([], [], [])


async def test_only_the_requester_and_admins_are_waited_for() -> None:
    scene = Scene()
    assert scene.calls.waiting(CHAT, REQUESTER) is None
    question = scene.ask()
    assert scene.calls.waiting(CHAT, REQUESTER) is scene.calls.waiting(CHAT, ADMIN) is question
    assert scene.calls.waiting(CHAT, STRANGER) is None
    assert scene.calls.waiting(CHAT + 1, REQUESTER) is None
    await scene.says("Hello", person=STRANGER, replied_to=3)
    assert scene.call.whispers == []


async def test_words_for_a_call_that_is_over_are_told_to_be_late() -> None:
    scene = Scene()
    scene.switchboard.running.clear()
    await scene.says("Ask for parking")
    assert scene.post.last == wording.WHISPER_LATE


# Hanging up


async def test_the_button_hangs_up_while_there_is_a_call() -> None:
    scene = Scene()
    assert scene.calls.hang_up(scene.draft) == wording.HANGING_UP
    scene.switchboard.running.clear()
    assert scene.calls.hang_up(scene.draft) == wording.CALL_OVER
    assert scene.call.hang_ups == 1


async def test_the_command_hangs_up_ones_own_newest_call_in_the_chat() -> None:
    scene = Scene()
    _, elsewhere = scene.another("draft-2", chat_id=CHAT + 1)
    _, of_another = scene.another("draft-3", requester_id=STRANGER)
    assert await scene.calls.hang_up_running(CHAT, REQUESTER) != wording.NO_CALL
    assert (scene.call.hang_ups, elsewhere.hang_ups, of_another.hang_ups) == (1, 0, 0)
    await scene.calls.hang_up_running(CHAT, ADMIN)
    assert of_another.hang_ups == 1


async def test_the_command_finds_no_call_when_none_is_going_on() -> None:
    scene = Scene()
    scene.switchboard.running.clear()
    assert await scene.calls.hang_up_running(CHAT, REQUESTER) == wording.NO_CALL


# Joining


async def test_who_joins_is_rung_on_the_phone_they_shared() -> None:
    scene = Scene()
    scene.store.phones[REQUESTER] = "+14155552672"
    assert await scene.calls.join(scene.draft, REQUESTER) == wording.JOINING
    assert scene.call.phones == ["+14155552672"]


async def test_who_has_shared_none_is_asked_for_it_and_joins_with_it() -> None:
    scene = Scene()
    assert await scene.calls.join(scene.draft, REQUESTER) == ""
    await scene.calls.ask_for_phone(CHAT)
    assert scene.post.contact_asked == [wording.JOIN_NEEDS_NUMBER]
    assert await scene.calls.own_contact(CHAT, REQUESTER, "+1 (415) 555-2672")
    assert scene.store.phones == {REQUESTER: "+14155552672"}
    assert scene.call.phones == ["+14155552672"]


async def test_nobody_joins_before_the_answer_or_after_the_end() -> None:
    scene = Scene()
    scene.store.phones[REQUESTER] = "+14155552672"
    scene.call.connected = False
    assert await scene.calls.join(scene.draft, REQUESTER) == wording.JOIN_LATER
    assert await scene.calls.own_contact(CHAT, REQUESTER, "+14155552672")
    scene.switchboard.running.clear()
    assert await scene.calls.join(scene.draft, REQUESTER) == wording.CALL_OVER
    assert not await scene.calls.own_contact(CHAT, REQUESTER, "+14155552672")
    assert scene.call.phones == []


@pytest.mark.parametrize("number", ["911", "+1 900 555 0100", "hello"])
async def test_a_phone_that_must_not_be_dialled_is_not_kept(number: str) -> None:
    scene = Scene()
    assert await scene.calls.own_contact(CHAT, REQUESTER, number)
    assert (scene.store.phones, scene.call.phones) == ({}, [])
    assert scene.post.last


# Afterwards


def a_finished_call(*said: str) -> list[CallEvent]:
    events: list[CallEvent] = [Confirmed(at_ms=0, spec=a_spec(), confirmed_unix=1_700_000_000.0)]
    events += [TurnChanged(at_ms=1, turn=Turn(f"i{n}", "callee", words, 0), after="") for n, words in enumerate(said)]
    return [*events, Ended(at_ms=9, ending=Ending(EndReason.GOODBYE, 3.0, 42.0))]


async def test_the_transcript_is_a_file_that_answers_the_report() -> None:
    scene = Scene()
    scene.journal.written["draft-1"] = a_finished_call("For how many?")
    await scene.calls.send_transcript(scene.draft, 77)
    ((name, content, reply_to),) = scene.post.files
    assert (name, reply_to) == ("transcript.txt", 77)
    assert "For how many?" in content


async def test_a_call_without_words_has_no_transcript() -> None:
    scene = Scene()
    scene.journal.written["draft-1"] = a_finished_call("")
    await scene.calls.send_transcript(scene.draft, 77)
    assert scene.post.files == []
    assert scene.post.last == wording.NO_TRANSCRIPT


async def test_the_list_holds_ones_own_calls_and_an_admins_everybodys() -> None:
    scene = Scene()
    scene.another("draft-2", plan=a_plan(callee_name="Dentist"), requester_id=STRANGER)
    scene.journal.written["draft-1"] = a_finished_call("For how many?")
    own, everybodys = await scene.calls.recent(REQUESTER), await scene.calls.recent(ADMIN)
    assert isinstance(own, RichText)
    assert isinstance(everybodys, RichText)
    assert "Trattoria Roma" in own.text
    assert "Dentist" not in own.text
    assert "Dentist" in everybodys.text
    assert await scene.calls.recent(12345) == wording.NO_CALLS
