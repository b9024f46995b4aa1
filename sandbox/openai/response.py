"""One Realtime response, from `response.created` to `response.done`.

Owns the order and the pace of a response's events, and the items it writes. Must not decide whether it may
run; the connection does. Its audio comes faster than it is spoken, as the real one does: about eight times.

Follows https://platform.openai.com/docs/guides/realtime-conversations#server-events and the reference of
`response.*`.
"""

import asyncio
import json
import logging
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.mind import Mind, ToolCall
from sandbox.openai.conversation import Conversation, Item
from sandbox.openai.events import new_id
from sandbox.openai.speaking import BYTES_PER_MS, chunks, encoded, words_of
from sandbox.openai.usage import ASSISTANT_MS_PER_TOKEN, Meter, Tokens, item_tokens, text_tokens
from sandbox.speech.speech import Speech
from sandbox.speech.words import Words
from sandbox.tones import payload

log = logging.getLogger(__name__)

_ARGUMENT_CHARACTERS = 12  # to one delta


class Emit(Protocol):
    def __call__(self, kind: str, /, **fields: Any) -> None: ...


class _OutOfTokensError(Exception):
    """max_output_tokens is reached."""


class _FailedError(Exception):
    """The failure that was ordered has come."""


@dataclass(frozen=True)
class Failure:
    """A response that is to fail with this error, once so much of its audio is out; 0: before anything is."""

    error: Mapping[str, str]
    after_ms: int = 0


@dataclass(frozen=True)
class Request:
    """What one response is made from: the session with the response's own parameters over it."""

    instructions: str
    items: Sequence[Item]
    tools: Sequence[Mapping[str, Any]]
    tool_choice: Any
    modalities: Sequence[str]
    voice: str
    audio_format: Mapping[str, Any]
    max_output_tokens: int | str
    metadata: Mapping[str, str] | None
    into_conversation: bool
    first_audio_s: float
    faster_than_speech: float
    failure: Failure | None = None


@dataclass
class _Open:
    """The item that is being generated."""

    item: Item
    index: int
    said: list[str] = field(default_factory=list)


