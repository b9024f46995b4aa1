"""A session that goes on with a call that another process had: all that it knows is the journal."""

from collections.abc import Iterable

import msgspec
import pytest

from bridge import prices, signals
from bridge.actions import Action, HangUp, HearLanguage, Instruct, Play, Reconnect, ReopenModel, Respond, Tell
from bridge.adoption import HANG_UP_CONFIRM_S, MOST, RING_AGAIN_S, RING_SLACK_S, STREAM_RETURN_S
from bridge.briefing import brief
from bridge.call import CallState, EndReason, Usage
from bridge.events import (
    CarriedOver,
    ClosingBegan,
    CostRose,
    Ended,
    HangUpOrdered,
    HoldBegan,
    HoldEnded,
    MessageBegan,
    ModelResumed,
    QuestionClosed,
    Streaming,
    TurnChanged,
)
from bridge.hold import CAP_S
from bridge.inquiry import PATIENCE_S
from bridge.limits import WRAP_UP_S
from bridge.session import Session
from bridge.silence import SILENCE_S
from bridge.standing import stand
from bridge.timers import Timer
from sandbox.tones import spoken_ms
from tests.fakes import MODEL, OPENING, STARTED, Talk, a_ringing_talk, a_talk, an_answered_talk, nothing_of, of

ANSWER = Respond()
LONG = "We would be four people, and we would like to come at seven in the evening, if that is possible."
DOWN_S = 3.0


def again(talk: Talk, *, after_s: float = DOWN_S) -> Talk:
    """The same call in another process, which has seen nothing but the journal."""
    told = talk.events
    standing = stand(told)
    after = Talk()
    after.spec, after.now = talk.spec, talk.now + after_s
    spoken = msgspec.structs.replace(talk.spec, language=standing.language or talk.spec.language)
    after.briefing = brief(spoken)
    after.session = Session(talk.spec, after.briefing, prices.load(MODEL), started=STARTED, standing=standing)
    after._names, after._sequence = talk._names, talk._sequence
    after.actions = [*map(Tell, told), Tell(CarriedOver(at_ms=after.session.at_ms(after.now)))]
    after.feed(signals.CarriedOn())
    return after


def since(talk: Talk) -> list[Action]:
    """What this process has wanted."""
    began = [isinstance(action, Tell) and isinstance(action.event, CarriedOver) for action in talk.actions]
    return talk.actions[len(began) - began[::-1].index(True) :]


def back(talk: Talk) -> list[Action]:
    """The model is there again, and the line."""
    return talk.feed(signals.ModelReady()) + talk.stream("MZ2")


def reasons(happened: Iterable[Action]) -> list[EndReason]:
    return [hang_up.reason for hang_up in of(HangUp, happened)]


# The talk


def test_the_model_is_opened_with_the_turns_so_far_and_says_that_it_is_back() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    talk.agent_is_heard("For four.")
    after = again(talk)
    (reopened,) = of(ReopenModel, since(after))
    assert [turn.text for turn in reopened.turns] == [OPENING, "For how many?", "For four."]
    wanted = back(after)
    assert len(of(ModelResumed, wanted)) == 1
    assert of(Instruct, wanted) == [Instruct(after.briefing.resume)]
    assert of(Respond, wanted) == [ANSWER]
    after.agent_is_heard("Sorry, one moment. At seven, please.")
    assert of(Respond, after.callee_says("At seven?")) == [ANSWER]
    assert after.script == [
        f"agent: {OPENING}",
        "callee: For how many?",
        "agent: For four.",
        "agent: Sorry, one moment. At seven, please.",
        "callee: At seven?",
    ]


def test_what_it_says_is_made_while_there_is_no_line_yet_and_heard_as_soon_as_there_is() -> None:
    after = again(a_talk())
    after.feed(signals.ModelReady())
    after.agent_says("Sorry, one moment.")
    assert of(Play, since(after)) == []
    assert of(Play, after.stream("MZ2")) != []


