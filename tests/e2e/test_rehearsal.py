"""The rehearsal: the requester plays the callee in writing, nobody is dialled, and the card comes back."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from bot.rehearsals import IDLE_S
from bridge.rehearsal import ANSWER_S
from sandbox.mind import Reply, ToolCall
from sandbox.telegram import Message, Person
from sandbox.telegram.text import utf16_length
from sandbox.world import World
from tests.e2e.chat import (
    HUMAN_S,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    check_the_wires,
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
from tests.e2e.line import Says, all_said

BEGAN = (
    "🎬 Rehearsal: you are Trattoria Roma. Nobody is dialled. Write what they would say; press Stop to come back to "
    "the card."
)
OPENING = "🤖 Agent: Hello, this is the AI assistant of Shane. I would like to book a table for four at 7pm, please."
STOPPED = "🎬 Rehearsal stopped."
CARD_NUMBER = "4111 1111 1111 1111"
GONE = "This button has no use any more."


def is_scene(message: Message) -> bool:
    """What can be stopped: the newest line of a rehearsal."""
    return "stop the rehearsal" in labels(message)


async def begun(world: World, request: str = REQUEST) -> tuple[Message, Message]:
    """A rehearsal: its card, and the agent's opening."""
    card = await order(world, request)
    assert await press(world, card, "Rehearse") == ""
    opening = await world.requester.wait_for(lambda m: is_scene(m) and m.text.startswith("🤖"), after=card)
    return card, opening


async def line(world: World, text: str) -> Message:
    """The requester speaks as the callee; what the agent makes of it."""
    await asyncio.sleep(HUMAN_S)
    said = world.requester.say(text)
    return await world.requester.wait_for(is_scene, after=said)


async def ended(world: World, words: str) -> Message:
    """How it ended, and the card under it, the only one that can be pressed."""
    last = await shown(world, words)
    card = await world.requester.wait_for(is_card, after=last)
    await world.requester.wait_for(lambda m: m is card and len([x for x in from_bot(world) if is_card(x)]) == 1)
    assert not [message for message in from_bot(world) if is_scene(message)]
    return card


def nothing_was_dialled(world: World, folder: Path) -> None:
    assert not world.twilio.calls
    with closing(sqlite3.connect(folder / "ringback.db")) as connection:
        assert connection.execute("select * from calls").fetchall() == []
        assert connection.execute("select * from call_events").fetchall() == []


# The story


@pytest.mark.daily
async def test_a_booking_is_rehearsed_from_the_opening_to_the_end(world: World, app: App, tmp_path: Path) -> None:
    card, opening = await begun(world)
    title = next(message for message in from_bot(world) if message.id > card.id)
    assert (title.text, opening.text) == (BEGAN, OPENING)
    full = await line(world, "I am sorry, we are full at 7. I could offer you 7:45.")
    assert "7:45" in full.text
    assert full.text.startswith("🤖 Agent: ")
    await line(world, "Very good. Under what name, please?")
    await asyncio.sleep(HUMAN_S)
    world.requester.say("You are booked: 7:45, table for four, under Shane.")
    over = await shown(world, "🎬 The rehearsal is over.")
    assert "You are booked: 7:45" in over.text
    again = await ended(world, "🎬 The rehearsal is over.")
    assert again.text == card.text
    nothing_was_dialled(world, tmp_path)
    spent = (await answer_to(world, "/budget")).text
    assert re.match(r"You: \$0\.0[1-9] and 0 min today", spent), spent
    await place(world, again)
    assert "Booked: 7:45pm" in (await finished(world, again)).text


@pytest.mark.daily
async def test_nothing_of_it_rings(world: World, app: App) -> None:
    card, _ = await begun(world)
    await line(world, "Hello?")
    scene = await line(world, "We are closed on Mondays.")
    await press(world, scene, "Stop the rehearsal")
    await ended(world, STOPPED)
    later = [message for message in from_bot(world) if message.id > card.id]
    assert len(later) >= 6
    assert all(message.silent for message in later)


