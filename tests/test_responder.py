"""One response at a time."""

from bridge.actions import CancelResponse, Respond
from bridge.responder import FAILURES_IN, FAILURES_MAX, Responder

ONE, OTHER = Respond("one"), Respond("other")


def making() -> Responder:
    responder = Responder()
    assert responder.ask(ONE) == [ONE]
    assert responder.began("r1") == []
    return responder


def test_a_wish_is_sent_when_no_response_is_being_made() -> None:
    responder = Responder()
    assert not responder.busy
    assert responder.ask(ONE) == [ONE]
    assert responder.busy


def test_a_wish_meanwhile_is_kept_and_only_the_last_of_them_is_sent() -> None:
    responder = making()
    assert responder.ask(ONE) == responder.ask(OTHER) == []
    assert responder.ended("r1", "completed", 0.0) == [OTHER]
    responder.began("r2")
    assert responder.ended("r2", "completed", 0.0) == []
    assert not responder.busy


def test_a_response_that_began_by_itself_is_waited_for() -> None:
    responder = Responder()
    assert responder.began("r1") == []
    assert responder.ask(ONE) == []
    assert responder.ended("r1", "completed", 0.0) == [ONE]


def test_the_end_of_another_response_means_nothing() -> None:
    responder = making()
    assert responder.ended("r0", "completed", 0.0) == []
    assert responder.active == "r1"


def test_a_response_is_cancelled_once() -> None:
    responder = making()
    responder.ask(OTHER)
    assert responder.cancel() == [CancelResponse("r1")]
    assert responder.unwanted
    assert responder.cancel() == []
    assert responder.ended("r1", "cancelled", 0.0) == []
    assert not responder.unwanted
    assert responder.cancel() == []


def test_a_response_that_has_not_begun_is_cancelled_when_it_does() -> None:
    responder = Responder()
    responder.ask(ONE)
    assert responder.cancel() == []
    assert responder.ask(OTHER) == []
    assert responder.began("r1") == [CancelResponse("r1")]
    assert responder.ended("r1", "cancelled", 0.0) == [OTHER]


def test_a_failed_response_is_asked_for_again() -> None:
    responder = making()
    assert responder.ended("r1", "failed", 0.0) == [ONE]


def test_after_a_failed_response_a_newer_wish_goes_first() -> None:
    responder = making()
    responder.ask(OTHER)
    assert responder.ended("r1", "failed", 0.0) == [OTHER]


def test_a_cancelled_response_that_fails_is_not_asked_for_again() -> None:
    responder = making()
    responder.cancel()
    assert responder.ended("r1", "failed", 0.0) == []
    assert not responder.failing(0.0)


def test_too_many_failures_in_a_short_time_are_the_end() -> None:
    responder = Responder()
    responder.ask(ONE)
    for number in range(FAILURES_MAX):
        assert not responder.failing(10.0 * number)
        responder.began(f"r{number}")
        again = responder.ended(f"r{number}", "failed", 10.0 * number)
    assert responder.failing(20.0)
    assert again == []
    assert not responder.failing(FAILURES_IN + 20.0)


def test_a_wish_that_was_refused_is_sent_when_the_active_response_has_ended() -> None:
    responder = Responder()
    responder.ask(ONE)
    assert responder.refused() == []
    assert not responder.busy
    responder.began("r9")
    assert responder.ended("r9", "completed", 0.0) == [ONE]


def test_a_refused_wish_yields_to_a_newer_one() -> None:
    responder = Responder()
    responder.ask(ONE)
    responder.ask(OTHER)
    responder.refused()
    responder.began("r9")
    assert responder.ended("r9", "completed", 0.0) == [OTHER]


def test_a_response_that_the_model_will_not_begin_is_asked_for_again_and_counts_as_failed() -> None:
    responder = Responder()
    assert responder.declined(0.0) == []
    responder.ask(ONE)
    assert responder.declined(1.0) == [ONE]
    assert responder.declined(2.0) == [ONE]
    assert responder.declined(3.0) == []
    assert responder.failing(3.0)
    assert not responder.busy
