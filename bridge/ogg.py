"""Two sides of a call, mixed and written as one OGG/Opus file.

Owns the form of the file. It takes about a second of one core for a minute of talk, so whoever has an event loop calls
it in a thread. Follows RFC 7845 (Ogg Opus), which is what Telegram's sendVoice wants ("an .OGG file encoded with OPUS",
at most 50 MB), and G.711 for mu-law. numpy and soundfile are imported when they are first needed: nobody who records
nothing waits for them.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 8000
# libsndfile asks Opus for 6 kbit/s at 1.0 and 256 at 0.0, evenly between them; this is 24, or 11 MB an hour. The
# sandbox's tones, which are harder on a codec of speech than speech, are still read without a fault at 12.
_COMPRESSION = 0.93
_BLOCK = RATE_HZ  # a second at a time: the samples of a whole call would be four times its size


def write(path: Path, one: bytes, other: bytes) -> None:
    """Both sides, mu-law at 8 kHz and of equal length, as mono. The file is there once it is whole, for our eyes only.

    Makes the folder. Raises OSError, or RuntimeError (soundfile's own) for what libsndfile cannot write.
    """
    import soundfile  # noqa: PLC0415 - see above

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    try:
        with soundfile.SoundFile(
            part,
            "w",
            samplerate=RATE_HZ,
            channels=1,
            format="OGG",
            subtype="OPUS",
            compression_level=_COMPRESSION,
        ) as file:
            for at in range(0, len(one), _BLOCK):
                file.write(mixed(one[at : at + _BLOCK], other[at : at + _BLOCK]))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def duration_s(file: bytes) -> float:
    """How long an Ogg Opus file with one stream plays. 0.0 for what is none.

    RFC 7845, section 4: the last page's granule position counts samples at 48 kHz, the pre-skip before the first one
    included.
    """
    head, last = file.find(b"OpusHead"), file.rfind(b"OggS")
    if head < 0 or last < 0:
        return 0.0
    skipped = int.from_bytes(file[head + 10 : head + 12], "little")
    end = int.from_bytes(file[last + 6 : last + 14], "little")
    return max(0, end - skipped) / 48_000


def mixed(one: bytes, other: bytes) -> "NDArray[np.int16]":
    """Both sides added, in 16-bit samples: what is too loud for those is as loud as they can be."""
    import numpy as np  # noqa: PLC0415 - see above

    linear = _linear()
    both = linear[np.frombuffer(one, np.uint8)] + linear[np.frombuffer(other, np.uint8)]
    samples: NDArray[np.int16] = np.clip(both, -32768, 32767).astype(np.int16)
    return samples


@cache
def _linear() -> "NDArray[np.int32]":
    """The sample of each byte of mu-law (G.711, table 2a): sign, three bits of exponent, four of mantissa, inverted."""
    import numpy as np  # noqa: PLC0415 - see above

    code = ~np.arange(256, dtype=np.uint8)
    magnitude = ((((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude)
