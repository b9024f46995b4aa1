"""Events, actions and signals: facts, wishes and news, none of which can be changed."""

import inspect
from types import ModuleType
from typing import get_args

import msgspec
import pytest

from bridge import actions, events, signals
from bridge.call import Ending, EndReason, Turn, Usage
from tests.fakes import a_spec

EXAMPLES: list[events.CallEvent] = [
    events.Confirmed(at_ms=0, spec=a_spec(), confirmed_unix=1_800_000_000.5),
    events.Dialed(at_ms=10, call_sid="CA1"),
    events.Ringing(at_ms=900),
    events.Answered(at_ms=4000),
    events.Streaming(at_ms=4100, stream_sid="MZ1"),
    events.FirstAudio(at_ms=4100, after_ms=12),
    events.Detected(at_ms=5000, answered_by="human"),
    events.TurnChanged(at_ms=5000, turn=Turn("a", "agent", "Hello.", 4100), after=""),
    events.BargedIn(at_ms=5100, item_id="a", heard_ms=400),
    events.BargeInResolved(at_ms=5900, outcome="yielded"),
    events.ClosingBegan(at_ms=9000),
    events.ClosingCancelled(at_ms=9500),
    events.HangUpOrdered(at_ms=12_000, reason="goodbye"),
    events.ModelTrouble(at_ms=12_100, code="server_error"),
    events.QuestionAsked(at_ms=6000, question_id="fc", question="At eight?", choices=("Yes", "No"), patience_s=45.0),
    events.QuestionClosed(at_ms=6500, question_id="fc", answer="Yes", how="answered"),
    events.HoldBegan(at_ms=7000),
    events.HoldEnded(at_ms=9000, lasted_s=2.0, person=True),
    events.DigitsPressed(at_ms=9100, digits="1#"),
    events.LanguageSwitched(at_ms=9200, language="it"),
    events.CostRose(at_ms=9250, cost_usd=0.07),
    events.MessageBegan(at_ms=9255),
    events.Whispered(at_ms=9257, text="Ask for parking."),
    events.DoNotCallAsked(at_ms=9260),
    events.ModelResumed(at_ms=9300),
    events.CarriedOver(at_ms=9350),
    events.TakenOver(at_ms=9400),
    events.Ended(at_ms=12_500, ending=Ending(EndReason.GOODBYE, 4.0, 8.5, Usage(1), 0.1, "", "Booked.")),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_the_journal_as_it_was(event: events.CallEvent) -> None:
    assert msgspec.json.decode(msgspec.json.encode(event), type=events.CallEvent) == event


def kinds(module: ModuleType, root: type) -> set[type]:
    found = {kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, root)}
    return {kind for kind in found if kind is not root and kind.__module__ == module.__name__}


def test_every_event_is_one_of_the_calls_events() -> None:
    assert kinds(events, events.Event) == set(get_args(events.CallEvent)) == {type(event) for event in EXAMPLES}


@pytest.mark.parametrize(
    "kind",
    sorted(
        kinds(events, events.Event) | kinds(actions, actions.Action) | kinds(signals, signals.Signal),
        key=str,
    ),
)
def test_what_has_happened_or_is_wanted_cannot_be_changed(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen
