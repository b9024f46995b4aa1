"""A recording as a file: what is in it can be heard again."""

from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from bridge import ogg
from sandbox.tones import FRAME, LINEAR, SILENCE, Ear, SpeechEnded, encode_sample, speak

ASKED = "A table for four at 7pm, please. The number is 4155552671."
ANSWERED = "Yes, of course! Under which name?"


def heard(file: Path) -> list[str]:
    samples, rate = soundfile.read(file, dtype="int16")
    assert rate == ogg.RATE_HZ
    audio, ear = bytes(map(encode_sample, samples.tolist())), Ear()
    told = [event for at in range(0, len(audio), FRAME) for event in ear.feed(audio[at : at + FRAME])]
    return [event.text for event in told if isinstance(event, SpeechEnded)]


def dialogue() -> tuple[bytes, bytes]:
    """Two sides, one after the other."""
    pause = SILENCE * 40
    agent, callee = speak(ASKED) + pause, speak(ANSWERED) + pause
    return SILENCE[:1] * len(agent) + callee, agent + SILENCE[:1] * len(callee)


def test_every_word_of_both_sides_survives_the_codec(tmp_path: Path) -> None:
    callee, agent = dialogue()
    ogg.write(tmp_path / "call.ogg", callee, agent)
    assert heard(tmp_path / "call.ogg") == [ASKED, ANSWERED]


def test_the_file_is_what_telegram_plays_as_a_voice_message(tmp_path: Path) -> None:
    ogg.write(tmp_path / "call.ogg", *dialogue())
    with soundfile.SoundFile(tmp_path / "call.ogg") as file:
        assert (file.format, file.subtype, file.channels) == ("OGG", "OPUS", 1)
        assert file.frames == len(dialogue()[0])
    assert (tmp_path / "call.ogg").read_bytes().startswith(b"OggS")


def test_an_hour_is_far_below_what_a_voice_message_may_be(tmp_path: Path) -> None:
    minute = (speak(ASKED) * 100)[: 60 * ogg.RATE_HZ]
    ogg.write(tmp_path / "call.ogg", minute, minute[::-1])
    bits = (tmp_path / "call.ogg").stat().st_size * 8
    assert bits / 60 < 26_000
    assert bits * 60 / 8 < 50_000_000


def test_the_folder_is_made_and_the_file_is_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "a" / "recordings" / "call.ogg"
    ogg.write(file, *dialogue())
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_is_whole(tmp_path: Path) -> None:
    (tmp_path / "call.ogg").write_bytes(b"an older one")
    with pytest.raises(ValueError, match="broadcast"):
        ogg.write(tmp_path / "call.ogg", SILENCE, SILENCE * 2)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("call.ogg", b"an older one")]


def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        ogg.write(tmp_path / "file" / "call.ogg", *dialogue())


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_mixing_adds_what_both_sides_sound(one: bytes, other: bytes) -> None:
    length = min(len(one), len(other))
    one, other = one[:length], other[:length]
    loudest = 2**15
    assert ogg.mixed(one, other).tolist() == [
        max(-loudest, min(loudest - 1, LINEAR[a] + LINEAR[b])) for a, b in zip(one, other, strict=True)
    ]


def test_a_file_says_how_long_it_plays(tmp_path: Path) -> None:
    callee, agent = dialogue()
    ogg.write(tmp_path / "call.ogg", callee, agent)
    assert ogg.duration_s((tmp_path / "call.ogg").read_bytes()) == pytest.approx(len(callee) / ogg.RATE_HZ, abs=0.001)


@pytest.mark.parametrize("audio", [b"", b"OggS", b"OpusHead", b"RIFF" * 100])
def test_what_is_no_recording_plays_for_no_time(audio: bytes) -> None:
    assert ogg.duration_s(audio) == 0
