"""One bidirectional media stream, Twilio's side of it: the WebSocket client that Twilio is.

Owns the messages on one socket and what is played from them; the line gives it 20 ms of the callee at a
time and takes 20 ms of playout for it. Must not decide what the call does next. Follows "Media Streams -
WebSocket Messages", https://www.twilio.com/docs/voice/media-streams/websocket-messages.
"""

import asyncio
import base64
import binascii
import json
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.overheard import Overhear, nobody
from sandbox.tones import FRAME_MS, payload
from sandbox.twilio.errors import TwilioAlertError, TwilioError
from sandbox.twilio.playout import Playout

CLOSE_ERROR = 31921
PROTOCOL_ERROR = 31924
MALFORMED_MESSAGE = 31950
INVALID_MESSAGE = 31951
_PROTOCOL_ERROR = 1002  # RFC 6455, 7.4.1
_NORMAL = {1000, 1001}
_FAREWELL_S = 2.0  # how long a peer has for the closing handshake


@dataclass(frozen=True)
class Media:
    audio: bytes


@dataclass(frozen=True)
class Mark:
    name: str


@dataclass(frozen=True)
class Clear:
    pass


def read_message(text: str, stream_sid: str) -> Media | Mark | Clear:
    """What the server sent. Raises TwilioAlertError 31951.

    That is for anything but "the documented media, mark, and clear message types", each with "the expected
    fields for that event" and no others.
    """
    try:
        message = json.loads(text)
    except ValueError as error:
        raise _invalid("the message was not valid JSON") from error
    if not isinstance(message, dict):
        raise _invalid("the message is not an object")
    event = message.get("event")
    shapes: dict[str, set[str]] = {"media": {"media"}, "mark": {"mark"}, "clear": set()}
    if not isinstance(event, str) or event not in shapes:
        raise _invalid(f"unsupported event type {event!r}")
    if set(message) != {"event", "streamSid"} | shapes[event]:
        raise _invalid(f"{event} with the fields {', '.join(sorted(message))}")
    if message["streamSid"] != stream_sid:
        raise _invalid(f"streamSid {message['streamSid']!r} is not the active stream")
    match event:
        case "media":
            return Media(_audio(_only(message["media"], "payload")))
        case "mark":
            return Mark(_only(message["mark"], "name"))
        case _:
            return Clear()


def _invalid(what: str) -> TwilioAlertError:
    return TwilioAlertError(INVALID_MESSAGE, f"Stream - Protocol - Invalid Message: {what}")


def _only(noun: Any, name: str) -> str:
    if not isinstance(noun, dict) or set(noun) != {name} or not isinstance(noun[name], str):
        raise _invalid(f"expected an object with only the string {name!r}")
    return str(noun[name])


