"""The WebSocket of one media stream: the server's end of it, on an aiohttp request that was let so far.

Owns the socket from the upgrade to its close: frames in and out, its goodbye, its silence. Must not know what is in a
message. aiohttp does the HTTP, and its compiled reader takes the frames apart; only its queue is left out, so that a
message is handed on by a call and wakes no task (docs/decisions/0011-callbacks-on-the-audio-path.md). Follows RFC 6455.
"""

import asyncio
import base64
import hashlib
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue  # not public, and the one way to be called by its reader
from aiohttp.http import WebSocketError, WebSocketReader, WSMessage
from aiohttp.http_websocket import WSMessageTextBytes

Receive = Callable[[bytes], None]

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_TEXT, _CLOSE, _PONG = 0x81, 0x88, 0x8A  # whole frames (5.2)
_QUEUE_LIMIT = 2**16  # asked for by the queue's constructor; nothing is ever in it


class StreamSocket:
    """Messages that come before `read` wait for `first`, `most_early` of them: a socket that sends more is closed."""

    def __init__(self, request: web.Request, *, max_size: int, close_s: float, most_early: int) -> None:
        self._request = request
        self._max_size = max_size
        self._close_s = close_s
        self._most_early = most_early
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader: WebSocketReader | None = None  # the connection holds it weakly
        self._early: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._receive: Receive = self._keep
        self._heard_at = 0.0
        self._said_goodbye = False
        self._read: asyncio.Future[None] = self._loop.create_future()  # done when nothing more is read
        self._over: asyncio.Future[None] = self._loop.create_future()  # and this when it has said goodbye, or is gone
        self._due: asyncio.TimerHandle | None = None

    @staticmethod
    def possible(request: web.Request) -> bool:
        """The request asks for such a socket, in the right way."""
        return bool(web.WebSocketResponse().can_prepare(request))

    async def open(self) -> web.StreamResponse:
        """Upgrade the connection. Raises ConnectionError where it is gone."""
        key = self._request.headers["Sec-WebSocket-Key"].encode()
        accepted = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode()  # noqa: S324 - the handshake's own
        headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accepted}
        response = web.StreamResponse(status=101, headers=headers)
        await response.prepare(self._request)
        protocol, self._transport = self._request.protocol, self._request.transport
        if self._transport is None:
            raise ConnectionResetError
        self._reader = WebSocketReader(_Inlet(self, protocol), self._max_size, compress=False, decode_text=False)
        protocol.keep_alive(False)
        protocol.set_parser(self._reader)
        return response

    async def first(self) -> bytes | None:
        """The next message of those before `read`; None when the socket is over."""
        return await self._early.get()

    async def read(self, receive: Receive, *, idle_s: float) -> None:
        """Hand every message to `receive`, until the socket is over or stopped. Raises TimeoutError for one that says
        nothing for so long.
        """
        self._heard_at = self._loop.time()
        self._receive = receive
        while not self._early.empty():
            if (message := self._early.get_nowait()) is not None:
                receive(message)
        while not self._read.done():
            left = self._heard_at + idle_s - self._loop.time()
            if left <= 0:
                raise TimeoutError
            await asyncio.wait([self._read], timeout=left)

    def send(self, message: bytes) -> None:
        """A text message. Never waits. On a socket that is over, nothing happens."""
        size = len(message)
        if size < 126:
            header = bytes((_TEXT, size))
        else:
            header = b"\x81\x7e" + size.to_bytes(2) if size < 65536 else b"\x81\x7f" + size.to_bytes(8)
        self._write(header + message)

    def end(self) -> None:
        """Say goodbye; it is over when the other side has done so too, or does not do it in time."""
        self._say_goodbye(WSCloseCode.OK)
        self._due = self._due or self._loop.call_later(self._close_s, self._finish)

    async def close(self) -> None:
        """Goodbyes on both sides, then the connection."""
        self.stop()
        if self._transport is not None and not self._over.done():
            self.end()
            await asyncio.wait([self._over])
        if self._due:
            self._due.cancel()
        if self._transport is not None:
            self._transport.close()

    def stop(self) -> None:
        """Nothing more is read, but for the other side's goodbye."""
        self._receive = _nobody
        if not self._read.done():
            self._read.set_result(None)
            self._early.put_nowait(None)

    # Told by aiohttp

    def take(self, message: WSMessage | WSMessageTextBytes) -> None:
        kind = message[0]
        if kind is WSMsgType.TEXT:
            self._heard_at = self._loop.time()
            self._receive(message[1])
        elif kind is WSMsgType.PING:
            self._write(bytes((_PONG, len(message[1]))) + message[1])
        elif kind is not WSMsgType.PONG:
            # The other side's goodbye, or its answer to ours; and nothing of a media stream is binary.
            self._say_goodbye(message[1] if kind is WSMsgType.CLOSE and message[1] else WSCloseCode.OK)
            self._finish()

    def broken(self, error: BaseException) -> None:
        """The other side does not keep to the protocol."""
        self._say_goodbye(error.code if isinstance(error, WebSocketError) else WSCloseCode.INTERNAL_ERROR)
        self._finish()

    def gone(self) -> None:
        """The connection is."""
        self._transport = None
        self._finish()

    def _keep(self, message: bytes) -> None:
        self._early.put_nowait(message)
        if self._early.qsize() > self._most_early:
            self.stop()

    def _finish(self) -> None:
        self.stop()
        if not self._over.done():
            self._over.set_result(None)

    def _say_goodbye(self, code: int) -> None:
        if not self._said_goodbye:
            self._write(bytes((_CLOSE, 2)) + int(code).to_bytes(2))
            self._said_goodbye = True

    def _write(self, frame: bytes) -> None:
        if self._transport is not None and not self._said_goodbye:
            self._transport.write(frame)


class _Inlet(WebSocketDataQueue):
    """Where aiohttp's reader puts what it has read."""

    def __init__(self, socket: StreamSocket, protocol: object) -> None:
        super().__init__(protocol, _QUEUE_LIMIT, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
        self._take = socket.take
        self._socket = socket

    def feed_data(self, data: WSMessage | WSMessageTextBytes, size: int) -> None:  # noqa: ARG002 - aiohttp's
        self._take(data)

    def feed_eof(self) -> None:
        self._socket.gone()

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:  # noqa: ARG002 - aiohttp's
        self._socket.broken(exc)


def _nobody(_: bytes) -> None:
    pass
