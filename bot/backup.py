"""A whole copy of the SQLite file, made while it is in use.

Owns the copy; where it is kept is its maker's business. Follows https://www.sqlite.org/backup.html: a copy made in one
step is of one moment, and nobody who writes meanwhile waits for longer than that. PostgreSQL has `pg_dump`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from bridge.errors import RingbackError


def back_up(database: Path | None, target: Path) -> int:
    """The copy's size in bytes. `database` None: it is not SQLite. Raises RingbackError, with what to do.

    The target is there only once it is whole, is nobody else's to read, and is never one that was there before.
    """
    if database is None:
        raise RingbackError("The database is a PostgreSQL: use pg_dump (docs/operations.md).")
    if not database.is_file():
        raise RingbackError(f"There is no database at {database}. Check DATABASE_URL.")
    if target.exists():
        raise RingbackError(f"{target} is there already. Name a new file.")
    part = target.with_name(f".{target.name}.part")
    try:
        part.touch(mode=0o600)
        _copy(database, part)
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise RingbackError(f"The copy could not be made: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(database: Path, part: Path) -> None:
    address = f"{database.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file: no write-ahead log beside it, as the original has
        (found,) = copy.execute("PRAGMA quick_check").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError("it is damaged, and so is the database")
