"""One Realtime connection: client events in, server events out.

Owns a session, its conversation, its input buffer and its responses, and decides which response may run.
Must not know how it was connected (`openai` does) nor how events reach the socket (`wire.py` does).

Follows https://platform.openai.com/docs/guides/realtime-conversations and .../realtime-vad (GA).
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.mind import Mind
from sandbox.openai.conversation import Conversation, Item, client_item
from sandbox.openai.events import (
    ClientError,
    audio_bytes,
    check_client_event,
    client_event_id,
    decoded,
    new_id,
)
from sandbox.openai.hearing import InputBuffer, SpeechStarted, Utterance
from sandbox.openai.response import Failure, Request, Response
from sandbox.openai.session import (
    check_modalities,
    check_tools,
    check_voice,
    opening_session,
    updated_session,
)
from sandbox.openai.speaking import BYTES_PER_MS, words_of
from sandbox.openai.usage import Meter, text_tokens
from sandbox.openai.wire import Wire
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES

_BILLED_BY_TIME = frozenset({"whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper"})


@dataclass
class Conduct:
    """How the model behaves; shared by all connections, and a test may change it at any time."""

    first_audio_ms: int = 250
    transcription_ms: int = 300
    expire_after_s: float = 3600.0  # "The maximum duration of a Realtime session is 60 minutes."
    hallucinate_on_noise: str = ""  # the transcript of a noise; real models make one up
    slower_s: float = 0.0
    thinking_s: float = 0.0  # how long the text models take
    faster_than_speech: float = 8.0
    speech: Speech = TONES
    failures: deque[Failure] = field(default_factory=deque)  # one for each of the next responses
    keep_audio: bool = True  # False: audio payloads are not kept in `received` and `sent` (long runs)


@dataclass(frozen=True)
class Rejection:
    event: Any  # the client event, decoded if it was JSON
    error: dict[str, Any]


class RealtimeConnection(Wire):
    """`received` holds every client event in order, `received_at` the loop time of each, in seconds."""

    def __init__(self, model: str, mind: Mind, conduct: Conduct, rejected: list[Rejection]) -> None:
        super().__init__(keep_audio=conduct.keep_audio)
        self._loop = asyncio.get_running_loop()
        self._mind = mind
        self._conduct = conduct
        expires_at = int(time.time() + conduct.expire_after_s)
        self.session = opening_session(model, new_id("sess"), expires_at)
        self.conversation = Conversation()
        self.received: list[dict[str, Any]] = []
        self.received_at: list[float] = []
        self.rejected: list[Rejection] = []
        self.mind_faults: list[Exception] = []
        self._all_rejected = rejected
        self._buffer = InputBuffer(conduct.speech)
        self._buffer.configure(self.session["audio"]["input"])
        self._meter = Meter()
        self._active: Response | None = None  # "Only one Response can write to the default Conversation at a time"
        self._aside: dict[str, Response] = {}
        self._transcriptions: set[asyncio.Task[None]] = set()
        self._has_spoken = False
        self._handlers = {
            "session.update": self._update_session,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.create": self._create_item,
            "conversation.item.truncate": self._truncate_item,
            "conversation.item.delete": self._delete_item,
            "conversation.item.retrieve": self._retrieve_item,
            "response.create": self._create_response,
            "response.cancel": self._cancel_response,
        }

    # The wire

    async def serve(self, socket: web.WebSocketResponse, transport: asyncio.BaseTransport | None) -> None:
        self.emit("session.created", session=self.session)
        expiry = self._loop.call_later(self._conduct.expire_after_s, self.expire)
        try:
            await super().serve(socket, transport)
        finally:
            expiry.cancel()

    def emit(self, kind: str, /, **fields: Any) -> None:
        self._has_spoken |= kind == "response.output_audio.delta"
        super().emit(kind, **fields)

    def receive(self, text: str) -> None:
        """Takes one client event. Whatever is wrong with it is answered by an `error` event."""
        event: Any = None
        try:
            event = decoded(text)
            kind = check_client_event(event)
            self._handlers[kind](event)
        except ClientError as refusal:
            self._reject(text if event is None else event, refusal)
        if isinstance(event, dict):
            if not self._conduct.keep_audio and event.get("type") == "input_audio_buffer.append":
                event["audio"] = ""
            self.received.append(event)
            self.received_at.append(self._loop.time())

    async def stop(self) -> None:
        running = [self._active, *self._aside.values()]
        tasks = [response.task for response in running if response is not None and response.task is not None]
        tasks += self._transcriptions
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def expire(self) -> None:
        """As after 60 minutes: an `error` event, then close 1001."""
        error = {
            "type": "invalid_request_error",
            "code": "session_expired",
            "message": "Your session hit the maximum duration of 60 minutes.",
            "param": None,
            "event_id": None,
        }
        self.fatal(error, 1001, "")

    def _reject(self, event: Any, refusal: ClientError) -> None:
        rejection = Rejection(event, refusal.event(client_event_id(event)))
        self.rejected.append(rejection)
        self._all_rejected.append(rejection)
        self.emit("error", error=rejection.error)

    # Session and audio in

    def _update_session(self, event: dict[str, Any]) -> None:
        self.session = updated_session(self.session, event["session"], has_spoken=self._has_spoken)
        self._buffer.configure(self.session["audio"]["input"])
        self.emit("session.updated", session=self.session)

    def _append(self, event: dict[str, Any]) -> None:
        for found in self._buffer.append(audio_bytes(event["audio"])):
            if isinstance(found, SpeechStarted):
                self.emit(
                    "input_audio_buffer.speech_started",
                    audio_start_ms=found.audio_start_ms,
                    item_id=found.item_id,
                )
                self._interrupt()
            else:
                self.emit(
                    "input_audio_buffer.speech_stopped",
                    audio_end_ms=found.audio_end_ms,
                    item_id=found.utterance.item_id,
                )
                self._committed(found.utterance)
                self._answer_turn()

    def _interrupt(self) -> None:
        # "any ongoing response with output to the default conversation [...] will be cancelled"
        if self._active is not None and self._turn_detection["interrupt_response"]:
            self._active.cancel("turn_detected")

    def _answer_turn(self) -> None:
        if not self._turn_detection["create_response"]:
            return
        try:
            # "If `interrupt_response` is set to `false` this may fail to create a response"
            self._respond({})
        except ClientError as refusal:
            self.emit("error", error=refusal.event(None))

    @property
    def _turn_detection(self) -> dict[str, Any]:
        detection: dict[str, Any] | None = self.session["audio"]["input"]["turn_detection"]
        return detection or {"create_response": False, "interrupt_response": False}

    def _commit(self, _event: dict[str, Any]) -> None:
        self._committed(self._buffer.commit())

    def _clear(self, _event: dict[str, Any]) -> None:
        self._buffer.clear()
        self.emit("input_audio_buffer.cleared")

    def _committed(self, utterance: Utterance) -> None:
        content = [{"type": "input_audio", "transcript": None}]
        wire = {
            "id": utterance.item_id,
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": content,
        }
        item = Item(wire, bytearray(utterance.audio), utterance.spoken)
        self.emit(
            "input_audio_buffer.committed",
            item_id=item.id,
            previous_item_id=self.conversation.last_id,
        )
        self.conversation.append(item)
        self._show_item(item)
        if transcription := self.session["audio"]["input"]["transcription"]:
            task = asyncio.create_task(self._transcribe(item, transcription["model"]))
            self._transcriptions.add(task)
            task.add_done_callback(self._transcriptions.discard)

    async def _transcribe(self, item: Item, model: str) -> None:
        """Late and in any order: "Transcription runs asynchronously with Response creation"."""
        await asyncio.sleep(self._conduct.transcription_ms / 1000)
        text = await item.spoken.made_out() or self._conduct.hallucinate_on_noise
        kind = "conversation.item.input_audio_transcription"
        for word in words_of(text):
            self.emit(f"{kind}.delta", item_id=item.id, content_index=0, delta=word)
        seconds = len(item.audio) / BYTES_PER_MS / 1000
        usage: dict[str, Any] = {"type": "duration", "seconds": seconds}
        if model not in _BILLED_BY_TIME:
            heard, written = round(seconds * 10), text_tokens(text)
            usage = {
                "type": "tokens",
                "total_tokens": heard + written,
                "input_tokens": heard,
                "output_tokens": written,
                "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
            }
        item.wire["content"][0]["transcript"] = text
        self.emit(f"{kind}.completed", item_id=item.id, content_index=0, transcript=text, usage=usage)

    # Items

    def _show_item(self, item: Item) -> None:
        for step in ("added", "done"):
            previous_id = self.conversation.previous_id(item)
            self.emit(f"conversation.item.{step}", item=item.shown(), previous_item_id=previous_id)

    def _create_item(self, event: dict[str, Any]) -> None:
        item = client_item(event["item"], self._conduct.speech)
        self.conversation.insert(item, event.get("previous_item_id"))
        self._show_item(item)

    def _truncate_item(self, event: dict[str, Any]) -> None:
        address = {key: event[key] for key in ("item_id", "content_index", "audio_end_ms")}
        self.conversation.truncate(**address)
        self.emit("conversation.item.truncated", **address)

    def _delete_item(self, event: dict[str, Any]) -> None:
        self.conversation.delete(event["item_id"])
        self.emit("conversation.item.deleted", item_id=event["item_id"])

    def _retrieve_item(self, event: dict[str, Any]) -> None:
        item = self.conversation.retrieve(event["item_id"])
        self.emit("conversation.item.retrieved", item=item.retrieved())

    # Responses

    def _create_response(self, event: dict[str, Any]) -> None:
        self._respond(event.get("response", {}))

    def _respond(self, given: Mapping[str, Any]) -> None:
        aside = given.get("conversation") == "none"
        if self._active is not None and not aside:
            raise ClientError(
                f"Conversation already has an active response in progress: {self._active.id}. "
                "Wait until the response is finished before creating a new one.",
                "conversation_already_has_active_response",
            )
        response = Response(
            self._request(given),
            emit=self.emit,
            mind=self._mind,
            speech=self._conduct.speech,
            conversation=self.conversation,
            meter=Meter() if aside else self._meter,
            done=self._responded,
        )
        if aside:
            self._aside[response.id] = response
        else:
            self._active = response
        response.start()

    def _request(self, given: Mapping[str, Any]) -> Request:
        check_voice(self.session, given, "response", has_spoken=self._has_spoken)
        check_modalities(given, "response")
        check_tools(given.get("tools", ()), "response.tools")
        out = self.session["audio"]["output"]
        own = given.get("audio", {}).get("output", {})
        conduct = self._conduct
        failure = conduct.failures.popleft() if conduct.failures else None

        def chosen(field: str) -> Any:
            return given.get(field, self.session[field])

        return Request(
            instructions=chosen("instructions"),
            items=self._input(given["input"]) if "input" in given else list(self.conversation),
            tools=chosen("tools"),
            tool_choice=chosen("tool_choice"),
            modalities=chosen("output_modalities"),
            voice=own.get("voice", out["voice"]),
            audio_format=own.get("format", out["format"]),
            max_output_tokens=chosen("max_output_tokens"),
            metadata=given.get("metadata"),
            into_conversation=given.get("conversation", "auto") != "none",
            first_audio_s=conduct.first_audio_ms / 1000 + conduct.slower_s,
            faster_than_speech=conduct.faster_than_speech,
            failure=failure,
        )

    def _input(self, given: list[dict[str, Any]]) -> list[Item]:
        """Input of its own is "an array accepting raw Items and references to existing Items"."""
        items: list[Item] = []
        for each in given:
            if each["type"] == "item_reference":
                items.append(self.conversation.retrieve(each["id"]))
            else:
                items.append(client_item(each, self._conduct.speech))
        return items

    def _cancel_response(self, event: dict[str, Any]) -> None:
        response = self._active
        if wanted := event.get("response_id"):
            running = {**self._aside, **({response.id: response} if response else {})}
            response = running.get(wanted)
        if response is None:
            raise ClientError("Cancellation failed: no active response found", "response_cancel_not_active")
        response.cancel("client_cancelled")

    def _responded(self, response: Response, fault: Exception | None) -> None:
        if response is self._active:
            self._active = None
        self._aside.pop(response.id, None)
        if fault is not None:
            self.mind_faults.append(fault)
        limit = {"name": "tokens", "limit": 250_000, "remaining": 249_000, "reset_seconds": 0.24}
        self.emit("rate_limits.updated", rate_limits=[limit])
