"""The first word: it is made before anybody picks up, heard as the line opens, and said once."""

from pathlib import Path

import pytest

from bridge.events import Detected, Ended, FirstAudio
from sandbox.world import World
from tests.e2e.chat import Called, called, spoken, tell, turns
from tests.e2e.line import (
    BOOKING,
    RESPONSE,
    answered_by,
    at_of,
    first_sound_ms,
    happened,
    measured,
    of_kind,
    said_by,
    somebody,
    told_by_model,
    told_to_model,
)

OPENING = "Hello, this is the AI assistant of Anna. I would like to book a table for three at 8pm, please."
PATIENT = "call Dr Klein, the dentist, on {number} and book an appointment on Tuesday morning, name Shane"


def first_word(called_: Called) -> None:
    """From Twilio's `start` to our first audio: by the journal, and by what the callee's ear had."""
    [first] = of_kind(called_.events, FirstAudio)
    measured("stream's start to our first audio, by the journal", first.after_ms, most_ms=50)
    started = happened(called_.call, "stream")[0]
    measured("stream's start to our first sound on the line", first_sound_ms(called_.call) - started * 1000, most_ms=50)


@pytest.fixture(scope="module")
def simultaneous(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("simultaneous")
    return tell(lambda world: called(world, folder, f"call Bar Uno on +1 415 555 0124 {BOOKING}"), folder)


@pytest.mark.daily
def test_the_opening_is_made_before_anybody_picks_up(simultaneous: Called) -> None:
    made = told_by_model(simultaneous.world, simultaneous.call, "response.done")[0]
    print(f"  the opening was ready {-made.at * 1000:.0f} ms before the answer")  # noqa: T201 - to be read, with -s
    assert made.at < 0


@pytest.mark.daily
def test_the_opening_is_heard_as_the_line_opens(simultaneous: Called) -> None:
    first_word(simultaneous)


@pytest.mark.daily
def test_the_opening_is_the_cards_line_and_nothing_else(simultaneous: Called) -> None:
    assert f"“{OPENING}”" in simultaneous.card
    assert said_by(simultaneous.call, "agent")[0].text == OPENING
    asked = told_to_model(simultaneous.world, simultaneous.call, RESPONSE)[0].event["response"]
    assert f"<<{OPENING}>>" in asked["instructions"]
    assert asked["tool_choice"] == "none"


@pytest.mark.daily
def test_a_hello_at_the_same_moment_neither_swallows_it_nor_is_greeted_again(simultaneous: Called) -> None:
    hello = said_by(simultaneous.call, "callee")[0]
    opening = said_by(simultaneous.call, "agent")[0]
    assert hello.text == "Hello?"
    assert hello.began_ms < opening.ended_ms  # they did speak at once
    openings = [u for u in said_by(simultaneous.call, "agent") if u.text.startswith("Hello")]
    assert len(openings) == 1
    asked = told_to_model(simultaneous.world, simultaneous.call, RESPONSE)
    assert len([frame for frame in asked if frame.at * 1000 < opening.ended_ms]) == 1


@pytest.mark.daily
def test_detection_of_machines_does_not_delay_it(simultaneous: Called) -> None:
    assert at_of(simultaneous.events, FirstAudio)[0] < at_of(simultaneous.events, Detected)[0]


@pytest.mark.daily
async def test_an_opening_that_nobody_hears_costs_its_making_and_no_more(
    world: World, app: object, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, f"call Luigi on +1 415 555 0103 {BOOKING}")
    usage = of_kind(call.events, Ended)[0].ending.usage
    made = told_by_model(world, call.call, "response.done")
    assert len(made) == 1
    spent = made[0].event["response"]["usage"]
    assert usage.audio_out == spent["output_token_details"]["audio_tokens"]
    assert usage.audio_in == usage.audio_in_cached == 0
    assert "first words made while it rang" in call.end


@pytest.mark.daily
def test_without_preparation_an_unanswered_call_costs_nothing(tmp_path: Path) -> None:
    call = tell(
        lambda world: called(world, tmp_path, f"call Luigi on +1 415 555 0103 {BOOKING}"),
        tmp_path,
        prepare_opening=False,
    )
    assert not call.world.openai.connections
    assert call.end.endswith("no cost")


def test_without_preparation_the_opening_is_made_at_the_answer(tmp_path: Path) -> None:
    call = tell(
        lambda world: called(world, tmp_path, f"call Bar Uno on +1 415 555 0124 {BOOKING}"),
        tmp_path,
        prepare_opening=False,
    )
    assert told_by_model(call.world, call.call, "session.created")[0].at >= 0
    [first] = of_kind(call.events, FirstAudio)
    measured("stream's start to our first audio, unprepared", first.after_ms, most_ms=500, least_ms=50)
    assert [u.text for u in said_by(call.call, "agent")].count(OPENING) == 1


# A persona that lets the callee speak first


def test_a_persona_that_waits_hears_the_greeting_out(tmp_path: Path) -> None:
    call = tell(lambda world: called(world, tmp_path, PATIENT.format(number="+1 415 555 0111")), tmp_path)
    assert "Patient helper" in call.card
    greeting, opening = said_by(call.call, "callee")[0], said_by(call.call, "agent")[0]
    measured("the greeting's end to the opening", opening.began_ms - greeting.ended_ms, most_ms=1000, least_ms=1)
    assert opening.text.startswith("Hello, this is the AI assistant of Shane.")
    # The chat shows them in the order in which they were heard, though the opening was made first.
    assert turns(call.live.text)[:2] == [("callee", greeting.text), ("agent", opening.text)]
    assert turns(call.live.text)[2][0] == "callee"


def test_a_persona_that_waits_speaks_after_a_silence_of_little_more_than_a_second(tmp_path: Path) -> None:
    call = tell(
        lambda world: called(world, tmp_path, PATIENT.format(number="+1 415 555 0130")),
        tmp_path,
        answerer=answered_by(somebody(like="silent")),
    )
    [first] = of_kind(call.events, FirstAudio)
    measured("silence before it speaks all the same", first.after_ms, most_ms=1200, least_ms=1000)
    assert spoken(call.call.agent_audio, "agent")[0].text.startswith("Hello, this is the AI assistant")
