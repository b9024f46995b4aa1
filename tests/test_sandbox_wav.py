"""Facts about the WAV files of calls."""

import io
import wave

from sandbox.tones import LINEAR
from sandbox.wav import stereo_wav


def test_each_side_has_its_own_ear_and_the_shorter_one_ends_in_silence() -> None:
    with wave.open(io.BytesIO(stereo_wav(b"\x00\x80\xff", b"\x10"))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate(), wav.getnframes()) == (
            2,
            2,
            8000,
            3,
        )
        pcm = memoryview(wav.readframes(3)).cast("h").tolist()
    assert pcm == [LINEAR[0x00], LINEAR[0x10], LINEAR[0x80], 0, LINEAR[0xFF], 0]


def test_a_call_without_a_sound_is_a_valid_file() -> None:
    with wave.open(io.BytesIO(stereo_wav(b"", b""))) as wav:
        assert wav.getnframes() == 0
