"""The requester takes the line over from the agent, and the agent may have it back.

Pure. Owns where the line is; the call's limits and its end are `session.py`'s.
"""

from bridge import events
from bridge.actions import Action, Instruct, TakeOver, Tell
from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.standing import Standing
from bridge.toolbox import Toolbox


class Takeover:
    def __init__(self, dialogue: Dialogue, toolbox: Toolbox, clock: Clock, standing: Standing) -> None:
        # Two people are talking, and the agent is not on the line.
        self.done = standing.taken_over_ms is not None
        dialogue.hushed = dialogue.hushed or self.done
        self._dialogue = dialogue
        self._toolbox = toolbox
        self._clock = clock
        self._number = ""  # of the phone that takes over, once the agent has said so

    def ask(self, number: str) -> list[Action]:
        """The agent says who is coming, if there is anybody to say it to."""
        if self._number or self.done or self._dialogue.closing:
            return []
        self._number = number
        if self._toolbox.holding:
            return []
        # Whatever the callee says from now on is for the requester to answer.
        return self._dialogue.hush() + self._dialogue.voice.say(self._dialogue.briefing.handover)

    @property
    def due(self) -> bool:
        """It has been said: the agent leaves the line."""
        said = self._toolbox.holding or self._dialogue.floor == "nobody"
        return bool(self._number) and said and not self._dialogue.ending

    def go(self) -> list[Action]:
        number, self._number = self._number, ""
        actions = self._toolbox.wait_no_more() + self._dialogue.hold_back()
        self.done = True
        return [*actions, Tell(events.TakenOver(at_ms=self._clock.at_ms)), TakeOver(number)]

    def come_back(self) -> list[Action]:
        """That phone did not answer: the agent has the call again."""
        told = self._toolbox.wait_no_more()
        self.done = self._dialogue.hushed = False
        # In the conversation, not in the place of the prompt: the facts are needed to go on.
        return [*told, Instruct(self._dialogue.briefing.taken_back), *self._dialogue.voice.answer()]
