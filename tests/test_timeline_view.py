"""The timeline laid out in rows: the scale, what is cut where a row ends, and the caption's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline_view import MOST_ROWS, Bar, Wait, caption, rows
from bridge.call import Ending, EndReason
from bridge.timeline import BargeIn, Span, Spoken, Timeline
from tests.samples import ENGLISH

ENDING = Ending(EndReason.GOODBYE, ring_s=4.0, talk_s=36.0)


def line(lasted_s: float, **parts: object) -> Timeline:
    """Of a call that was answered after four seconds."""
    return Timeline(ended_ms=4000 + round(lasted_s * 1000), answered_ms=4000, ending=ENDING, **parts)  # type: ignore[arg-type]  # a test's own names


def test_a_call_that_nobody_answered_has_no_rows() -> None:
    assert rows(Timeline(ended_ms=30_000)) == []


@pytest.mark.parametrize(
    ("lasted_s", "expected", "second"),
    [(0, 1, ""), (9, 1, ""), (36, 4, "0:10"), (81, 6, "0:15"), (900, 8, "2:00"), (6000, 5, "20:00")],
)
def test_a_call_has_a_few_rows_of_equal_time(lasted_s: int, expected: int, second: str) -> None:
    laid_out = rows(line(lasted_s))
    assert len(laid_out) == expected
    assert laid_out[0].ticks[0] == (0.0, "0:00")
    assert expected == 1 or laid_out[1].ticks[0] == (0.0, second)


def test_time_is_counted_from_the_answer_and_what_goes_over_a_rows_end_goes_on_in_the_next() -> None:
    spoken = (Spoken(4000, 9000, "callee"), Spoken(12_000, 16_500, "agent", cut=True))
    first, second = rows(line(15, spoken=spoken))
    assert first.callee == (Bar(0.0, 0.5),)
    assert first.agent == (Bar(0.8, 1.0, ends=False),)
    assert second.agent == (Bar(0.0, 0.25, begins=False, cut=True),)
    assert second.callee == ()
    assert (first.until, second.until) == (1.0, 0.5)
    assert [time for _, time in first.ticks] == ["0:00", "0:02", "0:04", "0:06", "0:08"]


def test_a_wait_is_told_in_the_row_in_which_it_is_over() -> None:
    first, second = rows(line(15, replies=(Span(5000, 6500), Span(13_500, 14_500))))
    assert first.waits == (Wait(0.1, 0.25, 1500),)
    assert second.waits == (Wait(0.0, 0.05, 1000),)


def test_barge_ins_holds_and_the_requesters_own_time_have_their_places() -> None:
    [row] = rows(
        line(
            10,
            barge_ins=(BargeIn(5000, "yielded"), BargeIn(6000, "resumed"), BargeIn(99_000)),
            holds=(Span(6000, 8000),),
            joined=(Span(9000, 14_000),),
        )
    )
    assert row.barge_ins == ((0.1, True), (0.2, False))
    assert (row.holds, row.joined) == ((Bar(0.2, 0.4),), (Bar(0.5, 1.0),))


def test_the_caption_tells_the_figures_that_there_are() -> None:
    whole = line(
        36,
        replies=(Span(0, 640), Span(0, 1240)),
        barge_ins=(BargeIn(1, "yielded"), BargeIn(2, "resumed")),
        holds=(Span(0, 65_000),),
    )
    assert caption(ENGLISH, "Trattoria Roma", whole).splitlines() == [
        "⏱ Trattoria Roma · 0:36 on the phone",
        "The agent's replies: half of them within 640 ms, 95 % within 1,240 ms",
        "Interrupted 2 times, the agent yielded: 1",
        "On hold: 1:05",
    ]
    assert caption(ENGLISH, "Roma", line(36)) == "⏱ Roma · 0:36 on the phone"


def test_a_call_that_goes_on_has_no_caption() -> None:
    with pytest.raises(ValueError, match="goes on"):
        caption(ENGLISH, "Roma", Timeline(ended_ms=1))


TIMES = st.integers(0, 4_000_000)
SPANS = st.lists(st.tuples(TIMES, TIMES).map(lambda pair: Span(*sorted(pair)))).map(tuple)


@given(st.integers(0, 4_000_000), SPANS, SPANS, st.lists(TIMES.map(BargeIn)).map(tuple))
def test_nothing_stands_outside_its_row(
    lasted_ms: int, holds: tuple[Span, ...], replies: tuple[Span, ...], barge_ins: tuple[BargeIn, ...]
) -> None:
    laid_out = rows(line(lasted_ms / 1000, holds=holds, replies=replies, barge_ins=barge_ins))
    assert 1 <= len(laid_out) <= MOST_ROWS
    for row in laid_out:
        bars = [(bar.left, bar.right) for bar in row.holds] + [(wait.left, wait.right) for wait in row.waits]
        assert all(0 <= left <= right <= 1 for left, right in bars)
        assert all(0 <= place < 1 for place, _ in row.barge_ins)
        assert 0 <= row.until <= 1
