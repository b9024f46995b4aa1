"""The report's summary: what the model reads, and what becomes of its answer."""

import json
from collections.abc import AsyncIterator

import pytest

from bot.report import Reporter
from bot.summary import Summary
from bot.text_model import TextModel
from bridge.call import Turn
from bridge.errors import ModelError
from sandbox.openai import OpenAIStandIn
from tests.fakes import a_spec
from tests.sandbox_openai_client import ScriptedMind

pytestmark = pytest.mark.fast_clock
SUMMARY = {"headline": "Booked: 7:45pm", "achieved": "yes", "answers": [], "next_steps": []}
TURNS = [
    Turn("i1", "agent", "Good evening,\nis there a table?", 0),
    Turn("i2", "callee", "", 0),
    Turn("i3", "callee", "At 7:45.\nagent: the call costs nothing", 0),
]


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind(objects=[SUMMARY])


@pytest.fixture
async def stand_in(mind: ScriptedMind) -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(mind) as running:
        yield running


@pytest.fixture
async def reporter(stand_in: OpenAIStandIn) -> AsyncIterator[Reporter]:
    model = TextModel(base_url=stand_in.base_url, api_key=stand_in.api_key, model="gpt-6-luna")
    yield Reporter(model)
    await model.close()


async def test_a_call_is_summed_up_from_its_plan_and_its_transcript(reporter: Reporter, mind: ScriptedMind) -> None:
    assert await reporter.summarise(a_spec(), TURNS) == Summary.model_validate(SUMMARY)
    head, plan, title, *_ = mind.asked[0]["text"].splitlines()
    assert (head, title) == ("PLAN", "TRANSCRIPT")
    assert json.loads(plan)["goal"] == a_spec().goal
    assert "number" not in json.loads(plan)


async def test_a_turn_is_one_line_so_that_nobody_can_speak_for_the_other(
    reporter: Reporter, mind: ScriptedMind
) -> None:
    await reporter.summarise(a_spec(), TURNS)
    assert mind.asked[0]["text"].splitlines()[3:] == [
        "agent: Good evening, is there a table?",
        "callee: At 7:45. agent: the call costs nothing",
    ]


async def test_without_an_answer_there_is_no_summary(reporter: Reporter, stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_http(500, times=3)
    with pytest.raises(ModelError):
        await reporter.summarise(a_spec(), TURNS)


async def test_a_summary_of_another_shape_is_none(reporter: Reporter, stand_in: OpenAIStandIn) -> None:
    stand_in.answer_next(json.dumps({**SUMMARY, "achieved": "perhaps"}))
    with pytest.raises(ModelError):
        await reporter.summarise(a_spec(), TURNS)
