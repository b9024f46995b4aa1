"""The main story, told once: a request, its card, the call, both sides as they speak, and the report."""

import itertools
import re

import pytest

from bot.app import App
from bridge.events import Ended, FirstAudio
from sandbox.world import World
from tests.e2e.chat import (
    Called,
    Utterance,
    called,
    finished,
    from_bot,
    labels,
    on_the_line,
    order,
    place,
    shown,
    statuses,
    tell,
    told_by,
    turns,
)

pytestmark = pytest.mark.daily


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("booked")
    return tell(lambda world: called(world, folder), folder)


# The card


@pytest.mark.parametrize(
    "part",
    [
        "Trattoria Roma",  # whom
        "+1 415-555-2671",  # number
        "Goal: Book a table for 4 people at 7pm",
        "Table for 4 people",  # facts
        "Time: 7pm",
        "Name: Shane",
        "May agree to: Any time from 7pm to 9pm",
        "Brisk professional",  # persona
        "marin",  # voice
        "Opens with: “Hello, this is the AI assistant of Shane.",
        "at most 10 min",
        "about $0.",
    ],
)
def test_the_card_tells_all_that_the_call_will_be(booked: Called, part: str) -> None:
    assert part in booked.card


def test_the_card_becomes_the_live_view_and_follows_the_call(booked: Called) -> None:
    stages = [re.sub(r" (after )?\d:\d\d| · \$\d\.\d\d", "", status) for status in statuses(booked.live)]
    assert [stage for stage, _ in itertools.groupby(stages)] == [
        "dialling…",
        "ringing…",
        "connected",
        "connected · saying goodbye",
        "ended – it ended with a goodbye",
    ]


def test_the_time_of_the_call_runs_on_the_card(booked: Called) -> None:
    shown = [re.search(r"connected 0:(\d\d)", status) for status in statuses(booked.live)]
    seconds = [int(found[1]) for found in shown if found]
    assert seconds[0] <= 1
    assert all(0 < later - sooner <= 2 for sooner, later in itertools.pairwise(seconds))


# The conversation


def test_the_transcript_is_word_for_word_what_was_said_on_the_line_and_in_that_order(booked: Called) -> None:
    said = [(utterance.party, utterance.text) for utterance in on_the_line(booked.call)]
    assert turns(booked.live.text) == said
    assert len(said) >= 8


def test_both_sides_are_seen_as_they_speak(booked: Called) -> None:
    offer = next(u for u in on_the_line(booked.call) if "7:45" in u.text)
    answered = booked.call.answered_at or 0
    first_shown = next(edit.time for edit in booked.live.edits if offer.text in edit.text)
    assert first_shown - (answered + offer.ended_ms / 1000) < 3


def test_the_agent_speaks_first_and_at_once_and_as_itself(booked: Called) -> None:
    first = on_the_line(booked.call)[0]
    assert first == Utterance("agent", first.text, 0, first.ended_ms)
    assert first.text.startswith("Hello, this is the AI assistant of Shane.")


def test_first_audio_is_on_the_line_within_50_ms_of_the_stream(booked: Called) -> None:
    [first] = [event for event in booked.events if isinstance(event, FirstAudio)]
    assert first.after_ms <= 50


def test_nobody_talks_over_the_other(booked: Called) -> None:
    assert all(a.ended_ms < b.began_ms for a, b in itertools.pairwise(on_the_line(booked.call)))


def test_nobody_waits_long_for_an_answer(booked: Called) -> None:
    pauses = [b.began_ms - a.ended_ms for a, b in itertools.pairwise(on_the_line(booked.call)) if b.party == "agent"]
    assert max(pauses) < 1200


# The report


def test_the_report_says_first_what_was_booked(booked: Called) -> None:
    headline = booked.report.text.splitlines()[0]
    assert "Booked" in headline
    assert "7:45" in headline
    assert "Shane" in headline
    assert "table for 4" in headline


def test_the_facts_of_the_line_are_the_lines_own(booked: Called) -> None:
    [ended] = [event for event in booked.events if isinstance(event, Ended)]
    talked_s = (booked.call.ended_at or 0) - (booked.call.answered_at or 0)
    assert ended.ending.talk_s == pytest.approx(talked_s, abs=0.1)
    assert booked.end == (
        f"Trattoria Roma · 0:{round(ended.ending.talk_s):02d} on the phone · it ended with a goodbye · "
        f"cost about ${ended.ending.cost_usd:.2f}"
    )


def test_the_report_rings_and_the_live_view_does_not(booked: Called) -> None:
    sent = from_bot(booked.world)
    assert sent[:2] == [booked.live, booked.report]
    assert not booked.report.silent
    assert all(message.silent for message in sent[2:])
    assert not booked.report.edits


def test_the_report_offers_another_call_and_the_transcript(booked: Called) -> None:
    assert labels(booked.report) == ["1", "call again", "full transcript", "save contact", "add to calendar"]
    assert labels(booked.live) == []


# Other words


@pytest.mark.parametrize(
    ("request_", "booked_for"),
    [
        ("call Osteria on +1 415 555 2671 and book a table for two at 8pm, name Anna", ("8pm", "2", "Anna")),
        (
            "please ring Trattoria Roma, +14155552671: a table for 6 at 7pm under Lindqvist, 7pm to 9pm works",
            ("7:45", "6", "Lindqvist"),
        ),
    ],
)
async def test_other_names_times_and_sizes_are_booked_as_well(
    world: World, app: App, request_: str, booked_for: tuple[str, ...]
) -> None:
    card = await order(world, request_)
    await place(world, card)
    report = await finished(world, card)
    headline = report.text.splitlines()[0]
    assert headline.startswith("✅ Booked")
    assert all(part in headline for part in booked_for)


async def test_the_answer_to_a_question_is_in_the_report(world: World, app: App) -> None:
    card = await order(
        world,
        "call Osteria on +1 415 555 2671, book a table for two at 8pm, name Anna, and ask whether there is parking",
    )
    assert "Will ask: Whether there is parking" in card.text
    await place(world, card)
    report = await finished(world, card)
    assert "• Whether there is parking – Yes, there is parking behind the house." in report.text


async def test_a_voice_and_a_language_that_the_request_names_are_those_of_the_call(world: World, app: App) -> None:
    card = await order(world, "call Mia on +1 415 555 0108 and ask whether she is coming, use the verse voice")
    assert "Warm friend · 🔊 verse" in card.text.replace("🎭 ", "")
    await place(world, card)
    await shown(world, "connected")
    session = world.openai.connections[0].session
    assert session["audio"]["output"]["voice"] == "verse"
    assert told_by(turns(card.text), "agent")
    await finished(world, card)
