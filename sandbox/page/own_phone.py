"""A phone that the person at the page answers: it rings until they decide, then carries what they type or speak.

Owns the callee's side of such a call. Audio is mu-law at 8 kHz, 20 ms a step. Must not know of browsers.
"""

import asyncio
from collections import deque
from typing import Literal

from sandbox.callee import acted_out
from sandbox.handset import PATIENCE_FRAMES, Handset, Mouth, Overhearing
from sandbox.line import Pickup, Utterance
from sandbox.scenario import scenario
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.tones import FRAME, FRAME_MS, SILENCE

Answer = Literal["answer", "decline", "busy", "voicemail"]
Side = Literal["callee", "agent"]

# 603: "The callee rejected the call" (https://www.twilio.com/docs/api/errors/31603). Which status the call has then is
# not documented; like a line that is engaged, it was reached and not answered.
_PICKUPS = {"answer": Pickup("answer"), "decline": Pickup("busy", sip_code=603), "busy": Pickup("busy", sip_code=486)}
_MOST_MICROPHONE = 25 * FRAME  # half a second: what is older than that is late, and is left out
_LATER_FRAMES = 30  # so much later those who look on make out the microphone: whoever answers it comes first


class OwnPhone:
    def __init__(self, number: str, speech: Speech = TONES) -> None:
        self.number = number
        self.pickup = Pickup("no-answer")
        self.hung_up = False
        self.pressed = ""
        self._speech = speech
        self._decided = asyncio.Event()
        self._machine: Handset | None = None
        self._frames = 0
        self._typed: deque[str] = deque()
        self._mouth = Mouth(speech)
        self._microphone = bytearray()
        self._spoken = deque([SILENCE] * _LATER_FRAMES)
        sides: tuple[Side, ...] = ("agent", "callee")
        self._ears = {side: speech.ear(PATIENCE_FRAMES) for side in sides}
        self._overheard = {side: Overhearing(side, ear) for side, ear in self._ears.items()}

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
        self._typed.append(words)

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
        self._frames += 1
        said = self._say()
        self._listen("agent", heard)
        return said

    def utterances(self, *, over: bool = False) -> tuple[list[Utterance], ...]:
        """What was typed, what was spoken into the microphone, and what the agent said, as it is made out."""
        if self._machine is not None:
            return self._machine.utterances(over=over)
        return (
            self._mouth.utterances(over=over),
            *(overheard.utterances(over=over) for overheard in self._overheard.values()),
        )

    def _say(self) -> bytes:
        """What is typed goes first; it keeps the microphone out."""
        now_ms = self._frames * FRAME_MS
        if self._typed and not self._mouth.busy:
            self._mouth.say(self._typed.popleft(), now_ms)
        if self._mouth.busy:
            self._listen("callee", self._delayed(SILENCE))
            return self._mouth.frame(now_ms)
        spoken = SILENCE
        if len(self._microphone) >= FRAME:  # its next bytes may only be on their way
            spoken = bytes(self._microphone[:FRAME])
            del self._microphone[:FRAME]
        self._listen("callee", self._delayed(spoken))
        return spoken

    def _delayed(self, frame: bytes) -> bytes:
        self._spoken.append(frame)
        return self._spoken.popleft()

    def _listen(self, side: Side, frame: bytes) -> None:
        self._overheard[side].note(self._ears[side].feed(frame))
