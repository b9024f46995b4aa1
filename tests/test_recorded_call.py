"""A call that is recorded, on the sandbox: the file holds what was heard on the line, both sides of it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
import soundfile
from aiohttp import web

from bridge import journal as bridge_journal
from bridge import prices
from bridge.call import EndReason
from bridge.carrier import TwilioCarrier
from bridge.database import open_database
from bridge.events import BargedIn, CallEvent, DigitsPressed, Ended
from bridge.journal import Journal
from bridge.model_socket import open_model
from bridge.switchboard import Options, Switchboard
from bridge.web import TwilioRoutes
from sandbox.brain import RuleMind
from sandbox.callee import ScenarioCallee
from sandbox.fast_clock import FastLoop
from sandbox.line import Pickup
from sandbox.mind import Reply, ToolCall
from sandbox.scenario import Rule, Scenario
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded, encode_sample, mix
from sandbox.twilio import StandInCall
from sandbox.world import PUBLIC_URL, World
from tests.fakes import MODEL, OPENING, a_spec

ANNOUNCED = f"{OPENING} This call is being recorded."
LONG = "We would be four people, and we would like to come at seven in the evening, if that is possible."
LATER = "Anna would be glad to sit outside."
YES = "You are booked: 7pm, a table for four, under Anna."
# One who breaks in with a few words, and then books.
HASTY = (
    Rule(state="start", say="Hello, who is it?", goto="listening"),
    Rule(state="listening", interrupt_after_ms=2000, say="No, wait.", goto="asked"),
    Rule(state="asked", say=YES, goto="booked"),
    Rule(state="booked", when=(r"bye\b",), say="Bye!", hang_up=True),
)
MENU = (
    Rule(state="start", say="For reservations, press 1.", goto="menu"),
    Rule(state="menu", pressed="1", say="Reservations, how can I help?", goto="asked"),
    Rule(state="asked", say=YES, goto="booked"),
    Rule(state="booked", when=(r"bye\b",), say="Bye!", hang_up=True),
)


@dataclass
class Says(RuleMind):
    """Answers with what is written down for it, and then by the rules; a line it is to say exactly stays the rules'."""

    replies: list[Reply] = field(default_factory=list)

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        if "# Role" in instructions and self.replies:
            return self.replies.pop(0)
        return super().reply(instructions=instructions, items=items, tools=tools, tool_choice=tool_choice)


@asynccontextmanager
async def exchange(world: World, folder: Path) -> AsyncIterator[Switchboard]:
    """A switchboard with its web face, on the sandbox."""
    async with AsyncExitStack() as stack:
        engine = open_database(f"sqlite:///{folder}/ringback.db")
        stack.push_async_callback(engine.dispose)
        async with engine.begin() as connection:
            await connection.run_sync(bridge_journal.metadata.create_all)
        token, number = world.twilio.auth_token, world.twilio.phone_number
        carrier = TwilioCarrier(
            account_sid=world.twilio.account_sid, auth_token=token, phone_number=number, api_url=world.twilio.url
        )
        stack.push_async_callback(carrier.close)
        switchboard = Switchboard(
            Journal(engine),
            carrier,
            partial(open_model, world.openai.base_url, world.openai.api_key, MODEL),
            prices.load(MODEL),
            Options(PUBLIC_URL, MODEL, "gpt-transcribe", number, recordings=folder / "recordings"),
        )
        site = web.Application()
        TwilioRoutes(switchboard, public_url=PUBLIC_URL, auth_token=token).add_to(site)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world.port = runner.addresses[0][1]
        stack.push_async_callback(partial(switchboard.close, patience_s=30))
        yield switchboard


@dataclass(frozen=True)
class Called:
    call: StandInCall
    events: list[CallEvent]
    file: Path | None
    found: Path | None
    wrong: int  # whatever was refused by anybody

    @property
    def reason(self) -> EndReason:
        ended = self.events[-1]
        assert isinstance(ended, Ended)
        return ended.ending.reason

    @property
    def recorded(self) -> bytes:
        assert self.file
        samples, rate = soundfile.read(self.file, dtype="int16")
        assert rate == 8000
        return bytes(map(encode_sample, samples.tolist()))


