"""The product as a process of its own: `python -m bot run`, told everything by its environment.

In real time: the clock of another process cannot be wound forward.
"""

import asyncio
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox.callee import ScenarioCallee
from sandbox.line import Callee, Pickup
from sandbox.scenario import Rule, Scenario
from sandbox.tones import FRAME, SILENCE
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import (
    Provoked,
    check_the_wires,
    from_bot,
    is_report,
    order,
    place,
    press,
    shown,
)

ROOT = Path(__file__).parents[2]
ERRAND = "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm, and ask whether he comes"
LISTENS = Scenario(
    "patient",
    "for calls that have to last",
    ("+14155550107",),
    pickup=Pickup("answer", after_s=0.2),
    rules=(Rule(state="start", when=(r".",), say="Go on."),),
)
# Twilio waits for twelve seconds (`twiml.WAITS_S`). Where a start alone takes that long no call can be carried over.
BUSY_S = 6.0


def patient_answerer(_: str) -> Callee:
    """Somebody who stands beside the phone, says little, and never hangs up."""
    return ScenarioCallee(LISTENS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def started(folder: Path, **environment: str) -> Process:
    """The process, with nothing in its environment but this."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        stdout=PIPE,
        stderr=STDOUT,
    )


@asynccontextmanager
async def healthy(world: World, folder: Path, **changes: object) -> AsyncIterator[Process]:
    """The process once /healthz answers 200; killed on leaving, if it still runs."""
    world.port = free_port()
    given = {"port": world.port, "database_url": f"sqlite:///{folder}/ringback.db", "log_level": "DEBUG", **changes}
    settings = world.settings(**given)
    environment = {name.upper(): str(value) for name, value in settings.items()}
    process = await started(folder, PYTHONPROFILEIMPORTTIME="1", **environment)  # it tells what it imports, and when
    try:
        async with aiohttp.ClientSession() as http, asyncio.timeout(20):
            while not await answers_200(http, f"http://127.0.0.1:{world.port}/healthz"):
                assert process.returncode is None, await process.communicate()
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def answers_200(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientConnectionError:
        return False


async def output(process: Process) -> str:
    said, _ = await process.communicate()
    return str(said.decode())


@pytest.fixture(autouse=True)
def nobody_hesitates(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the real clock nobody waits for what nobody looks at."""
    monkeypatch.setattr("tests.e2e.chat.HUMAN_S", 0.1)


class BusyMachine(Exception):
    """A start takes too long here for anything to be carried over."""


async def speech_after(call: StandInCall, at: int) -> float:
    """Seconds from that byte on until the agent is heard on the line. What the line had buffered is dropped at once."""
    dropped = at + 10 * FRAME
    async with asyncio.timeout(30):
        while True:
            for start in range(dropped, len(call.agent_audio) - FRAME, FRAME):
                if call.agent_audio[start : start + FRAME] != SILENCE:
                    return (start - at) / 8000
            await asyncio.sleep(0.02)


async def handed_over_and_killed(folder: Path) -> tuple[float, float]:
    """One call with three processes: the first is told to stop (a deploy), the second is killed, the third ends it.
    Seconds without a word on the line: from SIGTERM, and from SIGKILL. Raises BusyMachine.
    """
    async with World(answerer=patient_answerer) as world:
        began = time.monotonic()
        async with healthy(world, folder, drain_seconds=0) as process:
            if (took_s := time.monotonic() - began) > BUSY_S:
                raise BusyMachine(f"a start takes {took_s:.0f} s")
            live = await order(world, ERRAND)
            call = await place(world, live)
            await shown(world, "Agent: Hello")
            told_at = len(call.agent_audio)
            process.send_signal(signal.SIGTERM)
            first = await output(process)
            assert process.returncode == 0
            assert call.status == "in-progress"
        async with healthy(world, folder) as process:
            deployed_s = await speech_after(call, told_at)
            await world.requester.wait_for(lambda m: m is live and m.text.count("Agent:") > 1)
            killed_at = len(call.agent_audio)
            process.send_signal(signal.SIGKILL)
            second = await output(process)
        async with healthy(world, folder) as process:
            back_s = await speech_after(call, killed_at)
            # The same call, the same message: the conversation goes on, and can be ended.
            assert call.status == "in-progress"
            await press(world, live, "Stop")
            await press(world, live, "Stop")
            report = await world.requester.wait_for(is_report)
            assert "0:" in report.text.splitlines()[-1]
            await call.ended.wait()
            await asyncio.sleep(0.5)
            assert [message for message in from_bot(world) if is_report(message)] == [report]
            assert len(world.twilio.calls) == 1
            await world.requester.wait_for(lambda m: m is live and " · ended" in m.text and not m.keyboard)
            process.kill()
            third = await output(process)
        check_the_wires(world, Provoked(twilio=True))  # streams that were cut, and tried again before anybody was there
        nothing_personal(world, first + second + third)
        # The first made its database; the others found a call, and asked Twilio about it.
        assert brought_in(first) == {"alembic"}
        assert brought_in(second) | brought_in(third) <= {"twilio.rest"}
        assert "telegram" not in imported(second, until="listening on port")
    return deployed_s, back_s


HEAVY = ("alembic", "twilio.rest", "openai", "numpy", "soundfile", "icalendar", "psycopg", "PIL", "opentelemetry")


def imported(said: str, *, until: str) -> set[str]:
    """The modules that a process had imported when it wrote that."""
    before = said.partition(until)[0]
    return set(re.findall(r"(?m)^import time:[^|]*\|[^|]*\|\s*([\w.]+)$", before))


def brought_in(said: str) -> set[str]:
    """What takes long to import, and was not left until it is needed."""
    return imported(said, until="ready for calls") & set(HEAVY)


def nothing_personal(world: World, logged: str) -> None:
    """Also at the level DEBUG, also of the libraries."""
    assert "ready for calls" in logged
    secrets = (world.telegram.token, world.twilio.auth_token, world.openai.api_key)
    personal = ("4155550107", "415-555", "415 555", "Joe", "Shane", "the meeting", "5pm")
    assert not [words for words in (*secrets, *personal) if words in logged]


def test_a_call_outlives_a_deploy_and_a_kill(tmp_path: Path) -> None:
    """Real processes on the real clock, and so on a machine that may be busy: `make deaths` measures."""
    try:
        deployed_s, back_s = asyncio.run(handed_over_and_killed(tmp_path))
    except BusyMachine as busy:
        pytest.skip(f"NOT TESTED: real processes, {busy} here")
    assert max(deployed_s, back_s) < 20


async def refused(folder: Path) -> tuple[int | None, str]:
    """How a process that is told a wrong token ends, and what it says."""
    async with World() as world:
        good = {name.upper(): str(value) for name, value in world.settings().items()}
        process = await started(folder, **good | {"TELEGRAM_BOT_TOKEN": "1:wrong"})
        said = await output(process)
        return process.returncode, said


def test_a_process_that_cannot_start_says_what_to_do(tmp_path: Path) -> None:
    """What is missing, or wrong in itself, is `test_main.py`'s."""
    code, said = asyncio.run(refused(tmp_path))
    assert code == 1
    assert "Check TELEGRAM_BOT_TOKEN" in said
    assert "Traceback" not in said
