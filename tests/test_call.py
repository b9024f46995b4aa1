"""The nouns of a call."""

import itertools

import msgspec
import pytest

from bridge.call import CallSpec, CallState, Ending, EndReason, Usage
from tests.fakes import a_spec


def test_a_call_only_moves_forward() -> None:
    order = [CallState.DIALING, CallState.RINGING, CallState.CONNECTED, CallState.CLOSING, CallState.ENDED]
    for earlier, later in itertools.combinations(order, 2):
        assert earlier.precedes(later)
        assert not later.precedes(earlier)
    assert not any(state.precedes(state) for state in order)


def test_a_spec_cannot_be_changed_and_comes_back_from_json_as_it_was() -> None:
    spec = a_spec()
    with pytest.raises(AttributeError):
        spec.goal = "something else"  # type: ignore[misc]  # that it cannot be set is what is tested
    assert msgspec.json.decode(msgspec.json.encode(spec), type=CallSpec) == spec


def test_usages_are_added_kind_by_kind() -> None:
    one = Usage(1, 2, 3, 4, 5, 6, 7.5)
    assert one + Usage(10, 20, 30, 40, 50, 60, 0.5) == Usage(11, 22, 33, 44, 55, 66, 8.0)
    assert one + Usage() == one


@pytest.mark.parametrize(("talk_s", "answered"), [(0.0, False), (0.1, True)])
def test_a_call_was_answered_if_there_was_a_talk(talk_s: float, *, answered: bool) -> None:
    assert Ending(EndReason.GOODBYE, 3.0, talk_s).answered is answered
