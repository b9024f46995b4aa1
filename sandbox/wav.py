"""A telephone call as a WAV file: the callee in one ear, the agent in the other.

Owns the container and nothing else. Pure: mu-law bytes in, the bytes of a file out. The RIFF form is the
standard library's (`wave`), 16-bit linear PCM at 8 kHz.
"""

import io
import struct
import wave

from sandbox.tones import LINEAR

RATE_HZ = 8000


def stereo_wav(left: bytes, right: bytes) -> bytes:
    """Two sides of a call in mu-law, as stereo PCM; the shorter side is followed by silence."""
    length = max(len(left), len(right))
    samples = [0] * (2 * length)
    samples[0 : 2 * len(left) : 2] = [LINEAR[byte] for byte in left]
    samples[1 : 2 * len(right) : 2] = [LINEAR[byte] for byte in right]
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(RATE_HZ)
        wav.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()
