"""What a person and a machine at the other end have in common: an ear, a mouth, and a clock of frames.

Owns what was said and heard, with the times of both. Must not know what is said. Pure: 20 ms a step. Audio is as in
`tones.py`.
"""

from dataclasses import dataclass

from sandbox.scenario import Scenario
from sandbox.tones import FRAME, SILENCE, Ear, SpeechBegan, speak

PATIENCE_FRAMES = 15  # so much quiet, and the other has finished


@dataclass(frozen=True)
class Said:
    """What was said, as far as it was said: an utterance that was given up is cut where it was."""

    text: str
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class Heard:
    """An utterance of the agent as it arrived; "" for a sound without words."""

    text: str
    began_ms: int
    ended_ms: int


class Mouth:
    """Says one utterance at a time, frame by frame, and knows what of it is out."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.since_ms = 0
        self._text = ""
        self._audio = b""
        self._at = 0

    @property
    def busy(self) -> bool:
        return bool(self._audio)

    def say(self, text: str, now_ms: int, audio: bytes | None = None) -> None:
        """`audio` where it is not the sound of the text: a cough, a beep."""
        self._text, self._at, self.since_ms = text, 0, now_ms
        self._audio = speak(text) if audio is None else audio

    def frame(self, now_ms: int) -> bytes:
        if not self._audio:
            return SILENCE
        frame = self._audio[self._at : self._at + FRAME]
        self._at += FRAME
        if self._at >= len(self._audio):
            self._finish(self._text, now_ms)
        return frame

    def stop(self, now_ms: int) -> None:
        out = len(self._text) * self._at // len(self._audio)
        self._finish(self._text[:out], now_ms)

    def _finish(self, text: str, now_ms: int) -> None:
        if self._text:
            self.said.append(Said(text, self.since_ms, now_ms))
        self._audio = b""


class Handset:
    """What a person and a machine have in common: an ear, a mouth, a clock."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.pickup = scenario.pickup
        self.hung_up = False
        self.heard: list[Heard] = []
        self.pressed = ""
        self._ear = Ear(PATIENCE_FRAMES)
        self._mouth = Mouth()

    @property
    def said(self) -> list[Said]:
        return self._mouth.said

    @property
    def now_ms(self) -> int:
        """Since the answer."""
        return self._ear.now_ms

    def press(self, digits: str) -> None:
        self.pressed += digits

    def step(self, heard: bytes) -> bytes:
        """20 ms of the agent's sound in, 20 ms of ours out. Silent once hung up."""
        if self.hung_up:
            return SILENCE
        for event in self._ear.feed(heard):
            if isinstance(event, SpeechBegan):
                self._listen(self.now_ms)
            else:
                self.heard.append(Heard(event.text, event.began_ms, event.at_ms))
                self._understand(event.text, event.at_ms)
        self._act()
        return self._mouth.frame(self.now_ms)

    def _listen(self, now_ms: int) -> None:
        """The agent has begun to speak."""

    def _understand(self, text: str, ended_ms: int) -> None:
        """The agent has finished."""

    def _act(self) -> None:
        raise NotImplementedError
