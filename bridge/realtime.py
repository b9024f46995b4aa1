"""The codec of OpenAI's Realtime API (GA): client events out, server events in as signals.

Pure. Owns every name that is peculiar to this model's wire; the session knows none of them. Must not keep state of the
conversation. Follows https://platform.openai.com/docs/api-reference/realtime and the types of the `openai` SDK 3.x.
"""

import base64
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from bridge import actions, signals, tools
from bridge.call import Turn, Usage
from bridge.errors import ProtocolError
from bridge.signals import Signal

# A race that the API reports and that does no harm: the response had ended before it was told to.
_BENIGN = "response_cancel_not_active"
# A bill is made of these, so a number that cannot be is taken for the next one that can. "128,000 context window"
# (https://developers.openai.com/api/docs/models/gpt-realtime-2.1); a session, and so an utterance, lasts an hour.
_MOST_TOKENS = 128_000
_MOST_S = 3600.0
_SILENT_MS = b"\xff" * 8  # mu-law at 8 kHz (G.711, table 2a)


class SessionConfig(msgspec.Struct, frozen=True):
    """What one model session is told; all of it travels with the call."""

    model: str
    voice: str
    language: str  # ISO 639-1
    prompt: str
    transcription_model: str
    eagerness: str = "medium"
    speed: float = 1.0
    keywords: tuple[str, ...] = ()  # words that the transcription should expect
    reasoning: str = ""  # effort of a reasoning model; "" leaves it to the model
    languages: tuple[str, ...] = ()  # that the agent may switch to


