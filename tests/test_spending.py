"""What a call costs while it goes on, and its limit: the agent takes its leave in time, and is never cut."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import prices, signals
from bridge.actions import Action, CancelResponse, HangUp, Respond
from bridge.briefing import brief
from bridge.call import CallState, EndReason, Usage
from bridge.clock import Clock
from bridge.events import CostRose, HoldBegan
from bridge.session import Tick
from bridge.spending import HANG_UP_S, LEAVE_S, Spending
from sandbox.tones import spoken_ms
from tests.fakes import MODEL, STARTED, Talk, a_ringing_talk, a_spec, a_talk, an_answered_talk, nothing_of, of

GOODBYE = "Thank you very much. Goodbye!"
LEAVE = "I am afraid I have to go now. Goodbye!"
PRICES = prices.load(MODEL)
MINUTE = PRICES.line_minute + PRICES.stream_minute
TEN_CENTS = Usage(text_in=25_000)
LEAVE_TAKING = Respond(brief(a_spec()).wrap_up, tools=False)
ENDING = 0.03  # a farewell after an opening, and a little more
LEAST = 0.065  # a minute of the line, a response like an opening, and a farewell


def reasons(happened: Iterable[Action]) -> list[EndReason]:
    return [hang_up.reason for hang_up in of(HangUp, happened)]


def costs(happened: Iterable[Action]) -> list[float]:
    return [rose.cost_usd for rose in of(CostRose, happened)]


def used(talk: Talk, usage: Usage) -> list[Action]:
    """A response that was made somewhere costs so much."""
    return talk.feed(signals.ResponseEnded("other", "completed", usage))


# The cost so far


def test_the_cost_is_told_as_the_minutes_of_the_line_begin() -> None:
    talk = an_answered_talk()
    assert costs(talk.actions) == []
    assert costs(talk.wait(0.1)) == [0.02]
    talk.callee_begins()
    assert costs(talk.wait(59.8)) == []
    assert costs(talk.wait(60)) == [0.04]
    assert costs(talk.wait(60)) == [0.05]


def test_the_cost_is_told_after_a_response_and_once_a_cent() -> None:
    talk = a_talk()
    assert costs(used(talk, TEN_CENTS)) == [0.12]
    assert costs(used(talk, Usage(text_in=100))) == []
    assert costs(talk.feed(signals.Transcribed(600.0))) == [0.16]
    assert costs(talk.feed(Tick())) == []


def test_a_call_that_nobody_answers_costs_its_opening() -> None:
    talk = a_ringing_talk()
    assert costs(used(talk, TEN_CENTS)) == [0.1]
    talk.wait(20)
    talk.status("no-answer")
    assert talk.ending.cost_usd == pytest.approx(0.1)


def test_the_last_that_was_told_is_the_cost_of_the_whole_call() -> None:
    talk = a_talk()
    used(talk, TEN_CENTS)
    talk.agent_is_heard(GOODBYE)
    talk.wait(2)
    talk.status("completed")
    assert costs(talk.actions)[-1] == pytest.approx(talk.ending.cost_usd, abs=0.005)


def test_what_the_hang_up_still_costs_is_told_too() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    assert talk.is_in(CallState.CLOSING)
    assert costs(used(talk, TEN_CENTS)) == [0.12]


@given(st.lists(st.tuples(st.floats(0.0, 90.0), st.integers(0, 30_000)), max_size=12))
def test_each_cent_is_told_once_and_no_cent_is_told_that_was_not_spent(steps: list[tuple[float, int]]) -> None:
    clock = Clock(STARTED, STARTED)
    spending = Spending(PRICES, clock, most_usd=0.0)
    spending.answered()
    told: list[float] = []
    for seconds, tokens in steps:
        until = clock.now + seconds
        while spending.deadline is not None and spending.deadline <= until:
            clock.advance(spending.deadline)
            told += costs(spending.settle())
            assert spending.deadline > clock.now
        clock.advance(until)
        told += costs(spending.responded(Usage(text_in=tokens)))
        assert told == sorted(set(told))
        assert (told or [0.0])[-1] == pytest.approx(spending.cost_usd, abs=0.0051)
        assert not spending.spent(at_rest=True)


# The limit: in the middle of a minute


def test_a_call_without_a_limit_may_cost_what_it_will() -> None:
    talk = a_talk()
    used(talk, Usage(audio_out=10_000_000))
    assert nothing_of(talk.wait(1), Respond, HangUp)


def test_the_agent_takes_its_leave_when_another_response_cannot_be_paid_for() -> None:
    talk = a_talk(max_cost_usd=0.6)
    assert nothing_of(used(talk, TEN_CENTS) + used(talk, TEN_CENTS), Respond)
    wanted = used(talk, TEN_CENTS)
    assert of(Respond, wanted) == [LEAVE_TAKING]
    assert reasons(wanted) == []
    talk.agent_is_heard(LEAVE)
    assert reasons(talk.wait(2)) == [EndReason.MONEY_LIMIT]
    talk.status("completed")
    assert talk.ending.reason is EndReason.MONEY_LIMIT


def test_the_farewell_is_paid_for_before_the_limit() -> None:
    talk = a_talk(max_cost_usd=0.6)
    while nothing_of(talk.actions, Respond) or of(Respond, talk.actions)[-1] != LEAVE_TAKING:
        used(talk, Usage(audio_in=100, audio_in_cached=9000, audio_out=100))
    response = talk.response_begins()
    talk.speaks(LEAVE)
    talk.feed(signals.ResponseEnded(response, "completed", Usage(audio_in=9200, audio_out=100, text_in=100)))
    talk.wait(10)
    talk.status("completed")
    assert 0.5 < talk.ending.cost_usd < 0.6


def test_the_sentence_that_is_being_said_is_heard_out_first() -> None:
    talk = a_talk(max_cost_usd=0.6)
    sentence = "We would like to come at eight."
    used(talk, TEN_CENTS)
    used(talk, TEN_CENTS)
    response = talk.response_begins()
    talk.speaks(sentence)
    assert nothing_of(talk.feed(signals.ResponseEnded(response, "completed", TEN_CENTS)), Respond)
    assert nothing_of(talk.wait(spoken_ms(sentence) / 1000 - 0.1), Respond)
    assert of(Respond, talk.wait(0.2)) == [LEAVE_TAKING]
    assert talk.script[-1] == f"agent: {sentence}"


def test_the_callee_is_heard_out_and_no_other_answer_is_made() -> None:
    talk = a_talk(max_cost_usd=0.5)
    item = talk.callee_begins()
    assert nothing_of(used(talk, Usage(text_in=100_000)) + talk.wait(3), Respond)
    begun = len(talk.actions)
    talk.callee_ends(item)
    talk.response_begins()  # the answer: not one word of it is made
    assert len(of(CancelResponse, talk.actions[begun:])) == 1
    assert of(Respond, talk.actions)[-1] == LEAVE_TAKING


def test_whatever_the_callee_says_to_the_leave_the_call_ends() -> None:
    talk = a_talk(max_cost_usd=0.5)
    used(talk, Usage(text_in=100_000))
    talk.agent_says(LEAVE)
    talk.wait(0.5)
    assert nothing_of(talk.callee_says("Wait, for how many?"), Respond)
    talk.wait(5)
    assert reasons(talk.actions) == [EndReason.MONEY_LIMIT]


def test_a_goodbye_that_is_being_said_is_not_cut_and_not_said_twice() -> None:
    talk = a_talk(max_cost_usd=0.5)
    talk.agent_says(GOODBYE)
    talk.wait(0.2)
    assert nothing_of(used(talk, Usage(text_in=200_000)), Respond, HangUp)
    talk.wait(5)
    assert reasons(talk.actions) == [EndReason.GOODBYE]
    assert len(of(Respond, talk.actions)) == 1


def test_a_goodbye_that_is_taken_back_wins_no_time() -> None:
    talk = a_talk(max_cost_usd=0.5)
    talk.agent_is_heard(GOODBYE)
    used(talk, Usage(text_in=100_000))
    talk.callee_says("Wait, for how many?")
    talk.response_begins()
    assert of(Respond, talk.actions)[-1] == LEAVE_TAKING


def test_a_leave_that_does_not_get_done_ends_in_a_hang_up() -> None:
    talk = a_talk(max_cost_usd=0.5)
    used(talk, Usage(text_in=100_000))
    assert reasons(talk.wait(30)) == [EndReason.MONEY_LIMIT]


# The limit: the line's minutes


def test_a_minute_that_cannot_be_paid_for_is_not_begun() -> None:
    talk = a_talk(max_cost_usd=ENDING + 2 * MINUTE)
    item = talk.callee_begins()
    talk.wait(STARTED + 2 + 120 - LEAVE_S - talk.now)
    assert of(Respond, talk.actions)[1:] == []
    assert of(Respond, talk.wait(0.1)) == [LEAVE_TAKING]  # though the callee is speaking
    talk.callee_ends(item)
    talk.agent_is_heard(LEAVE)
    assert reasons(talk.wait(2)) == [EndReason.MONEY_LIMIT]
    talk.status("completed")
    assert talk.ending.talk_s < 120
    assert costs(talk.actions)[-1] == pytest.approx(2 * MINUTE, abs=0.005)


def test_a_farewell_that_takes_long_is_not_cut_as_the_minute_ends() -> None:
    talk = a_talk(max_cost_usd=ENDING + 2 * MINUTE)
    talk.callee_begins()
    talk.wait(STARTED + 2 + 120 - LEAVE_S + 1.5 - talk.now)
    farewell = "It was very kind of you, and now I have to go. " * 6 + "Goodbye!"
    talk.agent_says(farewell)
    assert nothing_of(talk.wait(spoken_ms(farewell) / 1000), HangUp)
    assert 118 < talk.now - STARTED - 2 < 120
    assert (talk.turns[-1].text, talk.turns[-1].interrupted) == (farewell, False)
    assert reasons(talk.wait(2)) == [EndReason.MONEY_LIMIT]


def test_a_goodbye_that_lasts_into_a_minute_too_many_is_heard_out() -> None:
    talk = a_talk(max_cost_usd=ENDING + 2 * MINUTE)
    talk.callee_begins()
    talk.wait(STARTED + 2 + 120 - LEAVE_S - 1 - talk.now)
    goodbye = "Have a very nice evening, all of you, and thank you. " * 8 + "Goodbye!"
    talk.agent_says(goodbye)
    wanted = talk.wait(spoken_ms(goodbye) / 1000)
    assert nothing_of(wanted, Respond, HangUp)
    assert costs(wanted) == [0.05]
    assert talk.turns[-1].text == goodbye


def test_a_hold_costs_money_though_no_time_of_the_limit() -> None:
    talk = a_talk(max_cost_usd=ENDING + 3 * MINUTE)
    talk.tool("wait_on_hold")
    assert len(of(HoldBegan, talk.actions)) == 1
    talk.wait(STARTED + 2 + 180 - LEAVE_S - talk.now)
    assert of(Respond, talk.actions)[1:] == []
    assert of(Respond, talk.wait(0.1)) == [LEAVE_TAKING]


def test_with_little_money_left_a_hold_goes_on_until_its_minute_is_over() -> None:
    talk = a_talk(max_cost_usd=0.5)
    talk.tool("wait_on_hold")
    assert nothing_of(used(talk, Usage(text_in=100_000)), Respond)
    assert nothing_of(talk.wait(20), Respond)


# Too little for any call


@pytest.mark.parametrize("most", [0.01, LEAST - 0.001])
def test_a_call_that_cannot_be_paid_for_reaches_nobody(most: float) -> None:
    talk = Talk(max_cost_usd=most)
    assert reasons(talk.status("initiated")) == [EndReason.MONEY_LIMIT]
    talk.status("canceled")
    assert (talk.ending.reason, talk.ending.answered) == (EndReason.MONEY_LIMIT, False)


def test_a_call_that_just_can_be_paid_for_is_answered_by_the_agent() -> None:
    talk = a_talk(max_cost_usd=LEAST)
    assert of(Respond, talk.callee_says("For how many?")) == [Respond()]


def test_an_opening_that_used_the_money_up_is_never_heard() -> None:
    talk = a_ringing_talk(max_cost_usd=0.1)
    assert nothing_of(talk.actions, HangUp)
    assert reasons(used(talk, Usage(text_in=20_000))) == [EndReason.MONEY_LIMIT]
    assert talk.heard == b""


# When the requester has taken over


def taken_over(**changes: object) -> Talk:
    talk = a_talk(**changes)
    talk.feed(signals.TakeOverAsked("+14155552672"))
    talk.agent_is_heard("Anna is joining now.")
    talk.stream_breaks()
    return talk


def test_two_legs_are_paid_for_then_and_no_stream() -> None:
    talk = taken_over()
    talk.wait(600)
    talk.status("completed")
    minutes = -(-talk.ending.talk_s // 60)
    assert talk.ending.cost_usd == pytest.approx((minutes + 11) * PRICES.line_minute + PRICES.stream_minute, abs=0.015)
    assert talk.ending.reason is EndReason.TAKEN_OVER


@pytest.mark.parametrize("most", [0.1, 0.2, 0.21])
def test_the_limit_ends_their_talk_before_a_minute_that_cannot_be_paid_for(most: float) -> None:
    talk = taken_over(max_cost_usd=most)
    while nothing_of(talk.actions, HangUp):
        talk.wait(1)
    assert reasons(talk.actions) == [EndReason.MONEY_LIMIT]
    talk.status("completed")
    assert talk.ending.reason is EndReason.MONEY_LIMIT
    assert most - PRICES.line_minute - 0.002 < talk.ending.cost_usd <= most
    assert len(of(Respond, talk.actions)) == 2  # the opening, and who was coming
    assert HANG_UP_S < LEAVE_S


def test_what_the_model_may_say_is_not_kept_back_for_them() -> None:
    talk = taken_over(max_cost_usd=0.5)
    used(talk, Usage(text_in=100_000))  # of which the agent could not have said another word
    assert nothing_of(talk.wait(30), HangUp)


def test_a_phone_that_was_not_answered_costs_nothing() -> None:
    talk = taken_over()
    talk.wait(20)
    talk.stream("MZ2")
    talk.agent_is_heard("Sorry, Anna cannot be reached.")
    talk.status("completed")
    assert talk.ending.talk_s < 60
    assert talk.ending.cost_usd == pytest.approx(MINUTE)
