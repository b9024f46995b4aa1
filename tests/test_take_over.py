"""The requester's own phone takes the line over from the agent, and gives it back if nobody answers it."""

import pytest

from bridge import signals
from bridge.actions import Action, AnswerTool, Clear, HangUp, Instruct, ReopenModel, Respond, TakeOver
from bridge.call import CallState, EndReason
from bridge.events import ClosingBegan, Ended, HoldBegan, HoldEnded, TakenOver
from bridge.hold import CAP_S
from sandbox.tones import spoken_ms
from tests.fakes import Talk, a_ringing_talk, a_talk, nothing_of, of

ANSWER = Respond()
PHONE = "+14155552672"
COMING = "Anna is joining now, please stay on the line."


def asked(talk: Talk) -> list[Action]:
    return talk.feed(signals.TakeOverAsked(PHONE))


def handed_over(**changes: object) -> Talk:
    talk = a_talk(**changes)
    asked(talk)
    talk.agent_is_heard(COMING)
    return talk


def fails(talk: Talk) -> list[Action]:
    """The requester's phone rings out; Twilio asks what next, and connects a stream again."""
    talk.stream_breaks()
    talk.wait(25)
    return talk.stream("MZ2")


# Handing over


def test_the_callee_hears_who_is_coming_before_the_line_changes_hands() -> None:
    talk = a_talk()
    assert of(Respond, asked(talk)) == [Respond(talk.briefing.handover, tools=False)]
    talk.agent_says(COMING)
    assert nothing_of(talk.wait(spoken_ms(COMING) / 1000 - 0.1), TakeOver)
    wanted = talk.wait(0.2)
    assert of(TakeOver, wanted) == [TakeOver(PHONE)]
    assert len(of(TakenOver, wanted)) == 1


def test_it_does_not_cut_the_callee_short() -> None:
    talk = a_talk()
    asked(talk)
    talk.agent_says(COMING)
    talk.wait(spoken_ms(COMING) / 1000 - 0.05)
    item = talk.callee_begins()
    assert nothing_of(talk.wait(2), TakeOver)
    talk.callee_ends(item)
    talk.words(item, "All right.")
    talk.agent_is_heard("Just a moment.")
    assert len(of(TakeOver, talk.actions)) == 1


def test_the_end_of_the_stream_is_no_loss_then() -> None:
    talk = handed_over()
    talk.stream_breaks()
    assert nothing_of(talk.wait(600), HangUp, Respond)
    talk.status("completed")
    assert talk.ending.reason is EndReason.TAKEN_OVER
    assert talk.ending.talk_s > 600


def test_nothing_of_ours_ends_a_call_that_others_have_taken_over() -> None:
    talk = handed_over(max_duration_s=60)
    talk.stream_breaks()
    assert nothing_of(talk.wait(900), HangUp, Respond)


def test_a_call_whose_last_word_from_the_carrier_got_lost_has_an_end_all_the_same() -> None:
    talk = handed_over(max_duration_s=600)
    talk.stream_breaks()
    assert nothing_of(talk.wait(600 + CAP_S), HangUp, Ended)
    talk.wait(130)
    assert (talk.ending.reason, talk.ending.detail) == (EndReason.TAKEN_OVER, "unconfirmed")


def test_a_call_that_was_given_back_is_not_ended_by_it() -> None:
    talk = handed_over(max_duration_s=3600)
    fails(talk)
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    talk.tool("wait_on_hold")
    assert nothing_of(talk.wait(CAP_S - 1), HangUp, Ended)


def test_the_agent_says_nothing_any_more() -> None:
    talk = handed_over()
    talk.stream_breaks()
    wanted = talk.feed(signals.Whispered("Ask for parking."))
    assert of(Instruct, wanted) == [Instruct("Ask for parking.")]
    assert of(Respond, wanted) == []
    assert of(Respond, talk.tool("pay")) == []


def test_a_second_press_does_not_ring_the_phone_again() -> None:
    talk = handed_over()
    assert asked(talk) == []
    talk.stream_breaks()
    assert asked(talk) == []
    assert len(of(TakeOver, talk.actions)) == 1


def test_who_hangs_up_then_cuts_the_line_at_once() -> None:
    talk = handed_over()
    talk.stream_breaks()
    wanted = talk.feed(signals.HangUpAsked())
    assert of(HangUp, wanted) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert of(Respond, wanted) == []


def test_on_hold_there_is_nobody_to_tell() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")
    talk.callee_begins()  # music
    wanted = asked(talk)
    assert of(TakeOver, wanted) == [TakeOver(PHONE)]
    assert len(of(HoldEnded, wanted)) == 1
    assert nothing_of(wanted, Respond)


