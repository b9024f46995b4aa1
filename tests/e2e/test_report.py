"""The report: that it always arrives, once, with the facts, whatever the reporting model does."""

import msgspec
import pytest

from bot.app import App
from sandbox.telegram import Message
from sandbox.telegram.text import utf16_length
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    SHORT,
    answer_to,
    connected,
    finished,
    from_bot,
    is_report,
    labels,
    on_the_line,
    order,
    place,
    press,
    turns,
)

FRIEND = "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday"


async def talking(world: World, request: str = FRIEND) -> Message:
    live = await order(world, request)
    await place(world, live)
    await connected(world, live)
    return live


def summary_json(**changes: object) -> str:
    summary = {"headline": "Mia comes.", "achieved": "yes", "answers": [], "next_steps": []}
    return msgspec.json.encode(summary | changes).decode()


def facts_are_told(report: Message) -> None:
    assert "Mia · 0:" in report.text
    assert "on the phone · it ended with a goodbye · cost about $0." in report.text
    assert labels(report) == ["call again", "full transcript"]


@pytest.mark.parametrize("status", [500, 401])
async def test_without_the_reporting_model_the_facts_still_arrive(world: World, app: App, status: int) -> None:
    live = await talking(world)
    world.openai.fail_next_http(status, times=3)
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")
    facts_are_told(report)


@pytest.mark.parametrize(
    "nonsense",
    ["", summary_json(achieved="perhaps"), "[" * 500],
)
async def test_nonsense_from_the_reporting_model_does_not_keep_the_facts_back(
    world: World, app: App, nonsense: str
) -> None:
    live = await talking(world)
    world.openai.answer_next(nonsense)
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")
    facts_are_told(report)


async def test_a_refusal_of_the_reporting_model_does_not_keep_the_facts_back(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next("I cannot help with that.", refusal=True)
    facts_are_told(await finished(world, live))


async def test_the_agents_own_note_stands_in_for_the_summary(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.fail_next_http(500, times=3)
    report = await finished(world, live)
    assert "The agent's own note: " in report.text


async def test_a_summary_of_monstrous_size_is_a_report_all_the_same(world: World, app: App) -> None:
    live = await talking(world)
    answers = [{"question": "Why? " * 200, "answer": "𝔹ecause " * 200}] * 30
    world.openai.answer_next(summary_json(headline="H" * 5000, answers=answers, next_steps=["step " * 300] * 30))
    report = await finished(world, live)
    assert utf16_length(report.text) <= 4096
    facts_are_told(report)


async def test_what_the_model_says_of_the_line_does_not_count(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next(summary_json(headline="Booked.", next_steps=["It took 3 hours and cost $900."]))
    report = await finished(world, live)
    facts_are_told(report)


async def test_an_empty_headline_is_made_up_for(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next(summary_json(headline="  "))
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")


# Its buttons


async def test_the_full_transcript_is_a_text_file_with_every_word(world: World, app: App) -> None:
    live = await talking(world)
    report = await finished(world, live)
    assert await press(world, report, "Full transcript") == ""
    sent = await world.requester.wait_for(lambda m: m.document)
    assert sent.document is not None
    assert (sent.document.name, sent.document.mime_type) == ("transcript.txt", "text/plain")
    text = sent.document.data.decode()
    [call] = world.twilio.calls.values()
    assert [line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("[")] == [
        utterance.text for utterance in on_the_line(call)
    ]
    assert text.startswith("Mia, +1 415-555-0108\nGoal: Ask Mia whether she is coming on Saturday.\n")
    assert sent.reply_to is report


async def test_an_interruption_is_marked_in_the_transcript(world: World, app: App) -> None:
    live = await talking(world, SHORT)
    report = await finished(world, live)
    await press(world, report, "Full transcript")
    sent = await world.requester.wait_for(lambda m: m.document)
    assert sent.document is not None
    assert "Agent: Hello, this is the AI [interrupted]" in sent.document.data.decode()


async def test_calls_lists_how_each_call_went(world: World, app: App) -> None:
    live = await talking(world)
    assert "Mia – going on now" in (await answer_to(world, "/calls")).text
    await finished(world, live)
    busy = await order(world, BUSY)
    await place(world, busy)
    await finished(world, busy)
    rows = (await answer_to(world, "/calls")).text.splitlines()
    assert rows[0] == "Calls"
    assert "Luigi – the line was busy, $0.0" in rows[1]
    assert "Mia – 0:" in rows[2]
    assert "it ended with a goodbye, $0.0" in rows[2]


async def test_there_is_one_report_for_each_call_and_it_answers_its_live_view(world: World, app: App) -> None:
    live = await talking(world)
    report = await finished(world, live)
    assert [message for message in from_bot(world) if is_report(message)] == [report]
    assert report.reply_to is live
    assert turns(live.text)