def called(
    folder: Path,
    rules: tuple[Rule, ...],
    *replies: Reply,
    pickup: Literal["answer", "busy"] = "answer",
    **changes: object,
) -> Called:
    """One call from its confirmation to its recording."""
    who = Scenario("somebody", "for one test", (), pickup=Pickup(pickup), rules=rules, greeting="", gives_way=False)
    spec = a_spec(**{"record": True, "questions": (), **changes})

    async def story() -> Called:
        async with World(answerer=lambda _: ScenarioCallee(who), mind=Says(list(replies))) as world:
            async with exchange(world, folder) as switchboard:
                call = await switchboard.place(spec)
                events = [event async for event in call.events()]
                file = await call.recording()
                found = await switchboard.recording_of(spec.id)
            [placed] = world.twilio.calls.values()
            return Called(placed, events, file, found, len(world.twilio.errors))

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(story())


@dataclass(frozen=True)
class Heard:
    text: str
    at_ms: int


def heard(audio: bytes) -> list[Heard]:
    """Utterances, each from its first sound: a pause of 200 ms parts them."""
    ear, silence = Ear(patience=10), SILENCE[:1]
    told = [
        event
        for at in range(0, len(audio) + 20 * FRAME, FRAME)
        for event in ear.feed(audio[at : at + FRAME].ljust(FRAME, silence))
    ]
    return [Heard(event.text, event.began_ms) for event in told if isinstance(event, SpeechEnded)]


def words(audio: bytes) -> list[str]:
    return [utterance.text for utterance in heard(audio)]


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """The agent's reply is two items, and the first of them is broken into."""
    return called(tmp_path_factory.mktemp("hasty"), HASTY, Reply((LONG, LATER)), Reply(("Yes, I am listening.",)))


def test_the_callee_is_told_first_who_calls_and_then_that_it_is_recorded(hasty: Called) -> None:
    assert words(hasty.call.agent_audio)[0] == ANNOUNCED


def test_every_word_of_both_sides_can_be_heard_in_the_file_where_it_was_said(hasty: Called) -> None:
    """But for those that were said at once, which nobody could make out on the line either."""
    line = heard(mix(hasty.call.agent_audio, hasty.call.callee_audio))
    file = heard(hasty.recorded)
    assert {ANNOUNCED, "Yes, I am listening.", YES, "Bye!"} < {utterance.text for utterance in file}
    clear = {*words(hasty.call.agent_audio), *words(hasty.call.callee_audio)}
    for on_line, in_file in zip(line, file, strict=True):
        assert abs(on_line.at_ms - in_file.at_ms) <= 40
        assert on_line.text == in_file.text or on_line.text not in clear


def test_what_a_barge_in_cut_off_is_not_in_the_file(hasty: Called) -> None:
    assert any(isinstance(event, BargedIn) for event in hasty.events)
    for audio in (hasty.call.agent_audio, hasty.recorded):
        everything = " ".join(words(audio))
        assert LONG[:20] in everything
        assert LONG[-20:] not in everything
        assert LATER not in everything


def test_the_recording_is_as_long_as_the_call(hasty: Called) -> None:
    assert len(hasty.recorded) == pytest.approx(len(hasty.call.agent_audio), abs=FRAME)


def test_the_recording_is_found_by_the_calls_id(hasty: Called) -> None:
    assert hasty.file
    assert hasty.file == hasty.found
    assert hasty.file.name == "call-1.ogg"
    assert hasty.wrong == 0


def test_keys_are_pressed_in_the_middle_of_a_recording(tmp_path: Path) -> None:
    """The call has another media stream then."""
    press = Reply((), (ToolCall("press_digits", {"digits": "1"}),))
    call = called(tmp_path, MENU, press, Reply(("A table for four at 7pm, please.",)))
    assert any(isinstance(event, DigitsPressed) for event in call.events)
    line = heard(mix(call.call.agent_audio, call.call.callee_audio))
    file = heard(call.recorded)
    assert [utterance.text for utterance in file] == [utterance.text for utterance in line]
    assert all(abs(a.at_ms - b.at_ms) <= 40 for a, b in zip(line, file, strict=True))


def test_a_call_that_is_not_to_be_recorded_is_not(tmp_path: Path) -> None:
    call = called(tmp_path, HASTY, record=False)
    assert (call.file, call.found) == (None, None)
    assert words(call.call.agent_audio)[0] == OPENING
    assert not (tmp_path / "recordings").exists()


def test_where_nobody_answers_there_is_no_recording(tmp_path: Path) -> None:
    call = called(tmp_path, HASTY, pickup="busy")
    assert call.reason is EndReason.BUSY
    assert (call.file, call.found) == (None, None)


def test_a_recording_that_cannot_be_kept_does_not_touch_the_call(tmp_path: Path) -> None:
    (tmp_path / "recordings").touch()
    call = called(tmp_path, HASTY)
    assert call.reason is EndReason.GOODBYE
    assert (call.file, call.found) == (None, None)
