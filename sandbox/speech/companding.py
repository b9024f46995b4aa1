"""Mu-law and other rates, for whole utterances at once.

Owns the conversion between samples as models have them (float, any rate) and the line's G.711 mu-law at 8 kHz. Pure.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.tones import LINEAR, encode_sample

RATE_HZ = 8000
_FULL = 32768.0

Samples = NDArray[np.float32]
"""Mono, from -1 to 1."""


@cache
def _encoded() -> NDArray[np.uint8]:
    return np.array([encode_sample(sample) for sample in range(-32768, 32768)], dtype=np.uint8)


@cache
def _decoded() -> NDArray[np.int16]:
    return np.array(LINEAR, dtype=np.int16)


def linear(audio: bytes) -> NDArray[np.int16]:
    return _decoded()[np.frombuffer(audio, dtype=np.uint8)]


def samples(audio: bytes) -> Samples:
    return (linear(audio) / _FULL).astype(np.float32)


def mulaw(spoken: Samples) -> bytes:
    steps = np.clip(np.rint(spoken * _FULL), -32768, 32767).astype(np.int32)
    return bytes(_encoded()[steps + 32768])


def resampled(spoken: Samples, length: int) -> Samples:
    """The same sound in so many samples, without what a lower rate cannot hold: its spectrum is cut or filled up."""
    if not len(spoken) or not length:
        return np.zeros(length, np.float32)
    spectrum: NDArray[Any] = np.fft.rfft(spoken)
    fitted = np.zeros(length // 2 + 1, spectrum.dtype)
    shared = min(len(fitted), len(spectrum))
    fitted[:shared] = spectrum[:shared]
    return (np.fft.irfft(fitted, length) * (length / len(spoken))).astype(np.float32)
