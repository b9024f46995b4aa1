"""Why a call is over, by the carrier's last word about it."""

import pytest

from bridge.call import EndReason
from bridge.ending import AT_ONCE_S, reason_of, unless_lost


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_what_was_ordered_is_the_reason_whoever_was_quicker(status: str) -> None:
    ordered = reason_of(status, EndReason.SILENCE, machine=True, said_goodbye=True)
    assert ordered is EndReason.SILENCE


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("busy", EndReason.BUSY),
        ("no-answer", EndReason.NO_ANSWER),
        ("failed", EndReason.FAILED),
        ("canceled", EndReason.REQUESTER_HUNG_UP),
    ],
)
def test_a_call_that_nobody_answered_says_why(status: str, reason: EndReason) -> None:
    assert reason_of(status, None, machine=True, said_goodbye=True) is reason


def test_a_call_that_was_answered_ended_as_the_talk_stood() -> None:
    assert reason_of("completed", None, machine=True, said_goodbye=True) is EndReason.VOICEMAIL
    assert reason_of("completed", None, machine=False, said_goodbye=True) is EndReason.GOODBYE
    assert reason_of("completed", None, machine=False, said_goodbye=False) is EndReason.CALLEE_HUNG_UP


def test_a_callee_who_was_left_alone_and_hung_up_had_lost_the_line() -> None:
    assert unless_lost(EndReason.CALLEE_HUNG_UP, alone_s=AT_ONCE_S) is EndReason.CALLEE_HUNG_UP
    assert unless_lost(EndReason.CALLEE_HUNG_UP, alone_s=AT_ONCE_S + 0.1) is EndReason.LINE_LOST
    assert unless_lost(EndReason.GOODBYE, alone_s=60) is EndReason.GOODBYE
