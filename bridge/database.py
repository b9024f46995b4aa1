"""The database: one engine for the whole process.

Owns the engine's settings. SQLite is the default: write-ahead log, so that reading never waits for the journal, and
`synchronous=NORMAL`, which in that mode loses nothing when the process dies (https://www.sqlite.org/wal.html);
`secure_delete`, so that what is deleted is overwritten in the file, too. PostgreSQL is the other (`postgresql.py`).
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import tenacity
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")  # the first is what hosts write, and libpq takes
_SQLITE = ("sqlite", "sqlite+aiosqlite")


def address_of(url: str) -> sa.URL:
    """`url` as SQLAlchemy or libpq writes it. Raises ValueError, which does not quote it, for what is no address of
    either database.
    """
    try:
        address = sa.make_url(url)
    except (ValueError, SQLAlchemyError):  # the first where the port is no number, and it quotes that piece
        address = None
    if address is None or address.drivername not in (*_POSTGRESQL, *_SQLITE):
        raise ValueError("write sqlite:///ringback.db or postgresql://name:password@host:5432/ringback")
    return address


def open_database(url: str) -> AsyncEngine:
    """`url` as SQLAlchemy or libpq writes it: `sqlite:///ringback.db`, `postgresql://name:password@host/ringback`.

    Raises ValueError for what is no such address, SQLAlchemyError for one that the driver does not take, ImportError
    where there is no driver, and OSError where a file cannot be.
    """
    address = address_of(url)
    if address.drivername in _POSTGRESQL:
        from bridge.postgresql import postgresql_engine  # noqa: PLC0415 - SQLite needs no libpq

        return postgresql_engine(address.set(drivername="postgresql+psycopg"))
    if address.drivername == "sqlite":
        address = address.set(drivername="sqlite+aiosqlite")
        if address.database and not Path(address.database).resolve().parent.is_dir():
            raise NotADirectoryError(address.database)  # before a thread is started for it
    # An error of the database quotes its statement's parameters, and those are what people wrote and said.
    engine = create_async_engine(address, hide_parameters=True)
    if address.get_backend_name() == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


async def overwrite_deleted(engine: AsyncEngine) -> None:
    """Words that were deleted stand in SQLite's write-ahead log until it begins anew: it does so now. Where somebody
    reads for longer than `busy_timeout` it stays as it is, until the next time (https://www.sqlite.org/pragma.html).
    """
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # Of two processes that change it at once one is refused, without the wait that `busy_timeout` gives all else.
    for attempt in tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(sqlite3.OperationalError),
        wait=tenacity.wait_random(0.01, 0.1),
        stop=tenacity.stop_after_attempt(30),
        sleep=lambda seconds: await_only(asyncio.sleep(seconds)),
        reraise=True,
    ):
        with attempt:
            cursor.execute("PRAGMA journal_mode=WAL")
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
