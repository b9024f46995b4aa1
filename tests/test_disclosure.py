"""Telling the callee in the first sentence that an AI is speaking, and then that the call is recorded."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.disclosure import announced, disclosed, discloses
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


# That the call is recorded


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("I call for Anna. A table, please.", "I call for Anna. RECORDED A table, please."),
        ("I call for Anna", "I call for Anna. RECORDED"),
        ("Good evening! I call for Anna. A table?", "Good evening! I call for Anna. RECORDED A table?"),
        (
            "Good evening, Trattoria Roma! I am the AI assistant of Dr. Berg. A table, please.",
            "Good evening, Trattoria Roma! I am the AI assistant of Dr. Berg. RECORDED A table, please.",
        ),
        (" Is this Roma?  I need a table.", "Is this Roma? RECORDED I need a table."),
        ("Hello!", "Hello! RECORDED"),
        ("", "RECORDED"),
    ],
)
def test_that_it_is_recorded_is_said_after_who_is_calling(opening: str, told: str) -> None:
    assert announced(opening, "en") == told.replace("RECORDED", "This call is being recorded.")


@pytest.mark.parametrize("opening", ["Hi. this call is being recorded.", "I am Anna. This call is being recorded. Hi."])
def test_an_opening_that_says_it_says_it_once(opening: str) -> None:
    assert announced(opening, "en") == opening


@pytest.mark.parametrize(("language", "opening"), OPENINGS.items())
def test_every_language_says_it_once_and_after_the_ai_is_told(language: str, opening: str) -> None:
    _, _, rest = re.split(r"(?<=[.!]) ", opening)
    sentence = library.phrases(language).recording
    for first in (opening, disclosed(opening, language, "Anna")):
        told = announced(first, language)
        assert told.replace(f" {sentence}", "") == first
        assert told.endswith(f" {sentence} {rest}")
        assert announced(told, language) == told
        assert disclosed(announced(first, language), language, "Anna") == announced(
            disclosed(first, language, "Anna"), language
        )


@given(st.text(st.sampled_from("aB .!?…,"), max_size=30), st.sampled_from([*library.languages()]))
def test_no_word_of_an_opening_is_lost_by_it(opening: str, language: str) -> None:
    told = announced(opening, language)
    sentence = library.phrases(language).recording
    assert told.count(sentence) == 1
    assert announced(told, language) == told
    assert re.findall(r"\w+", told.replace(sentence, "")) == re.findall(r"\w+", opening)


def test_a_recording_is_left_to_the_model_in_a_language_without_phrases() -> None:
    assert announced("Moshi moshi.", "ja") == "Moshi moshi."
