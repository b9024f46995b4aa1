"""What OpenAI's Realtime server says, held against the types of OpenAI's own SDK."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import realtime as sdk
from pydantic import TypeAdapter

from bridge import signals
from bridge.call import Usage
from bridge.errors import ProtocolError
from bridge.realtime import SessionConfig, decode
from sandbox.openai.strict import problem

CONFIG = SessionConfig(
    model="gpt-realtime-2.1",
    voice="coral",
    language="en",
    prompt="Be kind.",
    transcription_model="gpt-transcribe",
    keywords=("Berg", "Trattoria Roma"),
)
USAGE = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {
        "text_tokens": 119,
        "audio_tokens": 13,
        "cached_tokens": 70,
        "cached_tokens_details": {"text_tokens": 60, "audio_tokens": 10},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}
_server_event: TypeAdapter[Any] = TypeAdapter(sdk.RealtimeServerEvent)


def sent(frame: bytes) -> dict[str, Any]:
    """A client event; the SDK's types take it, and refuse what they do not name."""
    event: dict[str, Any] = json.loads(frame)
    assert problem(sdk.RealtimeClientEventParam, event) is None
    return event


def told(event: dict[str, Any]) -> list[signals.Signal]:
    """What an event says that the SDK knows as one of the server's."""
    event = {"event_id": "event_1", **event}
    _server_event.validate_python(event)
    return decode(json.dumps(event))


