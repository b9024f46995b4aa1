"""The call around the talk: its states, its limits and its end."""

import pytest

from bridge import signals
from bridge.actions import Action, HangUp, Respond, Tell
from bridge.adoption import HANG_UP_CONFIRM_S, RING_SLACK_S
from bridge.call import CallState, EndReason, Usage
from bridge.events import (
    Answered,
    CostRose,
    Detected,
    Ended,
    FirstAudio,
    HangUpOrdered,
    Ringing,
    Streaming,
)
from bridge.session import Tick
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, STARTED, Talk, a_ringing_talk, a_talk, an_answered_talk, of

GOODBYE = "Thank you very much. Goodbye!"
QUESTION = "Is anybody there?"


def reasons(happened: list[Action]) -> list[EndReason]:
    return [hang_up.reason for hang_up in of(HangUp, happened)]


# From dialling to the answer


def test_a_call_rings_is_answered_and_streams() -> None:
    talk = a_ringing_talk()
    assert talk.is_in(CallState.RINGING)
    talk.wait(3)
    talk.status("in-progress")
    talk.wait(0.5)
    talk.stream()
    assert talk.is_in(CallState.CONNECTED)
    assert [type(event) for event in talk.events[:4]] == [Ringing, Answered, CostRose, Streaming]
    assert of(Answered, talk.actions)[0].at_ms == talk.session.at_ms(STARTED + 3) == 3000


def test_the_stream_may_be_there_before_the_callback_that_tells_of_the_answer() -> None:
    talk = a_ringing_talk()
    talk.stream()
    assert talk.status("in-progress") == []
    assert talk.status("ringing") == []
    assert len(of(Answered, talk.actions)) == 1


def test_callbacks_that_overtake_each_other_change_nothing_back() -> None:
    talk = Talk()
    talk.feed(signals.CarrierStatus("in-progress", 2))
    assert talk.feed(signals.CarrierStatus("ringing", 1)) == []
    assert talk.feed(signals.CarrierStatus("initiated", 0)) == []
    assert talk.is_in(CallState.CONNECTED)
    talk.feed(signals.CarrierStatus("completed", 3))
    assert talk.is_in(CallState.ENDED)


def test_the_end_is_believed_whatever_its_number() -> None:
    talk = a_talk()
    talk.feed(signals.CarrierStatus("completed", 0))
    assert talk.is_in(CallState.ENDED)


def test_time_to_first_audio_is_told_of_every_stream() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    talk.stream_breaks()
    talk.wait(2)
    talk.stream("MZ2")
    assert [first.after_ms for first in of(FirstAudio, talk.actions)] == [0, 0]
    assert [streaming.stream_sid for streaming in of(Streaming, talk.actions)] == ["MZ1", "MZ2"]


def test_an_opening_that_is_late_is_told_with_its_lateness() -> None:
    talk = Talk()
    talk.stream()
    talk.wait(0.3)
    talk.feed(signals.ModelReady())
    talk.wait(0.5)
    talk.agent_says(OPENING)
    assert of(FirstAudio, talk.actions)[0].after_ms == 800


def test_a_carrier_that_says_no_more_is_not_waited_for_for_ever() -> None:
    talk = a_ringing_talk(ring_timeout_s=20)
    assert reasons(talk.wait(20 + RING_SLACK_S)) == [EndReason.FAILED]
    talk.wait(HANG_UP_CONFIRM_S)
    assert (talk.ending.reason, talk.ending.detail) == (EndReason.FAILED, "unconfirmed")


# How it ends


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("busy", EndReason.BUSY),
        ("no-answer", EndReason.NO_ANSWER),
        ("failed", EndReason.FAILED),
        ("canceled", EndReason.REQUESTER_HUNG_UP),
    ],
)
def test_a_call_that_nobody_takes_ends_as_the_carrier_says(status: str, reason: EndReason) -> None:
    talk = a_ringing_talk()
    talk.wait(7)
    talk.status(status, sip_code="486")
    ending = talk.ending
    assert (ending.reason, ending.detail, ending.ring_s, ending.talk_s) == (reason, "486", 7.0, 0.0)
    assert not ending.answered
    assert talk.turns == []


def test_a_callee_who_hangs_up_is_told_as_such() -> None:
    talk = a_talk()
    talk.agent_is_heard("A table for four, please.")
    talk.status("completed")
    assert talk.ending.reason is EndReason.CALLEE_HUNG_UP
    assert talk.ending.answered


def test_a_callee_who_says_goodbye_and_hangs_up_ended_it_with_a_goodbye() -> None:
    talk = a_talk()
    talk.callee_says("We are full tonight, sorry. Goodbye!")
    talk.status("completed")
    assert talk.ending.reason is EndReason.GOODBYE


def test_a_callee_who_hangs_up_on_our_goodbye_ended_it_with_a_goodbye() -> None:
    talk = a_talk()
    talk.agent_says(GOODBYE)
    talk.wait(1)
    talk.status("completed")
    assert talk.ending.reason is EndReason.GOODBYE


def test_the_last_turn_is_cut_where_the_callee_hung_up() -> None:
    talk = a_talk()
    talk.agent_says("We would like a table for four at seven.")
    talk.wait(1.2)
    wanted = talk.status("completed")
    assert talk.script[-1] == "agent: We would like a"
    assert talk.turns[-1].interrupted
    assert all(isinstance(action, Tell) for action in wanted)


