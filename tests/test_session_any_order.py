"""A session among signals in any order, and a whole conversation at random: what holds whatever happens."""

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge import prices, signals
from bridge.actions import (
    Action,
    Apologise,
    HangUp,
    Play,
    PressDigits,
    ReopenModel,
    Respond,
    TakeOver,
    Tell,
    Truncate,
)
from bridge.adoption import HANG_UP_CONFIRM_S, MOST
from bridge.briefing import brief
from bridge.call import CallState, EndReason, Turn, Usage
from bridge.events import (
    CallEvent,
    CarriedOver,
    ClosingCancelled,
    CostRose,
    DoNotCallAsked,
    Ended,
    HangUpOrdered,
    HoldBegan,
    HoldEnded,
    QuestionAsked,
    QuestionClosed,
    TakenOver,
)
from bridge.hold import CAP_S
from bridge.session import APOLOGY_S, Session, Tick
from bridge.signals import Signal
from bridge.standing import stand
from bridge.transcript import rebuild
from sandbox.tones import payload
from tests.fakes import MODEL, STARTED, Talk, a_ringing_talk, a_spec, of

ITEMS = st.sampled_from([f"item_{n}" for n in range(6)])
RESPONSES = st.sampled_from(["resp_1", "resp_2", "resp_3"])
MENU = "For reservations, press 1."
SCREENING = "Please say your name and why you are calling."
NEVER = "Please don't call us again."
HOLD, QUEUE = "One moment, please.", "Your call is important to us."
WORDS = st.sampled_from(
    ["", "Mhm.", "Wait!", "Goodbye!", "Thanks, bye.", "Hello?", "For how many? ", HOLD, QUEUE, MENU, SCREENING, NEVER]
)
ANSWERERS = st.sampled_from(["human", "unknown", "machine_start", "machine_end_other", "machine_end_beep", "fax"])
STATUSES = st.sampled_from(["initiated", "ringing", "in-progress", "queued"])
ENDS = st.sampled_from(["completed", "busy", "no-answer", "failed", "canceled"])
CODES = st.sampled_from(["invalid_value", "conversation_already_has_active_response", "server_error"])
CALLS = st.sampled_from(["fc_1", "fc_2"])
TOOLS = {
    "end_call": '{"outcome": "Booked."}',
    "ask_requester": '{"question": "At eight?", "choices": ["Yes", "No"]}',
    "press_digits": '{"digits": "12#"}',
    "wait_on_hold": "{}",
    "keep_listening": "{}",
    "voicemail_reached": "{}",
    "never_call_again": "{}",
    "switch_language": '{"language": "it"}',
}
ASKS: list[Signal] = [signals.Whispered("Ask for parking."), signals.QuestionAnswered("fc", "Yes")]
AUDIO = st.integers(1, 8000).map(lambda size: payload(bytes(size)))
SIGNALS: list[st.SearchStrategy[Signal]] = [
    st.builds(signals.CarrierStatus, STATUSES, st.integers(0, 4)),
    st.builds(signals.AnswererDetected, ANSWERERS),
    st.builds(signals.StreamStarted, st.sampled_from(["MZ1", "MZ2"])),
    st.just(signals.StreamStopped()),
    st.builds(signals.MarkReturned, st.builds("{}:{}".format, st.integers(0, 4), st.integers(1, 12))),
    st.just(signals.DigitPressed("1")),
    st.just(signals.ModelReady()),
    st.builds(signals.CalleeBegan, ITEMS),
    st.builds(signals.CalleePaused, ITEMS),
    st.builds(signals.CalleeCommitted, ITEMS),
    st.builds(signals.ItemAdded, ITEMS, ITEMS | st.just("")),
    st.builds(signals.CalleeWords, ITEMS, WORDS),
    st.builds(signals.AgentWords, RESPONSES, ITEMS, WORDS, final=st.booleans()),
    st.builds(signals.AgentAudio, RESPONSES, ITEMS, AUDIO),
    st.builds(signals.AgentAudioDone, ITEMS),
    st.builds(signals.ToolCalled, CALLS, st.sampled_from([*TOOLS, "pay"]), st.sampled_from(["{}", *TOOLS.values()])),
    st.builds(signals.QuestionAnswered, CALLS, WORDS),
    st.just(signals.DigitsFailed()),
    st.just(signals.Reachable()),
    st.just(signals.TakeOverAsked("+14155552672")),
    st.just(signals.TakeOverFailed()),
    st.builds(signals.ModelLost, st.just("1006"), retryable=st.booleans()),
    st.builds(signals.ResponseBegan, RESPONSES),
    st.builds(
        signals.ResponseEnded,
        RESPONSES,
        st.sampled_from(["completed", "cancelled", "failed", "incomplete"]),
        st.builds(Usage, text_in=st.integers(0, 5000)),
    ),
    st.builds(signals.Transcribed, st.just(1.5)),
    st.builds(signals.ModelObjected, CODES, to_response=st.booleans()),
    st.just(signals.HangUpAsked()),
    st.builds(signals.Whispered, WORDS),
]


