"""The examination: everything is asked at once, each with its own time limit, and judged.

Owns which checks there are, and opens the secrets for those who ask with them. Nothing is dialled and nothing changed.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Sequence

from bot.app import TELEGRAM_PATH
from bot.doctor import doorstep, machine, services, storage
from bot.doctor.asking import PATIENCE_S, Asking
from bot.doctor.finding import Finding
from bot.settings import Settings


async def examine(
    settings: Settings,
    *,
    wall: Callable[[], float] = time.time,
    tls: ssl.SSLContext | None = None,
    patience_s: float = PATIENCE_S,
) -> list[Finding]:
    """`wall` tells the time of day, in unix seconds; `tls` takes the place of the system's authorities."""
    async with Asking(wall, tls=tls, patience_s=patience_s) as asking:
        here = await doorstep.who_is_here(settings, asking)
        running = here is not None and here.headers.get("server") == "Ringback"
        by_webhook = bool(settings.telegram_webhook_secret.get_secret_value())
        telegram, twilio, openai, reach, certificate, database = await asyncio.gather(
            services.telegram(
                settings,
                asking,
                settings.telegram_bot_token.get_secret_value(),
                webhook_url=f"{settings.public_url}{TELEGRAM_PATH}" if by_webhook else "",
                running=running,
                now_unix=wall(),
            ),
            services.twilio(settings, asking, settings.twilio_auth_token.get_secret_value()),
            services.openai(settings, asking, settings.openai_api_key.get_secret_value()),
            doorstep.reach(settings, asking, here),
            doorstep.certificate(settings.public_url, tls=tls, patience_s=patience_s),
            storage.database(settings.database_url.get_secret_value()),
        )
    told = (telegram, twilio, openai)
    return [
        *(finding for findings, _ in told for finding in findings),
        *machine.public_url(reach, port=settings.port),
        *machine.certificate(certificate, now_unix=wall()),
        machine.clock([skew for _, skews in told for skew in skews]),
        *machine.database(database),
        *_files(settings),
        *_watching(settings, running=running),
    ]


def _files(settings: Settings) -> Sequence[Finding]:
    found = [machine.prices(storage.price_list(settings.realtime_model, settings.prices_file))]
    if settings.record_calls:
        found.append(machine.recordings(writable=storage.may_keep(settings.recordings_dir)))
    return found


def _watching(settings: Settings, *, running: bool) -> Sequence[Finding]:
    """What would keep Ringback from starting; one that runs has its port."""
    found: list[Finding] = []
    if (port := settings.metrics_port) and not running:
        taken = "it is PORT, too" if port == settings.port else doorstep.closed(settings.metrics_host, port)
        found.append(machine.metrics_port(port, closed=taken))
    if settings.otel_exporter_otlp_endpoint:
        found.append(machine.traces(installed=_sends_traces()))
    return found


def _sends_traces() -> bool:
    try:
        import bot.traces  # noqa: F401, PLC0415 - of an extra, and nobody else's here
    except ImportError:
        return False
    return True
