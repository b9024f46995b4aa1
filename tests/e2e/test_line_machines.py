"""Machines: an answering machine gets its message once, a screening is answered, a menu is worked with keys."""

from pathlib import Path

import pytest

from bridge.events import ClosingBegan, Detected, DigitsPressed, Streaming
from sandbox.world import World
from tests.e2e.chat import Called, called, tell, told_by, turns
from tests.e2e.line import (
    at_of,
    happened,
    measured,
    of_kind,
    said_by,
    told_to_model,
)

WHETHER = "and ask whether they are coming on Saturday"
MESSAGE = (
    "Hello, this is the AI assistant of Shane. Shane would like to know whether you are coming on Saturday, "
    "please call back. Goodbye!"
)
CLINIC = "call City Clinic on +1 415 555 0112 and book an appointment on Tuesday morning, name Shane"


def beep_ends_ms(call: Called) -> int:
    """The machine's own clock: its beep is the last of its sounds."""
    return said_by(call.call, "callee")[-1].ended_ms


@pytest.fixture(scope="module")
def unheard(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """A machine that detection takes for a person."""
    folder = tmp_path_factory.mktemp("unheard")
    return tell(lambda world: called(world, folder, f"call the Millers on +1 415 555 0116 {WHETHER}"), folder)


@pytest.mark.daily
async def test_a_machine_known_by_detection_is_left_its_message_once_after_the_beep(
    world: World, app: object, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, f"call the Bakers on +1 415 555 0105 {WHETHER}")
    assert of_kind(call.events, Detected)[0].answered_by == "machine_end_beep"
    messages = [u for u in said_by(call.call, "agent") if u.text == MESSAGE]
    assert len(messages) == 1
    measured("the beep's end to the message", messages[0].began_ms - beep_ends_ms(call), most_ms=1000, least_ms=1)
    assert "an answering machine picked up" in call.end


def test_a_machine_known_by_the_models_own_ear_is_left_its_message_once_after_the_beep(unheard: Called) -> None:
    assert of_kind(unheard.events, Detected)[0].answered_by == "human"
    messages = [u for u in said_by(unheard.call, "agent") if u.text == MESSAGE]
    assert len(messages) == 1
    measured("the beep's end to the message", messages[0].began_ms - beep_ends_ms(unheard), most_ms=4500, least_ms=1)


def test_a_machine_is_no_answer_to_the_question(unheard: Called) -> None:
    assert unheard.report.text.splitlines()[0] == "☎️ Only an answering machine picked up."
    assert "✅" not in unheard.report.text


@pytest.mark.parametrize("number", ["+1 415 555 0105", "+1 415 555 0116"])
async def test_a_machine_for_which_there_is_no_message_is_left_none(
    world: World, app: object, tmp_path: Path, number: str
) -> None:
    call = await called(world, tmp_path, f"call the Bakers on {number} {WHETHER}, leave no message")
    assert "On a machine" not in call.card
    said = said_by(call.call, "agent")
    assert len(said) == 1  # the opening
    assert at_of(call.events, ClosingBegan) == []
    assert "an answering machine picked up" in call.end


async def test_call_screening_is_answered_and_not_taken_for_a_machine(
    world: World, app: object, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, "call Mia on +1 415 555 0117 and ask whether she is coming on Saturday")
    assert of_kind(call.events, Detected)[0].answered_by.startswith("machine_end")
    conversation = turns(call.live.text)
    asked = next(n for n, (_, words) in enumerate(conversation) if "say your name and why" in words)
    assert conversation[asked + 1] == (
        "agent",
        "I am the AI assistant of Shane. Shane would like to know: are you coming on Saturday?",
    )
    assert call.report.text.startswith("✅ Mia: Yes, I am coming, around six.")
    assert MESSAGE not in call.live.text


# Menus


@pytest.fixture(scope="module")
def menu(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("menu")
    return tell(lambda world: called(world, folder, CLINIC), folder)


def test_a_menu_of_two_levels_is_worked_with_keys_that_reach_the_phone(menu: Called) -> None:
    assert [event.digits for event in of_kind(menu.events, DigitsPressed)] == ["2", "1"]
    assert menu.call.callee.pressed == "21"  # type: ignore[attr-defined]  # a scenario's
    assert menu.report.text.startswith("✅ Booked: Tuesday at 9am, under Shane.")


def test_keys_take_a_new_stream_and_keep_the_models_session(menu: Called) -> None:
    assert len(menu.call.stream_sids) == 3
    assert len(of_kind(menu.events, Streaming)) == 3
    assert len(menu.world.openai.connections) == 1
    assert len(told_to_model(menu.world, menu.call, "session.update")) == 1
    for off, on in zip(happened(menu.call, "redirected"), happened(menu.call, "stream")[2::2], strict=True):
        measured("the call is away from its stream for a key", (on - off) * 1000, most_ms=2000, least_ms=1)


def test_nothing_is_said_while_a_menu_is_worked(menu: Called) -> None:
    opening, *others = said_by(menu.call, "agent")
    assert opening.text.startswith("Hello")
    person = next(u for u in said_by(menu.call, "callee") if u.text == "City Clinic, appointments, hello?")
    assert all(u.began_ms > person.ended_ms for u in others)
    assert told_by(turns(menu.live.text), "agent")[1].startswith("Hello, this is the AI assistant of Shane.")


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("loop")
    request = "call Metro Gas on +1 415 555 0113 and ask when the next meter reading is"
    return tell(lambda world: called(world, folder, request), folder)


def test_a_menu_that_is_read_three_times_ends_the_call(loop: Called) -> None:
    read = [words for words in told_by(turns(loop.live.text), "callee") if "press 1" in words]
    assert len(read) == 3
    assert told_by(turns(loop.live.text), "agent")[-1] == "Thank you, goodbye!"
    assert len(loop.world.openai.connections) == 1


def test_a_menu_that_leads_nowhere_is_reported_as_such(loop: Called) -> None:
    assert "the phone menu went round in circles" in loop.end
    first, advice, *_ = loop.report.text.splitlines()
    assert first == "☎️ The phone menu led nowhere: it began again and again."
    assert "tell me which keys lead to a person" in advice
