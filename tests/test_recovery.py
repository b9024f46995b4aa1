"""Losing the model: a new session takes over, the callee hears one short sorry at most, and nothing twice."""

import pytest

from bridge import signals
from bridge.actions import (
    Action,
    AnswerTool,
    Apologise,
    HangUp,
    HearLanguage,
    Instruct,
    Play,
    ReopenModel,
    Respond,
)
from bridge.adoption import HANG_UP_CONFIRM_S
from bridge.call import CallState, EndReason
from bridge.events import ClosingCancelled, HangUpOrdered, ModelResumed, ModelTrouble
from bridge.realtime import decode
from bridge.recovery import LOSSES_IN_S, LOSSES_MAX
from bridge.session import APOLOGY_S
from bridge.silence import SILENCE_S
from prompts import library
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_ringing_talk, a_talk, nothing_of, of

ANSWER = Respond()
ASKS = "We would like a table for four at seven."


def lost(talk: Talk, code: str = "1006", *, retryable: bool = True) -> list[Action]:
    return talk.feed(signals.ModelLost(code, retryable=retryable))


def back(talk: Talk) -> list[Action]:
    return talk.feed(signals.ModelReady())


def sorry(talk: Talk, wanted: list[Action]) -> int:
    """How often the agent is told to say that the line was gone for a moment."""
    words = [instructed.text for instructed in of(Instruct, wanted)]
    return (words + [respond.instructions for respond in of(Respond, wanted)]).count(talk.briefing.resume)


# Another session


@pytest.mark.parametrize("code", ["1006", "1011", "1001"])
def test_a_lost_session_is_replaced_by_one_that_knows_the_turns(code: str) -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    talk.agent_is_heard("For four.")
    wanted = lost(talk, code)
    assert [trouble.code for trouble in of(ModelTrouble, wanted)] == [code]
    (reopened,) = of(ReopenModel, wanted)
    assert [turn.text for turn in reopened.turns] == [OPENING, "For how many?", "For four."]
    assert len(of(ModelResumed, back(talk))) == 1
    assert of(Respond, talk.callee_says("At what time?")) == [ANSWER]


def test_where_nobody_was_waiting_nothing_is_said_about_it() -> None:
    talk = a_talk()
    lost(talk)
    talk.wait(0.4)
    assert nothing_of(back(talk), Respond, Instruct, Play)


def test_a_callee_who_was_waiting_for_the_answer_hears_one_sorry() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    lost(talk)
    talk.wait(0.4)
    wanted = back(talk)
    assert sorry(talk, wanted) == 1
    assert len(of(Respond, wanted)) == 1
    talk.agent_is_heard("Sorry, one moment. For four.")
    assert nothing_of(back(talk) + talk.wait(5), Respond)


def test_a_callee_who_was_speaking_hears_one_too() -> None:
    talk = a_talk()
    talk.callee_begins()
    talk.wait(1)
    lost(talk)
    assert sorry(talk, back(talk)) == 1


def test_a_session_that_is_lost_again_before_it_could_say_so_owes_it_still_once() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    lost(talk)
    back(talk)
    assert len(of(ReopenModel, lost(talk))) == 1
    wanted = back(talk)
    assert sorry(talk, wanted) == 1
    assert len(of(Respond, wanted)) == 1


def test_an_answer_that_is_asked_for_meanwhile_is_answer_enough() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    lost(talk)
    assert of(Respond, talk.feed(signals.Whispered("For five."))) == [ANSWER]
    assert of(Respond, back(talk)) == []


# What the callee hears


@pytest.mark.parametrize("after_s", [0.0, 0.33, 1.0, 1.99])
def test_what_was_made_is_heard_to_its_end_and_once(after_s: float) -> None:
    talk = a_talk()
    talk.response_begins()
    item = talk.speaks("", done=False)
    talk.says_more(item, ASKS)
    talk.wait(after_s)
    lost(talk)
    back(talk)
    talk.wait(spoken_ms(ASKS) / 1000)
    assert talk.heard == speak(OPENING) + speak(ASKS)
    assert talk.turns[-1].final
    assert not talk.turns[-1].interrupted


def test_the_line_is_known_to_be_silent_after_it() -> None:
    """The last piece of audio before a loss has a mark like any other."""
    talk = a_talk()
    talk.response_begins()
    talk.speaks("For four", done=False)
    lost(talk)
    back(talk)
    talk.agent_is_heard("Sorry, one moment. For four, please.")
    talk.wait(1)
    assert talk.has_floor("nobody")
    assert of(Respond, talk.wait(SILENCE_S)) == [Respond(talk.briefing.still_there, tools=False)]


