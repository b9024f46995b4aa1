"""The state of a call as the chat shows it, from its events alone."""

from typing import Any

import pytest

from bot.live import LiveCall
from bridge import events
from bridge.call import Ending, EndReason, Turn
from bridge.events import CallEvent
from tests.fakes import a_spec

ANSWER_MS = 8000


def after(*happened: CallEvent) -> LiveCall:
    live = LiveCall()
    for event in happened:
        live.apply(event)
    return live


def at(kind: Any, at_ms: int = ANSWER_MS, **fields: Any) -> CallEvent:
    event: CallEvent = kind(at_ms=at_ms, **fields)
    return event


ANSWERED = at(events.Answered)
QUESTION = at(events.QuestionAsked, question_id="q", question="?", choices=(), patience_s=60.0)
ENDED = at(events.Ended, ending=Ending(EndReason.GOODBYE, ring_s=6, talk_s=42.4))


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
        ([ANSWERED, ENDED], "ended after 0:42 – it ended with a goodbye"),
        ([at(events.Ended, ending=Ending(EndReason.BUSY, 3, 0))], "ended – the line was busy"),
    ],
)
def test_the_status_says_what_the_call_does(happened: list[CallEvent], status: str) -> None:
    assert after(*happened).status(ANSWER_MS + 42_000) == status


def test_no_time_before_the_answer_is_shown() -> None:
    assert after(ANSWERED).status(ANSWER_MS - 500) == "connected 0:00"


def test_a_call_talks_from_its_answer_to_its_end() -> None:
    assert [after(*seen).talking for seen in ([], [ANSWERED], [ANSWERED, ENDED])] == [False, True, False]


def test_turns_stand_in_the_order_of_the_conversation_not_of_arrival() -> None:
    reply = Turn("i2", "agent", "Good evening, a table for four?", 3000)
    hello = Turn("i1", "callee", "Pronto", 1000, final=True)
    cut = Turn("i2", "agent", "Good evening", 3000, final=True, interrupted=True)
    live = after(
        at(events.TurnChanged, turn=reply, after=""),
        at(events.TurnChanged, turn=hello, after=""),
        at(events.TurnChanged, turn=cut, after="i1"),
    )
    assert live.turns == [hello, cut]
