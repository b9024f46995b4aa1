"""The words: complete for every end of a call, and within Telegram's limits."""

import re

import pytest

from bot import wording
from bot.richtext import units
from bridge.call import EndReason

TEXTS = {name: text for name, text in vars(wording).items() if isinstance(text, str) and name.isupper()}
# What is shown over the chat when a button is pressed (answerCallbackQuery: 0-200 characters)
NOTICES = (
    "NOT_YOURS",
    "STALE",
    "GONE",
    "DIALLING",
    "CANCELLED",
    "HANGING_UP",
    "CALL_OVER",
    "ALREADY_PLACED",
    "REFUSAL",
)
FIELDS = {"name": "N" * 60, "id": 2**52, "reason": "R" * 90, "voice": "V", "voices": "a, b", "instead": "I"}


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_reason_has_its_words(reason: EndReason) -> None:
    assert wording.END_REASONS[reason]
    assert wording.OUTCOMES[reason].endswith(".")


def test_nothing_is_worded_that_cannot_happen() -> None:
    assert set(wording.END_REASONS) == set(wording.OUTCOMES) == set(EndReason)
    assert set(wording.ADVICE) < set(EndReason)


@pytest.mark.parametrize("reason", [EndReason.BUSY, EndReason.NO_ANSWER, EndReason.FAILED, EndReason.UNCERTAIN])
def test_who_was_not_reached_gets_advice(reason: EndReason) -> None:
    assert wording.ADVICE[reason]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_fits_into_a_message(name: str) -> None:
    assert 1 <= units(TEXTS[name] + wording.ADMIN_HELP) <= 4096


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_fits_over_the_chat(name: str) -> None:
    assert len(TEXTS[name].format(**FIELDS)) <= 200


def test_commands_are_such_as_telegram_takes() -> None:
    """BotCommand: "1-32 characters. Can contain only lowercase English letters, digits and underscores"."""
    for name, description in wording.COMMANDS.items():
        assert re.fullmatch("[a-z0-9_]{1,32}", name)
        assert 1 <= len(description) <= 256


@pytest.mark.parametrize("command", wording.COMMANDS)
def test_the_help_explains_every_command(command: str) -> None:
    assert f"/{command}" in wording.HELP


def test_the_placeholder_of_a_reply_fits() -> None:
    """ForceReply: input_field_placeholder "1-64 characters"."""
    assert 1 <= len(wording.EDIT_PLACEHOLDER) <= 64
