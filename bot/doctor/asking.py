"""Asking a service, by GET and nothing else: what a doctor does can change nothing.

Owns one HTTP session and the time limit of each question. An address may hold a token (Telegram's do), so none is ever
told. Must not judge an answer.
"""

import asyncio
import email.utils
import json
import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.doctor.facts import Answer, Reply, Trouble

PATIENCE_S = 10.0
_MOST_BYTES = 1024 * 1024
_HALF_A_SECOND = 0.5  # a Date header has no fractions: on the average it lies so much behind


class Asking:
    """`wall` tells the time of day, in unix seconds; `tls` takes the place of the system's authorities."""

    def __init__(
        self, wall: Callable[[], float], *, tls: ssl.SSLContext | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        self._wall = wall
        self._tls = tls
        self._patience_s = patience_s

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls or True, limit_per_host=5),
            timeout=aiohttp.ClientTimeout(total=self._patience_s),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> Reply:
        """A redirect is an answer, too."""
        before = self._wall()
        try:
            async with self._session.get(url, headers=headers, params=params, allow_redirects=False) as response:
                received = (before + self._wall()) / 2
                raw = await response.content.read(_MOST_BYTES)
                told = {name.lower(): value for name, value in response.headers.items()}
                skew_s = _skew_s(told.get("date", ""), received)
                return Answer(response.status, _decoded(raw), told, raw.decode("utf-8", "replace"), skew_s)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return trouble_of(error)

    async def opens_socket(self, url: str) -> bool:
        """Whether a WebSocket gets through; it is closed at once."""
        try:
            async with asyncio.timeout(self._patience_s), self._session.ws_connect(url, timeout=_closing()):
                return True
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return False


def trouble_of(error: BaseException) -> Trouble:
    """Without an address: the errors of aiohttp quote it."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Trouble("unknown_host")
        case aiohttp.ClientConnectorCertificateError():
            return trouble_of(error.certificate_error)
        case ssl.SSLCertVerificationError():
            return Trouble("certificate", error.verify_message.rstrip("."))
        case ssl.SSLError():
            return Trouble("certificate", "no TLS is spoken there")
        case TimeoutError():
            return Trouble("timed_out")
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return Trouble("broken")
        case OSError():
            return Trouble("refused")
    return Trouble("broken")


def _closing() -> aiohttp.ClientWSTimeout:
    return aiohttp.ClientWSTimeout(ws_close=2.0)


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _skew_s(date: str, received_unix: float) -> float | None:
    try:
        return received_unix - (email.utils.parsedate_to_datetime(date).timestamp() + _HALF_A_SECOND)
    except (TypeError, ValueError):
        return None
