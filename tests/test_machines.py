"""Answering machines, call screening and phone menus, in a talk."""

import pytest

from bridge import signals
from bridge.actions import Action, AnswerTool, Clear, HangUp, Play, PressDigits, Respond
from bridge.call import CallState, EndReason
from bridge.events import ClosingBegan, DigitsPressed, HoldBegan, MessageBegan, Streaming
from bridge.silence import LISTENING_S, SILENCE_S
from bridge.toolbox import GREETING_S, PAUSE_S, SUSPICION_S
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_talk, an_answered_talk, nothing_of, of

ANSWER = Respond()
MENU = "For reservations, press 1. For opening hours, press 2."
MESSAGE = "This is a message for you: please call Anna Berg back."
GREETING = "You have reached Trattoria Roma. Please leave a message after the tone."
SCREENING = "Hi, if you record your name and reason for calling, I'll see if this person is available."


def leaves(talk: Talk) -> Respond:
    return Respond(talk.briefing.voicemail, tools=False)


def detect(talk: Talk, answered_by: str) -> list[Action]:
    return talk.feed(signals.AnswererDetected(answered_by))


# Answering machines


def test_a_machine_that_has_beeped_gets_the_message_at_once() -> None:
    talk = an_answered_talk(voicemail_message=MESSAGE)
    talk.wait(1)
    wanted = detect(talk, "machine_end_beep")
    assert len(of(Clear, wanted)) == 1
    assert of(Respond, wanted) == [leaves(talk)]


@pytest.mark.parametrize("verdict", ["machine_start", "machine_end_silence", "machine_end_other"])
def test_any_other_machine_may_be_call_screening_and_is_listened_to_for_a_moment(verdict: str) -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    detect(talk, verdict)
    assert of(Respond, talk.wait(SUSPICION_S - 0.1)) == []
    assert of(Respond, talk.wait(0.2)) == [leaves(talk)]


def test_a_greeting_that_goes_on_is_waited_out() -> None:
    talk = an_answered_talk(voicemail_message=MESSAGE)
    detect(talk, "machine_start")
    assert nothing_of(talk.callee_says(GREETING, seconds=12), Respond)
    assert of(Respond, talk.wait(SUSPICION_S)) == [leaves(talk)]


def test_a_suspected_machine_is_hung_up_on_where_no_message_is_to_be_left() -> None:
    talk = a_talk()
    assert nothing_of(detect(talk, "machine_end_other"), HangUp)
    assert of(HangUp, talk.wait(SUSPICION_S)) == [HangUp(EndReason.VOICEMAIL)]


def test_who_hangs_up_on_a_suspected_machine_leaves_no_message_on_it() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    detect(talk, "machine_start")
    wanted = talk.feed(signals.HangUpAsked())
    assert of(Respond, wanted) == [Respond(talk.briefing.farewell, tools=False)]
    assert of(Respond, talk.wait(SUSPICION_S + 1)) == []
    talk.status("completed")
    assert talk.ending.reason is EndReason.REQUESTER_HUNG_UP


def test_a_verdict_about_hold_music_changes_nothing() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    talk.tool("wait_on_hold")
    detect(talk, "machine_end_other")
    assert nothing_of(talk.wait(30), Respond, HangUp)


def test_nobody_is_on_hold_while_a_machine_is_suspected() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    detect(talk, "machine_end_other")
    talk.tool("wait_on_hold")
    assert nothing_of(talk.actions, HoldBegan)
    assert of(Respond, talk.wait(SUSPICION_S)) == [leaves(talk)]


@pytest.mark.parametrize("message", [MESSAGE, ""])
def test_it_is_told_when_a_message_is_left(message: str) -> None:
    talk = a_talk(voicemail_message=message)
    detect(talk, "machine_end_beep")
    assert len(of(MessageBegan, talk.actions)) == bool(message)


# By the model's own ear


def heard_by_the_model(**changes: object) -> Talk:
    talk = a_talk(voicemail_message=MESSAGE, **changes)
    talk.tool("voicemail_reached")
    return talk


