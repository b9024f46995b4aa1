"""Where a call stands, by its journal alone."""

from collections.abc import Sequence

import pytest

from bridge import events
from bridge.call import CallState, Ending, EndReason, Turn, Usage
from bridge.events import CallEvent
from bridge.standing import FRESH, Answer, Standing, stand
from tests.fakes import a_spec

CONFIRMED = events.Confirmed(at_ms=0, spec=a_spec(), confirmed_unix=1.0)
ASKED = events.QuestionAsked(at_ms=5, question_id="fc", question="At eight?", choices=(), patience_s=45.0)
SAID = Turn("i1", "agent", "Hello.", 10, 20, final=True)
CUT = Turn("i1", "agent", "Hel", 10, 20, final=True, interrupted=True)
HEARD = Turn("i2", "callee", "Yes?", 30, 40, final=True)


def after(*told: CallEvent) -> Standing:
    return stand([CONFIRMED, *told])


def spoken(turn: Turn, follows: str = "") -> CallEvent:
    return events.TurnChanged(at_ms=turn.ended_ms or 0, turn=turn, after=follows)


def test_a_call_that_was_just_confirmed_has_everything_before_it() -> None:
    assert after() == FRESH


def test_its_state_is_that_of_the_last_event_that_tells() -> None:
    told: list[CallEvent] = [CONFIRMED, events.Dialed(at_ms=1, call_sid="CA1")]
    assert (stand(told).state, stand(told).call_sid) == (CallState.DIALING, "CA1")
    for event, state in (
        (events.Ringing(at_ms=2), CallState.RINGING),
        (events.Answered(at_ms=3), CallState.CONNECTED),
        (events.HangUpOrdered(at_ms=4, reason="silence"), CallState.CLOSING),
        (events.Ended(at_ms=5, ending=Ending(EndReason.SILENCE, 1, 1)), CallState.ENDED),
    ):
        told.append(event)
        assert (stand(told).state, stand(told).at_ms) == (state, event.at_ms)
    assert (stand(told).answered_ms, stand(told).hanging_up) == (3, EndReason.SILENCE)


def test_turns_are_those_of_everyone_outside() -> None:
    standing = after(spoken(SAID), spoken(HEARD, "i1"), spoken(CUT))
    assert standing.turns == (CUT, HEARD)


@pytest.mark.parametrize(
    ("told", "opened"),
    [
        ([], False),
        ([spoken(CUT)], False),
        ([spoken(HEARD)], False),
        ([spoken(SAID)], True),
        ([spoken(CUT), events.ClosingBegan(at_ms=50)], True),
        ([events.HoldBegan(at_ms=50)], True),
        ([events.TakenOver(at_ms=50)], True),
    ],
)
def test_an_opening_is_due_until_one_was_heard(told: Sequence[CallEvent], *, opened: bool) -> None:
    assert after(*told).opened is opened


def test_a_stream_gives_the_line_back_to_the_agent() -> None:
    taken = after(events.TakenOver(at_ms=5))
    assert (taken.taken_over_ms, taken.ordered) == (5, EndReason.TAKEN_OVER)
    back = after(events.TakenOver(at_ms=5), events.Streaming(at_ms=6, stream_sid="MZ2", ticket=3))
    assert (back.taken_over_ms, back.ordered, back.ticket) == (None, None, 3)


def test_a_hang_up_is_ordered_for_its_own_reason() -> None:
    standing = after(events.TakenOver(at_ms=5), events.HangUpOrdered(at_ms=6, reason="money_limit"))
    assert standing.ordered is EndReason.MONEY_LIMIT


def test_holds_add_up() -> None:
    held: list[events.CallEvent] = [events.HoldBegan(at_ms=5), events.HoldEnded(at_ms=6, lasted_s=1.5, person=True)]
    assert after(*held, *held).held_s == 3.0
    assert (after(*held).on_hold_ms, after(*held, held[0]).on_hold_ms) == (None, 5)


@pytest.mark.parametrize(("how", "answers"), [("answered", (Answer("At eight?", "Yes"),)), ("timed_out", ())])
def test_a_question_is_open_until_it_is_closed(how: str, answers: tuple[Answer, ...]) -> None:
    assert after(ASKED).question == ASKED
    closed = events.QuestionClosed(at_ms=6, question_id="fc", answer="Yes", how=how)  # type: ignore[arg-type]
    assert (after(ASKED, closed).question, after(ASKED, closed).answers) == (None, answers)
    assert after(closed).answers == ()


def test_a_goodbye_has_a_reason_or_is_one() -> None:
    assert after(events.ClosingBegan(at_ms=5)).leaving is EndReason.GOODBYE
    assert after(events.ClosingBegan(at_ms=5, reason="time_limit")).leaving is EndReason.TIME_LIMIT
    assert after(events.ClosingBegan(at_ms=5), events.ClosingCancelled(at_ms=6)).leaving is None


def test_all_else_is_noted_as_it_was_told() -> None:
    standing = after(
        events.Detected(at_ms=1, answered_by="machine_start"),
        events.CarriedOver(at_ms=2),
        events.CostRose(at_ms=3, cost_usd=0.05, usage=Usage(text_in=7)),
        events.LanguageSwitched(at_ms=4, language="it"),
        events.Whispered(at_ms=5, text="Ask for parking."),
        events.MessageBegan(at_ms=6),
        events.DoNotCallAsked(at_ms=7),
        events.CarriedOver(at_ms=8),
        events.ModelTrouble(at_ms=9, code="1006"),
    )
    assert standing == Standing(
        at_ms=9,
        answered_by="machine_start",
        carried_over=2,
        cost_usd=0.05,
        usage=Usage(text_in=7),
        language="it",
        whispers=("Ask for parking.",),
        message=True,
        refused=True,
    )