def test_what_an_interruption_held_back_is_said_when_the_model_is_back() -> None:
    talk = a_talk()
    talk.agent_says(ASKS)
    talk.wait(1)
    talk.callee_begins()
    talk.wait(0.2)
    lost(talk)
    back(talk)
    talk.wait(spoken_ms(ASKS) / 1000)
    assert talk.heard == speak(OPENING) + speak(ASKS)


def test_an_opening_that_nobody_has_heard_is_made_anew_and_whole() -> None:
    talk = Talk()
    back(talk)
    talk.status("ringing")
    talk.response_begins()
    talk.speaks(OPENING[:20], done=False)
    assert len(of(ReopenModel, lost(talk))) == 1
    assert of(Respond, back(talk)) == [Respond(talk.briefing.opening, tools=False)]
    talk.agent_says(OPENING)
    talk.stream()
    talk.wait(10)
    assert talk.heard[: len(speak(OPENING))] == speak(OPENING)
    assert talk.script == [f"agent: {OPENING}"]


def test_an_opening_that_was_not_begun_is_asked_for_again() -> None:
    talk = Talk()
    back(talk)
    lost(talk)
    assert of(Respond, back(talk)) == [Respond(talk.briefing.opening, tools=False)]


def test_an_opening_that_is_ready_is_kept() -> None:
    talk = a_ringing_talk()
    lost(talk)
    assert of(Respond, back(talk)) == []
    talk.stream()
    talk.wait(spoken_ms(OPENING) / 1000)
    assert talk.heard == speak(OPENING)


# What the old session knew besides


def test_the_answer_to_a_question_reaches_the_new_session_in_words() -> None:
    """It does not know the tool call, and refuses an output for it."""
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="Is eight all right?", choices=[])
    talk.wait(2)
    lost(talk)
    assert any("Is eight all right?" in told.text for told in of(Instruct, back(talk)))
    wanted = talk.feed(signals.QuestionAnswered("fc", "Yes, eight"))
    assert nothing_of(wanted, AnswerTool)
    (told,) = of(Instruct, wanted)
    assert "Is eight all right?" in told.text
    assert "Anna Berg answers: Yes, eight" in told.text
    assert of(Respond, wanted) == [ANSWER]


def test_a_question_of_the_new_session_is_answered_as_usual() -> None:
    talk = a_talk()
    lost(talk)
    back(talk)
    talk.tool("ask_requester", says="One moment.", question="Is eight all right?", choices=[])
    talk.wait(2)
    assert len(of(AnswerTool, talk.feed(signals.QuestionAnswered("fc", "Yes")))) == 1


def test_the_new_session_speaks_the_language_of_the_talk() -> None:
    talk = a_talk(may_switch_to=("it",))
    talk.tool("switch_language", language="it")
    talk.agent_is_heard("Buonasera, un tavolo per quattro.")
    lost(talk)
    wanted = back(talk)
    assert of(HearLanguage, wanted) == [HearLanguage("it")]
    assert "Italian" in of(Instruct, wanted)[0].text


def test_a_hold_goes_on_silently() -> None:
    talk = a_talk()
    talk.callee_says("One moment, please.")
    talk.tool("wait_on_hold")
    talk.callee_says("")
    lost(talk)
    assert nothing_of(back(talk) + talk.wait(30), Respond, Play)
    assert of(Respond, talk.callee_says("Hello?")) == [ANSWER]


def test_a_goodbye_that_was_said_stays_said() -> None:
    talk = a_talk()
    talk.agent_says("Thank you. Goodbye!")
    talk.wait(0.5)
    item = talk.callee_begins()
    lost(talk)
    wanted = back(talk) + talk.wait(10) + talk.words(item, "Wait!")
    assert nothing_of(wanted, Respond, ClosingCancelled)
    assert of(HangUp, wanted) == [HangUp(EndReason.GOODBYE)]


# Too often


def test_three_losses_in_a_minute_are_the_end_with_an_apology() -> None:
    talk = a_talk()
    for _ in range(LOSSES_MAX - 1):
        assert nothing_of(lost(talk), Apologise, HangUp)
        back(talk)
        talk.wait(10)
    wanted = lost(talk)
    assert of(Apologise, wanted) == [Apologise(library.phrases("en").apology, "en")]
    assert len(of(HangUpOrdered, wanted)) == 1
    assert nothing_of(wanted, HangUp, ReopenModel)
    talk.wait(3)
    talk.status("completed")
    assert talk.ending.reason is EndReason.MODEL_LOST