@pytest.mark.parametrize("heard_s", [0.4, 1.3, 2.7, 4.9])
def test_a_sentence_that_was_broken_off_ends_where_it_was_heard_last(heard_s: float) -> None:
    talk = a_talk()
    talk.agent_says(LONG)
    talk.wait(heard_s)
    after = again(talk)
    turn = after.turns[-1]
    assert (turn.final, turn.interrupted) == (True, True)
    assert LONG.startswith(turn.text)
    # Not more than was heard, and at most a second less: so often the journal is told.
    assert len(turn.text) * 1000 / 15 <= heard_s * 1000 + 100
    assert spoken_ms(turn.text) >= heard_s * 1000 - 1000 - 200 - spoken_ms("possible, ")
    (reopened,) = of(ReopenModel, since(after))
    assert reopened.turns[-1] == turn


def test_a_sentence_of_which_nothing_was_heard_has_no_words() -> None:
    talk = a_talk()
    talk.agent_says(LONG)
    turn = again(talk).turns[-1]
    assert (turn.text, turn.final, turn.interrupted) == ("", True, True)


def test_turns_that_were_over_are_told_no_more() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    assert of(TurnChanged, since(again(talk))) == []


def test_who_is_on_the_line_is_connected_as_soon_as_the_carrier_can_reach_us() -> None:
    assert of(Reconnect, again(a_talk()).feed(signals.Reachable())) == [Reconnect()]


def test_a_call_that_has_its_stream_already_is_left_alone() -> None:
    after = again(a_talk())
    back(after)
    assert after.feed(signals.Reachable()) == []


def test_a_call_that_rings_is_left_alone() -> None:
    """Its first stream comes with the answer; nothing of it was lost."""
    after = again(a_ringing_talk())
    after.feed(signals.CarrierStatus("in-progress", 3))
    assert of(Reconnect, after.feed(signals.Reachable())) == []


def test_an_opening_that_was_broken_off_is_said_anew_and_whole() -> None:
    talk = an_answered_talk()
    talk.wait(1)
    after = again(talk)
    assert of(Respond, back(after)) == [Respond(after.briefing.opening, tools=False)]
    after.agent_is_heard(OPENING)
    assert after.script[-1] == f"agent: {OPENING}"


def test_a_callee_who_is_to_speak_first_has_done_so() -> None:
    talk = a_ringing_talk(persona="patient")
    talk.status("in-progress")
    talk.stream()
    talk.callee_says("Trattoria Roma, hello?")
    after = again(talk)
    back(after)
    after.agent_says(OPENING)
    assert of(Play, since(after)) != []


def test_what_the_requester_has_said_to_the_agent_is_said_to_the_new_model() -> None:
    talk = a_talk()
    talk.feed(signals.Whispered("Ask for parking."))
    talk.tool("ask_requester", says="One moment.", question="At eight?", choices=["Yes", "No"])
    talk.feed(signals.QuestionAnswered("fc", "Yes"))
    told = of(Instruct, back(again(talk)))[0].text
    assert "Anna Berg: At eight? Yes / Ask for parking." in told
    assert len(told.splitlines()) == 1


def test_a_whisper_is_told_again_to_the_model_after_next() -> None:
    talk = a_talk()
    talk.feed(signals.Whispered("Ask for parking."))
    talk.feed(signals.ModelLost("1006"))
    assert "Ask for parking." in of(Instruct, talk.feed(signals.ModelReady()))[0].text


def test_the_language_is_the_one_that_was_switched_to() -> None:
    talk = a_talk(may_switch_to=("it",))
    talk.tool("switch_language", language="it")
    after = again(talk)
    wanted = back(after)
    assert of(HearLanguage, wanted) == [HearLanguage("it")]
    assert "in Italian" in of(Instruct, wanted)[-1].text
    after.agent_is_heard("Grazie mille, arrivederci!")
    assert of(ClosingBegan, since(after)) != []


