"""Shared fakes: a spec, the callee's end of the line, and a whole call in virtual time.

Owns no rule of the product. `Talk` plays everyone around a session (the carrier, the line, the model, the callee), so
that a rule of the conversation is a test of a few lines. Its clock moves only when a test says so.
"""

import base64
import itertools
from collections import deque
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from bridge import actions, prices, signals
from bridge.actions import Action
from bridge.briefing import brief
from bridge.call import Callee, CallSpec, CallState, Ending, Turn
from bridge.dialogue import Floor
from bridge.events import CallEvent, Ended
from bridge.session import Session, Tick
from bridge.signals import Signal
from bridge.transcript import rebuild
from sandbox.tones import payload, speak, spoken_ms

Kind = TypeVar("Kind")

MODEL = "gpt-realtime-2.1"
STARTED = 1000.0  # what the steady clock shows when the call is confirmed; any number but 0
DELTA = 1200  # bytes of audio in one delta of the model: no multiple of a frame
OPENING = "Good evening, this is the assistant of Anna Berg."


def a_spec(**changes: object) -> CallSpec:
    spec = CallSpec(
        id="call-1",
        callee=Callee("Trattoria Roma", "+14155552671"),
        on_behalf_of="Anna Berg",
        goal="Book a table for four at 7pm.",
        facts=("Table for 4 people", "Time: 7pm"),
        may_agree=("Any time from 7pm to 8pm",),
        questions=("Is there parking?",),
        language="en",
        persona="warm",
        voice="coral",
        opening=OPENING,
    )
    return msgspec.structs.replace(spec, **changes)


def of(kind: type[Kind], happened: Iterable[Action]) -> list[Kind]:
    """The actions of a kind; where `kind` is an event, those that were told."""
    told = (action.event if isinstance(action, actions.Tell) else action for action in happened)
    return [found for found in told if isinstance(found, kind)]


def nothing_of(happened: Iterable[Action], *kinds: type) -> bool:
    """None of what happened is of these kinds."""
    happened = list(happened)
    return not any(of(kind, happened) for kind in kinds)


