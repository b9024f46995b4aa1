"""Sounds without words: found by voice activity detection, and never taken for a word."""

import pytest

from sandbox.openai.hearing import InputBuffer, SpeechStarted, SpeechStopped
from sandbox.sounds import beep, cough, mumble, music
from sandbox.tones import FRAME, SILENCE, Ear, SpeechBegan, SpeechEnded, loudness, spoken_ms


def events(audio: bytes) -> list[SpeechBegan | SpeechEnded]:
    ear = Ear()
    audio += SILENCE * 50
    return [event for at in range(0, len(audio), FRAME) for event in ear.feed(audio[at : at + FRAME])]


@pytest.mark.parametrize("sound", [cough(), beep(), mumble("What name shall I write down?"), music(3)])
def test_a_sound_is_an_utterance_without_words(sound: bytes) -> None:
    (began, ended) = events(sound)
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert ended.text == ""


@pytest.mark.parametrize("eagerness", ["low", "medium", "high"])
def test_music_is_heard_as_one_utterance_a_phrase(eagerness: str) -> None:
    buffer = InputBuffer()
    detection = {"type": "semantic_vad", "eagerness": eagerness}
    buffer.configure({"format": {"type": "audio/pcmu"}, "turn_detection": detection})
    found = buffer.append(music(14.4) + SILENCE * 50)
    assert [type(event) for event in found] == [SpeechStarted, SpeechStopped] * 3
    stops = [event for event in found if isinstance(event, SpeechStopped)]
    assert [stops[1].audio_end_ms - stops[0].audio_end_ms, stops[2].audio_end_ms - stops[1].audio_end_ms] == [4800] * 2
    assert [stop.utterance.words for stop in stops] == ["", "", ""]


def test_music_is_a_melody_as_loud_as_speech() -> None:
    played = music(4)
    bars = [played[at : at + FRAME] for at in range(0, len(played), FRAME * 25)]
    assert len(set(bars)) == 4
    assert all(loudness(bar) > 2000 for bar in bars)
    assert len(music(14)) == 14 * 8000


def test_a_mumble_is_as_long_as_its_words() -> None:
    words = "Certainly. What name shall I write down?"
    assert len(mumble(words)) / 8 == pytest.approx(spoken_ms(words), abs=200)
