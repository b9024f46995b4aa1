"""Speech in tones: exact, at once, and without a synthesiser (`sandbox/tones.py`).

Owns the interface of `speech.py` over it. Pure.
"""

from collections.abc import Sequence
from concurrent.futures import Future

from sandbox import tones
from sandbox.speech.words import Words
from sandbox.tones import END_OF_SPEECH_FRAMES, FRAME, SILENCE, SpeechEnded


class TonedEar(tones.Ear):
    """All voices sound alike, and every word is made out as it sounds."""

    def so_far(self) -> Words:
        return Words(self.text_so_far())

    def expect(self, words: Sequence[str]) -> None:
        """Nothing is ever misheard."""


class TonedSpeech:
    name = "tones"

    def speak(self, text: str, voice: str = "") -> bytes:  # noqa: ARG002 - there is one voice
        return tones.speak(text)

    def speak_soon(self, text: str, voice: str = "") -> "Future[bytes]":
        spoken: Future[bytes] = Future()
        spoken.set_result(self.speak(text, voice))
        return spoken

    def ear(self, patience: int = END_OF_SPEECH_FRAMES) -> TonedEar:
        return TonedEar(patience)

    def make_out(self, audio: bytes, expected: Sequence[str] = ()) -> Words:  # noqa: ARG002
        audio += SILENCE[: -len(audio) % FRAME] + SILENCE * END_OF_SPEECH_FRAMES
        ear = self.ear()
        events = [event for at in range(0, len(audio), FRAME) for event in ear.feed(audio[at : at + FRAME])]
        return Words(*(event.text for event in events if isinstance(event, SpeechEnded)))

    def close(self) -> None:
        """There is nothing to end."""


TONES = TonedSpeech()
