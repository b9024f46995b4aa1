"""The requester in the loop: questions from the call, whispers to it, and taking the line over."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from bridge.events import Ended, QuestionAsked, QuestionClosed, TakenOver
from sandbox.telegram import Message
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import (
    answer_to,
    connected,
    finished,
    from_bot,
    journal_of,
    labels,
    order,
    place,
    press,
    press_data,
    shown,
    spoken,
    told_by,
    turns,
)
from tests.e2e.line import (
    RESPONSE,
    all_said,
    first_after,
    happened,
    measured,
    of_kind,
    said_by,
    told_to_model,
)

OFFERED = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
ROMA = "call Trattoria Roma on +1 415 555 2671 and book a table for two at 8pm, name Anna"
OWN_PHONE = "+1 415 555 0125"
QUESTION = "They offer 9:30 tonight. Is that all right?"


async def asked(world: World) -> tuple[Message, StandInCall, Message]:
    """A call whose agent has asked something: its live view, the call, the question."""
    live = await order(world, OFFERED)
    call = await place(world, live)
    question = await world.requester.wait_for(lambda m: m.text.startswith("❓"))
    return live, call, question


async def waited_for(world: World) -> None:
    """The callee has said that they do not mind waiting."""
    await shown(world, "Sure, take your time.")


@pytest.mark.daily
async def test_a_question_of_the_agent_comes_with_buttons_and_a_countdown(world: World, app: App) -> None:
    live, call, question = await asked(world)
    assert question.text.splitlines()[0] == f"❓ Osteria Blu: {QUESTION}"
    assert labels(question) == ["yes, 9:30 tonight is fine", "no"]
    first = question.text.splitlines()[1]
    await asyncio.sleep(11)
    assert [first, question.text.splitlines()[1]] == [f"⏳ Tap an answer or write one (0:{left})" for left in (45, 35)]
    await world.requester.wait_for(lambda m: m is live and "waiting for your answer" in m.text)
    filler = next(u for u in said_by(call, "agent") if u.began_ms > 5700)
    assert filler.text == "One moment, let me check."
    await press(world, question, "No")
    await finished(world, live)


async def test_a_tapped_answer_is_acted_upon_at_once(world: World, app: App, tmp_path: Path) -> None:
    live, call, question = await asked(world)
    await waited_for(world)
    assert await press(world, question, "Yes, 9:30 tonight is fine") == "Passed on: Yes, 9:30 tonight is fine"
    tapped_at = asyncio.get_running_loop().time() - (call.answered_at or 0.0)
    report = await finished(world, live)
    events = await journal_of(tmp_path)
    [put], [closed] = of_kind(events, QuestionAsked), of_kind(events, QuestionClosed)
    assert (closed.how, closed.answer) == ("answered", "Yes, 9:30 tonight is fine")
    assert put.question_id == closed.question_id
    [output] = [
        frame
        for frame in told_to_model(world, call, "conversation.item.create")
        if frame.event["item"]["type"] == "function_call_output" and "answers" in frame.event["item"]["output"]
    ]
    assert output.event["item"]["output"] == "Shane answers: Yes, 9:30 tonight is fine"
    asked_for = first_after(told_to_model(world, call, RESPONSE), output.at)
    measured(
        "the tap to the next response's being asked for", (asked_for.at - tapped_at) * 1000, most_ms=300, least_ms=-50
    )
    assert report.text.startswith("✅ Booked: 9:30")
    assert question.text.splitlines()[1:] == ["You answered: Yes, 9:30 tonight is fine"]
    assert labels(question) == []
    spoken_after = [words for words in told_by(turns(live.text), "agent") if "Thank you for waiting" in words]
    assert len(spoken_after) == 1


@pytest.mark.parametrize("as_reply", [False, True])
async def test_a_typed_answer_is_one_too(world: World, app: App, tmp_path: Path, as_reply: bool) -> None:
    live, _, question = await asked(world)
    await waited_for(world)
    words = world.requester.say("yes, 9:30 is fine", reply_to=question if as_reply else None)
    report = await finished(world, live)
    assert words.reactions == ["👍"]
    [closed] = of_kind(await journal_of(tmp_path), QuestionClosed)
    assert (closed.how, closed.answer) == ("answered", "yes, 9:30 is fine")
    assert report.text.startswith("✅ Booked: 9:30")
    assert [m for m in from_bot(world) if not m.file] == [live, question, report]  # it began no second draft


async def test_without_an_answer_the_agent_does_the_safe_thing(world: World, app: App, tmp_path: Path) -> None:
    live, _, question = await asked(world)
    report = await finished(world, live)
    events = await journal_of(tmp_path)
    [put], [closed] = of_kind(events, QuestionAsked), of_kind(events, QuestionClosed)
    measured("the requester's time for an answer", closed.at_ms - put.at_ms, most_ms=45_050, least_ms=44_950)
    assert closed.how == "timed_out"
    assert "No answer in time: the agent does only what you allowed beforehand." in question.text
    assert labels(question) == []
    last = told_by(turns(live.text), "agent")[-1]
    assert "Shane will call you back about it" in last
    assert "9:30" not in last
    assert "✅" not in report.text


async def test_an_answer_that_comes_too_late_is_told_so(world: World, app: App) -> None:
    live, _, question = await asked(world)
    data = next(b.data for row in question.keyboard for b in row)
    assert data
    await world.requester.wait_for(lambda m: m is question and "No answer in time" in m.text)
    assert await press_data(world, question, data) == "This question is no longer open."
    await finished(world, live)


async def test_a_card_number_is_no_answer(world: World, app: App, tmp_path: Path) -> None:
    live, _, _ = await asked(world)
    refusal = await answer_to(world, "tell them my card is 4111 1111 1111 1111")
    assert refusal.text == "I did not pass that on: it holds a card number. The agent neither gives nor takes those."
    await finished(world, live)
    [call] = world.twilio.calls.values()
    assert "4111" not in all_said(call, "agent") + str(world.openai.connections[0].received)
    assert of_kind(await journal_of(tmp_path), QuestionClosed)[0].how == "timed_out"


# Whispers


async def test_a_whisper_is_acted_upon_without_a_further_hop(world: World, app: App) -> None:
    live = await order(world, ROMA)
    call = await place(world, live)
    await connected(world, live)
    planned = len(world.openai.responses_requests)
    whisper = world.requester.say("also ask whether there is parking", reply_to=live)
    report = await finished(world, live)
    assert whisper.reactions == ["👍"]
    [passed] = [
        f for f in told_to_model(world, call, "conversation.item.create") if f.event["item"].get("role") == "system"
    ]
    assert "also ask whether there is parking" in passed.event["item"]["content"][0]["text"]
    assert len(world.openai.responses_requests) == planned + 1  # the report: no other model read the whisper
    assert "parking" in " ".join(told_by(turns(live.text), "agent"))
    assert "Booked" in report.text


@pytest.mark.parametrize(
    ("whisper", "what"),
    [
        ("give them my card, 4111 1111 1111 1111", "a card number"),
        ("pay to DE89 3704 0044 0532 0130 00", "a bank account number"),
        ("the password is swordfish", "a password, a code or a card or bank number"),
    ],
)
async def test_a_whisper_with_a_secret_is_not_passed_on(world: World, app: App, whisper: str, what: str) -> None:
    live = await order(world, ROMA)
    call = await place(world, live)
    await connected(world, live)
    refusal = await answer_to(world, whisper, reply_to=live)
    assert refusal.text == f"I did not pass that on: it holds {what}. The agent neither gives nor takes those."
    await finished(world, live)
    assert [
        f for f in told_to_model(world, call, "conversation.item.create") if f.event["item"].get("role") == "system"
    ] == []


# Joining


async def test_the_requester_takes_the_line_over_and_the_agent_leaves_it(
    world: World, app: App, tmp_path: Path
) -> None:
    live = await order(world, ROMA)
    call = await place(world, live)
    await connected(world, live)
    await asyncio.sleep(7)
    assert await press(world, live, "Join the call") == ""
    wanted = await world.requester.wait_for(lambda m: "Which phone should ring?" in m.text)
    assert "own contact once" in wanted.text
    await asyncio.sleep(1)
    world.requester.send_contact(OWN_PHONE.replace(" ", ""), "Shane", user_id=world.requester.id)
    await world.requester.wait_for(lambda m: "from now on “Join the call” rings +1 415-555-0125" in m.text)
    report = await finished(world, live)
    [leg] = world.twilio.children(call.sid)
    assert leg.request.to == "+14155550125"
    assert leg.request.from_ == world.twilio.phone_number
    agent = told_by(turns(live.text), "agent")
    assert agent[-1] == "Anna is joining the call now, please stay on the line."
    assert agent[-1].replace(" ", "") in all_said(call, "agent")  # whole, though the callee was speaking
    # The two of them talk, and the agent is gone.
    assert spoken(call.agent_audio, "agent")[-1].text == "Perfect, thank you very much. Goodbye!"
    assert spoken(leg.callee_audio, "requester")[-1].text == "Perfect, thank you very much. Goodbye!"
    assert "You are booked: 8pm, table for two, under Anna." in [u.text for u in spoken(leg.agent_audio, "callee")]
    dialled = happened(call, "dial +14155550125")[0]
    assert [f for f in told_to_model(world, call, RESPONSE) if f.at > dialled] == []
    assert len(of_kind(await journal_of(tmp_path), TakenOver)) == 1
    assert "you took the call over" in report.text.splitlines()[-1]
    assert "your phone takes over" in " ".join(edit.text for edit in live.edits)


async def test_who_has_shared_their_number_once_is_not_asked_again(world: World, app: App) -> None:
    world.requester.send_contact(OWN_PHONE.replace(" ", ""), "Shane", user_id=world.requester.id)
    live = await order(world, ROMA)
    call = await place(world, live)
    await connected(world, live)
    await press(world, live, "Join the call")
    await asyncio.sleep(1)
    world.requester.send_contact(OWN_PHONE.replace(" ", ""), "Shane", user_id=world.requester.id)
    await finished(world, live)
    assert len(world.twilio.children(call.sid)) == 1

    again = await order(world, ROMA)
    second = await place(world, again)
    await connected(world, again)
    notice = await press(world, again, "Join the call")
    assert notice == "Your phone will ring in a moment. When you answer, you are on the line and the agent leaves it."
    await finished(world, again)
    assert len(world.twilio.children(second.sid)) == 1


async def test_a_phone_that_is_not_answered_gives_the_call_back_to_the_agent(
    world: World, app: App, tmp_path: Path
) -> None:
    live = await order(world, ROMA)
    call = await place(world, live)
    await connected(world, live)
    await asyncio.sleep(7)
    await press(world, live, "Join the call")
    await asyncio.sleep(1)
    world.requester.send_contact("+14155550103", "Shane", user_id=world.requester.id)  # a phone nobody answers
    report = await finished(world, live)
    [leg] = world.twilio.children(call.sid)
    assert leg.status == "no-answer"
    agent = told_by(turns(live.text), "agent")
    assert "Anna is joining the call now, please stay on the line." in agent[:-1]
    [told] = [
        f for f in told_to_model(world, call, "conversation.item.create") if f.event["item"].get("role") == "system"
    ]
    assert "could not be reached on their phone" in told.event["item"]["content"][0]["text"]
    again = first_after(told_to_model(world, call, RESPONSE), told.at)
    measured("back on the line to the agent's being asked to go on", (again.at - told.at) * 1000, most_ms=300)
    assert len(world.openai.connections) == 1
    assert "you took the call over" not in report.text
    assert report.text.startswith("✅ Booked")
    assert of_kind(await journal_of(tmp_path), Ended)[0].ending.reason != "taken_over"
