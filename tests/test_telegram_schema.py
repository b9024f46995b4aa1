"""The independent schema of the Bot API refuses what the Bot API would not know."""

from typing import Any

import aiogram
import aiogram.methods
import pytest

from sandbox.telegram import limits
from sandbox.telegram.params import Upload
from sandbox.telegram.server import BotRequest
from tests.telegram_schema import problem_of

MARKUP = {"inline_keyboard": [[{"text": "Call", "callback_data": "c1"}]]}


def asked(method: str, **params: Any) -> str | None:
    return problem_of(BotRequest(method, params, 0.0))


def test_it_is_the_schema_of_the_api_that_is_followed() -> None:
    assert aiogram.__api_version__ == "10.3"


def test_what_is_right_has_no_problem() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    assert asked("sendMessage", chat_id="1", text="Hi", entities=entities, reply_markup=MARKUP) is None
    assert asked("sendVoice", chat_id="1", voice=Upload("call.ogg", "audio/ogg", b"Ogg"), duration="12") is None
    assert asked("setMessageReaction", chat_id="1", message_id="2", reaction=[{"type": "emoji", "emoji": "👀"}]) is None


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        ("sendMessages", {"chat_id": "1"}, "is no method"),
        ("sendMessage", {"chat_id": "1"}, "text: Field required"),
        ("sendMessage", {"chat_id": "1", "text": "Hi", "silent": True}, "silent is not in"),
        ("sendMessage", {"chat_id": "1", "text": "Hi", "entities": [{"type": "bold", "offset": "a"}]}, "entities"),
        (
            "editMessageText",
            {"chat_id": "1", "message_id": "2", "text": "Hi", "reply_markup": {"inline_keyboard": [[{"label": "x"}]]}},
            "reply_markup",
        ),
        (
            "sendMessage",
            {"chat_id": "1", "text": "Hi", "reply_parameters": {"message_id": 1, "silent": True}},
            "reply_parameters.silent is not in",
        ),
        ("setMessageReaction", {"chat_id": "1", "message_id": "2", "reaction": [{"type": "smile"}]}, "reaction"),
    ],
)
def test_what_is_wrong_is_named(method: str, params: dict[str, Any], told: str) -> None:
    assert told in (asked(method, **params) or "")


@pytest.mark.parametrize("method", sorted(limits.PARAMETERS))
def test_the_stand_in_takes_no_parameter_that_the_api_does_not_have(method: str) -> None:
    kind = getattr(aiogram.methods, method[:1].upper() + method[1:])
    assert limits.PARAMETERS[method] <= kind.model_fields.keys()