class FakeWall:
    """The time of day, in unix seconds. It stands still until it is moved."""

    def __init__(self, now: float = 1_795_334_400.0) -> None:  # Sunday, 22 November 2026, 08:00 UTC
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeLine:
    """The callee's end of media streams: plays in order, returns marks, and `heard` is all that reached the ear."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self._queue = bytearray()
        self._marks: deque[tuple[int, str]] = deque()  # position among all bytes received or thrown away
        self._gone = 0  # bytes played or thrown away
        self._since = 0.0  # when the front of the queue began to play

    def play(self, audio: bytes, now: float) -> None:
        self.advance(now)
        if not self._queue:
            self._since = now
        self._queue += audio

    def mark(self, name: str) -> None:
        self._marks.append((self._gone + len(self._queue), name))

    def advance(self, now: float) -> list[str]:
        """The marks that have come back by now."""
        played = min(len(self._queue), round((now - self._since) * 8000))
        self.heard += self._queue[:played]
        del self._queue[:played]
        self._gone += played
        self._since += played / 8000
        back = []
        while self._marks and self._marks[0][0] <= self._gone:
            back.append(self._marks.popleft()[1])
        return back

    def silence(self, now: float) -> list[str]:
        """A clear, or the end of a stream: the marks it returns, those it would have returned anyway among them."""
        back = self.advance(now) + [name for _, name in self._marks]
        self._gone += len(self._queue)
        self._queue.clear()
        self._marks.clear()
        return back

    @property
    def next_mark(self) -> float | None:
        return self._since + (self._marks[0][0] - self._gone) / 8000 if self._marks else None


class Talk:
    """One session, and everyone around it. `actions` is all that the session ever wanted."""

    def __init__(self, **changes: object) -> None:
        self.spec = a_spec(**changes)
        self.briefing = brief(self.spec)
        self.session = Session(self.spec, self.briefing, prices.load(MODEL), started=STARTED)
        self.now = STARTED
        self.actions: list[Action] = []
        self.line = FakeLine()
        self.cancels_at_once = True  # the model ends a response as soon as it is told to
        self._names = itertools.count(1)
        self._sequence = itertools.count()
        self._last_item = ""
        self._response = ""

    # Time

    def feed(self, *arriving: Signal) -> list[Action]:
        """Hand in signals, and those that they lead to; returns what the session wanted."""
        waiting, wanted = deque(arriving), list[Action]()
        while waiting:
            for action in self.session.handle(waiting.popleft(), now=self.now):
                wanted.append(action)
                waiting += self._carry_out(action)
        self.actions += wanted
        return wanted

    def wait(self, seconds: float) -> list[Action]:
        """Let time pass: marks come back when their audio has been played, ticks come at the session's deadline."""
        until, wanted = self.now + seconds, list[Action]()
        while (at := min(self._times(), default=until)) < until or (at == until and self._times()):
            self.now = max(self.now, at)
            due = self.session.deadline is not None and self.session.deadline <= self.now
            wanted += self.feed(*map(signals.MarkReturned, self.line.advance(self.now)))
            if due:
                wanted += self.feed(Tick())
                # A deadline left in the past would have the runner spin.
                assert self.session.deadline is None or self.session.deadline > self.now
        self.now = until
        self.line.advance(until)
        return wanted

    def _times(self) -> list[float]:
        return [at for at in (self.line.next_mark, self.session.deadline) if at is not None]

    def _carry_out(self, action: Action) -> list[Signal]:
        match action:
            case actions.Play(audio):
                self.line.play(base64.b64decode(audio), self.now)
            case actions.Mark(name):
                self.line.mark(name)
            case actions.Clear():
                return [signals.MarkReturned(name) for name in self.line.silence(self.now)]
            case actions.CancelResponse(response_id) if self.cancels_at_once:
                return [signals.ResponseEnded(response_id, "cancelled")]
        return []

    # What came of it

    @property
    def events(self) -> list[CallEvent]:
        return [action.event for action in self.actions if isinstance(action, actions.Tell)]

    @property
    def turns(self) -> list[Turn]:
        """As everyone outside knows them; the session knows them no better."""
        turns = rebuild(self.events)
        assert turns == self.session.turns
        return turns

    @property
    def script(self) -> list[str]:
        return [f"{turn.party}: {turn.text}" for turn in self.turns]

    def is_in(self, state: CallState) -> bool:
        return self.session.state is state

    def has_floor(self, party: Floor) -> bool:
        return self.session.floor == party

    @property
    def ending(self) -> Ending:
        (ended,) = of(Ended, self.actions)
        return ended.ending

    @property
    def heard(self) -> bytes:
        """All that has reached the callee's ear."""
        return bytes(self.line.heard)

    # The carrier and the line

    def status(self, status: str, sip_code: str = "") -> list[Action]:
        return self.feed(signals.CarrierStatus(status, next(self._sequence), sip_code))

    def stream(self, sid: str = "MZ1") -> list[Action]:
        return self.feed(signals.StreamStarted(sid))

    def stream_breaks(self) -> list[Action]:
        self.line.silence(self.now)  # whose marks never come back
        return self.feed(signals.StreamStopped())

    # The model

    def response_begins(self) -> str:
        self._response = f"resp_{next(self._names)}"
        self.feed(signals.ResponseBegan(self._response))
        return self._response

    def speaks(self, text: str, *, done: bool = True) -> str:
        """An item of the response that is being made, far faster than it is spoken. Its name."""
        item = self._item()
        self.says_more(item, text)
        if done:
            self.feed(signals.AgentAudioDone(item), signals.AgentWords(self._response, item, text, final=True))
        return item

    def says_more(self, item: str, text: str) -> list[Action]:
        audio, wanted = speak(text), list[Action]()
        for at in range(0, len(audio), DELTA):
            wanted += self.feed(signals.AgentAudio(self._response, item, payload(audio[at : at + DELTA])))
        return wanted + self.feed(signals.AgentWords(self._response, item, text))

    def response_ends(self, status: str = "completed") -> list[Action]:
        return self.feed(signals.ResponseEnded(self._response, status))

    def agent_says(self, text: str) -> str:
        """A whole response of one item; nothing of it is played before `wait`."""
        self.response_begins()
        item = self.speaks(text)
        self.response_ends()
        return item

    def agent_is_heard(self, text: str) -> str:
        """A whole response, played out."""
        item = self.agent_says(text)
        self.wait(spoken_ms(text) / 1000)
        return item

    def end_call(self, outcome: str = "Done.") -> list[Action]:
        arguments = msgspec.json.encode({"outcome": outcome}).decode()
        return self.feed(signals.ToolCalled(f"fc_{next(self._names)}", "end_call", arguments))

    def tool(self, name: str, /, *, says: str = "", **arguments: object) -> list[Action]:
        """A whole response in which the model calls a tool, and says something before it or not."""
        begun = len(self.actions)
        self.response_begins()
        if says:
            self.speaks(says)
        self.feed(signals.ToolCalled("fc", name, msgspec.json.encode(arguments).decode()))
        self.response_ends()
        return self.actions[begun:]

    def _item(self) -> str:
        item = f"item_{next(self._names)}"
        self.feed(signals.ItemAdded(item, self._last_item))
        self._last_item = item
        return item

    # The callee

    def callee_begins(self) -> str:
        item = f"item_{next(self._names)}"
        self.feed(signals.CalleeBegan(item))
        return item

    def callee_ends(self, item: str) -> list[Action]:
        wanted = self.feed(
            signals.CalleePaused(item), signals.CalleeCommitted(item), signals.ItemAdded(item, self._last_item)
        )
        self._last_item = item
        return wanted

    def words(self, item: str, text: str) -> list[Action]:
        return self.feed(signals.CalleeWords(item, text))

    def callee_says(self, text: str, *, seconds: float = 0.8) -> list[Action]:
        """A whole utterance; its transcription follows at once. "" is a noise."""
        begun = len(self.actions)
        item = self.callee_begins()
        self.wait(seconds)
        self.callee_ends(item)
        self.words(item, text)
        return self.actions[begun:]


def a_ringing_talk(**changes: object) -> Talk:
    """The phone rings, and the opening waits for the line."""
    talk = Talk(**changes)
    talk.feed(signals.ModelReady())
    talk.status("initiated")
    talk.status("ringing")
    talk.agent_says(talk.spec.opening)
    return talk


def an_answered_talk(**changes: object) -> Talk:
    """The callee has picked up and the opening begins to play."""
    talk = a_ringing_talk(**changes)
    talk.wait(2)
    talk.status("in-progress")
    talk.stream()
    return talk


def a_talk(**changes: object) -> Talk:
    """The opening has been heard to its end, and nobody speaks."""
    talk = an_answered_talk(**changes)
    talk.wait(spoken_ms(talk.spec.opening) / 1000)
    return talk