@pytest.mark.daily
async def test_only_its_newest_line_can_be_stopped(world: World, app: App) -> None:
    await begun(world)
    newest = await line(world, "Hello?")
    await world.requester.wait_for(lambda m: m is newest and [x for x in from_bot(world) if is_scene(x)] == [newest])


@pytest.mark.daily
async def test_who_stops_it_has_the_card_again(world: World, app: App, tmp_path: Path) -> None:
    _, opening = await begun(world)
    assert await press(world, opening, "Stop the rehearsal") == ""
    card = await ended(world, STOPPED)
    assert labels(card)[0] == "call"
    nothing_was_dialled(world, tmp_path)


@pytest.mark.daily
async def test_who_stops_it_does_not_wait_for_the_agent(world: World, app: App) -> None:
    _, opening = await begun(world)
    world.openai.slow(ANSWER_S - 1)
    await asyncio.sleep(HUMAN_S)
    world.requester.say("Hello?")
    stopped_at = asyncio.get_running_loop().time()
    await press(world, opening, "Stop the rehearsal")
    await ended(world, STOPPED)
    assert asyncio.get_running_loop().time() - stopped_at < 8


@pytest.mark.daily
async def test_who_leaves_it_alone_finds_the_card_again(world: World, app: App, tmp_path: Path) -> None:
    await begun(world)
    began = asyncio.get_running_loop().time()
    last = await world.requester.wait_for(lambda m: "left alone" in m.text, timeout=IDLE_S + 10)
    assert asyncio.get_running_loop().time() - began == pytest.approx(IDLE_S, abs=5)
    await ended(world, last.text)
    nothing_was_dialled(world, tmp_path)


async def test_the_card_can_be_changed_after_it(world: World, app: App) -> None:
    _, opening = await begun(world)
    await press(world, opening, "Stop the rehearsal")
    await ended(world, STOPPED)
    changed = await order(world, "make it for five")
    assert "5 people" in changed.text


# What the agent does


async def test_the_agent_asks_the_requester_who_taps_an_answer(world: World, app: App) -> None:
    await begun(world)
    asked = await line(world, "Seven is full. I could do 9:30pm.")
    assert asked.text.splitlines()[-1].startswith("❓ On the call I would ask you now: They offer 9:30")
    yes, no, none, stop = labels(asked)
    assert (no, none, stop) == ("no", "no answer in time", "stop the rehearsal")
    assert (await press(world, asked, yes)).casefold() == f"passed on: {yes}"
    answered = await world.requester.wait_for(is_scene, after=asked)
    assert "9:30" in answered.text
    assert labels(answered) == ["stop the rehearsal"]


async def test_the_requesters_own_answer_can_be_written(world: World, app: App) -> None:
    await begun(world)
    await line(world, "Seven is full. I could do 9:30pm.")
    answered = await line(world, "yes, take it")
    assert "9:30" in answered.text
    [connection] = world.openai.connections
    outputs = [e["item"]["output"] for e in connection.received if e.get("item", {}).get("output")]
    assert outputs == ["Shane answers: yes, take it"]


async def test_it_can_be_tried_what_happens_without_an_answer(world: World, app: App) -> None:
    await begun(world)
    asked = await line(world, "Seven is full. I could do 9:30pm.")
    assert await press(world, asked, "No answer in time") == ""
    await shown(world, "I could not reach Shane just now")
    await ended(world, "🎬 The rehearsal is over.")


async def test_an_answer_counts_once(world: World, app: App) -> None:
    await begun(world)
    asked = await line(world, "Seven is full. I could do 9:30pm.")
    data = data_of(asked, "No")
    await press(world, asked, "No")
    assert await press_data(world, asked, data) == "This question is no longer open."