@pytest.mark.parametrize("state", ["ringing", "closing", "ended"])
def test_there_is_nothing_to_take_over_before_the_answer_and_after_the_goodbye(state: str) -> None:
    talk = a_ringing_talk() if state == "ringing" else a_talk()
    if state == "closing":
        talk.agent_says("Thank you. Goodbye!")
    elif state == "ended":
        talk.status("completed")
    assert asked(talk) == []


def test_a_polite_ending_goes_before_a_handing_over_that_is_not_done_yet() -> None:
    talk = a_talk()
    asked(talk)
    talk.agent_says(COMING)
    talk.feed(signals.HangUpAsked())
    talk.agent_is_heard("Goodbye.")
    assert of(HangUp, talk.wait(3)) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert nothing_of(talk.actions, TakeOver)


def test_a_goodbye_meanwhile_does_not_keep_the_requester_from_the_line() -> None:
    talk = a_talk()
    asked(talk)
    talk.agent_says("Anna is coming. Goodbye!")
    talk.wait(3)
    assert len(of(ClosingBegan, talk.actions)) == 1
    assert len(of(TakeOver, talk.actions)) == 1
    assert nothing_of(talk.wait(60), HangUp)


# Given back


def test_the_call_goes_on_with_the_agent_when_the_phone_is_not_answered() -> None:
    talk = handed_over()
    wanted = fails(talk)
    assert of(Instruct, wanted) == [Instruct(talk.briefing.taken_back)]
    assert of(Respond, wanted) == [ANSWER]
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    assert of(Respond, talk.callee_says("What now?")) == [ANSWER]
    talk.agent_is_heard("A table for four, please. Goodbye!")
    talk.wait(3)
    talk.status("completed")
    assert talk.ending.reason is EndReason.GOODBYE


def test_it_goes_on_when_the_carrier_could_not_ring_it() -> None:
    talk = handed_over()
    assert len(of(Respond, talk.feed(signals.TakeOverFailed()))) == 1
    assert talk.feed(signals.TakeOverFailed()) == []
    assert talk.is_in(CallState.CONNECTED)


def test_a_hold_that_began_meanwhile_is_over_then() -> None:
    talk = handed_over()
    talk.tool("wait_on_hold")
    talk.stream_breaks()
    wanted = talk.stream("MZ2")
    assert len(of(HoldEnded, wanted)) == 1
    assert of(Respond, wanted) == [ANSWER]


def test_it_may_be_tried_again_afterwards() -> None:
    talk = handed_over()
    fails(talk)
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    asked(talk)
    talk.agent_is_heard(COMING)
    assert len(of(TakeOver, talk.actions)) == 2


def test_the_time_limit_counts_again_from_where_it_stood() -> None:
    talk = handed_over(max_duration_s=60)
    fails(talk)
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    assert nothing_of(talk.wait(5), HangUp)
    assert of(HangUp, talk.wait(60)) == [HangUp(EndReason.TIME_LIMIT)]


def test_a_model_that_was_lost_meanwhile_is_only_opened_again_when_it_is_needed() -> None:
    talk = handed_over()
    talk.stream_breaks()
    assert nothing_of(talk.feed(signals.ModelLost("1001")), ReopenModel, HangUp)
    wanted = talk.stream("MZ2")
    assert of(ReopenModel, wanted) == [ReopenModel(tuple(talk.turns))]
    assert of(Instruct, wanted) == [Instruct(talk.briefing.taken_back)]
    assert len(of(Respond, wanted)) == 1
    assert nothing_of(talk.feed(signals.ModelReady()), Respond, Instruct)  # once is enough


def test_an_interruption_as_the_line_changes_hands_does_not_leave_the_agent_mute() -> None:
    talk = a_talk()
    asked(talk)
    talk.response_begins()
    item = talk.callee_begins()
    talk.wait(0.3)
    talk.callee_ends(item)
    talk.response_ends()  # without a word
    wanted = talk.feed(signals.TakeOverFailed())
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    assert nothing_of(wanted, HangUp)
    assert talk.script[-1] == "agent: Sorry, Anna cannot be reached."


def test_a_question_that_is_open_does_not_wake_the_agent() -> None:
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="Is eight all right?", choices=[])
    talk.wait(2)
    asked(talk)
    talk.agent_is_heard(COMING)
    wanted = talk.feed(signals.QuestionAnswered("fc", "Yes"))
    assert len(of(AnswerTool, wanted)) == 1
    assert nothing_of(wanted, Respond, Clear, HoldBegan)
