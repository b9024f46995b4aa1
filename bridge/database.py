"""The database: one engine for the whole process.

Owns the engine's settings. SQLite is the default: write-ahead log, so that reading never waits for the journal, and
`synchronous=NORMAL`, which in that mode loses nothing when the process dies (https://www.sqlite.org/wal.html).
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def open_database(url: str) -> AsyncEngine:
    """`url` as SQLAlchemy writes it; a plain `sqlite:` gets its asynchronous driver.

    Raises SQLAlchemyError or ImportError for an address that no driver takes, and OSError where a file cannot be.
    """
    address = sa.make_url(url)
    if address.drivername == "sqlite":
        address = address.set(drivername="sqlite+aiosqlite")
        if address.database and not Path(address.database).resolve().parent.is_dir():
            raise NotADirectoryError(address.database)  # before a thread is started for it
    # An error of the database quotes its statement's parameters, and those are what people wrote and said.
    engine = create_async_engine(address, hide_parameters=True)
    if address.get_backend_name() == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