def test_a_callee_who_is_there_and_silent_is_asked_as_ever() -> None:
    after = again(a_talk())
    back(after)
    after.agent_is_heard("Sorry, one moment.")
    assert of(Respond, after.wait(SILENCE_S + 0.1)) == [Respond(after.briefing.still_there, tools=False)]


def test_who_asked_never_to_be_called_again_has_asked_once() -> None:
    talk = a_talk()
    talk.callee_says("Please don't call us again.")
    after = again(talk)
    back(after)
    assert not [action for action in since(after) if "DoNotCall" in repr(action)]
    assert "DoNotCall" not in repr(after.callee_says("Don't call us again."))


# The line


@pytest.mark.parametrize("talk", [a_talk(), an_answered_talk()])
def test_a_line_that_does_not_come_back_is_lost(talk: Talk) -> None:
    after = again(talk)
    assert reasons(after.wait(STREAM_RETURN_S + 0.1)) == [EndReason.LINE_LOST]
    after.wait(HANG_UP_CONFIRM_S + 0.1)
    assert after.ending.reason is EndReason.LINE_LOST


def test_a_ringing_call_goes_on_to_ring() -> None:
    talk = a_ringing_talk()
    after = again(talk)
    assert after.is_in(CallState.RINGING)
    assert nothing_of(since(after), ReopenModel, HangUp)
    after.feed(signals.ModelReady())
    after.agent_says(OPENING)
    after.status("in-progress")
    assert of(Play, after.stream()) != []


def test_a_dial_of_which_nothing_is_heard_any_more_fails_in_the_end() -> None:
    after = again(Talk(ring_timeout_s=5), after_s=5 + RING_SLACK_S)
    assert nothing_of(after.wait(RING_AGAIN_S - 0.1), HangUp)
    assert reasons(after.wait(0.2)) == [EndReason.FAILED]


def test_a_dial_that_turns_out_never_to_have_been_made_is_not_dialed() -> None:
    after = again(Talk())
    after.feed(signals.NotDialed())
    assert (after.ending.reason, after.ending.talk_s, after.ending.cost_usd) == (EndReason.NOT_DIALED, 0, 0)


def test_while_it_is_asked_whether_there_is_a_call_it_may_ring_on() -> None:
    talk = Talk(ring_timeout_s=5)
    talk.wait(5 + RING_SLACK_S - 1)
    talk.feed(signals.DialUnclear())
    assert nothing_of(talk.wait(RING_AGAIN_S - 0.1), HangUp)


# The hang-up


def test_a_hang_up_that_was_ordered_is_ordered_again() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    talk.feed(signals.HangUpAsked())
    assert talk.is_in(CallState.CLOSING)
    after = again(talk)
    assert reasons(since(after)) == [EndReason.REQUESTER_HUNG_UP]
    assert nothing_of(since(after), HangUpOrdered, ReopenModel)
    after.status("completed")
    assert after.ending.reason is EndReason.REQUESTER_HUNG_UP


def test_a_hang_up_that_nobody_confirms_is_over_all_the_same() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked())
    talk.feed(signals.HangUpAsked())
    after = again(talk)
    after.wait(HANG_UP_CONFIRM_S + 0.1)
    assert (after.ending.reason, after.ending.detail) == (EndReason.REQUESTER_HUNG_UP, "unconfirmed")


def test_a_goodbye_that_was_being_said_is_said_and_then_it_is_over() -> None:
    talk = a_talk()
    talk.agent_says("Thank you very much. Goodbye!")
    talk.wait(0.5)
    assert len(of(ClosingBegan, talk.actions)) == 1
    after = again(talk)
    assert of(Respond, since(after)) == [Respond(after.briefing.farewell, tools=False)]
    back(after)
    after.agent_is_heard("Goodbye!")
    assert reasons(after.wait(3)) == [EndReason.GOODBYE]


