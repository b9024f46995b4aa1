"""A call outlives its stream: what the model hears of the time in which there is none, on the sandbox."""

import asyncio
import base64
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bridge.call import EndReason
from bridge.events import TurnChanged
from bridge.live_call import Call
from sandbox.openai.realtime import RealtimeConnection
from sandbox.scenario import Rule
from tests.processes import Machine, told
from tests.test_carried_over import Carried, begun, callee, ended

LONG = "Well, tonight we have a table by the window at half past seven, and another one in the garden at eight."
SPEAKER = (
    Rule(state="start", when=(r".",), say=LONG, goto="told"),
    Rule(state="told", when=(r".",), say="That is fine, goodbye!", hang_up=True),
)


async def into_the_callees_sentence(call: Call) -> None:
    async for happened in call.events():
        if isinstance(happened, TurnChanged) and happened.turn.final:  # the opening
            break
    await asyncio.sleep(2.0)


async def cut(ground: Machine) -> tuple[Carried, RealtimeConnection]:
    process, call = await begun(ground, into_the_callees_sentence)
    placed = ground.calls[0]
    ground.world.twilio.drop_stream(placed.sid)
    events = await ended(process, call)
    await process.stopped()
    [model] = ground.world.openai.connections
    return Carried(events, 0, [], placed, len(ground.calls), 1), model


@cache
def a_cut_sentence() -> tuple[Carried, RealtimeConnection]:
    with TemporaryDirectory() as folder:
        return told(Path(folder), cut, **callee(*SPEAKER))


def appended(model: RealtimeConnection) -> list[tuple[float, int]]:
    """What was heard: when it came, and how many milliseconds of it."""
    return [
        (at, len(base64.b64decode(event["audio"])) // 8)
        for at, event in zip(model.received_at, model.received, strict=True)
        if event["type"] == "input_audio_buffer.append"
    ]


def test_the_models_clock_does_not_stand_still_while_there_is_no_stream() -> None:
    _, model = a_cut_sentence()
    heard = appended(model)
    gaps = [ms for _, ms in heard if ms > 20]
    assert len(gaps) == 1
    assert gaps[0] >= 900
    lasted_s = heard[-1][0] - heard[0][0]
    assert sum(ms for _, ms in heard) / 1000 == pytest.approx(lasted_s, abs=0.1)


def test_a_sentence_that_is_cut_by_the_end_of_a_stream_is_two_and_not_one_of_two_half_words() -> None:
    call, _ = a_cut_sentence()
    said = [turn.text for turn in call.turns if turn.party == "callee"]
    parts = [text for text in said if text in LONG]
    assert len(parts) == 2, said
    assert LONG.startswith(parts[0])
    assert LONG.endswith(parts[1])


def test_what_was_said_is_answered_and_the_talk_goes_on() -> None:
    call, model = a_cut_sentence()
    assert call.reason is EndReason.GOODBYE
    assert any(turn.text.startswith("That is fine") for turn in call.turns)
    assert model.rejected == []
    assert [turn.started_ms for turn in call.turns] == sorted(turn.started_ms for turn in call.turns)
