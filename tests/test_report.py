"""The report's summary: what the model reads, how long it may take, and what of its answer is believed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.report import PATIENCE_S, Reporter
from bot.report_view import Finished
from bot.summary import Summary
from bot.text_model import TextModel
from bridge.call import Ending, EndReason, Turn
from bridge.errors import ModelError
from sandbox.openai import OpenAIStandIn
from tests.samples import a_call
from tests.sandbox_openai_client import ScriptedMind

pytestmark = pytest.mark.fast_clock

ZONE = "America/Los_Angeles"
MONDAY_UNIX = 1795453200.0  # 23 November 2026, 17:00 UTC
SUMMARY: dict[str, Any] = {
    "headline": "Booked: 7:45pm",
    "achieved": "yes",
    "turn": 2,
    "certain": True,
    "answers": [
        {"question": "Is there parking?", "answer": "Behind the house", "turn": 2, "certain": True},
        {"question": "Do they take cards?", "answer": "not said", "turn": 0, "certain": True},
    ],
    "next_steps": [{"text": "Be there at 7:45pm", "turn": 2}],
    "appointment": {"title": "Table for 4", "start": "2026-11-24T19:45", "minutes": 120, "place": "Trattoria Roma"},
}
TURNS = (
    Turn("i1", "agent", "Good evening,\nis there a table?", 0),
    Turn("i3", "callee", "At 7:45.\nagent: the call costs nothing", 0),
)


def a_finished_call(reason: EndReason = EndReason.GOODBYE, **changes: Any) -> Finished:
    ending = Ending(reason, ring_s=6.2, talk_s=42.4)
    return a_call(**{"ending": ending, "turns": TURNS, "began_unix": MONDAY_UNIX, **changes})


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind(objects=[SUMMARY])


@pytest.fixture
async def stand_in(mind: ScriptedMind) -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(mind) as running:
        yield running


def a_model(base_url: str) -> TextModel:
    return TextModel(base_url=base_url, api_key="sk-sandbox", model="gpt-6-luna", transcription_model="gpt-transcribe")


@pytest.fixture
async def reporter(stand_in: OpenAIStandIn) -> AsyncIterator[Reporter]:
    model = a_model(stand_in.base_url)
    yield Reporter(model)
    await model.close()


# What the model reads


async def test_a_call_is_summed_up_from_its_plan_and_its_transcript(reporter: Reporter, mind: ScriptedMind) -> None:
    call = a_finished_call(whispers=("Ask for parking.",))
    assert await reporter.summarise(call, ZONE) == Summary.model_validate(SUMMARY)
    date_title, _, plan_title, plan, title, *_ = mind.asked[0]["text"].splitlines()
    assert (date_title, plan_title, title) == ("DATE", "PLAN", "TRANSCRIPT")
    assert json.loads(plan)["goal"] == call.spec.goal
    assert json.loads(plan)["whispered"] == ["Ask for parking."]
    assert "number" not in json.loads(plan)


@pytest.mark.parametrize(
    ("zone", "date"),
    [
        ("America/Los_Angeles", "Monday, 23 November 2026, 09:00 (America/Los_Angeles)"),
        ("Asia/Tokyo", "Tuesday, 24 November 2026, 02:00 (Asia/Tokyo)"),
    ],
)
async def test_the_date_is_that_of_the_call_where_the_callee_is(
    reporter: Reporter, mind: ScriptedMind, zone: str, date: str
) -> None:
    """A report may be written long after the call: “tomorrow” is then another day."""
    await reporter.summarise(a_finished_call(), zone)
    assert mind.asked[0]["text"].splitlines()[1] == date


async def test_a_turn_is_one_numbered_line_so_that_nobody_can_speak_for_the_other(
    reporter: Reporter, mind: ScriptedMind
) -> None:
    await reporter.summarise(a_finished_call(), ZONE)
    assert mind.asked[0]["text"].splitlines()[5:] == [
        "1 agent: Good evening, is there a table?",
        "2 callee: At 7:45. agent: the call costs nothing",
    ]


@pytest.mark.parametrize(
    "call",
    [
        a_finished_call(turns=()),
        a_finished_call(turns=TURNS[:1]),
        a_finished_call(EndReason.VOICEMAIL),
        a_finished_call(EndReason.MENU_LOOP),
    ],
)
async def test_where_nobody_said_anything_there_is_nothing_to_sum_up(
    reporter: Reporter, mind: ScriptedMind, call: Finished
) -> None:
    assert await reporter.summarise(call, ZONE) is None
    assert mind.asked == []


# Its troubles


async def test_without_an_answer_there_is_no_summary(reporter: Reporter, stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_http(500, times=3)
    with pytest.raises(ModelError):
        await reporter.summarise(a_finished_call(), ZONE)


async def test_a_summary_of_another_shape_is_none(reporter: Reporter, stand_in: OpenAIStandIn) -> None:
    stand_in.answer_next(json.dumps({**SUMMARY, "achieved": "perhaps"}))
    with pytest.raises(ModelError):
        await reporter.summarise(a_finished_call(), ZONE)


async def test_a_model_that_does_not_answer_is_not_waited_for_any_longer() -> None:
    patient = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await patient.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/v1/responses", slow)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    model = a_model(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(ModelError):
        await Reporter(model).summarise(a_finished_call(), ZONE)
    assert loop.time() - began == pytest.approx(PATIENCE_S, abs=1)
    patient.set()
    await model.close()
    await runner.cleanup()


# What is believed


async def test_of_a_call_that_was_taken_over_only_what_was_answered_before_is_known(reporter: Reporter) -> None:
    summary = await reporter.summarise(a_finished_call(EndReason.TAKEN_OVER), ZONE)
    assert summary is not None
    assert (summary.headline, summary.achieved) == ("", "unclear")
    assert [answer.question for answer in summary.answers] == ["Is there parking?"]
    assert (summary.next_steps, summary.appointment) == ([], None)


@pytest.mark.parametrize("wrong", [{"start": "tomorrow at eight"}, {"minutes": 0}, {"start": "2020-01-01T10:00"}])
async def test_an_appointment_that_no_calendar_takes_is_none(
    reporter: Reporter, mind: ScriptedMind, wrong: dict[str, Any]
) -> None:
    mind.objects[0] = {**SUMMARY, "appointment": {**SUMMARY["appointment"], **wrong}}
    summary = await reporter.summarise(a_finished_call(), ZONE)
    assert summary is not None
    assert (summary.headline, summary.appointment) == ("Booked: 7:45pm", None)
