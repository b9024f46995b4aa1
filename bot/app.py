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
from typing import TYPE_CHECKING, Self

from aiohttp import web

# Else PTB warns at every 429 (22.2 changed the type of RetryAfter.retry_after); read when PTB is imported.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.schema.current import is_current
from bot.settings import Settings
from bot.text_model import TextModel
from bot.watching import Watching, watching
from bridge import prices
from bridge.carrier import TwilioCarrier
from bridge.database import open_database
from bridge.errors import RingbackError
from bridge.journal import Journal
from bridge.model_socket import open_model
from bridge.on_demand import on_demand
from bridge.switchboard import Options, Switchboard
from bridge.web import MAX_BODY, TwilioRoutes, protect

if TYPE_CHECKING:
    from bot.front import Front
    from bot.metrics import Metrics
    from bot.webhook import TelegramWebhook

log = logging.getLogger(__name__)

TELEGRAM_PATH = "/telegram"
METRICS_PATH = "/metrics"
# For a request's headers, from the connection or the answer before it. Longer than clients keep a connection that they
# may still use (most for 15 s), or they would lose requests.
HEADERS_S = 30.0
LINGERING_S = 2.0  # for what is left of a body that was refused


class App:
    """The running product. `port` is the one it really listens on."""

    def __init__(self, settings: Settings, *, wall: Callable[[], float] = time.time) -> None:
        """`wall` tells the time of day, in unix seconds."""
        self.settings = settings
        self._wall = wall
        self.port = 0
        self.site = web.Application()  # what it serves, once it is started
        self.front: Front | None = None  # the chat's side, once it is started
        self._webhook: TelegramWebhook | None = None
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
        """The calls first: those of a former process are taken up, then Twilio is heard, and the chat comes last."""
        settings = self.settings
        engine = await self._database(stack)
        journal, price_list = Journal(engine, self._wall), self._prices()
        watching = await self._watching(stack)
        switchboard = await self._switchboard(stack, journal, price_list, watching)
        await switchboard.recover()
        server = await stack.enter_async_context(self._serving(switchboard, watching))
        switchboard.reachable()
        await on_demand("bot.telegram_client")
        await on_demand("bot.front")
        from bot import telegram_client  # noqa: PLC0415 - there by now
        from bot.front import Front  # noqa: PLC0415

        await asyncio.to_thread(telegram_client.prepare)
        application = telegram_client.make(
            token=settings.telegram_bot_token.get_secret_value(), api_url=settings.telegram_api_url
        )
        front = self.front = Front(
            settings,
            engine=engine,
            bot=application.bot,
            text_model=self._text_model(stack),
            switchboard=switchboard,
            journal=journal,
            prices=price_list,
            wall=self._wall,
        )
        await front.load()
        front.handlers.add_to(application)
        secret = settings.telegram_webhook_secret.get_secret_value()
        self._webhook = telegram_client.TelegramWebhook(application.bot, application.update_queue, secret)
        await stack.enter_async_context(telegram_client.talking(application, settings, secret))
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
            if not await is_current(engine):
                await on_demand("bot.schema.upgrade")
                from bot.schema.upgrade import bring_up_to_date  # noqa: PLC0415 - Alembic is there by now

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

    def _text_model(self, stack: AsyncExitStack) -> TextModel:
        settings = self.settings
        text_model = TextModel(
            base_url=settings.openai_base_url,
            api_key=settings.openai_api_key.get_secret_value(),
            model=settings.text_model,
            transcription_model=settings.transcription_model,
        )
        stack.push_async_callback(text_model.close)
        return text_model

    async def _watching(self, stack: AsyncExitStack) -> Watching:
        settings = self.settings
        token = settings.metrics_token.get_secret_value()
        found = await watching(
            metrics=bool(token or settings.metrics_port),
            token=token,
            endpoint=settings.otel_exporter_otlp_endpoint,
            headers=settings.otel_exporter_otlp_headers.get_secret_value(),
        )
        stack.push_async_callback(found.close)
        return found

    async def _switchboard(
        self, stack: AsyncExitStack, journal: Journal, price_list: prices.Prices, watching: Watching
    ) -> Switchboard:
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
        return Switchboard(journal, carrier, opening, price_list, options, ended=watching.ended)

    @asynccontextmanager
    async def _serving(self, switchboard: Switchboard, watching: Watching) -> AsyncIterator[web.AppRunner]:
        settings = self.settings
        site_app = self.site = web.Application(client_max_size=MAX_BODY)
        TwilioRoutes(
            switchboard,
            public_url=settings.public_url,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            client_header=settings.client_address_header,
        ).add_to(site_app)
        if settings.telegram_webhook_secret.get_secret_value():
            site_app.router.add_post(TELEGRAM_PATH, self._told_by_telegram)
        async with AsyncExitStack() as open_ports:
            if watching.metrics:
                watching.metrics.watch(switchboard)
                await self._show(watching.metrics, open_ports)
            runner = await open_ports.enter_async_context(_listening(site_app, "PORT", settings.host, settings.port))
            self.port = runner.addresses[0][1]
            log.info("listening on port %s", self.port)
            yield runner

    async def _show(self, metrics: "Metrics", open_ports: AsyncExitStack) -> None:
        """At a port of their own where there is one, else with everything else; never at both."""
        settings = self.settings
        if not settings.metrics_port:
            self.site.router.add_get(METRICS_PATH, metrics.answer)
            return
        own = web.Application()
        own.on_response_prepare.append(protect)
        own.router.add_get(METRICS_PATH, metrics.answer)
        own_port = _listening(own, "METRICS_PORT", settings.metrics_host, settings.metrics_port)
        await open_ports.enter_async_context(own_port)

    async def _told_by_telegram(self, request: web.Request) -> web.StreamResponse:
        """Telegram asks again, and the chat's side will be there by then."""
        return await self._webhook.receive(request) if self._webhook else web.Response(status=503)


@asynccontextmanager
async def _listening(site_app: web.Application, setting: str, host: str, port: int) -> AsyncIterator[web.AppRunner]:
    """Raises RingbackError, which names the setting, where the port cannot be had."""
    runner = web.AppRunner(
        site_app, access_log=None, shutdown_timeout=1, keepalive_timeout=HEADERS_S, lingering_time=LINGERING_S
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise RingbackError(
                f"Cannot listen on {host}:{port}: {error.strerror}. Set {setting} to a free one."
            ) from error
        yield runner
    finally:
        await runner.cleanup()


async def run(settings: Settings, stop: asyncio.Event) -> None:
    async with App(settings):
        # All that a start has made stays: looked through again and again, it would hold up the audio of every call.
        gc.collect()
        gc.freeze()
        gc.enable()
        await stop.wait()