@pytest.mark.parametrize(("uncertain", "reason"), [(False, EndReason.REFUSED), (True, EndReason.UNCERTAIN)])
def test_a_dial_that_the_carrier_does_not_take(*, uncertain: bool, reason: EndReason) -> None:
    talk = Talk()
    talk.feed(signals.DialRefused("21211", uncertain=uncertain))
    assert (talk.ending.reason, talk.ending.detail) == (reason, "21211")


def test_the_end_is_told_once_and_last_and_nothing_happens_after_it() -> None:
    talk = a_talk()
    talk.status("completed")
    assert isinstance(talk.events[-1], Ended)
    for signal in (Tick(), signals.CalleeBegan("x"), signals.CarrierStatus("busy", 99), signals.HangUpAsked()):
        assert talk.feed(signal) == []
    assert talk.session.deadline is None


def test_a_hang_up_that_the_carrier_does_not_confirm_is_the_end_all_the_same() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    assert talk.is_in(CallState.CLOSING)
    assert of(Ended, talk.wait(HANG_UP_CONFIRM_S - 0.1)) == []
    talk.wait(0.2)
    assert (talk.ending.reason, talk.ending.detail) == (EndReason.REQUESTER_HUNG_UP, "unconfirmed")


def test_the_reason_of_our_hang_up_stands_whatever_the_carrier_calls_it() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    talk.status("completed")
    assert talk.ending.reason is EndReason.REQUESTER_HUNG_UP
    assert len(of(HangUpOrdered, talk.actions)) == 1


def test_the_end_tells_what_was_used_and_what_it_cost() -> None:
    talk = a_talk()
    talk.feed(signals.ResponseEnded("other", "completed", Usage(audio_out=1_000_000)), signals.Transcribed(60.0))
    talk.wait(10)
    talk.status("completed")
    assert talk.ending.usage == Usage(audio_out=1_000_000, transcribed_s=60.0)
    assert talk.ending.cost_usd == pytest.approx(64 + 0.018 + 0.0045)
    assert talk.ending.talk_s == pytest.approx(talk.now - STARTED - 2)


# Answering machines


def test_a_machine_without_a_message_to_leave_is_hung_up_on() -> None:
    talk = an_answered_talk()
    assert reasons(talk.feed(signals.AnswererDetected("machine_end_beep"))) == [EndReason.VOICEMAIL]
    assert of(Detected, talk.actions)[0].answered_by == "machine_end_beep"
    talk.status("completed")
    assert talk.ending.reason is EndReason.VOICEMAIL


def test_who_answered_is_told_once_however_often_the_carrier_tells_it() -> None:
    talk = an_answered_talk()
    for told in ("human", "human", "machine_end_beep"):
        talk.feed(signals.AnswererDetected(told))
    assert [event.answered_by for event in of(Detected, talk.actions)] == ["human"]
    assert reasons(talk.actions) == []


def test_a_machine_gets_the_message_once_to_its_end_and_is_hung_up_on() -> None:
    message = "This is a message for you: please call Anna Berg back."
    talk = an_answered_talk(voicemail_message=message)
    talk.wait(0.5)
    wanted = talk.feed(signals.AnswererDetected("machine_end_beep"))
    assert of(Respond, wanted) == [Respond(talk.briefing.voicemail, tools=False)]
    assert of(Respond, talk.feed(signals.AnswererDetected("machine_end_beep"))) == []
    talk.agent_says(message)
    talk.wait(1)
    assert of(Respond, talk.callee_says("If you are satisfied with your message, press one.")) == []
    talk.wait(10)
    assert talk.heard == speak(OPENING)[:4000] + speak(message)
    assert reasons(talk.actions) == [EndReason.VOICEMAIL]
    talk.status("completed")
    assert talk.ending.reason is EndReason.VOICEMAIL


def test_a_machine_to_which_the_agent_has_said_goodbye_still_gets_the_whole_message() -> None:
    message = "This is a message for you: please call Anna Berg back."
    talk = a_talk(voicemail_message=message)
    talk.agent_is_heard(GOODBYE)
    talk.wait(1)
    talk.feed(signals.AnswererDetected("machine_end_beep"))
    talk.agent_says(message)
    talk.wait(spoken_ms(message) / 1000 + 1.9)
    assert talk.heard == speak(OPENING) + speak(GOODBYE) + speak(message)
    assert reasons(talk.actions) == []


def test_a_fax_gets_no_message() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    assert reasons(talk.feed(signals.AnswererDetected("fax"))) == [EndReason.VOICEMAIL]


def test_a_machine_that_hangs_up_during_the_message_is_still_a_voicemail() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    talk.feed(signals.AnswererDetected("machine_start"))
    talk.status("completed")
    assert talk.ending.reason is EndReason.VOICEMAIL


@pytest.mark.parametrize("answerer", ["human", "unknown"])
def test_a_human_changes_nothing(answerer: str) -> None:
    talk = an_answered_talk()
    wanted = talk.feed(signals.AnswererDetected(answerer))
    assert [type(action) for action in wanted] == [Tell]


def test_a_machine_that_is_found_after_the_requester_hung_up_changes_nothing() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    talk.feed(signals.HangUpAsked())
    assert of(Respond, talk.feed(signals.AnswererDetected("machine_end_beep"))) == []
