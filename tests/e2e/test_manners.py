"""Manners: help, slips, presses that are none, edits, reactions, and text that means no good."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from prompts import library
from sandbox.telegram import Message, Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    HUMAN_S,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    connected,
    data_of,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    plan_json,
    press,
    press_data,
    running,
    shown,
)
from tests.e2e.group import Group, a_group

OTHER = 2002
GONE = "This button has no use any more."
HOSTILE = "\u202e<b>{ $x }</b> *_[a](tg://user?id=1)_* 👨‍👩‍👧‍👦 \u0645\u0631\u062d\u0628\u0627 `"


@pytest.fixture
async def group(world: World, app: App) -> Group:
    return await a_group(world, [world.requester])


async def settled(world: World) -> list[Message]:
    """All that was said, once what was written before has been dealt with."""
    await answer_to(world, "/personas")
    return from_bot(world)[:-1]


# Commands


@pytest.mark.daily
async def test_help_has_examples_and_every_command(world: World, app: App) -> None:
    world.telegram.person(OTHER, "Ana")
    await answer_to(world, f"/allow {OTHER}")
    text = (await answer_to(world, "/help", by=world.telegram.person(OTHER, "Ana"))).text
    assert "ring my dentist, +1 415 555 0111" in text
    for command in ("call", "calls", "hangup", "contacts", "settings", "budget", "personas", "forget", "help"):
        assert f"/{command}" in text
    assert "/allow" not in text
    assert "In a group" not in text
    assert "/allow" in (await answer_to(world, "/help")).text


@pytest.mark.daily
async def test_help_in_a_group_tells_what_is_seen_there(world: World, group: Group) -> None:
    text = (await group.say("/help@ringback_bot", by=world.requester)).text
    assert "mention me, or reply to one of my messages: I do not see other messages." in text
    assert "Phone numbers are never shown in full here." in text


@pytest.mark.daily
async def test_personas_tells_all_with_their_voices(world: World, app: App) -> None:
    text = (await answer_to(world, "/personas")).text
    assert all(f"{one.name} · voice {one.voice}" in text for one in library.personas().values())


@pytest.mark.daily
@pytest.mark.parametrize(
    "text", ["/frobnicate", "/call@other_bot Joe on +1 415 555 0107", "/", "/ call Joe", "/Call5 x"]
)
async def test_what_looks_like_a_command_is_not_planned(world: World, app: App, text: str) -> None:
    answer = await answer_to(world, text)
    assert answer.text == f"I do not know the command {text.split(maxsplit=1)[0]}. /help tells what I can do."
    assert not world.openai.responses_requests


@pytest.mark.daily
async def test_a_very_long_command_is_cut(world: World, app: App) -> None:
    answer = await answer_to(world, "/" + "x" * 4000)
    assert len(answer.text) < 120


@pytest.mark.parametrize("text", ["/frobnicate", "/frobnicate@ringback_bot", "/call@other_bot Joe"])
async def test_in_a_group_nobody_is_told_of_an_unknown_command(world: World, group: Group, text: str) -> None:
    before = group.from_bot()
    await group.said(text, by=world.requester)
    answer = await group.say("/help@ringback_bot", by=world.requester)
    assert group.from_bot() == [*before, answer]


# Presses that are none


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "x",
        "x:call:a:1",
        "c:",
        "c:call:nobody:1",
        "c:call:a:one",
        "c:call:a:" + "9" * 40,
        "c:call=:a:1",
        "s:zone=Europe/Berlin:none",
        "f:",
        "f:yes",
        "f:no",
        "k:page:x",
        "l:x",
        "l:0:nobody",
        "a:x",
        "g:deny",
        "g:allow",
        "c:" + "x" * 63,
        "s:zone=" + "x" * 9000 + ":all",
        "\x00\u202e\ud83d",
        "🤖:🤖",
    ],
)
async def test_whatever_is_pressed_is_answered_once_and_does_nothing(world: World, app: App, data: str) -> None:
    card = await order(world, SHORT)
    before = (card.text, labels(card))
    await press_data(world, card, data)
    await settled(world)
    assert (card.text, labels(card)) == before
    assert not world.twilio.calls


async def test_every_button_of_another_person_is_of_no_use(world: World, app: App) -> None:
    other = world.telegram.person(OTHER, "Ana")
    await answer_to(world, f"/allow {OTHER}")
    own = await answer_to(world, "/help", by=other)
    card = await order(world)
    settings = await answer_to(world, "/settings")
    question = await answer_to(world, "/forget")
    await place(world, card)
    report = await finished(world, card)
    for message in (card, report, question):
        for data in (button.data for row in message.keyboard for button in row if button.data):
            assert await press_data(world, own, data, by=other) == GONE
    # Settings name no chat: a press sets where it is pressed.
    await press_data(world, own, data_of(settings, "Town"), by=other)
    await other.wait_for(lambda m: "Which town" in m.text)
    assert len(world.twilio.calls) == 1


async def test_what_is_pressed_twice_or_after_a_restart_is_answered_each_time(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        card = await order(world, SHORT)
        first, second = world.requester.press(card, "Cancel"), world.requester.press(card, "Cancel")
        notices = {await first.answered, await second.answered}
        assert notices == {"Cancelled. Nothing was dialled.", "This card is no longer open."}
        other = await order(world, SHORT)
        old = data_of(other, "Call")
        await press(world, other, "Cancel")
    async with running(world, tmp_path):
        assert await press_data(world, other, old) == "This card is no longer open."
        assert await press_data(world, other, old.replace("c:call:", "c:call:x")) == GONE
    assert not world.twilio.calls


async def test_a_press_whose_work_fails_is_said_to_have_gone_wrong(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    settings = await answer_to(world, "/settings")
    world.telegram.fail_next("editMessageText", 400, description="Bad Request: message can't be edited")
    assert await press(world, settings, "Language") == ""
    await shown(world, "Something went wrong on my side")


# Edits


async def test_an_edited_request_is_planned_anew_while_its_card_is_open(world: World, app: App) -> None:
    said = world.requester.say(REQUEST)
    card = await world.requester.wait_for(is_card, after=said)
    world.requester.edit(said, REQUEST.replace("table for four", "table for five"))
    amended = await world.requester.wait_for(is_card, after=card)
    assert "Table for 5 people" in amended.text
    await world.requester.wait_for(lambda m: m is card and not m.keyboard)


async def test_an_edited_call_command_is_one_too(world: World, app: App) -> None:
    said = world.requester.say(f"/call {REQUEST}")
    card = await world.requester.wait_for(is_card, after=said)
    world.requester.edit(said, f"/call {REQUEST.replace('table for four', 'table for five')}")
    assert "Table for 5 people" in (await world.requester.wait_for(is_card, after=card)).text


async def test_an_edit_after_the_call_was_placed_is_said_to_be_too_late(world: World, app: App) -> None:
    said = world.requester.say(REQUEST)
    card = await world.requester.wait_for(is_card, after=said)
    await place(world, card)
    await connected(world, card)
    world.requester.edit(said, REQUEST.replace("four", "five"))
    late = await world.requester.wait_for(lambda m: m.reply_to is said, after=card)
    assert late.text.startswith("You edited a request whose call has been placed already, so nothing changed.")
    await finished(world, card)
    assert not [m for m in from_bot(world) if is_card(m)]


async def test_every_other_edit_changes_nothing(world: World, app: App) -> None:
    said = world.requester.say(REQUEST)
    card = await world.requester.wait_for(is_card, after=said)
    small_talk = world.requester.say("/help")
    helped = await world.requester.wait_for(lambda _: True, after=small_talk)
    asked = len(world.openai.responses_requests)
    world.requester.edit(small_talk, BUSY)
    world.requester.edit(said, "/help")
    assert await settled(world) == [card, helped]
    assert len(world.openai.responses_requests) == asked
    assert "call" in labels(card)


async def test_a_strangers_edit_is_not_read(world: World, app: App) -> None:
    stranger = world.telegram.person(OTHER, "Mallory")
    said = stranger.say(BUSY)
    refusal = await stranger.wait_for(lambda _: True, after=said)
    stranger.edit(said, REQUEST)
    await settled(world)
    assert from_bot(world, stranger) == [refusal]
    assert not world.openai.responses_requests


# Reactions


def reactions(world: World, message: Message) -> list[str]:
    """What was put under a message, one after another; "" where it was taken back."""
    asked = [r.params for r in world.telegram.requested("setMessageReaction")]
    shown = [params.get("reaction") or [] for params in asked if params["message_id"] == str(message.id)]
    return [entry[0]["emoji"] if entry else "" for entry in shown]


async def test_a_request_is_seen_to_be_seen_until_it_is_planned(world: World, app: App) -> None:
    said = world.requester.say(REQUEST)
    await world.requester.wait_for(is_card, after=said)
    assert reactions(world, said) == ["👀", ""]
    [first, *_] = world.telegram.requested("setMessageReaction")
    assert first.time <= world.telegram.requested("sendMessage")[0].time


async def test_a_whisper_is_acknowledged_and_waits_for_no_planner(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    unheard = await answer_to(world, "and the weather?")
    assert unheard.text.startswith("A call is going on. To tell the agent something, reply to the live transcript.")
    world.openai.conduct.thinking_s = 15
    world.requester.say(f"/{SHORT}")
    await asyncio.sleep(HUMAN_S)
    whisper = world.requester.say("ask for a quiet table", reply_to=live)
    await asyncio.sleep(HUMAN_S)
    assert whisper.reactions == ["👍"]
    await finished(world, live)


# Text that means no good


async def a_hostile_call(world: World, person: Person) -> Message:
    """A call of which every word is hostile, to its report."""
    words = dict.fromkeys(("callee_name", "on_behalf_of", "goal", "opening", "voicemail_message"), HOSTILE)
    lists = {name: [HOSTILE * 20] * 12 for name in ("facts", "may_agree", "questions")}
    world.openai.answer_next(plan_json(callee_number="+14155550107", **(words | lists)))
    await asyncio.sleep(1.5)
    said = person.say(HOSTILE * 50)
    card = await person.wait_for(is_card, after=said)
    for label in ("Persona", "← Back", "Voice", "← Back"):
        await press(world, card, label, by=person)
        await asyncio.sleep(2)
    await place(world, card, by=person)
    report = await finished(world, card, by=person)
    await press(world, report, "Full transcript", by=person)
    await person.wait_for(lambda m: m.document, after=report)
    return report


async def test_a_call_of_which_every_word_is_hostile_is_shown_and_reported(world: World, app: App) -> None:
    person = world.telegram.person(OTHER, HOSTILE)
    await answer_to(world, f"/allow {OTHER}")
    report = await a_hostile_call(world, person)
    assert "{ $x }" in report.text
    assert HOSTILE.strip() in (await answer_to(world, "/people")).text
    assert "{ $x }" in (await answer_to(world, "/calls", by=person)).text


async def test_a_question_of_which_nothing_can_be_seen_is_no_trouble(world: World, app: App) -> None:
    nothing = [{"question": "\x00", "choices": ["\x01", " ", "yes"]}]
    world.openai.answer_next(plan_json(callee_number="", missing=nothing))
    answer = await answer_to(world, SHORT)
    assert answer.text
    assert "yes" in labels(answer)


@pytest.mark.parametrize("text", ["\x00\x00", "\u200b", "\u202e", "👨‍👩‍👧‍👦" * 300, "\n.\n" * 1000, HOSTILE * 60])
async def test_whatever_is_written_is_answered(world: World, app: App, text: str) -> None:
    assert (await answer_to(world, text)).text
