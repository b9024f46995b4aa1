"""The product's web face among hostile requests: every route, signed and unsigned, and the media stream's socket.

Owns one law: the answer is a status that is documented for what was asked, and nothing is logged that nobody expected.
There is no OpenAPI description of these routes (they are Twilio's and Telegram's), so nothing reads one: the requests
are made of bytes by seeded dice, below any HTTP client, which would mend them.
"""

import asyncio
import contextlib
import json
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bridge.web import HANDSHAKE_S, MAX_BODY
from sandbox.scenario import scenario
from sandbox.twilio import StandInCall
from sandbox.twilio.webhooks import signature
from sandbox.world import PUBLIC_URL, World
from tests.e2e.chat import order, place, running
from tests.e2e.line import answered_by
from tests.fuzz.frames import ODD, REALTIME, TWILIO, mutated
from tests.soak.crowd import ERRAND
from tests.soak.gauge import held

SECRET = "sand-in_the_box-42"
# 200, 204: done; 400, 403, 404, 405, 413: docs/operations.md and bridge/web.py; 503: asked again later. The rest are
# HTTP's own: 101 a media stream, 417 an expectation nobody can meet, 426 a socket that is none.
DOCUMENTED = frozenset({101, 200, 204, 400, 403, 404, 405, 408, 413, 417, 426, 503})
CLOSED = 0  # the connection ended without an answer, as bytes that are no HTTP may end it
FORM = "application/x-www-form-urlencoded"
# aiohttp logs with a traceback what is no HTTP, and who is gone before the answer; both are the sender's doing.
NO_HTTP = (HttpProcessingError, web.RequestPayloadError, aiohttp.ClientConnectionResetError)
AT_ONCE = 10  # what waits for an answer that never comes waits together
_ANSWER_S = 3.0
_METHODS = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "post", "", "P\x00ST", "X" * 9000)
_PATHS = ("/twilio/stream", "/healthz", "/telegram", "/", "*", "//", "/twilio/", "/%00", "/%ff%fe", "/..%2f..%2fetc")
_TYPES = (
    FORM,
    "application/json",
    "text/plain",
    "",
    "multipart/form-data; boundary=x",
    "a/b; charset=\udcff",
    f"{FORM}; x",
)
_HEADERS = (
    *("Expect: 100-continue", "Expect: a miracle", "Content-Length: -1", "Content-Length: 99999999999999999999"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Content-Encoding: gzip", "Content-Encoding: none"),
    *("Connection: upgrade\r\nUpgrade: websocket", "Upgrade: h2c", "X-Twilio-Signature: \udcff", "Cookie: =;=;="),
    *(
        f"X: {'y' * 9000}",
        "no colon",
        ": no name",
        " folded",
        "X-Twilio-Signature: x\x00",
        "Range: bytes=0-",
        "Host: a b",
    ),
)
_STATUSES = ("completed", "ringing", "in-progress", "", "exploded", "\x00", "x" * 3000)


class Complaints(logging.Handler):
    """What was logged as an error, or with an exception."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []
        self.no_http = 0

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, NO_HTTP):
            self.no_http += 1
        elif record.levelno >= logging.ERROR or error:
            self.records.append(self.format(record)[-1500:])


@contextlib.contextmanager
def listening() -> Iterator[Complaints]:
    complaints, root = Complaints(), logging.getLogger()
    root.addHandler(complaints)
    try:
        yield complaints
    finally:
        root.removeHandler(complaints)


async def exchanged(port: int, request: bytes) -> int:
    """The status that answers some bytes, sent as they are."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with contextlib.suppress(ConnectionError):
            writer.write(request)
            await writer.drain()
        async with asyncio.timeout(_ANSWER_S):
            line = await reader.readline()
        while line.startswith(b"HTTP/1.1 100"):
            line = (await reader.readline()).strip() or await reader.readline()
    except (ConnectionError, TimeoutError):
        return CLOSED
    else:
        words = line.split(b" ")
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else CLOSED
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class Requests:
    """Requests about one call, made by dice."""

    def __init__(self, world: World, call: StandInCall, dice: Random) -> None:
        self._token = world.twilio.auth_token
        self._call = call
        self._dice = dice
        self._twilio = [
            *(self._path("StatusCallback").replace("/status/", f"/{what}/") for what in ("status", "amd")),
            *(self._path("FallbackUrl").replace("/resume/", f"/{what}/") for what in ("resume", "dialed")),
            "/twilio/status/nobody",
            "/twilio/resume/nobody/0",
            "/twilio/resume/%00/%00",
            f"/twilio/amd/{'x' * 3000}",
        ]

    def _path(self, told: str) -> str:
        return self._call.params[told][0].removeprefix(PUBLIC_URL).partition("#")[0]

    def next(self) -> bytes:
        return self._dice.choice((self._signed, self._signed, self._unsigned, self._update, self._update, self._raw))()

    def _form(self) -> dict[str, str]:
        dice = self._dice
        fields: dict[str, Any] = {
            "CallSid": dice.choice((self._call.sid, "CA0", "", "\x00", "x" * 3000)),
            "CallStatus": dice.choice(_STATUSES),
            "SequenceNumber": dice.choice(("1", "-1", "9" * 4000, "9" * 5000, "²", "٣", "1e9", "", "NaN")),
            "AnsweredBy": dice.choice(("human", "fax", "", "\x00", "machine_end_beep")),
            "DialCallStatus": dice.choice(("completed", "no-answer", "", "x")),
            "SipResponseCode": dice.choice(("486", "x" * 3000, "\x00", "")),
        }
        kept = {name: value for name, value in fields.items() if dice.random() < 0.8}
        if dice.random() < 0.2:
            kept[dice.choice(("", "é", "x" * 100))] = dice.choice(("", "\U0001f600", "=&%"))
        return kept

    def _signed(self) -> bytes:
        form, path = self._form(), self._dice.choice(self._twilio)
        good = signature(self._token, f"{PUBLIC_URL}{path}", form)
        return self._post(path, encoded(urlencode(form)), [f"X-Twilio-Signature: {good}"], FORM)

    def _unsigned(self) -> bytes:
        body = self._dice.choice(
            (encoded(urlencode(self._form())), b"", b"\xff%%%=&&&===", b"a=" + b"x" * (MAX_BODY + 9), b"--x--\r\n")
        )
        return self._post(self._dice.choice(self._twilio), body, self._strange(), self._dice.choice(_TYPES))

    def _update(self) -> bytes:
        """To Telegram's webhook, mostly with its secret."""
        dice = self._dice
        person = {"id": dice.choice((2001, 7, *ODD)), "is_bot": False, "first_name": dice.choice(("Shane", *ODD))}
        message = {
            "message_id": dice.choice((1, *ODD)),
            "date": dice.choice((1_795_000_000, *ODD)),
            "chat": dice.choice(({"id": 2001, "type": "private", "first_name": "Shane"}, *ODD)),
            "from": person,
            "text": dice.choice(("/help", "/calls", "hello", *ODD)),
        }
        query = {
            "id": "1",
            "from": person,
            "chat_instance": "1",
            "data": dice.choice(("c:call:x:1", "x", *ODD)),
            "message": message,
        }
        update = {"update_id": dice.choice((1, 2, *ODD)), dice.choice(("message", "edited_message")): message}
        if dice.random() < 0.4:
            update = {"update_id": 3, "callback_query": query}
        frame = mutated(dice.choice((update, *TWILIO, *REALTIME)), dice) if dice.random() < 0.7 else json.dumps(update)
        body = frame if isinstance(frame, bytes) else frame.encode("utf-8", "surrogatepass")
        secret = dice.choice((SECRET, SECRET, SECRET, "", "x", "\udcff"))
        return self._post(
            "/telegram", body[: 2 * MAX_BODY], [f"X-Telegram-Bot-Api-Secret-Token: {secret}"], "application/json"
        )

    def _raw(self) -> bytes:
        """Another method, another path, bytes that are no HTTP at all."""
        dice = self._dice
        if dice.random() < 0.2:
            return dice.randbytes(dice.choice((1, 10, 1000))) + b"\r\n\r\n"
        path = dice.choice((*_PATHS, *self._twilio))
        lines = [
            f"{dice.choice(_METHODS)} {path} HTTP/{dice.choice(('1.1', '1.0', '9.9', '1.1'))}",
            "Host: x",
            *self._strange(),
        ]
        request = encoded("\r\n".join(lines) + "\r\n\r\n") + dice.choice(
            (b"", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"x" * 500)
        )
        return request[: dice.randrange(len(request))] if dice.random() < 0.1 else request

    def _strange(self) -> list[str]:
        return self._dice.sample(_HEADERS, self._dice.choice((0, 0, 1, 2)))

    def _post(self, path: str, body: bytes, headers: list[str], kind: str) -> bytes:
        lengths = [f"Content-Length: {len(body)}"] if not any("Length" in line for line in headers) else []
        lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", f"Content-Type: {kind}", *lengths, *headers]
        return encoded("\r\n".join(lines) + "\r\n\r\n") + body


async def a_call(world: World) -> StandInCall:
    card = await order(world, ERRAND)
    call = await place(world, card)
    await asyncio.wait_for(call.answered.wait(), 30)
    return call


async def hostile_stream(port: int, dice: Random, seen: Counter[str]) -> None:
    """A media stream that never had a token: whatever it sends, it is let go."""
    url = f"http://127.0.0.1:{port}/twilio/stream"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, max_msg_size=0) as socket:
        with contextlib.suppress(ConnectionError):
            for _ in range(dice.choice((1, 1, 3, 10))):
                frame = mutated(dice.choice(TWILIO), dice)
                seen["frames before the start"] += 1
                if isinstance(frame, bytes) and dice.random() < 0.5:
                    await socket.send_bytes(frame)
                else:
                    text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                    await socket.send_str(text.encode("utf-8", "replace").decode())
        if dice.random() < 0.8:
            return
        async with asyncio.timeout(HANDSHAKE_S + 5):
            while not socket.closed:
                await socket.receive()


