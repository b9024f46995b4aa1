"""A voice note: words that are still there after the codec."""

import asyncio
import io

import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.openai.transcriptions import Form, transcribed
from sandbox.tones import ALPHABET
from sandbox.voice_note import voice_note


def heard(words: str) -> str:
    form = Form([("model", "gpt-transcribe")], "voice.ogg", voice_note(words))
    return str(asyncio.run(transcribed(form)).body["text"])


def test_it_is_an_ogg_file_in_opus() -> None:
    info = soundfile.info(io.BytesIO(voice_note("Hello.")))
    assert (info.format, info.subtype, info.channels) == ("OGG", "OPUS", 1)
    assert 0.5 < info.duration < 1


def test_every_sound_survives_the_codec() -> None:
    assert heard(ALPHABET) == ALPHABET.strip()


@settings(max_examples=10, deadline=None)
@given(st.text(alphabet=ALPHABET, max_size=20).map(str.strip))
def test_any_words_survive_the_codec(words: str) -> None:
    assert heard(words) == words


def test_without_words_nothing_is_heard() -> None:
    assert heard("") == ""
