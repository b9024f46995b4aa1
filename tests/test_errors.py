"""The tree of errors."""

import inspect

import pytest

from bridge import errors


def test_every_error_is_one_of_ringbacks() -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if kind.__module__ == errors.__name__:
            assert issubclass(kind, errors.RingbackError)
            assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", [errors.PlanError, errors.AlreadyPlaced])
def test_an_errors_text_is_what_people_are_told(kind: type[errors.RingbackError]) -> None:
    assert str(kind("Check the digits.")) == "Check the digits."


def test_a_number_is_refused_in_words_and_by_a_code() -> None:
    refused = errors.NumberRefused("911 is an emergency number.", code="emergency", written="911")
    assert (str(refused), refused.code, refused.written) == ("911 is an emergency number.", "emergency", "911")


def test_a_protocol_error_tells_who_broke_the_protocol() -> None:
    assert errors.ProtocolError("no event").by == "remote"
    assert errors.ProtocolError("not for the line", by="local").by == "local"


def test_a_carriers_error_tells_what_may_be_done_about_it() -> None:
    plain = errors.CarrierError("busy")
    assert (plain.code, plain.retryable, plain.sent) == (0, False, False)
    full = errors.CarrierError("rate", code=20429, retryable=True, sent=True)
    assert (str(full), full.code, full.retryable, full.sent) == ("rate", 20429, True, True)


def test_a_models_error_tells_whether_to_try_again() -> None:
    assert not errors.ModelError("no").retryable
    assert errors.ModelError("later", retryable=True).retryable
