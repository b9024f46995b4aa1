"""The call around the talk: its states, its limits and its end."""

import pytest

from bridge import signals
from bridge.actions import Action, Apologise, HangUp, Play, ReopenModel, Respond, Tell
from bridge.call import CallState, EndReason, Usage
from bridge.events import (
    Answered,
    BargedIn,
    Detected,
    Ended,
    FirstAudio,
    HangUpOrdered,
    ModelResumed,
    ModelTrouble,
    Ringing,
    Streaming,
)
from bridge.session import (
    APOLOGY_S,
    FAREWELL_S,
    HANG_UP_CONFIRM_S,
    RING_SLACK_S,
    STREAM_RETURN_S,
    WRAP_UP_S,
    Tick,
)
from bridge.silence import SILENCE_S
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, STARTED, Talk, a_ringing_talk, a_talk, an_answered_talk, of

GOODBYE = "Thank you very much. Goodbye!"
QUESTION = "Is anybody there?"


def reasons(happened: list[Action]) -> list[EndReason]:
    return [hang_up.reason for hang_up in of(HangUp, happened)]


# From dialling to the answer


def test_a_call_rings_is_answered_and_streams() -> None:
    talk = a_ringing_talk()
    assert talk.session.state is CallState.RINGING
    talk.wait(3)
    talk.status("in-progress")
    talk.wait(0.5)
    talk.stream()
    assert talk.session.state is CallState.CONNECTED
    assert [type(event) for event in talk.events[:3]] == [Ringing, Answered, Streaming]
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
    assert talk.session.state is CallState.CONNECTED
    talk.feed(signals.CarrierStatus("completed", 3))
    assert talk.session.state is CallState.ENDED


def test_the_end_is_believed_whatever_its_number() -> None:
    talk = a_talk()
    talk.feed(signals.CarrierStatus("completed", 0))
    assert talk.session.state is CallState.ENDED


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
    assert talk.session.state is CallState.CLOSING
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


# The line and the model


def test_a_stream_that_comes_back_goes_on_with_what_was_not_heard() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    talk.stream_breaks()
    talk.wait(STREAM_RETURN_S - 1)
    talk.stream("MZ2")
    talk.wait(10)
    assert talk.heard == speak(OPENING)
    assert reasons(talk.actions) == []
    assert of(BargedIn, talk.actions) == []


def test_a_stream_that_takes_over_without_a_word_goes_on_as_well() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    talk.line.silence(talk.now)
    assert of(Play, talk.stream("MZ2")) != []
    talk.wait(3)
    assert talk.heard == speak(OPENING)
    assert talk.session.floor == "nobody"


def test_a_line_that_does_not_come_back_is_lost() -> None:
    talk = a_talk()
    talk.stream_breaks()
    assert reasons(talk.wait(STREAM_RETURN_S)) == [EndReason.LINE_LOST]
    talk.status("completed")
    assert talk.ending.reason is EndReason.LINE_LOST


def test_a_call_that_is_answered_and_never_streams_is_lost() -> None:
    talk = a_ringing_talk()
    talk.status("in-progress")
    assert reasons(talk.wait(STREAM_RETURN_S)) == [EndReason.LINE_LOST]


def test_a_model_that_is_lost_is_replaced_by_one_that_knows_the_turns() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    wanted = talk.feed(signals.ModelLost("1006"))
    assert of(ModelTrouble, wanted)[0].code == "1006"
    assert [turn.text for turn in of(ReopenModel, wanted)[0].turns] == [OPENING, "For how many?"]
    back = talk.feed(signals.ModelReady())
    assert len(of(ModelResumed, back)) == 1
    assert of(Respond, back) == [Respond(talk.briefing.resume, tools=False)]


def test_a_model_that_is_lost_while_nothing_is_owed_comes_back_without_a_word() -> None:
    talk = a_talk()
    talk.feed(signals.ModelLost("1001"))
    assert of(Respond, talk.feed(signals.ModelReady())) == []


def test_a_model_that_is_lost_before_the_opening_was_made_is_asked_for_it_again() -> None:
    talk = Talk()
    talk.feed(signals.ModelReady())
    talk.response_begins()
    talk.feed(signals.ModelLost("1011"))
    assert of(Respond, talk.feed(signals.ModelReady())) == [Respond(talk.briefing.opening, tools=False)]


def test_what_was_made_before_the_model_was_lost_is_still_heard_once() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    talk.feed(signals.ModelLost("1006"))
    talk.feed(signals.ModelReady())
    talk.wait(5)
    assert talk.heard == speak(OPENING)


def test_three_losses_in_a_minute_end_the_call_with_an_apology() -> None:
    talk = a_talk()
    for _ in range(2):
        assert reasons(talk.feed(signals.ModelLost("1006"))) == []
        talk.feed(signals.ModelReady())
    wanted = talk.feed(signals.ModelLost("1006"))
    assert of(Apologise, wanted) == [Apologise(talk.briefing.apology, "en")]
    assert reasons(wanted) == []
    assert reasons(talk.wait(APOLOGY_S)) == [EndReason.MODEL_LOST]
    talk.status("completed")
    assert talk.ending.reason is EndReason.MODEL_LOST


