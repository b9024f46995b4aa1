"""The callee speaks over the agent: what stops it, what it goes on after, and what is heard of it."""

import pytest

from bridge import signals
from bridge.actions import Action, CancelResponse, Clear, Play, Respond, Truncate
from bridge.dialogue import LAST_SYLLABLES_MS
from bridge.events import BargedIn, BargeInResolved, TurnChanged
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_talk, nothing_of, of

LONG = "We have a table for four at seven or at a quarter to eight, which one do you prefer?"
ANSWER = Respond()


def outcomes(happened: list[Action]) -> list[str]:
    return [resolved.outcome for resolved in of(BargeInResolved, happened)]


def talking(after_s: float = 1.0) -> tuple[Talk, str]:
    """The agent is in the middle of a long sentence; its item."""
    talk = a_talk()
    item = talk.agent_says(LONG)
    talk.wait(after_s)
    return talk, item


def test_the_line_is_silenced_at_once_when_the_callee_speaks_over_the_agent() -> None:
    talk, item = talking()
    talk.callee_begins()
    clear, barged_in = talk.actions[-2:]
    assert clear == Clear()
    assert of(BargedIn, [barged_in])[0].item_id == item
    assert of(BargedIn, [barged_in])[0].heard_ms == 1000
    talk.wait(1)
    assert talk.heard == speak(OPENING) + speak(LONG)[:8000]


def test_the_rest_of_a_reply_that_was_given_up_takes_no_short_path_to_the_line() -> None:
    talk = a_talk()
    response = talk.response_begins()
    item = talk.speaks(LONG, done=False)
    talk.wait(1)
    talk.cancels_at_once = False
    late = signals.AgentAudio(response, item, "////")
    assert talk.session.going_on(late, now=talk.now) is not None
    assert of(CancelResponse, talk.callee_says("No, wait: what about eight?")) == [CancelResponse(response)]
    assert talk.session.going_on(late, now=talk.now) is None
    assert of(Play, talk.feed(late)) == []


@pytest.mark.parametrize("words", ["", "Mm-hmm.", "Yeah, okay."])
def test_after_a_noise_or_a_backchannel_the_agent_goes_on_from_where_it_stopped(words: str) -> None:
    talk, _ = talking()
    wanted = talk.callee_says(words)
    assert outcomes(wanted) == ["resumed"]
    assert nothing_of(wanted, Truncate, Respond)
    talk.wait(10)
    assert talk.heard == speak(OPENING) + speak(LONG)
    last = [turn for turn in talk.turns if turn.party == "agent"][-1]
    assert (last.text, last.final, last.interrupted) == (LONG, True, False)


def test_real_words_take_the_floor() -> None:
    talk, item = talking()
    wanted = talk.callee_says("No, wait!")
    assert outcomes(wanted) == ["yielded"]
    assert of(Truncate, wanted) == [Truncate(item, 1000)]
    assert wanted[-1] == ANSWER
    talk.wait(10)
    assert talk.heard == speak(OPENING) + speak(LONG)[:8000]


def test_the_turn_keeps_only_the_words_that_were_heard() -> None:
    talk, _ = talking(1.9)
    talk.callee_says("No, wait!")
    assert talk.script[1:] == ["agent: We have a table for four at", "callee: No, wait!"]
    cut = talk.turns[1]
    assert cut.final
    assert cut.interrupted
    assert talk.feed(signals.AgentWords("resp_x", cut.id, LONG, final=True)) == []


def test_a_long_utterance_takes_the_floor_before_its_words_are_known() -> None:
    talk, _ = talking()
    item = talk.callee_begins()
    talk.wait(1.5)
    wanted = talk.callee_ends(item)
    assert outcomes(wanted) == ["yielded"]
    assert wanted[-1] == ANSWER
    assert of(Respond, talk.words(item, "I would rather have eight o'clock.")) == []


def test_a_long_noise_that_took_the_floor_is_answered_all_the_same() -> None:
    talk, _ = talking()
    item = talk.callee_begins()
    talk.wait(2)
    talk.callee_ends(item)
    talk.words(item, "")
    talk.agent_says("Sorry, I could not hear you.")
    talk.wait(3)
    assert of(CancelResponse, talk.actions) == []
    assert talk.heard.endswith(speak("Sorry, I could not hear you."))


