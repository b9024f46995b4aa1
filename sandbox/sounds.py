"""Sounds that hold no words: a cough, a beep, music on hold, a mumble.

Owns them; speech is `tones.py`'s. Each is loud enough to be taken for a voice, and none of its frames is a character,
so that voice activity is found and the transcription is empty. Pure.
"""

import random
from functools import cache
from itertools import cycle

from sandbox.tones import FRAME, FRAME_MS, SILENCE, encode_sample, spoken_ms, tone

_NOISE_MS = 200
_BEEP_MS, _BEEP_HZ = 400, 1000
# Three tones of the low band at once: a character has one of each band.
_CHORDS = ((400, 500, 600), (450, 550, 700), (350, 450, 600), (400, 550, 650))
_BEAT_FRAMES = 25
# So that voice activity detection finds the end of a phrase: no listener is more patient than 800 ms.
_PHRASE_MS, _REST_MS = 4000, 800
_SYLLABLE_FRAMES, _GAP_FRAMES = 6, 3


@cache
def cough() -> bytes:
    """200 ms of noise, always the same."""
    return _noise(_NOISE_MS, 9000)


@cache
def beep() -> bytes:
    """The tone of an answering machine."""
    return tone((_BEEP_HZ,)) * (_BEEP_MS // FRAME_MS)


@cache
def music(seconds: float) -> bytes:
    """A melody of chords, in phrases of four seconds with a rest behind each."""
    notes = cycle(tone(chord, 4000) * _BEAT_FRAMES for chord in _CHORDS)
    phrase = b"".join(next(notes) for _ in range(_PHRASE_MS // FRAME_MS // _BEAT_FRAMES))
    played = (phrase + SILENCE * (_REST_MS // FRAME_MS)) * (int(seconds * 1000) // _PHRASE_MS + 1)
    return played[: int(seconds * 1000) // FRAME_MS * FRAME]


@cache
def mumble(words: str) -> bytes:
    """As long as the words are, and nothing of them to be made out."""
    syllable = _noise(_SYLLABLE_FRAMES * FRAME_MS, 5000) + SILENCE * _GAP_FRAMES
    return syllable * max(2, spoken_ms(words) * 8 // len(syllable))


def _noise(ms: int, peak: int) -> bytes:
    dice = random.Random(1)
    return bytes(encode_sample(dice.randint(-peak, peak)) for _ in range(ms * 8))