@pytest.mark.parametrize("how", ["requester", "silence"])
def test_a_polite_ending_keeps_its_reason(how: str) -> None:
    talk = a_talk()
    if how == "requester":
        talk.feed(signals.HangUpAsked())
    else:
        for _ in range(2):
            talk.wait(SILENCE_S + 0.1)
            talk.agent_is_heard("Are you there?")
        talk.wait(SILENCE_S + 0.1)
    (began,) = of(ClosingBegan, talk.actions)
    after = again(talk)
    back(after)
    after.agent_is_heard("Goodbye!")
    after.wait(3)
    after.status("completed")
    assert after.ending.reason.value == began.reason != ""


def test_a_goodbye_that_was_taken_back_is_none() -> None:
    talk = a_talk()
    talk.agent_is_heard("Thank you very much. Goodbye!")
    talk.callee_says("Wait, for how many?")
    assert of(Respond, back(again(talk))) == [ANSWER]


def test_a_call_with_which_one_process_after_the_other_dies_is_hung_up() -> None:
    talk = a_talk()
    for _ in range(MOST):
        talk = again(talk)
        assert nothing_of(since(talk), HangUp)
    talk = again(talk)
    assert reasons(since(talk)) == [EndReason.LINE_LOST]


# What the carrier knows


@pytest.mark.parametrize(
    ("status", "reason"),
    [("busy", EndReason.BUSY), ("no-answer", EndReason.NO_ANSWER), ("failed", EndReason.FAILED)],
)
def test_a_call_that_was_not_answered_meanwhile_ended_for_its_own_reason(status: str, reason: EndReason) -> None:
    after = again(a_ringing_talk(), after_s=600)
    after.feed(signals.CarrierKnows(status, ended_ago_s=590))
    assert (after.ending.reason, after.ending.talk_s) == (reason, 0)
    assert after.ending.ring_s == pytest.approx(10, abs=1)


def test_a_callee_who_hung_up_in_the_very_moment_hung_up() -> None:
    talk = a_talk()
    talk.callee_says("I have to go.")
    after = again(talk, after_s=600)
    after.feed(signals.CarrierKnows("completed", talk_s=6, ended_ago_s=599))
    assert after.ending.reason is EndReason.CALLEE_HUNG_UP
    assert after.ending.talk_s == pytest.approx(talk.now - STARTED - 2 + 1, abs=0.1)
    assert after.ending.ring_s == 2
    assert after.ending.cost_usd == pytest.approx(prices.load(MODEL).cost(Usage(), talk_s=after.ending.talk_s))


def test_a_callee_who_hung_up_when_nobody_was_there_has_lost_the_line() -> None:
    after = again(a_talk(), after_s=600)
    after.feed(signals.CarrierKnows("completed", talk_s=60, ended_ago_s=540))
    assert after.ending.reason is EndReason.LINE_LOST


def test_an_answer_that_nobody_heard_of_is_told_by_the_carrier() -> None:
    after = again(a_ringing_talk(), after_s=600)
    after.feed(signals.CarrierKnows("completed", talk_s=12, ended_ago_s=580))
    assert (after.ending.reason, after.ending.talk_s) == (EndReason.LINE_LOST, 12)


def test_a_call_that_was_answered_meanwhile_is_connected() -> None:
    after = again(a_ringing_talk())
    after.feed(signals.CarrierKnows("in-progress"))
    assert after.is_in(CallState.CONNECTED)


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress"])
def test_what_is_known_already_changes_nothing(status: str) -> None:
    after = again(a_talk())
    assert after.feed(signals.CarrierKnows(status)) == []


def test_with_the_call_its_question_and_its_hold_are_over() -> None:
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="At eight?", choices=[])
    talk.tool("wait_on_hold")
    after = again(talk, after_s=20)
    wanted = after.feed(signals.CarrierKnows("completed", talk_s=10, ended_ago_s=15))
    assert [closed.how for closed in of(QuestionClosed, wanted)] == ["call_ended"]
    assert len(of(HoldEnded, wanted)) == len(of(Ended, wanted)) == 1


# What was waited for


