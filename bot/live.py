"""The state of a call as the chat shows it, built from its events. Pure."""

from dataclasses import dataclass, field
from typing import Literal

from bot.call_view import duration
from bot.cards import money
from bot.report_view import Finished, spoken
from bot.summary import Summary
from bot.wording import Words
from bridge import events
from bridge.call import CallSpec, Ending, Turn
from bridge.events import CallEvent
from bridge.transcript import follow

_DOING: dict[type, str] = {
    events.Ringing: "live-ringing",
    events.Answered: "",
    events.Streaming: "",  # also of a call that was taken over and has come back
    events.MessageBegan: "live-message",
    events.TakenOver: "live-taken-over",
    events.ClosingBegan: "live-goodbye",
    events.ClosingCancelled: "",
    events.HangUpOrdered: "live-hanging-up",
}


@dataclass
class LiveCall:
    turns: list[Turn] = field(default_factory=list)
    ending: Ending | None = None
    answered_ms: int | None = None
    on_hold_ms: int | None = None  # since when
    question_open: bool = False
    cost_usd: float = 0.0
    do_not_call: bool = False
    began_unix: float = 0.0
    whispers: list[str] = field(default_factory=list)
    _before_message: frozenset[str] | None = None  # the turns before the message on a machine
    _doing: str = "live-dialling"

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
            case events.CostRose():
                self.cost_usd = event.cost_usd
            case events.Ended(ending=ending):
                self.ending = ending
            case _:
                self._note(event)

    def _note(self, event: CallEvent) -> None:
        """What is told in the report alone."""
        match event:
            case events.Confirmed():
                self.began_unix = event.confirmed_unix
            case events.Whispered(text=text):
                self.whispers.append(text)
            case events.MessageBegan():
                self._before_message = frozenset(turn.id for turn in self.turns)
            case events.DoNotCallAsked():
                self.do_not_call = True
            case _:
                pass

    def status(self, words: Words, at_ms: int) -> str:
        """In a few words, at a time in milliseconds since the call was confirmed."""
        if self.ending:
            reason = words(f"end-{self.ending.reason}")
            if not self.ending.answered:
                return words("live-ended", reason=reason)
            return words("live-ended-after", time=duration(self.ending.talk_s), reason=reason)
        if self.answered_ms is None:
            return words(self._doing)
        parts = [words("live-connected", time=_since(self.answered_ms, at_ms))]
        if self.on_hold_ms is not None:
            parts.append(words("live-hold", time=_since(self.on_hold_ms, at_ms)))
        if self.question_open:
            parts.append(words("live-question"))
        if self._doing:
            parts.append(words(self._doing))
        if self.cost_usd:
            parts.append(words("live-cost", cost=money(words, self.cost_usd)))
        return " · ".join(parts)

    def finished(self, spec: CallSpec, summary: Summary | None = None) -> Finished | None:
        """The call as it is reported; None while it goes on."""
        if self.ending is None:
            return None
        return Finished(
            spec,
            self.ending,
            spoken(self.turns),
            summary,
            do_not_call=self.do_not_call,
            message=self._message(),
            began_unix=self.began_unix,
            whispers=tuple(self.whispers),
        )

    def _message(self) -> Literal["", "left", "cut"]:
        """What became of the message on a machine: once it has begun, the agent says nothing else."""
        if self._before_message is None:
            return ""
        said = [turn for turn in self.turns if turn.party == "agent" and turn.id not in self._before_message]
        if not any(turn.text for turn in said):
            return ""
        return "cut" if any(turn.interrupted for turn in said) else "left"


def _since(then_ms: int, now_ms: int) -> str:
    return duration(max(0, now_ms - then_ms) / 1000)


def live_of(told: list[CallEvent]) -> LiveCall:
    """A call as its journal tells it."""
    live = LiveCall()
    for event in told:
        live.apply(event)
    return live
