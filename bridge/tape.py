"""The tape of a recorded call: what came and went on its line, entry after entry, in a form that a file can grow by.

Pure. Owns that form. Must not know what the entries sound like together (`recording.py`), nor write anything
(`archive.py`). A tape only grows, so what was written of it is good whatever becomes of the process; an entry that was
broken off at its end is left out. Each process that has the call has a tape of its own.
"""

import base64
import struct
from collections.abc import Iterable, Iterator
from enum import IntEnum

from bridge.actions import Action, Clear, Play
from bridge.recording import Recording

# No call lasts so long. With a clock that was set wrong at a restart it would be filled up with silence.
LATEST_MS = 3 * 3_600_000
_HEAD = struct.Struct("<IBI")  # milliseconds since the call was confirmed, the kind, bytes of mu-law that follow


class _Kind(IntEnum):
    STARTED = 0
    STOPPED = 1
    HEARD = 2
    PLAYED = 3
    CLEARED = 4


class Tape:
    """`now`, and `began` (when the call was confirmed), are seconds on any steady clock."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._new = bytearray()

    def stream_started(self, now: float) -> None:
        self._put(_Kind.STARTED, now)

    def stream_stopped(self, now: float) -> None:
        self._put(_Kind.STOPPED, now)

    def heard(self, payload: str, now: float) -> None:
        """What the callee has said up to now: base64, as it comes in. What is none is left out."""
        self._put(_Kind.HEARD, now, _decoded(payload))

    def sent(self, action: Action, now: float) -> None:
        """What the line was told."""
        match action:
            case Play(payload):
                self._put(_Kind.PLAYED, now, _decoded(payload))
            case Clear():
                self._put(_Kind.CLEARED, now)

    def taken(self) -> bytes:
        """The entries since this was last asked for."""
        new, self._new = bytes(self._new), bytearray()
        return new

    def _put(self, kind: _Kind, now: float, audio: bytes = b"") -> None:
        at_ms = max(0, round((now - self._began) * 1000))
        if at_ms <= LATEST_MS:
            self._new += _HEAD.pack(at_ms, kind, len(audio))
            self._new += audio


def recorded(tapes: Iterable[bytes]) -> Recording:
    """What was heard on the line, from the tapes of all processes that had the call, in their order."""
    recording = Recording()
    for tape in tapes:
        for at_ms, kind, audio in _entries(tape):
            now = at_ms / 1000
            match kind:
                case _Kind.STARTED:
                    recording.stream_started(now)
                case _Kind.STOPPED:
                    recording.stream_stopped(now)
                case _Kind.HEARD:
                    recording.heard(audio, now)
                case _Kind.PLAYED:
                    recording.played(audio, now)
                case _Kind.CLEARED:
                    recording.cleared(now)
    return recording


def _entries(tape: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Those that are whole. A process that died could not say that its stream ended: so it does with its last entry."""
    last_ms = at = 0
    while (audio := at + _HEAD.size) <= len(tape):
        at_ms, kind, size = _HEAD.unpack_from(tape, at)
        at = audio + size
        if at <= len(tape):
            yield at_ms, kind, tape[audio:at]
            last_ms = at_ms
    yield last_ms, _Kind.STOPPED, b""


def _decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload)
    except ValueError:
        return b""
