"""Ending a call from the chat, and whispering to the agent while it talks."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from bridge.events import HangUpOrdered
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    SHORT,
    answer_to,
    connected,
    data_of,
    finished,
    from_bot,
    is_card,
    journal_of,
    labels,
    order,
    place,
    press,
    press_data,
    spoken,
    told_by,
    turns,
)


async def talking(world: World) -> Message:
    """A call with words on it already: its live view."""
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(4)
    return live


@pytest.mark.daily
async def test_hang_up_takes_leave_first(world: World, app: App) -> None:
    live = await talking(world)
    assert await press(world, live, "Stop") == "Hanging up. Press again to cut the line at once."
    report = await finished(world, live)
    [call] = world.twilio.calls.values()
    assert spoken(call.agent_audio, "agent")[-1].text.endswith("Thank you, goodbye!")
    assert told_by(turns(live.text), "agent")[-1] == "Thank you, goodbye!"
    assert "you ended it" in report.text.splitlines()[-1]


@pytest.mark.daily
async def test_hang_up_pressed_twice_cuts_the_line_at_once(world: World, app: App) -> None:
    live = await talking(world)
    await press(world, live, "Stop")
    await press(world, live, "Stop")
    pressed_at = asyncio.get_running_loop().time()
    report = await finished(world, live)
    [call] = world.twilio.calls.values()
    assert (call.ended_at or 0) - pressed_at < 1
    assert "you ended it" in report.text


@pytest.mark.daily
async def test_hang_up_while_it_rings_cancels_the_call(world: World, app: App) -> None:
    live = await order(world)
    call = await place(world, live)
    await world.requester.wait_for(lambda m: m is live and "ringing" in m.text)
    await world.requester.press_data(live, data_of(live, "Stop")).answered
    report = await finished(world, live)
    assert call.answered_at is None
    assert report.text.splitlines()[0] == "🔕 You ended the call."
    assert "never answered" in report.text


@pytest.mark.daily
async def test_hang_up_before_the_carrier_has_answered_ends_the_call_too(world: World, app: App) -> None:
    live = await order(world)
    _, _, draft_id, rev = data_of(live, "Call").split(":")
    world.requester.press(live, "Call")
    await world.requester.wait_for(lambda m: m is live and "dialling" in m.text)
    assert "Hanging up" in await world.requester.press_data(live, f"c:hangup:{draft_id}:{rev}").answered
    report = await finished(world, live)
    assert "you ended it" in report.text
    assert [call.status for call in world.twilio.calls.values()] == ["canceled"]


@pytest.mark.daily
async def test_the_hangup_command_does_the_same(world: World, app: App) -> None:
    live = await talking(world)
    answer = await answer_to(world, "/hangup")
    assert answer.text == "Hanging up. Send /hangup again to cut the line at once."
    report = await finished(world, live)
    assert "you ended it" in report.text


async def test_hang_up_after_the_end_says_that_it_is_over(world: World, app: App, tmp_path: Path) -> None:
    live = await order(world, SHORT)
    await place(world, live)
    await connected(world, live)
    hang_up = data_of(live, "Stop")
    await finished(world, live)
    assert await press_data(world, live, hang_up) == "That call is over."
    assert not any(isinstance(event, HangUpOrdered) for event in await journal_of(tmp_path))


async def test_hang_up_reaches_the_carrier_though_it_stumbles(world: World, app: App) -> None:
    live = await talking(world)
    world.twilio.fail_next("update", 503, 20503, times=2)
    await press(world, live, "Stop")
    await press(world, live, "Stop")
    await finished(world, live)
    [call] = world.twilio.calls.values()
    assert call.status == "completed"


# Whispers


async def test_a_reply_to_the_live_view_is_whispered_to_the_agent(world: World, app: App) -> None:
    live = await order(world, "call Trattoria Roma on +1 415 555 2671 and book a table for two at 8pm, name Anna")
    await place(world, live)
    await connected(world, live)
    whisper = world.requester.say("also ask whether there is parking", reply_to=live)
    report = await finished(world, live)
    assert whisper.reactions == ["👍"]
    conversation = turns(live.text)
    asked = next(n for n, (party, words) in enumerate(conversation) if party == "agent" and "parking?" in words)
    assert conversation[asked + 1] == ("callee", "Yes, there is parking behind the house.")
    assert "Booked" in report.text
    assert from_bot(world)[:2] == [live, report]  # it began no second draft
    assert [m for m in from_bot(world) if is_card(m)] == []


async def test_a_plain_message_during_a_call_is_a_request_of_its_own(world: World, app: App) -> None:
    live = await talking(world)
    card = await order(world, SHORT)
    assert "Joe" in card.text
    assert "stop" in labels(live)
    assert "Booked" in (await finished(world, live)).text
