"""Questions to the requester in the chat: asked, counted down, answered by a tap or in words."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import ChatMigrated, Forbidden, RetryAfter, TimedOut

from bot.buttons import NO_BUTTONS, Press
from bot.chat import Place
from bot.questions import COUNTDOWN_S, Question
from bridge.events import QuestionClosed
from tests.fake_chat import ADMIN, REQUESTER, STRANGER, Scene
from tests.samples import ENGLISH, PLACE, buttons

pytestmark = pytest.mark.fast_clock
CARD_NUMBER = "it is 4242 4242 4242 4242"
REFUSED = "I did not pass that on: it holds a card number. The agent neither gives nor takes those."


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@pytest.fixture
async def scene(engine: AsyncEngine) -> Scene:
    return await Scene.begin(engine)


# The question in the chat


async def test_a_question_is_asked_with_its_choices_and_the_time_there_is(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        assert "Is eight all right?" in scene.post.shown[question.message_id]
        assert "0:45" in scene.post.shown[question.message_id]
        buttons = scene.post.keyboards[question.message_id]
        assert [button.label for (button,) in buttons] == ["Yes", "No"]


async def test_the_countdown_is_refreshed_now_and_then_and_never_below_nothing(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(5 * COUNTDOWN_S + 1)
        times = [round(at - began) for at, _ in scene.post.edits]
        assert times == [COUNTDOWN_S * number for number in range(1, 6)]
        shown = [text.rpartition("(")[2].rstrip(")") for _, text in scene.post.edits]
        assert shown == ["0:35", "0:25", "0:15", "0:05", "0:00"]


async def test_a_question_whose_group_becomes_a_supergroup_is_asked_again_there(scene: Scene) -> None:
    question, there = scene.ask(), Place(-1001234567890)
    async with scene.showing(question):
        left_behind = question.message_id
        scene.post.troubles.append(ChatMigrated(there.chat_id))
        await asyncio.sleep(COUNTDOWN_S + 1)
        assert question.message_id != left_behind
        assert "0:35" in scene.post.shown[question.message_id]
        assert scene.questions.open_in(there) is question


async def test_an_answer_is_shown_at_once_and_takes_the_buttons_away(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question) as showing:
        await asyncio.sleep(3)
        scene.close(question, "Yes")
        await showing
    assert scene.post.edits[-1][1].endswith("You answered: Yes")
    assert scene.post.keyboards[question.message_id] == NO_BUTTONS
    assert len(scene.post.edits) == 1


@pytest.mark.parametrize("how", ["timed_out", "call_ended"])
async def test_a_question_without_an_answer_says_what_became_of_it(scene: Scene, how: str) -> None:
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.close(question, how=how)
        await showing
    assert scene.post.last.endswith(ENGLISH(f"question-{how}"))


async def test_a_question_that_is_closed_before_it_could_be_asked_says_so_at_last(scene: Scene) -> None:
    question = scene.ask()
    scene.close(question, "Yes")
    await scene.questions.show(question)
    assert "You answered: Yes" in scene.post.last


async def test_a_countdown_that_telegram_refuses_is_let_be_and_the_answer_is_shown_in_the_end(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.post.troubles += [RetryAfter(timedelta(seconds=7))]
        await asyncio.sleep(COUNTDOWN_S + 8)
        scene.post.troubles += [TimedOut(), RetryAfter(timedelta(seconds=3))]
        scene.close(question, "Yes")
        await showing
    assert "You answered: Yes" in scene.post.last


async def test_a_chat_that_is_gone_is_asked_in_vain(scene: Scene) -> None:
    question = scene.ask()
    scene.post.troubles += [Forbidden("bot was blocked by the user")]
    await scene.questions.show(question)
    assert question.message_id == 0
    question = scene.ask()
    async with scene.showing(question) as showing:
        scene.post.troubles += [Forbidden("bot was blocked by the user")] * 5
        scene.close(question, "Yes")
        await showing


async def test_the_end_of_a_question_that_nobody_knows_means_nothing(scene: Scene) -> None:
    scene.questions.close(QuestionClosed(at_ms=0, question_id="other", answer="", how="timed_out"))
    assert scene.questions.open_in(PLACE) is None


# Answers


async def pressed(scene: Scene, question: Question, index: int) -> str:
    keyboard = scene.post.keyboards[question.message_id]
    return await scene.answered(question.draft, Press.read(buttons(keyboard)[index].data))


async def chosen(scene: Scene, question: Question, choice: str) -> str:
    """Pressed by its number, whatever is on show."""
    return await scene.answered(question.draft, Press("answer", choice, question.draft.id, question.number))


async def test_a_tap_hands_its_choice_to_the_call(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        assert await pressed(scene, question, 1) == "Passed on: No"
    assert scene.call.answers == [("fc0", "No")]


async def test_a_tap_on_a_question_that_is_closed_is_told_so(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        scene.close(question, "Yes")
        assert await chosen(scene, question, "0") == ENGLISH("question-gone")
    assert scene.call.answers == []


@pytest.mark.parametrize("choice", ["2", "99", "", "-1", "x", "²"])
async def test_a_choice_that_there_is_not_is_none(scene: Scene, choice: str) -> None:
    assert await chosen(scene, scene.ask(), choice) == ENGLISH("question-gone")


async def test_a_button_answers_its_own_question_and_no_other(scene: Scene) -> None:
    first = scene.ask()
    draft, call = await scene.another("draft-2")
    second = scene.ask(draft, call)
    async with scene.showing(first), scene.showing(second):
        await pressed(scene, first, 0)
        other = Press("answer", "0", draft.id, first.number)
        assert await scene.answered(draft, other) == ENGLISH("question-gone")
    assert (scene.call.answers, call.answers) == ([("fc0", "Yes")], [])


async def test_a_choice_with_a_secret_in_it_is_not_passed_on(scene: Scene) -> None:
    question = scene.ask(choices=("Yes", CARD_NUMBER))
    assert await chosen(scene, question, "1") == REFUSED
    assert scene.call.answers == []


async def test_a_reply_to_the_question_answers_it_in_words(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        await scene.says("Make it half past eight", replied_to=question.message_id)
    assert scene.call.answers == [("fc0", "Make it half past eight")]
    assert scene.post.acknowledged == [9]
    assert scene.call.whispers == []


async def test_a_reply_to_an_older_question_is_not_taken_for_an_answer_to_the_newest(scene: Scene) -> None:
    first = scene.ask()
    second = scene.ask(*await scene.another("draft-2"))
    async with scene.showing(first), scene.showing(second):
        assert scene.calls.waiting(PLACE, REQUESTER) is second
        assert scene.calls.waiting(PLACE, REQUESTER, replied_to=first.message_id) is first
        await scene.says("Half past eight", replied_to=first.message_id)
    assert scene.call.answers == [("fc0", "Half past eight")]


async def test_a_reply_to_the_call_itself_is_a_whisper_also_while_a_question_is_open(scene: Scene) -> None:
    question = scene.ask()
    async with scene.showing(question):
        await scene.says("Ask for parking", replied_to=3)
    assert (scene.call.whispers, scene.call.answers) == (["Ask for parking"], [])
    assert scene.post.acknowledged == [9]
    assert await scene.deeds() == [(REQUESTER, "whispered")]


@pytest.mark.parametrize("question", [True, False])
async def test_a_secret_is_neither_answered_nor_whispered(scene: Scene, *, question: bool) -> None:
    replied_to = 3
    if question:
        asked = scene.ask()
        await scene.post.send(PLACE, "The question")
        replied_to = asked.message_id = 50
    await scene.says(CARD_NUMBER, replied_to=replied_to)
    assert scene.post.last == REFUSED
    assert (scene.call.whispers, scene.call.answers, scene.post.acknowledged) == ([], [], [])
    assert await scene.deeds() == []


async def test_only_the_requester_and_admins_are_waited_for(scene: Scene) -> None:
    assert scene.calls.waiting(PLACE, REQUESTER) is None
    question = scene.ask()
    assert scene.calls.waiting(PLACE, REQUESTER) is scene.calls.waiting(PLACE, ADMIN) is question
    assert scene.calls.waiting(PLACE, STRANGER) is None
    assert scene.calls.waiting(Place(PLACE.chat_id + 1), REQUESTER) is None
    assert scene.calls.waiting(Place(PLACE.chat_id, topic=7), REQUESTER) is None
    await scene.says("Hello", person=STRANGER, replied_to=3)
    assert scene.post.last == ENGLISH("not-yours", name="Shane")
    assert scene.call.whispers == []


async def test_who_may_not_call_any_more_does_not_steer_their_own_call(scene: Scene) -> None:
    question = scene.ask()
    await scene.people.give(REQUESTER, "")
    assert scene.calls.waiting(PLACE, REQUESTER) is None
    await scene.says("Ask for parking", replied_to=3)
    await scene.says("Yes", replied_to=question.message_id)
    assert (scene.call.whispers, scene.call.answers) == ([], [])


async def test_words_for_a_call_that_is_over_are_told_to_be_late(scene: Scene) -> None:
    scene.switchboard.running.clear()
    await scene.says("Ask for parking")
    assert scene.post.last == ENGLISH("whisper-late")
