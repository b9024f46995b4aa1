"""The figures once more on a real clock: what the virtual one cannot see is the time that our own work takes."""

import asyncio
import statistics
from pathlib import Path

import pytest

from bridge.events import BargedIn, FirstAudio
from sandbox.line import Pickup
from sandbox.scenario import Rule
from sandbox.world import World
from tests.e2e.chat import Called, is_card, is_report, journal_of, plan_json, running
from tests.e2e.line import (
    RESPONSE,
    SPEECH_STARTED,
    TRUNCATE,
    WORDS_KNOWN,
    Says,
    answered_by,
    clears_noted,
    first_after,
    measured,
    of_kind,
    somebody,
    told_by_model,
    told_to_model,
)

LONG = "We would be three people, and we would like to come at eight, if that is possible."
HASTY = somebody(
    Rule(state="start", say="Yes?", goto="listening"),
    Rule(state="listening", interrupt_after_ms=500, say="No.", times=3),
    Rule(state="listening", interrupt_after_ms=2500, hang_up=True),
    greeting="",
    gives_way=False,
    pickup=Pickup("answer", after_s=0.6),
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Called, list[float]]:
    """A short call whose callee breaks in three times."""
    folder = tmp_path_factory.mktemp("real")
    with clears_noted() as cleared, asyncio.Runner() as runner:
        call = runner.run(_story(folder))
    return call, cleared


async def _story(folder: Path) -> Called:
    async with World(answerer=answered_by(HASTY), mind=Says([LONG] * 4)) as world:
        async with running(world, folder):
            world.openai.answer_next(plan_json(callee_number="+14155550134", opening="The AI of Shane here."))
            said = world.requester.say("call the bistro")
            live = await world.requester.wait_for(is_card, after=said)
            await world.requester.press(live, "Call").answered
            report = await world.requester.wait_for(is_report, after=live)
            [call] = world.twilio.calls.values()
        return Called(world, "", live, report, call, await journal_of(folder))


def test_the_first_word_on_a_real_clock(real: tuple[Called, list[float]]) -> None:
    measured("stream's start to our first audio", of_kind(real[0].events, FirstAudio)[0].after_ms, most_ms=50)


def test_barge_in_on_a_real_clock(real: tuple[Called, list[float]]) -> None:
    call, cleared = real
    answered_at = call.call.answered_at or 0.0
    started = told_by_model(call.world, call.call, SPEECH_STARTED)
    took = [(at - answered_at - max(f.at for f in started if f.at <= at - answered_at)) * 1000 for at in cleared]
    assert len(of_kind(call.events, BargedIn)) >= 3
    # The middle one: a machine that is busy with other things delays one or the other.
    measured(f"speech_started to clear, the middle of {len(took)}", statistics.median(took), most_ms=20)


def test_yielding_on_a_real_clock(real: tuple[Called, list[float]]) -> None:
    call, _ = real
    known = [f for f in told_by_model(call.world, call.call, WORDS_KNOWN) if f.event["transcript"] == "No."]
    yielded = told_to_model(call.world, call.call, TRUNCATE, RESPONSE)
    took = [(first_after(yielded, f.at).at - f.at) * 1000 for f in known if any(y.at >= f.at for y in yielded)]
    measured(f"words known to yielding, the middle of {len(took)}", statistics.median(took), most_ms=300)
