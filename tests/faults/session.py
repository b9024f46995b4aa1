"""Short calls through a session over a bad wire: what is told of them is lost, comes twice, late and out of order.

Owns the wire and the laws of a whole call; those of every single action are `tests/test_session_any_order.py`'s, on
which this builds. A drawn seed throws the wire's dice, so that a call that went wrong can be had again.
"""

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from bridge import ending, signals
from bridge.actions import Action, Apologise, HangUp
from bridge.call import CallState, EndReason
from bridge.events import Answered, Ended, HangUpOrdered
from bridge.session import Tick
from bridge.signals import Signal
from sandbox.tones import payload
from tests.fakes import of
from tests.test_session_any_order import ANSWERERS, CODES, ITEMS, RESPONSES, SIGNALS, WORDS, AnyOrder

LATE_AT_MOST = 6  # signals that are on their way
_TROUBLES = ("rate_limit_exceeded", "server_error", "insufficient_quota", "content_filter", "turn_detected")
_ITSELF = (Tick, signals.CarriedOn)  # what the process tells itself is not on any wire


class BadWire:
    """Where a signal goes: on, nowhere, on twice, or on later."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._late: list[Signal] = []

    def carry(self, signal: Signal) -> list[Signal]:
        """What arrives now that this is sent, in the order of its arrival."""
        if isinstance(signal, _ITSELF):
            return [signal]
        fate = self._dice.random()
        arriving: list[Signal] = []
        if fate < 0.70:
            arriving = [signal]
        elif fate < 0.80:
            arriving = [signal, signal]
        elif fate < 0.92 and len(self._late) < LATE_AT_MOST:
            self._late.append(signal)
        while self._late and self._dice.random() < 0.3:
            arriving.insert(0, self._late.pop(self._dice.randrange(len(self._late))))
        return arriving


class FaultyCall(AnyOrder):
    """A call to its end, over a bad wire."""

    def __init__(self) -> None:
        super().__init__()
        self.wire = BadWire(Random(0))  # noqa: S311 - dice of a test
        self.wanted: list[Action] = []  # over all processes that have had the call
        self.last: Signal | None = None
        self.heard: dict[str, str] = {}  # item -> every word that arrived of it

    @initialize(number=st.integers(0, 2**32))
    def on_a_wire(self, number: int) -> None:
        self.wire = BadWire(Random(number))  # noqa: S311 - dice of a test

    def comes(self, signal: Signal) -> None:
        for arriving in self.wire.carry(signal):
            self._arrives(arriving)

    def _arrives(self, signal: Signal) -> None:
        if isinstance(signal, signals.CalleeWords | signals.AgentWords):
            self.heard[signal.item_id] = self.heard.get(signal.item_id, "") + signal.text
        over = self.laws.session.state is CallState.ENDED
        wanted = self.laws.hand_in(signal, self.now)
        self.wanted += wanted
        if not over:
            self.last = signal
        deadline = self.laws.session.deadline
        if self.laws.session.state is CallState.ENDED:
            assert deadline is None
        else:
            assert deadline is not None
            assert deadline > self.now or not isinstance(signal, Tick), "the clock stands still"

    @rule(signal=st.one_of(SIGNALS))
    def anything(self, signal: Signal) -> None:
        self.comes(signal)

    @rule(words=WORDS, sip=st.sampled_from(["", "200", "486"]))
    def the_carrier_tells_of_it_backwards(self, words: str, sip: str) -> None:
        for sequence, status in ((2, "in-progress"), (1, "ringing"), (0, "initiated")):
            self.comes(signals.CarrierStatus(status, sequence, sip))

    @rule(response=RESPONSES, detail=st.sampled_from(_TROUBLES), item=ITEMS, size=st.integers(0, 4000))
    def a_response_fails(self, response: str, detail: str, item: str, size: int) -> None:
        self.comes(signals.ResponseBegan(response))
        if size:
            self.comes(signals.AgentAudio(response, item, payload(bytes(size))))
        self.comes(signals.ResponseEnded(response, "failed", detail=detail))

    @rule(code=CODES, seconds=st.floats(0.0, 20.0))
    def the_model_is_slow(self, code: str, seconds: float) -> None:
        self.comes(signals.ModelObjected(code))
        self._waits(seconds)

    @rule(retryable=st.booleans(), gap_s=st.floats(0.0, 12.0), back=st.booleans())
    def the_model_goes(self, *, retryable: bool, gap_s: float, back: bool) -> None:
        self.comes(signals.ModelLost("1011", retryable=retryable))
        self._waits(gap_s)
        if back:
            self.comes(signals.ModelReady())

    @rule(gap_s=st.floats(0.0, 40.0), back=st.booleans())
    def the_stream_is_cut(self, *, gap_s: float, back: bool) -> None:
        self.comes(signals.StreamStopped())
        self._waits(gap_s)
        if back:
            self.comes(signals.StreamStarted("MZ2"))

    @rule(answerer=ANSWERERS, again=ANSWERERS)
    def detection_changes_its_mind(self, answerer: str, again: str) -> None:
        self.comes(signals.AnswererDetected(answerer))
        self.comes(signals.AnswererDetected(again))

    @rule(times=st.integers(1, 3))
    def the_requester_hangs_up(self, times: int) -> None:
        for _ in range(times):
            self.comes(signals.HangUpAsked())

    def _waits(self, seconds: float) -> None:
        """As the runner does: it wakes at each deadline on the way."""
        until = self.now + seconds
        while (deadline := self.laws.session.deadline) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self._arrives(Tick())
        self.now = max(self.now, until)

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "laws"):
            self.check_the_whole()

    def check_the_whole(self) -> None:
        events = self.laws.events
        told = [event for event in events if isinstance(event, Ended)]
        assert told == events[-1:], "one end, and the last"
        turns = self.laws.session.turns
        for turn in turns:
            spoken = self.heard.get(turn.id, "")
            assert all(word in spoken for word in turn.text.replace("—", " ").split()), "nobody said that"
        self._check_the_hang_up(told[0])

    def _check_the_hang_up(self, ended: Ended) -> None:
        """Whoever ends a call that was answered hangs up: the line is not left open."""
        told_by_carrier = (
            isinstance(self.last, signals.CarrierStatus | signals.CarrierKnows) and self.last.status in ending.OVER
        )
        with_others = ended.ending.reason is EndReason.TAKEN_OVER  # the carrier ends it
        if of(Answered, self.laws.actions) and not told_by_carrier and not with_others:
            assert of(HangUpOrdered, self.laws.actions), "it ended without a hang-up"
        if of(HangUpOrdered, self.laws.actions):
            told = [action for action in self.wanted if isinstance(action, HangUp | Apologise)]
            assert told, "nobody was told to hang up"
