"""Who speaks first: the agent, or, where the persona is patient, the callee with a greeting."""

import pytest

from bridge import signals
from bridge.actions import Clear, Play, Respond
from bridge.events import FirstAudio
from bridge.opening import GREETING_MAX_S, GREETING_S
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_ringing_talk, an_answered_talk, nothing_of, of

MENU = "Welcome to Trattoria Roma. For reservations, press 1."


def patient(**changes: object) -> Talk:
    return an_answered_talk(persona="patient", **changes)


def hears_the_opening(talk: Talk) -> bool:
    talk.wait(spoken_ms(OPENING) / 1000)
    return talk.heard == speak(OPENING)


def test_the_opening_is_there_before_anybody_answers_and_costs_no_more_if_nobody_does() -> None:
    talk = a_ringing_talk()
    assert len(of(Respond, talk.actions)) == 1
    talk.wait(30)
    talk.status("no-answer")
    assert nothing_of(talk.actions, Play)
    assert len(of(Respond, talk.actions)) == 1
    assert talk.turns == []


def test_the_first_audio_goes_out_as_the_stream_begins() -> None:
    talk = an_answered_talk()
    assert [first.after_ms for first in of(FirstAudio, talk.actions)] == [0]


def test_detection_does_not_delay_it() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    assert nothing_of(talk.feed(signals.AnswererDetected("human")), Clear, Respond)
    assert hears_the_opening(talk)


def test_a_patient_persona_opens_as_the_greeting_ends() -> None:
    talk = patient()
    wanted = talk.callee_says("Hello?", seconds=0.9)
    assert of(FirstAudio, wanted)[0].after_ms == 900
    assert hears_the_opening(talk)


def test_a_patient_persona_waits_no_longer_than_a_moment_for_it() -> None:
    talk = patient()
    assert nothing_of(talk.wait(GREETING_S - 0.05), Play)
    assert of(FirstAudio, talk.wait(0.1))[0].after_ms == round(GREETING_S * 1000)
    assert hears_the_opening(talk)


def test_a_greeting_without_an_end_is_not_waited_for_for_ever() -> None:
    talk = patient()
    talk.wait(1)
    talk.callee_begins()
    assert nothing_of(talk.wait(GREETING_MAX_S - 0.1), Play)
    assert of(Play, talk.wait(0.2)) != []


@pytest.mark.parametrize("greeting", ["Hello?", "Trattoria Roma, how can I help you?", "Who is calling, please?"])
def test_the_opening_is_the_answer_to_the_greeting(greeting: str) -> None:
    talk = patient()
    assert of(Respond, talk.callee_says(greeting)) == []
    assert hears_the_opening(talk)
    assert [turn.party for turn in talk.turns] == ["callee", "agent"]


def test_a_menu_in_its_place_is_listened_to_after_the_opening() -> None:
    assert len(of(Respond, patient().callee_says(MENU, seconds=4))) == 1


def test_the_line_is_attended_to_as_usual_afterwards() -> None:
    talk = patient()
    talk.callee_says("Hello?")
    assert hears_the_opening(talk)
    assert of(Respond, talk.callee_says("For how many?")) == [Respond()]
    talk.agent_says("For four people, please, at seven.")
    talk.wait(0.5)
    assert len(of(Clear, talk.callee_says("Wait!"))) == 1


def test_a_line_that_breaks_meanwhile_is_not_spoken_to_and_the_next_one_is_waited_on() -> None:
    talk = patient()
    talk.wait(0.5)
    talk.stream_breaks()
    assert nothing_of(talk.wait(3), Play)
    talk.stream("MZ2")
    assert nothing_of(talk.wait(GREETING_S - 0.1), Play)
    assert of(Play, talk.wait(0.2)) != []


def test_a_machine_that_is_found_meanwhile_hears_no_opening_but_the_message() -> None:
    message = "This is a message for you: please call Anna Berg back."
    talk = patient(voicemail_message=message)
    item = talk.callee_begins()
    talk.wait(4)
    talk.feed(signals.AnswererDetected("machine_end_beep"))
    talk.callee_ends(item)
    talk.agent_says(message)
    talk.wait(10)
    assert talk.heard == speak(message)


def test_call_screening_that_is_taken_for_a_machine_is_answered_without_delay() -> None:
    talk = patient()
    item = talk.callee_begins()
    talk.wait(3)
    talk.feed(signals.AnswererDetected("machine_start"))
    talk.callee_ends(item)
    assert len(of(Respond, talk.words(item, "Please say your name and why you are calling."))) == 1
    talk.agent_is_heard("Anna Berg's assistant, about a table.")
    assert talk.heard == speak("Anna Berg's assistant, about a table.")
    assert of(Respond, talk.callee_says("Thank you. What is it about?")) == [Respond()]


def test_who_hangs_up_meanwhile_is_heard_to_say_goodbye() -> None:
    talk = patient()
    talk.feed(signals.HangUpAsked())
    talk.agent_is_heard("Goodbye.")
    assert talk.heard == speak("Goodbye.")
