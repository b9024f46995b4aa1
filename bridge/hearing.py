"""What is heard of the callee: their utterances, when they began and ended, and what became of each.

Pure. Owns the callee's items and their turns; what an utterance means is `dialogue.py`'s to decide.
"""

from dataclasses import dataclass, field

from bridge.actions import Tell
from bridge.call import Turn
from bridge.events import TurnChanged
from bridge.transcript import Transcript


@dataclass
class _Utterance:
    began_ms: int
    committed_ms: int | None = None


@dataclass
class Hearing:
    """Times are milliseconds of the call."""

    transcript: Transcript
    speaking: bool = False
    unsure: set[str] = field(default_factory=set)  # items whose words decide whether they are answered
    _utterances: dict[str, _Utterance] = field(default_factory=dict)

    def began(self, item_id: str, at_ms: int) -> None:
        self.speaking = True
        self._utterances[item_id] = _Utterance(at_ms)

    def committed(self, item_id: str, at_ms: int) -> None:
        self.speaking = False
        self._utterances.setdefault(item_id, _Utterance(at_ms)).committed_ms = at_ms

    def knows(self, item_id: str) -> bool:
        """Speech was detected: else a transcription is an invention."""
        return item_id in self._utterances

    def undecided(self, item_id: str) -> bool:
        """The words of this utterance decide whether it is answered."""
        return item_id in self.unsure

    def lasted_ms(self, item_id: str) -> int:
        """How long an utterance was, with the quiet that ended it; 0 while it goes on."""
        utterance = self._utterances.get(item_id)
        if utterance is None or utterance.committed_ms is None:
            return 0
        return utterance.committed_ms - utterance.began_ms

    def turn(self, item_id: str, text: str, at_ms: int) -> Tell:
        """Its words are known: it is a turn."""
        utterance = self._utterances[item_id]
        ended_ms = at_ms if utterance.committed_ms is None else utterance.committed_ms
        turn = Turn(item_id, "callee", text, utterance.began_ms, ended_ms, final=True)
        return Tell(TurnChanged(at_ms=at_ms, turn=turn, after=self.transcript.put(turn)))

    def deaf(self) -> None:
        """Whatever is being said, its words will never be known."""
        self.speaking = False
        self.unsure.clear()
