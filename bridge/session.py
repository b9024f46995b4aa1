"""A call's session: the state machine that decides everything about one call.

Pure: signals in, actions out, the clock is an argument. Owns the call's state, its limits and its end; the talk
itself is `dialogue.py`'s. Must not know of sockets, codecs or chats.

    actions = session.handle(signal, now=...)     # carry them out in order
    session.deadline                              # then sleep until this, and hand in a `Tick`
"""

from collections.abc import Callable
from typing import Any, ClassVar

from bridge import ending, events, signals
from bridge.actions import Action, Apologise, HangUp, Tell
from bridge.adoption import HANG_UP_CONFIRM_S, RING_SLACK_S, STREAM_RETURN_S
from bridge.briefing import Briefing
from bridge.call import CallSpec, CallState, Ending, EndReason, Turn
from bridge.clock import Clock
from bridge.dialogue import Floor
from bridge.hold import CAP_S
from bridge.parts import Parts
from bridge.prices import Prices
from bridge.signals import Signal
from bridge.standing import FRESH, Standing
from bridge.timers import Timer
from bridge.transcript import SPOKEN_PER_S

FAREWELL_S = 12.0  # a polite ending may take so long, and the time its words take
APOLOGY_S = 8.0  # until a spoken apology is over

_TIMED_OUT = {
    Timer.TIME_LIMIT: EndReason.TIME_LIMIT,
    Timer.STREAM_GONE: EndReason.LINE_LOST,
    Timer.RINGING: EndReason.FAILED,
}  # a farewell that is overdue changes nothing about the reason


class Tick(Signal, frozen=True):
    """Time has passed: the session's deadline is reached, or may be."""


