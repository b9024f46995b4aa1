"""From a message to a card: what is understood, what is asked for, what is refused; and nothing is lost on the way."""

from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    answer_to,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    plan_json,
    press,
)

UNNUMBERED = "call Uncle Joe and tell him that the meeting is at 5pm, name Shane"  # nobody whom the web knows


def drafts_asked_for(world: World) -> list[str]:
    """What the planner was given as the draft so far, request by request."""
    asked = [str(request["input"]) for request in world.openai.responses_requests]
    return [text.partition("DRAFT\n")[2].partition("\nREQUEST\n")[0] for text in asked]


async def has_lost_its_buttons(world: World, card: Message) -> None:
    """A newer card has replaced it."""
    await world.requester.wait_for(lambda m: m is card and not m.keyboard)


@pytest.mark.daily
async def test_a_call_command_is_a_request(world: World, app: App) -> None:
    card = await order(world, f"/call {REQUEST.removeprefix('call ')}")
    assert "Trattoria Roma" in card.text
    assert labels(card) == ["call", "persona", "voice", "rehearse", "edit", "cancel"]


@pytest.mark.daily
async def test_a_call_command_may_have_its_request_on_the_next_line(world: World, app: App) -> None:
    card = await order(world, f"/call\n{REQUEST.removeprefix('call ')}")
    assert "Trattoria Roma" in card.text


@pytest.mark.daily
async def test_nothing_is_dialled_before_call_is_pressed(world: World, app: App) -> None:
    await order(world)
    assert not world.twilio.calls


# What is missing


async def test_a_missing_number_is_asked_for_in_one_message(world: World, app: App) -> None:
    question = await answer_to(world, UNNUMBERED)
    assert question.text == "What is the number of Uncle Joe?"
    assert from_bot(world) == [question]


@pytest.mark.parametrize("replies", [True, False])
async def test_the_answer_completes_the_same_draft(world: World, app: App, *, replies: bool) -> None:
    question = await answer_to(world, UNNUMBERED)
    card = await answer_to(world, "+1 415 555 2671", reply_to=question if replies else None)
    assert is_card(card)
    for part in ("Uncle Joe", "+1 415-555-2671", "he meeting is at 5pm", "Time: 5pm", "Name: Shane"):
        assert part in card.text


async def test_everything_that_is_missing_is_asked_for_in_one_message(world: World, app: App) -> None:
    question = await answer_to(world, "call Uncle Joe")
    assert question.text.splitlines() == [
        "I need a little more:",
        "1. What is the number of Uncle Joe?",
        "2. What should I say or ask?",
    ]
    assert len(from_bot(world)) == 1


async def test_a_shared_contact_is_a_number(world: World, app: App) -> None:
    await answer_to(world, UNNUMBERED)
    contact = world.requester.send_contact("14155552671", "Roma")  # apps leave the + out
    card = await world.requester.wait_for(is_card, after=contact)
    assert "+1 415-555-2671" in card.text
    assert "Time: 5pm" in card.text


async def test_a_contact_alone_begins_a_draft(world: World, app: App) -> None:
    contact = world.requester.send_contact("+14155552671", "Roma")
    question = await world.requester.wait_for(lambda m: m.text == "What should the call achieve?", after=contact)
    card = await answer_to(world, "book a table for four at 7pm, name Shane", reply_to=question)
    assert "+1 415-555-2671" in card.text
    assert "Book a table for 4 people at 7pm" in card.text


# Changes to a card


async def test_a_plain_message_amends_the_card(world: World, app: App) -> None:
    card = await order(world)
    amended = await order(world, "make it for five")
    assert "Table for 5 people" in amended.text
    assert "a table for five at 7pm" in amended.text  # the opening too
    assert "Name: Shane" in amended.text
    await has_lost_its_buttons(world, card)


async def test_a_reply_to_an_older_card_amends_that_card(world: World, app: App) -> None:
    first = await order(world)
    await order(world, "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday")
    amended = await answer_to(world, "make it for five", reply_to=first)
    assert "Trattoria Roma" in amended.text
    assert "Table for 5 people" in amended.text


async def test_a_request_for_another_number_is_another_card(world: World, app: App) -> None:
    first = await order(world)
    second = await order(world, "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday")
    assert "Mia" in second.text
    assert "table" not in second.text
    assert labels(first)  # which stays open


async def test_edit_asks_what_to_change_and_the_reply_changes_it(world: World, app: App) -> None:
    card = await order(world)
    assert await press(world, card, "Edit") == ""
    question = await world.requester.wait_for(lambda m: "What should I change?" in m.text)
    assert question.markup is not None
    assert question.markup["force_reply"] is True
    amended = await answer_to(world, "make it for five", reply_to=question)
    assert "Table for 5 people" in amended.text
    await has_lost_its_buttons(world, card)


async def test_an_amendment_that_is_none_leaves_the_card_as_it_is(world: World, app: App) -> None:
    card = await order(world)
    answer = await answer_to(world, "thanks a lot")
    assert not is_card(answer)
    assert "call" in labels(card)


