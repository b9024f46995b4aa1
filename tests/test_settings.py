"""The settings: what is read, what is refused, and that no secret is ever shown."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings

NEEDED = {
    "TELEGRAM_BOT_TOKEN": "7000000001:AAE-secret",
    "TELEGRAM_ADMINS": "101, 102",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "twilio-secret",
    "TWILIO_PHONE_NUMBER": "+14155550100",
    "OPENAI_API_KEY": "sk-secret",
    "PUBLIC_URL": "https://ringback.example.com",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what is needed, and no `.env` of whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


def reason(error: ValidationError, name: str) -> str:
    return next(problem["msg"] for problem in error.errors() if problem["loc"][0] == name.lower())


def test_what_is_needed_is_enough() -> None:
    settings = Settings()
    assert settings.telegram_admins == [101, 102]
    assert settings.telegram_bot_token.get_secret_value() == NEEDED["TELEGRAM_BOT_TOKEN"]
    assert (settings.telegram_api_url, settings.twilio_api_url) == (
        *("https://api.telegram.org", "https://api.twilio.com"),
    )
    assert (settings.openai_base_url, settings.realtime_model) == ("https://api.openai.com/v1", "gpt-realtime-2.1")
    assert settings.telegram_webhook_secret.get_secret_value() == ""


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert [(problem["loc"], problem["type"]) for problem in caught.value.errors()] == [((name.lower(),), "missing")]


@pytest.mark.parametrize("name", NEEDED)
def test_an_empty_value_is_a_missing_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    with pytest.raises(ValidationError, match="Field required"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("TELEGRAM_ADMINS", ",", "at least one admin"),
        ("TELEGRAM_ADMINS", "@shane", "numeric ids"),
        ("TELEGRAM_ADMINS", "101;102", "numeric ids"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https://"),
        ("TELEGRAM_WEBHOOK_SECRET", "a secret", "letters, digits"),
        ("TELEGRAM_WEBHOOK_SECRET", "x" * 257, "at most 256"),
        ("TWILIO_PHONE_NUMBER", "4155550100", "country code"),
        ("TWILIO_PHONE_NUMBER", "+1 415 CALL NOW", "country code"),
        ("TWILIO_PHONE_NUMBER", "+1415+5550100", "country code"),
        ("TWILIO_API_URL", "ftp://api.twilio.com", "https://"),
        ("OPENAI_BASE_URL", "nonsense", "https://"),
        ("OPENAI_BASE_URL", "https://api.openai.com/v1?key=1", "without ?"),
        ("PUBLIC_URL", "ringback.example.com", "https://"),
        ("PUBLIC_URL", "http://ringback.example.com", "wss only"),
        ("PORT", "eighty", "integer"),
        ("PORT", "70000", "65535"),
        ("MAX_CALL_MINUTES", "0", "greater than or equal to 1"),
        ("MAX_CALL_MINUTES", "90", "less than or equal to 55"),
        ("PREPARE_OPENING", "perhaps", "boolean"),
        ("DISCLOSE_AI", "perhaps", "boolean"),
        ("DRAIN_SECONDS", "-1", "greater than or equal to 0"),
        ("LOG_LEVEL", "loud", "DEBUG|INFO|WARNING|ERROR"),
        ("DATABASE_URL", "nonsense", "postgresql://name"),
        ("DATABASE_URL", "oracle://a/b", "sqlite:///"),
        ("DATABASE_URL", "cobol://a/b", "sqlite:///"),
        ("DATABASE_URL", "postgresql://shane:5432:x@127.0.0.1:hunter2/ringback", "sqlite:///"),
        ("TIME_ZONE", "Berlin", "like Europe/Berlin"),
        ("TIME_ZONE", "Mars/Olympus", "like Europe/Berlin"),
        ("QUIET_HOURS", "at night", "22:00-08:00"),
        ("QUIET_HOURS", "08:00-08:00", "22:00-08:00"),
        ("ALLOWED_COUNTRIES", "US,Germany", "GERMANY is no country"),
        ("ALLOWED_COUNTRIES", "US;DE", "two letters each"),
        ("PERSON_BUDGET", "5 pounds", "5usd/day"),
        ("CHAT_BUDGET", "5usd/week", "5usd/day"),
        ("RECORD_CALLS", "perhaps", "boolean"),
    ],
)
def test_a_bad_value_is_refused_with_advice(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert len(caught.value.errors()) == 1
    assert advice in reason(caught.value, name)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("TELEGRAM_ADMINS", "101", [101]),
        ("TELEGRAM_ADMINS", " 101 ,, 102,", [101, 102]),
        ("TWILIO_PHONE_NUMBER", "+1 (415) 555-0100", "+14155550100"),
        ("PUBLIC_URL", "https://ringback.example.com/", "https://ringback.example.com"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        ("PORT", "0", 0),
        ("PREPARE_OPENING", "off", False),
        ("PRICES_FILE", "prices.toml", Path("prices.toml")),
        ("TWILIO_API_URL", "", "https://api.twilio.com"),
        ("TIME_ZONE", "Europe/Berlin", "Europe/Berlin"),
        ("QUIET_HOURS", "off", "off"),
        ("ALLOWED_COUNTRIES", " us, GB ,,de", ["US", "GB", "DE"]),
        ("ALLOWED_COUNTRIES", "", []),
        ("PERSON_BUDGET", "$5/day", "$5/day"),
        ("RECORD_CALLS", "on", True),
        ("RECORDINGS_DIR", "/var/recordings", Path("/var/recordings")),
    ],
)
def test_a_value_is_read_as_it_is_meant(monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: Any) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(Settings(), name.lower()) == read


def test_admins_may_be_given_as_numbers_in_code() -> None:
    assert Settings(telegram_admins=[7]).telegram_admins == [7]


def test_countries_may_be_given_as_a_list_in_code() -> None:
    assert Settings(allowed_countries=["PT"]).allowed_countries == ["PT"]


def test_at_first_nothing_is_recorded_and_nobody_is_called_at_night() -> None:
    settings = Settings()
    assert (settings.record_calls, settings.quiet_hours, settings.allowed_countries) == (False, "22:00-08:00", [])
    assert (settings.person_budget, settings.chat_budget, settings.time_zone) == ("none", "none", "")


def test_a_file_of_settings_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TWILIO_ACCOUNT_SID=ACfile\nPORT=9000\nSOMETHING_ELSE=1\n", "utf-8")
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    monkeypatch.setenv("PORT", "9001")
    settings = Settings()
    assert (settings.twilio_account_sid, settings.port) == ("ACfile", 9001)


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "hook-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ringback:db-secret@localhost/ringback")
    settings = Settings()
    for shown in (repr(settings), str(settings), str(settings.model_dump())):
        assert "secret" not in shown.replace("telegram_webhook_secret", "")


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
