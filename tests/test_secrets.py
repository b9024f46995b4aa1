"""Secrets: they come in as `SecretStr`, are opened in one place, and are shown nowhere."""

import ast
import re

import pytest
from pydantic import SecretStr, ValidationError

from bot.app import App
from bot.settings import Settings
from bridge.switchboard import Options
from tests.source import PRODUCT, called, calls, modules, name_of

SECRET = re.compile(r"token|secret|password|credential|(?<!max_)key|auth|database_url|dsn|headers")
SOURCES = modules(*PRODUCT)
PRINTING = {"print", "pprint", "breakpoint"}
VALUES = {
    "telegram_bot_token": "7000000001:AAE-swordfish",
    "telegram_webhook_secret": "hook-swordfish",
    "twilio_auth_token": "twilio-swordfish",
    "openai_api_key": "sk-swordfish",
    "metrics_token": "metrics-swordfish",
    "otel_exporter_otlp_headers": "authorization=swordfish",
    "database_url": "postgresql://ringback:swordfish@localhost/ringback",
}


def a_deployment(**changes: object) -> Settings:
    given = {
        "telegram_admins": "101",
        "twilio_account_sid": "AC00000000000000000000000000000000",
        "twilio_phone_number": "+14155550100",
        "public_url": "https://ringback.example.com",
        **VALUES,
        **changes,
    }
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def test_every_setting_that_sounds_like_a_secret_is_kept_as_one() -> None:
    secret = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert secret == {name for name in Settings.model_fields if SECRET.search(name)} == set(VALUES)


def test_neither_the_settings_nor_the_product_show_one() -> None:
    settings = a_deployment()
    for shown in (settings, App(settings), settings.model_dump(), settings.model_dump_json(), vars(App(settings))):
        assert "swordfish" not in f"{shown!r} {shown}"


def test_what_proves_our_streams_is_not_shown() -> None:
    options = Options("https://ringback.test", "m", "t", "+14155550100", secret="swordfish")
    assert "swordfish" not in f"{options!r} {options}"


def test_a_wrong_setting_quotes_none() -> None:
    with pytest.raises(ValidationError) as caught:
        a_deployment(telegram_webhook_secret="sword fish!", openai_api_key=["sword fish!"])
    assert len(caught.value.errors()) == 2
    assert "sword fish" not in str(caught.value)


# In the code


def test_secrets_are_opened_by_the_composition_roots_only() -> None:
    """That of the product, and the doctor's."""
    opening = {path.name for path in SOURCES for call in calls(path) if called(call).endswith("get_secret_value")}
    assert opening == {"app.py", "examination.py", "settings.py"}


def test_nothing_prints_or_logs_settings_or_secrets() -> None:
    """Not even one of them: but where it listens, and how much it is told to log."""
    found = []
    for path in SOURCES:
        for call in calls(path):
            if re.fullmatch(r"print|pprint|(log|logging)\.\w+|warnings\.warn", called(call)):
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                told = " ".join(ast.unparse(value) for value in given if not isinstance(value, ast.Constant))
                if re.search(r"\bsettings\b|\.environ|secret|auth_token|api_key|\boptions\b|\blocals\(", told):
                    found.append(f"{path.name}: {told}")
    assert found == []


def test_only_the_command_line_prints() -> None:
    printing = {name_of(path) for path in SOURCES for call in calls(path) if called(call) in PRINTING}
    assert printing == {"bot/__main__.py"}
