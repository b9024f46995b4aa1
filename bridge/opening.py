"""The opening: the agent's first words, from the wish for them to the time when the callee has heard them.

Pure. Owns whether the opening is still to be heard, and what an utterance over it means: a "hello" at the same moment
as ours neither stops the opening nor is answered by a second one.
"""

from dataclasses import dataclass

from bridge.phrases import Phrasebook

AFTER_MS = 1200  # an utterance that goes on so long after the opening answers it


@dataclass
class Opening:
    """Due, then asked of the model, then over. Times are milliseconds of the call."""

    asked: bool = False
    over: bool = False
    item_id: str = ""  # "" until its first audio
    _over_ms: int = 0

    def ask(self) -> bool:
        """True once, if it is not too late for one."""
        first = not (self.asked or self.over)
        self.asked = self.asked or first
        return first

    def audio(self, item_id: str) -> None:
        """The first audio of all, if there is to be an opening, is its."""
        if self.asked and not self.over and not self.item_id:
            self.item_id = item_id

    def end(self, at_ms: int) -> None:
        if not self.over:
            self.over = True
            self._over_ms = at_ms

    def answered(self, at_ms: int) -> bool:
        """An utterance that ends now is an answer to it, even if it began before its end."""
        return self.over and at_ms - self._over_ms >= AFTER_MS

    @staticmethod
    def wants_answer(text: str, phrases: Phrasebook) -> bool:
        """Words spoken over it: the way a phone is answered wants no answer, the opening was one."""
        if phrases.is_backchannel(text) or phrases.is_greeting(text):
            return False
        return "?" in text or not phrases.greets(text)
