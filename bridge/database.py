"""The database: one engine for the whole process.

Owns the engine's settings. SQLite is the default: write-ahead log, so that reading never waits for the journal, and
`synchronous=NORMAL`, which in that mode loses nothing when the process dies (https://www.sqlite.org/wal.html);
`secure_delete`, so that what is deleted is overwritten in the file, too. PostgreSQL is the other, through psycopg.
Must not know of any table.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT_S = 10  # libpq itself waits for as long as the network does


def open_database(url: str) -> AsyncEngine:
    """`url` as SQLAlchemy or libpq writes it: `sqlite:///file.db`, `postgresql://…`, or `postgres://…` as hosts give it.

    Raises SQLAlchemyError or ImportError for an address that no driver takes, and OSError where a file cannot be.
    """
    address = sa.make_url(url)
    if address.drivername == "sqlite":
        address = address.set(drivername="sqlite+aiosqlite")
        if address.database and not Path(address.database).resolve().parent.is_dir():
            raise NotADirectoryError(address.database)  # before a thread is started for it
    if address.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return _postgresql(address.set(drivername="postgresql+psycopg"))
    # An error of the database quotes its statement's parameters, and those are what people wrote and said.
    engine = create_async_engine(address, hide_parameters=True)
    if address.get_backend_name() == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql(address: sa.URL) -> AsyncEngine:
    """What else stands in the address is libpq's: https://www.postgresql.org/docs/current/libpq-connect.html."""
    engine = create_async_engine(
        address.update_query_dict({"connect_timeout": str(_CONNECT_S)} | dict(address.query)),
        hide_parameters=True,
        pool_pre_ping=True,  # a server that was restarted, or a proxy that closes what is idle, is no error
        # PgBouncer may give each transaction another connection, which knows none of our prepared statements:
        # https://www.psycopg.org/psycopg3/docs/advanced/prepare.html#using-prepared-statements-with-pgbouncer
        connect_args={"prepare_threshold": None},
    )
    sa.event.listen(engine.sync_engine, "handle_error", _leave_out_detail)
    return engine


def _leave_out_detail(context: sa.ExceptionContext) -> None:
    """PostgreSQL's DETAIL quotes the row ("Failing row contains (…)"), whatever is hidden here."""
    raw, told = context.original_exception, context.sqlalchemy_exception
    primary = getattr(getattr(raw, "diag", None), "message_primary", None)
    if not primary:
        return
    whole = str(raw)
    raw.args = (primary,)
    if told is not None:
        told.args = (str(told.args[0]).replace(whole, primary),)
