"""The state of a call as the chat shows it, from its events alone."""

from typing import Any

import pytest

from bot.live import LiveCall, live_of
from bridge import events
from bridge.call import Ending, EndReason, Turn
from bridge.events import CallEvent
from tests.fakes import a_spec
from tests.samples import ENGLISH, a_summary

ANSWER_MS = 8000


def at(kind: Any, at_ms: int = ANSWER_MS, **fields: Any) -> CallEvent:
    event: CallEvent = kind(at_ms=at_ms, **fields)
    return event


ANSWERED = at(events.Answered)
QUESTION = at(events.QuestionAsked, question_id="q", question="?", choices=(), patience_s=60.0)
ENDED = at(events.Ended, ending=Ending(EndReason.GOODBYE, ring_s=6, talk_s=42.4))
MACHINE = at(events.Ended, ending=Ending(EndReason.VOICEMAIL, ring_s=6, talk_s=20))
MESSAGE = at(events.MessageBegan)


def said(text: str, party: Any = "agent", *, interrupted: bool = False) -> CallEvent:
    return at(events.TurnChanged, turn=Turn(text, party, text, 3000, final=True, interrupted=interrupted), after="")


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        ([], "dialling…"),
        ([at(events.Confirmed, spec=a_spec(), confirmed_unix=0.0), at(events.Dialed, call_sid="CA1")], "dialling…"),
        ([at(events.Ringing)], "ringing…"),
        ([at(events.Ringing), ANSWERED], "connected 0:42"),
        ([ANSWERED, at(events.ClosingBegan)], "connected 0:42 · saying goodbye"),
        ([ANSWERED, at(events.ClosingBegan), at(events.ClosingCancelled)], "connected 0:42"),
        ([ANSWERED, at(events.HangUpOrdered, reason="goodbye")], "connected 0:42 · hanging up"),
        ([at(events.Ringing), at(events.HangUpOrdered, reason="requester")], "hanging up"),
        ([ANSWERED, at(events.TakenOver)], "connected 0:42 · your phone takes over"),
        ([ANSWERED, at(events.TakenOver), at(events.Streaming, stream_sid="MZ2")], "connected 0:42"),
        ([ANSWERED, at(events.ClosingBegan), MESSAGE], "connected 0:42 · leaving the message"),
        ([ANSWERED, at(events.HoldBegan, ANSWER_MS + 12_000)], "connected 0:42 · on hold 0:30"),
        ([ANSWERED, at(events.HoldBegan), at(events.HoldEnded, lasted_s=3.0, person=True)], "connected 0:42"),
        ([ANSWERED, QUESTION], "connected 0:42 · waiting for your answer"),
        (
            [ANSWERED, QUESTION, at(events.QuestionClosed, question_id="q", answer="", how="timed_out")],
            "connected 0:42",
        ),
        (
            [ANSWERED, at(events.HoldBegan), QUESTION, at(events.HangUpOrdered, reason="requester")],
            "connected 0:42 · on hold 0:42 · waiting for your answer · hanging up",
        ),
        (
            [ANSWERED, at(events.CostRose, cost_usd=0.01), at(events.CostRose, cost_usd=0.12)],
            "connected 0:42 · $0.12",
        ),
        ([at(events.CostRose, cost_usd=0.01), at(events.Ringing)], "ringing…"),
        ([ANSWERED, ENDED], "ended after 0:42 – it ended with a goodbye"),
        ([at(events.Ended, ending=Ending(EndReason.BUSY, 3, 0))], "ended – the line was busy"),
    ],
)
def test_the_status_says_what_the_call_does(happened: list[CallEvent], status: str) -> None:
    assert live_of(happened).status(ENGLISH, ANSWER_MS + 42_000) == status


def test_no_time_before_the_answer_is_shown() -> None:
    assert live_of([ANSWERED]).status(ENGLISH, ANSWER_MS - 500) == "connected 0:00"


def test_turns_stand_in_the_order_of_the_conversation_not_of_arrival() -> None:
    reply = Turn("i2", "agent", "Good evening, a table for four?", 3000)
    hello = Turn("i1", "callee", "Pronto", 1000, final=True)
    cut = Turn("i2", "agent", "Good evening", 3000, final=True, interrupted=True)
    live = live_of(
        [
            at(events.TurnChanged, turn=reply, after=""),
            at(events.TurnChanged, turn=hello, after=""),
            at(events.TurnChanged, turn=cut, after="i1"),
        ]
    )
    assert live.turns == [hello, cut]


# The call as it is reported


def test_a_call_is_reported_once_it_has_ended() -> None:
    assert LiveCall().finished(a_spec()) is None
    assert live_of([ANSWERED, said("Good evening")]).finished(a_spec()) is None
    call = live_of([ANSWERED, said("Good evening"), ENDED]).finished(a_spec(), a_summary())
    assert call is not None
    assert (call.spec, call.summary, call.ending.reason) == (a_spec(), a_summary(), EndReason.GOODBYE)
    assert not call.do_not_call
    assert (call.began_unix, call.message, call.whispers) == (0.0, "", ())


def test_turns_without_words_are_not_reported() -> None:
    call = live_of([ANSWERED, said("", "callee"), said("Pronto", "callee"), ENDED]).finished(a_spec())
    assert call is not None
    assert [turn.text for turn in call.turns] == ["Pronto"]


def test_it_is_kept_that_they_asked_not_to_be_called_again() -> None:
    call = live_of([ANSWERED, at(events.DoNotCallAsked), ENDED]).finished(a_spec())
    assert call is not None
    assert call.do_not_call


def test_the_report_knows_when_the_call_was_confirmed() -> None:
    call = live_of([at(events.Confirmed, 0, spec=a_spec(), confirmed_unix=1.5e9), ANSWERED, ENDED]).finished(a_spec())
    assert call is not None
    assert call.began_unix == 1.5e9


def test_the_report_knows_what_was_whispered() -> None:
    whispers = [at(events.Whispered, text=text) for text in ("Ask for parking.", "And a highchair.")]
    call = live_of([ANSWERED, *whispers, ENDED]).finished(a_spec())
    assert call is not None
    assert call.whispers == ("Ask for parking.", "And a highchair.")


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ([said("Good evening"), MESSAGE, said("Please call back."), MACHINE], "left"),
        ([said("Good evening"), MESSAGE, said("Please call", interrupted=True), MACHINE], "cut"),
        ([said("Good evening"), MACHINE], ""),
        ([said("Good evening"), MESSAGE, MACHINE], ""),
        ([said("Good evening"), MESSAGE, said("", interrupted=True), MACHINE], ""),
        ([MESSAGE, said("You have reached Roma.", "callee"), MACHINE], ""),
        ([said("Hello"), MESSAGE, said("Please call back."), ENDED], "left"),
    ],
)
def test_what_became_of_the_message_on_a_machine(told: list[CallEvent], message: str) -> None:
    """What the agent said before it was its opening: a machine that hangs up before its beep has heard no more."""
    call = live_of([ANSWERED, *told]).finished(a_spec(voicemail_message="Please call back."))
    assert call is not None
    assert call.message == message
