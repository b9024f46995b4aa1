"""A plain Realtime client and a scripted mind, for the tests of the OpenAI stand-in.

The client speaks raw WebSocket on purpose; that the SDK understands the stand-in is a test of its own.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from sandbox.mind import Reply
from sandbox.openai import OpenAIStandIn
from sandbox.tones import SILENCE, payload, speak

MODEL = "gpt-realtime-2.1"
QUIET = SILENCE * 45


@dataclass
class ScriptedMind:
    """Says its replies in turn; `asked` keeps what it was given."""

    replies: list[Reply] = field(default_factory=list)
    objects: list[Mapping[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        self.asked.append({"instructions": instructions, "items": items, "tools": tools, "tool_choice": tool_choice})
        return self.replies.pop(0) if self.replies else Reply(("Good evening, how can I help you?",))

    def structured(self, *, name: str, schema: Mapping[str, Any], instructions: str, text: str) -> Mapping[str, Any]:
        self.asked.append({"name": name, "schema": schema, "instructions": instructions, "text": text})
        return self.objects.pop(0)


class Client:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self._at = 0
        self._arrived = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def send(self, kind: str, /, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def say(self, text: str) -> None:
        """An utterance and the quiet that ends it, faster than it is spoken."""
        await self.send("input_audio_buffer.append", audio=payload(speak(text) + QUIET))

    async def configure(self, **session: Any) -> dict[str, Any]:
        await self.send("session.update", session={"type": "realtime", **session})
        return await self.until("session.updated")

    async def telephone(self, **audio_input: Any) -> dict[str, Any]:
        """Mu-law both ways, semantic VAD, transcription; `audio_input` over it."""
        vad = {"type": "semantic_vad", "eagerness": "medium"}
        given = {
            "format": {"type": "audio/pcmu"},
            "transcription": {"model": "gpt-transcribe"},
            "turn_detection": {**vad, "create_response": True, "interrupt_response": True},
            **audio_input,
        }
        return await self.configure(audio={"input": given, "output": {"format": {"type": "audio/pcmu"}}})

    async def until(self, kind: str, **match: Any) -> dict[str, Any]:
        """The next event of this kind after the last one that was waited for."""
        while True:
            async with self._arrived:
                await asyncio.wait_for(self._arrived.wait_for(lambda: self._at < len(self.events)), 10)
            event = self.events[self._at]
            self._at += 1
            if event["type"] == kind and all(event.get(key) == value for key, value in match.items()):
                return event

    async def error(self) -> dict[str, Any]:
        error: dict[str, Any] = (await self.until("error"))["error"]
        return error

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def close(self) -> None:
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        with suppress(ConnectionClosedError):  # how it ended stands in `socket.close_code`
            async for text in self.socket:
                async with self._arrived:
                    self.events.append(json.loads(text))
                    self._arrived.notify_all()


@asynccontextmanager
async def client_of(stand_in: OpenAIStandIn, model: str = MODEL) -> AsyncIterator[Client]:
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={model}"
    headers = {"Authorization": "Bearer sk-sandbox"}
    async with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
        client = Client(socket)
        yield client
        await client.close()
