"""The page's server on loopback: its files, what is sent in the chats, and the feed between the page and the sandbox.

Owns the HTTP face and the open feeds. Who may ask is `guard.py`'s; what is done in chats `rooms.py`', on the phone
`phone.py`'s. A feed is one WebSocket (RFC 6455): JSON both ways; binary messages are audio, whose first byte is the
line.
"""

import asyncio
import contextlib
import errno
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import msgspec
from aiohttp import WSMsgType, web

from sandbox.page import commands, guard
from sandbox.page.phone import Phone
from sandbox.page.rooms import Rooms, message_view
from sandbox.page.wire_log import WireLog
from sandbox.scenario import scenarios
from sandbox.telegram import Change
from sandbox.voice_note import voice_note
from sandbox.world import World

PORT = 8750
STATIC = Path(__file__).parent / "static"
_LOOK_S = 0.06
_WIRES_EVERY = 5  # looks
_MOST_BYTES = 1_000_000  # of one message: a minute of a voice note
_MOST_WAITING = 3000  # messages, before a browser that does not read is let go
_ANSWER_S = 20.0


class Feed:
    """One open page. `wires`: it shows the wire panel, and has seen so many of its changes."""

    def __init__(self) -> None:
        self.outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue(_MOST_WAITING)
        self.wires: int | None = None

    def tell(self, message: dict[str, Any] | bytes) -> None:
        if self.outbox.full():
            self.close()
        else:
            self.outbox.put_nowait(message if isinstance(message, bytes) else msgspec.json.encode(message).decode())

    def close(self) -> None:
        while self.outbox.full():
            self.outbox.get_nowait()
        self.outbox.put_nowait(None)


