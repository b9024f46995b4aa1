"""What is missing is asked for at once and answered with a tap or in words; times are the chat's own."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    HUMAN_S,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    data_of,
    from_bot,
    is_card,
    labels,
    order,
    plan_json,
    press,
    press_data,
    running,
)
from tests.e2e.group import a_group

TABLE = "call Luigi on +1 415 555 0102 and book a table, name Anna"
QUESTIONS = "I need a little more:\n1. A table for how many people?\n2. A table for what time?"
STALE = "This card has changed since. Look at the newest one."


async def questions(world: World, text: str = TABLE) -> Message:
    question = await answer_to(world, text)
    assert question.text == QUESTIONS
    return question


# What is missing


@pytest.mark.daily
async def test_everything_that_is_missing_is_one_message_with_answers_to_tap(world: World, app: App) -> None:
    question = await questions(world)
    sizes = ["1. 2 people", "1. 3 people", "1. 4 people", "1. 6 people"]
    assert labels(question) == [*sizes, "2. 6pm", "2. 7pm", "2. 8pm", "2. 9pm"]
    assert from_bot(world) == [question]


@pytest.mark.daily
async def test_answers_are_tapped_one_after_the_other(world: World, app: App) -> None:
    first = await questions(world)
    assert await press(world, first, "1. 4 people") == ""
    second = await world.requester.wait_for(lambda m: m.text == "A table for what time?")
    assert labels(second) == ["6pm", "7pm", "8pm", "9pm"]
    assert not first.keyboard
    await press(world, second, "8pm")
    card = await world.requester.wait_for(is_card)
    for part in ("Table for 4 people", "Time: 8pm", "Name: Anna", "+1 415-555-0102"):
        assert part in card.text
    assert not second.keyboard


@pytest.mark.daily
@pytest.mark.parametrize("replies", [True, False])
async def test_answers_may_be_written(world: World, app: App, *, replies: bool) -> None:
    question = await questions(world)
    card = await answer_to(world, "four of us, at 8pm", reply_to=question if replies else None)
    assert is_card(card)
    assert "Table for 4 people" in card.text
    assert "Time: 8pm" in card.text
    await world.requester.wait_for(lambda m: m is question and not m.keyboard)


@pytest.mark.daily
async def test_a_press_of_an_older_question_is_stale(world: World, app: App) -> None:
    first = await questions(world)
    size = data_of(first, "1. 4 people")
    await answer_to(world, "at 8pm")
    assert await press_data(world, first, size) == STALE
    assert "call" not in [label for message in from_bot(world) for label in labels(message)]


@pytest.mark.daily
async def test_two_presses_of_one_question_are_one_answer(world: World, app: App) -> None:
    question = await questions(world)
    presses = [world.requester.press(question, label) for label in ("1. 4 people", "1. 6 people")]
    assert await presses[0].answered == ""
    assert await presses[1].answered in ("", STALE)
    await world.requester.wait_for(lambda m: m.text == "A table for what time?")
    await answer_to(world, "/help")
    assert len(world.openai.responses_requests) == 2


async def test_the_buttons_still_work_after_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        question = await questions(world)
    async with running(world, tmp_path):
        assert await press(world, question, "1. 4 people") == ""
        await world.requester.wait_for(lambda m: m.text == "A table for what time?")


async def test_a_question_stays_open_when_the_model_fails(world: World, app: App, provoked: Provoked) -> None:
    provoked.openai = True
    question = await questions(world)
    world.openai.fail_next_http(500, times=3)
    await press(world, question, "1. 4 people")
    trouble = await world.requester.wait_for(lambda m: "could not plan" in m.text)
    assert trouble.text.endswith("Nothing is lost: send it again in a minute.")
    assert await press(world, question, "1. 4 people") == ""
    await world.requester.wait_for(lambda m: m.text == "A table for what time?")


async def test_words_that_answer_nothing_leave_the_question_open(world: World, app: App) -> None:
    question = await questions(world)
    answer = await answer_to(world, "thanks a lot")
    assert answer.text.startswith("I did not understand that. Answer the question above in other words")
    assert await press(world, question, "1. 4 people") == ""


async def test_a_tap_that_the_planner_makes_nothing_of_leaves_it_open_too(world: World, app: App) -> None:
    question = await questions(world)
    world.openai.answer_next(plan_json(not_a_call=True))
    await press(world, question, "1. 4 people")
    await world.requester.wait_for(lambda m: m.text.startswith("I did not understand that."))
    assert question.keyboard


async def test_in_a_group_only_who_asked_answers(world: World, app: App) -> None:
    mallory, ben = world.telegram.person(2002, "Mallory"), world.telegram.person(4, "Ben")
    for one in (mallory, ben):
        await answer_to(world, f"/allow {one.id} caller")
    group = await a_group(world, [world.requester, mallory, ben])
    question = await group.say(f"/call@ringback_bot {TABLE.removeprefix('call ')}", by=mallory)
    assert question.reply_to
    assert question.reply_to.author.id == mallory.id
    assert "Mallory" in await press(world, question, "1. 4 people", by=ben)
    written = await group.say("for four at 7pm", by=ben, reply_to=question)
    assert written.text.startswith("This is Mallory’s call: only they or an admin can change it.")
    assert await press(world, question, "1. 4 people", by=mallory) == ""
    await group.shown("A table for what time?")


# Which request is meant


async def test_another_callee_leaves_the_open_card_alone(world: World, app: App) -> None:
    card = await order(world, BUSY)
    assert "Joe" in (await answer_to(world, "call Uncle Joe and tell him that the meeting is at 5pm")).text
    assert "Joe" in (await order(world, "+1 415 555 0107")).text
    assert labels(card)[0] == "call"


async def test_another_callee_leaves_an_open_question_alone(world: World, app: App) -> None:
    question = await questions(world)
    await order(world, SHORT)
    assert await press(world, question, "1. 4 people") == ""
    await world.requester.wait_for(lambda m: m.text == "A table for what time?")


async def test_a_card_that_became_a_question_and_a_card_again_leaves_no_buttons_behind(world: World, app: App) -> None:
    card = await order(world)
    world.openai.answer_next(plan_json(call_at="2026-11-22T09:00"))
    question = await answer_to(world, "call them yesterday")
    await world.requester.wait_for(lambda m: m is card and not m.keyboard)
    again = await answer_to(world, "tomorrow at 10")
    assert "10:00" in again.text
    await answer_to(world, "/help")  # and nothing of it was refused by Telegram
    assert [bool(m.keyboard) for m in (card, question, again)] == [False, False, True]


# Times


async def test_a_time_is_one_in_the_chats_own_zone(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, time_zone="Asia/Tokyo"):  # where it is Tuesday, 2 in the morning
        card = await answer_to(world, f"tomorrow at 9 {BUSY}")
        assert "🕘 tomorrow, Wed 25 Nov, 09:00 (Tokyo)" in card.text
        assert "It is Tuesday, 24 November 2026, 02:0" in str(world.openai.responses_requests[0]["instructions"])


@pytest.mark.parametrize(
    ("call_at", "question"),
    [
        (
            "2026-11-22T09:00",
            "Sun, Nov 22, 9:00 AM (Los Angeles) is over. Tell me when to call instead, or to call now.",
        ),
        ("2027-11-22T09:00", "I plan calls at most 60 days ahead. Tell me an earlier time."),
        ("at nine", "I did not understand when to call. Write the time again, such as “tomorrow at 9”."),
    ],
)
async def test_a_time_at_which_no_call_can_be_made_is_asked_for_again(
    world: World, app: App, call_at: str, question: str
) -> None:
    world.openai.answer_next(plan_json(call_at=call_at))
    asked = await answer_to(world, REQUEST)
    assert asked.text == question
    world.openai.answer_next(plan_json(call_at="2026-11-24T10:00"))
    card = await answer_to(world, "tomorrow at 10", reply_to=asked)
    assert "🕘 tomorrow, Tue, Nov 24, 10:00 AM (Los Angeles)" in card.text
    assert "Table for 4 people" in card.text


async def test_a_wrong_time_is_asked_for_together_with_the_rest(world: World, app: App) -> None:
    missing = [{"question": "For how many?", "choices": ["2", "4"]}]
    world.openai.answer_next(plan_json(call_at="2026-11-22T09:00", missing=missing))
    asked = await answer_to(world, REQUEST)
    assert asked.text.splitlines()[1] == "1. For how many?"
    assert asked.text.splitlines()[2].startswith("2. Sun, Nov 22, 9:00 AM (Los Angeles) is over.")


async def test_a_wrong_time_is_not_forgotten_over_a_look_up(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(callee_number="", lookup="Trattoria Roma", call_at="2026-11-22T09:00"))
    world.requester.say("call Trattoria Roma yesterday at 9 and book a table for four at 7pm")
    candidate = await world.requester.wait_for(lambda m: m.keyboard)
    await press(world, candidate, "Use it")
    await world.requester.wait_for(lambda m: "is over. Tell me when to call instead" in m.text)
    assert not [m for m in from_bot(world) if is_card(m)]


async def test_now_is_an_answer_too(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(call_at="2026-11-22T09:00"))
    await answer_to(world, REQUEST)
    card = await order(world, "call now")
    assert "🕘" not in card.text


async def test_every_monday_is_planned_once_and_said_to_be(world: World, app: App) -> None:
    await asyncio.sleep(HUMAN_S)
    said = world.requester.say("call Luigi on +1 415 555 0102 every Tuesday at 9 and ask whether all is well")
    card = await world.requester.wait_for(lambda m: m.keyboard, after=said)
    note = from_bot(world)[0]
    assert note.text == (
        "I place one call at a time and cannot repeat calls by myself. "
        "The card is for the first one; write again for the next."
    )
    assert note.silent
    assert "🕘 tomorrow, Tue, Nov 24, 9:00 AM (Los Angeles)" in card.text
    await answer_to(world, "make it at most 5 minutes")
    assert [m.text for m in from_bot(world)].count(note.text) == 1


# While it is thinking


async def test_a_request_looks_read_while_it_is_planned_and_no_longer(world: World, app: App) -> None:
    seen: list[str] = []
    stop = world.telegram.listen(lambda change: seen.append(change.detail) if change.kind == "reaction" else None)
    await order(world)
    stop()
    assert seen == ["👀", ""]


async def test_a_request_that_could_not_be_planned_looks_unread_again(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.openai = True
    world.openai.fail_next_http(500, times=3)
    await answer_to(world, REQUEST)
    await answer_to(world, "/help")
    assert [message.reactions for message in world.requester.chat.messages] == [[]] * 4
