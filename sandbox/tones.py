"""Speech for the sandbox without a synthesiser: words as pairs of tones, and an ear that reads them back.

Owns the sound of the sandbox. Pure: bytes in, bytes out. Every character of an utterance is one pair of tones, held
for three frames of 20 ms (about 17 characters a second, the pace of speech), so that words truly travel in the audio:
what a bridge drops, cuts or garbles is missing from what the other side hears.

Audio is G.711 mu-law at 8 kHz, one byte a sample (ITU-T G.711, the companding of Twilio's `audio/x-mulaw` and OpenAI's
`audio/pcmu`). Both tones of a pair are multiples of 50 Hz, so each frame holds whole periods and frames join without a
click.
"""

import base64
import math
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, lru_cache

from sandbox.speech.words import Words

FRAME = 160  # bytes: 20 ms
FRAME_MS = 20
FRAMES_PER_CHARACTER = 3
SILENCE = b"\xff" * FRAME
ALPHABET = (
    " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!'\"-:;()+&/%$€£@#*=_\n"
    "äöüßÄÖÜéèêëàâáãåçñóòôõíìîïúùûœæÉÈÀÇÑÁÓÍÚ¿¡"
)
END_OF_SPEECH_FRAMES = 25  # 500 ms of quiet end an utterance

_LOW = [300 + 50 * i for i in range(16)]
_HIGH = [1300 + 100 * i for i in range(16)]
_BIAS, _CLIP = 0x84, 32635
_LOUD = 400.0  # root mean square over which a frame counts as voice


def encode_sample(sample: int) -> int:
    """One 16-bit linear sample to mu-law (G.711 table 2a)."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) & 0xFF


def _decode_sample(byte: int) -> int:
    byte = ~byte & 0xFF
    magnitude = ((((byte & 0x0F) << 3) + _BIAS) << ((byte & 0x70) >> 4)) - _BIAS
    return -magnitude if byte & 0x80 else magnitude


LINEAR = tuple(_decode_sample(byte) for byte in range(256))


def mix(a: bytes, b: bytes) -> bytes:
    """Two mu-law stretches of the same length, added."""
    return bytes(encode_sample(max(-_CLIP, min(_CLIP, LINEAR[x] + LINEAR[y]))) for x, y in zip(a, b, strict=True))


@lru_cache(maxsize=1024)
def loudness(audio: bytes) -> float:
    """Root mean square of a stretch of mu-law, in 16-bit linear units."""
    return math.sqrt(sum(LINEAR[byte] ** 2 for byte in audio) / len(audio)) if audio else 0.0


def tone(frequencies: tuple[int, ...], amplitude: int = 5000) -> bytes:
    """One frame of the given frequencies (multiples of 50 Hz), each at the given peak."""
    steps = [2 * math.pi * f / 8000 for f in frequencies]
    return bytes(encode_sample(int(sum(amplitude * math.sin(step * n) for step in steps))) for n in range(FRAME))


@cache
def _frame(character: str) -> bytes:
    index = ALPHABET.index(character)
    return tone((_LOW[index % 16], _HIGH[index // 16]))


@lru_cache(maxsize=1)
def _frames() -> dict[bytes, str]:
    return {_frame(character): character for character in ALPHABET}


def speak(text: str) -> bytes:
    """An utterance as mu-law: 60 ms a character; characters that have no tone are left out."""
    spoken = "".join(c for c in text.replace("’", "'").replace("–", "-") if c in ALPHABET)
    return b"".join(_frame(character) * FRAMES_PER_CHARACTER for character in spoken)


def spoken_ms(text: str) -> int:
    return len(speak(text)) // 8


def payload(audio: bytes) -> str:
    return base64.b64encode(audio).decode()


def _power(frame: bytes, frequency: int) -> float:
    """Goertzel's algorithm at one frequency."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / 8000)
    s1 = s2 = 0.0
    for byte in frame:
        s1, s2 = LINEAR[byte] + coefficient * s1 - s2, s1
    return s1 * s1 + s2 * s2 - coefficient * s1 * s2


@lru_cache(maxsize=1024)
def _read(frame: bytes) -> str | None:
    """The character a frame sounds; None for a sound that is no character (noise, music)."""
    if exact := _frames().get(frame):
        return exact
    low = [_power(frame, f) for f in _LOW]
    high = [_power(frame, f) for f in _HIGH]
    best_low, best_high = max(low), max(high)
    if best_low < 4 * (sum(low) - best_low) or best_high < 4 * (sum(high) - best_high):
        return None
    index = low.index(best_low) + 16 * high.index(best_high)
    return ALPHABET[index] if index < len(ALPHABET) else None


@dataclass(frozen=True)
class SpeechBegan:
    at_ms: int


@dataclass(frozen=True)
class SpeechEnded:
    """An utterance is over. `text`: what could be made out, "" for a noise; times: of its first and last sound.

    Where it takes longer to make them out, the words come `later`.
    """

    text: str
    began_ms: int
    at_ms: int
    later: "Future[str] | None" = None

    @property
    def words(self) -> Words:
        return Words(self.later or self.text)


class Ear:
    """Hears one direction of a line, frame by frame of 20 ms; its clock is the number of frames fed to it.

    Speech begins after two loud frames in a row (a click is not speech) and ends after `patience` quiet ones.
    """

    def __init__(self, patience: int = END_OF_SPEECH_FRAMES) -> None:
        self._patience = patience
        self._frames = 0
        self._quiet = 0
        self._run: list[str | None] = []
        self._began_ms = 0
        self._speaking = False

    @property
    def speaking(self) -> bool:
        return self._speaking

    @property
    def now_ms(self) -> int:
        return self._frames * FRAME_MS

    def feed(self, frame: bytes) -> list[SpeechBegan | SpeechEnded]:
        """One frame of 160 bytes."""
        self._frames += 1
        if frame == SILENCE or loudness(frame) < _LOUD:
            return self._hear_quiet()
        return self._hear_sound(frame)

    def text_so_far(self) -> str:
        """What could be made out of the utterance that is going on."""
        characters: list[str] = []
        at = 0
        while at < len(self._run):
            character = self._run[at]
            if character is None:
                at += 1
                continue
            # A character holds three frames; two of them must agree, so that one damaged frame does no harm.
            if self._run[at : at + FRAMES_PER_CHARACTER].count(character) >= 2:
                characters.append(character)
                at += FRAMES_PER_CHARACTER
            else:
                at += 1
        return "".join(characters).strip()

    def _hear_quiet(self) -> list[SpeechBegan | SpeechEnded]:
        self._quiet += 1
        if not self._speaking:
            self._run.clear()
            return []
        if self._quiet < self._patience:
            return []
        ended = SpeechEnded(self.text_so_far(), self._began_ms, self.now_ms - self._quiet * FRAME_MS)
        self._speaking = False
        self._run.clear()
        return [ended]

    def _hear_sound(self, frame: bytes) -> list[SpeechBegan | SpeechEnded]:
        self._quiet = 0
        self._run.append(_read(frame))
        if self._speaking or len(self._run) < 2:
            return []
        self._speaking = True
        self._began_ms = self.now_ms - 2 * FRAME_MS
        return [SpeechBegan(self.now_ms)]
