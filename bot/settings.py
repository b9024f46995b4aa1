"""The settings: the only reader of the environment (and of `.env`).

Owns names, defaults and checks of every setting; docs/settings.md explains each. Secrets are `SecretStr`. Raises
pydantic's ValidationError, which `__main__` turns into words.
"""

from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, Field, SecretStr, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_HTTP_URL = TypeAdapter(AnyHttpUrl)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

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
    database_url: str = Field("sqlite:///ringback.db", description="Where calls and people are kept.")

    max_call_minutes: int = Field(15, ge=1, le=55, description="No call is planned for longer than this.")
    prepare_opening: bool = Field(
        default=True,
        description="Make the agent's first words while the phone rings. Off saves their cost if nobody answers.",
    )
    prices_file: Path | None = Field(None, description="Your own price list, in the form of bridge/prices.toml.")
    drain_seconds: int = Field(
        270, ge=0, description="How long running calls may go on after SIGTERM. Keep it under the host's kill time-out."
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("telegram_admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("telegram_admins")
    @classmethod
    def _somebody(cls, value: list[int]) -> list[int]:
        if not value:
            raise ValueError("name at least one admin")
        return value

    @field_validator("telegram_api_url", "twilio_api_url", "openai_base_url", "public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        _HTTP_URL.validate_python(value)
        return value.rstrip("/")

    @field_validator("twilio_phone_number")
    @classmethod
    def _e164(cls, value: str) -> str:
        number = "".join(c for c in value if c.isdigit() or c == "+")
        if not number.startswith("+") or len(number) < 8:
            raise ValueError("write it with + and the country code, like +14155550100")
        return number
