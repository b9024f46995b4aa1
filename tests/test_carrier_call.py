"""Which of the carrier's calls to a number was made for a confirmation."""

import pytest

from bridge.carrier_call import CarrierCall, ours

CONFIRMED = 1_795_334_400.0


def made(sid: str, after_s: float, status: str = "ringing") -> CarrierCall:
    return CarrierCall(sid, status, CONFIRMED + after_s)


@pytest.mark.parametrize("after_s", [-29.0, 0.0, 1.0, 59.0])
def test_the_one_of_that_time_is_ours(after_s: float) -> None:
    call = made("CA1", after_s)
    assert ours([made("CA0", -3600), call, made("CA2", 3600)], confirmed_unix=CONFIRMED, others=()) == call


@pytest.mark.parametrize("after_s", [-3600.0, -31.0, 61.0])
def test_none_is_ours_of_another_time(after_s: float) -> None:
    assert ours([made("CA1", after_s)], confirmed_unix=CONFIRMED, others=()) == "none"


def test_a_call_that_is_known_to_be_another_is_not_taken_for_this_one() -> None:
    first, second = made("CA1", 0), made("CA2", 1)
    assert ours([first, second], confirmed_unix=CONFIRMED, others={"CA1"}) == second
    assert ours([first], confirmed_unix=CONFIRMED, others={"CA1"}) == "none"


def test_among_several_nobody_can_choose() -> None:
    assert ours([made("CA1", 0), made("CA2", 1)], confirmed_unix=CONFIRMED, others=()) == "several"


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_a_call_with_a_last_status_is_over(status: str) -> None:
    assert made("CA1", 0, status).over


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress"])
def test_a_call_with_another_is_not(status: str) -> None:
    assert not made("CA1", 0, status).over