def test_on_hold_it_goes_on_to_hold_and_says_nothing() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")
    talk.wait(30)
    after = again(talk)
    assert nothing_of(back(after) + after.wait(60), Respond, HoldBegan)
    wanted = after.callee_says("Hello, are you still there?")
    assert [ended.person for ended in of(HoldEnded, wanted)] == [True]
    assert of(HoldEnded, wanted)[0].lasted_s == pytest.approx(30 + DOWN_S + 60 + 0.8, abs=0.1)
    assert of(Respond, wanted) == [ANSWER]


def test_all_holds_of_a_call_count_for_their_cap() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")
    talk.wait(CAP_S - 100)
    talk.callee_says("Hello, are you there?")
    talk.tool("wait_on_hold")
    talk.wait(50)
    after = again(talk)
    back(after)
    assert nothing_of(after.wait(100 - 50 - DOWN_S - 1), ClosingBegan)
    assert [began.reason for began in of(ClosingBegan, after.wait(2))] == ["hold_limit"]


def test_a_question_stays_open_for_as_long_as_was_said() -> None:
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="At eight?", choices=["Yes", "No"])
    after = again(talk)
    wanted = back(after)
    assert "You have asked Anna Berg: At eight?" in "".join(told.text for told in of(Instruct, wanted))
    after.agent_is_heard("Sorry, one moment.")
    answered = after.feed(signals.QuestionAnswered("fc", "Yes"))
    assert [closed.how for closed in of(QuestionClosed, answered)] == ["answered"]
    assert "You had asked: At eight? Anna Berg answers: Yes" in of(Instruct, answered)[0].text
    assert of(Respond, answered) == [ANSWER]


def test_a_question_whose_time_has_passed_is_closed() -> None:
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="At eight?", choices=[])
    after = again(talk, after_s=PATIENCE_S)
    assert [closed.how for closed in of(QuestionClosed, since(after))] == ["timed_out"]


def test_a_message_that_was_being_left_is_left_whole() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    talk.feed(signals.AnswererDetected("machine_end_beep"))
    talk.agent_says("Please call back.")
    talk.wait(0.5)
    after = again(talk)
    assert of(Respond, since(after)) == [Respond(after.briefing.voicemail, tools=False)]
    assert len(of(MessageBegan, after.actions)) == 1
    back(after)
    after.agent_is_heard("Please call back.")
    assert reasons(after.wait(3)) == [EndReason.VOICEMAIL]


def test_what_was_taken_for_a_machine_still_is() -> None:
    talk = an_answered_talk(voicemail_message="Please call back.")
    talk.feed(signals.AnswererDetected("machine_start"))
    after = again(talk)
    after.wait(3)
    assert len(of(MessageBegan, after.actions)) == 1


@pytest.mark.parametrize("text", ["For reservations, press 1.", "Please say your name and why you are calling."])
def test_a_machine_that_wanted_something_is_none(text: str) -> None:
    talk = a_talk(voicemail_message="Please call back.")
    talk.callee_says(text)
    talk.feed(signals.AnswererDetected("machine_start"))
    after = again(talk)
    back(after)
    assert nothing_of(after.wait(5), MessageBegan)


# Others on the line


def taken_over() -> Talk:
    talk = a_talk()
    talk.feed(signals.TakeOverAsked("+14155552672"))
    talk.agent_is_heard("Anna is joining now.")
    talk.stream_breaks()
    return talk


def test_two_people_who_talk_are_left_alone() -> None:
    after = again(taken_over())
    wanted = after.feed(signals.Reachable()) + after.wait(700)
    assert nothing_of(since(after) + wanted, ReopenModel, Reconnect, HangUp, Respond)
    after.status("completed")
    assert after.ending.reason is EndReason.TAKEN_OVER


def test_a_call_that_comes_back_from_them_is_the_agents_again() -> None:
    after = again(taken_over())
    wanted = after.stream("MZ2")
    assert len(of(ReopenModel, wanted)) == 1
    wanted += after.feed(signals.ModelReady())
    assert Instruct(after.briefing.taken_back) in wanted
    assert stand(after.events).taken_over_ms is None


