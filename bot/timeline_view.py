"""A call's timeline as it is laid out for a phone's screen: rows of equal time, one below the other, and its words.

Pure. Owns the scale, what is cut where a row ends, and the caption. Lines and colours are `timeline_picture.py`'s.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.call_view import duration
from bot.wording import Words
from bridge.timeline import Span, Timeline

MOST_ROWS = 8
_ROWS_S = (10, 15, 20, 30, 60, 120, 300, 600)  # how long a row may be; the shortest that is enough
_TICKS = 5  # parts of a row


@dataclass(frozen=True)
class Bar:
    """Part of something that lasts, in one row. Places are shares of the row's width, from 0 to 1."""

    left: float
    right: float
    begins: bool = True  # in this row, and not in the one before
    ends: bool = True
    cut: bool = False  # the callee did not hear its end


@dataclass(frozen=True)
class Wait:
    """The agent's answer was waited for. It is told where it is over."""

    left: float
    right: float
    ms: int


@dataclass(frozen=True)
class Row:
    """`until`: where the call is over, 1 where it goes on; `ticks`: places and their times, as on a phone's clock."""

    until: float
    ticks: tuple[tuple[float, str], ...]
    agent: tuple[Bar, ...]
    callee: tuple[Bar, ...]
    waits: tuple[Wait, ...]
    barge_ins: tuple[tuple[float, bool], ...]  # and whether the agent yielded
    holds: tuple[Bar, ...]
    joined: tuple[Bar, ...]


def rows(line: Timeline) -> list[Row]:
    """From the answer to the end; none for a call that nobody answered."""
    if line.answered_ms is None:
        return []
    began, lasted_ms = line.answered_ms, max(1, line.ended_ms - line.answered_ms)
    row_ms = next((s for s in _ROWS_S if lasted_ms <= s * 1000 * MOST_ROWS), _longer(lasted_ms)) * 1000
    return [_row(line, began, began + number * row_ms, row_ms) for number in range(math.ceil(lasted_ms / row_ms))]


def caption(words: Words, name: str, line: Timeline) -> str:
    """Whose call it was, and its figures. Raises ValueError for one that goes on."""
    if line.ending is None:
        raise ValueError("the call goes on")
    told = [words("timeline-title", name=name, time=duration(line.ending.talk_s))]
    p50, p95 = line.reply_ms(0.5), line.reply_ms(0.95)
    if p50 is not None and p95 is not None:
        told.append(words("timeline-replies", half=p50, most=p95))
    if line.barge_ins:
        yielded = sum(barge_in.outcome == "yielded" for barge_in in line.barge_ins)
        told.append(words("timeline-barge-ins", count=len(line.barge_ins), yielded=yielded))
    if line.holds:
        told.append(words("timeline-held", time=duration(line.hold_s)))
    return "\n".join(told)


def _longer(lasted_ms: int) -> int:
    """The length of a row, in seconds, of a call that is longer than any should be."""
    return math.ceil(lasted_ms / 1000 / MOST_ROWS / 600) * 600


def _row(line: Timeline, answered_ms: int, began: int, row_ms: int) -> Row:
    until = began + row_ms

    def bars(spans: Iterable[Span]) -> tuple[Bar, ...]:
        return tuple(_bar(span, began, row_ms) for span in spans if span.began_ms < until and span.ended_ms >= began)

    return Row(
        until=min(1.0, (line.ended_ms - began) / row_ms),
        ticks=tuple(
            (part / _TICKS, duration((began - answered_ms + part * row_ms / _TICKS) / 1000)) for part in range(_TICKS)
        ),
        agent=bars(span for span in line.spoken if span.party == "agent"),
        callee=bars(span for span in line.spoken if span.party == "callee"),
        waits=tuple(
            Wait(max(0.0, (wait.began_ms - began) / row_ms), (wait.ended_ms - began) / row_ms, wait.lasted_ms)
            for wait in line.replies
            if began <= wait.ended_ms < until
        ),
        barge_ins=tuple(
            ((barge_in.at_ms - began) / row_ms, barge_in.outcome == "yielded")
            for barge_in in line.barge_ins
            if began <= barge_in.at_ms < until
        ),
        holds=bars(line.holds),
        joined=bars(line.joined),
    )


def _bar(span: Span, began: int, row_ms: int) -> Bar:
    left, right = (span.began_ms - began) / row_ms, (span.ended_ms - began) / row_ms
    ends = right <= 1
    return Bar(max(0.0, left), min(1.0, right), left >= 0, ends, cut=ends and getattr(span, "cut", False))