@pytest.mark.parametrize(("seconds", "outcome"), [(0.5, "resumed"), (1.0, "yielded")])
def test_words_that_do_not_come_in_time_are_judged_by_their_length(seconds: float, outcome: str) -> None:
    talk, _ = talking()
    item = talk.callee_begins()
    talk.wait(seconds)
    talk.callee_ends(item)
    assert outcomes(talk.wait(1.4)) == []
    assert outcomes(talk.wait(0.2)) == [outcome]


def test_real_words_that_come_after_the_agent_went_on_are_answered_when_it_has_done() -> None:
    talk, _ = talking()
    item = talk.callee_begins()
    talk.wait(0.5)
    talk.callee_ends(item)
    talk.wait(2)
    assert of(Respond, talk.words(item, "And the name?")) == [ANSWER]


def test_a_response_that_is_being_made_is_cancelled_and_none_of_it_is_heard_any_more() -> None:
    talk = a_talk()
    response = talk.response_begins()
    item = talk.speaks("We would like a table for four.", done=False)
    talk.wait(0.6)
    talk.cancels_at_once = False
    wanted = talk.callee_says("Who?")
    assert of(CancelResponse, wanted) == [CancelResponse(response)]
    assert of(Truncate, wanted) == [Truncate(item, 600)]
    assert of(Respond, wanted) == []
    assert talk.says_more(item, " At seven, please.") == []
    second = talk.speaks("In the garden.")
    assert talk.session.turns[-1].id != second
    assert talk.response_ends("cancelled") == [ANSWER]
    talk.wait(5)
    assert talk.heard == speak(OPENING) + speak("We would like a table for four.")[: 600 * 8]


def test_the_items_of_a_reply_that_were_not_heard_at_all_are_truncated_at_nothing() -> None:
    talk = a_talk()
    talk.response_begins()
    first, second = talk.speaks("Yes, for four people."), talk.speaks("At seven.")
    talk.response_ends()
    talk.wait(0.5)
    wanted = talk.callee_says("Sorry, what?")
    assert of(Truncate, wanted) == [Truncate(first, 500), Truncate(second, 0)]
    assert talk.script[1:] == ["agent: Yes, for", "agent: ", "callee: Sorry, what?"]


def test_what_is_queued_is_heard_in_order_after_a_backchannel() -> None:
    talk = a_talk()
    talk.response_begins()
    talk.speaks("Yes, for four people.")
    talk.speaks("At seven.")
    talk.response_ends()
    talk.wait(0.5)
    talk.callee_says("Mhm.")
    talk.wait(5)
    assert talk.heard == speak(OPENING) + speak("Yes, for four people.") + speak("At seven.")
    assert talk.script[1:] == ["agent: Yes, for four people.", "agent: At seven.", "callee: Mhm."]


def test_a_reply_that_is_only_being_made_is_held_back_without_a_sound() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    item = talk.callee_begins()
    talk.response_begins()
    talk.speaks("For four.")
    assert nothing_of(talk.actions, Clear, BargedIn)
    talk.response_ends()
    talk.wait(0.5)
    assert talk.heard == speak(OPENING)
    talk.callee_ends(item)
    assert of(Respond, talk.words(item, "Mhm.")) == []
    talk.wait(1)
    assert talk.heard == speak(OPENING) + speak("For four.")
    assert outcomes(talk.actions) == []


def test_a_reply_that_nobody_heard_is_replaced_when_the_callee_goes_on() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    item = talk.callee_begins()
    talk.response_begins()
    unheard = talk.speaks("For four.")
    talk.response_ends()
    talk.callee_ends(item)
    assert talk.words(item, "I mean, children or adults?")[1:] == [Truncate(unheard, 0), ANSWER]
    assert talk.script[1:] == ["callee: For how many?", "callee: I mean, children or adults?"]


def test_a_reply_that_was_asked_for_and_has_not_begun_is_cancelled_when_it_begins() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    item = talk.callee_begins()
    talk.callee_ends(item)
    assert of(CancelResponse, talk.words(item, "And when?")) == []
    talk.cancels_at_once = False
    response = talk.response_begins()
    assert talk.actions[-1] == CancelResponse(response)
    talk.speaks("For four.")
    assert talk.response_ends("cancelled") == [ANSWER]
    assert talk.heard == speak(OPENING)


def test_an_answer_as_the_last_sound_fades_away_is_no_interruption() -> None:
    talk = a_talk()
    item = talk.agent_says("At seven?")
    talk.wait(spoken_ms("At seven?") / 1000 - 0.02)
    talk.now += 0.04  # all of it has been played, and the mark that says so is still on its way
    begun = len(talk.actions)
    callee = talk.callee_begins()
    assert of(BargedIn, talk.actions[begun:]) == []
    assert [told.turn.id for told in of(TurnChanged, talk.actions[begun:]) if told.turn.final] == [item]
    assert of(Respond, talk.callee_ends(callee)) == [ANSWER]
    assert of(Respond, talk.words(callee, "Yes.")) == []


