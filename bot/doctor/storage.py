"""Is what Ringback keeps in order? Looked at without a change: no table is made, no row is written, no file appears.

Owns the doctor's own connection to the database. Judges nothing (`machine.py` does).
"""

import asyncio
import os
import shutil
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.doctor.facts import Database
from bot.schema.upgrade import SchemaState, state_of
from bridge import prices
from bridge.database import address_of, open_database
from bridge.errors import RingbackError

# What libpq and SQLite tell, which may quote names and addresses, in words that quote nothing.
_PLAINLY = {
    "Connection refused": "nobody answers at its address",
    "failed to resolve host": "its name is not known to the network",
    "No such file or directory": "its socket is not there",
    "password authentication failed": "the server does not accept the name and the password",
    "no password supplied": "the server wants a password",
    "does not exist": "the server has no such database, or no such name",
    "certificate verify failed": "its certificate is not good",
    "invalid connection option": "its address has an option after ? that PostgreSQL does not know",
    "file is not a database": "the file is no SQLite database",
    "unable to open database file": "the file cannot be opened",
}
_PATIENCE_S = 10.0
_BUSY_S = 2.0  # a writer is done by then


async def database(url: str) -> Database:
    """Raises ValueError for what is no address of one."""
    address = address_of(url)
    kind = address.get_backend_name()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            if kind == "sqlite":
                return await asyncio.to_thread(_sqlite, address.database or "")
            return await _postgresql(url)
    except TimeoutError:
        return Database("postgresql", problem="it did not answer in time")
    except (SQLAlchemyError, ImportError, OSError, RingbackError) as error:
        return Database("sqlite" if kind == "sqlite" else "postgresql", problem=_in_a_line(error))


def _sqlite(file: str) -> Database:
    """In a thread. The file is opened as it is: `bridge/database.py` would make it, and set its journal mode."""
    if file in ("", ":memory:"):
        return Database("sqlite", problem="it is kept in memory only, and lost at the end")
    path = Path(file).resolve()
    if not path.parent.is_dir():
        return Database("sqlite", problem="its folder is not there")
    free = shutil.disk_usage(path.parent).free
    # SQLite makes its log beside the file: "-wal" and "-shm" (https://www.sqlite.org/wal.html).
    may_write = _may_write(path.parent)
    if not path.exists():
        return Database("sqlite", exists=False, writable=may_write, free_bytes=free)
    engine = sa.create_engine(f"sqlite:///file:{quote(str(path))}?mode=rw&uri=true", connect_args={"timeout": _BUSY_S})
    try:
        with engine.connect() as connection:
            mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
            found = state_of(connection)
            connection.rollback()
            writable = may_write and _may_begin(connection)
    finally:
        engine.dispose()
    return _told("sqlite", found, writable=writable, journal_mode=mode, free_bytes=free)


def _may_begin(connection: sa.Connection) -> bool:
    """Whether a writing transaction may begin; it ends at once, and has written nothing."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError as error:
        return "locked" in str(error)  # somebody else is writing just now
    return True


async def _postgresql(url: str) -> Database:
    engine = open_database(url)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(state_of)
            # Both are functions of PostgreSQL's own: whether the server takes writes, and we may make tables.
            standby = await connection.scalar(sa.text("SELECT pg_is_in_recovery()"))
            may = await connection.scalar(sa.text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
    finally:
        await engine.dispose()
    return _told("postgresql", found, writable=bool(may) and not standby)


def _told(
    kind: str, found: SchemaState, *, writable: bool, journal_mode: str = "", free_bytes: int | None = None
) -> Database:
    return Database(
        "sqlite" if kind == "sqlite" else "postgresql",
        revision=found.revision,
        ours=found.ours,
        head=found.head,
        known=found.known,
        writable=writable,
        journal_mode=journal_mode,
        free_bytes=free_bytes,
    )


def may_keep(folder: Path) -> bool:
    """Whether files can be written in a folder that is there, or that can be made."""
    path = folder.resolve()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and _may_write(path)


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def price_list(model: str, file: Path | None) -> str:
    """Why the prices cannot be read, or ""."""
    try:
        prices.load(model, file)
    except (OSError, ValueError) as error:
        return _in_a_line(error)
    return ""


def _in_a_line(error: Exception) -> str:
    """Without what it quotes: the address of a database holds a password."""
    if isinstance(error, RingbackError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    known = next((plain for told, plain in _PLAINLY.items() if told in str(getattr(error, "orig", ""))), "")
    return known or type(error).__name__
