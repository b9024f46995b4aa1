"""Short answers: a yes and a "never mind" are told from all other messages, in each language."""

import pytest

from bot.short_answers import agrees, calls_off
from bot.wording import languages, words
from tests.samples import ENGLISH


@pytest.mark.parametrize("text", ["yes", "Yes, please!", "OK.", "that’s it", "That's it!", " use it "])
def test_a_yes_is_a_yes(text: str) -> None:
    assert agrees(ENGLISH, text)


@pytest.mark.parametrize("text", ["", "?", "...", "👍", "hmm", "no", "yes but for five", "not sure", "yes, yes, no"])
def test_anything_else_is_none(text: str) -> None:
    assert not agrees(ENGLISH, text)


@pytest.mark.parametrize("text", ["cancel", "Never mind.", "Don’t call!", "forget it …", "CANCEL IT"])
def test_who_wants_no_call_says_so(text: str) -> None:
    assert calls_off(ENGLISH, text)


@pytest.mark.parametrize("text", ["", "no", "cancel my appointment", "do not call before 9", "stop by at 5"])
def test_what_is_about_the_matter_calls_nothing_off(text: str) -> None:
    assert not calls_off(ENGLISH, text)


@pytest.mark.parametrize("language", languages())
def test_no_answer_is_both(language: str) -> None:
    spoken = words(language)
    for key, other in (("short-yes", calls_off), ("short-cancel", agrees)):
        assert not [answer for answer in spoken(key).split(",") if other(spoken, answer)]