def test_losses_that_lie_further_apart_end_nothing() -> None:
    talk = a_talk()
    for _ in range(4):
        assert of(ReopenModel, talk.feed(signals.ModelLost("1006")))
        talk.feed(signals.ModelReady())
        talk.callee_says("Just a minute.")
        talk.wait(31)
        talk.agent_is_heard("Of course.")


def test_a_model_that_refuses_our_key_is_not_asked_again() -> None:
    talk = a_ringing_talk()
    assert reasons(talk.feed(signals.ModelLost("401", retryable=False))) == [EndReason.MODEL_LOST]
    assert reasons(talk.feed(signals.ModelLost("401", retryable=False))) == []


def test_a_model_whose_responses_keep_failing_is_apologised_for() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    for _ in range(2):
        talk.response_begins()
        assert len(of(Respond, talk.response_ends("failed"))) == 1
    wanted = talk.feed(signals.ResponseEnded(talk.response_begins(), "failed", detail="server_error"))
    assert of(Apologise, wanted) != []
    assert [trouble.code for trouble in of(ModelTrouble, talk.actions)] == ["failed", "failed", "server_error"]


def test_what_the_model_objects_to_is_told() -> None:
    talk = a_talk()
    assert of(ModelTrouble, talk.feed(signals.ModelObjected("invalid_value")))[0].code == "invalid_value"


@pytest.mark.parametrize("signal", [signals.DigitPressed("5"), signals.CalleePaused("x"), Tick()])
def test_what_needs_nothing_done_does_nothing(signal: signals.Signal) -> None:
    assert a_talk().feed(signal) == []


# Silence


def test_the_callee_is_asked_twice_whether_they_are_there_and_then_the_call_ends_politely() -> None:
    talk = a_talk()
    ask = Respond(talk.briefing.still_there, tools=False)
    for _ in range(2):
        assert of(Respond, talk.wait(SILENCE_S - 0.1)) == []
        assert of(Respond, talk.wait(0.2)) == [ask]
        talk.agent_is_heard(QUESTION)
    wanted = talk.wait(SILENCE_S)
    assert of(Respond, wanted) == [Respond(talk.briefing.farewell, tools=False)]
    talk.agent_is_heard("I will call again. Goodbye!")
    assert reasons(talk.wait(2)) == [EndReason.SILENCE]
    talk.status("completed")
    assert talk.ending.reason is EndReason.SILENCE
    assert len(of(Respond, talk.actions)) == 4


def test_a_callee_who_says_something_is_asked_anew() -> None:
    talk = a_talk()
    for _ in range(3):
        talk.wait(SILENCE_S)
        talk.agent_is_heard(QUESTION)
        talk.callee_says("Yes, one moment.")
        talk.agent_is_heard("Of course.")
    assert reasons(talk.wait(SILENCE_S)) == []
    assert talk.session.state is CallState.CONNECTED


def test_nobody_is_silent_while_the_line_is_away() -> None:
    talk = a_talk()
    talk.stream_breaks()
    assert of(Respond, talk.wait(STREAM_RETURN_S - 0.5)) == []


# The time limit


def test_the_agent_takes_its_leave_before_the_time_is_up() -> None:
    talk = a_talk(max_duration_s=60)
    item = talk.callee_begins()
    talk.wait(60 - WRAP_UP_S - 3.1)
    assert of(Respond, talk.actions)[1:] == []
    wanted = talk.wait(0.2)
    assert of(Respond, wanted) == [Respond(talk.briefing.wrap_up, tools=False)]
    talk.callee_ends(item)
    talk.agent_is_heard("I am afraid I have to go. Goodbye!")
    assert reasons(talk.wait(2)) == [EndReason.TIME_LIMIT]
    talk.status("completed")
    assert talk.ending.reason is EndReason.TIME_LIMIT


def test_when_the_time_is_up_the_call_is_hung_up() -> None:
    talk = a_talk(max_duration_s=20)
    talk.wait(7.1)
    talk.agent_says("I am afraid I have to go now, and I have a great deal still to say about it. " * 3)
    assert reasons(talk.wait(7)) == []
    assert reasons(talk.wait(2.9)) == []
    assert reasons(talk.wait(0.1)) == [EndReason.TIME_LIMIT]


def test_a_leave_that_is_being_taken_is_not_taken_again() -> None:
    talk = a_talk(max_duration_s=20)
    talk.wait(5.5)
    talk.agent_says("It was very kind of you to help me with all of this. Goodbye!")
    talk.wait(8)
    assert len(of(Respond, talk.actions)) == 1
    assert reasons(talk.actions) == [EndReason.GOODBYE]


def test_a_wrap_up_that_does_not_get_done_ends_in_a_hang_up() -> None:
    talk = a_talk(max_duration_s=600)
    talk.callee_begins()
    talk.wait(600)
    assert reasons(talk.actions) == [EndReason.TIME_LIMIT]
    assert FAREWELL_S < WRAP_UP_S


def test_a_tick_that_comes_far_too_late_still_ends_the_call_once() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    talk.now += 10_000
    assert len(of(Ended, talk.feed(Tick()))) == len(of(HangUp, talk.actions)) == 1
    assert talk.session.state is CallState.ENDED


def test_the_clock_does_not_go_back() -> None:
    talk = a_talk()
    talk.session.handle(Tick(), now=STARTED)
    assert talk.session.deadline is not None
    assert talk.session.deadline > talk.now
