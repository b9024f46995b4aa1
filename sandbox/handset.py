"""What a person and a machine at the other end have in common: an ear, a mouth, and a clock of frames.

Owns what was said and heard, with the times of both. Must not know what is said. Pure: 20 ms a step. Audio is as in
`tones.py`; what speech is made of is `speech/`'s.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from sandbox.line import Utterance
from sandbox.scenario import Scenario
from sandbox.speech.speech import Ear, Speech
from sandbox.speech.toned import TONES
from sandbox.speech.words import Words
from sandbox.tones import FRAME, SILENCE, SpeechBegan, SpeechEnded

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

    def __init__(self, speech: Speech = TONES, voice: str = "") -> None:
        self.said: list[Said] = []
        self._over: list[Utterance] = []
        self.since_ms = 0
        self._speech = speech
        self._voice = voice
        self._text = ""
        self._coming: Future[bytes] | None = None
        self._audio = b""
        self._at = 0

    @property
    def busy(self) -> bool:
        return self._coming is not None or bool(self._audio)

    def say(self, text: str, now_ms: int, audio: bytes | None = None) -> None:
        """`audio` where it is not the sound of the text: a cough, a beep."""
        self._text, self._at, self.since_ms = text, 0, now_ms
        self._audio = audio or b""
        self._coming = self._speech.speak_soon(text, self._voice) if audio is None else None
        self._begin(now_ms)

    def frame(self, now_ms: int) -> bytes:
        self._begin(now_ms)
        if not self._audio:
            return SILENCE
        frame = self._audio[self._at : self._at + FRAME]
        self._at += FRAME
        if self._at >= len(self._audio):
            self._finish(self._text, now_ms)
        return frame

    def stop(self, now_ms: int) -> None:
        self._finish(self._out, now_ms)

    def utterances(self, *, over: bool) -> list[Utterance]:
        """All so far. `over`: the call has ended, and what was being said stays as it is."""
        now = [Utterance("callee", self._out, done=over)] if self._audio else []
        return self._over + now

    @property
    def _out(self) -> str:
        return self._text[: len(self._text) * self._at // len(self._audio)] if self._audio else ""

    def _begin(self, now_ms: int) -> None:
        """Breath is drawn until the words have become sound."""
        if self._coming is not None and self._coming.done():
            self._audio, self._coming, self.since_ms = self._coming.result(), None, now_ms

    def _finish(self, text: str, now_ms: int) -> None:
        if self._text:
            self.said.append(Said(text, self.since_ms, now_ms))
        if self._audio:
            self._over.append(Utterance("callee", text, done=True))
        self._audio, self._coming = b"", None


class Overhearing:
    """What an ear has heard of one side, for those who look on."""

    def __init__(self, side: Literal["callee", "agent"], ear: Ear) -> None:
        self._side = side
        self._ear = ear
        self._ended: list[Words] = []
        self._cut: Words | None = None

    def note(self, events: Sequence[SpeechBegan | SpeechEnded]) -> None:
        """What the ear has told."""
        self._ended += [event.words for event in events if isinstance(event, SpeechEnded)]

    def utterances(self, *, over: bool) -> list[Utterance]:
        """All so far. `over`: the call has ended, and no more is heard."""
        heard = [Utterance(self._side, words.text, done=words.known) for words in self._ended]
        if not self._ear.speaking:
            return heard
        if not over:
            return [*heard, Utterance(self._side, self._ear.text_so_far(), done=False)]
        self._cut = self._cut or self._ear.so_far()
        return [*heard, Utterance(self._side, self._cut.text, done=self._cut.known)]


class Handset:
    """What a person and a machine have in common: an ear, a mouth, a clock."""

    def __init__(self, scenario: Scenario, speech: Speech = TONES) -> None:
        self.scenario = scenario
        self.pickup = scenario.pickup
        self.hung_up = False
        self.heard: list[Heard] = []
        self.pressed = ""
        self._ear = speech.ear(PATIENCE_FRAMES)
        self._mouth = Mouth(speech, scenario.name)
        self._overhearing = Overhearing("agent", self._ear)
        # Utterances whose words are still being made out, and whether anybody listened when they ended.
        self._puzzling: deque[tuple[SpeechEnded, bool]] = deque()

    @property
    def said(self) -> list[Said]:
        return self._mouth.said

    @property
    def now_ms(self) -> int:
        """Since the answer."""
        return self._ear.now_ms

    def press(self, digits: str) -> None:
        self.pressed += digits

    def utterances(self, *, over: bool = False) -> tuple[list[Utterance], ...]:
        """Both sides': one's own as they are said, the other's as they are made out. `over`: the call has ended."""
        return self._mouth.utterances(over=over), self._overhearing.utterances(over=over)

    def step(self, heard: bytes) -> bytes:
        """20 ms of the agent's sound in, 20 ms of ours out. Silent once hung up."""
        if self.hung_up:
            return SILENCE
        events = self._ear.feed(heard)
        self._overhearing.note(events)
        for event in events:
            if isinstance(event, SpeechBegan):
                self._listen(self.now_ms)
            else:
                self._puzzling.append((event, not self._heedless))
        while self._puzzling and self._puzzling[0][0].words.known:
            ended, heeded = self._puzzling.popleft()
            self.heard.append(Heard(ended.words.text, ended.began_ms, ended.at_ms))
            if heeded:
                self._understand(ended.words.text, ended.at_ms)
        self._act()
        return self._mouth.frame(self.now_ms)

    @property
    def _heedless(self) -> bool:
        """Words are lost on it now."""
        return False

    def _listen(self, now_ms: int) -> None:
        """The agent has begun to speak."""

    def _understand(self, text: str, ended_ms: int) -> None:
        """The agent has finished."""

    def _act(self) -> None:
        raise NotImplementedError
