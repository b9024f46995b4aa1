"""Does `PUBLIC_URL` lead to this machine? Asked from outside in, as Twilio and Telegram do.

Owns the doctor's own listener, for as long as the question takes: where Ringback does not run, nobody else would
answer. It knows one word, that of this run, and shows it to anybody. Judges nothing (`machine.py` does).
"""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

from bot.doctor.asking import Asking, trouble_of
from bot.doctor.facts import Answer, Certificate, Reach, Trouble
from bot.settings import Settings

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what HOST says, where it is no address to connect to


async def reach(settings: Settings, asking: Asking, here: Answer | None) -> Reach:
    """`here` is what `who_is_here` found on `PORT`."""
    if here is not None:
        if here.headers.get("server") != "Ringback":
            return Reach("other", here)
        public, passed = await asyncio.gather(
            asking.get(f"{settings.public_url}/healthz"), asking.opens_socket(f"{settings.public_url}/twilio/stream")
        )
        return Reach("ringback", public, here, socket=passed if isinstance(public, Answer) else None)
    if settings.port == 0:
        return Reach("any_port", await asking.get(f"{settings.public_url}/healthz"))
    nonce = secrets.token_urlsafe(18)
    try:
        async with _listening(settings, nonce):
            url = f"{settings.public_url}/doctor/{nonce}"
            public = await asking.get(url)
            ours = isinstance(public, Answer) and public.text == nonce
            return Reach("doctor", public, nonce=nonce, socket=await asking.opens_socket(url) if ours else None)
    except OSError as error:
        return Reach("doctor", Trouble("refused"), listener_error=error.strerror or "it is refused")


async def who_is_here(settings: Settings, asking: Asking) -> Answer | None:
    """What answers on this machine's `PORT`; None where nobody does."""
    if settings.port == 0:
        return None
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    shown = f"[{host}]" if ":" in host else host
    reply = await asking.get(f"http://{shown}:{settings.port}/healthz")
    if isinstance(reply, Trouble):
        return None if reply.why in ("refused", "unknown_host") else Answer(0)  # whatever it is, it has the port
    return reply


def closed(host: str, port: int) -> str:
    """Why it cannot be listened on there, or ""."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        return error.strerror or "it is refused"
    return ""


@asynccontextmanager
async def _listening(settings: Settings, nonce: str) -> AsyncIterator[None]:
    async def show(request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse()
        if not opened.can_prepare(request):
            return web.Response(text=nonce)
        await opened.prepare(request)
        await opened.receive()
        return opened

    async def healthy(_: web.Request) -> web.Response:
        return web.Response(text="the doctor is in")  # else a host's proxy would let nobody through

    application = web.Application()
    application.router.add_get(f"/doctor/{nonce}", show)
    application.router.add_get("/healthz", healthy)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()


async def certificate(
    public_url: str, *, tls: ssl.SSLContext | None = None, patience_s: float = 10.0
) -> Certificate | Trouble | None:
    """The one that is shown for `PUBLIC_URL`; None where no TLS is spoken."""
    url = urlsplit(public_url)
    if url.scheme != "https" or not url.hostname:
        return None
    try:
        async with asyncio.timeout(patience_s):
            _, writer = await asyncio.open_connection(
                url.hostname, url.port or 443, ssl=tls or ssl.create_default_context()
            )
    except (OSError, TimeoutError, ValueError) as error:  # the last for a name that can be none
        return trouble_of(error)
    shown = writer.get_extra_info("peercert") or {}
    writer.transport.abort()  # nothing more is to be said
    ends = str(shown.get("notAfter", ""))
    return Certificate(ssl.cert_time_to_seconds(ends)) if ends else None
