"""The canary: a call to the operator's own phone by which a deployment proves itself, on the sandbox."""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from bot.app import App
from bot.canary import command
from bot.canary.call import Line
from bot.ledger import Ledger
from bridge.database import open_database
from bridge.errors import RingbackError
from prompts import library
from sandbox.fast_clock import FastLoop
from sandbox.scenario import Rule, scenario
from sandbox.telegram import Message
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import Provoked, check_the_wires, from_bot, is_report, press, running, spoken, wall_clock
from tests.e2e.line import answered_by, somebody

PHONE = "+14155550127"


@dataclass
class Run:
    """What a canary printed, its exit code, and what is left of it."""

    code: int = -1
    told: list[str] = field(default_factory=list)
    calls: list[StandInCall] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return "\n".join(self.told)

    @property
    def failed(self) -> list[str]:
        return re.findall(r"(?m)^✗ (\S+(?: \S+)*)  ", self.shown)


async def canary(
    app: App, world: World, *, answer: str = "", number: str = PHONE, scripted: bool = False, line: Line | None = None
) -> Run:
    """One whole run; its question is answered by a button in the chat, where an answer is given."""
    assert app.front
    run = Run()
    flying = asyncio.create_task(
        command.call(app.front.canary, number, scripted=scripted, tell=run.told.append, line=line)
    )
    if answer:
        question = await world.requester.wait_for(lambda m: m.text.startswith("❓"), timeout=120)
        await press(world, question, answer)
    run.code = await flying
    run.calls, run.messages = list(world.twilio.calls.values()), from_bot(world)
    return run


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A deployment in order, told once."""

    async def told() -> Run:
        async with World(wall=wall_clock()) as world:
            async with running(world, tmp_path_factory.mktemp("canary")) as app:
                run = await canary(app, world, answer="Green")
            check_the_wires(world)
        return run

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(told())


@pytest.mark.daily
def test_a_deployment_in_order_passes_every_gate(proved: Run) -> None:
    assert proved.failed == []
    assert proved.shown.endswith("The deployment has proved itself.")
    assert proved.code == command.PROVED


@pytest.mark.daily
def test_one_phone_rings_once(proved: Run) -> None:
    [call] = proved.calls
    assert call.request.to == PHONE


@pytest.mark.daily
def test_it_is_heard_on_the_line_and_not_only_in_the_journal(proved: Run) -> None:
    [call] = proved.calls
    asked = next(u.text for u in spoken(call.agent_audio, "agent") if "repeat after me" in u.text)
    words = re.findall(r"\w+", asked.partition(":")[2])
    assert len(words) == 4
    assert set(words) <= set(library.canary().words)
    assert ", ".join(words) + "." in [u.text for u in spoken(call.callee_audio, "callee")]
    assert any("Green" in u.text for u in spoken(call.agent_audio, "agent"))


@pytest.mark.daily
def test_what_is_printed_holds_no_number_and_no_word_that_was_spoken(proved: Run) -> None:
    assert PHONE[2:] not in re.sub(r"\D", "", proved.shown)
    for word in (*library.canary().words, "Goodbye", "that is enough"):
        assert word not in proved.shown


@pytest.mark.daily
def test_the_timeline_shows_turns_with_their_length_and_gap(proved: Run) -> None:
    assert re.search(r"(?m)^ +\d+\.\d    callee +\d+\.\d +[+-]\d+\.\d$", proved.shown)
    assert re.search(r"(?m)^ +\d+\.\d    agent, cut off +\d+\.\d", proved.shown)
    assert "replies after" in proved.shown


@pytest.mark.daily
def test_the_chat_shows_it_as_any_call_and_has_its_report(proved: Run) -> None:
    live, question, report = [message for message in proved.messages if not message.file]
    assert live.text.startswith("📞 Canary test")
    assert question.text.splitlines()[0] == f"❓ Canary test: {library.canary().question}"
    assert "it ended with a goodbye" in report.text
    assert [message.keyboard for message in (live, question)] == [[], []]


# Where it goes wrong


async def test_a_phone_on_which_the_words_and_the_interruption_go_wrong(tmp_path: Path) -> None:
    ready, _, _, parting = scenario("canary").rules
    says_other_words = Rule(state="ready", when=("repeat after me",), say="Pardon?")
    callee = somebody(ready, says_other_words, msgspec.structs.replace(parting, state="ready"), like="canary")
    async with World(wall=wall_clock(), answerer=answered_by(callee)) as world, running(world, tmp_path) as app:
        run = await canary(app, world, answer="Red")
        assert run.failed == ["nonce heard back", "barge-in"]
        assert run.code == command.FAILED


async def test_a_phone_that_nobody_answers(world: World, app: App) -> None:
    run = await canary(app, world, number="+14155550103")
    assert "✗ answered           no_answer" in run.shown
    assert set(run.failed) > {"first audio", "nonce spoken", "goodbye"}
    assert "one dial" not in run.failed
    assert run.code == command.FAILED


async def test_where_no_chat_can_be_written_to_the_terminal_answers(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True

    async def line() -> str:
        await asyncio.sleep(2)
        return "blue\n"

    async with running(world, tmp_path, telegram_admins="4711") as app:
        run = await canary(app, world, line=line)
    assert (run.failed, run.code) == ([], command.PROVED)
    assert (
        "Which colour shall I name on the phone? (Green, Blue, Red) Answer in the chat, or type it here:" in run.shown
    )
    assert run.messages == []


async def test_who_stops_it_hangs_up_politely(world: World, app: App) -> None:
    assert app.front
    nonce = ("candle", "orange", "lemon", "window")
    flying = asyncio.create_task(app.front.canary.fly(PHONE, nonce, scripted=False, tell=lambda _: None))
    await world.requester.wait_for(lambda m: "connected" in m.text)
    flying.cancel()
    await asyncio.gather(flying, return_exceptions=True)
    [call] = world.twilio.calls.values()
    await call.ended.wait()
    assert "you ended it" in (await world.requester.wait_for(is_report)).text
    assert spoken(call.agent_audio, "agent")[-1].text.endswith("goodbye!")


# Where it is not called at all


async def test_a_chat_that_nobody_reads_and_no_terminal_would_leave_the_question_open(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True
    async with running(world, tmp_path, telegram_admins="4711") as app:
        run = await canary(app, world)
    assert (run.calls, run.code) == ([], command.NOT_CALLED)
    assert "nobody could answer" in run.shown


async def test_the_permits_of_every_call_hold_for_this_one(world: World, app: App, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/ringback.db")
    await Ledger(engine, wall_clock()).bar(PHONE, "admin")
    await engine.dispose()
    barred, emergency = await canary(app, world), await canary(app, world, number="911")
    assert [run.code for run in (barred, emergency)] == [command.NOT_CALLED] * 2
    assert "It was not called: +1 415-555-0127 " in barred.shown
    assert "emergency" in emergency.shown
    assert world.twilio.calls == {}
    assert "Call" not in str([message.keyboard for message in barred.messages])


async def test_a_script_that_is_started_again_does_not_ring_the_phone_again(world: World, app: App) -> None:
    first = await canary(app, world, number="+14155550102", scripted=True)
    again = await canary(app, world, number="+14155550102", scripted=True)
    assert [first.code, again.code] == [command.FAILED, command.NOT_CALLED]
    assert "less than ten minutes ago" in again.shown
    assert len(world.twilio.calls) == 1


async def test_it_takes_the_place_of_a_ringback_and_never_stands_beside_one(
    world: World, app: App, tmp_path: Path
) -> None:
    """Of two processes on one database the later one would take over the calls of the other."""
    settings = app.settings.model_copy(update={"port": app.port})
    with pytest.raises(RingbackError, match="stop the one that runs here"):
        await command.fly(settings, PHONE, scripted=False, tell=lambda _: None)
    assert world.twilio.calls == {}
