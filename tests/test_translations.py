"""The translations say what the English catalogue says, as far as a test can tell; and so do its personas."""

import re
import unicodedata
from functools import cache
from typing import get_args

import pytest
from fluent.syntax import FluentSerializer
from fluent.syntax import ast as ftl

from bot import wording
from bot.people_view import _NAME as WHOSE
from bot.permits import _NAME as OF_A_BUDGET
from bot.richtext import units
from bot.wording import words
from bridge.errors import Unfit
from prompts import library
from tests.test_catalogues import LANGUAGES, TRANSLATIONS, parsed

# What must not be translated: commands, settings, placeholders of a command's own, notation.
COMMAND = re.compile(r"(?<![\w/])/[a-z]+")
SETTING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
NOTATION = re.compile(r"\b\d+(?:usd|min)/(?:day|month)\b|America/New_York")

# Texts that name a button, and the button.
NAMED = {
    "start": ("card-call",),
    "start-first-call": ("card-rehearse",),
    "help": ("card-rehearse", "card-call"),
    "contacts-none": ("report-save-contact",),
    "number-kept": ("live-join",),
    "restarting": ("card-call",),
    "scheduled-missed": ("card-call",),
}


@cache
def written(language: str) -> dict[str, str]:
    """Each message as it stands in its catalogue, without its key."""
    serializer = FluentSerializer()
    entries = [entry for entry in parsed(language) if isinstance(entry, ftl.Message)]
    return {entry.id.name: serializer.serialize_entry(entry).partition("=")[2] for entry in entries}


def emoji(text: str) -> list[str]:
    return [character for character in text if unicodedata.category(character) == "So"]


def differences(language: str, kind: re.Pattern[str]) -> dict[str, tuple[list[str], list[str]]]:
    found = {
        key: (sorted(set(kind.findall(text))), sorted(set(kind.findall(written(language)[key]))))
        for key, text in written("en").items()
    }
    return {key: both for key, both in found.items() if both[0] != both[1]}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_keeps_the_order_of_the_english_catalogue(language: str) -> None:
    assert list(written(language)) == list(written("en"))
    sections = [[e.content for e in parsed(code) if isinstance(e, ftl.GroupComment)] for code in (language, "en")]
    assert sections[0] == sections[1]


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("kind", [COMMAND, SETTING, NOTATION], ids=["commands", "settings", "notation"])
def test_what_has_one_name_in_all_languages_is_not_translated(language: str, kind: re.Pattern[str]) -> None:
    assert differences(language, kind) == {}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_same_emoji(language: str) -> None:
    texts = written("en").items()
    assert {key for key, text in texts if emoji(text) != emoji(written(language)[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_is_called_by_the_name_it_bears(language: str) -> None:
    said = words(language)
    for key, named in NAMED.items():
        for button in named:
            label = said(button).partition(" ")[2]
            assert re.search(rf"\b{re.escape(label)}\b", written(language)[key]), f"{key} names {label}"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_one(language: str) -> None:
    """Only what is no sentence may be the same: names, marks, the words of a command."""
    texts = written("en").items()
    same = [key for key, text in texts if text == written(language)[key] and len(re.findall("[a-z]{3,}", text)) > 3]
    assert same == []


def test_the_english_personas_are_those_of_the_prompts() -> None:
    for key, persona in library.personas().items():
        assert (words("en")(f"persona-{key}"), words("en")(f"persona-{key}-fits")) == (persona.name, persona.fits)


# Notices that are not said by their key (see test_wording.py for the others)

LONGEST_MOMENT = {
    "en": "tomorrow, Wed, Dec 30, 12:00 AM (Mexico City)",
    "de": "morgen, Mi., 30. Dez., 00:00 (Mexiko-Stadt)",
    "es": "mañana, mié, 30 de dic, 12:00 a.m. (Ciudad de México)",
}
LONG = {
    "id": "7123456789",
    "number": "+49 1512 3456789",
    "date": "Mi., 30. Dez.",
    "country": "Vereinigte Arabische Emirate",
    "cost": "0,12 US$",
    "time": "12:30 a.m.",
    "zone": "Ciudad de México",
    "from": "22:00",
    "to": "08:00",
    "limit": "600min/month",
    "link": "https://t.me/ringback_bot",
}
REFUSED = [key for key in written("en") if re.match("refus|schedule-past|schedule-too|not-yours|rehearse-busy", key)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", REFUSED)
def test_a_refusal_of_a_press_fits_over_the_chat(key: str, language: str) -> None:
    """The name of a person is as long as it may be there; the moment is the longest that is likely."""
    moment = LONGEST_MOMENT.get(language, LONGEST_MOMENT["es"])
    name = "N" * (WHOSE if key == "not-yours" else OF_A_BUDGET)
    for whose in ("yours", "theirs", "chat"):
        for why in ("callee", "admin"):
            text = words(language)(key, **LONG, name=name, whose=whose, why=why, anew=moment, opens=moment, when=moment)
            assert units(text) <= 200, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", get_args(Unfit))
def test_why_nothing_was_dialled_fits_over_the_chat(code: str, language: str) -> None:
    said = words(language)
    for reason in (said(f"number-{code}", number=LONG["number"]), said("restarting")):
        assert units(said("place-failed", reason=reason)) <= 200


def test_there_are_translations() -> None:
    assert {*TRANSLATIONS} >= {"de", "es"}
    assert wording.DEFAULT_LANGUAGE not in TRANSLATIONS
