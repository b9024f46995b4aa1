"""A phone that the person at the page answers: it rings until they decide, then carries what they type or speak.

Owns the callee's side of such a call. Audio is mu-law at 8 kHz, 20 ms a step. Must not know of browsers.
"""

import asyncio
from typing import Literal

from sandbox.callee import acted_out
from sandbox.line import Callee, Pickup
from sandbox.scenario import scenario
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.tones import FRAME, SILENCE

Answer = Literal["answer", "decline", "busy", "voicemail"]

# 603: "The callee rejected the call" (https://www.twilio.com/docs/api/errors/31603). Which status the call has then is
# not documented; like a line that is engaged, it was reached and not answered.
_PICKUPS = {"answer": Pickup("answer"), "decline": Pickup("busy", sip_code=603), "busy": Pickup("busy", sip_code=486)}
_MOST_MICROPHONE = 25 * FRAME  # half a second: what is older than that is late, and is left out


class OwnPhone:
    def __init__(self, number: str, speech: Speech = TONES) -> None:
        self.number = number
        self.pickup = Pickup("no-answer")
        self.hung_up = False
        self.pressed = ""
        self._speech = speech
        self._decided = asyncio.Event()
        self._machine: Callee | None = None
        self._typed = bytearray()
        self._microphone = bytearray()

    @property
    def decided(self) -> bool:
        return self._decided.is_set()

    async def decide(self) -> None:
        await self._decided.wait()

    def answer(self, how: Answer) -> None:
        """Only the first answer counts."""
        if self.decided:
            return
        if how == "voicemail":
            self._machine = acted_out(scenario("voicemail"), self._speech)
            self.pickup = self._machine.pickup
        else:
            self.pickup = _PICKUPS[how]
        self._decided.set()

    def say(self, words: str) -> None:
        """What is typed is spoken, one after another."""
        self._typed += self._speech.speak(words) + SILENCE

    def hear_microphone(self, audio: bytes) -> None:
        self._microphone += audio
        del self._microphone[: max(0, len(self._microphone) - _MOST_MICROPHONE)]

    def hang_up(self) -> None:
        self.hung_up = True

    def press(self, digits: str) -> None:
        self.pressed += digits

    def step(self, heard: bytes) -> bytes:
        if self._machine is not None:
            said = self._machine.step(heard)
            self.hung_up = self.hung_up or self._machine.hung_up
            return said
        for source in (self._typed, self._microphone):
            # Speech that is typed may end within a frame; a microphone's next bytes are only on their way.
            if len(source) >= FRAME or (source and source is self._typed):
                frame = bytes(source[:FRAME])
                del source[:FRAME]
                return frame + SILENCE[len(frame) :]
        return SILENCE
