"""The agent's first words, and what is said over them."""

import pytest

from bridge.opening import AFTER_MS, GREETING_MAX_S, GREETING_S, Opening
from bridge.phrases import phrasebook


def test_it_is_asked_for_once() -> None:
    opening = Opening()
    assert opening.ask()
    assert not opening.ask()


def test_it_is_not_asked_for_when_it_is_too_late() -> None:
    opening = Opening()
    opening.end(0)
    assert not opening.ask()


def test_its_item_is_the_first_that_sounds() -> None:
    opening = Opening()
    opening.audio("stray")
    opening.ask()
    opening.audio("a")
    opening.audio("b")
    assert opening.item_id == "a"
    late = Opening()
    late.ask()
    late.end(0)
    late.audio("c")
    assert late.item_id == ""


def test_an_utterance_that_ends_long_after_it_is_an_answer() -> None:
    opening = Opening()
    assert not opening.answered(60_000)
    opening.end(3000)
    opening.end(9000)
    assert not opening.answered(3000 + AFTER_MS - 1)
    assert opening.answered(3000 + AFTER_MS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", False),
        ("Yes?", False),
        ("Hello?", False),
        ("Trattoria Roma, good evening.", False),
        ("Good evening, who is calling?", True),
        ("Who is it", True),
    ],
)
def test_the_way_a_phone_is_answered_wants_no_answer(text: str, *, wanted: bool) -> None:
    assert Opening.wants_answer(text, phrasebook("en")) is wanted


def test_it_is_heard_as_soon_as_the_line_is_open() -> None:
    opening = Opening()
    assert opening.line_open(10.0)
    opening.greeting_began("a", 10.0)
    opening.greeting_over(10.0)
    assert opening.deadline is None
    assert not opening.greeted(60.0)


def test_one_that_waits_is_heard_after_the_callees_greeting() -> None:
    opening = Opening(waits=True)
    assert not opening.line_open(10.0)
    assert not opening.greeted(10.0 + GREETING_S - 0.1)
    opening.greeting_began("a", 11.0)
    assert opening.deadline == 11.0 + GREETING_MAX_S
    opening.greeting_over(12.0)
    assert opening.greeted(12.0)
    assert not opening.greeted(60.0)
    assert opening.line_open(20.0)


def test_one_that_waits_is_heard_when_nobody_greets() -> None:
    opening = Opening(waits=True)
    opening.line_open(10.0)
    assert opening.greeted(10.0 + GREETING_S)


def test_it_is_asked_for_again_only_if_none_of_it_was_made() -> None:
    opening = Opening()
    assert not opening.lost()
    opening.ask()
    assert opening.lost()
    assert opening.ask()
    opening.audio("a")
    assert not opening.lost()
    assert not opening.ask()