async def disturb(call: StandInCall, dice: Random, frames: int, seen: Counter[str]) -> None:
    """Frames nobody should send, on the stream of a call that is going on."""
    for _ in range(frames):
        stream = call.line.stream
        if stream is None or not stream._open or stream._socket.closed:
            return
        frame = mutated(dice.choice(TWILIO[2:5]), dice)
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        if '"stop"' not in text:
            seen["frames on a running stream"] += 1
            stream._outbox.put_nowait(text.encode("utf-8", "replace").decode())
        if dice.random() < 0.1:
            await asyncio.sleep(0.02)


async def fuzz_web(requests: int, number: int) -> tuple[Counter[str], list[str]]:
    """So many requests, and a stream for every ten of them. The figures, and what was wrong."""
    dice = Random(number)  # noqa: S311 - dice of a test
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, listening() as complaints:
        async with World(answerer=answered_by(scenario("never_ends"))) as world:
            world.openai.conduct.keep_audio = False
            async with running(world, Path(folder), telegram_webhook_secret=SECRET):
                call, before = await a_call(world), held()
                for sent in range(0, requests, AT_ONCE):
                    if call.ended.is_set():
                        call = await a_call(world)
                    await some(world, call, min(AT_ONCE, requests - sent), dice, seen, wrong)
                await asyncio.sleep(60)
                after = held()
                seen["files at first"], seen["files in the end"] = before.files, after.files
                if after.files > before.files + 10:
                    wrong.append(f"files grew from {before.files} to {after.files}")
        seen["refused as no HTTP"] = complaints.no_http
    return seen, wrong + [f"logged: {record}" for record in complaints.records]


async def some(
    world: World, call: StandInCall, requests: int, dice: Random, seen: Counter[str], wrong: list[str]
) -> None:
    """So many requests at once, then a stream of a stranger's, and frames on the call's own."""
    sent = [Requests(world, call, dice).next() for _ in range(requests)]
    statuses = await asyncio.gather(*(exchanged(world.port, request) for request in sent))
    for request, status in zip(sent, statuses, strict=True):
        seen[f"status {status}" if status else "closed"] += 1
        if status and status not in DOCUMENTED:
            wrong.append(f"status {status} for {request[:300]!r}")
    await hostile_stream(world.port, dice, seen)
    await disturb(call, dice, 100, seen)
