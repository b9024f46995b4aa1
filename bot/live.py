"""The state of a call as the chat shows it, built from its events. Pure."""

from dataclasses import dataclass, field

from bot import wording
from bot.cards import duration
from bridge import events
from bridge.call import Ending, Turn
from bridge.events import CallEvent
from bridge.transcript import follow


@dataclass
class LiveCall:
    turns: list[Turn] = field(default_factory=list)
    ending: Ending | None = None
    answered_ms: int | None = None
    _doing: str = "dialling…"

    def apply(self, event: CallEvent) -> None:
        match event:
            case events.Ringing():
                self._doing = "ringing…"
            case events.Answered():
                self.answered_ms = event.at_ms
                self._doing = ""
            case events.TurnChanged():
                self.turns = follow(self.turns, event)
            case events.ClosingBegan():
                self._doing = "saying goodbye"
            case events.ClosingCancelled():
                self._doing = ""
            case events.HangUpOrdered():
                self._doing = "hanging up"
            case events.Ended(ending=ending):
                self.ending = ending
            case _:
                pass

    @property
    def talking(self) -> bool:
        return self.answered_ms is not None and self.ending is None

    def status(self, at_ms: int) -> str:
        """In a few words, at a time in milliseconds since the call was confirmed."""
        if self.ending:
            talk = f"ended after {duration(self.ending.talk_s)}" if self.ending.answered else "ended"
            return f"{talk} – {wording.END_REASONS[self.ending.reason]}"
        if self.answered_ms is None:
            return self._doing
        connected = f"connected {duration(max(0, at_ms - self.answered_ms) / 1000)}"
        return f"{connected} · {self._doing}" if self._doing else connected
