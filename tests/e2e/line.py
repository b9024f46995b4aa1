"""What went over the line and over the model's socket, and when: the figures of a call, from the call itself.

Owns the reading of a finished call's timeline, callees and minds made for one test, and the printing of figures. Has no
expectation of its own: `measured` is told the most that is right.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from bridge.events import CallEvent
from sandbox.brain import RuleMind
from sandbox.callee import ScenarioCallee, phone_book
from sandbox.line import Answerer
from sandbox.mind import Reply, ToolCall
from sandbox.scenario import Rule, Scenario, scenario
from sandbox.tones import FRAME, FRAME_MS, SILENCE, speak
from sandbox.twilio import StandInCall
from sandbox.twilio.stream import Clear, Mark, Media, MediaStream
from sandbox.world import World
from tests.e2e.chat import Utterance, spoken

BOOKING = "and book a table for three at 8pm, name Anna"


def measured(what: str, ms: float, *, most_ms: float, least_ms: float = 0) -> None:
    """A figure that the issue sets, as it really was."""
    print(f"  {what}: {ms:.0f} ms ({f'{least_ms:.0f} to ' if least_ms else 'at most '}{most_ms:.0f})")  # noqa: T201 - to be read, with -s
    assert least_ms <= ms <= most_ms, what


# The model's socket. Times are seconds since the answer.


@dataclass(frozen=True)
class Frame:
    at: float
    kind: str
    event: Mapping[str, Any]


def told_by_model(world: World, call: StandInCall, *kinds: str) -> list[Frame]:
    """What the model sent, over all its sessions."""
    return _frames(
        call, [pair for c in world.openai.connections for pair in zip(c.sent_at, c.sent, strict=True)], kinds
    )


def told_to_model(world: World, call: StandInCall, *kinds: str) -> list[Frame]:
    return _frames(
        call, [pair for c in world.openai.connections for pair in zip(c.received_at, c.received, strict=True)], kinds
    )


def _frames(call: StandInCall, events: Sequence[tuple[float, Mapping[str, Any]]], kinds: Sequence[str]) -> list[Frame]:
    answered_at = call.answered_at or 0.0
    found = [Frame(at - answered_at, str(event["type"]), event) for at, event in events]
    return sorted((frame for frame in found if not kinds or frame.kind in kinds), key=lambda frame: frame.at)


SPEECH_STARTED = "input_audio_buffer.speech_started"
COMMITTED = "input_audio_buffer.committed"
WORDS_KNOWN = "conversation.item.input_audio_transcription.completed"
RESPONSE = "response.create"
CANCEL = "response.cancel"
TRUNCATE = "conversation.item.truncate"


def first_after(frames: Sequence[Frame], at: float) -> Frame:
    return next(frame for frame in frames if frame.at >= at)


# The media stream


@contextmanager
def clears_noted() -> Iterator[list[float]]:
    """When Twilio was told to fall silent, on the loop's clock."""
    noted: list[float] = []
    obey = MediaStream._obey

    def obeying(stream: MediaStream, message: Media | Mark | Clear) -> None:
        if isinstance(message, Clear):
            noted.append(asyncio.get_running_loop().time())
        obey(stream, message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MediaStream, "_obey", obeying)
        yield noted


def played_ms(call: StandInCall, text: str) -> int:
    """How much of an utterance's own sound is in what the callee heard, from its first frame, in one piece."""
    wanted = frames_of(speak(text))
    heard = frames_of(call.agent_audio)
    begins = [at for at in range(len(heard)) if heard[at : at + 12] == wanted[:12]]
    most = 0
    for at in begins:
        same = 0
        while same < len(wanted) and at + same < len(heard) and heard[at + same] == wanted[same]:
            same += 1
        most = max(most, same)
    return most * FRAME_MS


def frames_of(audio: bytes) -> list[bytes]:
    return [audio[at : at + FRAME] for at in range(0, len(audio), FRAME)]


def first_sound_ms(call: StandInCall) -> int:
    """Of the agent, since the answer."""
    return next(n * FRAME_MS for n, frame in enumerate(frames_of(call.agent_audio)) if frame != SILENCE)


def happened(call: StandInCall, what: str) -> list[float]:
    """When, in seconds since the answer, by the carrier's own log of the call."""
    return [at - (call.answered_at or 0.0) for at, entry in call.timeline if entry.startswith(what)]


def said_by(call: StandInCall, party: str) -> list[Utterance]:
    return spoken(call.agent_audio if party == "agent" else call.callee_audio, party)


def all_said(call: StandInCall, party: str) -> str:
    """Every word of one party as it sounded, in order, whatever broke it off and let it go on."""
    return "".join(utterance.text for utterance in said_by(call, party)).replace(" ", "")


def at_of(events: Sequence[CallEvent], kind: type[CallEvent]) -> list[int]:
    """Milliseconds since the call was confirmed."""
    return [event.at_ms for event in events if isinstance(event, kind)]


def of_kind(events: Sequence[CallEvent], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


# Callees and minds for one test


def somebody(*rules: Rule, like: str = "", **changes: Any) -> Scenario:
    """A callee by rules of its own; `like` takes the rest from a scenario."""
    base = scenario(like) if like else Scenario("somebody", "for one test", ())
    made = msgspec.structs.replace(base, **{"rules": rules or base.rules, **changes})
    made.check()
    return made


def answered_by(who: Scenario) -> Answerer:
    """Whatever number of a stranger's is dialled; the requester's own phone stays theirs."""
    book = phone_book()
    own = scenario("requester").numbers
    return lambda number: book(number) if number in own else ScenarioCallee(who)


@dataclass
class Says(RuleMind):
    """Answers with what is written down for it, one reply after another, and then by the rules.

    A line that it is to say exactly, and a word of the bridge's own (a goodbye, "are you there?"), stay the rules'.
    """

    replies: list[Reply | str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # the instructions it was given

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        self.asked.append(instructions)
        if "# Role" not in instructions or not self.replies:
            return super().reply(instructions=instructions, items=items, tools=tools, tool_choice=tool_choice)
        reply = self.replies.pop(0)
        return Reply((reply,)) if isinstance(reply, str) else reply


def calls(name: str, says: str = "", **arguments: Any) -> Reply:
    """A tool call, with or without words before it."""
    return Reply((says,) if says else (), (ToolCall(name, arguments),))
