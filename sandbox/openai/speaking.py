"""The voice of the stand-in model: a text as the uneven stream of words and audio in which a real one comes.

Owns how speech is cut into deltas and encoded. Must not send anything. Pure.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tones import FRAME

BYTES_PER_MS = 8
_WORDS_AHEAD_MS = 400  # the transcript of an item runs ahead of its audio
_LEAST_FRAMES, _MOST_FRAMES = 5, 20  # 100 to 400 ms a delta
_SILENT = {
    "audio/pcm": (b"\x00", 6),
    "audio/pcma": (b"\xd5", 1),
}  # a byte of silence, and how many to one of mu-law


@dataclass(frozen=True)
class Chunk:
    """The words whose deltas come before this stretch of mu-law."""

    words: tuple[str, ...]
    audio: bytes

    @property
    def ms(self) -> int:
        return len(self.audio) // BYTES_PER_MS


def words_of(text: str) -> list[str]:
    """Transcript deltas: each word with the space before it. Joined, they are the text."""
    words: list[str] = []
    for n, word in enumerate(text.split(" ")):
        words.append(f" {word}" if n else word)
    return [word for word in words if word]


def chunks(text: str, audio: bytes, dice: random.Random) -> Iterator[Chunk]:
    """A text and its sound. A word is taken to sound where it stands in the text."""
    words = words_of(text)
    starts: list[float] = []
    said = 0
    for word in words:
        starts.append(said / len(text) * len(audio) / BYTES_PER_MS)
        said += len(word)
    at = told = 0
    while at < len(audio):
        end = min(len(audio), at + FRAME * dice.randint(_LEAST_FRAMES, _MOST_FRAMES))
        first = told
        while told < len(words) and starts[told] < end // BYTES_PER_MS + _WORDS_AHEAD_MS:
            told += 1
        yield Chunk(tuple(words[first:told]), audio[at:end])
        at = end
    if told < len(words):
        yield Chunk(tuple(words[told:]), b"")


def heard_of(text: str, ms: int, whole_ms: int) -> str:
    """As much of a text as is heard in so much of the time that it takes."""
    return text[: len(text) * ms // whole_ms] if whole_ms else ""


def encoded(audio: bytes, output_format: Mapping[str, Any]) -> bytes:
    """Mu-law as the session's output format. Only `audio/pcmu` carries the words; the others are silence as
    long.
    """
    silent = _SILENT.get(output_format.get("type", "audio/pcmu"))
    return audio if silent is None else silent[0] * (silent[1] * len(audio))
