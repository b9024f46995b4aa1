"""Adoption: this process goes on with a call that a former one had, from where its journal says that it stood.

Pure. Owns what is done first: what was left open is closed, the deadlines are set by the times of then, the model is
opened again, and a goodbye that was being said is said. The machines themselves are set up with the `Standing`; from
here on the call is like any other.
"""

from collections.abc import Callable
from math import inf

from bridge.actions import Action, HangUp, Reconnect, Tell
from bridge.call import CallSpec, CallState, EndReason
from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.events import TurnChanged
from bridge.hold import CAP_S
from bridge.limits import Limits
from bridge.recovery import Recovery
from bridge.standing import Standing
from bridge.timers import Timer, Timers
from bridge.toolbox import Toolbox
from bridge.transcript import Transcript, broken_off

MOST = 5  # so often: a call with which one process after the other dies is hung up
RING_SLACK_S = 15.0  # beyond the ring timeout, for the carrier's last word
RING_AGAIN_S = 30.0  # at least so long until then, from here: the carrier is being asked
HANG_UP_CONFIRM_S = 10.0  # the carrier's word for a hang-up
STREAM_RETURN_S = (
    20.0  # a call may be without a media stream for so long: Twilio tries for 12 s (`twiml.py`), then asks
)

EndPolitely = Callable[[EndReason, str], list[Action]]


class Adoption:
    def __init__(
        self,
        spec: CallSpec,
        standing: Standing,
        clock: Clock,
        timers: Timers,
        limits: Limits,
        *,
        transcript: Transcript,
        dialogue: Dialogue,
        toolbox: Toolbox,
        recovery: Recovery,
        end_politely: EndPolitely,
    ) -> None:
        self._spec = spec
        self._standing = standing
        self._clock = clock
        self._timers = timers
        self._limits = limits
        self._transcript = transcript
        self._dialogue = dialogue
        self._toolbox = toolbox
        self._recovery = recovery
        self._end_politely = end_politely
        self.began = -inf  # on the clock

    def go_on(self) -> list[Action]:
        self.began = self._clock.now
        told = self._close_turns()
        match self._standing.state:
            case CallState.CLOSING:
                self._timers.set(Timer.HANG_UP, self._clock.now + HANG_UP_CONFIRM_S)
                return [*told, HangUp(self._standing.hanging_up or EndReason.FAILED)]
            case CallState.CONNECTED:
                self._timers.drop(Timer.RINGING)
                self._limits.go_on(self._standing)
                return told + (self._talk() if self._standing.taken_over_ms is None else self._stay_away())
        return told + self.keep_ringing()

    def keep_ringing(self) -> list[Action]:
        """Whether it rings is being asked of the carrier."""
        since_dial = self._clock.started + self._spec.ring_timeout_s + RING_SLACK_S
        self._timers.set(Timer.RINGING, max(since_dial, self._clock.now + RING_AGAIN_S))
        return []

    def reachable(self) -> list[Action]:
        """Who is on the line waits for us, and the next of the carrier's own tries may be seconds away."""
        waited_for = self._standing.state is CallState.CONNECTED and self._timers.running(Timer.STREAM_GONE)
        return [Reconnect()] if waited_for else []

    @property
    def hopeless(self) -> bool:
        """It is this call, most likely, that the processes die of."""
        return self._standing.carried_over >= MOST

    def _close_turns(self) -> list[Action]:
        """Nothing more will come of them; how much of each was heard is known as far as the journal goes."""
        standing = self._standing
        turns = [broken_off(turn, standing.at_ms) for turn in standing.turns if not turn.final]
        at_ms = self._clock.at_ms
        return [Tell(TurnChanged(at_ms=at_ms, turn=turn, after=self._transcript.put(turn))) for turn in turns]

    def _talk(self) -> list[Action]:
        """The agent has something to say as soon as there is a line: the callee has heard nothing for a while."""
        standing, briefing = self._standing, self._dialogue.briefing
        self._timers.set(Timer.STREAM_GONE, self._clock.now + STREAM_RETURN_S)
        self._dialogue.owes_answer = True
        actions = self._recovery.reopen()
        if standing.message:
            return actions + self._end_politely(EndReason.VOICEMAIL, briefing.voicemail)
        if standing.leaving:
            return actions + self._end_politely(standing.leaving, briefing.farewell)
        return actions + self._toolbox.detected(standing.answered_by)

    def _stay_away(self) -> list[Action]:
        """Two people are talking; the carrier says when that is over."""
        self._limits.settle(waiting=True)
        since = self._clock.started + (self._standing.taken_over_ms or 0) / 1000
        self._timers.set(Timer.HANG_UP, since + self._spec.max_duration_s + CAP_S + 120)
        return []
