"""Which speech the demo uses: real words where their extras are installed, else tones, and why.

Owns the choice and its wording. Must not be needed by the tests: they say what they want.
"""

from dataclasses import dataclass

from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES

_INSTALL = 'pip install "ringback[sandbox,local]"'


@dataclass(frozen=True)
class Choice:
    speech: Speech
    told: str  # one line for people


def best(*, at_once: bool = False) -> Choice:
    """`at_once`: for a clock that does not wait. Takes some seconds where there are real words. Raises WeightsChanged
    for other weights of Whisper's.
    """
    try:
        from sandbox.speech.spoken import SpokenSpeech  # noqa: PLC0415 - numpy alone takes a while

        return Choice(
            SpokenSpeech(at_once=at_once), "Both sides speak real words: hibari-tts, understood by Whisper tiny.en."
        )
    except ImportError as missing:
        return Choice(TONES, f"Both sides speak in tones, since {missing.name} is not installed: {_INSTALL}")
