"""From a goodbye to the hang-up: the closing by itself, and in a talk."""

import pytest

from bridge import signals
from bridge.actions import AnswerTool, CancelResponse, Clear, HangUp, Respond
from bridge.call import CallState, EndReason
from bridge.closing import GRACE_S, WORDS_PATIENCE_S, Closing
from bridge.events import ClosingBegan, ClosingCancelled
from bridge.phrases import phrasebook
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_ringing_talk, a_talk, an_answered_talk, of

ENGLISH = phrasebook("en")
GOODBYE = "Thank you very much. Goodbye!"
ANSWER = Respond()


def said_goodbye(after_s: float = 0.0) -> Talk:
    """The agent's farewell has been heard to its end."""
    talk = a_talk()
    talk.agent_is_heard(GOODBYE)
    talk.wait(after_s)
    return talk


# By itself


def test_nothing_is_due_before_a_goodbye() -> None:
    closing = Closing()
    closing.played_out(1.0)
    assert closing.deadline is None
    assert not closing.due(100.0)


def test_the_hang_up_is_due_two_seconds_after_the_farewell_was_played() -> None:
    closing = Closing()
    assert closing.begin()
    assert not closing.begin()
    assert closing.deadline is None
    closing.played_out(5.0)
    closing.played_out(6.0)
    assert closing.deadline == 5.0 + GRACE_S
    assert not closing.due(6.9)
    assert closing.due(7.0)


def test_what_the_callee_says_holds_it_until_the_words_are_known() -> None:
    closing = Closing()
    closing.begin()
    closing.played_out(5.0)
    closing.callee_began("a")
    assert closing.deadline is None
    assert not closing.due(60.0)
    closing.callee_committed("a", 8.0)
    assert closing.deadline == 8.0 + WORDS_PATIENCE_S
    assert not closing.callee_words("a", "Thanks, bye!", ENGLISH, 9.0)
    assert closing.deadline == 9.0 + GRACE_S


def test_every_utterance_is_waited_for() -> None:
    closing = Closing()
    closing.begin()
    closing.played_out(5.0)
    closing.callee_began("a")
    closing.callee_committed("a", 6.0)
    closing.callee_began("b")
    assert not closing.callee_words("a", "Thanks.", ENGLISH, 6.5)
    assert not closing.due(60.0)
    assert closing.callee_words("b", "But wait!", ENGLISH, 7.0)
    assert not closing.active
    assert not closing.due(60.0)


def test_words_that_do_not_come_are_overdue() -> None:
    closing = Closing()
    closing.begin()
    closing.callee_began("a")
    closing.callee_committed("a", 6.0)
    closing.callee_committed("unknown", 6.0)
    assert not closing.words_overdue(8.4)
    assert closing.words_overdue(8.5)


def test_nothing_that_is_said_holds_or_cancels_a_forced_one() -> None:
    closing = Closing()
    closing.begin()
    closing.callee_began("a")
    closing.callee_committed("a", 6.0)
    assert not closing.begin(forced=True)
    closing.callee_began("b")
    closing.played_out(7.0)
    assert not closing.words_overdue(60.0)
    assert not closing.callee_words("b", "Wait!", ENGLISH, 7.0)
    assert closing.due(9.0)


def test_a_forced_one_waits_for_its_own_farewell() -> None:
    closing = Closing()
    closing.begin()
    closing.played_out(5.0)
    closing.begin(forced=True)
    assert not closing.due(60.0)


# In a talk


def test_a_goodbye_is_played_out_and_two_seconds_later_the_call_is_hung_up() -> None:
    talk = a_talk()
    talk.agent_says(GOODBYE)
    assert len(of(ClosingBegan, talk.actions)) == 1
    assert of(HangUp, talk.wait(spoken_ms(GOODBYE) / 1000 + 1.9)) == []
    assert talk.heard == speak(OPENING) + speak(GOODBYE)
    assert of(HangUp, talk.wait(0.2)) == [HangUp(EndReason.GOODBYE)]
    assert talk.session.state is CallState.CLOSING
    talk.status("completed")
    assert talk.ending.reason is EndReason.GOODBYE


@pytest.mark.parametrize(
    "words",
    ["Bye the way, is there parking?", "I would like to buy", 'He said "goodbye".', "You say goodbye and I say hello"],
)
def test_what_only_sounds_like_a_goodbye_closes_nothing(words: str) -> None:
    talk = a_talk()
    talk.agent_is_heard(words)
    talk.wait(5)
    assert of(ClosingBegan, talk.actions) == []


def test_a_goodbye_in_the_opening_closes_nothing() -> None:
    talk = a_talk(opening="A short message from Anna. Have a nice day!")
    talk.wait(5)
    assert of(ClosingBegan, talk.actions) == []


