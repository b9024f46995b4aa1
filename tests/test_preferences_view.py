"""The settings of a chat as they are shown, their buttons, and what is read of an answer."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import preferences_view, wording
from bot.chat import Chat
from bot.preferences_view import Asked, SettingPress, read_place
from bot.zones import likely
from prompts import library
from tests.samples import ENGLISH, any_text, buttons, check_keyboard, labels

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC).timestamp()  # in New York
CHAT = Chat(101, zone="America/New_York")


def shown(chat: Chat, *, disclose: bool = True) -> list[str]:
    return preferences_view.settings(chat, disclose=disclose, now_unix=NOON).text.splitlines()


# What is shown


def test_a_new_chat_is_shown_with_what_holds_in_it() -> None:
    assert shown(CHAT) == [
        "Settings of this chat",
        "Language: English",
        "Time zone: New York, where it is 12:00 PM",
        "Town for looking up numbers: not set",
        "Persona: what fits best",
        "Says first that it is an AI: yes",
    ]


def test_a_chat_is_shown_with_what_was_set() -> None:
    chat = replace(CHAT, zone="Europe/Berlin", town="Porto", country="PT", persona="warm")
    assert shown(chat, disclose=False)[2:] == [
        "Time zone: Berlin, where it is 18:00",
        "Town for looking up numbers: Porto, PT",
        "Persona: Warm friend",
        "Says first that it is an AI: no",
    ]


def test_a_persona_and_a_language_that_are_gone_are_as_if_not_set() -> None:
    chat = replace(CHAT, persona="pirate", language="tlh")
    assert shown(chat) == shown(CHAT)
    assert labels(preferences_view.persona_buttons(chat, "all"))[0] == "✓ what fits best"
    assert "✓ English" in labels(preferences_view.language_buttons(chat, "all"))


def test_the_first_steps_name_what_was_taken_for_granted() -> None:
    assert preferences_view.first_steps(CHAT, NOON).text == (
        "Two things to begin with: the language of this chat and your time zone. "
        "I took English and New York, where it is 12:00 PM now."
    )
    assert labels(preferences_view.first_buttons(ENGLISH)) == ["🌐 Language", "🕘 Time zone"]


# Buttons


def test_the_disclosure_is_switched_to_what_it_is_not() -> None:
    for disclose, choice in ((True, "off"), (False, "on")):
        last = buttons(preferences_view.settings_buttons(ENGLISH, disclose=disclose))[-1]
        assert SettingPress.read(last.data) == SettingPress("disclosure", choice, "all")


def test_what_is_chosen_is_marked_and_every_page_leads_back() -> None:
    zones = ("America/New_York", "Europe/Berlin")
    pages = [
        preferences_view.language_buttons(CHAT, "start"),
        preferences_view.zone_buttons(CHAT, zones, NOON, "start"),
        preferences_view.persona_buttons(replace(CHAT, persona="warm"), "start"),
    ]
    marked = [[label for label in labels(page) if label.startswith("✓")] for page in pages]
    assert marked == [["✓ English"], ["✓ New York, 12:00 PM"], ["✓ Warm friend"]]
    assert {buttons(page)[-1] for page in pages} == {preferences_view.button("← Back", "back", "start")}


def test_every_language_and_persona_can_be_chosen() -> None:
    languages = [SettingPress.read(b.data).choice for b in buttons(preferences_view.language_buttons(CHAT, "all"))]
    assert languages == [*wording.languages(), ""]
    personas = [SettingPress.read(b.data).choice for b in buttons(preferences_view.persona_buttons(CHAT, "all"))]
    assert personas == [preferences_view.NO_PERSONA, *library.personas(), ""]


@pytest.mark.parametrize("language", [*wording.languages(), "tlh"])
@pytest.mark.parametrize("number", ["+14155550100", "+61412345678", "+74951234567", "+493012345678"])
def test_every_button_is_read_back_as_its_press(language: str, number: str) -> None:
    chat = replace(CHAT, language=language)
    for page in (
        preferences_view.settings_buttons(chat.words, disclose=True),
        preferences_view.first_buttons(chat.words),
        preferences_view.language_buttons(chat, "all"),
        preferences_view.zone_buttons(chat, likely(number, language), NOON, "start"),
        preferences_view.persona_buttons(chat, "start"),
    ):
        check_keyboard(page)
        for button in buttons(page):
            press = SettingPress.read(button.data)
            assert preferences_view.button(button.label, press.verb, press.view, press.choice) == button


@pytest.mark.parametrize("data", ["", "s", "s:zone", "c:zone:all", "s:zone:", "s:zone:some", "s:a:all:all"])
def test_data_of_others_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        SettingPress.read(data)


@given(any_text())
def test_any_other_data_is_read_or_refused_with_a_value_error(data: str) -> None:
    with suppress(ValueError):
        SettingPress.read(data)
    with suppress(ValueError):
        SettingPress.read(f"s:{data}:all")


# What was asked


@given(st.sampled_from(["zone", "place"]), st.sampled_from(["all", "start"]), st.integers(1, 2**31))
def test_a_question_is_kept_in_a_few_characters_and_read_back(what: str, view: str, message_id: int) -> None:
    asked = Asked(what, view, message_id)  # type: ignore[arg-type]  # any of theirs
    assert len(str(asked)) <= 32
    assert Asked.read(str(asked)) == asked


@pytest.mark.parametrize("about", ["", "forget:101", "zone", "zone:all", "zone:some:7", "town:all:7", "zone:all:x"])
def test_what_others_asked_is_left_to_them(about: str) -> None:
    assert Asked.read(about) is None


# Towns


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("Porto, PT", "en", ("Porto", "PT")),
        ("  San   Francisco ,us ", "en", ("San Francisco", "US")),
        ("Paris, Texas, USA", "en", ("Paris, Texas", "US")),
        ("London, UK", "en", ("London", "GB")),
        ("München, Deutschland", "de", ("München", "DE")),
        ("München, Germany", "de", ("München", "DE")),
        ("Porto, portugal", "en", ("Porto", "PT")),
        ("x" * 300 + ", DE", "en", ("x" * 100, "DE")),
    ],
)
def test_a_town_is_read_with_its_country(text: str, language: str, place: tuple[str, str]) -> None:
    assert read_place(text, language) == place


@pytest.mark.parametrize(
    "text", ["Porto", "Porto PT", ", PT", "Porto,", "Porto, ZZ", "Porto, Atlantis", "Porto, EU", ""]
)
def test_what_is_no_town_with_its_country_is_not_taken(text: str) -> None:
    assert read_place(text, "en") is None


@given(any_text(), st.sampled_from(["en", "de", "es"]))
def test_any_words_are_a_town_or_none(text: str, language: str) -> None:
    for written in (text, f"{text}, PT"):
        place = read_place(written, language)
        assert place is None or (len(place[0]) <= 100 and len(place[1]) == 2)