@pytest.mark.parametrize("choice", ["7", "x", "-1"])
async def test_an_answer_that_was_not_offered_is_none(world: World, app: App, choice: str) -> None:
    await begun(world)
    asked = await line(world, "Seven is full. I could do 9:30pm.")
    data = data_of(asked, "No").replace("asked=1", f"asked={choice}")
    assert await press_data(world, asked, data) == "This question is no longer open."
    assert "9:30" in (await line(world, "yes, take it")).text


async def test_a_refused_answer_leaves_the_question_open(world: World, app: App) -> None:
    await begun(world)
    asked = await line(world, "Seven is full. I could do 9:30pm.")
    refused = await line(world, f"tell them {CARD_NUMBER}")
    assert refused.text == "I did not pass that on: it holds a card number. The agent neither gives nor takes those."
    assert labels(refused) == labels(asked)
    assert "9:30" in (await line(world, "yes, take it")).text
    assert "4111" not in json.dumps(world.openai.connections[0].received)


async def test_keys_for_a_menu_are_told(world: World, app: App) -> None:
    await begun(world)
    assert (await line(world, "Welcome. For reservations, press 1.")).text == "⌨️ presses 1"


async def test_a_callee_may_ask_for_a_card_number_and_not_hear_one(world: World, app: App) -> None:
    await begun(world)
    answer = await line(world, "I need a credit card number for that, please.")
    assert answer.text.startswith("🤖 Agent: ")
    refused = await line(world, f"My own is {CARD_NUMBER}.")
    assert refused.text.startswith("I did not pass that on: it holds a card number.")
    assert "4111" not in json.dumps(world.openai.connections[0].received)


class TestASilentAgent:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        hold = Reply((), (ToolCall("wait_on_hold", {}),))
        async with World(mind=Says(replies=[hold])) as world:
            yield world
            check_the_wires(world)

    async def test_waits_and_is_shown_to_wait(self, world: World, app: App) -> None:
        await begun(world)
        assert (await line(world, "One moment, please.")).text == "⏸ says nothing and waits"
        assert (await line(world, "Your call is important to us.")).text == "⏸ says nothing and waits"
        assert (await line(world, "Thank you for waiting, how can I help?")).text.startswith("🤖 Agent: ")


class TestAnEffusiveAgent:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        async with World(mind=Says(replies=[Reply(("🎺" * 1600, "🎉" * 1600, "Well?"))])) as world:
            yield world
            check_the_wires(world)

    async def test_is_heard_out_over_several_messages(self, world: World, app: App) -> None:
        await begun(world)
        last = await line(world, "Hello?")
        pages = [message for message in from_bot(world) if message.id > last.id - 2]
        assert all(utf16_length(page.text) <= 4096 for page in pages)
        assert last.text.endswith("Well?")


# What else happens meanwhile


async def test_another_request_is_no_part_of_it(world: World, app: App) -> None:
    card, _ = await begun(world)
    other = await order(world, f"/call {SHORT}")
    assert "Joe" in other.text
    assert is_card(card)
    assert (await line(world, "Hello, who is it?")).text.startswith("🤖")
    await place(world, other)
    await finished(world, other)


async def test_pressing_call_on_the_card_ends_it_and_dials(world: World, app: App) -> None:
    card, _ = await begun(world)
    call = await place(world, card)
    await shown(world, STOPPED)
    report = await finished(world, card)
    assert "Booked: 7:45pm" in report.text
    assert len([message for message in from_bot(world) if is_card(message)]) == 0
    assert "Hello, this is the AI" in all_said(call, "agent").replace("Hello,thisistheAI", "Hello, this is the AI")


async def test_cancelling_the_card_ends_it(world: World, app: App) -> None:
    card, _ = await begun(world)
    assert await press(world, card, "Cancel") == "Cancelled. Nothing was dialled."
    await shown(world, STOPPED)
    await answer_to(world, "/help")
    assert not [message for message in from_bot(world) if is_card(message) or is_scene(message)]


