"""The product as its container runs it: a plain user, without a home, on a file system of which only /data is writable.

In real time, in a process of its own. Skipped, and said so, where nobody may make a mount namespace (without root).
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.voice_note import voice_note
from sandbox.world import World
from tests.e2e.chat import SHORT, check_the_wires, finished, is_card, place
from tests.e2e.test_process import ROOT, answers_200, free_port, output

NOBODY = 65534
# To read whatever the interpreter and the checkout need, also where they lie in root's home; and nothing else.
_READING = "-all,+dac_read_search"
CONFINED = (
    *("unshare", "--mount", "--propagation", "private", "sh", "-c"),
    'mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd / && exec "$@"',
)
AS_NOBODY = (
    *("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--no-new-privs"),
    *(f"--{kind}={_READING}" for kind in ("inh-caps", "ambient-caps", "bounding-set")),
)
PROBE = """
import os, sys
open(os.path.join(sys.argv[1], "x"), "w").close(); os.remove(os.path.join(sys.argv[1], "x"))
for folder in sys.argv[2:]:
    try:
        open(os.path.join(folder, "x"), "w").close()
    except OSError:
        continue
    sys.exit(folder + " can be written to")
"""


def confined(data: Path, *command: str) -> list[str]:
    return [*CONFINED, str(data), *AS_NOBODY, sys.executable, *command]


@pytest.fixture
def data() -> Iterator[Path]:
    """The container's /data. Not under pytest's own folder, which is nobody else's to enter."""
    folder = Path(tempfile.mkdtemp(prefix="ringback-data-"))
    try:
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        probe = confined(folder, "-c", PROBE, str(folder), str(ROOT), "/", str(Path.home()), "/var/tmp")  # noqa: S108 - is not to be written to
        try:
            tried = subprocess.run(probe, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        except FileNotFoundError as missing:
            pytest.skip(f"NOT TESTED: the read-only file system, there is no {missing.filename} here")
        if tried.returncode:
            pytest.skip(f"NOT TESTED: the read-only file system, for want of root: {tried.stderr.strip()[:200]}")
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nobody_hesitates(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the real clock nobody waits for what nobody looks at."""
    monkeypatch.setattr("tests.e2e.chat.HUMAN_S", 0.1)


def environment(world: World, data: Path) -> dict[str, str]:
    """That of the Dockerfile, and what the sandbox's deployment sets."""
    settings = world.settings(
        port=world.port,
        database_url=f"sqlite:///{data}/ringback.db",
        recordings_dir=data / "recordings",
        record_calls="true",
        log_level="DEBUG",
    )
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name.upper(): str(value) for name, value in settings.items()},
    }


async def a_whole_call(data: Path) -> tuple[str, int | None]:
    """What the process said, and how it ended."""
    async with World() as world:
        world.port = free_port()
        process = await asyncio.create_subprocess_exec(
            *confined(data, "-m", "bot", "run"), env=environment(world, data), stdout=PIPE, stderr=STDOUT
        )
        try:
            async with aiohttp.ClientSession() as http, asyncio.timeout(30):
                while not await answers_200(http, f"http://127.0.0.1:{world.port}/healthz"):
                    assert process.returncode is None, await process.communicate()
                    await asyncio.sleep(0.05)
            note = world.requester.send_voice(voice_note(SHORT), 5)
            card = await world.requester.wait_for(is_card, after=note)
            await place(world, card)
            report = await finished(world, card)
            await world.requester.wait_for(lambda m: m.voice, after=report)
            process.send_signal(signal.SIGTERM)
            said = await output(process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        check_the_wires(world)
    return said, process.returncode


def test_a_whole_call_writes_nowhere_but_in_data(data: Path) -> None:
    said, code = asyncio.run(a_whole_call(data))
    assert code == 0, said
    assert "Read-only" not in said
    assert "Error" not in said
    written = {path.relative_to(data).parts[0] for path in data.rglob("*")}
    assert written <= {"ringback.db", "ringback.db-wal", "ringback.db-shm", "recordings"}
    assert [path.suffix for path in (data / "recordings").iterdir()] == [".ogg"]
    assert {path.stat().st_uid for path in data.rglob("*")} == {NOBODY}


# The container itself


@pytest.mark.parametrize("file", ["Dockerfile", "fly.toml"])
def test_the_container_keeps_everything_in_data(file: str) -> None:
    told = (ROOT / file).read_text("utf-8")
    assert "sqlite:////data/ringback.db" in told
    assert "/data/recordings" in told


def test_the_container_writes_no_bytecode_and_runs_as_a_plain_user() -> None:
    told = (ROOT / "Dockerfile").read_text("utf-8")
    assert "PYTHONDONTWRITEBYTECODE=1" in told
    assert "VOLUME /data" in told
    assert 'exec setpriv --reuid ringback --regid ringback --init-groups "$@"' in (ROOT / "entrypoint.sh").read_text()
    assert "--read-only --tmpfs /tmp -v ringback_data:/data" in (ROOT / "docs/operations.md").read_text("utf-8")