def test_a_takeover_of_which_nothing_is_heard_is_over_in_the_end() -> None:
    after = again(taken_over())
    after.wait(600 + CAP_S + 120)
    assert (after.ending.reason, after.ending.detail) == (EndReason.TAKEN_OVER, "unconfirmed")


# Limits and money


def test_the_time_limit_counts_from_the_answer() -> None:
    talk = a_talk(max_duration_s=60)
    answered = STARTED + 2
    after = again(talk)
    back(after)
    after.agent_is_heard("Sorry, one moment.")
    assert after.session._timers._due[Timer.WRAP_UP] == answered + 60 - WRAP_UP_S
    assert after.session._timers._due[Timer.TIME_LIMIT] == answered + 60


def test_time_on_hold_is_no_time_of_the_limit() -> None:
    talk = a_talk(max_duration_s=60)
    talk.tool("wait_on_hold")
    talk.wait(100)
    after = again(talk)
    back(after)
    after.callee_says("Hello, are you there?")
    assert after.session._timers._due[Timer.TIME_LIMIT] == pytest.approx(STARTED + 2 + 60 + 100 + DOWN_S + 0.8, abs=0.1)


def test_a_limit_that_has_passed_leaves_time_for_a_goodbye() -> None:
    after = again(a_talk(max_duration_s=60), after_s=100)
    assert [began.reason for began in of(ClosingBegan, since(after))] == ["time_limit"]
    assert nothing_of(since(after), HangUp)
    back(after)
    after.agent_is_heard("I am afraid I have to go. Goodbye!")
    assert reasons(after.wait(3)) == [EndReason.TIME_LIMIT]


def test_what_was_spent_is_spent_and_told_once() -> None:
    talk = a_talk()
    talk.feed(signals.ResponseEnded("other", "completed", Usage(text_in=25_000)))
    before = of(CostRose, talk.actions)[-1]
    assert before.usage == Usage(text_in=25_000)
    after = again(talk)
    assert of(CostRose, since(after)) == []
    back(after)
    after.feed(signals.ResponseEnded("more", "completed", Usage(text_in=25_000)))
    assert of(CostRose, since(after))[-1].cost_usd >= before.cost_usd + 0.1
    after.status("completed")
    assert after.ending.usage == Usage(text_in=50_000)


def test_a_money_limit_that_is_reached_holds_in_the_next_process_too() -> None:
    talk = a_talk(max_cost_usd=0.3)
    talk.feed(signals.ResponseEnded("other", "completed", Usage(text_in=25_000)))
    after = again(talk)
    back(after)
    after.agent_is_heard("Sorry, one moment.")
    after.feed(signals.ResponseEnded("more", "completed", Usage(text_in=45_000)))
    assert "money_limit" in [began.reason for began in of(ClosingBegan, since(after))]


# Letting go


def test_a_call_that_is_let_go_is_not_ended_and_its_last_words_are_known() -> None:
    talk = a_talk()
    talk.agent_says(LONG)
    talk.wait(2)
    wanted = talk.feed(signals.LetGo())
    assert nothing_of(wanted, HangUp, HangUpOrdered, Ended)
    turn = talk.turns[-1]
    assert (turn.final, turn.interrupted) == (True, True)
    assert 0 < len(turn.text) < len(LONG)
    assert talk.feed(signals.HangUpAsked(), signals.CarrierStatus("completed", 9)) == []
    assert talk.session.deadline is None


def test_what_was_let_go_is_gone_on_with() -> None:
    talk = a_talk()
    talk.agent_says(LONG)
    talk.wait(2)
    talk.feed(signals.LetGo())
    after = again(talk)
    assert of(TurnChanged, since(after)) == []
    assert of(Respond, back(after)) == [ANSWER]
    assert of(Streaming, since(after))[0].stream_sid == "MZ2"
