"""The synthesised voice: text in, mu-law out.

Owns the synthesiser (hibari-tts, Apache-2.0; one voice in the wheel, nothing is fetched) and what it has already said.
Must not know who speaks to whom. May be called from any thread, one at a time.
"""

import re
import threading
from collections import OrderedDict
from typing import Any

import numpy as np

from sandbox.speech.companding import RATE_HZ, Samples, mulaw, resampled
from sandbox.speech.voices import Voice, voice
from sandbox.tones import FRAME, SILENCE, loudness

_KEPT = 512  # utterances
_LOUDEST = 0.5  # of full scale
_QUIET = 100.0  # root mean square of a frame, in 16-bit units
_LONGEST_PAUSE, _AROUND = 9, 2  # frames; a listener takes 15 for the end of an utterance
_MM_HM = "Okay"


class Synthesiser:
    """Raises ImportError where the extra `sandbox` is not installed."""

    def __init__(self) -> None:
        from hibari import Hibari  # noqa: PLC0415 - it takes a second, and the tests do without

        self._model: Any = Hibari(threads=1)
        self._said: OrderedDict[tuple[str, Voice], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def speak(self, text: str, name: str = "") -> bytes:
        """Whole frames. The same text sounds the same each time."""
        key = (text, voice(name))
        with self._lock:
            if key not in self._said:
                self._said[key] = self._spoken(*key)
                if len(self._said) > _KEPT:
                    self._said.popitem(last=False)
            self._said.move_to_end(key)
            return self._said[key]

    def _spoken(self, text: str, voice: Voice) -> bytes:
        # Said slower, then played faster: pitch and formants rise, the pace stays.
        sound: Samples = self._model(_readable(text), speed=voice.pace / voice.shift, seed=0)
        length = round(len(sound) / voice.shift * RATE_HZ / self._model.sample_rate)
        sound = resampled(sound, length)
        if not len(sound):
            return b""
        return fluent(mulaw(sound * (_LOUDEST / max(float(np.abs(sound).max()), 1e-6))))


def fluent(audio: bytes) -> bytes:
    """In whole frames, with a short quiet around it, and with no pause in it so long that it would pass for the end."""
    audio += SILENCE[: -len(audio) % FRAME]
    frames = [audio[at : at + FRAME] for at in range(0, len(audio), FRAME)]
    kept: list[bytes] = []
    quiet = _LONGEST_PAUSE - _AROUND  # so much of it before the first sound is left out
    for frame in frames:
        quiet = quiet + 1 if loudness(frame) < _QUIET else 0
        if quiet <= _LONGEST_PAUSE:
            kept.append(frame)
    while len(kept) > _AROUND and loudness(kept[-1]) < _QUIET:
        kept.pop()
    return b"".join(kept) + SILENCE * _AROUND


def _readable(text: str) -> str:
    """With a word in the place of sounds that are none, which no synthesiser can read."""
    return re.sub(r"\bmm-?hm+\b", _MM_HM, text, flags=re.IGNORECASE)