def test_losses_that_are_far_between_are_not() -> None:
    talk = a_talk()
    talk.tool("wait_on_hold")  # where it can last
    for _ in range(2 * LOSSES_MAX):
        assert len(of(ReopenModel, lost(talk))) == 1
        back(talk)
        talk.wait(LOSSES_IN_S / (LOSSES_MAX - 1) + 1)
    assert talk.is_in(CallState.CONNECTED)


def test_a_session_that_cannot_be_had_is_not_asked_for_again() -> None:
    wanted = lost(a_talk(), "3000", retryable=False)
    assert nothing_of(wanted, ReopenModel)
    assert len(of(Apologise, wanted)) == 1


def test_before_the_answer_there_is_nobody_to_be_sorry_to() -> None:
    talk = a_ringing_talk()
    assert of(HangUp, lost(talk, retryable=False)) == [HangUp(EndReason.MODEL_LOST)]
    assert nothing_of(talk.actions, Apologise)


def test_the_apology_is_said_in_the_language_of_the_talk() -> None:
    talk = a_talk(may_switch_to=("it",))
    talk.tool("switch_language", language="it")
    (apology,) = of(Apologise, lost(talk, retryable=False))
    assert (apology.text, apology.language) == (library.phrases("it").apology, "it")


def test_a_carrier_that_does_not_hang_up_after_the_apology_is_told_to() -> None:
    talk = a_talk()
    lost(talk, retryable=False)
    assert nothing_of(talk.wait(APOLOGY_S - 0.1), HangUp)
    assert of(HangUp, talk.wait(0.2)) == [HangUp(EndReason.MODEL_LOST)]
    talk.wait(HANG_UP_CONFIRM_S)
    assert (talk.ending.reason, talk.ending.detail) == (EndReason.MODEL_LOST, "unconfirmed")


def test_a_loss_once_the_hang_up_is_ordered_changes_nothing() -> None:
    talk = a_talk()
    talk.feed(signals.HangUpAsked(), signals.HangUpAsked())
    assert nothing_of(lost(talk), ReopenModel, Apologise, HangUp)


# Responses that are not made


def test_an_error_about_our_wish_for_a_response_is_known_by_its_event_id() -> None:
    frame = '{"type": "error", "error": {"type": "server_error", "event_id": "response.create#7"}}'
    assert decode(frame) == [signals.ModelObjected("server_error", to_response=True)]
    assert decode(frame.replace("response.create", "conversation.item.create")) == [
        signals.ModelObjected("server_error")
    ]
    assert decode('{"type": "error", "error": {"code": "x"}}') == [signals.ModelObjected("x")]


def test_a_response_that_was_declined_is_asked_for_again() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    wanted = talk.feed(signals.ModelObjected("server_error", to_response=True))
    assert of(Respond, wanted) == [ANSWER]
    talk.agent_is_heard("For four.")
    assert talk.script[-1] == "agent: For four."


def test_an_objection_to_something_else_is_only_noted() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    wanted = talk.feed(signals.ModelObjected("invalid_value"))
    assert [trouble.code for trouble in of(ModelTrouble, wanted)] == ["invalid_value"]
    assert of(Respond, wanted) == []


def test_a_response_that_was_not_wanted_any_more_is_not_asked_for_again() -> None:
    talk = a_talk()
    talk.callee_says("", seconds=0.3)  # whose answer is taken back before it began
    assert of(Respond, talk.feed(signals.ModelObjected("server_error", to_response=True))) == []
    assert of(Respond, talk.callee_says("For how many?")) == [ANSWER]
    talk.agent_is_heard("For four.")
    assert talk.script[-1] == "agent: For four."


@pytest.mark.parametrize("declined", [True, False])
def test_three_responses_that_fail_in_a_minute_are_the_end_with_an_apology(*, declined: bool) -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    for _ in range(3):
        assert talk.is_in(CallState.CONNECTED)
        if declined:
            talk.feed(signals.ModelObjected("server_error", to_response=True))
        else:
            talk.response_begins()
            talk.response_ends("failed")
    assert len(of(Apologise, talk.actions)) == 1
    talk.status("completed")
    assert talk.ending.reason is EndReason.MODEL_LOST