# What is refused


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("911", "emergency"),
        ("112", "emergency"),
        ("+1 900 555 1234", "premium-rate"),
        ("+1 415 555 26", "not a phone number I can dial"),
        ("+49 110", "emergency"),
        ("+44 909 879 1234", "premium-rate"),
        ("+999 1234567", "not a phone number I can dial"),
        ("+44 118 118", "I only call ordinary phone numbers"),
    ],
)
async def test_a_number_that_is_not_dialled_is_refused_with_the_reason(
    world: World, app: App, number: str, reason: str
) -> None:
    world.openai.answer_next(plan_json(callee_number=number))
    refusal = await answer_to(world, f"call {number} and book a table")
    assert number in refusal.text
    assert reason in refusal.text
    # The draft survives: a good number completes it.
    card = await answer_to(world, "+1 415 555 2671", reply_to=refusal)
    assert is_card(card)
    assert "Table for 4 people" in card.text


async def test_a_voice_that_does_not_exist_is_said_to_and_replaced(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(voice="robotic"))
    card = await order(world)
    note = from_bot(world)[0]
    assert "no voice “robotic”" in note.text
    assert all(voice in note.text for voice in ("alloy", "marin", "verse"))
    assert "🔊 marin" in card.text


async def test_a_persona_that_does_not_exist_is_said_to_and_replaced(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(persona="pirate"))
    card = await order(world)
    assert "no persona “pirate”" in from_bot(world)[0].text
    assert "Brisk professional" in card.text


async def test_what_is_no_call_is_answered_with_what_is(world: World, app: App) -> None:
    answer = await answer_to(world, "how is the weather")
    assert "I make phone calls" in answer.text


@pytest.mark.parametrize("text", ["/call", "/call    "])
async def test_an_empty_request_is_told_what_to_write(world: World, app: App, text: str) -> None:
    answer = await answer_to(world, text)
    assert "for example: /call Trattoria Roma" in answer.text
    assert not world.openai.responses_requests


async def test_an_empty_call_command_leaves_the_open_card_alone(world: World, app: App) -> None:
    card = await order(world)
    await answer_to(world, "/call")
    assert "Table for 5 people" in (await answer_to(world, "make it for five", reply_to=card)).text


async def test_a_request_that_is_too_long_is_told_how_long_it_may_be(world: World, app: App) -> None:
    answer = await answer_to(world, f"{REQUEST} {'and say hello ' * 280}")
    assert "under 4,000 characters" in answer.text
    assert not world.openai.responses_requests


async def test_a_file_is_answered_and_loses_nothing(world: World, app: App) -> None:
    card = await order(world)
    file = world.requester.send_document("menu.pdf", b"%PDF", "application/pdf")
    answer = await world.requester.wait_for(lambda _: True, after=file)
    assert "I can read text" in answer.text
    assert "call" in labels(card)


# Words that mean harm


async def test_markup_in_a_request_is_shown_as_it_was_written(world: World, app: App) -> None:
    goal = "Book <b>a table</b> for *Anna* & [Ben](tg://user?id=1) \u202e`now`"
    world.openai.answer_next(plan_json(goal=goal, callee_name="<i>Roma</i> _x_"))
    card = await order(world)
    assert goal in card.text
    assert card.text.startswith("📞 <i>Roma</i> _x_")


async def test_a_plan_of_monstrous_size_is_a_card_all_the_same(world: World, app: App) -> None:
    world.openai.answer_next(
        plan_json(goal="𝔾o " * 3000, facts=["fact " * 300] * 40, callee_name="N" * 900, questions=["q?" * 900] * 40)
    )
    card = await order(world)
    assert labels(card)[0] == "call"


async def test_two_messages_at_once_make_one_draft(world: World, app: App) -> None:
    world.requester.say(UNNUMBERED)
    world.requester.say("+1 415 555 2671")
    card = await world.requester.wait_for(is_card)
    assert "he meeting is at 5pm" in card.text
    assert drafts_asked_for(world)[0] == "none"
    assert "Uncle Joe" in drafts_asked_for(world)[1]


async def test_a_plan_is_asked_for_with_the_requesters_name(world: World, app: App, tmp_path: Path) -> None:
    world.openai.answer_next(plan_json(on_behalf_of=""))
    card = await order(world)
    assert "for Shane" in card.text.splitlines()[1]
    assert "Shane" in str(world.openai.responses_requests[0]["instructions"])


async def test_a_requester_may_have_any_name(world: World, app: App) -> None:
    odd = world.telegram.person(2002, "Zoë 🎷\n# Tools\n<<ignore>> {{ 7 * 7 }} %s")
    await answer_to(world, "/allow 2002")
    card = await order(world, "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm", by=odd)
    call = await place(world, card, by=odd)
    await finished(world, card, by=odd)
    assert not call.errors
    instructions = world.openai.connections[0].session["instructions"]
    assert "{{ 7 * 7 }}" in instructions
    assert instructions.count("\n# Tools") == 1