def test_a_goodbye_is_none_before_it_is_on_the_line() -> None:
    talk = a_talk()
    talk.stream_breaks()
    talk.agent_says(GOODBYE)
    assert of(ClosingBegan, talk.actions) == []
    assert len(of(ClosingBegan, talk.stream("MZ2"))) == 1


@pytest.mark.parametrize("words", ["Thank you, goodbye!", "You too.", "", "Okay, bye, Anna!"])
def test_a_parting_word_after_the_goodbye_lets_the_hang_up_go_on(words: str) -> None:
    talk = said_goodbye(1.0)
    wanted = talk.callee_says(words, seconds=1.5)
    assert of(HangUp, wanted) == of(Respond, wanted) == of(ClosingCancelled, wanted) == []
    assert of(HangUp, talk.wait(1.9)) == []
    assert of(HangUp, talk.wait(0.2)) == [HangUp(EndReason.GOODBYE)]


def test_callee_interrupting_goodbye_keeps_call_open() -> None:
    talk = said_goodbye(1.0)
    wanted = talk.callee_says("Wait, what name was it?", seconds=3)
    assert of(HangUp, wanted) == []
    assert len(of(ClosingCancelled, wanted)) == 1
    assert of(Respond, wanted) == [ANSWER]
    talk.agent_is_heard("Berg, with an e.")
    talk.wait(5)
    assert talk.session.state is CallState.CONNECTED
    assert of(HangUp, talk.actions) == []


def test_the_farewell_is_not_clipped_by_what_the_callee_says_over_it() -> None:
    talk = a_talk()
    talk.agent_says(GOODBYE)
    talk.wait(0.5)
    wanted = talk.callee_says("Hold on!")
    assert of(Clear, wanted) == []
    assert len(of(ClosingCancelled, wanted)) == 1
    talk.wait(3)
    assert talk.heard == speak(OPENING) + speak(GOODBYE)
    assert of(HangUp, talk.actions) == []


def test_the_second_of_two_utterances_after_the_goodbye_is_heard_out() -> None:
    talk = said_goodbye(0.5)
    first = talk.callee_begins()
    talk.wait(0.4)
    talk.callee_ends(first)
    second = talk.callee_begins()
    talk.words(first, "Thanks.")
    assert of(HangUp, talk.wait(6)) == []
    talk.callee_ends(second)
    assert len(of(ClosingCancelled, talk.words(second, "There is one more thing I have to ask you."))) == 1


def test_an_utterance_whose_words_do_not_come_keeps_the_call_open_and_is_answered_once() -> None:
    talk = said_goodbye(0.5)
    item = talk.callee_begins()
    talk.wait(0.5)
    talk.callee_ends(item)
    wanted = talk.wait(WORDS_PATIENCE_S)
    assert len(of(ClosingCancelled, wanted)) == 1
    assert of(Respond, wanted) == [ANSWER]
    assert of(Respond, talk.words(item, "What name was it?")) == []


def test_what_was_said_before_the_goodbye_does_not_cancel_it() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    talk.callee_ends(item)
    talk.agent_says(GOODBYE)
    assert of(ClosingCancelled, talk.words(item, "That is settled then, anything else?")) == []


def test_an_interrupted_goodbye_that_goes_on_is_a_goodbye() -> None:
    talk = a_talk()
    talk.response_begins()
    item = talk.speaks("We look forward to it. Goodbye!", done=False)
    talk.wait(0.5)
    callee = talk.callee_begins()
    talk.feed(
        signals.AgentAudioDone(item), signals.AgentWords("r", item, "We look forward to it. Goodbye!", final=True)
    )
    talk.response_ends()
    assert of(ClosingBegan, talk.actions) == []
    talk.callee_ends(callee)
    assert len(of(ClosingBegan, talk.words(callee, "Mhm."))) == 1


def test_a_goodbye_that_was_given_up_is_none() -> None:
    talk = a_talk()
    talk.response_begins()
    item = talk.speaks("We look forward to it. Goodbye!", done=False)
    talk.wait(0.5)
    talk.callee_says("No, wait!")
    talk.feed(signals.AgentWords("r", item, "We look forward to it. Goodbye!", final=True))
    talk.wait(6)
    assert of(ClosingBegan, talk.actions) == []


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
    assert talk.session.state is CallState.CLOSING
    happened = talk.callee_says("Wait, one more thing!")
    assert of(ClosingCancelled, happened) == of(Respond, happened) == []
    assert talk.script[-1] == "callee: Wait, one more thing!"
    assert of(Respond, talk.feed(signals.Whispered("Call again."))) == []
