"""Interruptions: the line is silent at once, the model is told what was heard, and a cough eats no sentence."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.events import BargedIn, BargeInResolved
from bridge.transcript import rebuild
from sandbox.mind import Reply
from sandbox.scenario import Rule, Scenario
from sandbox.world import World
from tests.e2e.chat import Called, called, tell, told_by, turns
from tests.e2e.line import (
    BOOKING,
    CANCEL,
    RESPONSE,
    SPEECH_STARTED,
    TRUNCATE,
    WORDS_KNOWN,
    Says,
    all_said,
    answered_by,
    clears_noted,
    first_after,
    measured,
    of_kind,
    played_ms,
    said_by,
    somebody,
    told_by_model,
    told_to_model,
)

REQUEST = f"call Bistro Central on +1 415 555 0131 {BOOKING}"
LONG = "We would be three people, and we would like to come at eight in the evening, if that is possible."
LATER = "Anna would be glad to sit outside."
# One who breaks in with a few words, and then books.
HASTY = somebody(
    Rule(state="start", say="Hello, who is it?", goto="listening"),
    Rule(state="listening", interrupt_after_ms=2000, say="No, wait.", goto="asked"),
    Rule(state="asked", say="You are booked: 8pm, table for three, under Anna.", goto="booked"),
    Rule(state="booked", when=(r"bye\b",), say="Bye!", hang_up=True),
    greeting="",
    gives_way=False,
)


@dataclass(frozen=True)
class Interrupted:
    call: Called
    cleared_at: list[float]  # seconds since the answer


def interrupted_by(folder: Path, who: Scenario, mind: Says) -> Interrupted:
    with clears_noted() as cleared:
        call = tell(
            lambda world: called(world, folder, REQUEST),
            folder,
            answerer=answered_by(who),
            mind=mind,
        )
    return Interrupted(call, [at - (call.call.answered_at or 0.0) for at in cleared])


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    """The agent's reply is two items, and the first of them is broken into."""
    mind = Says([Reply((LONG, LATER)), "Yes, I am listening."])
    return interrupted_by(tmp_path_factory.mktemp("hasty"), HASTY, mind)


@pytest.mark.daily
def test_the_line_falls_silent_as_the_model_hears_speech(hasty: Interrupted) -> None:
    [barged] = of_kind(hasty.call.events, BargedIn)
    answered_ms = barged.at_ms - hasty.cleared_at[0] * 1000
    began = [
        f for f in told_by_model(hasty.call.world, hasty.call.call, SPEECH_STARTED) if f.at <= hasty.cleared_at[0]
    ][-1]
    measured("speech_started to clear", (hasty.cleared_at[0] - began.at) * 1000, most_ms=20)
    assert answered_ms == pytest.approx(2200, abs=1)  # the journal's clock began as the call was confirmed
    cut = next(u for u in said_by(hasty.call.call, "agent") if u.text.startswith("We would"))
    measured("speech_started to the last sound on the line", abs(cut.ended_ms - began.at * 1000), most_ms=20)


@pytest.mark.daily
def test_the_model_is_told_what_was_heard_of_it_and_nothing_of_what_was_to_come(hasty: Interrupted) -> None:
    first, later = told_to_model(hasty.call.world, hasty.call.call, TRUNCATE)
    heard_ms = played_ms(hasty.call.call, LONG)
    told_ms = first.event["audio_end_ms"]
    measured(f"truncated at {told_ms} ms, {heard_ms} ms were heard: off by", abs(told_ms - heard_ms), most_ms=40)
    assert later.event["audio_end_ms"] == 0
    assert first.event["item_id"] != later.event["item_id"]
    assert LATER.replace(" ", "") not in all_said(hasty.call.call, "agent")


@pytest.mark.daily
def test_the_agent_yields_as_soon_as_the_words_are_known(hasty: Interrupted) -> None:
    world, call = hasty.call.world, hasty.call.call
    known = next(f for f in told_by_model(world, call, WORDS_KNOWN) if f.event["transcript"] == "No, wait.")
    yielded = first_after(told_to_model(world, call, CANCEL, TRUNCATE), known.at)
    measured("words known to yielding", (yielded.at - known.at) * 1000, most_ms=300)
    asked = first_after(told_to_model(world, call, RESPONSE), known.at)
    measured("words known to the next response's being asked for", (asked.at - known.at) * 1000, most_ms=300)


@pytest.mark.daily
def test_the_transcript_shows_only_what_was_heard(hasty: Interrupted) -> None:
    heard = [u.text for u in said_by(hasty.call.call, "agent")]
    cut = next(turn for turn in rebuild(hasty.call.events) if turn.interrupted)
    whole = next(text for text in heard if text.startswith(cut.text))
    assert len(whole) - len(cut.text) < 12  # no more than the word that was broken off
    assert LATER not in hasty.call.live.text
    assert ("agent", f"{cut.text} —") in turns(hasty.call.live.text)


# What is none


BARE_NOISE = (
    Rule(state="start", noise_after_ms=900, times=2),
    Rule(state="start", say="Hello, who is it?", goto="listening"),
    Rule(state="listening", noise_after_ms=1500, times=1),
    Rule(state="listening", say="And how many people?", goto="humming"),
    Rule(state="humming", interrupt_after_ms=1500, say="Mm-hm.", times=1),
    Rule(state="humming", say="You are booked: 8pm, table for three, under Anna.", goto="booked"),
    Rule(state="booked", when=(r"bye\b",), say="Bye!", hang_up=True),
)


@pytest.fixture(scope="module")
def noises(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    who = somebody(*BARE_NOISE, greeting="", gives_way=False)
    mind = Says([LONG, "Three people, and one of them is a child who needs a chair."])
    return interrupted_by(tmp_path_factory.mktemp("noises"), who, mind)


def test_a_cough_and_an_mm_hm_hold_the_agent_up_and_let_it_go_on(noises: Interrupted) -> None:
    outcomes = [event.outcome for event in of_kind(noises.call.events, BargeInResolved)]
    assert outcomes == ["resumed", "resumed"]
    assert len(noises.cleared_at) >= 2
    assert told_to_model(noises.call.world, noises.call.call, TRUNCATE, CANCEL) == []


def test_every_sentence_is_heard_whole_and_exactly_once(noises: Interrupted) -> None:
    said = told_by(turns(noises.call.live.text), "agent")
    assert all_said(noises.call.call, "agent") == "".join(said).replace(" ", "")
    assert LONG in said
    assert not any(turn.interrupted for turn in rebuild(noises.call.events))


def test_a_noise_costs_a_pause_and_not_the_sentence(noises: Interrupted) -> None:
    barged, resolved = of_kind(noises.call.events, BargedIn), of_kind(noises.call.events, BargeInResolved)
    for began, ended in zip(barged, resolved, strict=True):
        measured("held up by a noise", ended.at_ms - began.at_ms, most_ms=2000)


async def test_a_reply_that_is_long_in_coming_is_broken_off_before_its_first_sound(
    world: World, app: object, tmp_path: Path
) -> None:
    world.openai.slow(3)
    call = await called(world, tmp_path, f"call Corner Café on +1 415 555 0109 {BOOKING}")
    said = told_by(turns(call.live.text), "agent")
    assert len(set(said)) == len(said)
    assert call.report.text.startswith("✅ Booked")
