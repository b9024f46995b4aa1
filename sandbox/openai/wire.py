"""The sending half of a Realtime connection, and its end.

Owns the order in which events leave the socket, what was sent, and every way of closing. Must not know what
an event means. https://platform.openai.com/docs/guides/realtime-websocket
"""

import abc
import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.openai.events import new_id
from sandbox.overheard import nobody


@dataclass(frozen=True)
class Close:
    code: int
    reason: str


class Wire(abc.ABC):
    """`sent` holds every event in order, `sent_at` the loop time of each in seconds."""

    def __init__(self, *, keep_audio: bool = True) -> None:
        self.sent: list[dict[str, Any]] = []
        self.sent_at: list[float] = []
        self.closed = asyncio.Event()
        self.overhear = nobody
        self.close_code: int | None = None  # None while open; 1006 when it broke with no close frame
        self._keep_audio = keep_audio
        self._outbox: asyncio.Queue[str | Close] = asyncio.Queue()
        self._transport: asyncio.BaseTransport | None = None
        self._greeting_close: Close | None = None
        self._ending = False

    @abc.abstractmethod
    def receive(self, text: str) -> None:
        """Takes one client event."""

    @abc.abstractmethod
    async def stop(self) -> None:
        """Ends whatever runs on this connection."""

    async def serve(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        """Until the socket is closed, by whichever side."""
        self._transport = transport
        writer = asyncio.create_task(self._write(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
                self.overhear("realtime", "out", str(message.data))
                # Real clients send text; a binary frame is no event, and is refused as JSON that cannot be
                # read.
                self.receive(message.data if message.type is WSMsgType.TEXT else "")
        finally:
            if not self._ending:
                writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            await self.stop()
            if self.close_code is None:
                self.close_code = socket.close_code
            self.closed.set()

    def emit(self, kind: str, /, **fields: Any) -> None:
        event = {"type": kind, "event_id": new_id("event"), **fields}
        text = json.dumps(event)
        self.overhear("realtime", "in", text)
        if kind == "response.output_audio.delta":
            if not self._keep_audio:
                event["delta"] = ""
        elif not isinstance(fields.get("delta"), str):
            event = json.loads(text)  # what is kept must stay as sent, while session and items go on changing
        self.sent.append(event)
        self.sent_at.append(asyncio.get_running_loop().time())
        self._outbox.put_nowait(text)

    def send_raw(self, text: str) -> None:
        """Puts anything on the wire: garbage, or an event of tomorrow."""
        self._outbox.put_nowait(text)

    def close(self, code: int = 1011, reason: str = "") -> None:
        """Closes after all that was emitted so far."""
        self._outbox.put_nowait(Close(code, reason))

    def drop(self) -> None:
        """Cuts the connection with no close frame: the client sees 1006."""
        if isinstance(self._transport, asyncio.WriteTransport):
            self.close_code = 1006
            self._transport.abort()

    def close_after_greeting(self, code: int, reason: str) -> None:
        """Set before `serve`: the connection ends after its first event. 1006: with no close frame."""
        self._greeting_close = Close(code, reason)

    def fatal(self, error: Mapping[str, Any], code: int, reason: str) -> None:
        self.emit("error", error=error)
        self.close(code, reason)

    async def _write(self, socket: web.WebSocketResponse) -> None:
        while True:
            outgoing = await self._outbox.get()
            if isinstance(outgoing, Close):
                await self._end(socket, outgoing)
                return
            try:
                await socket.send_str(outgoing)
                if self._greeting_close is not None:
                    await self._end(socket, self._greeting_close)
                    return
            except ConnectionError:  # the client has gone; the reader sees it too and ends the connection
                return

    async def _end(self, socket: web.WebSocketResponse, close: Close) -> None:
        self._ending = True
        self.close_code = close.code
        if close.code == 1006:  # "MUST NOT be set as a status code in a Close control frame" (RFC 6455, 7.4.1)
            self.drop()
        else:
            await socket.close(code=close.code, message=close.reason.encode())
