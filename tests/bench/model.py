"""A fake of OpenAI's Realtime API under load: it speaks stamped frames, and is interrupted by the clock.

Owns the model's side of every session, in a process of its own. A reply comes at twice the speed of speech for a second
and at its speed from then on, so the line has some 500 ms buffered when the callee breaks in. As at the real service,
deltas that were on their way still come after an interruption. Must not know which bridge it talks to.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from tests.bench import frames, wire

OPENING = 50  # frames
AHEAD = 50  # frames that come at twice the speed
WORDS_EVERY = 10  # frames
INTERRUPTED_S = 2.4  # after a reply began
SPEAKS_S = 0.6  # the callee
LATE = 6  # deltas that were on their way
WORDS = "No, wait, which of the two tables is nearer to the window, number {}?"
USAGE = {
    "input_token_details": {
        "audio_tokens": 40,
        "text_tokens": 900,
        "cached_tokens_details": {"audio_tokens": 30, "text_tokens": 800},
    },
    "output_token_details": {"audio_tokens": 60, "text_tokens": 20},
}


class _Audio(msgspec.Struct):
    input: dict[str, Any] = {}


class _Session(msgspec.Struct):
    audio: _Audio | None = None
    turn_detection: dict[str, Any] | None = None


class _ClientEvent(msgspec.Struct):
    type: str
    audio: str = ""
    item_id: str = ""
    audio_end_ms: int = 0
    session: _Session | None = None


_decoder = msgspec.json.Decoder(_ClientEvent)


class Session(WSListener):
    """One socket."""

    def __init__(self, number: int, saw: wire.ModelSaw) -> None:
        self._number = number
        self._saw = saw
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._server_decides = True  # create_response and interrupt_response
        self._heard: set[tuple[int, int]] = set()
        self._reply = -1  # the one that is being made, or was last
        self._making = False
        self._wanted = False
        self._number_in_reply = 0
        self._left = 0  # frames of the reply that are still to come
        self._cancelled = False
        self._began = 0.0

    # The socket

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._send("session.created")

    def on_ws_disconnected(self, _: WSTransport) -> None:
        self._transport = None

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE and self._transport:
                self._transport.disconnect()
            return
        now_ns = time.monotonic_ns()
        event = _decoder.decode(frame.get_payload_as_memoryview())
        match event.type:
            case "input_audio_buffer.append":
                self._hear(event.audio, now_ns)
            case "session.update":
                self._configure(event.session or _Session())
            case "response.create":
                self._wish()
            case "response.cancel":
                self._cancel()
            case "conversation.item.truncate":
                reply = int(event.item_id.rpartition("_")[2])
                self._saw.truncated.append(wire.Said(self._number, reply, now_ns, event.audio_end_ms))

    def _send(self, kind: str, **fields: Any) -> None:
        if self._transport:
            self._transport.send(WSMsgType.TEXT, msgspec.json.encode({"type": kind, "event_id": "event_1", **fields}))

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self._loop.call_later(seconds, lambda: what() if self._transport else None)

    # What it hears

    def _hear(self, payload: str, now_ns: int) -> None:
        saw = self._saw
        for found in frames.decode(payload):
            if found is None:
                saw.damaged += 1
                continue
            if (found.speaker, found.number) in self._heard:
                saw.damaged += 1  # it was there already
                continue
            self._heard.add((found.speaker, found.number))
            saw.received[found.speaker] = saw.received.get(found.speaker, 0) + 1
            if found.number < wire.HEAD_FRAMES:
                saw.heads[found.speaker] = saw.heads.get(found.speaker, 0) + 1
            if found.number >= wire.SETTLING:
                saw.latency_us.append((now_ns - found.sent_ns) // 1000)

    def _configure(self, session: _Session) -> None:
        detection = (session.audio.input.get("turn_detection") if session.audio else None) or session.turn_detection
        if detection is not None:
            self._server_decides = bool(detection.get("interrupt_response", True))
        self._send("session.updated")

    # What it says

    def _wish(self) -> None:
        if self._making:
            self._wanted = True  # the real one refuses; whoever asks too early still gets a reply here
        else:
            self._begin()

    def _begin(self) -> None:
        self._reply += 1
        self._making, self._wanted, self._cancelled = True, False, False
        self._number_in_reply = 0
        self._left = OPENING if self._reply == 0 else 10_000
        self._began = self._loop.time()
        self._send("response.created", response={"id": self._response, "status": "in_progress"})
        item = {"id": self._item, "type": "message", "role": "assistant", "status": "in_progress"}
        self._send("response.output_item.added", response_id=self._response, item=item)
        self._send("conversation.item.added", previous_item_id=None, item=item)
        if self._reply:
            # Sessions are not interrupted all at once.
            self._later(INTERRUPTED_S + 0.037 * (self._number % 20), self._callee_begins)
        self._delta()

    @property
    def _response(self) -> str:
        return f"resp_{self._number}_{self._reply}"

    @property
    def _item(self) -> str:
        return f"item_{self._number}_{self._reply}"

    def _delta(self) -> None:
        if self._left == 0:
            self._end()
            return
        number = self._number_in_reply
        place = {"response_id": self._response, "item_id": self._item, "output_index": 0, "content_index": 0}
        payload = frames.encode(self._number, self._reply, number, time.monotonic_ns())
        self._send("response.output_audio.delta", **place, delta=payload)
        if number % WORDS_EVERY == 0:
            self._send("response.output_audio_transcript.delta", **place, delta="one more word ")
        self._left -= 1
        self._number_in_reply += 1
        due = self._began + frames.MS / 1000 * (min(self._number_in_reply, AHEAD) / 2 + max(number + 1 - AHEAD, 0))
        self._later(due - self._loop.time(), self._delta)

    def _end(self) -> None:
        self._making = False
        place = {"response_id": self._response, "item_id": self._item, "output_index": 0, "content_index": 0}
        self._send("response.output_audio.done", **place)
        self._send("response.output_audio_transcript.done", **place, transcript="one more word " * 5)
        status = "cancelled" if self._cancelled else "completed"
        item = {"id": self._item, "type": "message", "role": "assistant", "status": status}
        self._send("response.output_item.done", response_id=self._response, item=item)
        self._send("response.done", response={"id": self._response, "status": status, "usage": USAGE})
        if not self._cancelled:
            said = wire.Said(self._number, self._reply, time.monotonic_ns(), self._number_in_reply * frames.MS)
            self._saw.whole.append(said)
            self._later(1.5, self._callee_begins)  # when it has been heard
        elif self._wanted:
            self._begin()

    def _cancel(self) -> None:
        if self._making and not self._cancelled:
            self._cancelled = True
            self._left = LATE

    # The callee, as the model's server hears them

    def _callee_begins(self) -> None:
        if self._making:
            self._saw.began.append(wire.Said(self._number, self._reply, time.monotonic_ns()))
        self._send("input_audio_buffer.speech_started", item_id=self._callee_item, audio_start_ms=0)
        if self._server_decides:
            self._cancel()
        self._later(SPEAKS_S, self._callee_pauses)

    @property
    def _callee_item(self) -> str:
        return f"callee_{self._number}_{self._reply}"

    def _callee_pauses(self) -> None:
        item_id = self._callee_item
        self._send("input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=0)
        self._send("input_audio_buffer.committed", item_id=item_id, previous_item_id=self._item)
        item = {"id": item_id, "type": "message", "role": "user", "status": "completed"}
        self._send("conversation.item.added", previous_item_id=self._item, item=item)
        if self._server_decides:
            self._wish()
        self._later(0.1, lambda: self._words(item_id))

    def _words(self, item_id: str) -> None:
        self._send(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript=WORDS.format(self._reply),
            usage={"type": "duration", "seconds": SPEAKS_S},
        )


async def main(port: int, slow_port: int, slow_s: float) -> None:
    saw = wire.ModelSaw({}, {}, [], [], [], [])
    numbers = itertools.count()

    def accept(_: WSUpgradeRequest) -> Session:
        return Session(next(numbers), saw)

    server = await ws_create_server(accept, "127.0.0.1", port)
    slow = await asyncio.start_server(slowly(port, slow_s), "127.0.0.1", slow_port)
    wire.tell(ready=True)

    async def obey(_: list[str]) -> bool:
        wire.tell(saw=msgspec.to_builtins(saw))
        return True

    await wire.commands(obey)
    slow.close()
    server.close()


def slowly(port: int, seconds: float) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    """The same server behind a network that takes so long to connect."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):  # at the end; asyncio would tell of it as an error of its own callback
            await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer), return_exceptions=True)

    return connected


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("slow_port", type=int)
    parser.add_argument("slow_s", type=float)
    options = parser.parse_args()
    wire.run(main(options.port, options.slow_port, options.slow_s))