class Session:
    """One call. `started` is the time (seconds) at which it was confirmed; `standing` is how far a former process came
    with it: it is gone on with from there when `CarriedOn` is handed in, and `briefing` is in the language of then.
    """

    def __init__(
        self, spec: CallSpec, briefing: Briefing, prices: Prices, *, started: float, standing: Standing = FRESH
    ) -> None:
        self.spec = spec
        self.state = standing.state
        self.let_go = False  # another process has the call, or will have it
        self._standing = standing
        self._clock = Clock(started, started)
        parts = Parts(
            spec, briefing, prices, self._clock, standing, end_politely=self._end_politely, hang_up=self._hang_up
        )
        self._timers, self._limits, self._spending = parts.timers, parts.limits, parts.spending
        self._dialogue, self._toolbox, self._latency = parts.dialogue, parts.toolbox, parts.latency
        self._recovery, self._takeover, self._adoption = parts.recovery, parts.takeover, parts.adoption
        self._ended_by = standing.ordered  # why we hang up, where it is not the goodbyes
        self._sequence = -1
        self._detected = bool(standing.answered_by)
        self._timers.set(Timer.RINGING, started + spec.ring_timeout_s + RING_SLACK_S)

    def handle(self, signal: Signal, *, now: float) -> list[Action]:
        """What to do about a signal at `now` (seconds)."""
        self._clock.advance(now)
        if self.state is CallState.ENDED or self.let_go:
            return []
        if self.state is CallState.CLOSING:
            return self._wind_up(signal)
        actions = self._HANDLERS[type(signal)](self, signal) + self._settle()
        return actions + self._latency.note(actions)

    def going_on(self, signal: Signal, *, now: float) -> list[Action] | None:
        """The short path of what only goes on being said: nothing else changes, no deadline either. None: handle it."""
        self._clock.advance(now)
        return self._dialogue.voice.going_on(signal) if self.state is CallState.CONNECTED else None

    def _wind_up(self, signal: Signal) -> list[Action]:
        """The hang-up is ordered: what was said is still noted down, and nothing new begins."""
        if isinstance(signal, ending.TOO_LATE):
            return []
        actions = self._HANDLERS[type(signal)](self, signal) + self._settle()
        return [action for action in actions if isinstance(action, Tell | HangUp)]

    @property
    def deadline(self) -> float | None:
        """When a `Tick` is due, in the clock of `now`."""
        if self.state is CallState.ENDED or self.let_go:
            return None
        if self.state is CallState.CLOSING:
            return self._timers.deadline  # the talk is over
        times = (self._timers.deadline, self._dialogue.deadline, self._toolbox.deadline, self._spending.deadline)
        return min([at for at in times if at is not None], default=None)

    def at_ms(self, now: float) -> int:
        """Milliseconds since the call was confirmed."""
        return round((now - self._clock.started) * 1000)

    @property
    def turns(self) -> list[Turn]:
        return self._dialogue.turns

    @property
    def floor(self) -> Floor:
        return self._dialogue.floor

    # The carrier

    def _carrier_status(self, signal: signals.CarrierStatus) -> list[Action]:
        """Callbacks may overtake one another: one that is older than what is known changes nothing."""
        if signal.status in ending.OVER:
            return self._end(self._reason_of(signal.status), signal.sip_code)
        if signal.sequence <= self._sequence:
            return []
        self._sequence = signal.sequence
        return self._progressed(signal.status)

    def _progressed(self, status: str) -> list[Action]:
        if status == "ringing" and self.state is CallState.DIALING:
            self.state = CallState.RINGING
            return [Tell(events.Ringing(at_ms=self._clock.at_ms))]
        return self._connected() if status == "in-progress" else []

    def _carrier_knows(self, signal: signals.CarrierKnows) -> list[Action]:
        """What it told while nobody was there to be told."""
        if signal.status not in ending.OVER:
            return self._progressed(signal.status)
        ended = self._clock.now - signal.ended_ago_s
        self._spending.over(ended, talk_s=signal.talk_s)
        reason = self._reason_of(signal.status, meanwhile=ended < self._adoption.began)
        alone_s = ended - self._clock.started - self._standing.at_ms / 1000
        return self._end(ending.unless_lost(reason, alone_s=alone_s))

    def _connected(self) -> list[Action]:
        if not self.state.precedes(CallState.CONNECTED):
            return []
        self.state = CallState.CONNECTED
        self._spending.answered()
        self._timers.drop(Timer.RINGING)
        self._limits.answered()
        self._timers.set(Timer.STREAM_GONE, self._clock.now + STREAM_RETURN_S)
        return [Tell(events.Answered(at_ms=self._clock.at_ms))]

    def _answerer_detected(self, signal: signals.AnswererDetected) -> list[Action]:
        if self._detected:
            return []  # it makes its mind up once: told again, by a callback that came twice
        self._detected = True
        told: list[Action] = [Tell(events.Detected(at_ms=self._clock.at_ms, answered_by=signal.answered_by))]
        return told if self._ended_by else told + self._toolbox.detected(signal.answered_by)

    def _dial_refused(self, signal: signals.DialRefused) -> list[Action]:
        return self._end(EndReason.UNCERTAIN if signal.uncertain else EndReason.REFUSED, signal.detail)

    # Another process

    def _carry_on(self) -> list[Action]:
        actions = self._adoption.go_on()
        return actions + (self._hang_up(EndReason.LINE_LOST) if self._adoption.hopeless else [])

    def _let_go(self) -> list[Action]:
        self.let_go = True
        return self._dialogue.voice.cut_off()

    # The line

    def _stream_started(self, signal: signals.StreamStarted) -> list[Action]:
        actions = self._connected()  # the stream may be there before the callback that says so
        self._timers.drop(Timer.STREAM_GONE)
        self._latency.stream_started()
        at_ms = self._clock.at_ms
        actions.append(Tell(events.Streaming(at_ms=at_ms, stream_sid=signal.stream_sid, ticket=signal.ticket)))
        actions += self._dialogue.stream_started()
        return actions + (self._take_back() if self._takeover.done else [])

    def _stream_stopped(self, _: signals.StreamStopped) -> list[Action]:
        if not self._takeover.done:  # else two people are talking
            self._timers.set(Timer.STREAM_GONE, self._clock.now + STREAM_RETURN_S)
        return self._dialogue.stream_stopped()

    # The model

    def _response_ended(self, signal: signals.ResponseEnded) -> list[Action]:
        told = self._spending.responded(signal.usage)
        return told + self._unless_hopeless(self._recovery.response_ended(signal))

    def _model_lost(self, signal: signals.ModelLost) -> list[Action]:
        return self._unless_hopeless(self._recovery.lost(signal, needed=not self._takeover.done))

    def _unless_hopeless(self, actions: list[Action]) -> list[Action]:
        return actions + (self._apologise() if self._recovery.hopeless else [])

    def _apologise(self) -> list[Action]:
        """Without a voice of our own, the carrier's says that we are sorry."""
        if self.state is not CallState.CONNECTED or not self._dialogue.briefing.apology:
            return self._hang_up(EndReason.MODEL_LOST)
        ordered = self._hang_up(EndReason.MODEL_LOST)
        words = Apologise(self._dialogue.briefing.apology, self._dialogue.briefing.language)
        self._timers.set(Timer.APOLOGY, self._clock.now + APOLOGY_S)
        self._timers.set(Timer.HANG_UP, self._clock.now + APOLOGY_S + HANG_UP_CONFIRM_S)
        return [words if isinstance(action, HangUp) else action for action in ordered]

    # The requester

    def _hang_up_asked(self, _: signals.HangUpAsked) -> list[Action]:
        """The first time with a farewell, if there is somebody to say it to; the second time at once."""
        again = self._ended_by is EndReason.REQUESTER_HUNG_UP
        if again or self._takeover.done or self.state is not CallState.CONNECTED or not self._recovery.there:
            return self._hang_up(EndReason.REQUESTER_HUNG_UP)
        if self._dialogue.closing:
            # A goodbye is being said: one is enough.
            self._ended_by = EndReason.REQUESTER_HUNG_UP
            self._timers.set(Timer.FAREWELL, self._clock.now + FAREWELL_S)
            self._dialogue.insist()
            return []
        return self._end_politely(EndReason.REQUESTER_HUNG_UP, self._dialogue.briefing.farewell)

    def _take_over_asked(self, signal: signals.TakeOverAsked) -> list[Action]:
        return self._takeover.ask(signal.number) if self.state is CallState.CONNECTED else []

    def _hand_over(self) -> list[Action]:
        self._ended_by = EndReason.TAKEN_OVER
        self._timers.pause(self._clock.now, Timer.WRAP_UP, Timer.TIME_LIMIT, Timer.STREAM_GONE)
        self._spending.joined()
        # The carrier's own limit (switchboard.py) is over by then, and its last word got lost.
        self._timers.set(Timer.HANG_UP, self._clock.now + self.spec.max_duration_s + CAP_S + 120)
        return self._takeover.go()

    def _take_back(self) -> list[Action]:
        self._ended_by = None
        self._spending.given_back()
        self._timers.go_on(self._clock.now)
        self._timers.drop(Timer.STREAM_GONE, Timer.HANG_UP)
        return self._recovery.reopen() + self._takeover.come_back()

    # The end

    def _end_politely(self, reason: EndReason, words: str) -> list[Action]:
        """Say the given words, once, then hang up, whatever the callee says meanwhile."""
        self._ended_by = reason
        self._timers.drop(Timer.WRAP_UP)
        self._timers.set(Timer.FAREWELL, self._clock.now + FAREWELL_S + len(words) / SPOKEN_PER_S)
        return self._toolbox.wait_no_more() + self._dialogue.end_politely(words, reason)

    def _hang_up(self, reason: EndReason) -> list[Action]:
        if not self.state.precedes(CallState.CLOSING):
            return []
        self.state = CallState.CLOSING
        self._ended_by = reason
        self._dialogue.insist()
        self._timers.set(Timer.HANG_UP, self._clock.now + HANG_UP_CONFIRM_S)
        return [Tell(events.HangUpOrdered(at_ms=self._clock.at_ms, reason=reason)), HangUp(reason)]

    def _reason_of(self, status: str, *, meanwhile: bool = False) -> EndReason:
        """`meanwhile`: nobody was there, and what has been decided since then came too late."""
        standing, machine = self._standing, self._toolbox.machine
        ordered = (standing.ordered or standing.leaving) if meanwhile else self._ended_by
        said_goodbye = (not meanwhile and self._dialogue.closing) or self._dialogue.callee_said_goodbye
        return ending.reason_of(status, ordered, machine=machine, said_goodbye=said_goodbye)

    def _end(self, reason: EndReason, detail: str = "") -> list[Action]:
        told = self._toolbox.call_ended() + self._dialogue.voice.cut_off()
        self.state = CallState.ENDED
        facts = Ending(
            reason=reason,
            ring_s=round(self._spending.ring_s, 3),
            talk_s=round(self._spending.talk_s, 3),
            usage=self._spending.usage,
            cost_usd=self._spending.cost_usd,
            detail=detail,
            outcome=self._toolbox.outcome,
        )
        return [*told, Tell(events.Ended(at_ms=self._clock.at_ms, ending=facts))]

    # Time

    def _settle(self) -> list[Action]:
        if self.state is CallState.ENDED or self.let_go:
            return []
        actions = self._spending.settle()
        if self.state.precedes(CallState.CLOSING):
            actions += self._settle_talk()
        if self._dialogue.over:
            actions += self._hang_up(self._ended_by or EndReason.GOODBYE)
        for timer in self._timers.expired(self._clock.now):
            actions += self._expired(timer)
        return actions

    def _settle_talk(self) -> list[Action]:
        actions = self._toolbox.settle() + self._dialogue.settle()
        self._limits.settle(waiting=self._toolbox.holding or self._takeover.done)
        if self._takeover.due:
            actions += self._hand_over()
        if self._dialogue.gone_silent and self.state is CallState.CONNECTED:
            actions += self._end_politely(EndReason.SILENCE, self._dialogue.briefing.farewell)
        return actions + self._watch_spending()

    def _watch_spending(self) -> list[Action]:
        connected, agent = self.state is CallState.CONNECTED, not self._takeover.done
        if not self._limits.out_of_money(self._dialogue, connected=connected, agent=agent):
            return []
        if connected and agent:
            return self._end_politely(EndReason.MONEY_LIMIT, self._dialogue.briefing.wrap_up)
        # Nobody picks up only to be told goodbye, and two people who talk have nobody who could say it for them.
        return self._hang_up(EndReason.MONEY_LIMIT)

    def _expired(self, timer: Timer) -> list[Action]:
        if timer is Timer.WRAP_UP:
            if self._dialogue.closing:
                self._limits.later()
                return []
            return self._end_politely(EndReason.TIME_LIMIT, self._dialogue.briefing.wrap_up)
        if timer is Timer.APOLOGY:
            return [HangUp(EndReason.MODEL_LOST)]  # the carrier should have done so by itself
        if timer is Timer.HANG_UP:
            return self._end(self._ended_by or EndReason.FAILED, "unconfirmed")
        return self._hang_up(_TIMED_OUT.get(timer) or self._ended_by or EndReason.GOODBYE)

    # What each signal leads to

    def _unmoved(self, _: Signal) -> list[Action]:
        return []

    _HANDLERS: ClassVar[dict[type[Signal], Callable[["Session", Any], list[Action]]]] = {
        **dict.fromkeys((Tick, signals.DigitPressed, signals.CalleePaused), _unmoved),
        signals.CarrierStatus: _carrier_status,
        signals.AnswererDetected: _answerer_detected,
        signals.DialRefused: _dial_refused,
        signals.DialUnclear: lambda self, _: self._adoption.keep_ringing(),
        signals.NotDialed: lambda self, _: self._end(EndReason.NOT_DIALED),
        signals.CarrierKnows: _carrier_knows,
        signals.CarriedOn: lambda self, _: self._carry_on(),
        signals.Reachable: lambda self, _: self._adoption.reachable(),
        signals.LetGo: lambda self, _: self._let_go(),
        signals.StreamStarted: _stream_started,
        signals.StreamStopped: _stream_stopped,
        signals.MarkReturned: lambda self, signal: self._dialogue.voice.mark_returned(signal),
        signals.ModelReady: lambda self, _: self._recovery.ready(),
        signals.CalleeBegan: lambda self, signal: self._toolbox.callee_began(signal),
        signals.CalleeCommitted: lambda self, signal: self._toolbox.callee_committed(signal),
        signals.ItemAdded: lambda self, signal: self._dialogue.item_added(signal),
        signals.CalleeWords: lambda self, signal: self._toolbox.callee_words(signal),
        signals.AgentWords: lambda self, signal: self._dialogue.agent_words(signal),
        signals.AgentAudio: lambda self, signal: self._dialogue.agent_audio(signal),
        signals.AgentAudioDone: lambda self, signal: self._dialogue.voice.audio_done(signal),
        signals.ToolCalled: lambda self, signal: self._toolbox.called(signal),
        signals.QuestionAnswered: lambda self, signal: self._toolbox.answered(signal),
        signals.DigitsFailed: lambda self, _: self._toolbox.digits_failed(),
        signals.TakeOverAsked: _take_over_asked,
        signals.TakeOverFailed: lambda self, _: self._take_back() if self._takeover.done else [],
        signals.ResponseBegan: lambda self, signal: self._dialogue.voice.response_began(signal),
        signals.ResponseEnded: _response_ended,
        signals.Transcribed: lambda self, signal: self._spending.transcribed(signal.seconds),
        signals.ModelObjected: lambda self, signal: self._unless_hopeless(self._recovery.objected(signal)),
        signals.ModelLost: _model_lost,
        signals.HangUpAsked: _hang_up_asked,
        signals.Whispered: lambda self, signal: self._recovery.whispered(signal),
    }
