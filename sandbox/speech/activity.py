"""Where speech begins and ends on a real line.

Owns an ear for real words: voice activity by WebRTC's detector (webrtcvad-wheels; frames of 20 ms at 8 kHz), and the
sound of the utterance that is going on. Must not know how words are made out: that is asked for, and waited for by
nobody here.

Much of the time to an answer is waiting for the end of the pause and then making out the words; the second begins with
the pause, and is thrown away if the speaker goes on.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from sandbox.speech.companding import linear
from sandbox.speech.words import Words
from sandbox.tones import END_OF_SPEECH_FRAMES, FRAME_MS, SILENCE, SpeechBegan, SpeechEnded, loudness

MakeOut = Callable[[bytes, Sequence[str]], "Future[str]"]

_STRICTNESS = 2  # of 0 to 3
_RATE_HZ = 8000
_LOUD = 150.0  # root mean square; below it nothing is voice
_ONSET, _WITHIN = 3, 5  # voiced frames, of so many
_BEFORE = 15  # frames kept of what came before the onset
_AFTER = 6  # frames of the pause that are listened to, too
_EARLY = 11  # frames of quiet after which the words are made out already


class SpokenEar:
    def __init__(self, make_out: MakeOut, patience: int = END_OF_SPEECH_FRAMES) -> None:
        import webrtcvad  # noqa: PLC0415 - only where the extra is installed

        self._make_out = make_out
        self._patience = patience
        self._detector: Any = webrtcvad.Vad(_STRICTNESS)
        self._expected: tuple[str, ...] = ()
        self._frames = 0
        self._quiet = 0
        self._voiced: deque[bool] = deque(maxlen=_WITHIN)
        self._before: deque[bytes] = deque(maxlen=_BEFORE)
        self._sound = bytearray()
        self._began_ms = 0
        self._early: Future[str] | None = None
        self._speaking = False

    @property
    def speaking(self) -> bool:
        return self._speaking

    @property
    def now_ms(self) -> int:
        return self._frames * FRAME_MS

    def expect(self, words: Sequence[str]) -> None:
        self._expected = tuple(words)

    def text_so_far(self) -> str:
        """Nothing: Whisper makes out whole utterances."""
        return ""

    def so_far(self) -> Words:
        return Words(self._make_out(bytes(self._sound), self._expected)) if self._speaking else Words("")

    def feed(self, frame: bytes) -> list[SpeechBegan | SpeechEnded]:
        self._frames += 1
        voiced = self._is_voiced(frame)
        if self._speaking:
            return self._go_on(frame, voiced=voiced)
        self._voiced.append(voiced)
        self._before.append(frame)
        if sum(self._voiced) < _ONSET:
            return []
        self._speaking, self._quiet = True, 0
        self._sound[:] = b"".join(self._before)
        self._began_ms = max(0, self.now_ms - len(self._voiced) * FRAME_MS)
        return [SpeechBegan(self.now_ms)]

    def _is_voiced(self, frame: bytes) -> bool:
        if frame == SILENCE or loudness(frame) < _LOUD:
            return False
        return bool(self._detector.is_speech(linear(frame).tobytes(), _RATE_HZ))

    def _go_on(self, frame: bytes, *, voiced: bool) -> list[SpeechBegan | SpeechEnded]:
        self._quiet = 0 if voiced else self._quiet + 1
        if self._quiet <= _AFTER or voiced:
            self._sound += frame
        if voiced and self._early is not None:
            self._early.cancel()
            self._early = None
        if self._quiet == _EARLY < self._patience:
            self._early = self._make_out(bytes(self._sound), self._expected)
        return [self._end()] if self._quiet >= self._patience else []

    def _end(self) -> SpeechEnded:
        words = self._early or self._make_out(bytes(self._sound), self._expected)
        ended = SpeechEnded("", self._began_ms, self.now_ms - self._quiet * FRAME_MS, words)
        self._speaking, self._early = False, None
        self._voiced.clear()
        self._before.clear()
        self._sound.clear()
        return ended
