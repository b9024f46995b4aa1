"""The picture of a timeline: a PNG in which each thing can be seen, in a font that knows the catalogues' words."""

from io import BytesIO

import pytest
from PIL import Image

from bot import wording
from bot.timeline_picture import _AGENT, _BARGE_IN, _CALLEE, _HOLD, _INK, _JOINED, _font, picture
from bot.timeline_view import rows
from bridge.timeline import BargeIn, Span, Spoken, Timeline
from tests.samples import ENGLISH

DRAWN = ("agent", "callee", "ms", "wait", "barge-in", "hold", "joined")
SPOKEN = (Spoken(4200, 6000, "agent"), Spoken(6300, 8000, "callee"), Spoken(8640, 9500, "agent", cut=True))
EVERYTHING = Timeline(
    ended_ms=24_000,
    answered_ms=4000,
    spoken=SPOKEN,
    replies=(Span(8000, 8640), Span(8700, 8800)),
    barge_ins=(BargeIn(9500, "yielded"), BargeIn(5000, "resumed")),
    holds=(Span(10_000, 12_000),),
    joined=(Span(15_000, 24_000),),
)


def colours(line: Timeline) -> set[str]:
    image = Image.open(BytesIO(picture(ENGLISH, rows(line))))
    assert image.format == "PNG"
    found = image.getcolors(1 << 24)
    assert found is not None
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in found if isinstance(colour, tuple)}


def test_everything_on_a_timeline_is_drawn() -> None:
    assert {_AGENT, _CALLEE, _BARGE_IN, _HOLD, _JOINED, _INK} <= colours(EVERYTHING)


def test_what_did_not_happen_is_not_drawn() -> None:
    quiet = Timeline(ended_ms=24_000, answered_ms=4000, spoken=SPOKEN[:2])
    assert not {_BARGE_IN, _HOLD, _JOINED} & colours(quiet)


def test_a_picture_is_as_wide_as_telegram_shows_it_and_as_high_as_its_rows() -> None:
    short, long = (
        Image.open(BytesIO(picture(ENGLISH, rows(Timeline(ended_ms=1000 * seconds, answered_ms=0)))))
        for seconds in (20, 900)
    )
    assert short.width == long.width == 1280
    assert short.height < long.height < 1700


def test_waits_that_stand_close_together_are_drawn_without_figures_that_cover_each_other() -> None:
    waits = tuple(Span(at, at + 90) for at in range(4000, 14_000, 100))
    assert picture(ENGLISH, rows(Timeline(ended_ms=14_000, answered_ms=4000, replies=waits)))


@pytest.mark.parametrize("language", wording.languages())
@pytest.mark.parametrize("key", DRAWN)
def test_the_font_knows_every_letter_that_is_drawn(language: str, key: str) -> None:
    text = wording.words(language)(f"timeline-{key}", **({"ms": 1640} if key == "ms" else {}))
    unknown = bytes(_font(26).getmask("￿"))
    assert [letter for letter in text if letter.strip() and bytes(_font(26).getmask(letter)) == unknown] == []
