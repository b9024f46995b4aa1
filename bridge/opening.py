"""The opening: the agent's first words, from the wish for them to the time when the callee has heard them.

Pure. Owns whether the opening is still to be heard, and what an utterance over it means: a "hello" at the same moment
as ours neither stops the opening nor is answered by a second one.
"""

from dataclasses import dataclass
from typing import Self

from bridge.call import CallState
from bridge.phrases import Phrasebook
from bridge.standing import Standing

AFTER_MS = 1200  # an utterance that goes on so long after the opening answers it


GREETING_S = 1.2  # a persona that lets the callee speak first waits so long for them to begin
GREETING_MAX_S = 6.0  # and so long for them to end


@dataclass
class Opening:
    """Due, then asked of the model, then over. Times are milliseconds of the call; `now` and deadlines in seconds."""

    waits: bool = False  # for the callee's greeting
    deadline: float | None = None  # when it waits no longer
    greeting: str = ""  # the callee's item that it waited for, and answers
    asked: bool = False
    over: bool = False
    item_id: str = ""  # "" until its first audio
    _over_ms: int = 0

    @classmethod
    def of(cls, standing: Standing, *, waits: bool) -> Self:
        """Of a call that stands there: what of it was broken off by the end of a process is said anew, and whole,
        because it tells who is calling.
        """
        if standing.state.precedes(CallState.CONNECTED) and not standing.opened:
            return cls(waits=waits)
        return cls(asked=True, over=standing.opened)

    def ask(self) -> bool:
        """True once, if it is not too late for one."""
        first = not (self.asked or self.over)
        self.asked = self.asked or first
        return first

    def lost(self) -> bool:
        """The model was lost before any of it was made: it may be asked for again."""
        lost = self.asked and not self.over and not self.item_id
        self.asked = self.asked and not lost
        return lost

    def audio(self, item_id: str) -> None:
        """The first audio of all, if there is to be an opening, is its."""
        if self.asked and not self.over and not self.item_id:
            self.item_id = item_id

    def line_open(self, now: float) -> bool:
        """True when it may be heard now; False when the callee is to speak first."""
        if not self.waits or self.over:
            return True
        self.deadline = now + GREETING_S
        return False

    def line_gone(self) -> None:
        """Whoever was waited for will be waited for on the next line."""
        self.deadline = None

    def greeting_began(self, item_id: str, now: float) -> bool:
        """The callee speaks before the opening is over. True when it waits for that."""
        if self.deadline is None:
            return False
        self.deadline = now + GREETING_MAX_S
        self.greeting = item_id
        return True

    def greeted(self, now: float) -> bool:
        """The callee has spoken, or will not: True once, when the opening is to be heard."""
        if self.deadline is None or now < self.deadline:
            return False
        self.deadline = None
        self.waits = False
        return True

    def greeting_over(self, now: float) -> None:
        if self.deadline is not None:
            self.deadline = now

    def end(self, at_ms: int) -> None:
        if not self.over:
            self.over = True
            self._over_ms = at_ms

    def answered(self, at_ms: int) -> bool:
        """An utterance that ends now is an answer to it, even if it began before its end."""
        return self.over and at_ms - self._over_ms >= AFTER_MS

    @staticmethod
    def wants_answer(text: str, phrases: Phrasebook) -> bool:
        """Words spoken over it: the way a phone is answered wants no answer, the opening was one. A machine that wants
        something wants it after its own words.
        """
        if phrases.is_menu(text) or phrases.is_screening(text):
            return True
        if phrases.is_backchannel(text) or phrases.is_greeting(text):
            return False
        return "?" in text or not phrases.greets(text)
