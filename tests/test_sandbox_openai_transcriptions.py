"""The transcription of files through the SDK, and what OpenAI does not take.

After https://platform.openai.com/docs/api-reference/audio/createTranscription.
"""

import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
import soundfile
from openai import AsyncOpenAI

from sandbox.openai import OpenAIStandIn
from sandbox.openai.transcriptions import MAX_BODY_BYTES
from sandbox.voice_note import voice_note
from tests.sandbox_openai_client import ScriptedMind

WORDS = "Call Mia on +1 415 555 0108, please."
MODEL = "gpt-transcribe"


@pytest.fixture
async def stand_in() -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(ScriptedMind()) as running:
        yield running


@pytest.fixture
async def sdk(stand_in: OpenAIStandIn) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=stand_in.base_url, api_key="sk-sandbox", max_retries=0) as sdk:
        yield sdk


async def post(
    stand_in: OpenAIStandIn,
    *fields: tuple[str, str],
    name: str = "voice.ogg",
    audio: bytes | None = None,
    model: str = MODEL,
    key: str = "sk-sandbox",
) -> httpx2.Response:
    form: Sequence[tuple[str, Any]] = [
        *([("model", (None, model))] if model else []),
        *((key_, (None, value)) for key_, value in fields),
        *([("file", (name, voice_note("Hi.") if audio is None else audio))] if name else []),
    ]
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
        return await http.post(f"{stand_in.base_url}/audio/transcriptions", files=form)


def sound(seconds: float, rate: int = 48_000, channels: int = 2, **form: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((round(seconds * rate), channels)), rate, **form)
    return file.getvalue()


async def test_a_voice_note_becomes_words(sdk: AsyncOpenAI, stand_in: OpenAIStandIn) -> None:
    heard = await sdk.audio.transcriptions.create(
        model=MODEL, file=("voice.ogg", voice_note(WORDS), "audio/ogg"), languages=["en", "de"], keywords=["Mia"]
    )
    assert heard.text == WORDS
    assert heard.usage is not None
    assert heard.usage.to_dict() == {"type": "duration", "seconds": 3}
    assert [language.code for language in heard.languages or ()] == ["en"]  # the hint, not what was heard
    (form,) = stand_in.transcription_requests
    assert (form.filename, form.all("languages"), form.first("keywords")) == ("voice.ogg", ["en", "de"], "Mia")


async def test_a_file_at_another_rate_is_heard_as_well(stand_in: OpenAIStandIn) -> None:
    samples, rate = soundfile.read(io.BytesIO(voice_note(WORDS)))
    wide = np.interp(np.arange(0, len(samples), 1 / 6), np.arange(len(samples)), samples)
    file = io.BytesIO()
    soundfile.write(file, np.stack([wide, wide], axis=1), 6 * rate, format="OGG", subtype="OPUS")
    answer = await post(stand_in, audio=file.getvalue())
    assert answer.json()["text"] == WORDS


async def test_words_alone_can_be_asked_for(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, ("response_format", "text"))
    assert (answer.text, answer.headers["content-type"]) == ("Hi.\n", "text/plain; charset=utf-8")


async def test_silence_holds_no_words_and_no_language(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, name="note.wav", audio=sound(1.5, format="WAV"))
    assert answer.json() == {"text": "", "languages": [], "usage": {"type": "duration", "seconds": 2}}


async def test_fields_that_it_does_not_know_are_ignored(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, ("language", "xx"), ("invented", "1"), ("temperature", "0"))
    assert (answer.status_code, answer.json()["languages"]) == (200, [{"code": "en"}])


@pytest.mark.parametrize(
    ("request_", "status", "message", "param", "code"),
    [
        ({"model": ""}, 400, "you must provide a model parameter", None, None),
        ({"model": "openai/whisper-1"}, 400, "invalid model ID", None, None),
        (
            {"model": "gpt-realtime-whisper"},
            404,
            "The model `gpt-realtime-whisper` does not exist or you do not have access to it.",
            "model",
            "model_not_found",
        ),
        ({"name": ""}, 400, "Missing required parameter: 'file'.", "file", "missing_required_parameter"),
        ({"name": "voice.oga"}, 400, "Unsupported file format oga", "file", "unsupported_value"),
        ({"name": "voice"}, 400, "Unsupported file format voice", "file", "unsupported_value"),
        ({"audio": b"junk"}, 400, "Audio file might be corrupted or unsupported", "file", "invalid_value"),
        ({"audio": b""}, 400, "Audio file might be corrupted or unsupported", "file", "invalid_value"),
        (
            {"name": "a.wav", "audio": sound(0.05, format="WAV")},
            400,
            "Audio file is too short. Minimum audio length is 0.1 seconds.",
            "file",
            "audio_too_short",
        ),
    ],
)
async def test_what_is_not_taken_is_refused_in_its_words(
    stand_in: OpenAIStandIn, request_: dict[str, Any], status: int, message: str, param: str | None, code: str | None
) -> None:
    answer = await post(stand_in, **request_)
    assert answer.status_code == status
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    assert answer.json()["error"] == error


@pytest.mark.parametrize("shape", ["verbose_json", "srt", "vtt", "diarized_json"])
async def test_only_words_are_given_and_no_times(sdk: AsyncOpenAI, shape: Any) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await sdk.audio.transcriptions.create(model=MODEL, file=("voice.ogg", voice_note("Hi.")), response_format=shape)
    assert (refused.value.param, refused.value.code) == ("response_format", "unsupported_value")


@pytest.mark.parametrize("languages", ['["en","de"]', "en,de", "nn"])
async def test_languages_are_codes_one_a_field(stand_in: OpenAIStandIn, languages: str) -> None:
    answer = await post(stand_in, ("languages", languages))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_value")
    assert (await post(stand_in, ("languages", "en"), ("languages", "de"))).status_code == 200


async def test_a_request_may_have_25_mebibytes(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, audio=bytes(MAX_BODY_BYTES))
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (413, "server_error")
    assert error["message"].startswith("Maximum content size limit (26214400) exceeded (26214")


async def test_what_is_no_form_is_refused(stand_in: OpenAIStandIn) -> None:
    async with httpx2.AsyncClient(headers={"Authorization": "Bearer sk-sandbox"}) as http:
        answer = await http.post(f"{stand_in.base_url}/audio/transcriptions", json={"model": MODEL})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "Could not parse multipart form")


async def test_a_wrong_key_is_refused(stand_in: OpenAIStandIn) -> None:
    assert (await post(stand_in, key="sk-wrong")).status_code == 401
    assert not stand_in.transcription_requests


async def test_it_fails_as_often_as_ordered(stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_http(503)
    assert [(await post(stand_in)).status_code for _ in range(2)] == [503, 200]
