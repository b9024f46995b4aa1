"""The state of a call as the chat shows it, built from its events. Pure."""

from dataclasses import dataclass, field

from bot import wording
from bot.cards import duration
from bridge import events
from bridge.call import Ending, Turn
from bridge.events import CallEvent
from bridge.transcript import follow

_DOING: dict[type, str] = {
    events.Ringing: "ringing…",
    events.Answered: "",
    events.TakenOver: "your phone takes over",
    events.ClosingBegan: "saying goodbye",
    events.ClosingCancelled: "",
    events.HangUpOrdered: "hanging up",
}


@dataclass
class LiveCall:
    turns: list[Turn] = field(default_factory=list)
    ending: Ending | None = None
    answered_ms: int | None = None
    on_hold_ms: int | None = None  # since when
    question_open: bool = False
    _doing: str = "dialling…"

    def apply(self, event: CallEvent) -> None:
        self._doing = _DOING.get(type(event), self._doing)
        match event:
            case events.Answered():
                self.answered_ms = event.at_ms
            case events.TurnChanged():
                self.turns = follow(self.turns, event)
            case events.HoldBegan():
                self.on_hold_ms = event.at_ms
            case events.HoldEnded():
                self.on_hold_ms = None
            case events.QuestionAsked() | events.QuestionClosed():
                self.question_open = isinstance(event, events.QuestionAsked)
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
        parts = [f"connected {duration(max(0, at_ms - self.answered_ms) / 1000)}"]
        if self.on_hold_ms is not None:
            parts.append(f"on hold {duration(max(0, at_ms - self.on_hold_ms) / 1000)}")
        if self.question_open:
            parts.append("waiting for your answer")
        if self._doing:
            parts.append(self._doing)
        return " · ".join(parts)
