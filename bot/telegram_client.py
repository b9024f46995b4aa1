"""Telegram's client: made, put to work, let go.

Owns how it is set up, and from where updates flow: by webhook where a secret is set, else by long polling. Knows no
meaning of an update. Imported when calls can be taken already (`app.py`): it takes longer than everything before.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import certifi
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, Updater
from telegram.request import HTTPXRequest

from bot import wording
from bot.handlers import bot_commands
from bot.settings import Settings
from bot.webhook import TelegramWebhook
from bridge.errors import RingbackError

__all__ = ["TelegramWebhook", "make", "prepare", "talking"]

PTB = Application[Any, Any, Any, Any, Any, Any]
PATH = "/telegram"
POLL = timedelta(seconds=50)  # how long Telegram keeps a question for updates open
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_CONNECTIONS = 256  # as the library's own


def prepare() -> None:
    """What takes long and needs no loop: the catalogues are parsed, the certificates read. For a thread."""
    wording.languages()
    _tls()


@cache
def _tls() -> ssl.SSLContext:
    """As httpx makes it for each client; reading the certificates once for both is enough."""
    return ssl.create_default_context(cafile=certifi.where())


def make(*, token: str, api_url: str) -> PTB:
    return (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(HTTPXRequest(connection_pool_size=_CONNECTIONS, httpx_kwargs={"verify": _tls()}))
        .get_updates_request(HTTPXRequest(httpx_kwargs={"verify": _tls()}))
        .rate_limiter(AIORateLimiter())
        .concurrent_updates(True)
        .updater(None)
        .build()
    )


@asynccontextmanager
async def talking(application: PTB, settings: Settings, secret: str) -> AsyncIterator[None]:
    """Updates flow, with `secret` by webhook. Raises RingbackError where Telegram refuses or cannot be reached."""
    updater = None if secret else Updater(application.bot, application.update_queue)
    try:
        try:
            await _begin(application, updater, settings, secret)
        except InvalidToken as error:
            raise RingbackError(
                "Telegram does not know this token. Check TELEGRAM_BOT_TOKEN with @BotFather."
            ) from error
        except TelegramError as error:
            raise RingbackError(
                f"Telegram cannot be reached at {settings.telegram_api_url}. Check the network and TELEGRAM_API_URL."
            ) from error
        yield
    finally:
        if updater and updater.running:
            await updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        await application.bot.shutdown()  # also where the application did not get as far as being initialized


async def _begin(application: PTB, updater: Updater | None, settings: Settings, secret: str) -> None:
    await application.initialize()
    for language in wording.languages():
        # Without a language for everybody whose own has no catalogue.
        code = None if language == wording.DEFAULT_LANGUAGE else language
        await application.bot.set_my_commands(bot_commands(wording.words(language)), language_code=code)
    await application.start()
    if updater:
        await updater.initialize()
        await updater.start_polling(timeout=POLL, allowed_updates=UPDATES)
    else:
        await application.bot.set_webhook(f"{settings.public_url}{PATH}", secret_token=secret, allowed_updates=UPDATES)