def test_a_machine_that_the_model_hears_is_waited_for_to_the_end_of_its_greeting() -> None:
    talk = heard_by_the_model()
    assert of(Respond, talk.callee_says(GREETING, seconds=20)) == []
    assert of(Respond, talk.wait(PAUSE_S - 0.1)) == []
    assert of(Respond, talk.wait(0.2)) == [leaves(talk)]


def test_a_machine_that_says_no_more_is_waited_for_no_longer() -> None:
    talk = heard_by_the_model()
    assert of(Respond, talk.wait(GREETING_S - 0.1)) == []
    assert of(Respond, talk.wait(0.2)) == [leaves(talk)]


def test_the_message_is_left_once_whoever_hears_the_machine() -> None:
    talk = heard_by_the_model()
    assert of(Respond, detect(talk, "machine_end_beep")) == [leaves(talk)]
    talk.agent_says(MESSAGE)
    talk.tool("voicemail_reached")
    assert of(Respond, detect(talk, "machine_end_beep") + talk.wait(20)) == []
    assert talk.heard == speak(OPENING) + speak(MESSAGE)
    talk.status("completed")
    assert talk.ending.reason is EndReason.VOICEMAIL


def test_a_goodbye_to_a_machine_does_not_take_the_message_from_it() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    talk.agent_is_heard("Thank you. Goodbye!")
    assert len(of(ClosingBegan, talk.actions)) == 1
    talk.tool("voicemail_reached")
    assert of(Respond, talk.wait(GREETING_S)) == [leaves(talk)]


def test_a_model_that_ends_the_call_as_it_hears_the_machine_still_leaves_the_message() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    talk.response_begins()
    talk.feed(signals.ToolCalled("fc", "voicemail_reached", "{}"))
    talk.end_call("Only a machine.")
    talk.response_ends()
    assert of(Respond, talk.wait(GREETING_S)) == [leaves(talk)]
    talk.agent_is_heard(MESSAGE)
    talk.wait(3)
    talk.status("completed")
    assert (talk.ending.reason, talk.ending.outcome) == (EndReason.VOICEMAIL, "Only a machine.")


def test_a_response_that_was_begun_for_the_greeting_is_not_asked_for_again() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    item = talk.callee_begins()
    talk.wait(5)
    talk.callee_ends(item)
    talk.tool("voicemail_reached")
    assert of(Respond, talk.words(item, GREETING)) == []


# Call screening


def test_screening_is_answered_when_its_words_come_after_the_verdict() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    detect(talk, "machine_start")
    item = talk.callee_begins()
    talk.wait(4)
    talk.callee_ends(item)
    talk.wait(SUSPICION_S - 0.1)
    assert of(Respond, talk.words(item, SCREENING)) == [ANSWER]
    assert of(Respond, talk.wait(0.5)) == []


def test_screening_is_answered_when_its_words_come_before_the_verdict() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    assert of(Respond, talk.callee_says(SCREENING)) == [ANSWER]
    assert nothing_of(detect(talk, "machine_end_beep"), Respond, Clear, HangUp)
    assert talk.is_in(CallState.CONNECTED)


def test_screening_over_the_opening_is_answered_after_it() -> None:
    """It records only what is said after its own words."""
    talk = an_answered_talk()
    assert of(Respond, talk.callee_says(SCREENING)) == [ANSWER]
    talk.agent_says("Anna Berg's assistant, about a table.")
    talk.wait(10)
    assert talk.heard == speak(OPENING) + speak("Anna Berg's assistant, about a table.")


# Phone menus


def test_a_menu_is_not_an_answering_machine_whatever_detection_says() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    detect(talk, "machine_end_other")
    assert of(Respond, talk.callee_says(MENU, seconds=4)) == [ANSWER]
    talk.tool("press_digits", digits="1")
    assert nothing_of(detect(talk, "machine_end_other") + talk.wait(SUSPICION_S), Respond, HangUp)


def test_a_menu_that_beeps_is_a_machine() -> None:
    talk = a_talk(voicemail_message=MESSAGE)
    talk.callee_says("Leave a message, or press 1 for more options.")
    talk.tool("keep_listening")
    assert of(Respond, detect(talk, "machine_end_beep")) == [leaves(talk)]


def test_a_menu_over_the_opening_is_listened_to() -> None:
    talk = an_answered_talk()
    assert of(Respond, talk.callee_says(f"Hello! {MENU}")) == [ANSWER]


