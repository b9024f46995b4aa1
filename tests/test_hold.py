"""On hold, and back."""

import pytest

from bridge.hold import MUSIC_MS, WORDLESS, Hold
from bridge.phrases import phrasebook

ENGLISH = phrasebook("en")


def test_a_hold_begins_once_and_is_counted_when_it_is_over() -> None:
    hold = Hold()
    assert not hold.active
    assert hold.deadline is None
    assert hold.begin(10.0)
    assert not hold.begin(11.0)
    assert hold.end(40.0) == 30.0
    assert not hold.active
    assert hold.total_s == 30.0
    assert hold.end(50.0) == 0.0


def test_all_holds_of_a_call_together_have_a_limit() -> None:
    hold = Hold(cap_s=100.0)
    hold.begin(0.0)
    assert hold.deadline == 100.0
    hold.end(80.0)
    hold.begin(200.0)
    assert hold.deadline == 220.0
    hold.end(300.0)
    hold.begin(400.0)
    assert hold.deadline == 400.0


@pytest.mark.parametrize(("text", "expected"), [("One moment, please.", True), ("For how many?", False)])
def test_whoever_asks_us_to_wait_is_waited_for(text: str, *, expected: bool) -> None:
    hold = Hold()
    hold.heard(text, ENGLISH, lasted_ms=900)
    assert hold.expected() is expected
    hold.heard("", ENGLISH, lasted_ms=300)
    assert hold.expected() is expected
    hold.heard("Sorry, for how many?", ENGLISH, lasted_ms=900)
    assert not hold.expected()


def test_long_sounds_without_words_one_after_another_are_music() -> None:
    hold = Hold()
    for _ in range(WORDLESS):
        assert not hold.music()
        hold.heard("", ENGLISH, lasted_ms=MUSIC_MS)
    assert hold.music()
    hold.heard("Hello?", ENGLISH, lasted_ms=500)
    assert not hold.music()


def test_coughs_are_no_music() -> None:
    hold = Hold()
    for _ in range(3 * WORDLESS):
        hold.heard("", ENGLISH, lasted_ms=MUSIC_MS - 1)
    assert not hold.music()


@pytest.mark.parametrize(
    ("text", "back"),
    [("", False), ("Your call is important to us.", False), ("Just a moment.", False), ("Hello, are you there?", True)],
)
def test_a_person_who_speaks_to_us_is_back(text: str, *, back: bool) -> None:
    assert Hold().back(text, ENGLISH) is back