def test_a_second_utterance_before_the_verdict_is_part_of_the_interruption() -> None:
    talk, _ = talking()
    first = talk.callee_begins()
    talk.wait(0.3)
    talk.callee_ends(first)
    second = talk.callee_begins()
    assert talk.words(first, "Mhm.")[1:] == []  # they speak again: not now
    talk.wait(0.3)
    talk.callee_ends(second)
    assert outcomes(talk.words(second, "Yes.")) == ["resumed"]


def test_real_words_yield_the_floor_and_wait_for_the_end_of_what_is_being_said() -> None:
    talk, _ = talking()
    first = talk.callee_begins()
    talk.callee_ends(first)
    second = talk.callee_begins()
    wanted = talk.words(first, "Wait.")
    assert outcomes(wanted) == ["yielded"]
    assert of(Respond, wanted) == []
    assert of(Respond, talk.callee_ends(second)) == [ANSWER]


def test_a_stream_that_is_replaced_amid_an_interruption_stays_silent_until_the_verdict() -> None:
    talk, _ = talking()
    item = talk.callee_begins()
    talk.stream_breaks()
    assert of(Play, talk.stream("MZ2")) == []
    talk.callee_ends(item)
    talk.words(item, "Mhm.")
    talk.wait(10)
    assert talk.heard == speak(OPENING) + speak(LONG)


def test_a_turn_that_was_heard_to_its_end_when_the_stream_broke_is_final() -> None:
    talk = a_talk()
    talk.agent_says("At seven?")
    talk.wait(spoken_ms("At seven?") / 1000 - 0.02)
    talk.now += 0.04  # all of it has been played, and the mark that says so will not come
    talk.stream_breaks()
    assert talk.turns[-1].final
    assert of(Play, talk.stream("MZ2")) == []


def test_a_reply_to_a_noise_is_taken_back_while_nothing_of_it_is_on_the_line() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    talk.callee_ends(item)
    response = talk.response_begins()
    talk.cancels_at_once = False
    assert talk.words(item, "") == [CancelResponse(response)]
    talk.speaks("Pardon?")
    assert talk.response_ends("cancelled") == []
    talk.wait(3)
    assert talk.heard == speak(OPENING)
    assert len(talk.turns) == 1


def test_a_reply_to_a_noise_that_is_on_the_line_is_played() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    talk.callee_ends(item)
    talk.agent_says("Pardon?")
    assert talk.words(item, "") == []
    talk.wait(1)
    assert talk.heard == speak(OPENING) + speak("Pardon?")


# An answer over the last syllables


def answered_over_the_end(before_end_s: float, words: str) -> list[Action]:
    talk = a_talk()
    talk.agent_says(LONG)
    talk.wait(spoken_ms(LONG) / 1000 - before_end_s)
    item = talk.callee_begins()
    talk.wait(0.3)
    talk.callee_ends(item)
    wanted = talk.words(item, words)
    talk.wait(before_end_s)
    assert talk.heard == speak(OPENING) + speak(LONG)
    return wanted


def test_a_yes_over_the_last_syllables_answers_the_sentence() -> None:
    wanted = answered_over_the_end(LAST_SYLLABLES_MS / 1000, "Yes.")
    assert outcomes(wanted) == ["resumed"]
    assert of(Respond, wanted) == [Respond()]


def test_the_same_yes_in_the_middle_asks_the_agent_to_go_on() -> None:
    wanted = answered_over_the_end(LAST_SYLLABLES_MS / 1000 + 0.1, "Yes.")
    assert outcomes(wanted) == ["resumed"]
    assert of(Respond, wanted) == []


def test_a_cough_over_the_last_syllables_answers_nothing() -> None:
    assert of(Respond, answered_over_the_end(0.5, "")) == []


def test_a_yes_over_the_first_syllables_is_no_answer_to_what_is_still_being_made() -> None:
    talk = a_talk()
    talk.callee_says("At seven?")
    talk.response_begins()
    talk.speaks("We would", done=False)
    talk.wait(0.1)
    item = talk.callee_begins()
    talk.wait(0.2)
    talk.callee_ends(item)
    assert of(Respond, talk.words(item, "Yes.")) == []
    assert of(Respond, talk.response_ends()) == []
