"""The voices of the sandbox: one synthesised voice, raised or lowered, quicker or slower.

Owns the table by the names of OpenAI's voices, and which voice a callee has. Pure.
"""

import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """`shift` raises pitch and formants together (1: as synthesised, below it a larger person); `pace` is the speed."""

    shift: float = 1.0
    pace: float = 1.0


PLAIN = Voice()
_VOICES = {
    "marin": Voice(1.0, 1.05),
    "cedar": Voice(0.80, 1.02),
    "alloy": Voice(0.93, 1.04),
    "ash": Voice(0.84, 1.08),
    "ballad": Voice(0.88, 0.98),
    "coral": Voice(1.07, 1.06),
    "echo": Voice(0.82, 0.98),
    "sage": Voice(1.04, 1.0),
    "shimmer": Voice(1.12, 1.04),
    "verse": Voice(0.90, 1.06),
}
_CALLEES = (Voice(0.82, 1.0), Voice(0.86, 1.04), Voice(0.95, 1.02), Voice(1.08, 1.0), Voice(1.12, 1.03))


def voice(name: str) -> Voice:
    """That of OpenAI's name; another name is a callee's, who always has the same; "" is the plain one."""
    if not name:
        return PLAIN
    return _VOICES.get(name) or _CALLEES[zlib.crc32(name.encode()) % len(_CALLEES)]
