"""How long a call may last, and what it may cost: when the agent takes its leave, and when the line is cut.

Pure. Owns the two deadlines of the time limit, which stand still while the agent is on hold or others talk, and when
the money counts as spent. What is said then and the hang-up are `session.py`'s.
"""

from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.spending import Spending
from bridge.standing import Standing
from bridge.timers import Timer, Timers

WRAP_UP_S = 20.0  # before the time limit, the agent takes its leave
WRAP_UP_AGAIN_S = 1.0  # it is looked at again so much later, where a goodbye was being said


class Limits:
    """`max_duration_s` counts from the answer."""

    def __init__(self, max_duration_s: float, timers: Timers, spending: Spending, clock: Clock) -> None:
        self._max_duration_s = max_duration_s
        self._leave_s = min(WRAP_UP_S, max_duration_s / 2)
        self._timers = timers
        self._spending = spending
        self._clock = clock

    def answered(self) -> None:
        self._set(self._clock.now + self._max_duration_s)

    def go_on(self, standing: Standing) -> None:
        """From the answer that a former process had. A limit that has passed meanwhile leaves time for a goodbye."""
        now = self._clock.now
        waits = [since for since in (standing.on_hold_ms, standing.taken_over_ms) if since is not None]
        waiting_s = max((now - self._clock.started - since / 1000 for since in waits), default=0.0)
        answered = self._clock.started + (standing.answered_ms or 0) / 1000
        limit = answered + self._max_duration_s + standing.held_s + waiting_s
        self._set(max(limit, now + self._leave_s))

    def settle(self, *, waiting: bool) -> None:
        """`waiting`: the agent's time does not count now."""
        if waiting:
            self._timers.pause(self._clock.now, Timer.WRAP_UP, Timer.TIME_LIMIT)
        else:
            self._timers.go_on(self._clock.now)

    def later(self) -> None:
        """A goodbye is being said, which the callee may still take back."""
        self._timers.set(Timer.WRAP_UP, self._clock.now + WRAP_UP_AGAIN_S)

    def out_of_money(self, talk: Dialogue, *, connected: bool, agent: bool) -> bool:
        """`agent`: nobody else has the line. A goodbye that is being said is never cut."""
        if talk.closing:
            return False
        speaking = talk.hushed or talk.hearing.speaking or bool(talk.voice.item)  # a response may be in the making
        at_rest = not connected or (agent and not speaking)
        return self._spending.spent(at_rest=at_rest)

    def _set(self, limit: float) -> None:
        self._timers.set(Timer.WRAP_UP, limit - self._leave_s)
        self._timers.set(Timer.TIME_LIMIT, limit)