class Laws:
    """What holds of everything that a session has ever wanted."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.actions: list[Action] = []
        self.sent: dict[str, int] = {}  # item -> bytes of its audio
        self.streaming = False
        self.state = session.state

    def hand_in(self, signal: Signal, now: float) -> list[Action]:
        over, closing = (self.session.state is state for state in (CallState.ENDED, CallState.CLOSING))
        match signal:
            case signals.AgentAudio(_, item_id, audio):
                self.sent[item_id] = self.sent.get(item_id, 0) + len(audio) // 4 * 3 - audio.count("=")
            case signals.StreamStarted() | signals.StreamStopped():
                self.streaming = isinstance(signal, signals.StreamStarted)
        wanted = self.session.handle(signal, now=now)
        self.actions += wanted
        assert not (over and wanted), "something is wanted after the end"
        assert not closing or all(isinstance(action, Tell | HangUp) for action in wanted), "it is too late for this"
        assert self.streaming or not of(Play, wanted), "audio is played to nobody"
        for truncate in of(Truncate, wanted):
            assert 0 <= truncate.heard_ms <= self.sent[truncate.item_id] // 8, "more was heard than was sent"
        return wanted

    @property
    def events(self) -> list[CallEvent]:
        return [action.event for action in self.actions if isinstance(action, Tell)]

    def carry_over(self, session: Session, now: float) -> None:
        """Another process goes on with the call: all that it has is the journal."""
        self.session = session
        self.actions = [action for action in self.actions if isinstance(action, Tell)]
        self.streaming = False
        self.hand_in(signals.CarriedOn(), now)

    def check(self) -> None:
        assert not self.session.state.precedes(self.state), "the call went back"
        self.state = self.session.state
        events = self.events
        ordered = len(of(HangUpOrdered, self.actions))
        assert len(of(HangUp, self.actions)) <= ordered <= 1
        assert len(of(HangUp, self.actions)) + len(of(Apologise, self.actions)) >= ordered, "nobody is told to hang up"
        assert [event.at_ms for event in events] == sorted(event.at_ms for event in events)
        assert rebuild(events) == self.session.turns
        ended = [event for event in events if isinstance(event, Ended)]
        if self.state is CallState.ENDED:
            assert ended == events[-1:]
            assert self.session.deadline is None
        else:
            assert not ended
            assert self.session.deadline is not None
        self.check_pairs(events)
        self.check_hold()
        costs = [event.cost_usd for event in events if isinstance(event, CostRose)]
        assert costs == sorted(set(costs)), "a cent was told twice"
        assert len(of(DoNotCallAsked, self.actions)) <= 1
        if of(HangUpOrdered, self.actions):
            ordered = next(n for n, event in enumerate(events) if isinstance(event, HangUpOrdered))
            assert not any(isinstance(event, ClosingCancelled) for event in events[ordered:]), "it was taken back"

    def check_pairs(self, events: list[CallEvent]) -> None:
        """Questions and holds, one at a time, begin and end; those that are open end with the call."""
        for began, ended in ((QuestionAsked, QuestionClosed), (HoldBegan, HoldEnded)):
            pairs = [event for event in events if isinstance(event, (began, ended))]
            assert all(isinstance(event, (began, ended)[n % 2]) for n, event in enumerate(pairs))
            assert self.state is not CallState.ENDED or len(pairs) % 2 == 0

    def check_hold(self) -> None:
        """On hold nothing is asked of the model, so that nothing is paid for."""
        holding = False
        for action in self.actions:
            if isinstance(action, Tell) and isinstance(action.event, HoldBegan | HoldEnded):
                holding = isinstance(action.event, HoldBegan)
            assert not (holding and isinstance(action, Respond)), "a response on hold"


class AnyOrder(RuleBasedStateMachine):
    """Signals as they never come: nothing raises, and the laws hold."""

    @initialize(
        message=st.sampled_from(["", "Please call back."]),
        persona=st.sampled_from(["warm", "patient"]),
        most=st.sampled_from([0.0, 0.1, 0.2]),
    )
    def begin(self, message: str, persona: str, most: float) -> None:
        spec = a_spec(
            voicemail_message=message,
            persona=persona,
            max_duration_s=60,
            may_switch_to=("it",),
            max_cost_usd=most,
        )
        self.laws = Laws(Session(spec, brief(spec), prices.load(MODEL), started=STARTED))
        self.now = STARTED

    @rule(signal=st.one_of(SIGNALS))
    def comes(self, signal: Signal) -> None:
        self.laws.hand_in(signal, self.now)

    @rule(response=RESPONSES, item=ITEMS, audio=AUDIO, words=WORDS)
    def the_agent_speaks(self, response: str, item: str, audio: str, words: str) -> None:
        self.comes(signals.ResponseBegan(response))
        self.comes(signals.AgentAudio(response, item, audio))
        self.comes(signals.AgentWords(response, item, words, final=True))
        self.comes(signals.AgentAudioDone(item))
        self.comes(signals.ResponseEnded(response, "completed"))

    @rule(item=ITEMS, words=WORDS)
    def the_callee_speaks(self, item: str, words: str) -> None:
        self.comes(signals.CalleeBegan(item))
        self.comes(signals.CalleeCommitted(item))
        self.comes(signals.CalleeWords(item, words))

    @rule(name=st.sampled_from(sorted(TOOLS)), call=CALLS, response=RESPONSES)
    def the_model_calls_a_tool(self, name: str, call: str, response: str) -> None:
        self.comes(signals.ResponseBegan(response))
        self.comes(signals.ToolCalled(call, name, TOOLS[name]))
        self.comes(signals.ResponseEnded(response, "completed"))

    @rule()
    def the_requester_takes_over(self) -> None:
        self.comes(signals.TakeOverAsked("+14155552672"))
        self.the_agent_speaks("resp_1", "item_0", payload(bytes(800)), "Here she is.")
        self.comes(signals.StreamStopped())

    @rule()
    def the_line_is_there(self) -> None:
        self.comes(signals.ModelReady())
        self.comes(signals.StreamStarted("MZ1"))

    @rule(seconds=st.floats(0.0, 9.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def it_is_time(self) -> None:
        if self.laws.session.deadline is not None:
            self.now = max(self.now, self.laws.session.deadline)
        self.comes(Tick())
        deadline = self.laws.session.deadline
        assert deadline is None or deadline > self.now

    @precondition(lambda self: self.laws.session.state is CallState.CONNECTED)
    @rule(last=st.builds(signals.CarrierStatus, ENDS, st.integers(0, 9)) | st.just(signals.ModelLost("1006")))
    def it_ends(self, last: Signal) -> None:
        self.comes(last)

    @rule(seconds=st.floats(0.0, 30.0))
    def another_process_goes_on(self, seconds: float) -> None:
        session = self.laws.session
        standing = stand(self.laws.events)
        if session.state is CallState.ENDED or standing.carried_over == MOST:
            return
        self.now += seconds
        spec = msgspec.structs.replace(session.spec, language=standing.language or session.spec.language)
        again = Session(session.spec, brief(spec), prices.load(MODEL), started=STARTED, standing=standing)
        self.laws.actions.append(Tell(CarriedOver(at_ms=again.at_ms(self.now))))
        self.laws.carry_over(again, self.now)

    @rule(known=st.builds(signals.CarrierKnows, ENDS | st.just("in-progress"), st.just(3.0), st.just(1.0)))
    def the_carrier_is_asked(self, known: Signal) -> None:
        if len(self.laws.actions) % 5 == 0:
            self.comes(known)

    @rule(uncertain=st.booleans())
    def the_carrier_does_not_take_it(self, *, uncertain: bool) -> None:
        if self.laws.session.state is CallState.DIALING and len(self.laws.actions) > 20:
            self.comes(signals.DialRefused("21211", uncertain=uncertain))

    @invariant()
    def the_laws_hold(self) -> None:
        if hasattr(self, "laws"):
            self.laws.check()

    def teardown(self) -> None:
        if hasattr(self, "laws"):
            for _ in range(60):
                self.it_is_time()
            assert self.laws.session.state is CallState.ENDED
            self.laws.check()


class Conversation(RuleBasedStateMachine):
    """People and machines as they are, at random: every call ends in time, and every turn of it is final."""

    def __init__(self) -> None:
        super().__init__()
        self.talk: Talk = a_ringing_talk(max_duration_s=60)
        self.answered = self.streaming = False
        self.answers = 0

    @property
    def connected(self) -> bool:
        return self.streaming and self.talk.session.state is CallState.CONNECTED

    @rule(seconds=st.floats(0.02, 6.0))
    def time_passes(self, seconds: float) -> None:
        self.talk.wait(seconds)

    @precondition(lambda self: self.talk.session.state is not CallState.ENDED and not self.streaming)
    @rule()
    def a_stream_comes(self) -> None:
        self.streaming = self.answered = True
        self.talk.stream()

    @precondition(lambda self: self.streaming)
    @rule()
    def the_stream_breaks(self) -> None:
        self.streaming = False
        self.talk.stream_breaks()

    @precondition(lambda self: len(of(Respond, self.talk.actions)) - 1 > self.answers)
    @rule(
        texts=st.lists(
            st.sampled_from(["For four people, at seven in the evening, please.", "Yes.", "Thanks a lot. Goodbye!"]),
            max_size=2,
        ),
        slowly=st.booleans(),
        tool=st.booleans(),
        status=st.sampled_from(["completed", "completed", "completed", "failed"]),
    )
    def the_model_responds(self, texts: list[str], *, slowly: bool, tool: bool, status: str) -> None:
        self.answers += 1
        self.talk.response_begins()
        for text in texts:
            self.talk.speaks(text, done=status == "completed")
            if slowly:
                self.talk.wait(0.7)
        if tool:
            self.talk.end_call()
        self.talk.response_ends(status)

    @precondition(lambda self: self.connected)
    @rule(words=WORDS, seconds=st.floats(0.1, 3.0), late_s=st.floats(0.0, 3.0))
    def the_callee_speaks(self, words: str, seconds: float, late_s: float) -> None:
        item = self.talk.callee_begins()
        self.talk.wait(seconds)
        self.talk.callee_ends(item)
        self.talk.wait(late_s)
        self.talk.words(item, words)

    @precondition(lambda self: self.connected and len(of(Respond, self.talk.actions)) - 1 > self.answers)
    @rule(name=st.sampled_from(sorted(TOOLS)), says=st.sampled_from(["", "One moment, please."]))
    def the_model_calls_a_tool(self, name: str, says: str) -> None:
        self.answers += 1
        self.talk.tool(name, says=says, **msgspec.json.decode(TOOLS[name]))
        if of(PressDigits, self.talk.actions[-20:]) and self.streaming and name == "press_digits":
            self.the_stream_breaks()

    @precondition(lambda self: self.connected)
    @rule(gap_s=st.floats(0.0, 3.0))
    def the_model_is_lost(self, gap_s: float) -> None:
        self.talk.feed(signals.ModelLost("1006"))
        self.talk.wait(gap_s)
        if of(ReopenModel, self.talk.actions[-20:]):
            self.answers = len(of(Respond, self.talk.actions)) - 1  # whatever was asked of the old one
            self.talk.feed(signals.ModelReady())

    @precondition(lambda self: self.connected and self.answered)
    @rule(answered=st.booleans())
    def the_requester_takes_over(self, *, answered: bool) -> None:
        if len(self.talk.actions) % 5:
            return
        self.talk.feed(signals.TakeOverAsked("+14155552672"))
        self.talk.agent_is_heard("Anna is joining now.")
        self.answers = len(of(Respond, self.talk.actions)) - 1
        if self.connected and of(TakeOver, self.talk.actions[-20:]):
            self.the_stream_breaks()
            self.talk.wait(25)
            if answered:
                self.talk.status("completed")
            else:
                self.a_stream_comes()

    @rule(signal=st.sampled_from([signals.HangUpAsked(), *ASKS]))
    def the_requester_wants_something(self, signal: Signal) -> None:
        self.talk.feed(signal)

    @rule(answerer=ANSWERERS)
    def a_machine_is_looked_for(self, answerer: str) -> None:
        if self.answered and len(self.talk.actions) % 7 == 0:
            self.talk.feed(signals.AnswererDetected(answerer))

    def teardown(self) -> None:
        talk = self.talk
        talk.wait(talk.spec.ring_timeout_s + 60 + CAP_S + 120 + 2 * HANG_UP_CONFIRM_S)
        assert talk.session.state is CallState.ENDED
        held_s = sum(ended.lasted_s for ended in of(HoldEnded, talk.actions))
        taken_s = 25.1 * len(of(TakenOver, talk.actions))
        others_talked = talk.ending.reason is EndReason.TAKEN_OVER
        assert others_talked or talk.ending.talk_s <= 60 + held_s + taken_s + HANG_UP_CONFIRM_S + APOLOGY_S + 0.001
        turns: list[Turn] = talk.turns
        assert all(turn.final for turn in turns)
        assert talk.ending.usage == Usage()
        assert len(of(HangUp, talk.actions)) <= 1


CHECKED: dict[str, Any] = {"deadline": None, "stateful_step_count": 40}
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=120, **CHECKED)
TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=100, **CHECKED)
