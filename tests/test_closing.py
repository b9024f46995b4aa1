"""From a goodbye to the hang-up: the closing by itself, and in a talk."""

import pytest

from bridge import signals
from bridge.actions import Clear, HangUp, Respond
from bridge.call import CallState, EndReason
from bridge.closing import GRACE_S, WORDS_PATIENCE_S, Closing
from bridge.events import ClosingBegan, ClosingCancelled
from bridge.phrases import phrasebook
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_talk, nothing_of, of

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
    assert talk.is_in(CallState.CLOSING)
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
    assert nothing_of(wanted, HangUp, Respond, ClosingCancelled)
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
    assert talk.is_in(CallState.CONNECTED)
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
    talk.response_begins()
    talk.words(item, "What name was it?")
    assert of(Respond, talk.response_ends()) == []


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