class Page:
    """`async with Page(world, phone, wires) as page:` serves at `page.url`. The phone is the world's answerer, the
    wires its `overhear`.
    """

    def __init__(
        self,
        world: World,
        phone: Phone,
        wires: WireLog,
        *,
        port: int = PORT,
        speech: Callable[[str], bytes] = voice_note,
    ) -> None:
        """`port`: another one where it is taken; 0: any. `speech` makes a voice note's file of words."""
        self.url = ""
        self.rooms = Rooms(world.telegram, world.requester, speech)
        self._world = world
        self._phone = phone
        self._wires = wires
        self._port = port
        self._feeds: set[Feed] = set()
        self._choice = phone.choice()
        self._said: list[dict[str, Any]] = []  # the captions of all calls, as they ended
        self._presses: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guarded])
        app.router.add_get("/", self._index)
        app.router.add_get("/feed", self._feed)
        app.router.add_get("/files/{id}", self._file)
        app.router.add_static("/static", STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/"
        self._unlisten = self._world.telegram.listen(self._changed)
        self._watch = asyncio.create_task(self._look_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unlisten()
        for task in (self._watch, *self._presses):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for feed in self._feeds:
            feed.close()
        await self._runner.cleanup()

    # What the page is told

    def _tell(self, message: dict[str, Any] | bytes) -> None:
        for feed in self._feeds:
            feed.tell(message)

    def _changed(self, change: Change) -> None:
        room = self.rooms.of(change.chat)
        if room is None:
            return
        if change.kind == "action":
            self._tell({"kind": "action", "room": room.key, "action": change.detail})
        elif change.message is not None and change.kind != "answer":
            self._tell({"kind": "message", "message": message_view(change.message, room)})

    async def _look_on(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(_LOOK_S)
            looks += 1
            told, audio = self._phone.look(self._world.twilio.calls.values())
            self._said += [message for message in told if message["kind"] == "caption" and message["done"]]
            for message in told:
                self._tell(message)
            for sound in audio:
                self._tell(sound)
            if self._choice != self._phone.choice():  # somebody picked, or the next call has been answered
                self._choice = self._phone.choice()
                self._tell(self._choice)
            if looks % _WIRES_EVERY == 0:
                self._show_wires()

    def _show_wires(self) -> None:
        for feed in self._feeds:
            if feed.wires is not None and feed.wires < self._wires.change:
                entries = [asdict(entry) for entry in self._wires.since(feed.wires)]
                feed.wires = self._wires.change
                feed.tell({"kind": "wires", "entries": entries})

    def _welcome(self, feed: Feed) -> None:
        """All there is, for a page that has just been opened."""
        people = [{"name": s.name, "about": s.about, "request": s.request} for s in scenarios().values() if s.request]
        feed.tell({"kind": "welcome", "doors": self.rooms.doors(), "scenarios": people})
        for room in self.rooms.all():
            feed.tell({"kind": "room", "room": room.view()})
            for message in room.chat.messages:
                feed.tell({"kind": "message", "message": message_view(message, room), "old": True})
        for line in self._phone.lines.values():
            feed.tell({"kind": "line", "line": line.view()})
        for caption in self._said:
            feed.tell(caption)
        feed.tell(self._phone.choice())

    # What it asks

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        why = guard.why_not(request.headers, self._port, feed=request.path == "/feed")
        try:
            response = web.Response(status=403, text=f"Refused: {why}.\n") if why else await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
        if not response.prepared:
            response.headers.update(guard.HEADERS)
        return response

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _file(self, request: web.Request) -> web.Response:
        """What was sent in a chat, as it is: never a page that this origin would show."""
        file = self._world.telegram.cloud.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        plays = file.kind in {"voice", "audio"} and file.mime_type.startswith("audio/")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"}
        kind = file.mime_type if plays else "application/octet-stream"
        return web.Response(body=file.data, content_type=kind, headers=headers)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=_MOST_BYTES, heartbeat=30.0, timeout=2.0)
        await socket.prepare(request)
        feed = Feed()
        self._feeds.add(feed)
        self._welcome(feed)
        writer = asyncio.create_task(_write(socket, feed))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._obey(feed, message.data)
                elif message.type is WSMsgType.BINARY:
                    self._microphone(message.data)
        finally:
            self._feeds.discard(feed)
            feed.close()
            await writer
        return socket

    def _obey(self, feed: Feed, text: str) -> None:
        """What cannot be done is told, and changes nothing."""
        try:
            self._do(feed, commands.read(text))
        except (ValueError, msgspec.DecodeError) as error:
            feed.tell({"kind": "refused", "why": str(error)})

    def _do(self, feed: Feed, command: commands.Command) -> None:
        match command:
            case commands.Open(room=key):
                self._open(key)
            case commands.Say() | commands.VoiceNote() | commands.ShareContact():
                self.rooms.write(command)
            case commands.Edit():
                self.rooms.edit(command)
            case commands.Forward():
                self._open(command.to)
                self.rooms.forward(command)
            case commands.React():
                self.rooms.react(command)
            case commands.Press():
                self._press(feed, command)
            case commands.Pick() | commands.PickUp() | commands.Speak() | commands.HangUp():
                self._phone.obey(command)
            case commands.LookOn(wires=wires):
                feed.wires = 0 if wires else None

    def _open(self, key: str) -> None:
        known = self.rooms.all()
        room = self.rooms.open(key)
        if room not in known:
            self._tell({"kind": "room", "room": room.view()})

    def _press(self, feed: Feed, command: commands.Press) -> None:
        press = self.rooms.press(command)

        async def answered() -> None:
            answer: dict[str, Any] = {"kind": "pressed", "ref": command.ref, "text": "", "alert": False}
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_S):
                    answer |= {"text": await asyncio.shield(press.answered), "alert": press.alert}
            feed.tell(answer)

        task = asyncio.create_task(answered())
        self._presses.add(task)
        task.add_done_callback(self._presses.discard)

    def _microphone(self, message: bytes) -> None:
        """Audio for a call that is over is late, and nobody's mistake."""
        with contextlib.suppress(ValueError):
            self._phone.own(message[0] if message else 0).hear_microphone(message[1:])


async def _write(socket: web.WebSocketResponse, feed: Feed) -> None:
    with contextlib.suppress(ConnectionError):
        while (message := await feed.outbox.get()) is not None:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_str(message)
    await socket.close()
