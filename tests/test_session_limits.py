"""How long a call puts up with things: a lost line, a lost model, silence, and the time it has."""

import pytest

from bridge import signals
from bridge.actions import Action, Apologise, HangUp, Instruct, Play, ReopenModel, Respond
from bridge.adoption import STREAM_RETURN_S
from bridge.call import CallState, EndReason
from bridge.events import (
    BargedIn,
    Ended,
    ModelResumed,
    ModelTrouble,
)
from bridge.limits import WRAP_UP_S
from bridge.session import APOLOGY_S, FAREWELL_S, Tick
from bridge.silence import SILENCE_S
from sandbox.tones import speak
from tests.fakes import OPENING, STARTED, Talk, a_ringing_talk, a_talk, an_answered_talk, of

GOODBYE = "Thank you very much. Goodbye!"
QUESTION = "Is anybody there?"


def reasons(happened: list[Action]) -> list[EndReason]:
    return [hang_up.reason for hang_up in of(HangUp, happened)]


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
    assert talk.has_floor("nobody")


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
    assert of(Instruct, back) == [Instruct(talk.briefing.resume)]
    assert of(Respond, back) == [Respond()]


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


def test_a_response_that_the_model_refuses_is_asked_for_again_twice() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    refused = signals.ModelObjected("rate_limit_exceeded", to_response=True)
    assert of(Respond, talk.feed(refused)) == of(Respond, talk.feed(refused)) == [Respond()]
    wanted = talk.feed(refused)
    assert of(Respond, wanted) == []
    assert len(of(Apologise, wanted)) == 1


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
    assert talk.is_in(CallState.CONNECTED)


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
    assert talk.is_in(CallState.ENDED)


def test_the_clock_does_not_go_back() -> None:
    talk = a_talk()
    talk.session.handle(Tick(), now=STARTED)
    assert talk.session.deadline is not None
    assert talk.session.deadline > talk.now
