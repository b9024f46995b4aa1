"""Frames as nobody should send them: valid ones, mutated by seeded dice.

Owns the mutations. Knows nothing of what reads the frames.
"""

import json
from random import Random
from typing import Any

TWILIO: list[dict[str, Any]] = [
    {"event": "connected", "protocol": "Call", "version": "1.0.0"},
    {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "streamSid": "MZ1",
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": "t", "voice": "coral"},
        },
        "streamSid": "MZ1",
    },
    {"event": "media", "media": {"track": "inbound", "timestamp": "5", "payload": "no+JhoaJjpz=="}, "streamSid": "MZ1"},
    {"event": "mark", "streamSid": "MZ1", "mark": {"name": "3:7"}},
    {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": "inbound_track", "digit": "#"}},
    {"event": "stop", "streamSid": "MZ1", "stop": {"callSid": "CA1"}},
]
_ITEM = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
_TOKENS = {"audio_tokens": 120, "text_tokens": 30, "cached_tokens_details": {"audio_tokens": 5, "text_tokens": 1}}
REALTIME: list[dict[str, Any]] = [
    {"type": "session.updated", "session": {"voice": "coral"}},
    {"type": "input_audio_buffer.speech_started", "item_id": "item_1", "audio_start_ms": 20},
    {"type": "input_audio_buffer.speech_stopped", "item_id": "item_1"},
    {"type": "input_audio_buffer.committed", "item_id": "item_1", "previous_item_id": None},
    {"type": "conversation.item.added", "item": {"id": "item_1", "type": "message"}, "previous_item_id": "item_0"},
    {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": "item_1",
        "transcript": "Hello?",
        "usage": {"type": "duration", "seconds": 1.5},
    },
    {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}},
    {"type": "response.output_audio.delta", **_ITEM, "delta": "//8="},
    {"type": "response.output_audio.done", **_ITEM},
    {"type": "response.output_audio_transcript.delta", **_ITEM, "delta": "Good "},
    {"type": "response.output_audio_transcript.done", **_ITEM, "transcript": "Good evening."},
    {"type": "response.output_text.delta", **_ITEM, "delta": "Good "},
    {"type": "response.output_text.done", **_ITEM, "text": "Good evening."},
    {
        "type": "response.output_item.done",
        "item": {"id": "item_2", "type": "function_call", "name": "end_call", "call_id": "fc", "arguments": "{}"},
    },
    {
        "type": "response.done",
        "response": {
            "id": "resp_1",
            "status": "failed",
            "status_details": {"error": {"code": "server_error", "type": "server_error"}},
            "usage": {"input_token_details": _TOKENS, "output_token_details": {"audio_tokens": 9, "text_tokens": 8}},
        },
    },
    {"type": "error", "error": {"code": "invalid_value", "type": "invalid_request_error", "event_id": "x#1"}},
]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, -0.0, 2**31, 2**63, 2**64, 10**40, -(10**40), 1e308, 5e-324),
    *("", "0", "\x00", "\ud800", "\udfff\ud800", "é", "\U0001f600", "\u202e", "x" * 5000, "9" * 400, "NaN", "{}"),
    *([], {}, [None], {"": ""}, [[[]]], {"event": "media"}, {"type": "error"}, [0] * 50),
]
_NUMBERS = (b"1e400", b"-1e400", b"1" * 500, b"0x10", b"01", b"1.", b"NaN", b"Infinity", b"-", b"1e-400")
_PIECES = (
    *(b'"', b"\\", b"\\ud800", b"\\u0000", b"\\u", b"{", b"}", b"[", b"]", b",", b":", b"\x00", b"\xff\xfe"),
    *(b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"null", b'"event":"stop",', b"/**/", b"\n"),
)


def mutated(base: Any, dice: Random) -> str | bytes:
    """One frame made of a JSON value: the value changed, then its text, then its bytes; any of them or none."""
    value = json.loads(json.dumps(base))
    for _ in range(dice.choice((0, 1, 1, 1, 2, 4))):
        value = _changed(value, dice)
    text = json.dumps(value, ensure_ascii=dice.random() < 0.5, allow_nan=True)
    if dice.random() < 0.02:
        depth = dice.choice((50, 500, 1100, 20_000))
        opening, closing = dice.choice((("[", "]"), ('{"event":', "}"), ('{"item":', "}")))
        text = opening * depth + text + closing * dice.choice((depth, 0))
    if dice.random() < 0.3:
        return text
    frame = text.encode("utf-8", "surrogatepass")
    for _ in range(dice.choice((0, 0, 0, 1, 3))):
        frame = _broken(frame, dice)
    return frame


def _changed(value: Any, dice: Random) -> Any:
    """Somewhere in it: a value of another type, a key less, a key more, or one twice as deep."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(sorted(value))
        match dice.randrange(6):
            case 0:
                return {name: inner for name, inner in value.items() if name != key}
            case 1:
                return {**value, dice.choice(("", "event", "type", "media", "item", "\ud800")): dice.choice(ODD)}
            case 2:
                return {**value, key: dice.choice(ODD)}
            case _:
                return {**value, key: _changed(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.5:
        return [_changed(inner, dice) for inner in value]
    return dice.choice([*ODD, value, [value], {"start": value}, str(value)])


def _broken(frame: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(frame) + 1)
    match dice.randrange(5):
        case 0:
            return frame[:at]
        case 1:
            return frame[:at] + bytes([dice.randrange(256)]) + frame[at + 1 :]
        case 2:
            return frame[:at] + dice.choice(_PIECES) + frame[at:]
        case 3:
            return frame[:at] + dice.choice(_NUMBERS) + frame[at + dice.randrange(4) :]
        case _:
            return frame[:at] + frame[at // 2 :]
