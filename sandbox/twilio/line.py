"""The line of an answered call: the callee stepped every 20 ms, and both sides as they really sounded.

Owns the pace (no drift: tick n is at the answer + n * 20 ms) and the recordings. Must not know TwiML or HTTP.
"""

import asyncio
import itertools

from sandbox.line import Callee
from sandbox.tones import FRAME, FRAME_MS
from sandbox.twilio.playout import Playout
from sandbox.twilio.stream import MediaStream


class TelephoneLine:
    """Carries sound between the callee and, in turn, a media stream, another phone, an announcement, or silence."""

    def __init__(self, callee: Callee) -> None:
        self.callee = callee
        self.callee_audio = bytearray()
        self.agent_audio = bytearray()
        self.stream: MediaStream | None = None
        self._announcement = Playout()
        self._joined: TelephoneLine | None = None

    async def run(self) -> None:
        """Until the callee has hung up."""
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        for tick in itertools.count(1):
            await asyncio.sleep(max(0.0, answered_at + tick * FRAME_MS / 1000 - loop.time()))
            self._step()
            if self.callee.hung_up:
                return

    async def announce(self, audio: bytes) -> None:
        """Play a sound to the callee, to its end or until cancelled."""
        self._announcement.media(audio)
        try:
            await asyncio.sleep(len(audio) / 8000)
        finally:
            self._announcement.clear()

    def join(self, other: "TelephoneLine") -> None:
        """Let the two phones hear each other, instead of a stream."""
        self._joined, other._joined = other, self  # noqa: SLF001 - another of its own kind

    def part(self) -> None:
        """End what is played to this phone, and to the one it was joined with."""
        other, self._joined = self._joined, None
        self._announcement.clear()
        if other is not None:
            other.part()

    def hear(self, said: bytes) -> None:
        """20 ms of the other phone."""
        self._announcement.media(said)

    def _step(self) -> None:
        source = self.stream or self._announcement
        heard = source.step() if isinstance(source, MediaStream) else source.step()[0]
        said = self.callee.step(heard)
        if len(said) != FRAME:
            raise ValueError(f"a callee said {len(said)} bytes in a step of {FRAME}")
        self.agent_audio += heard
        self.callee_audio += said
        if self.stream:
            self.stream.hear(said)
        if self._joined is not None:
            self._joined.hear(said)
