"""The configuration of one Realtime session: its defaults, and what an update may change.

Owns the session object. Must not act on it. Pure.

Follows https://platform.openai.com/docs/api-reference/realtime-client-events/session/update: "The client
may send this event at any time to update any field except for `voice` and `model`. [...] Only the fields
that are present are updated."
"""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.openai.events import ClientError
from sandbox.openai.strict import listed

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
TRANSCRIPTION_MODELS = (
    "whisper-1",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe",
    "gpt-4o-transcribe-diarize",
    "gpt-realtime-whisper",
)
_INSTRUCTIONS = "You are a helpful, witty, and friendly AI. Talk quickly. Act like a human."
_VAD_DEFAULTS: dict[str, dict[str, Any]] = {
    "server_vad": {
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {"eagerness": "auto", "create_response": True, "interrupt_response": True},
}
# Replaced whole by an update, because their parts mean nothing apart.
_WHOLE = frozenset({"format", "transcription", "tools", "tool_choice", "prompt", "truncation", "tracing"})


def opening_session(model: str, session_id: str, expires_at: int) -> dict[str, Any]:
    """The session of `session.created`; `expires_at` in seconds since the epoch."""
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "expires_at": expires_at,
        "output_modalities": ["audio"],
        "instructions": _INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "include": None,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": {"type": "server_vad", **_VAD_DEFAULTS["server_vad"]},
            },
            "output": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "voice": "marin",
                "speed": 1.0,
            },
        },
    }


def updated_session(session: Mapping[str, Any], update: Mapping[str, Any], *, has_spoken: bool) -> dict[str, Any]:
    """The session after a `session.update`. ClientError, and nothing changed, if any part may not be."""
    if update["type"] != session["type"]:
        raise ClientError(
            f"Passing a {update['type']} session update event to a {session['type']} session is not allowed.",
            "invalid_parameter",
            "session.type",
        )
    if update.get("model", session["model"]) != session["model"]:
        # "model" is one of the two fields that no update may touch.
        raise ClientError("Cannot update a session's model.", "cannot_update_model", "session.model")
    check_voice(session, update, "session", has_spoken=has_spoken)
    check_modalities(update, "session")
    check_tools(update.get("tools", ()), "session.tools")
    audio = update.get("audio", {})
    _check_input(audio.get("input", {}))
    _check_range(audio.get("output", {}), "speed", 0.25, 1.5, "session.audio.output.speed")
    merged = _merged(session, update)
    output_format = merged["audio"]["output"]["format"]
    for given in (merged["audio"]["input"]["format"], output_format):
        if given.get("type") == "audio/pcm":
            given["rate"] = 24000
    return merged


def check_voice(session: Mapping[str, Any], update: Mapping[str, Any], param: str, *, has_spoken: bool) -> None:
    """A voice is one of the built-in ones and stays after the first audio (session or response)."""
    now = session["audio"]["output"]["voice"]
    voice = update.get("audio", {}).get("output", {}).get("voice", now)
    if voice not in VOICES:
        raise ClientError(
            f"Invalid value: '{voice}'. Supported values are: {listed(VOICES)}.",
            "invalid_value",
            f"{param}.audio.output.voice",
        )
    if has_spoken and voice != now:
        raise ClientError("Cannot update a conversation's voice if assistant audio is present.", "cannot_update_voice")


def check_modalities(update: Mapping[str, Any], param: str) -> None:
    # "It is not possible to request both `text` and `audio` at the same time."
    modalities = update.get("output_modalities", ["audio"])
    if modalities not in (["audio"], ["text"]):
        raise ClientError(
            f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio'].",
            "invalid_value",
            f"{param}.output_modalities",
        )
    limit = update.get("max_output_tokens", "inf")
    if limit != "inf":
        _check_range({"max": limit}, "max", 1, 4096, f"{param}.max_output_tokens")


def check_tools(tools: Iterable[Mapping[str, Any]], param: str) -> None:
    for n, tool in enumerate(tools):
        if tool.get("type") == "mcp":
            continue
        for field in ("type", "name"):
            if field not in tool:
                raise ClientError(
                    f"Missing required parameter: '{param}[{n}].{field}'.",
                    "missing_required_parameter",
                    f"{param}[{n}].{field}",
                )
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool["name"]):
            raise ClientError(
                f"Invalid '{param}[{n}].name': string does not match pattern. "
                "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                "invalid_value",
                f"{param}[{n}].name",
            )
        if not isinstance(tool.get("parameters", {}), dict):
            raise ClientError(
                f"Invalid type for '{param}[{n}].parameters': expected an object.",
                "invalid_type",
                f"{param}[{n}].parameters",
            )


def _check_input(given: Mapping[str, Any]) -> None:
    if transcription := given.get("transcription"):
        _check_transcription(transcription)
    if turn_detection := given.get("turn_detection"):
        param = "session.audio.input.turn_detection"
        _check_range(turn_detection, "threshold", 0.0, 1.0, f"{param}.threshold")


def _check_transcription(given: Mapping[str, Any]) -> None:
    param = "session.audio.input.transcription"
    model = given.get("model")
    if model is None:
        raise ClientError(
            f"Missing required parameter: '{param}.model'.", "missing_required_parameter", f"{param}.model"
        )
    if model not in TRANSCRIPTION_MODELS:
        raise ClientError(
            f"Invalid value: '{model}'. Supported values are: {listed(TRANSCRIPTION_MODELS)}.",
            "invalid_value",
            f"{param}.model",
        )
    keyed = model in {"gpt-transcribe", "gpt-live-transcribe"}
    allowed = {
        "delay": model == "gpt-realtime-whisper",  # "Only supported with `gpt-realtime-whisper`"
        "prompt": model != "gpt-realtime-whisper",  # "not supported with `gpt-realtime-whisper`"
        "keywords": keyed,  # "Supported by `gpt-transcribe` and `gpt-live-transcribe`"
        "languages": keyed,
    }
    for field, fits in allowed.items():
        if field in given and not fits:
            raise ClientError(
                f"Parameter '{field}' is not supported with model '{model}'.",
                "unsupported_parameter",
                f"{param}.{field}",
            )


def _check_range(given: Mapping[str, Any], field: str, low: float, high: float, param: str) -> None:
    value = given.get(field)
    if value is None or low <= value <= high:
        return
    kind = "integer" if isinstance(value, int) else "decimal"
    bound, word, sign = (low, "below minimum", ">=") if value < low else (high, "above maximum", "<=")
    raise ClientError(
        f"Invalid '{param}': {kind} {word} value. Expected a value {sign} {bound}, but got {value} instead.",
        f"{kind}_{'below_min' if value < low else 'above_max'}_value",
        param,
    )


def _merged(old: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(dict(old))
    for key, value in update.items():
        now = merged.get(key)
        if key == "turn_detection" and isinstance(value, dict):
            kept = now if isinstance(now, dict) and now["type"] == value["type"] else {}
            merged[key] = {**_VAD_DEFAULTS[value["type"]], **kept, **value}
        elif isinstance(value, dict) and isinstance(now, dict) and key not in _WHOLE:
            merged[key] = _merged(now, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged
