"""The whole sandbox: stand-ins for Telegram, Twilio and OpenAI, and the people on the phone, on loopback.

Owns their start and their end, and the settings that point the product at them. The product is told nothing else.
"""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from sandbox.brain import RuleMind
from sandbox.callee import phone_book
from sandbox.line import Answerer
from sandbox.mind import Mind
from sandbox.openai import OpenAIStandIn
from sandbox.overheard import Overhear, nobody
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.telegram import TelegramStandIn
from sandbox.twilio import TwilioStandIn

PUBLIC_URL = "https://ringback.test"  # what Twilio is told; it really connects to the product on loopback
REQUESTER_ID = 1001


class World:
    """`async with World() as world:` then start the product with `world.settings(...)` and say where it listens."""

    def __init__(
        self,
        *,
        answerer: Answerer | None = None,
        mind: Mind | None = None,
        flood: bool = True,
        wall: Callable[[], float] = time.time,
        overhear: Overhear = nobody,
        speech: Speech = TONES,
    ) -> None:
        """`wall` tells the time of day, in unix seconds, as Twilio dates its calls by it; `overhear` hears what passes
        on Twilio's and Realtime's wires. `speech` is closed by who made it.
        """
        self.speech = speech
        self.port = 0  # where the product listens
        self.telegram = TelegramStandIn(flood=flood, webhook_rewrite=self._really)
        self.twilio = TwilioStandIn(
            answerer or phone_book(speech),
            public_url_rewrite=self._really,
            wall=wall,
            overhear=overhear,
            speech=speech,
        )
        self.openai = OpenAIStandIn(mind or RuleMind(), overhear=overhear, speech=speech)
        if speech is not TONES:  # it takes its own time
            self.openai.conduct.first_audio_ms = self.openai.conduct.transcription_ms = 0
        self.requester = self.telegram.person(REQUESTER_ID, "Shane")
        self._stack = AsyncExitStack()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The product's settings, by the names of `bot.settings.Settings`."""
        return {
            "telegram_bot_token": self.telegram.token,
            "telegram_api_url": self.telegram.url,
            "telegram_admins": str(REQUESTER_ID),
            "twilio_account_sid": self.twilio.account_sid,
            "twilio_auth_token": self.twilio.auth_token,
            "twilio_phone_number": self.twilio.phone_number,
            "twilio_api_url": self.twilio.url,
            "openai_api_key": self.openai.api_key,
            "openai_base_url": self.openai.base_url,
            "public_url": PUBLIC_URL,
            "quiet_hours": "off",  # nobody sleeps here
            "host": "127.0.0.1",
            "port": 0,
            **changes,
        }

    def _really(self, url: str) -> str:
        http = f"http://127.0.0.1:{self.port}"
        return url.replace(PUBLIC_URL, http).replace(PUBLIC_URL.replace("https", "wss"), http.replace("http", "ws"))

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for stand_in in (self.telegram, self.twilio, self.openai):
                await stack.enter_async_context(stand_in)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)
