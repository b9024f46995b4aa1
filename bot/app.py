"""The composition root: everything is made here, once, in one event loop, and closed here in the opposite order.

Owns the lifetimes (docs/architecture.md has the table) and nothing else.
"""

import asyncio
import gc
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Self

from aiohttp import web

# Else PTB warns at every 429 (22.2 changed the type of RetryAfter.retry_after); read when PTB is imported.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, Updater

from bot import wording
from bot.front import Front
from bot.handlers import bot_commands
from bot.schema.upgrade import bring_up_to_date
from bot.settings import Settings
from bot.text_model import TextModel
from bot.webhook import TelegramWebhook
from bridge import prices
from bridge.carrier import TwilioCarrier
from bridge.database import open_database
from bridge.errors import RingbackError
from bridge.journal import Journal
from bridge.model_socket import open_model
from bridge.switchboard import Options, Switchboard
from bridge.web import MAX_BODY, TwilioRoutes

log = logging.getLogger(__name__)

PTB = Application[Any, Any, Any, Any, Any, Any]
TELEGRAM_PATH = "/telegram"
# For a request's headers, from the connection or the answer before it. Longer than clients keep a connection that they
# may still use (most for 15 s), or they would lose requests.
HEADERS_S = 30.0
LINGERING_S = 2.0  # for what is left of a body that was refused
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]


class App:
    """The running product. `port` is the one it really listens on."""

    def __init__(self, settings: Settings, *, wall: Callable[[], float] = time.time) -> None:
        """`wall` tells the time of day, in unix seconds."""
        self.settings = settings
        self._wall = wall
        self.port = 0
        self.site = web.Application()  # what it serves, once it is started
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises RingbackError, in words for who runs it, when it cannot start."""
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        engine = await self._database(stack)
        journal, price_list = Journal(engine, self._wall), self._prices()
        application = self._telegram()
        text_model = TextModel(
            base_url=settings.openai_base_url,
            api_key=settings.openai_api_key.get_secret_value(),
            model=settings.text_model,
            transcription_model=settings.transcription_model,
        )
        stack.push_async_callback(text_model.close)
        switchboard = await self._switchboard(stack, journal, price_list)
        front = Front(
            settings,
            engine=engine,
            bot=application.bot,
            text_model=text_model,
            switchboard=switchboard,
            journal=journal,
            prices=price_list,
            wall=self._wall,
        )
        await front.load()
        front.handlers.add_to(application)
        server = await stack.enter_async_context(self._serving(switchboard, application))
        await stack.enter_async_context(_talking_to_telegram(application, settings))
        # On leaving: running calls end first, or are handed over: then the next process is to be asked, not this one.
        # Their reports arrive, and only then is Telegram let go.
        stack.push_async_callback(front.close)
        stack.push_async_callback(server.cleanup)
        stack.push_async_callback(partial(switchboard.close, patience_s=settings.drain_seconds))
        await front.resume()
        log.info("ready for calls on port %s", self.port)

    async def _database(self, stack: AsyncExitStack) -> AsyncEngine:
        try:
            engine = open_database(self.settings.database_url.get_secret_value())
            stack.push_async_callback(engine.dispose)
            await bring_up_to_date(engine)
        except (SQLAlchemyError, ImportError, OSError) as error:
            raise RingbackError(
                "The database cannot be opened. Check DATABASE_URL, and that its folder exists or its server runs."
            ) from error
        return engine

    def _prices(self) -> prices.Prices:
        file = self.settings.prices_file
        try:
            return prices.load(self.settings.realtime_model, file)
        except (OSError, ValueError) as error:
            raise RingbackError(f"The price list {file} cannot be read. Check PRICES_FILE: {error}") from error

    def _telegram(self) -> PTB:
        settings = self.settings
        return (
            ApplicationBuilder()
            .token(settings.telegram_bot_token.get_secret_value())
            .base_url(f"{settings.telegram_api_url}/bot")
            .base_file_url(f"{settings.telegram_api_url}/file/bot")
            .rate_limiter(AIORateLimiter())
            .concurrent_updates(True)
            .updater(None)
            .build()
        )

    async def _switchboard(self, stack: AsyncExitStack, journal: Journal, price_list: prices.Prices) -> Switchboard:
        settings = self.settings
        carrier = TwilioCarrier(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            phone_number=settings.twilio_phone_number,
            api_url=settings.twilio_api_url,
        )
        stack.push_async_callback(carrier.close)
        options = Options(
            public_url=settings.public_url,
            model=settings.realtime_model,
            transcription_model=settings.transcription_model,
            phone_number=settings.twilio_phone_number,
            prepare_opening=settings.prepare_opening,
            recordings=settings.recordings_dir,
            secret=settings.twilio_auth_token.get_secret_value(),
        )
        key = settings.openai_api_key.get_secret_value()
        opening = partial(open_model, settings.openai_base_url, key, settings.realtime_model)
        return Switchboard(journal, carrier, opening, price_list, options)

    @asynccontextmanager
    async def _serving(self, switchboard: Switchboard, application: PTB) -> AsyncIterator[web.AppRunner]:
        settings = self.settings
        site_app = self.site = web.Application(client_max_size=MAX_BODY)
        TwilioRoutes(
            switchboard,
            public_url=settings.public_url,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            client_header=settings.client_address_header,
        ).add_to(site_app)
        if secret := settings.telegram_webhook_secret.get_secret_value():
            webhook = TelegramWebhook(application.bot, application.update_queue, secret)
            site_app.router.add_post(TELEGRAM_PATH, webhook.receive)
        runner = web.AppRunner(
            site_app, access_log=None, shutdown_timeout=1, keepalive_timeout=HEADERS_S, lingering_time=LINGERING_S
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            try:
                await site.start()
            except OSError as error:
                raise RingbackError(
                    f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set PORT to a free one."
                ) from error
            self.port = runner.addresses[0][1]
            yield runner
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _talking_to_telegram(application: PTB, settings: Settings) -> AsyncIterator[None]:
    """Updates flow: by webhook where a secret is set, else by long polling."""
    secret = settings.telegram_webhook_secret.get_secret_value()
    updater = None if secret else Updater(application.bot, application.update_queue)
    try:
        try:
            await _begin(application, updater, settings)
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


async def _begin(application: PTB, updater: Updater | None, settings: Settings) -> None:
    await application.initialize()
    for language in wording.languages():
        # Without a language for everybody whose own has no catalogue.
        code = None if language == wording.DEFAULT_LANGUAGE else language
        await application.bot.set_my_commands(bot_commands(wording.words(language)), language_code=code)
    await application.start()
    if updater:
        await updater.initialize()
        await updater.start_polling(allowed_updates=UPDATES)
    else:
        await application.bot.set_webhook(
            f"{settings.public_url}{TELEGRAM_PATH}",
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
            allowed_updates=UPDATES,
        )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    async with App(settings):
        # All that was made so far stays: looked through again and again, it would hold up the audio of every call.
        gc.collect()
        gc.freeze()
        await stop.wait()
