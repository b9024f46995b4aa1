"""The input audio buffer of one Realtime session, and the finding of speech in it.

Owns what was appended and not yet committed. Its clock is the audio itself: milliseconds since the first
byte of the session. Must not send anything. Pure.

Follows https://platform.openai.com/docs/guides/realtime-vad and the reference of `input_audio_buffer.*`.
Voice is found by the ear of `sandbox/speech`; `semantic_vad` differs only in its patience.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.openai.events import ClientError, new_id
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.speech.words import Words
from sandbox.tones import FRAME, FRAME_MS, SpeechBegan, SpeechEnded

_BYTES_PER_MS = 8
_ONSET_MS = 2 * FRAME_MS  # the Ear reports speech after two loud frames
_LEAST_COMMIT_MS = 100
_PREFIX_MS = 300  # "Defaults to 300ms"
_PATIENCE = {"low": 40, "medium": 25, "auto": 25, "high": 15}  # frames of quiet
_PCM_BYTES_PER_MS = 48


@dataclass(frozen=True)
class Utterance:
    """A committed stretch of audio. Its words are "" for a noise or for silence."""

    item_id: str
    audio: bytes
    spoken: Words

    @property
    def words(self) -> str:
        """As far as they are made out."""
        return self.spoken.text


@dataclass(frozen=True)
class SpeechStarted:
    item_id: str
    audio_start_ms: int


@dataclass(frozen=True)
class SpeechStopped:
    audio_end_ms: int
    utterance: Utterance


class InputBuffer:
    """Takes appends of any size; hears them in frames of 20 ms. Only `audio/pcmu` is understood, the rest
    is silence.
    """

    def __init__(self, speech: Speech = TONES) -> None:
        self._speech = speech
        self._expected: Sequence[str] = ()
        self._patience = 25
        self._ear = speech.ear(self._patience)
        self._prefix_ms = _PREFIX_MS
        self._detects = False
        self._understood = True
        self._pending = bytearray()
        self._audio = bytearray()
        self._foreign_ms = 0
        self._heard: list[Words] = []
        self._item_id = new_id("item")
        self._frames = 0

    @property
    def now_ms(self) -> int:
        return self._frames * FRAME_MS

    @property
    def speaking(self) -> bool:
        return self._detects and self._ear.speaking

    def configure(self, audio_input: Mapping[str, Any]) -> None:
        """Takes `session.audio.input`; a new patience counts from the next utterance on."""
        self._understood = audio_input["format"].get("type") == "audio/pcmu"
        self._expected = (audio_input.get("transcription") or {}).get("keywords", ())
        self._ear.expect(self._expected)
        detection = audio_input["turn_detection"]
        self._detects = detection is not None
        patience = self._patience
        if detection is not None and detection["type"] == "semantic_vad":
            patience = _PATIENCE[detection["eagerness"]]
            self._prefix_ms = _PREFIX_MS
        elif detection is not None:
            patience = max(1, round(detection["silence_duration_ms"] / FRAME_MS))
            self._prefix_ms = detection["prefix_padding_ms"]
        if patience != self._patience:
            self._patience = patience
            if not self._ear.speaking:
                self._listen_anew()

    def append(self, audio: bytes) -> list[SpeechStarted | SpeechStopped]:
        if not self._understood:
            self._foreign_ms += len(audio) // _PCM_BYTES_PER_MS
            return []
        self._pending += audio
        found: list[SpeechStarted | SpeechStopped] = []
        whole = len(self._pending) // FRAME * FRAME
        for at in range(0, whole, FRAME):
            found += self._hear(bytes(self._pending[at : at + FRAME]))
        del self._pending[:whole]
        return found

    def commit(self) -> Utterance:
        """What the client commits by hand. ClientError when there is hardly anything."""
        held_ms = (len(self._audio) + len(self._pending)) // _BYTES_PER_MS + self._foreign_ms
        if held_ms < _LEAST_COMMIT_MS:
            raise ClientError(
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {held_ms:.2f}ms of audio.",
                "input_audio_buffer_commit_empty",
            )
        words = [*self._heard, self._ear.so_far()]
        self._listen_anew()
        return self._take(words)

    def clear(self) -> None:
        self._pending.clear()
        self._take([])
        self._listen_anew()

    def _listen_anew(self) -> None:
        self._ear = self._speech.ear(self._patience)
        self._ear.expect(self._expected)

    def _hear(self, frame: bytes) -> list[SpeechStarted | SpeechStopped]:
        self._frames += 1
        self._audio += frame
        found: list[SpeechStarted | SpeechStopped] = []
        for event in self._ear.feed(frame):
            if isinstance(event, SpeechBegan) and self._detects:
                found.append(self._begun())
            elif isinstance(event, SpeechEnded):
                self._heard.append(event.words)
                if self._detects:
                    # "will correspond to the end of audio sent to the model": the quiet is part of it
                    found.append(SpeechStopped(self.now_ms, self._take(self._heard)))
                    self._listen_anew()
        keep = (self._prefix_ms + _ONSET_MS) * _BYTES_PER_MS
        if self._detects and not self._ear.speaking and len(self._audio) > 2 * keep + FRAME:
            del self._audio[: len(self._audio) - keep]
        return found

    def _begun(self) -> SpeechStarted:
        # "This will correspond to the beginning of audio sent to the model, and thus includes the
        # prefix_padding_ms"
        padded = self._prefix_ms + _ONSET_MS
        if len(self._audio) > padded * _BYTES_PER_MS:
            del self._audio[: len(self._audio) - padded * _BYTES_PER_MS]
        self._heard.clear()
        return SpeechStarted(self._item_id, self.now_ms - len(self._audio) // _BYTES_PER_MS)

    def _take(self, words: Sequence[Words]) -> Utterance:
        taken = Utterance(self._item_id, bytes(self._audio), Words.of(words))
        self._audio.clear()
        self._heard.clear()
        self._foreign_ms = 0
        self._item_id = new_id("item")
        return taken


def heard_text(audio: bytes, speech: Speech = TONES) -> Words:
    """What can be made out of a stretch of `audio/pcmu`."""
    return speech.make_out(audio) if len(audio) >= _LEAST_COMMIT_MS * _BYTES_PER_MS else Words()
