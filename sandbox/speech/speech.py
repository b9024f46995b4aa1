"""What the stand-ins ask of speech: words become sound, sound becomes words.

Owns the two interfaces, which `toned.py` (exact and at once, for the tests) and `spoken.py` (real words, for the demo)
keep. Audio is G.711 mu-law at 8 kHz, one byte a sample; a frame is 20 ms (160 bytes).
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from sandbox.speech.words import Words
from sandbox.tones import END_OF_SPEECH_FRAMES, SpeechBegan, SpeechEnded


class Ear(Protocol):
    """Hears one direction of a line; its clock is the number of frames fed to it."""

    @property
    def speaking(self) -> bool:
        """Speech has begun, and its end is not certain yet."""
        ...

    @property
    def now_ms(self) -> int: ...

    def feed(self, frame: bytes) -> list[SpeechBegan | SpeechEnded]:
        """One frame. The words of an utterance that has ended may be known only later."""
        ...

    def text_so_far(self) -> str:
        """As much of it as costs nothing to make out; maybe nothing."""
        ...

    def so_far(self) -> Words:
        """What can be made out of the utterance that is going on."""
        ...

    def expect(self, words: Sequence[str]) -> None:
        """Names and the like, of which the next utterances may be full."""
        ...


class Speech(Protocol):
    """A way to speak and to understand what was spoken in the same way."""

    name: str  # for people: "tones", "real words"

    def speak(self, text: str, voice: str = "") -> bytes:
        """An utterance as mu-law. A voice that is not known is the plain one."""
        ...

    def speak_soon(self, text: str, voice: str = "") -> "Future[bytes]":
        """The same, without holding up who asks."""
        ...

    def ear(self, patience: int = END_OF_SPEECH_FRAMES) -> Ear:
        """A new one. So many frames of quiet end an utterance."""
        ...

    def make_out(self, audio: bytes, expected: Sequence[str] = ()) -> Words:
        """The words of a whole recording."""
        ...

    def close(self) -> None:
        """Ends what was begun."""
        ...
