"""A voice note as a person records it in a chat: spoken words, in OGG/Opus.

Owns the file and nothing else; the words, tones too, survive the codec and really travel in it. The form is that of
https://core.telegram.org/bots/api#voice ("audio in an .ogg file encoded with OPUS").
"""

import io

from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.tones import LINEAR, SILENCE

RATE_HZ = 8000
_LEAD_IN = SILENCE * 10  # nobody speaks the moment they press the button


def voice_note(words: str, speech: Speech = TONES) -> bytes:
    """Mono at 8 kHz. Without words: a moment of silence."""
    return as_ogg(_LEAD_IN + speech.speak(words) + _LEAD_IN)


def lasts_s(file: bytes) -> int:
    """Whole seconds of a voice note's file, at least one."""
    import soundfile  # noqa: PLC0415

    return max(1, round(float(soundfile.info(io.BytesIO(file)).duration)))


def as_ogg(audio: bytes) -> bytes:
    """Mu-law at 8 kHz, as the file of a voice note."""
    import numpy as np  # noqa: PLC0415 - both cost time, and only voice notes need them
    import soundfile  # noqa: PLC0415

    file = io.BytesIO()
    samples = np.array([LINEAR[byte] for byte in audio], dtype=np.int16)
    soundfile.write(file, samples, RATE_HZ, format="OGG", subtype="OPUS")
    return file.getvalue()