async def test_another_persona_ends_it_and_the_card_comes_back(world: World, app: App) -> None:
    card, _ = await begun(world)
    await press(world, card, "Voice")
    await world.requester.wait_for(lambda m: m is card and "back" in labels(m))
    await press(world, card, "ballad")
    again = await ended(world, "🎬 The card has changed, so this rehearsal is over.")
    assert "🔊 ballad" in again.text


async def test_editing_the_request_ends_it_and_shows_one_new_card(world: World, app: App) -> None:
    await begun(world)
    request = next(message for message in world.requester.chat.messages if message.sender != "bot")
    await asyncio.sleep(HUMAN_S)
    world.requester.edit(request, REQUEST.replace("four", "six"))
    await shown(world, "🎬 The card has changed, so this rehearsal is over.")
    await answer_to(world, "/help")
    [card] = [message for message in from_bot(world) if is_card(message)]
    assert "6 people" in card.text


async def test_a_reply_to_the_card_is_about_the_card(world: World, app: App) -> None:
    card, _ = await begun(world)
    changed = await answer_to(world, "make it for five", reply_to=card)
    await shown(world, "🎬 The card has changed, so this rehearsal is over.")
    await answer_to(world, "/help")
    [card] = [message for message in from_bot(world) if is_card(message)]
    assert "5 people" in card.text
    assert changed.id <= card.id


async def test_a_reply_to_a_running_call_is_whispered_to_it(world: World, app: App) -> None:
    live = await order(world, SHORT.replace("0107", "0108").replace("Joe", "Mia"))
    await place(world, live)
    await connected(world, live)
    await begun(world, f"/call {REQUEST}")
    whisper = world.requester.say("ask how she is", reply_to=live)
    await finished(world, live)
    assert whisper.reactions == ["👍"]
    assert "ask how she is" not in json.dumps(world.openai.connections[1].received)


async def test_there_is_one_at_a_time_in_a_place(world: World, app: App) -> None:
    card, _ = await begun(world)
    other = await order(world, f"/call {SHORT}")
    busy = "A rehearsal is going on in this chat. Stop it first."
    assert await press(world, card, "Rehearse") == busy
    assert await press(world, other, "Rehearse") == busy


async def test_it_can_be_begun_again(world: World, app: App) -> None:
    _, opening = await begun(world)
    await press(world, opening, "Stop the rehearsal")
    card = await ended(world, STOPPED)
    await press(world, card, "Rehearse")
    opening = await world.requester.wait_for(lambda m: m.text == OPENING, after=card)
    assert "7" in (await line(world, "At what time?")).text


