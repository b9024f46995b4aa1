"""Real words: a synthesised voice, and an ear that understands it. Offline, on one or two cores.

Owns the two threads in which speech is made and understood, so that no line waits for them. What is needed is in the
extras `sandbox` (voice, voice activity) and `local` (understanding).
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sandbox.speech.activity import SpokenEar
from sandbox.speech.recognition import Recogniser
from sandbox.speech.synthesis import Synthesiser
from sandbox.speech.words import Words
from sandbox.tones import END_OF_SPEECH_FRAMES

_Made = TypeVar("_Made")
_MOST_NAMES = 8  # the last ones: of the calls there are now


class SpokenSpeech:
    """Takes some seconds to make. Raises ImportError where an extra is missing, WeightsChanged for other weights.

    Names that one ear is told to expect are known to all: whoever is called has heard of more names than tiny.en.

    `at_once` holds up whoever asks until all is made out: for a clock that does not wait.
    """

    name = "real words"

    def __init__(self, *, at_once: bool = False) -> None:
        import webrtcvad  # noqa: F401, PLC0415 - each ear needs it; better missed now

        self._synthesiser = Synthesiser()
        self._recogniser = Recogniser()
        self._at_once = at_once
        self._names: deque[str] = deque(maxlen=_MOST_NAMES)
        self._mouth = ThreadPoolExecutor(1, "speech-mouth")
        self._ears = ThreadPoolExecutor(1, "speech-ear")

    def speak(self, text: str, voice: str = "") -> bytes:
        return self._synthesiser.speak(text, voice)

    def speak_soon(self, text: str, voice: str = "") -> "Future[bytes]":
        return self._waited(self._mouth.submit(self._synthesiser.speak, text, voice))

    def ear(self, patience: int = END_OF_SPEECH_FRAMES) -> SpokenEar:
        return SpokenEar(self._understood, patience)

    def make_out(self, audio: bytes, expected: Sequence[str] = ()) -> Words:
        return Words(self._understood(audio, expected))

    def close(self) -> None:
        for threads in (self._mouth, self._ears):
            threads.shutdown(wait=True, cancel_futures=True)

    def _understood(self, audio: bytes, expected: Sequence[str]) -> "Future[str]":
        self._names += [name for name in expected if name not in self._names]
        return self._waited(self._ears.submit(self._recogniser.make_out, audio, tuple(self._names)))

    def _waited(self, made: "Future[_Made]") -> "Future[_Made]":
        if self._at_once:
            made.exception()
        return made
