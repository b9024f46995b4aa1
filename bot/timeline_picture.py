"""The picture of a call's timeline: a PNG for a phone's screen.

Owns lines, colours and sizes; what stands where is `timeline_view.py`'s. Shows no words but the catalogue's, in the
font that Pillow has in it, which knows letters without accents only. Telegram makes a photo smaller whose longer side
is over 1,280 pixels (https://core.telegram.org/api/files#image-thumbnail-types), so a short call's keeps within that.
"""

import io
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from bot.timeline_view import Bar, Row
from bot.wording import Words

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

_WIDTH, _LEFT, _RIGHT, _TOP = 1280, 164, 36, 28
_LANE, _BETWEEN, _AXIS, _APART = 44, 46, 40, 18  # a row is two lanes, what is between them, and its axis
_ROW = 2 * _LANE + _BETWEEN + _AXIS + _APART
_LEGEND = 58
_SCALE = _WIDTH - _LEFT - _RIGHT

_PAPER, _INK, _FAINT, _LINE = "#ffffff", "#1b2430", "#5b6776", "#d5dae1"
_TRACK = "#eef1f5"
_AGENT, _CALLEE = "#1d4f91", "#8a4b08"
_BARGE_IN, _HOLD, _JOINED = "#b3162b", "#c3c9d2", "#dcd0ec"
_SLOW_MS = 1500  # a wait that the callee notices


def picture(words: Words, rows: Sequence[Row]) -> bytes:
    """PNG."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - not before somebody asks for a picture

    image = Image.new("RGB", (_WIDTH, _TOP + len(rows) * _ROW + _LEGEND), _PAPER)
    drawing = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        _draw_row(drawing, words, row, _TOP + number * _ROW)
    _draw_legend(drawing, words, rows, _TOP + len(rows) * _ROW)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


@cache
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.load_default(size)


def _x(share: float) -> float:
    return _LEFT + share * _SCALE


def _draw_row(drawing: "ImageDraw.ImageDraw", words: Words, row: Row, top: int) -> None:
    agent, callee = top, top + _LANE + _BETWEEN
    bottom = callee + _LANE
    for lane, label, colour in ((agent, "timeline-agent", _AGENT), (callee, "timeline-callee", _CALLEE)):
        drawing.rectangle((_LEFT, lane, _x(row.until), lane + _LANE), fill=_TRACK)
        drawing.text((_LEFT - 16, lane + _LANE / 2), words(label), colour, _font(26), anchor="rm")
    for stretches, colour in ((row.holds, _HOLD), (row.joined, _JOINED)):
        for bar in stretches:
            drawing.rectangle((_x(bar.left), agent, _x(bar.right), bottom), fill=colour)
    for place, time in row.ticks:
        drawing.line((_x(place), agent, _x(place), bottom + 6), fill=_LINE, width=2)
        drawing.text((_x(place), bottom + 10), time, _FAINT, _font(22), anchor="la")
    for bars, lane, colour in ((row.agent, agent, _AGENT), (row.callee, callee, _CALLEE)):
        for bar in bars:
            _draw_bar(drawing, bar, lane, colour)
    for place, yielded in row.barge_ins:
        _draw_barge_in(drawing, place, agent, bottom, yielded=yielded)
    _draw_waits(drawing, words, row, agent + _LANE + _BETWEEN / 2)


def _draw_bar(drawing: "ImageDraw.ImageDraw", bar: Bar, lane: int, colour: str) -> None:
    left, right = _x(bar.left), max(_x(bar.right), _x(bar.left) + 5)
    corners = (bar.begins, bar.ends and not bar.cut, bar.ends and not bar.cut, bar.begins)
    drawing.rounded_rectangle((left, lane + 4, right, lane + _LANE - 4), 7, fill=colour, corners=corners)
    if bar.cut:
        drawing.rectangle((right - 5, lane + 4, right, lane + _LANE - 4), fill=_BARGE_IN)


def _draw_barge_in(drawing: "ImageDraw.ImageDraw", place: float, top: int, bottom: int, *, yielded: bool) -> None:
    """A full mark where the agent yielded, an open one where it went on."""
    x = _x(place)
    drawing.line((x, top - 4, x, bottom), fill=_BARGE_IN, width=4 if yielded else 2)
    mark = ((x - 11, top - 18), (x + 11, top - 18), (x, top))
    drawing.polygon(mark, fill=_BARGE_IN if yielded else _PAPER, outline=_BARGE_IN, width=3)


def _draw_waits(drawing: "ImageDraw.ImageDraw", words: Words, row: Row, middle: float) -> None:
    """From the callee's lane up to the agent's; its figure beside it, where there is room for one."""
    taken = float(_LEFT)  # up to here something has been drawn
    half, font = _BETWEEN / 2, _font(22)
    for wait, following in zip_longest(row.waits, row.waits[1:]):
        left, right = _x(wait.left), _x(wait.right)
        colour = _BARGE_IN if wait.ms >= _SLOW_MS else _INK
        low = middle + half - 8
        for line in ((left, low + 8, left, low), (left, low, right, low), (right, low, right, middle - half)):
            drawing.line(line, fill=colour, width=3)
        free = _x(following.left) if following else _LEFT + _SCALE
        for told in (words("timeline-ms", ms=wait.ms), str(wait.ms)):
            width = drawing.textlength(told, font) + 8
            if right - width >= taken:
                drawing.text((right - 8, middle - 6), told, colour, font, anchor="rm")
                break
            if right + width <= free:
                drawing.text((right + 8, middle - 6), told, colour, font, anchor="lm")
                right += width
                break
        taken = right + 8


def _draw_legend(drawing: "ImageDraw.ImageDraw", words: Words, rows: Sequence[Row], top: int) -> None:
    """Of what is in this picture."""
    middle, x = top + _LEGEND / 2 - 10, float(_LEFT)
    for there, key, colour in (
        (any(row.waits for row in rows), "timeline-wait", _INK),
        (any(row.barge_ins for row in rows), "timeline-barge-in", _BARGE_IN),
        (any(row.holds for row in rows), "timeline-hold", _HOLD),
        (any(row.joined for row in rows), "timeline-joined", _JOINED),
    ):
        if not there:
            continue
        drawing.rounded_rectangle((x, middle - 10, x + 20, middle + 10), 4, fill=colour)
        drawing.text((x + 30, middle), words(key), _INK, _font(24), anchor="lm")
        x += 30 + drawing.textlength(words(key), _font(24)) + 44
