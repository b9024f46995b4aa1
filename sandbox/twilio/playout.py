"""What one bidirectional media stream plays to the callee, 20 ms at a time.

Owns the queue of received audio, its marks and `clear`. Pure: the line that steps it is the clock. Follows
"Media Streams - WebSocket Messages", https://www.twilio.com/docs/voice/media-streams/websocket-messages
(Send a Media/Mark/Clear message).
"""

from collections import deque

from sandbox.tones import FRAME, SILENCE


class Playout:
    """Audio in arrival order; sizes need not be multiples of a frame."""

    def __init__(self) -> None:
        self._queue = bytearray()
        self._received = 0
        self._gone = 0  # bytes played or cleared
        self._marks: deque[tuple[int, str]] = deque()

    @property
    def queued_ms(self) -> float:
        return len(self._queue) / 8

    def media(self, audio: bytes) -> None:
        """Queue mu-law audio of any length."""
        self._queue += audio
        self._received += len(audio)

    def mark(self, name: str) -> list[str]:
        """A mark returns when all audio before it "has been completed": at once when there is none."""
        if not self._queue:
            return [name]
        self._marks.append((self._received, name))
        return []

    def clear(self) -> list[str]:
        """Empty the queue and return every pending mark, played or not.

        "This empties all buffered audio and causes any `mark` messages to be sent back."
        """
        self._queue.clear()
        self._gone = self._received
        return self._due()

    def step(self) -> tuple[bytes, list[str]]:
        """The next 20 ms the callee hears, and the marks that are reached with it.

        Where there is no audio there is silence; a last piece shorter than a frame is filled up with it.
        """
        audio = bytes(self._queue[:FRAME])
        del self._queue[:FRAME]
        self._gone += len(audio)
        return audio + SILENCE[len(audio) :], self._due()

    def _due(self) -> list[str]:
        due = []
        while self._marks and self._marks[0][0] <= self._gone:
            due.append(self._marks.popleft()[1])
        return due