async def test_the_stop_button_of_one_that_is_over_has_no_use(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True  # pressed on another phone, which still shows it: it cannot be taken away twice
    _, opening = await begun(world)
    data = data_of(opening, "Stop the rehearsal")
    await press(world, opening, "Stop the rehearsal")
    await ended(world, STOPPED)
    assert await press_data(world, opening, data) == GONE


# Trouble


async def test_a_model_that_is_lost_ends_it_with_the_card(world: World, app: App, tmp_path: Path) -> None:
    await begun(world)
    world.openai.drop(world.openai.connections[0])
    await asyncio.sleep(HUMAN_S)
    world.requester.say("Hello?")
    lost = "The rehearsal broke off: the connection to the voice model was lost. Begin again."
    assert is_card(await ended(world, lost))
    nothing_was_dialled(world, tmp_path)


async def test_a_model_that_cannot_be_reached_is_told(world: World, app: App, provoked: Provoked) -> None:
    provoked.openai = True
    world.openai.fail_next_upgrade(503, times=9)
    card = await order(world)
    await press(world, card, "Rehearse")
    await ended(world, "The rehearsal broke off: the voice model could not be reached. Try again in a minute.")


async def test_telegram_down_ends_nothing_for_good(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    _, opening = await begun(world)
    world.telegram.fail_next("sendMessage", 403)
    world.requester.say("Hello?")
    await asyncio.sleep(10)
    assert await press(world, opening, "Stop the rehearsal") == GONE
    await order(world, f"/call {REQUEST}")


async def test_a_restart_ends_it_with_the_card_and_leaves_no_trace(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True  # as above
    async with running(world, tmp_path):
        _, opening = await begun(world)
        data = data_of(opening, "Stop the rehearsal")
    broken = "The rehearsal broke off: I am being restarted. Begin again in a minute."
    card = await ended(world, broken)
    await asyncio.sleep(10)
    async with running(world, tmp_path):
        assert await press_data(world, opening, data) == GONE
        nothing_was_dialled(world, tmp_path)
        await press(world, card, "Rehearse")
        await world.requester.wait_for(lambda m: is_scene(m) and m.text == OPENING, after=card)


async def test_what_a_killed_process_left_open_has_no_use(world: World, tmp_path: Path, provoked: Provoked) -> None:
    """Its last words did not arrive."""
    provoked.telegram = True
    async with running(world, tmp_path):
        card, opening = await begun(world)
        world.telegram.fail_next("*", 403, times=100_000)
    world.telegram._faults.clear()
    assert is_scene(opening)
    async with running(world, tmp_path):
        assert await press(world, opening, "Stop the rehearsal") == GONE
        await world.requester.wait_for(lambda m: m is opening and not m.keyboard)
        await press(world, card, "Rehearse")
        await world.requester.wait_for(lambda m: is_scene(m) and m.text == OPENING, after=opening)


# In a group


@pytest.fixture
def eve(world: World) -> Person:
    return world.telegram.person(3003, "Eve")


@pytest.fixture
async def group(world: World, app: App, eve: Person) -> Group:
    await answer_to(world, "/allow 3003 caller")
    return await a_group(world, [world.requester, eve])


async def rehearsed_in(group: Group, by: Person) -> tuple[Message, Message]:
    card = await group.order(REQUEST, by=by)
    await press(group.world, card, "Rehearse", by=by)
    return card, await group.chat.wait_for(lambda m: is_scene(m) and m.text == OPENING)


async def test_in_a_group_the_requesters_replies_and_mentions_count(world: World, group: Group) -> None:
    _, opening = await rehearsed_in(group, world.requester)
    title = next(m for m in group.from_bot() if m.text.startswith("🎬"))
    assert title.text.endswith("Here in the group, answer by replying to my lines.")
    said = await group.said("At what time?", by=world.requester, reply_to=opening)
    answer = await group.chat.wait_for(is_scene, after=said)
    assert (answer.reply_to, answer.silent) == (said, True)
    await group.said("we talk among ourselves", by=world.requester)
    mention = await group.said("@ringback_bot Under what name?", by=world.requester)
    assert "Shane" in (await group.chat.wait_for(is_scene, after=mention)).text
    received = json.dumps(world.openai.connections[0].received)
    assert "among ourselves" not in received
    assert "ringback_bot" not in received


async def test_others_in_the_group_have_no_part_in_it(world: World, group: Group, eve: Person) -> None:
    _, opening = await rehearsed_in(group, world.requester)
    whose = "This is Shane’s call: only they or an admin can do that."
    assert (await group.say("At what time?", by=eve, reply_to=opening)).text == whose
    assert await press(world, opening, "Stop the rehearsal", by=eve) == whose
    other = await group.order(SHORT, by=eve)
    assert "Joe" in other.text
    assert "At what time?" not in json.dumps(world.openai.connections[0].received)


async def test_in_a_group_no_number_is_shown_in_full(world: World, group: Group) -> None:
    request = "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, name Shane"
    world.openai.answer_next(plan_json(facts=["Call back on +1 415 555 0199"], opening="Hello, I am +1 415 555 0199."))
    card = await group.order(request, by=world.requester)
    await press(world, card, "Rehearse")
    opening = await group.shown("🤖 Agent: ")
    assert "Hello, I am +• ••• ••• ••99." in opening.text