class Response:
    """Runs as a task of its own. `done` is called once, after `response.done` is out."""

    def __init__(
        self,
        request: Request,
        *,
        emit: Emit,
        mind: Mind,
        speech: Speech,
        conversation: Conversation,
        meter: Meter,
        done: Callable[["Response", Exception | None], None],
    ) -> None:
        self.id = new_id("resp")
        self.request = request
        self._emit = emit
        self._mind = mind
        self._speech = speech
        self._conversation = conversation
        self._meter = meter
        self._done = done
        self._dice = random.Random(len(request.items))
        self._items: list[Item] = []
        self._open: _Open | None = None
        self._spent = Tokens()
        self._finished = False
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._emit("response.created", response=self._shown("in_progress"))
        self.task = asyncio.create_task(self._run())

    def cancel(self, reason: str) -> None:
        """`turn_detected` or `client_cancelled`: closes what is open and ends, all before this returns."""
        if self.task is not None:
            self.task.cancel()
        self._finish("cancelled", {"type": "cancelled", "reason": reason})

    async def _run(self) -> None:
        try:
            for item in self.request.items:
                await item.spoken.made_out()  # the model hears the audio itself
            reply = self._mind.reply(
                instructions=self.request.instructions,
                items=[item.thought() for item in self.request.items],
                tools=self.request.tools,
                tool_choice=self.request.tool_choice,
            )
            await asyncio.sleep(self.request.first_audio_s)
            self._check_failure(0)
            for text in reply.texts:
                await self._say(text)
            for call in reply.tool_calls:
                await self._call(call)
            self._check_failure(math.inf)  # the reply was shorter than that
        except _FailedError:
            failure = self.request.failure
            self._finish("failed", {"type": "failed", "error": dict(failure.error) if failure else {}})
        except _OutOfTokensError:
            self._finish("incomplete", {"type": "incomplete", "reason": "max_output_tokens"})
        except Exception as fault:  # the top frame of this task: a mind that fails is a server that fails
            log.exception("the mind failed")
            error = {"type": "server_error", "code": "server_error", "message": "The server had an error."}
            self._finish("failed", {"type": "failed", "error": error}, fault)
        else:
            self._finish("completed", None)

    async def _say(self, text: str) -> None:
        aloud = list(self.request.modalities) == ["audio"]
        kind = "output_audio" if aloud else "output_text"
        wire = {"type": "message", "role": "assistant", "content": []}
        opened = self._begin(wire)
        part = {"type": "audio", "transcript": ""} if aloud else {"type": "text", "text": ""}
        self._event("response.content_part.added", part=part)
        words = "transcript" if aloud else "text"
        opened.item.wire["content"] = [{"type": kind, words: ""}]
        await (self._speak(opened, text) if aloud else self._write(opened, text))
        self._close("completed")

    async def _speak(self, opened: _Open, text: str) -> None:
        spoken = self._speech.speak_soon(text, self.request.voice)
        audio = spoken.result() if spoken.done() else await asyncio.wrap_future(spoken)
        opened.item.whole = (text, len(audio) // BYTES_PER_MS)
        for chunk in chunks(text, audio, self._dice):
            for word in chunk.words:
                self._event("response.output_audio_transcript.delta", delta=word)
                opened.said.append(word)
            if not chunk.audio:
                continue
            opened.item.audio += chunk.audio
            opened.item.spoken = Words(text)
            delta = payload(encoded(chunk.audio, self.request.audio_format))
            self._event("response.output_audio.delta", delta=delta)
            self._check_budget()
            await asyncio.sleep(chunk.ms / 1000 / self.request.faster_than_speech)
            self._check_failure(opened.item.audio_ms)

    async def _write(self, opened: _Open, text: str) -> None:
        for word in words_of(text):
            self._event("response.output_text.delta", delta=word)
            opened.said.append(word)
            self._check_budget()
            await asyncio.sleep(0.01)

    async def _call(self, call: ToolCall) -> None:
        wire = {"type": "function_call", "call_id": new_id("call"), "name": call.name, "arguments": ""}
        opened = self._begin(wire)
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        for at in range(0, len(arguments), _ARGUMENT_CHARACTERS):
            delta = arguments[at : at + _ARGUMENT_CHARACTERS]
            opened.said.append(delta)
            self._event("response.function_call_arguments.delta", content=False, call_id=wire["call_id"], delta=delta)
            await asyncio.sleep(0.01)
        self._close("completed")

    def _begin(self, wire: dict[str, Any]) -> _Open:
        item = Item(
            {"id": new_id("item"), "object": "realtime.item", "status": "in_progress", **wire},
        )
        self._open = opened = _Open(item, len(self._items))
        self._items.append(item)
        self._event("response.output_item.added", content=False, item_id=False, item=item.shown())
        if self.request.into_conversation:
            self._conversation.append(item)
            self._emit(
                "conversation.item.added",
                item=item.shown(),
                previous_item_id=self._conversation.previous_id(item),
            )
        return opened

    def _close(self, status: str) -> None:
        """Closes the open item: "Also emitted when a Response is interrupted, incomplete, or cancelled"."""
        opened = self._open
        if opened is None:
            return
        item, said = opened.item, "".join(opened.said)
        item.wire["status"] = status
        if item.wire["type"] == "function_call":
            item.wire["arguments"] = said
            self._event(
                "response.function_call_arguments.done",
                content=False,
                call_id=item.wire["call_id"],
                name=item.wire["name"],
                arguments=said,
            )
        else:
            self._close_content(item, said)
        self._open = None
        self._spent += item_tokens(item)
        self._emit("response.output_item.done", response_id=self.id, output_index=opened.index, item=item.shown())
        if self.request.into_conversation and self._conversation.find(item.id):
            self._emit(
                "conversation.item.done",
                item=item.shown(),
                previous_item_id=self._conversation.previous_id(item),
            )

    def _close_content(self, item: Item, said: str) -> None:
        content = item.wire["content"][0]
        if content["type"] == "output_text":
            content["text"] = said
            self._event("response.output_text.done", text=said)
            self._event("response.content_part.done", part={"type": "text", "text": said})
            return
        content["transcript"] = said
        item.spoken = Words(said)
        self._event("response.output_audio.done")
        self._event("response.output_audio_transcript.done", transcript=said)
        self._event("response.content_part.done", part={"type": "audio", "transcript": said})

    def _check_failure(self, said_ms: float) -> None:
        failure = self.request.failure
        if failure is not None and said_ms >= failure.after_ms:
            raise _FailedError

    def _check_budget(self) -> None:
        limit, opened = self.request.max_output_tokens, self._open
        if isinstance(limit, str) or opened is None:
            return
        now = opened.item.audio_ms // ASSISTANT_MS_PER_TOKEN + text_tokens("".join(opened.said))
        if self._spent.total + now >= limit:
            raise _OutOfTokensError

    def _event(self, kind: str, /, *, content: bool = True, item_id: bool = True, **fields: Any) -> None:
        """An event about the open item, addressed as the reference has it."""
        opened = self._open
        if opened is None:
            raise RuntimeError(f"{kind} with no open item")
        address: dict[str, Any] = {"response_id": self.id, "output_index": opened.index}
        if item_id:
            address["item_id"] = opened.item.id
        if content and item_id:
            address["content_index"] = 0
        self._emit(kind, **address, **fields)

    def _finish(self, status: str, details: Mapping[str, Any] | None, fault: Exception | None = None) -> None:
        if self._finished:
            return
        self._finished = True
        self._close("incomplete")
        usage = None
        if status != "failed":
            context = [(item.id, item_tokens(item)) for item in self.request.items]
            usage = self._meter.bill(self.request.instructions, self.request.tools, context, self._spent)
        self._emit("response.done", response=self._shown(status, details, usage))
        self._done(self, fault)

    def _shown(
        self,
        status: str,
        details: Mapping[str, Any] | None = None,
        usage: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request = self.request
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [item.shown() for item in self._items],
            # "If `none`, [...] the value of `conversation_id` will be `null`"
            "conversation_id": self._conversation.id if request.into_conversation else None,
            "output_modalities": list(request.modalities),
            "max_output_tokens": request.max_output_tokens,
            "audio": {"output": {"format": dict(request.audio_format), "voice": request.voice}},
            "usage": usage,
            "metadata": request.metadata,
        }
