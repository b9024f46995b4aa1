"""Telling the callee in the first sentence that an AI is speaking."""

import pytest

from bridge.disclosure import disclosed, discloses
from prompts import library


@pytest.mark.parametrize(
    "opening", ["Hello, this is the AI assistant of Anna.", "This is an artificial intelligence calling. Hello."]
)
def test_an_opening_that_tells_it_first_stays_as_it_is(opening: str) -> None:
    assert discloses(opening, "en")
    assert disclosed(opening, "en", "Anna") == opening


@pytest.mark.parametrize("opening", ["", "Good evening.", "Good evening. I am an AI.", "I said so, Aidan."])
def test_an_opening_that_does_not_is_given_a_first_sentence_that_does(opening: str) -> None:
    assert not discloses(opening, "en")
    assert disclosed(opening, "en", "Anna") == f"Hello, this is the AI assistant of Anna. {opening}".strip()


@pytest.mark.parametrize("language", library.languages())
def test_every_language_has_a_sentence_that_tells_it(language: str) -> None:
    told = disclosed("x", language, "Anna Berg")
    assert discloses(told, language)
    assert "Anna Berg" in told


def test_a_language_without_phrases_is_left_to_the_model() -> None:
    assert disclosed("Moshi moshi.", "ja", "Anna") == "Moshi moshi."
