"""The WebSocket to OpenAI's Realtime API.

Owns the socket of one model session, from connecting to closing. Must not look into events: `realtime.py` does. Each is
handed on from the socket's own callback: a task woken for it would cost more than all the rest of its way
(docs/decisions/0011-callbacks-on-the-audio-path.md). Follows https://platform.openai.com/docs/guides/realtime-websocket.
"""

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import tenacity
from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSInvalidURL,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from bridge.errors import ModelError

Receive = Callable[[bytes | memoryview], None]  # what it is given is good during the call, and no longer

CLEAN = (1000, 1001, 1005)  # closed as agreed, gone away, closed without a code (RFC 6455, 7.4.1)
LOST = 1006  # no goodbye came
_MAX_EVENT = 16 * 1024 * 1024  # bytes; audio deltas are far smaller, session events hold the whole prompt
_OPEN_TIMEOUT_S = 10.0
_PING_S = 20.0  # of silence, then as long again for its answer
_CLOSE_S = 5.0  # for the other side's part of a goodbye


class ModelSocket(WSListener):
    """One connection. What comes before anybody reads waits."""

    def __init__(self) -> None:
        self._transport: WSTransport | None = None
        self._early: list[bytes] = []
        self._receive: Receive = lambda event: self._early.append(bytes(event))
        self._parts: list[bytes] = []  # of an event that comes in several frames
        self._size = 0
        self._code = LOST
        self._unwanted = False
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self, event: bytes) -> None:
        """Never waits. On a socket that is closing, nothing happens."""
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, event)

    async def read(self, receive: Receive) -> int:
        """Hand every event to `receive`, until the socket is closed: the other side's code for it. `receive` must not
        raise.
        """
        self._receive = receive
        try:
            for event in self._early:
                receive(event)
            self._early.clear()
            await asyncio.shield(self._closed)
        finally:
            self._receive = _nobody
        return self._code

    def give_up(self) -> None:
        """Whoever wanted it is gone, and it is not open yet."""
        self._unwanted = True

    async def close(self) -> None:
        self._receive = _nobody
        if self._transport is None:
            return
        self._transport.send_close(WSCloseCode.OK)
        try:
            async with asyncio.timeout(_CLOSE_S):
                await asyncio.shield(self._closed)
        except TimeoutError:
            pass
        finally:
            self._transport.disconnect(graceful=False)

    # Told by picows

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        if self._unwanted:
            transport.disconnect(graceful=False)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.TEXT and frame.fin:
            self._receive(frame.get_payload_as_memoryview())
        elif kind is WSMsgType.CLOSE:
            said = frame.get_close_code()
            self._code = said.value or 1005
            transport.send_close(said)
            transport.disconnect()
        elif kind is WSMsgType.TEXT or kind is WSMsgType.CONTINUATION:
            self._put_together(transport, frame)

    def _put_together(self, transport: WSTransport, frame: WSFrame) -> None:
        self._parts.append(frame.get_payload_as_bytes())
        self._size += frame.payload_size
        if self._size > _MAX_EVENT:
            transport.send_close(WSCloseCode.MESSAGE_TOO_BIG)
            transport.disconnect()
        elif frame.fin:
            whole, self._parts, self._size = b"".join(self._parts), [], 0
            self._receive(whole)

    def on_ws_disconnected(self, _: WSTransport) -> None:
        if not self._closed.done():
            self._closed.set_result(None)


def _nobody(_: bytes | memoryview) -> None:
    pass


@asynccontextmanager
async def open_model(base_url: str, api_key: str, model: str) -> AsyncIterator[ModelSocket]:
    """A connected socket, closed on leaving. `base_url` is the API's (http or https); two more tries are made for one
    that does not open for a passing reason. Raises ModelError.
    """
    url = f"{base_url.rstrip('/').replace('http', 'ws', 1)}/realtime?model={model}"
    socket = await _open(url, api_key)
    try:
        yield socket
    finally:
        await socket.close()


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all: to read the system's certificates takes some 20 ms, in which nobody's audio is passed on."""
    return ssl.create_default_context()


@tenacity.retry(
    retry=tenacity.retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
    wait=tenacity.wait_exponential(multiplier=0.2, max=2),
    stop=tenacity.stop_after_attempt(3),
    reraise=True,
)
async def _open(url: str, api_key: str) -> ModelSocket:
    socket = ModelSocket()
    try:
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            await ws_connect(
                lambda: socket,
                url,
                extra_headers={"Authorization": f"Bearer {api_key}"},
                websocket_handshake_timeout=_OPEN_TIMEOUT_S,
                enable_auto_ping=True,
                auto_ping_idle_timeout=_PING_S,
                auto_ping_reply_timeout=_PING_S,
                max_frame_size=_MAX_EVENT,
                ssl_context=_tls() if url.startswith("wss:") else None,
                max_redirects=0,
                use_aiofastnet=False,  # the loop's own connections, and its TLS: uvloop's in production
            )
    except WSHandshakeError as error:
        status = int(error.response.status) if error.response else 0
        retryable = not status or status == 429 or status >= 500
        raise ModelError(f"{status or 'unreachable'}", retryable=retryable) from error
    except WSInvalidURL as error:
        raise ModelError("bad_url") from error
    except (WSError, OSError, TimeoutError) as error:
        raise ModelError("unreachable", retryable=True) from error
    except asyncio.CancelledError:
        socket.give_up()
        raise
    return socket
