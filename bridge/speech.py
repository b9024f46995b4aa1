"""The agent's speech: its items as audio on the line and as turns of the transcript, kept in step.

Pure. Joins playout (what was heard) and transcript (what was said), so that a turn appears when its audio goes to the
line, is final when it has been heard to its end, and is cut where the callee stopped listening.
"""

from dataclasses import dataclass, field

from bridge import signals
from bridge.actions import Action, Tell, Truncate
from bridge.call import Turn
from bridge.events import TurnChanged
from bridge.playout import Playout
from bridge.transcript import Transcript, cut, finished

_UPDATE_EVERY_MS = 300  # words come several times as fast as they are spoken: one event is enough for many
_HEARD_EVERY_MS = 1000  # while a turn is heard, the journal is told that it still is: how far it got, should we die


@dataclass
class _Words:
    text: str = ""
    final: bool = False
    told_ms: int = 0


@dataclass
class Speech:
    transcript: Transcript
    playout: Playout = field(default_factory=Playout)
    _words: dict[str, _Words] = field(default_factory=dict)
    _of_old: set[str] = field(default_factory=set)  # items of a model session that is gone

    def audio(self, signal: signals.AgentAudio, now: float, at_ms: int) -> list[Action]:
        actions = self.playout.queue(signal.response_id, signal.item_id, signal.payload, now)
        return actions + self._begun(at_ms)

    def audio_done(self, item_id: str, at_ms: int) -> list[Action]:
        return self.playout.complete(item_id) + self._over(item_id, at_ms)

    def response_over(self, response_id: str, at_ms: int) -> list[Action]:
        """Nothing more of a response will come, also where it failed before its items' ends were told."""
        actions: list[Action] = []
        for item_id in self.playout.items(response_id):
            self._words.setdefault(item_id, _Words()).final = True
            actions += self.audio_done(item_id, at_ms)
        return actions

    def session_lost(self) -> None:
        """The next session does not know what was made so far: there is nothing in it to truncate."""
        self._of_old.update(self._words)

    def words(self, signal: signals.AgentWords, at_ms: int) -> list[Action]:
        words = self._words.setdefault(signal.item_id, _Words())
        words.text = signal.text if signal.final else words.text + signal.text
        words.final = words.final or signal.final
        turn = self.transcript.get(signal.item_id)
        if turn is None or turn.final:
            return []
        if over := self._over(signal.item_id, at_ms):
            return over
        if not signal.final and at_ms - words.told_ms < _UPDATE_EVERY_MS:
            return []
        words.told_ms = at_ms
        return self._put(Turn(turn.id, "agent", words.text.strip(), turn.started_ms), at_ms)

    def text(self, item_id: str) -> str:
        return self._words.get(item_id, _Words()).text.strip()

    def returned(self, mark: str, now: float, at_ms: int) -> list[Action]:
        over = [action for item_id in self.playout.returned(mark, now) for action in self._over(item_id, at_ms)]
        return over + (self._still_heard(at_ms) if self.playout.speaking else [])

    def attach(self, now: float, at_ms: int) -> list[Action]:
        return self.playout.attach(now) + self._begun(at_ms)

    def detach(self, now: float, at_ms: int) -> list[Action]:
        sent = self.playout.unheard
        self.playout.detach(now)
        return [action for item_id in sent for action in self._over(item_id, at_ms)]

    def clear(self, now: float, at_ms: int) -> list[Action]:
        sent = self.playout.unheard
        # What was heard to its end has no mark left that could say so: that of an old epoch is no proof.
        return self.playout.clear(now) + [action for item_id in sent for action in self._over(item_id, at_ms)]

    def resume(self, now: float, at_ms: int) -> list[Action]:
        return self.playout.resume(now) + self._begun(at_ms)

    def give_up(self, active_response: str, at_ms: int) -> list[Action]:
        """The callee will not hear what is held back: cut the turns and tell the model what was heard."""
        actions: list[Action] = []
        for heard in self.playout.give_up(active_response):
            interrupted = heard.heard_ms < heard.total_ms or not heard.whole
            if interrupted and heard.item_id not in self._of_old:
                # A later item of the same reply was not heard at all: truncated at 0.
                actions.append(Truncate(heard.item_id, heard.heard_ms))
            turn = self.transcript.get(heard.item_id)
            if turn is not None and not turn.final:
                text = cut(self.text(heard.item_id), heard.heard_ms, heard.total_ms)
                actions += self._put(finished(turn, text=text, ended_ms=at_ms, interrupted=interrupted), at_ms)
        return actions

    def _begun(self, at_ms: int) -> list[Action]:
        """Turns whose first audio has just gone to the line."""
        actions: list[Action] = []
        for item_id in self.playout.unheard:
            if self.playout.starting(item_id):
                words = self._words.setdefault(item_id, _Words())
                words.told_ms = at_ms
                actions += self._put(Turn(item_id, "agent", words.text.strip(), at_ms), at_ms)
        return actions

    def _still_heard(self, at_ms: int) -> list[Action]:
        item_id = self.playout.unheard[0]
        turn, words = self.transcript.get(item_id), self._words.get(item_id)
        if turn is None or turn.final or words is None or at_ms - words.told_ms < _HEARD_EVERY_MS:
            return []
        words.told_ms = at_ms
        return self._put(Turn(turn.id, "agent", words.text.strip(), turn.started_ms), at_ms)

    def _over(self, item_id: str, at_ms: int) -> list[Action]:
        turn = self.transcript.get(item_id)
        words = self._words.get(item_id)
        if turn is None or turn.final or words is None or not words.final or not self.playout.finished(item_id):
            return []
        return self._put(finished(turn, text=words.text.strip(), ended_ms=at_ms), at_ms)

    def _put(self, turn: Turn, at_ms: int) -> list[Action]:
        return [Tell(TurnChanged(at_ms=at_ms, turn=turn, after=self.transcript.put(turn)))]
