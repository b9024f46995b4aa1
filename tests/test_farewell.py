"""Who ends the call: the model with end_call, or the requester. One farewell, never two."""

import pytest

from bridge import signals
from bridge.actions import AnswerTool, CancelResponse, Clear, HangUp, Respond
from bridge.call import CallState, EndReason
from bridge.events import ClosingBegan, ClosingCancelled
from bridge.phrases import phrasebook
from sandbox.tones import speak
from tests.fakes import OPENING, Talk, a_ringing_talk, a_talk, an_answered_talk, nothing_of, of

ENGLISH = phrasebook("en")
GOODBYE = "Thank you very much. Goodbye!"
ANSWER = Respond()


def said_goodbye(after_s: float = 0.0) -> Talk:
    """The agent's farewell has been heard to its end."""
    talk = a_talk()
    talk.agent_is_heard(GOODBYE)
    talk.wait(after_s)
    return talk


# end_call


def test_end_call_with_the_goodbye_needs_no_other() -> None:
    talk = a_talk()
    talk.response_begins()
    talk.speaks(GOODBYE)
    (answered,) = talk.end_call("Booked for seven.")
    assert isinstance(answered, AnswerTool)
    assert of(Respond, talk.response_ends()) == []
    talk.wait(5)
    assert len(of(HangUp, talk.actions)) == len(of(ClosingBegan, talk.actions)) == 1
    talk.status("completed")
    assert talk.ending.outcome == "Booked for seven."


def test_end_call_after_the_goodbye_needs_no_other() -> None:
    talk = said_goodbye()
    talk.response_begins()
    talk.end_call()
    assert of(Respond, talk.response_ends()) == []
    talk.wait(3)
    assert len(of(HangUp, talk.actions)) == 1


def test_end_call_without_a_goodbye_first_gets_one() -> None:
    talk = a_talk()
    talk.response_begins()
    talk.end_call()
    wanted = talk.response_ends()
    assert of(Respond, wanted) == [Respond(talk.briefing.farewell, tools=False)]
    assert len(of(ClosingBegan, wanted)) == 1
    assert of(HangUp, talk.wait(5)) == []
    talk.agent_is_heard("Cheerio, and all the best.")
    assert of(HangUp, talk.wait(2)) == [HangUp(EndReason.GOODBYE)]
    assert len(of(Respond, talk.actions)) == 2


def test_end_call_in_an_interrupted_reply_waits_for_the_verdict() -> None:
    talk = a_talk()
    talk.response_begins()
    talk.speaks("Then everything is settled, I think.")
    talk.wait(0.5)
    item = talk.callee_begins()
    talk.end_call()
    assert of(Respond, talk.response_ends()) == []
    talk.callee_ends(item)
    assert of(Respond, talk.words(item, "Mhm.")) == [Respond(talk.briefing.farewell, tools=False)]
    talk.agent_says("Cheerio!")
    talk.wait(10)
    assert len(of(HangUp, talk.actions)) == 1


@pytest.mark.parametrize("late", [False, True])
def test_end_call_in_a_reply_that_the_callee_stopped_ends_nothing(*, late: bool) -> None:
    talk = a_talk()
    response = talk.response_begins()
    talk.speaks("Then everything is settled, I think.")
    talk.wait(0.5)
    talk.cancels_at_once = False
    if not late:
        talk.end_call()
    assert of(CancelResponse, talk.callee_says("No, wait!")) == [CancelResponse(response)]
    if late:
        talk.end_call()
    assert talk.response_ends("cancelled") == [ANSWER]
    talk.agent_says("Of course, what is it?")
    assert of(ClosingBegan, talk.actions) == []


@pytest.mark.parametrize("arguments", ["", "{", "[]", "3", '{"outcome": 3}', "{}", "[" * 100_000])
def test_end_call_ends_the_call_whatever_its_arguments_are(arguments: str) -> None:
    talk = a_talk()
    talk.response_begins()
    talk.speaks(GOODBYE)
    talk.feed(signals.ToolCalled("fc", "end_call", arguments))
    talk.response_ends()
    talk.wait(5)
    talk.status("completed")
    assert (talk.ending.reason, talk.ending.outcome) == (EndReason.GOODBYE, "")


def test_a_tool_that_there_is_not_is_answered_so_and_the_model_goes_on() -> None:
    talk = a_talk()
    talk.response_begins()
    (answered,) = talk.feed(signals.ToolCalled("fc", "pay", "{}"))
    assert answered == AnswerTool("fc", "There is no tool 'pay'.")
    assert talk.response_ends() == [ANSWER]


# The requester's wish


def test_the_requesters_hang_up_is_a_farewell_and_then_the_hang_up() -> None:
    talk = a_talk()
    talk.agent_says("A long explanation of what we would like to have.")
    talk.wait(0.5)
    wanted = talk.feed(signals.HangUpAsked())
    assert wanted[0] == Clear()
    assert of(Respond, wanted) == [Respond(talk.briefing.farewell, tools=False)]
    talk.agent_says("Sorry, I have to go. Goodbye!")
    assert of(Respond, talk.callee_says("But what about the name?")) == []
    talk.wait(5)
    assert of(HangUp, talk.actions) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert len(of(Respond, talk.actions)) == 2


def test_the_requesters_second_hang_up_is_one_at_once() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    assert of(HangUp, talk.feed(signals.HangUpAsked())) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert talk.feed(signals.HangUpAsked()) == []


def test_before_the_answer_there_is_nobody_to_say_farewell_to() -> None:
    talk = a_ringing_talk()
    assert of(HangUp, talk.feed(signals.HangUpAsked())) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    talk.status("in-progress")
    assert talk.stream() == []
    talk.status("canceled")
    assert talk.ending.reason is EndReason.REQUESTER_HUNG_UP


def test_without_a_model_there_is_nobody_to_say_farewell() -> None:
    talk = Talk()
    talk.status("in-progress")
    assert of(HangUp, talk.feed(signals.HangUpAsked())) == [HangUp(EndReason.REQUESTER_HUNG_UP)]


def test_a_hang_up_while_the_opening_plays_is_a_farewell_too() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    assert of(Respond, talk.feed(signals.HangUpAsked())) == [Respond(talk.briefing.farewell, tools=False)]
    talk.wait(3)
    assert talk.heard == speak(OPENING)[:8000]


def test_there_are_never_two_farewells() -> None:
    talk = a_talk()
    talk.agent_says(GOODBYE)
    assert of(Respond, talk.feed(signals.HangUpAsked())) == []
    assert of(Respond, talk.callee_says("No, wait!")) == []
    talk.wait(5)
    assert of(HangUp, talk.actions) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert talk.heard == speak(OPENING) + speak(GOODBYE)


def test_a_farewell_that_does_not_get_done_ends_in_a_hang_up() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    assert of(HangUp, talk.wait(30)) == [HangUp(EndReason.REQUESTER_HUNG_UP)]


def test_once_the_hang_up_is_ordered_nothing_is_said_any_more() -> None:
    talk = said_goodbye(2.0)
    assert talk.is_in(CallState.CLOSING)
    happened = talk.callee_says("Wait, one more thing!")
    assert nothing_of(happened, ClosingCancelled, Respond)
    assert talk.script[-1] == "callee: Wait, one more thing!"
    assert of(Respond, talk.feed(signals.Whispered("Call again."))) == []
