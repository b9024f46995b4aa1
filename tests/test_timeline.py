"""The timeline of a call, from its events alone: spans, waits, barge-ins, holds and the figures of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import events
from bridge.call import Ending, EndReason, Turn
from bridge.events import CallEvent
from bridge.timeline import BargeIn, Span, Spoken, figures, timeline
from tests.fakes import a_spec

CONFIRMED = events.Confirmed(at_ms=0, spec=a_spec(), confirmed_unix=1000.0)
ANSWERED = events.Answered(at_ms=4000)
ENDED = events.Ended(at_ms=60_000, ending=Ending(EndReason.GOODBYE, 4.0, 56.0, cost_usd=0.06123, detail="0"))


def said(item: str, party: Any, began: int, ended: int | None, *, cut: bool = False) -> events.TurnChanged:
    turn = Turn(item, party, "words", began, ended, final=ended is not None, interrupted=cut)
    return events.TurnChanged(at_ms=ended or began, turn=turn, after="")


def waits(*told: CallEvent) -> list[int]:
    return [span.lasted_ms for span in timeline(told).replies]


def test_a_call_that_has_told_nothing_is_empty() -> None:
    line = timeline([])
    assert (line.ended_ms, line.spoken, line.replies, line.ending) == (0, (), (), None)
    assert line.reply_ms(0.5) is None
    assert figures(line) == {
        **dict.fromkeys(("turns", "replies", "barge_ins", "barge_ins_yielded", "models_lost", "carried_over"), 0),
        "hold_s": 0,
    }


def test_turns_stand_in_the_order_of_time_and_one_that_goes_on_lasts_until_now() -> None:
    told: list[CallEvent] = [CONFIRMED, said("b", "agent", 7000, None), said("a", "callee", 5000, 6000)]
    line = timeline(told, now_ms=9000)
    assert line.spoken == (Spoken(5000, 6000, "callee"), Spoken(7000, 9000, "agent"))
    assert timeline(told, now_ms=1).ended_ms == 7000
    assert line.began_unix == 1000.0
    assert (line.turns_of("agent"), line.turns_of("callee")) == (1, 1)


def test_a_reply_is_timed_from_the_end_of_the_callees_last_words() -> None:
    assert waits(
        said("o", "agent", 4000, 6000),  # the opening answers nobody
        said("a", "callee", 6500, 7000),
        said("b", "callee", 7200, 8000),
        said("c", "agent", 8640, 9000),
        said("d", "agent", 9100, 9900),  # goes on
    ) == [640]


def test_a_yes_while_the_agent_speaks_on_asks_for_no_reply() -> None:
    assert waits(said("a", "agent", 0, 9000), said("y", "callee", 3000, 3500), said("b", "agent", 20_000, 21_000)) == []


def test_the_words_that_cut_the_agent_short_do() -> None:
    told: list[CallEvent] = [
        said("a", "agent", 0, 3600, cut=True),
        events.BargedIn(at_ms=2500, item_id="a", heard_ms=2400),
        said("c", "callee", 2500, 3500),
        events.BargeInResolved(at_ms=3600, outcome="yielded"),
        said("b", "agent", 4200, 5000),
    ]
    line = timeline(told)
    assert line.spoken[0] == Spoken(0, 2500, "agent", cut=True)  # the line fell silent then
    assert line.barge_ins == (BargeIn(2500, "yielded"),)
    assert waits(*told) == [700]


def test_who_is_cut_by_no_barge_in_speaks_until_their_end() -> None:
    line = timeline([said("a", "agent", 100, 200, cut=True), said("b", "callee", 300, 250)])
    assert line.spoken == (Spoken(100, 200, "agent", cut=True), Spoken(300, 300, "callee"))


def test_an_agent_that_speaks_before_the_callee_is_done_has_not_replied() -> None:
    assert waits(said("c", "callee", 0, 2000), said("a", "agent", 1500, 1900), said("b", "agent", 2300, 3000)) == [300]


def test_of_two_utterances_the_one_that_ended_last_counts() -> None:
    assert waits(said("a", "callee", 0, 2000), said("b", "callee", 500, 900), said("c", "agent", 2500, 3000)) == [500]


def test_what_became_of_a_barge_in_may_never_be_known() -> None:
    told: list[CallEvent] = [
        events.BargeInResolved(at_ms=1, outcome="yielded"),
        events.BargedIn(at_ms=5, item_id="a", heard_ms=1),
        events.BargeInResolved(at_ms=6, outcome="resumed"),
        events.BargedIn(at_ms=9, item_id="b", heard_ms=1),
    ]
    assert timeline(told).barge_ins == (BargeIn(5, "resumed"), BargeIn(9))


def test_holds_and_the_requester_on_the_line_last_until_they_are_over_or_the_call_is() -> None:
    told: list[CallEvent] = [
        events.HoldBegan(at_ms=10),
        events.HoldBegan(at_ms=15),
        events.HoldEnded(at_ms=40, lasted_s=0.03, person=True),
        events.TakenOver(at_ms=50),
        events.Streaming(at_ms=70, stream_sid="MZ2"),
        events.HoldBegan(at_ms=80),
    ]
    line = timeline(told, now_ms=100)
    assert line.holds == (Span(10, 40), Span(80, 100))
    assert line.joined == (Span(50, 70),)
    assert line.hold_s == 0.05
    assert timeline([*told, ENDED]).holds[-1] == Span(80, 60_000)


@pytest.mark.parametrize(("share", "wait"), [(0.5, 300), (0.95, 900), (0.01, 100), (1.0, 900)])
def test_shares_of_the_waits_are_by_nearest_rank(share: float, wait: int) -> None:
    told: list[CallEvent] = []
    for number, length in enumerate([900, 100, 300]):
        start = number * 10_000
        told.append(said(f"c{number}", "callee", start, start + 1000))
        told.append(said(f"a{number}", "agent", start + 1000 + length, start + 5000))
    assert timeline(told).reply_ms(share) == wait


def test_the_figures_of_a_call_hold_codes_and_numbers_only() -> None:
    told: list[CallEvent] = [
        *(CONFIRMED, ANSWERED),
        events.FirstAudio(at_ms=4200, after_ms=120),
        said("c", "callee", 5000, 6000),
        said("a", "agent", 6640, 9000),
        events.ModelResumed(at_ms=9100),
        events.CarriedOver(at_ms=9200),
        ENDED,
    ]
    assert figures(timeline(told)) == {
        "reason": "goodbye",
        "detail": "0",
        "ring_s": 4.0,
        "talk_s": 56.0,
        "hold_s": 0.0,
        "turns": 2,
        "replies": 1,
        "reply_p50_ms": 640,
        "reply_p95_ms": 640,
        "first_audio_ms": 120,
        "barge_ins": 0,
        "barge_ins_yielded": 0,
        "models_lost": 1,
        "carried_over": 1,
        "cost_usd": 0.0612,
    }
    assert timeline(told).answered_ms == 4000


TIMES = st.integers(0, 100_000)
SAID = st.builds(
    said, st.sampled_from("abcdef"), st.sampled_from(["agent", "callee"]), TIMES, TIMES | st.none(), cut=st.booleans()
)
ANY = st.lists(
    SAID
    | st.builds(events.BargedIn, at_ms=TIMES, item_id=st.just("a"), heard_ms=TIMES)
    | st.builds(events.HoldBegan, at_ms=TIMES)
    | st.builds(events.HoldEnded, at_ms=TIMES, lasted_s=st.just(0.0), person=st.booleans())
)


@given(ANY)
def test_nothing_lasts_less_than_no_time_whatever_is_told(told: list[CallEvent]) -> None:
    line = timeline(told)
    assert all(span.lasted_ms >= 0 for span in (*line.spoken, *line.replies))
    assert list(line.spoken) == sorted(line.spoken, key=lambda span: span.began_ms)
