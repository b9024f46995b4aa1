"""The last messages on the wires, short enough to be read.

Owns what is kept of them: audio becomes its length, and a run of audio messages one entry with a count. Pure. Give
`note` to the world as its `overhear`.
"""

import base64
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.overheard import Way, Wire

KEPT = 300
_NEAR = 6  # audio flows both ways at once: so many entries back, it is still the same run
_LONGEST = 1200  # characters of one text
_AUDIO = {"payload", "audio"}
_AUDIO_DELTAS = {"response.output_audio.delta", "response.audio.delta"}
_RUNS = {"media", "input_audio_buffer.append", *_AUDIO_DELTAS}


@dataclass
class Entry:
    """`at_s`: since the log began; `change`: rises with every change of any entry."""

    id: int
    at_s: float
    wire: Wire
    way: Way
    name: str
    text: str
    times: int
    change: int


class WireLog:
    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._began_s = clock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.change = 0

    def note(self, wire: Wire, way: Way, text: str) -> None:
        name, body = _read(wire, text)
        self.change += 1
        near = [self._entries[-n] for n in range(1, min(_NEAR, len(self._entries)) + 1)] if name in _RUNS else []
        for entry in near:
            if (entry.wire, entry.way, entry.name) == (wire, way, name):
                entry.times += 1
                entry.text, entry.change = body, self.change
                return
        at_s = round(self._clock() - self._began_s, 2)
        self._entries.append(Entry(self.change, at_s, wire, way, name, body, 1, self.change))

    def since(self, change: int) -> list[Entry]:
        """What is new, or was changed, after this count of changes."""
        return [entry for entry in self._entries if entry.change > change]


def _read(wire: Wire, text: str) -> tuple[str, str]:
    """What a message is called, and what is shown of it."""
    if wire in {"rest", "webhook"}:
        first, _, body = text.partition("\n")
        return first.partition("?")[0], _cut(f"{first}\n{body}")
    try:
        message = json.loads(text)
    except ValueError:
        return "not JSON", _cut(text)
    if not isinstance(message, dict):
        return "not an object", _cut(text)
    name = str(message.get("event") or message.get("type") or "unnamed")
    return name, _cut(json.dumps(_shortened(message, name in _AUDIO_DELTAS), ensure_ascii=False, indent=1))


def _shortened(value: Any, audio_delta: bool, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _shortened(inner, audio_delta, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner, audio_delta) for inner in value]
    if isinstance(value, str) and (key in _AUDIO or (key == "delta" and audio_delta)):
        return f"… {_ms(value)} ms of audio"
    return _cut(value) if isinstance(value, str) else value


def _ms(payload: str) -> int:
    """Of mu-law at 8 kHz in base64."""
    try:
        return len(base64.b64decode(payload)) // 8
    except ValueError:
        return 0


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text)} characters)"
