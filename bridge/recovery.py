"""The model's session, lost and found: a new one takes over with the turns so far, and with what else was said to it.

Pure. Owns whether a model is there, and how often one was lost or failed; a call whose model cannot be had ends in
`session.py`.
Follows https://platform.openai.com/docs/guides/realtime-conversations: a session lasts 60 minutes at most.
"""

from bridge import events, signals
from bridge.actions import Action, Instruct, ReopenModel, Tell
from bridge.briefing import line
from bridge.call import CallState
from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.standing import Standing
from bridge.toolbox import Toolbox

LOSSES_IN_S = 60.0  # in which
LOSSES_MAX = 3  # so many lost model sessions are too many


class Recovery:
    def __init__(
        self, dialogue: Dialogue, toolbox: Toolbox, clock: Clock, standing: Standing, *, principal: str
    ) -> None:
        """`principal` is who the agent speaks for."""
        self.there = False  # a model has been ready once
        self._dialogue = dialogue
        self._toolbox = toolbox
        self._clock = clock
        self._gone = False
        self._beyond = False  # another one cannot be had
        # Lost while others talked: opened again if the agent gets the call back.
        self._missing = standing.state is CallState.CONNECTED
        self._losses: list[float] = []
        self._principal = principal
        self._told = [f"{asked.question} {asked.answer}" for asked in standing.answers] + list(standing.whispers)

    @property
    def hopeless(self) -> bool:
        return self._beyond or self._dialogue.voice.failing

    def ready(self) -> list[Action]:
        self.there = True
        if not self._gone:
            return self._dialogue.model_ready()
        self._gone = False
        told: list[Action] = [Tell(events.ModelResumed(at_ms=self._clock.at_ms))]
        if self._told:
            words = line(" / ".join(self._told))
            told.append(Instruct(f"In the conversation so far you have been told by {self._principal}: {words}"))
        return told + self._toolbox.model_back() + self._dialogue.model_back()

    def whispered(self, signal: signals.Whispered) -> list[Action]:
        self._told.append(signal.text)
        return self._dialogue.whisper(signal.text)

    def lost(self, signal: signals.ModelLost, *, needed: bool) -> list[Action]:
        """`needed`: the agent is on the line. Afterwards it may be hopeless."""
        told: list[Action] = [Tell(events.ModelTrouble(at_ms=self._clock.at_ms, code=signal.code))]
        if needed:
            self._losses = [at for at in self._losses if self._clock.now - at < LOSSES_IN_S] + [self._clock.now]
            self._beyond = not signal.retryable or len(self._losses) >= LOSSES_MAX
            if self._beyond:
                return told
        self._missing = True
        self._toolbox.model_lost()
        told += self._dialogue.model_lost()
        return told + (self.reopen() if needed else [])

    def response_ended(self, signal: signals.ResponseEnded) -> list[Action]:
        told: list[Action] = []
        if signal.status == "failed":
            told.append(Tell(events.ModelTrouble(at_ms=self._clock.at_ms, code=signal.detail or "failed")))
        return told + self._dialogue.response_ended(signal)

    def objected(self, signal: signals.ModelObjected) -> list[Action]:
        if signal.code == "conversation_already_has_active_response":
            return self._dialogue.voice.response_refused()
        told: list[Action] = [Tell(events.ModelTrouble(at_ms=self._clock.at_ms, code=signal.code))]
        return told + (self._dialogue.voice.response_declined() if signal.to_response else [])

    def reopen(self) -> list[Action]:
        """Another session, if there is none."""
        if not self._missing:
            return []
        self._missing, self._gone = False, True
        return [ReopenModel(tuple(self._dialogue.turns))]
