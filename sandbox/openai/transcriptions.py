"""File transcription: a form with an audio file in, its words out.

Owns what a request may say, how a refusal is worded, and the decoding of the file. The words are heard as the
sandbox speaks (`sandbox/speech`). Must not know of HTTP beyond status and body.

Follows https://platform.openai.com/docs/api-reference/audio/createTranscription and, where that is silent, what the
live API was seen to answer in 2026: fields that it does not know and the singular `language` are ignored without a
word, `languages` is one field for each code, and the file's format goes by its name (voice notes of Telegram are
called `.oga`, which is refused, though `.ogg` is the same;
https://github.com/LiveHelperChat/livehelperchat/issues/2382).
"""

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sandbox.openai.responses import ApiError, model_not_found
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.tones import encode_sample

MAX_BODY_BYTES = 26_214_400  # of the whole request
MODELS = ("gpt-transcribe", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
_SHORTEST_S = 0.1
_RATE_HZ = 8000
_FORMATS = frozenset(["flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"])
# As gpt-transcribe took them, of all that Whisper knows (probed in 2026-07).
_LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        """af ar az be bg bn bs ca cs cy da de el en es et fa fi fr gl gu he hi hr hu hy id is it ja ka kk kn
        ko lt lv mi mk ml mr ms ne nl no pl pt ro ru sk sl sr sv sw ta te th tl tr uk ur vi yue zh""",
    )
)


@dataclass(frozen=True)
class Form:
    """A request. A field may come more than once (`languages[]`); without a file its name is empty."""

    fields: Sequence[tuple[str, str]]
    filename: str = ""
    audio: bytes = b""

    def first(self, name: str, default: str = "") -> str:
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key in {name, f"{name}[]"}]


@dataclass(frozen=True)
class Transcript:
    """`body` is the JSON object, or the words alone where `text` was asked for."""

    body: dict[str, Any]
    as_text: bool


def too_large(read: int | None) -> ApiError:
    text = f"Maximum content size limit ({MAX_BODY_BYTES}) exceeded ({read} bytes read)"
    return ApiError(413, text, kind="server_error")


async def transcribed(form: Form, speech: Speech = TONES) -> Transcript:
    """ApiError 400 or 404 for what OpenAI would not take."""
    model = _checked_model(form)
    if not form.filename:
        raise ApiError(400, "Missing required parameter: 'file'.", param="file", code="missing_required_parameter")
    shape = form.first("response_format", "json")
    if shape not in {"json", "text"}:
        raise ApiError(
            400,
            f"response_format '{shape}' is not compatible with model '{model}-api-ev3'. Use 'json' or 'text' instead.",
            param="response_format",
            code="unsupported_value",
        )
    if not set(form.all("languages")) <= _LANGUAGES:
        raise ApiError(400, "Invalid request.", code="invalid_value")
    samples = _samples(form)
    seconds = len(samples) / _RATE_HZ
    if seconds < _SHORTEST_S:
        text = f"Audio file is too short. Minimum audio length is {_SHORTEST_S} seconds."
        raise ApiError(400, text, param="file", code="audio_too_short")
    audio = bytes(encode_sample(int(sample)) for sample in samples)
    words = await speech.make_out(audio, form.all("keywords")).made_out()
    # It returns the hint that it was given, and what it detects itself only without one.
    languages = form.all("languages")[:1] or (["en"] if words else [])
    body = {
        "text": words,
        "languages": [{"code": code} for code in languages],
        "usage": {"type": "duration", "seconds": math.ceil(seconds)},
    }
    return Transcript(body, as_text=shape == "text")


def _checked_model(form: Form) -> str:
    model = form.first("model")
    if not model:
        raise ApiError(400, "you must provide a model parameter")
    if "/" in model:
        raise ApiError(400, "invalid model ID")
    if model not in MODELS:
        raise model_not_found(model)
    return model


def _samples(form: Form) -> Sequence[float]:
    """The file as mono at 8 kHz, in 16-bit linear units."""
    import numpy as np  # noqa: PLC0415 - both cost time, and only voice notes need them
    import soundfile  # noqa: PLC0415

    extension = PurePath(form.filename).suffix.removeprefix(".").lower()
    if extension not in _FORMATS:
        text = f"Unsupported file format {extension or form.filename}"
        raise ApiError(400, text, param="file", code="unsupported_value")
    try:
        audio, rate = soundfile.read(io.BytesIO(form.audio), dtype="int16", always_2d=True)
    except soundfile.LibsndfileError:
        text = "Audio file might be corrupted or unsupported"
        raise ApiError(400, text, param="file", code="invalid_value") from None
    mono = audio.mean(axis=1)
    at = np.arange(0, len(mono), rate / _RATE_HZ)
    samples: list[float] = np.interp(at, np.arange(len(mono)), mono).tolist()
    return samples
