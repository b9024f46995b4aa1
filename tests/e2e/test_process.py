"""The product as a process of its own: `python -m bot run`, told everything by its environment.

In real time: the clock of another process cannot be wound forward.
"""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec

from sandbox.callee import ScenarioCallee
from sandbox.line import Callee, Pickup
from sandbox.scenario import scenario
from sandbox.world import World
from tests.e2e.chat import (
    Provoked,
    check_the_wires,
    connected,
    from_bot,
    is_report,
    order,
    place,
    press,
    shown,
    turns,
)

ROOT = Path(__file__).parents[2]
TOLD = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_ADMINS",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_PHONE_NUMBER",
    "OPENAI_API_KEY",
    "PUBLIC_URL",
)


def quick_answerer(_: str) -> Callee:
    """The restaurant, where somebody stands beside the phone."""
    return ScenarioCallee(msgspec.structs.replace(scenario("restaurant"), pickup=Pickup("answer", after_s=0.3)))


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
async def healthy(world: World, folder: Path) -> AsyncIterator[Process]:
    """The process once /healthz answers 200; killed on leaving, if it still runs."""
    world.port = free_port()
    settings = world.settings(port=world.port, database_url=f"sqlite:///{folder}/ringback.db", log_level="DEBUG")
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


async def killed_and_started_again(folder: Path) -> None:
    async with World(answerer=quick_answerer) as world:
        async with healthy(world, folder) as process:
            live = await order(world)
            call = await place(world, live)
            await connected(world, live)
            await shown(world, "Agent: Hello")
            process.send_signal(signal.SIGKILL)
            first = await output(process)
        async with healthy(world, folder) as process:
            # The same call, the same message: the conversation goes on, and can be ended.
            await world.requester.wait_for(lambda m: m is live and len(turns(m.text)) > 2)
            assert call.status == "in-progress"
            await press(world, live, "Stop")
            await press(world, live, "Stop")
            report = await world.requester.wait_for(is_report)
            assert "0:" in report.text.splitlines()[-1]
            await call.ended.wait()
            await asyncio.sleep(0.5)
            assert [message for message in from_bot(world) if is_report(message)] == [report]
            assert len(world.twilio.calls) == 1
            assert " · ended" in live.text.splitlines()[0]
            assert not live.keyboard
            process.send_signal(signal.SIGTERM)
            second = await output(process)
            assert process.returncode == 0
        check_the_wires(world, Provoked(twilio=True))  # a stream that was cut, a resume that nobody answered
        nothing_personal(world, first + second)
        # The first made its database; the second found a call, and asked Twilio about it.
        assert brought_in(first) == {"alembic"}
        assert brought_in(second) <= {"twilio.rest"}
        assert "telegram" not in imported(second, until="listening on port")


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
    personal = ("4155552671", "415-555", "415 555", "Trattoria", "Shane", "a table for", "7:45")
    assert not [words for words in (*secrets, *personal) if words in logged]


def test_a_call_outlives_its_process_that_is_killed(tmp_path: Path) -> None:
    asyncio.run(killed_and_started_again(tmp_path))


async def refused(folder: Path) -> list[tuple[int | None, str]]:
    """How the process ends, and what it says: told nothing, told nonsense, told a wrong token."""
    async with World() as world:
        good = {name.upper(): str(value) for name, value in world.settings().items()}
        wrongs = [
            {},
            good | {"PUBLIC_URL": "ringback.test", "TELEGRAM_ADMINS": "me", "TWILIO_PHONE_NUMBER": "5550100"},
            good | {"TELEGRAM_BOT_TOKEN": "1:wrong"},
        ]
        processes = [await started(folder, **wrong) for wrong in wrongs]
        said = await asyncio.gather(*(output(process) for process in processes))
        return [(process.returncode, words) for process, words in zip(processes, said, strict=True)]


def test_a_process_that_cannot_start_says_what_to_do(tmp_path: Path) -> None:
    missing, wrong, token = asyncio.run(refused(tmp_path))
    assert missing[0] == 2
    assert all(f"{name}: is missing" in missing[1] for name in TOLD)
    assert wrong[0] == 2
    assert all(name in wrong[1] for name in ("PUBLIC_URL", "TELEGRAM_ADMINS", "TWILIO_PHONE_NUMBER"))
    assert "sk-sandbox" not in wrong[1]
    assert token[0] == 1
    assert "Check TELEGRAM_BOT_TOKEN" in token[1]
    assert not any("Traceback" in words for _, words in (missing, wrong, token))