class Encoder:
    """Makes client events. Every one carries an event id, so that an error can be traced to what caused it."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._transcription: dict[str, Any] = {}

    def _event(self, kind: str, **fields: Any) -> bytes:
        return msgspec.json.encode({"type": kind, "event_id": f"{kind}#{next(self._numbers)}", **fields})

    def session(self, config: SessionConfig) -> bytes:
        """The one session.update of a session.

        `create_response` and `interrupt_response` are off: whether an utterance is answered, and whether it interrupts,
        is for the call's session to decide (a cough must not eat the agent's sentence).
        """
        self._transcription = {"model": config.transcription_model}
        if config.keywords:
            self._transcription["keywords"] = list(config.keywords)
        return self._event(
            "session.update",
            session={
                "output_modalities": ["audio"],
                **_told(config),
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcmu"},
                        "noise_reduction": {"type": "near_field"},
                        "transcription": self._transcribed_in(config.language),
                        "turn_detection": {
                            "type": "semantic_vad",
                            "eagerness": config.eagerness,
                            "create_response": False,
                            "interrupt_response": False,
                        },
                    },
                    "output": {
                        "format": {"type": "audio/pcmu"},
                        "voice": config.voice,
                        "speed": config.speed,
                    },
                },
            },
        )

    def text_session(self, config: SessionConfig) -> bytes:
        """The one session.update of a session in text, which neither hears nor speaks.

        `["text"]` "can be used to make the model respond with text only" (openai SDK, RealtimeSessionCreateRequest).
        """
        return self._event("session.update", session={"output_modalities": ["text"], **_told(config)})

    def append(self, payload: str) -> bytes:
        """Callee audio, base64 passed on untouched. No event id: fifty of these a second name no cause worth
        tracing.
        """
        return b'{"type":"input_audio_buffer.append","audio":"' + payload.encode("ascii") + b'"}'

    def silence(self, ms: int) -> bytes:
        """So much of the callee's audio in which nobody could be heard."""
        return self.append(base64.b64encode(_SILENT_MS * ms).decode("ascii"))

    def encode(self, action: actions.Action) -> list[bytes]:
        """The client events of one action. Raises ProtocolError (local) for an action that is not the model's."""
        match action:
            case actions.Respond():
                return [self._respond(action)]
            case actions.CancelResponse(response_id):
                return [self._event("response.cancel", response_id=response_id)]
            case actions.Truncate(item_id, heard_ms):
                return [
                    self._event("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=heard_ms)
                ]
            case actions.Instruct(text):
                return [self._item(type="message", role="system", content=[{"type": "input_text", "text": text}])]
            case actions.CalleeWrites(text):
                return [self._item(type="message", role="user", content=[{"type": "input_text", "text": text}])]
            case actions.HearLanguage(language):
                audio = {"input": {"transcription": self._transcribed_in(language)}}
                return [self._event("session.update", session={"type": "realtime", "audio": audio})]
            case actions.Forget(item_id):
                return [self._event("conversation.item.delete", item_id=item_id)]
            case actions.AnswerTool(call_id, output):
                return [self._item(type="function_call_output", call_id=call_id, output=output)]
            case _:
                raise ProtocolError(f"{type(action).__name__} is not for the model", by="local")

    def seed(self, turns: Sequence[Turn]) -> list[bytes]:
        """A conversation that was begun in another session. An agent's audio cannot be given back, its words can."""
        return [
            self._item(
                type="message",
                role="assistant" if turn.party == "agent" else "user",
                content=[{"type": "output_text" if turn.party == "agent" else "input_text", "text": turn.text}],
            )
            for turn in turns
            if turn.text
        ]

    def _respond(self, wish: actions.Respond) -> bytes:
        response: dict[str, Any] = {}
        if wish.instructions:
            response["instructions"] = wish.instructions
        if not wish.tools:
            response["tool_choice"] = "none"
        return self._event("response.create", **({"response": response} if response else {}))

    def _transcribed_in(self, language: str) -> dict[str, Any]:
        return {**self._transcription, "language": language}

    def _item(self, **item: Any) -> bytes:
        return self._event("conversation.item.create", item=item)


def _told(config: SessionConfig) -> dict[str, Any]:
    """What a session is told whether it speaks or writes."""
    told: dict[str, Any] = {
        "type": "realtime",
        "instructions": config.prompt,
        "tools": [{"type": "function", **tool} for tool in tools.described(config.languages)],
        "tool_choice": "auto",
    }
    return {**told, "reasoning": {"effort": config.reasoning}} if config.reasoning else told


class _Tokens(msgspec.Struct):
    audio_tokens: int | None = None
    text_tokens: int | None = None


class _Input(_Tokens):
    cached_tokens_details: _Tokens | None = None


class _Usage(msgspec.Struct):
    input_token_details: _Input | None = None
    output_token_details: _Tokens | None = None
    seconds: float | None = None

    def usage(self) -> Usage:
        """Cached tokens are counted among the input tokens, so they are taken out of them."""
        spent, made = self.input_token_details or _Input(), self.output_token_details or _Tokens()
        cached = spent.cached_tokens_details or _Tokens()
        audio_cached, text_cached = _tokens(cached.audio_tokens), _tokens(cached.text_tokens)
        return Usage(
            audio_in=_tokens(_tokens(spent.audio_tokens) - audio_cached),
            audio_in_cached=audio_cached,
            text_in=_tokens(_tokens(spent.text_tokens) - text_cached),
            text_in_cached=text_cached,
            audio_out=_tokens(made.audio_tokens),
            text_out=_tokens(made.text_tokens),
        )


def _tokens(told: int | None) -> int:
    return min(max(told or 0, 0), _MOST_TOKENS)


class _Error(msgspec.Struct):
    code: str | None = None
    type: str | None = None
    event_id: str | None = None  # of the client event that caused it


class _StatusDetails(msgspec.Struct):
    reason: str | None = None
    error: _Error | None = None


class _Response(msgspec.Struct):
    id: str | None = None
    status: str | None = None
    status_details: _StatusDetails | None = None
    usage: _Usage | None = None


class _Item(msgspec.Struct):
    id: str | None = None
    type: str | None = None
    status: str | None = None
    name: str | None = None
    call_id: str | None = None
    arguments: str | None = None


class _ServerEvent(msgspec.Struct):
    """All server events in one flat shape: fields we do not use are skipped by the decoder, not built."""

    type: str
    item_id: str = ""
    response_id: str = ""
    previous_item_id: str | None = None
    delta: str | None = None
    transcript: str | None = None
    text: str | None = None
    item: _Item | None = None
    response: _Response | None = None
    error: _Error | None = None
    usage: _Usage | None = None


_decoder = msgspec.json.Decoder(_ServerEvent)
_base64 = re.compile("[A-Za-z0-9+/]*={0,2}")  # what goes on as it is must not end the text that it goes into
_Reader = Callable[[_ServerEvent], list[Signal]]


def decode(frame: str | bytes | memoryview) -> list[Signal]:
    """One server frame as signals; none for an event that concerns nobody here, also one we have never heard of.

    Raises ProtocolError (remote) for a frame that is no server event.
    """
    return _decoded(frame, _READERS)


def decode_text(frame: str | bytes | memoryview) -> list[Signal]:
    """The same for a session in text. On the phone written words are none: nobody hears them."""
    return _decoded(frame, _TEXT_READERS)


def _decoded(frame: str | bytes | memoryview, readers: Mapping[str, _Reader]) -> list[Signal]:
    try:
        event = _decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProtocolError("the model sent a frame that is no event") from error
    read = readers.get(event.type)
    return read(event) if read else []


def _response_ended(event: _ServerEvent) -> list[Signal]:
    response = event.response or _Response()
    details = response.status_details or _StatusDetails()
    detail = (details.error.code or details.error.type or "") if details.error else (details.reason or "")
    usage = response.usage.usage() if response.usage else Usage()
    return [signals.ResponseEnded(response.id or "", response.status or "completed", usage, detail)]


def _tool_called(event: _ServerEvent) -> list[Signal]:
    """A function call that is whole: one of a cancelled response is `incomplete`, its arguments cut short."""
    item = event.item
    if item is None or item.type != "function_call" or item.status == "incomplete":
        return []
    return [signals.ToolCalled(item.call_id or "", item.name or "", item.arguments or "")]


def _agent_audio(event: _ServerEvent) -> list[Signal]:
    delta = event.delta or ""
    if len(delta) % 4 or not _base64.fullmatch(delta):
        raise ProtocolError("the model sent audio that is no base64")
    return [signals.AgentAudio(event.response_id, event.item_id, delta)]


def _transcribed(event: _ServerEvent) -> list[Signal]:
    found: list[Signal] = [signals.CalleeWords(event.item_id, (event.transcript or "").strip())]
    if event.usage and (seconds := min(event.usage.seconds or 0.0, _MOST_S)) > 0.0:
        found.append(signals.Transcribed(seconds))
    return found


def _objected(event: _ServerEvent) -> list[Signal]:
    error = event.error or _Error()
    code = error.code or error.type or "unknown"
    # "event_id: The event_id of the client event that caused the error, if applicable" (Realtime, server event error).
    to_response = (error.event_id or "").startswith("response.create#")
    return [] if code == _BENIGN else [signals.ModelObjected(code, to_response)]


_READERS: dict[str, _Reader] = {
    "session.updated": lambda _: [signals.ModelReady()],
    "input_audio_buffer.speech_started": lambda e: [signals.CalleeBegan(e.item_id)],
    "input_audio_buffer.speech_stopped": lambda e: [signals.CalleePaused(e.item_id)],
    "input_audio_buffer.committed": lambda e: [signals.CalleeCommitted(e.item_id)],
    "conversation.item.added": lambda e: (
        [signals.ItemAdded(e.item.id, e.previous_item_id or "")] if e.item and e.item.id else []
    ),
    "conversation.item.input_audio_transcription.completed": _transcribed,
    "conversation.item.input_audio_transcription.failed": lambda e: [signals.CalleeWords(e.item_id, "")],
    "response.created": lambda e: [signals.ResponseBegan(e.response.id)] if e.response and e.response.id else [],
    "response.output_audio.delta": _agent_audio,
    "response.output_audio.done": lambda e: [signals.AgentAudioDone(e.item_id)],
    "response.output_audio_transcript.delta": lambda e: [signals.AgentWords(e.response_id, e.item_id, e.delta or "")],
    "response.output_audio_transcript.done": lambda e: [
        signals.AgentWords(e.response_id, e.item_id, e.transcript or "", final=True)
    ],
    "response.output_item.done": _tool_called,
    "response.done": _response_ended,
    "error": _objected,
}
_TEXT_READERS: dict[str, _Reader] = {
    **_READERS,
    "response.output_text.delta": lambda e: [signals.AgentWords(e.response_id, e.item_id, e.delta or "")],
    "response.output_text.done": lambda e: [signals.AgentWords(e.response_id, e.item_id, e.text or "", final=True)],
}
