"""Losing the model in the middle of a call: another takes over, and the callee hears at most a short "sorry"."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import App
from bridge.events import Ended, ModelResumed, ModelTrouble
from sandbox.openai.realtime import RealtimeConnection
from sandbox.telegram import Message
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import (
    Provoked,
    connected,
    finished,
    journal_of,
    labels,
    order,
    place,
    told_by,
    turns,
)
from tests.e2e.line import at_of, measured, of_kind, said_by

Lose = Callable[[RealtimeConnection], None]
APOLOGY = "I am sorry, there is a technical problem on my side. Goodbye."


def _drop(connection: RealtimeConnection) -> None:
    connection.drop()


def _fail(connection: RealtimeConnection) -> None:
    connection.close(1011, "")


def _expire(connection: RealtimeConnection) -> None:
    connection.expire()


async def lost_after(world: World, seconds: float, *loses: Lose, every_s: float = 3.0) -> tuple[Message, StandInCall]:
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    await asyncio.sleep(seconds)
    for lose in loses:
        lose(world.openai.connections[-1])
        await asyncio.sleep(every_s)
    return live, call


@pytest.mark.parametrize(
    ("seconds", "lose"),
    [
        pytest.param(2.0, _drop, id="over the opening, 1006"),
        pytest.param(7.0, _drop, id="while the callee speaks, 1006"),
        pytest.param(11.8, _drop, id="as a reply begins, 1006"),
        pytest.param(14.5, _drop, id="while the agent speaks, 1006"),
        pytest.param(7.0, _fail, id="while the callee speaks, 1011"),
        pytest.param(14.5, _fail, id="while the agent speaks, 1011"),
        pytest.param(7.0, _expire, id="while the callee speaks, 1001 after session_expired"),
        pytest.param(14.5, _expire, id="while the agent speaks, 1001 after session_expired"),
    ],
)
async def test_a_lost_session_is_made_good_and_nothing_is_said_twice(
    world: World, app: App, tmp_path: Path, provoked: Provoked, seconds: float, lose: Lose
) -> None:
    live, call = await lost_after(world, seconds, lose)
    report = await finished(world, live)
    events = await journal_of(tmp_path)
    assert report.text.startswith("✅ Booked: 7:45pm, table for 4, under Shane.")
    assert len(world.openai.connections) == 2
    [lost_ms], [back_ms] = at_of(events, ModelTrouble)[:1], at_of(events, ModelResumed)
    measured("the session's loss to the new one", back_ms - lost_ms, most_ms=1000)
    said = told_by(turns(live.text), "agent")
    sorry = [words for words in said if words.startswith("Sorry, one moment")]
    assert len(sorry) <= 1
    assert len(set(said)) == len(said)
    heard = [u.text for u in said_by(call, "agent")]
    assert len(set(heard)) == len(heard)
    assert heard[0] == "Hello, this is the AI assistant of Shane. I would like to book a table for four at 7pm, please."


@pytest.mark.daily
async def test_the_new_session_is_told_the_turns_so_far_and_the_same_prompt(world: World, app: App) -> None:
    live, _ = await lost_after(world, 12.0, _drop)
    await finished(world, live)
    before, after = world.openai.connections
    told = [
        next(event for event in connection.received if event["type"] == "session.update")["session"]
        for connection in (before, after)
    ]
    assert told[0] == told[1]
    seeded = [
        (event["item"]["role"], event["item"]["content"][0]["text"])
        for event in after.received
        if event["type"] == "conversation.item.create" and event["item"].get("role") in ("assistant", "user")
    ]
    shown = [("assistant" if party == "agent" else "user", words) for party, words in turns(live.text)]
    assert len(seeded) >= 2
    assert seeded == shown[: len(seeded)]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(_drop, id="1006"),
        pytest.param(_fail, id="1011"),
    ],
)
async def test_three_losses_in_a_minute_end_the_call_with_an_apology_that_the_callee_hears(
    world: World, app: App, tmp_path: Path, lose: Lose
) -> None:
    live, call = await lost_after(world, 7.0, lose, lose, lose)
    report = await finished(world, live)
    events = await journal_of(tmp_path)
    assert len(world.openai.connections) == 3
    assert len(of_kind(events, ModelTrouble)) == 3
    heard = said_by(call, "agent")
    assert APOLOGY[:-2] in heard[-1].text  # Twilio's own voice, none of ours is left; the line may cut its last breath
    talk_ms = of_kind(events, Ended)[0].ending.talk_s * 1000
    measured("the apology's end to the end of the call", talk_ms - heard[-1].ended_ms, most_ms=1000)
    assert len([words for words in (u.text for u in heard) if "orry, one moment" in words]) <= 1
    assert "the voice model was lost" in report.text.splitlines()[-1]
    assert "✅" not in report.text
    assert "call again" in labels(report)


async def test_three_responses_that_fail_end_the_call_with_an_apology_too(
    world: World, app: App, tmp_path: Path
) -> None:
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    world.openai.fail_next_response(times=3)
    report = await finished(world, live)
    assert APOLOGY[:-2] in said_by(call, "agent")[-1].text
    assert "the voice model was lost" in report.text.splitlines()[-1]
    assert len(of_kind(await journal_of(tmp_path), ModelTrouble)) == 3