def test_who_keeps_listening_says_nothing_and_is_not_asked_for_long() -> None:
    talk = a_talk()
    talk.callee_says("Welcome to Trattoria Roma.")
    wanted = talk.tool("keep_listening")
    assert of(AnswerTool, wanted) == [AnswerTool("fc", "Listening.")]
    assert nothing_of(wanted + talk.wait(LISTENING_S - 1), Respond, Play)
    assert of(Respond, talk.wait(2)) == [Respond(talk.briefing.still_there, tools=False)]


def test_the_longer_patience_is_for_one_silence_only() -> None:
    talk = a_talk()
    talk.callee_says("Welcome to Trattoria Roma.")
    talk.tool("keep_listening")
    talk.callee_says("How can I help you?")
    talk.agent_is_heard("A table for four, please.")
    assert len(of(Respond, talk.wait(SILENCE_S))) == 1


def test_keys_are_pressed_without_a_word_and_the_call_goes_on_over_the_new_stream() -> None:
    talk = a_talk()
    talk.callee_says(MENU)
    wanted = talk.tool("press_digits", digits="1")
    assert of(PressDigits, wanted) == [PressDigits("1")]
    assert [told.digits for told in of(DigitsPressed, wanted)] == ["1"]
    talk.stream_breaks()
    talk.wait(2)
    wanted += talk.stream("MZ2")
    assert nothing_of(wanted, Respond, Play)
    assert of(Streaming, wanted)[0].stream_sid == "MZ2"
    assert of(Respond, talk.callee_says("Trattoria Roma, good evening.")) == [ANSWER]
    talk.agent_is_heard("Good evening, a table for four, please.")
    assert talk.script[-2:] == [
        "callee: Trattoria Roma, good evening.",
        "agent: Good evening, a table for four, please.",
    ]


@pytest.mark.parametrize("digits", ["1", "12#", "*0#", "1 2 3", "1-2,3", "0123456789*#"])
def test_keys_are_digits_star_and_hash(digits: str) -> None:
    (pressed,) = of(PressDigits, a_talk().tool("press_digits", digits=digits))
    assert set(pressed.digits) <= set("0123456789*#")


@pytest.mark.parametrize("digits", ["1w2", "+1", "A", "5555 5555 5555 4444", "one"])
def test_other_keys_and_card_numbers_are_refused_and_the_model_told_so(digits: str) -> None:
    wanted = a_talk().tool("press_digits", digits=digits)
    assert nothing_of(wanted, PressDigits, DigitsPressed)
    assert of(Respond, wanted) == [ANSWER]


def test_the_same_menu_three_times_is_the_end_also_between_others() -> None:
    talk = a_talk()
    for words in (MENU, "Press 9 for the main menu.", MENU, "Press 9 for the main menu.", MENU.upper()):
        assert talk.is_in(CallState.CONNECTED)
        talk.callee_says(words)
        talk.tool("keep_listening")
    talk.agent_is_heard("Goodbye.")
    talk.wait(3)
    talk.status("completed")
    assert talk.ending.reason is EndReason.MENU_LOOP


def test_a_menu_changes_nothing_about_a_farewell_that_is_being_said() -> None:
    talk = a_talk()
    for _ in range(2):
        talk.callee_says(MENU)
        talk.tool("keep_listening")
    talk.feed(signals.HangUpAsked())
    talk.agent_says("Goodbye.")
    assert nothing_of(talk.callee_says(MENU), Respond, Clear)
    talk.wait(spoken_ms("Goodbye.") / 1000 + 3)
    talk.status("completed")
    assert talk.ending.reason is EndReason.REQUESTER_HUNG_UP


@pytest.mark.parametrize("name", ["press_digits", "ask_requester", "switch_language", "keep_listening"])
def test_no_tool_does_anything_once_the_call_is_being_ended(name: str) -> None:
    talk = a_talk(may_switch_to=("it",))
    talk.feed(signals.HangUpAsked())
    talk.agent_says("Goodbye.")
    arguments = {"digits": "1", "question": "?", "language": "it"}
    wanted = talk.tool(name, **arguments)
    assert [type(action) for action in wanted] == [AnswerTool]