def _audio(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _invalid("the payload is not base64") from error


class MediaStream:
    """A stream from its `connected` to its end. `note` receives what Twilio would log."""

    def __init__(
        self,
        web_socket: aiohttp.ClientWebSocketResponse,
        *,
        account_sid: str,
        call_sid: str,
        parameters: dict[str, str],
        note: Callable[[TwilioError], None],
        overhear: Overhear = nobody,
    ) -> None:
        self.sid = "MZ" + secrets.token_hex(16)
        self.failed = ""
        self._socket = web_socket
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._parameters = parameters
        self._note = note
        self._overhear = overhear
        self._playout = Playout()
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._sequence = 0
        self._chunk = 0
        self._open = False
        self._dropped = False

    async def run(self) -> None:
        """Streams until the server closes the socket, or this task is cancelled: then `stop` is sent
        first.
        """
        self._outbox.put_nowait(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        self._send("start", start=self._start())
        self._open = True
        writer = asyncio.create_task(self._write())
        close_code = 1000
        try:
            await self._read()
        except TwilioAlertError as alert:
            self._alert(alert.error)
            close_code = _PROTOCOL_ERROR
        finally:
            self._open = False
            await self._part(writer, close_code)

    def step(self) -> bytes:
        """The next 20 ms the callee hears; marks that are reached go back to the server."""
        audio, marks = self._playout.step()
        self._return(marks)
        return audio

    def hear(self, said: bytes) -> None:
        """20 ms of what the callee says."""
        if not self._open:
            return
        self._chunk += 1
        self._send(
            "media",
            media={
                "track": "inbound",
                "chunk": str(self._chunk),
                "timestamp": str((self._chunk - 1) * FRAME_MS),
                "payload": payload(said),
            },
        )

    def press(self, digit: str) -> None:
        """The callee presses one key."""
        if self._open:
            self._send("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def drop(self) -> None:
        """Cut the connection without a close frame, as a broken network does."""
        self._dropped = True
        transport_socket = self._socket.get_extra_info("socket")
        if transport_socket is None or transport_socket.fileno() < 0:
            return  # already gone
        # A duplicate, since uvloop's transport sockets have no shutdown(); it acts on the connection itself.
        with socket.socket(fileno=os.dup(transport_socket.fileno())) as duplicate, suppress(OSError):
            duplicate.shutdown(socket.SHUT_RDWR)

    def _start(self) -> dict[str, object]:
        return {
            "accountSid": self._account_sid,
            "streamSid": self.sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": self._parameters,
        }

    def _send(self, event: str, **noun: object) -> None:
        # "The first message has a value of 1 and then is incremented for each subsequent message"; numbers
        # are strings.
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), **noun, "streamSid": self.sid}
        self._outbox.put_nowait(json.dumps(message))

    def _return(self, marks: list[str]) -> None:
        for name in marks:
            self._send("mark", mark={"name": name})

    def _alert(self, error: TwilioError) -> None:
        self.failed = error.message
        self._note(error)

    async def _write(self) -> None:
        while (text := await self._outbox.get()) is not None:
            self._overhear("stream", "in", text)
            try:
                await self._socket.send_str(text)
            except aiohttp.ClientConnectionResetError:
                return  # the reader sees the end of the socket too, and tells why

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            match message.type:
                case aiohttp.WSMsgType.TEXT:
                    self._overhear("stream", "out", message.data)
                    self._obey(read_message(message.data, self.sid))
                case aiohttp.WSMsgType.BINARY:
                    # 31950: "Your WebSocket server sent a message in binary format."
                    raise TwilioAlertError(MALFORMED_MESSAGE, "Stream - Protocol - Malformed Message: a binary frame")
                case aiohttp.WSMsgType.CLOSE if message.data in _NORMAL:
                    return
                case aiohttp.WSMsgType.ERROR if isinstance(message.data, aiohttp.WebSocketError):
                    # 31924: "does not follow the WebSocket protocol during a Voice Media Stream".
                    what = f"Stream - Websocket - Protocol Error: {message.data}"
                    raise TwilioAlertError(PROTOCOL_ERROR, what) from message.data
                case _:
                    if not self._dropped:
                        code = message.data if message.type is aiohttp.WSMsgType.CLOSE else 1006
                        raise TwilioAlertError(CLOSE_ERROR, f"Stream - WebSocket - Close Error: {code}")
                    return

    def _obey(self, message: Media | Mark | Clear) -> None:
        match message:
            case Media(audio):
                self._playout.media(audio)
            case Mark(name):
                self._return(self._playout.mark(name))
            case Clear():
                self._return(self._playout.clear())

    async def _part(self, writer: asyncio.Task[None], close_code: int) -> None:
        """Say `stop` if there is still someone to say it to, and close."""
        if not self._socket.closed:
            self._send("stop", stop={"accountSid": self._account_sid, "callSid": self._call_sid})
        self._outbox.put_nowait(None)
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await writer
                await self._socket.close(code=close_code)
        except TimeoutError:
            self.drop()
        finally:
            writer.cancel()
