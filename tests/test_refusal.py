"""The callee asks never to be called again: it is told once, and the agent apologises and goes."""

import pytest

from bridge import signals
from bridge.actions import AnswerTool, HangUp, Instruct, Respond
from bridge.call import EndReason
from bridge.events import ClosingBegan, ClosingCancelled, DoNotCallAsked, HoldEnded
from tests.fakes import Talk, a_talk, an_answered_talk, nothing_of, of

ANSWER = Respond()
NEVER = "Please don't call us again."
SORRY = "I am sorry, we will not call you again. Goodbye!"
MENU = "For reservations, press 1. Or stop calling."


def asked(talk: Talk) -> int:
    return len(of(DoNotCallAsked, talk.actions))


# By the callee's words


def test_the_callees_wish_is_told_and_answered_by_the_model() -> None:
    talk = a_talk()
    wanted = talk.callee_says(NEVER)
    assert of(DoNotCallAsked, wanted) == [DoNotCallAsked(at_ms=talk.session.at_ms(talk.now))]
    assert of(Respond, wanted) == [ANSWER]
    assert nothing_of(wanted, Instruct)
    talk.agent_is_heard(SORRY)
    assert of(HangUp, talk.wait(2)) == [HangUp(EndReason.GOODBYE)]


def test_it_is_told_once_a_call() -> None:
    talk = a_talk()
    talk.callee_says(NEVER)
    talk.agent_is_heard("I am sorry.")
    talk.callee_says("And take us off your list!")
    talk.agent_says(SORRY)
    talk.tool("never_call_again")
    assert asked(talk) == 1


@pytest.mark.parametrize("words", ["Don't call again today.", "Call us again tomorrow.", "Yes, for four."])
def test_other_words_are_no_such_wish(words: str) -> None:
    talk = a_talk()
    talk.callee_says(words)
    assert asked(talk) == 0


def test_the_agents_own_words_are_none_either() -> None:
    talk = a_talk()
    talk.agent_is_heard("So you say: please don't call us again.")
    assert asked(talk) == 0


def test_it_is_heard_over_the_opening_too() -> None:
    talk = an_answered_talk()
    talk.wait(0.5)
    wanted = talk.callee_says("Stop calling us!")
    assert len(of(DoNotCallAsked, wanted)) == 1
    assert of(Respond, wanted) == [ANSWER]


def test_it_keeps_an_interrupted_agent_from_going_on() -> None:
    talk = a_talk()
    talk.agent_says("We would like a table for four people at seven in the evening, please.")
    talk.wait(0.5)
    wanted = talk.callee_says("Stop calling.")
    assert len(of(DoNotCallAsked, wanted)) == 1
    assert of(Respond, wanted) == [ANSWER]


def test_after_a_goodbye_it_is_answered_before_the_call_ends() -> None:
    talk = a_talk()
    talk.agent_is_heard("Thank you. Goodbye!")
    wanted = talk.callee_says("And never call here again.")
    assert len(of(DoNotCallAsked, wanted)) == len(of(ClosingCancelled, wanted)) == 1


def test_it_is_told_while_the_call_is_being_ended() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    talk.agent_says("Goodbye!")
    talk.callee_says(NEVER)
    talk.feed(signals.HangUpAsked())
    assert asked(talk) == 1


def test_it_is_told_when_its_words_come_after_the_hang_up() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    talk.callee_ends(item)
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    talk.words(item, NEVER)
    assert asked(talk) == 1


def test_it_is_told_in_the_language_that_was_switched_to() -> None:
    talk = a_talk(may_switch_to=("it",))
    talk.callee_says("Non mi chiami più.")
    assert asked(talk) == 0
    talk.tool("switch_language", language="it")
    talk.agent_is_heard("Buonasera.")
    talk.callee_says("Non mi chiami più.")
    assert asked(talk) == 1


def test_a_person_who_comes_back_from_hold_may_ask_for_it() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")
    wanted = talk.callee_says(NEVER)
    assert len(of(HoldEnded, wanted)) == len(of(DoNotCallAsked, wanted)) == 1


# Recordings have no wishes


@pytest.mark.parametrize(
    "words",
    [
        MENU,
        "Your call is important to us. Please don't call again.",
        "Please say your name and why you are calling. Or stop calling.",
    ],
)
def test_no_recording_asks_for_it(words: str) -> None:
    talk = a_talk()
    talk.callee_says(words)
    assert asked(talk) == 0


def test_no_announcement_on_hold_asks_for_it() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")
    talk.callee_says("Thank you for waiting. Please do not call again.")
    assert asked(talk) == 0


def test_no_answering_machine_asks_for_it() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    talk.feed(signals.AnswererDetected("machine_start"))
    talk.callee_says("This is Bob. Take me off your list.")
    assert asked(talk) == 0


@pytest.mark.parametrize("waits", ["wait_on_hold", "voicemail_reached"])
def test_no_model_can_have_heard_it_from_a_recording(waits: str) -> None:
    talk = a_talk(voicemail_message="Please call back.")
    talk.tool(waits)
    wanted = talk.tool("never_call_again")
    assert of(AnswerTool, wanted) == [AnswerTool("fc", "That was a recording, and nobody's wish.")]
    assert nothing_of(wanted, Respond, DoNotCallAsked, ClosingBegan)


# By the model's own ear


def test_the_model_may_have_heard_it_in_other_words() -> None:
    talk = a_talk()
    talk.callee_says("I have had it with you people. Enough!")
    wanted = talk.tool("never_call_again", says=SORRY)
    assert len(of(DoNotCallAsked, wanted)) == 1
    assert nothing_of(wanted, Respond)
    talk.wait(10)
    assert of(HangUp, talk.actions) == [HangUp(EndReason.GOODBYE)]


@pytest.mark.parametrize("says", ["", "I have made a note of that."])
def test_a_model_that_does_not_say_goodbye_with_it_is_told_to(says: str) -> None:
    talk = a_talk()
    wanted = talk.tool("never_call_again", says=says)
    assert of(Respond, wanted) == [Respond(talk.briefing.never_again, tools=False)]
    assert len(of(ClosingBegan, wanted)) == 1
    talk.agent_is_heard("I am very sorry.")
    talk.wait(5)
    assert of(HangUp, talk.actions) == [HangUp(EndReason.GOODBYE)]


def test_one_farewell_is_enough_where_the_call_is_ended_as_well() -> None:
    talk = a_talk()
    talk.response_begins()
    talk.feed(signals.ToolCalled("fc_1", "never_call_again", "{}"))
    talk.end_call("They want no calls.")
    wanted = talk.response_ends()
    assert of(Respond, wanted) == [Respond(talk.briefing.never_again, tools=False)]
    talk.agent_is_heard(SORRY)
    talk.wait(5)
    talk.status("completed")
    assert (talk.ending.reason, talk.ending.outcome) == (EndReason.GOODBYE, "They want no calls.")
    assert len(of(Respond, talk.actions)) == 2


def test_a_farewell_that_is_being_said_is_enough() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    wanted = talk.tool("never_call_again", says="Goodbye!")
    assert len(of(DoNotCallAsked, wanted)) == 1
    assert nothing_of(wanted, Respond)


def test_a_callee_who_goes_on_after_that_is_answered() -> None:
    talk = a_talk()
    talk.tool("never_call_again", says=SORRY)
    talk.wait(3)
    assert of(Respond, talk.callee_says("Wait, who is this about?")) == [ANSWER]
