"""Taking leave: from the first sign that the talk is over to its closing, and back when the callee goes on.

Pure. Owns the signs (a goodbye at the end of the agent's words, a tool that ends the call) and what follows from them;
the closing's own clock is `closing.py`'s.
"""

from bridge import events, signals
from bridge.actions import Action, Tell
from bridge.clock import Clock
from bridge.closing import Closing
from bridge.hearing import Hearing
from bridge.phrases import Phrasebook
from bridge.transcript import Transcript
from bridge.voice import Voice


class Leave:
    def __init__(self, voice: Voice, hearing: Hearing, transcript: Transcript, clock: Clock) -> None:
        self.closing = Closing()
        self._voice = voice
        self._hearing = hearing
        self._transcript = transcript
        self._clock = clock
        self._farewell_item = ""  # an item that ends with a goodbye, until its first words are on the line
        self._last_words = ""  # the model has ended the call in the response being made: instructions for its goodbye

    def agent_words(self, signal: signals.AgentWords, phrases: Phrasebook) -> None:
        """Do these words end with a goodbye that will be heard?"""
        turn = self._transcript.get(signal.item_id)
        heard_no_more = turn is not None and turn.interrupted
        if signal.final and not heard_no_more and phrases.ends_with_goodbye(signal.text):
            self._farewell_item = signal.item_id

    def end_called(self, farewell: str) -> None:
        """The model ends the call. `farewell` has it say goodbye, in case it does not do so by itself."""
        if not self._voice.unwanted:
            self._last_words = self._last_words or farewell

    def forget(self) -> None:
        """The agent fell silent: what it was about to say is no sign any more."""
        self._farewell_item = self._last_words = ""

    def begin(self, *, forced: bool = False, reason: str = "") -> list[Action]:
        if not self.closing.begin(forced=forced):
            return []
        return [Tell(events.ClosingBegan(at_ms=self._clock.at_ms, reason=reason))]

    def cancelled(self) -> list[Action]:
        """The callee went on: one answer to all that was said."""
        self._hearing.unsure.clear()
        return [Tell(events.ClosingCancelled(at_ms=self._clock.at_ms)), *self._voice.answer()]

    def settle(self, *, interrupted: bool) -> list[Action]:
        """What follows from where things stand."""
        actions: list[Action] = []
        if self._farewell_item and not interrupted and self._transcript.get(self._farewell_item):
            self._farewell_item = ""
            actions += self.begin()
        if self._last_words and not (interrupted or self._voice.making):
            actions += self._take()
        return actions + (self._settle_closing() if self.closing.active else [])

    def _take(self) -> list[Action]:
        """The model has ended the call: if it did so without a goodbye, have it say one first."""
        farewell, self._last_words = self._last_words, ""
        if self.closing.active or self._farewell_item:
            return []
        return self._voice.say(farewell) + self.begin()

    def _settle_closing(self) -> list[Action]:
        if not self._voice.busy:
            self.closing.played_out(self._clock.now)
        if not self.closing.words_overdue(self._clock.now):
            return []
        self.closing.cancel()
        return self.cancelled()
