"""How long a media stream waits for our first sound.

Pure. Owns the measure of each stream; what is played, and when, is decided elsewhere.
"""

from collections.abc import Sequence

from bridge import events
from bridge.actions import Action, Play, Tell
from bridge.clock import Clock


class Latency:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None  # a stream without a sound of ours yet

    def stream_started(self) -> None:
        self._since = self._clock.now

    def note(self, actions: Sequence[Action]) -> list[Action]:
        """Tells of the first audio of a stream."""
        if self._since is None or not any(isinstance(action, Play) for action in actions):
            return []
        after_ms = round((self._clock.now - self._since) * 1000)
        self._since = None
        return [Tell(events.FirstAudio(at_ms=self._clock.at_ms, after_ms=after_ms))]
