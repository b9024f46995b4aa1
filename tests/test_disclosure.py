"""Telling the callee in the first sentence that an AI is speaking."""

import re

import pytest

from bridge.disclosure import disclosed, discloses
from prompts import library


@pytest.mark.parametrize(
    "opening", ["Hello, this is the AI assistant of Anna.", "This is an artificial intelligence calling. Hello."]
)
def test_an_opening_that_tells_it_first_stays_as_it_is(opening: str) -> None:
    assert discloses(opening, "en")
    assert disclosed(opening, "en", "Anna") == opening


@pytest.mark.parametrize("opening", ["", "Good evening.", "I call for Anna. I am an AI.", "I said so, Aidan."])
def test_an_opening_that_does_not_is_given_a_first_sentence_that_does(opening: str) -> None:
    assert not discloses(opening, "en")
    assert disclosed(opening, "en", "Anna") == f"Hello, this is the AI assistant of Anna. {opening}".strip()


def test_a_full_stop_after_a_title_ends_no_sentence() -> None:
    assert discloses("Good evening, this is Dr. Meyer's AI assistant.", "en")
    assert not discloses("Good evening, Dr. Meyer asks for a table. I am his AI assistant.", "en")


OPENINGS = {
    "en": "Good evening! This is Anna's AI assistant. A table for four, please.",
    "de": "Guten Tag! Hier ist der KI-Assistent von Anna. Einen Tisch, bitte.",
    "es": "Buenas tardes. Soy el asistente de inteligencia artificial de Ana. Una mesa, por favor.",
    "fr": "Bonjour. Je suis l'assistant IA d'Anne. Une table, s'il vous plaît.",
    "it": "Buonasera! Sono l'assistente virtuale di Anna. Un tavolo, per favore.",
    "pt": "Boa tarde. Sou a assistente virtual da Ana. Uma mesa, por favor.",
}


@pytest.mark.parametrize(("language", "opening"), OPENINGS.items())
def test_a_greeting_before_it_does_not_have_it_told_twice(language: str, opening: str) -> None:
    greeting, telling, rest = re.split(r"(?<=[.!]) ", opening)
    once = disclosed(opening, language, "Anna")
    assert once == f"{greeting[:-1]} – {telling} {rest}"
    assert discloses(once, language)
    assert disclosed(once, language, "Anna") == once


@pytest.mark.parametrize("language", library.languages())
def test_every_language_has_a_sentence_that_tells_it(language: str) -> None:
    told = disclosed("x", language, "Anna Berg")
    assert discloses(told, language)
    assert "Anna Berg" in told


def test_a_language_without_phrases_is_left_to_the_model() -> None:
    assert disclosed("Moshi moshi.", "ja", "Anna") == "Moshi moshi."
