"""20 ms of audio that says where it comes from and when it was sent, and shows when it was damaged.

Pure. Owns the layout of these frames. To a relay they are mu-law like any other: 160 bytes, base64 on both wires.
"""

import base64
import zlib
from dataclasses import dataclass
from struct import Struct

SIZE = 160  # bytes: 20 ms of 8 kHz mu-law
MS = 20
_HEAD = Struct("<4sHHIQ")  # what it is, speaker, reply, number, monotonic ns
_SUM = Struct("<I")
_KIND = b"RB20"
_FILLING = bytes(range(7, 7 + SIZE - _HEAD.size - _SUM.size))


@dataclass(frozen=True, slots=True)
class Frame:
    """`speaker` is the phone's or the model session's number; `number` counts from 0 in each `reply`."""

    speaker: int
    reply: int
    number: int
    sent_ns: int


def encode(speaker: int, reply: int, number: int, sent_ns: int) -> str:
    """Base64 of one frame."""
    body = _HEAD.pack(_KIND, speaker, reply, number, sent_ns) + _FILLING
    return base64.b64encode(body + _SUM.pack(zlib.crc32(body))).decode("ascii")


def decode(payload: str) -> list[Frame | None]:
    """The frames of a payload, which may hold several; None for each that was damaged, and for what is left over."""
    try:
        audio = base64.b64decode(payload, validate=True)
    except ValueError:
        return [None]
    return [_frame(audio[start : start + SIZE]) for start in range(0, len(audio), SIZE)]


def _frame(audio: bytes) -> Frame | None:
    body = audio[: -_SUM.size]
    if len(audio) != SIZE or zlib.crc32(body) != _SUM.unpack(audio[-_SUM.size :])[0]:
        return None
    kind, speaker, reply, number, sent_ns = _HEAD.unpack_from(body)
    return Frame(speaker, reply, number, sent_ns) if kind == _KIND else None
