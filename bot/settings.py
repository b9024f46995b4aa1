"""The settings: the only reader of the environment (and of `.env`).

Owns names, defaults and checks of every setting; docs/settings.md explains each. Secrets are `SecretStr`. Raises
pydantic's ValidationError, which `__main__` turns into words.
"""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import budget, quiet
from bot.when import known_zone
from bridge.database import address_of

_LOOPBACK = ("localhost", "127.0.0.1", "::1")  # for a stand-in of Twilio's on this machine
_HTTP_URL = TypeAdapter(AnyHttpUrl)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    telegram_bot_token: SecretStr = Field(description="The bot's token, from @BotFather.")
    telegram_admins: Annotated[list[int], NoDecode] = Field(
        description="Numeric Telegram ids of those who run the bot, comma separated."
    )
    telegram_api_url: str = Field("https://api.telegram.org", description="The Bot API server.")
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Set it to receive updates by webhook at PUBLIC_URL; empty means long polling.",
    )

    twilio_account_sid: str = Field(description="The account's SID (AC…), from the Twilio console.")
    twilio_auth_token: SecretStr = Field(description="The account's auth token.")
    twilio_phone_number: str = Field(description="The Twilio number that calls are made from, as +14155550100.")
    twilio_api_url: str = Field("https://api.twilio.com", description="Twilio's REST API.")

    openai_api_key: SecretStr = Field(description="An OpenAI API key with access to the Realtime API.")
    openai_base_url: str = Field("https://api.openai.com/v1", description="OpenAI's API; Realtime is found beside it.")
    realtime_model: str = Field("gpt-realtime-2.1", description="The voice model that talks on the phone.")
    transcription_model: str = Field("gpt-transcribe", description="The model that writes down what the callee says.")
    text_model: str = Field("gpt-6-luna", description="The model that plans calls and writes reports.")

    public_url: str = Field(description="The https address at which Twilio reaches this server, without a path.")
    host: str = Field("0.0.0.0", description="The address to listen on.")  # noqa: S104 - a container's only interface
    port: int = Field(8080, ge=0, le=65535, description="The port to listen on.")
    client_address_header: str = Field(
        "",
        pattern="^[A-Za-z0-9-]*$",
        description="The header in which your host's proxy names the client, as Fly-Client-IP; empty: believe none.",
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///ringback.db"),
        description="Where calls and people are kept: sqlite:///… or postgresql://…, which may hold a password.",
    )

    time_zone: str = Field(
        "", description="Of chats that have set none, as Europe/Berlin; empty: that of TWILIO_PHONE_NUMBER's country."
    )
    quiet_hours: str = Field(
        "22:00-08:00", description="Nobody is called between these hours of their own day; `off` for no such hours."
    )
    allowed_countries: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="The countries that may be called, as US,GB,DE; empty: all.",
    )
    person_budget: str = Field(
        "none", description="What each person may spend, as `5usd/day 50usd/month 60min/day`, or `none` for no limit."
    )
    chat_budget: str = Field("none", description="The same for each group.")
    record_calls: bool = Field(
        default=False, description="Record calls; the agent says so on each, and the report brings the recording."
    )
    recordings_dir: Path = Field(Path("recordings"), description="Where recordings are kept.")
    retention_days: int = Field(
        90, ge=0, le=36_500, description="Calls, transcripts and recordings are deleted after so many days; 0: never."
    )

    max_call_minutes: int = Field(15, ge=1, le=55, description="No call is planned for longer than this.")
    prepare_opening: bool = Field(
        default=True,
        description="Make the agent's first words while the phone rings. Off saves their cost if nobody answers.",
    )
    disclose_ai: bool = Field(default=True, description="The opening's first sentence says that an AI is calling.")
    prices_file: Path | None = Field(None, description="Your own price list, in the form of bridge/prices.toml.")
    drain_seconds: int = Field(
        270, ge=0, description="How long running calls may go on after SIGTERM. Keep it under the host's kill time-out."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field(
        "auto", pattern="^(auto|json|text)$", description="json, text, or auto: text at a terminal, else JSON."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="GET /metrics answers whoever shows it as a Bearer token; at PORT, or METRICS_PORT."
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="A port of its own for /metrics; 0: none.")
    metrics_host: str = Field("127.0.0.1", description="The address that METRICS_PORT is open at.")
    otel_exporter_otlp_endpoint: str = Field(
        "", description="Where traces of calls go (OTLP over HTTP), as http://localhost:4318; empty: nowhere."
    )
    otel_exporter_otlp_headers: SecretStr = Field(
        SecretStr(""), description="Headers for it, as `name=value,name=value`."
    )

    @property
    def sqlite_file(self) -> Path | None:
        """Of the database; None where it is none, or is another one."""
        url = address_of(self.database_url.get_secret_value())
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    @field_validator("telegram_admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isdecimal() for part in ids):
            raise ValueError("write numeric ids, comma separated, like 123456789,987654321 (a name or @name is none)")
        return ids

    @field_validator("telegram_admins")
    @classmethod
    def _somebody(cls, value: list[int]) -> list[int]:
        if not value:
            raise ValueError("name at least one admin")
        return value

    @field_validator("telegram_api_url", "twilio_api_url", "openai_base_url", "public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            url = _HTTP_URL.validate_python(value)
        except ValidationError:
            raise ValueError("write a whole address, like https://ringback.example.com") from None
        if url.query or url.fragment:
            raise ValueError("write the address without ? and #")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _secure(cls, value: str) -> str:
        # https://www.twilio.com/docs/api/errors/31922: "Verify the schema in TwiML URL is wss"
        if not value.startswith("https://") and urlsplit(value).hostname not in _LOOPBACK:
            raise ValueError("must begin with https://: Twilio streams a call's audio over wss only")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _header_safe(cls, value: SecretStr) -> SecretStr:
        # https://core.telegram.org/bots/api#setwebhook: "1-256 characters. Only characters A-Z, a-z, 0-9, _ and -"
        if not re.fullmatch("[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("use at most 256 letters, digits, _ and -")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        address_of(value.get_secret_value())
        return value

    @field_validator("allowed_countries", mode="before")
    @classmethod
    def _countries(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        codes = [part.strip().upper() for part in value.split(",") if part.strip()]
        if unknown := [code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS]:
            raise ValueError(f"{unknown[0]} is no country: write two letters each, like US,GB,DE")
        return codes

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value and known_zone(value) != value:
            raise ValueError("write a time zone's name, like Europe/Berlin")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        quiet.parse(value)
        return value

    @field_validator("person_budget", "chat_budget")
    @classmethod
    def _budget(cls, value: str) -> str:
        budget.parse(value)
        return value

    @field_validator("twilio_phone_number")
    @classmethod
    def _e164(cls, value: str) -> str:
        number = re.sub(r"[\s().-]", "", value)
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
            raise ValueError("write it with + and the country code, like +14155550100")
        return number