def response(**fields: Any) -> dict[str, Any]:
    return {"object": "realtime.response", "id": "resp_1", "output": [], **fields}


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        (
            {"type": "session.updated", "session": {"type": "realtime", "model": "gpt-realtime-2.1"}},
            signals.ModelReady(),
        ),
        (
            {"type": "input_audio_buffer.speech_started", "item_id": "item_1", "audio_start_ms": 640},
            signals.CalleeBegan("item_1"),
        ),
        (
            {"type": "input_audio_buffer.speech_stopped", "item_id": "item_1", "audio_end_ms": 1640},
            signals.CalleePaused("item_1"),
        ),
        (
            {"type": "input_audio_buffer.committed", "item_id": "item_1", "previous_item_id": None},
            signals.CalleeCommitted("item_1"),
        ),
        (
            {
                "type": "conversation.item.added",
                "previous_item_id": "item_0",
                "item": {"id": "item_1", "type": "message", "role": "assistant", "content": []},
            },
            signals.ItemAdded("item_1", "item_0"),
        ),
        (
            {
                "type": "conversation.item.added",
                "previous_item_id": None,
                "item": {"id": "item_1", "type": "message", "role": "user", "content": [{"type": "input_audio"}]},
            },
            signals.ItemAdded("item_1", ""),
        ),
        (
            {
                "type": "conversation.item.input_audio_transcription.failed",
                "item_id": "item_1",
                "content_index": 0,
                "error": {"type": "transcription_error", "code": "audio_unintelligible", "message": "…"},
            },
            signals.CalleeWords("item_1", ""),
        ),
        ({"type": "response.created", "response": response(status="in_progress")}, signals.ResponseBegan("resp_1")),
        (
            {
                "type": "response.output_audio.delta",
                "response_id": "resp_1",
                "item_id": "item_1",
                "output_index": 0,
                "content_index": 0,
                "delta": "no+JhoaJ",
            },
            signals.AgentAudio("resp_1", "item_1", "no+JhoaJ"),
        ),
        (
            {
                "type": "response.output_audio.done",
                "response_id": "resp_1",
                "item_id": "item_1",
                "output_index": 0,
                "content_index": 0,
            },
            signals.AgentAudioDone("item_1"),
        ),
        (
            {
                "type": "response.output_audio_transcript.delta",
                "response_id": "resp_1",
                "item_id": "item_1",
                "output_index": 0,
                "content_index": 0,
                "delta": " for four",
            },
            signals.AgentWords("resp_1", "item_1", " for four"),
        ),
        (
            {
                "type": "response.output_audio_transcript.done",
                "response_id": "resp_1",
                "item_id": "item_1",
                "output_index": 0,
                "content_index": 0,
                "transcript": "A table for four.",
            },
            signals.AgentWords("resp_1", "item_1", "A table for four.", final=True),
        ),
        (
            {"type": "response.done", "response": response(status="completed", usage=USAGE)},
            signals.ResponseEnded("resp_1", "completed", Usage(3, 10, 59, 60, 91, 30)),
        ),
        (
            {
                "type": "response.done",
                "response": response(
                    status="failed",
                    status_details={"type": "failed", "error": {"type": "server_error", "code": "overloaded"}},
                ),
            },
            signals.ResponseEnded("resp_1", "failed", Usage(), "overloaded"),
        ),
        (
            {
                "type": "response.done",
                "response": response(
                    status="failed", status_details={"type": "failed", "error": {"type": "server_error"}}
                ),
            },
            signals.ResponseEnded("resp_1", "failed", Usage(), "server_error"),
        ),
        (
            {
                "type": "response.done",
                "response": response(
                    status="cancelled", status_details={"type": "cancelled", "reason": "client_cancelled"}
                ),
            },
            signals.ResponseEnded("resp_1", "cancelled", Usage(), "client_cancelled"),
        ),
        (
            {"type": "error", "error": {"type": "invalid_request_error", "code": "invalid_value", "message": "…"}},
            signals.ModelObjected("invalid_value"),
        ),
        (
            {"type": "error", "error": {"type": "server_error", "code": None, "message": "…"}},
            signals.ModelObjected("server_error"),
        ),
        (
            {
                "type": "error",
                "error": {
                    "type": "invalid_request_error",
                    "code": "conversation_already_has_active_response",
                    "message": "…",
                },
            },
            signals.ModelObjected("conversation_already_has_active_response"),
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_every_event_of_the_servers_has_one_meaning(event: dict[str, Any], signal: signals.Signal) -> None:
    assert told(event) == [signal]


def transcribed(usage: dict[str, Any]) -> list[signals.Signal]:
    return told(
        {
            "type": "conversation.item.input_audio_transcription.completed",
            "item_id": "item_1",
            "content_index": 0,
            "transcript": " For how many? \n",
            "usage": usage,
        }
    )


def test_a_transcription_is_words_and_what_they_cost() -> None:
    words = signals.CalleeWords("item_1", "For how many?")
    assert transcribed({"type": "duration", "seconds": 1.5}) == [words, signals.Transcribed(1.5)]
    tokens = {"type": "tokens", "input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    assert transcribed(tokens) == [words]


def billed(tokens: Any) -> list[signals.Signal]:
    """By a response whose every figure is that."""
    details = {"audio_tokens": tokens, "text_tokens": tokens}
    usage = {
        "input_token_details": {**details, "cached_tokens_details": details},
        "output_token_details": details,
    }
    return told({"type": "response.done", "response": response(status="completed", usage=usage)})


@pytest.mark.parametrize("tokens", [-1, -(10**30), 10**6, 10**30, None])
def test_a_figure_that_cannot_be_is_taken_for_the_next_one_that_can(tokens: int | None) -> None:
    """No call earns money, and none costs more than the model could have used."""
    (ended,) = billed(tokens)
    assert isinstance(ended, signals.ResponseEnded)
    most = 128_000 if (tokens or 0) > 0 else 0
    assert ended.usage == Usage(0, most, 0, most, most, most)


def test_more_cached_than_there_was_is_not_less_than_nothing() -> None:
    cached = {"audio_tokens": 90, "text_tokens": 80}
    usage = {"input_token_details": {"audio_tokens": 9, "text_tokens": 8, "cached_tokens_details": cached}}
    (ended,) = told({"type": "response.done", "response": response(status="completed", usage=usage)})
    assert isinstance(ended, signals.ResponseEnded)
    assert ended.usage == Usage(0, 90, 0, 80, 0, 0)


@pytest.mark.parametrize(("seconds", "counted"), [(-5.0, None), (0, None), (1e300, 3600.0), (10**30, 3600.0)])
def test_no_utterance_lasts_longer_than_its_session(seconds: float, counted: float | None) -> None:
    words = signals.CalleeWords("item_1", "For how many?")
    expected = [words] if counted is None else [words, signals.Transcribed(counted)]
    assert transcribed({"type": "duration", "seconds": seconds}) == expected


def function_call(status: str) -> dict[str, Any]:
    item = {
        "id": "item_1",
        "type": "function_call",
        "status": status,
        "name": "end_call",
        "call_id": "call_1",
        "arguments": '{"outcome":"Booked."}',
    }
    return {"type": "response.output_item.done", "response_id": "resp_1", "output_index": 1, "item": item}


def test_a_tool_is_called_when_its_arguments_are_whole() -> None:
    called = signals.ToolCalled("call_1", "end_call", '{"outcome":"Booked."}')
    assert told(function_call("completed")) == [called]
    assert told(function_call("incomplete")) == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "conversation.item.added", "item": {"type": "message", "role": "user", "content": []}},
        {
            "type": "response.output_item.done",
            "response_id": "resp_1",
            "output_index": 0,
            "item": {"id": "item_1", "type": "message", "role": "assistant", "content": []},
        },
        {"type": "error", "error": {"type": "e", "code": "response_cancel_not_active", "message": "…"}},
        {"type": "rate_limits.updated", "rate_limits": []},
        {"type": "input_audio_buffer.cleared"},
    ],
    ids=lambda event: event["type"],
)
def test_what_concerns_nobody_here_is_no_signal(event: dict[str, Any]) -> None:
    assert told(event) == []


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        ('{"type":"invented.tomorrow","item":{"surprise":1}}', []),
        ('{"type":"response.created"}', []),
        ('{"type":"response.output_item.done"}', []),
        ('{"type":"response.done"}', [signals.ResponseEnded("", "completed")]),
        ('{"type":"error"}', [signals.ModelObjected("unknown")]),
        ('{"type":"conversation.item.input_audio_transcription.completed"}', [signals.CalleeWords("", "")]),
    ],
)
def test_an_event_that_lacks_something_is_read_as_far_as_it_goes(frame: str, found: list[signals.Signal]) -> None:
    assert decode(frame) == found


@pytest.mark.parametrize(
    "frame",
    ["", "[]", "{}", b"\xff\xfe", '{"type": 3}', '{"type": "error", "error": 3}', '{"type":"x","a":' + "[" * 50_000],
)
def test_what_is_no_event_is_refused(frame: str | bytes) -> None:
    with pytest.raises(ProtocolError) as refusal:
        decode(frame)
    assert refusal.value.by == "remote"


@pytest.mark.parametrize("delta", ["=", "abc", "ab c", 'a"b}', "ÿÿÿÿ"])
def test_audio_that_is_no_base64_is_refused(delta: str) -> None:
    """It would go on into the line as it is."""
    event = {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": delta}
    with pytest.raises(ProtocolError, match="no base64"):
        decode(json.dumps(event))


@given(st.one_of(st.binary(), st.text()))
def test_anything_at_all_is_decoded_or_refused(frame: str | bytes) -> None:
    with suppress(ProtocolError):
        decode(frame)
