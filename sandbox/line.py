"""Who is at the other end of a phone line, as the stand-in Twilio sees them.

Owns the contract between the line and a callee; must not know what callees say, nor how the line is
carried. One step is 20 ms of mu-law in each direction (160 bytes, G.711 at 8 kHz).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True)
class Pickup:
    """What happens when the phone rings.

    `after_s` is how long it rings before it is picked up or refused; a `no-answer` rings for the call's own
    Timeout. `answered_by` is what answering machine detection will say, and `beep_after_s` when a machine
    beeps, after the answer.
    """

    kind: Literal["answer", "busy", "no-answer", "failed"]
    after_s: float = 2.0
    answered_by: str = "human"
    beep_after_s: float = 0.0
    sip_code: int | None = None


@dataclass(frozen=True)
class Utterance:
    """Of one side of a line, as it is known at the callee's end. Its text may grow until it is `done`; where there is
    none then, it was a sound without words.
    """

    side: Literal["callee", "agent"]
    text: str
    done: bool


class Callee(Protocol):
    """The person or machine that is phoned, from the answer to the end of the call."""

    pickup: Pickup
    hung_up: bool

    def step(self, heard: bytes) -> bytes:
        """20 ms (160 bytes) of what the line plays in, for 20 ms of what it says out. `hung_up` is read
        afterwards.
        """
        ...

    def press(self, digits: str) -> None:
        """Keypad digits that reached it, one or several at a time."""
        ...


@runtime_checkable
class Undecided(Protocol):
    """A callee who makes up their mind while the phone rings."""

    async def decide(self) -> None:
        """Until they have: then `pickup` says what they did, at once."""


Answerer = Callable[[str], Callee]
"""The callee behind a number that was dialled, in E.164."""
