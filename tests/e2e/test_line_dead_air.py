"""Bad lines: nobody speaks, nothing can be made out, or it is another language."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from bridge.events import Ended, LanguageSwitched
from bridge.transcript import rebuild
from sandbox.world import World
from tests.e2e.chat import Called, called, labels, tell, told_by, turns
from tests.e2e.line import BOOKING, measured, of_kind, said_by, told_to_model

SPANISH = f"call Casa Lola on +1 415 555 0119 {BOOKING}"


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("silent")
    return tell(lambda world: called(world, folder, f"call Bar Tre on +1 415 555 0118 {BOOKING}"), folder)


@pytest.mark.daily
def test_a_silent_callee_is_asked_after_eight_seconds_and_once_more(silent: Called) -> None:
    said = said_by(silent.call, "agent")
    assert [u.text for u in said[1:]] == ["Are you still there?", "Are you still there?", "Thank you, goodbye!"]
    for before, after in pairwise(said):
        measured(f"silence before “{after.text}”", after.began_ms - before.ended_ms, most_ms=9000, least_ms=8000)


@pytest.mark.daily
def test_a_silent_callee_is_reported_as_one(silent: Called) -> None:
    assert silent.report.text.splitlines()[0] == "☎️ Nobody spoke any more, so I ended the call."
    assert "nobody spoke any more" in silent.end
    assert "✅" not in silent.report.text
    assert not silent.world.openai.responses_requests[1:]  # nothing was said that could be summed up
    assert "call again" in labels(silent.report)


async def test_what_could_not_be_made_out_is_asked_for_again(world: World, app: object, tmp_path: Path) -> None:
    call = await called(world, tmp_path, f"call Pizza Palace on +1 415 555 0121 {BOOKING}")
    conversation = turns(call.live.text)
    again = conversation.index(("agent", "Sorry, I did not catch that. Could you say it again?"))
    assert conversation[again + 1] == ("callee", "Certainly. What name shall I write down?")
    assert conversation[again + 2] == ("agent", "Under Anna, please.")
    mumbled = next(u for u in said_by(call.call, "callee") if not u.text)
    asked = next(u for u in said_by(call.call, "agent") if u.text.startswith("Sorry"))
    measured("the mumble's end to asking again", asked.began_ms - mumbled.ended_ms, most_ms=2000, least_ms=1)
    assert all(turn.text for turn in rebuild(call.events))  # nothing is guessed into the transcript
    assert call.report.text.startswith("✅ Booked: 8pm, table for 3, under Anna.")


# Another language


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("allowed")
    return tell(lambda world: called(world, folder, f"{SPANISH}, you may speak Spanish if they do"), folder)


def test_a_callee_of_another_language_is_answered_in_it_where_that_is_allowed(allowed: Called) -> None:
    said = told_by(turns(allowed.live.text), "agent")
    assert said[1].startswith("Hola, soy el asistente de inteligencia artificial de Anna.")
    assert [event.language for event in of_kind(allowed.events, LanguageSwitched)] == ["es"]
    assert allowed.report.text.startswith("✅ Booked")


def test_the_transcription_changes_its_language_with_the_agent(allowed: Called) -> None:
    first, switched = told_to_model(allowed.world, allowed.call, "session.update")
    assert first.event["session"]["audio"]["input"]["transcription"]["language"] == "en"
    assert switched.event["session"]["audio"]["input"]["transcription"]["language"] == "es"
    assert switched.event["session"].keys() == {"type", "audio"}  # nothing else is touched


def test_a_goodbye_is_one_in_the_new_language_too(allowed: Called) -> None:
    assert told_by(turns(allowed.live.text), "agent")[-1] == "Muchas gracias, adiós."
    assert "it ended with a goodbye" in allowed.end


async def test_a_callee_of_another_language_is_told_so_where_it_is_not_allowed(
    world: World, app: object, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, SPANISH)
    said = told_by(turns(call.live.text), "agent")
    assert said[1].startswith("I am sorry, I only speak English.")
    assert said[-1] == "I will let Anna know. Thank you, goodbye!"
    assert not any(re.search(r"\b(hola|gracias|adiós)\b", words, re.IGNORECASE) for words in said)
    assert of_kind(call.events, LanguageSwitched) == []
    assert len(told_to_model(world, call.call, "session.update")) == 1
    assert "Booked" not in call.report.text.splitlines()[0].replace("Not booked", "")
    assert "✅" not in call.report.text
    assert of_kind(call.events, Ended)[0].ending.outcome == "Not reached. They speak Spanish."
