"""The words: looked up in the catalogue of a language, and within Telegram's limits in each."""

import re
from collections.abc import Iterator

import pytest
from fluent.runtime import FluentBundle, FluentResource
from hypothesis import given

from bot import wording
from bot.richtext import clip, units
from bot.wording import Words, languages, words
from bridge.call import EndReason
from tests.samples import ENGLISH, any_text
from tests.test_catalogues import LANGUAGES, NOTICES, catalogue

NAME = "N" * 60
FIELDS: dict[str, str | int] = {"name": NAME, "who": NAME, "reason": "R" * 90, "answer": "A" * 60, "id": str(2**52)}


def written(language: str, *, number: bool = False) -> Iterator[tuple[str, str]]:
    """Every message of a catalogue with something in the place of each variable."""
    for key, message in catalogue(language).items():
        if not key.startswith("-"):
            values = {name: 2 if number else FIELDS.get(name, "something") for name in message.variables}
            yield key, Words(language)(key, **values)


# Looking up


def test_a_telegrams_language_is_the_nearest_that_there_is() -> None:
    codes = ("de", "de-AT", "ES-419", "pt-br", "")
    assert [wording.language_of(code) for code in codes] == ["de", "de", "es", "en", "en"]


def test_a_message_is_looked_up_and_its_variables_filled_in() -> None:
    assert ENGLISH("card-for", number="+1 415-555-2671", name="Ana") == "+1 415-555-2671 · for Ana"
    assert ENGLISH("question-left", time="0:42") == "⏳ Tap an answer or write one (0:42)"


def test_there_are_numbers_for_one_and_for_many() -> None:
    once, thrice = (ENGLISH("card-retries", count=count, minutes=15) for count in (1, 3))
    assert "again once, 15 min apart" in once
    assert "again up to 3 times, 15 min apart" in thrice


def test_a_message_that_there_is_not_is_a_mistake_unless_it_may_be_missing() -> None:
    with pytest.raises(KeyError):
        ENGLISH("no-such-message")
    assert ENGLISH.maybe("no-such-message") == ""
    assert ENGLISH.maybe("sensitive", what="a code") == ENGLISH("sensitive", what="a code")


@given(any_text())
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert f" it holds {clip(text, 2500)}. The agent" in ENGLISH("whisper-refused", what=text)


def test_a_variable_that_is_too_long_for_fluent_is_cut() -> None:
    assert ENGLISH("voice-heard", words="word " * 700).endswith(" word…”")


def test_a_message_without_a_text_of_its_own_is_none() -> None:
    empty = Words("en")
    empty._bundle = FluentBundle(["en"])
    empty._bundle.add_resource(FluentResource("key =\n    .title = Title"))
    with pytest.raises(KeyError):
        empty("key")


@pytest.mark.parametrize("language", ["", "tlh", "english", "../en"])
def test_a_language_without_a_catalogue_is_english(language: str) -> None:
    assert words(language)("language-name") == "English"


def test_languages_are_known_by_their_own_names_english_first() -> None:
    assert list(languages()) == [wording.DEFAULT_LANGUAGE, *sorted(set(LANGUAGES) - {wording.DEFAULT_LANGUAGE})]
    assert len(set(languages().values())) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_written(language: str) -> None:
    for number in (False, True):
        for key, text in written(language, number=number):
            assert text.strip(), key
            assert not re.search(r"\{|\}|\$[a-z]", text), key  # what Fluent leaves of a variable that it was not given


# Ends of a call


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", EndReason)
def test_every_end_reason_has_its_words(language: str, reason: EndReason) -> None:
    assert words(language)(f"end-{reason}")
    assert words(language)(f"outcome-{reason}").endswith(".")


def test_nothing_is_worded_that_cannot_happen() -> None:
    for kind in ("end", "outcome"):
        coded = {key.partition("-")[2] for key in catalogue("en") if key.startswith(f"{kind}-")}
        assert coded == set(EndReason)


@pytest.mark.parametrize("reason", [EndReason.BUSY, EndReason.NO_ANSWER, EndReason.FAILED, EndReason.UNCERTAIN])
def test_who_was_not_reached_gets_advice(reason: EndReason) -> None:
    assert ENGLISH(f"advice-{reason}")


# Telegram's limits


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_fits_into_a_message(language: str) -> None:
    assert {key: units(text) for key, text in written(language) if units(text) > 4096} == {}
    catalogued = dict(written(language))
    helps = "\n\n".join(catalogued[key] for key in ("help", "help-group", "help-admin"))
    assert units(helps) <= 4096


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_fits_over_the_chat(language: str) -> None:
    """answerCallbackQuery, text: "0-200 characters"."""
    assert len(NOTICES) > 15
    assert {key: len(text) for key, text in written(language) if key in NOTICES and len(text) > 200} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_such_as_telegram_takes(language: str) -> None:
    """BotCommand: "1-32 characters. Can contain only lowercase English letters, digits and underscores"."""
    for name in (*wording.COMMANDS, *wording.ADMIN_COMMANDS):
        assert re.fullmatch("[a-z0-9_]{1,32}", name)
    for name in wording.COMMANDS:
        assert 1 <= len(words(language)(f"command-{name}")) <= 256


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", wording.COMMANDS)
def test_the_help_explains_every_command(command: str, language: str) -> None:
    help_text = words(language)("help", **dict.fromkeys(catalogue(language)["help"].variables, "x"))
    assert re.search(rf"/{command}\b", help_text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", wording.ADMIN_COMMANDS)
def test_the_admins_help_explains_every_command_of_theirs(command: str, language: str) -> None:
    assert re.search(rf"/{command}\b", words(language)("help-admin"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_placeholder_of_a_reply_fits(language: str) -> None:
    """ForceReply: input_field_placeholder "1-64 characters"."""
    shown = {key: text for key, text in written(language) if re.search("-placeholder$|^settings-example-", key)}
    assert len(shown) > 2
    assert {key: text for key, text in shown.items() if not 1 <= len(text) <= 64} == {}
