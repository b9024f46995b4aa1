"""Whether a database has the schema of this version, told without Alembic: most starts find that it has.

Owns the reading of Alembic's note (its table `alembic_version`) and of the revisions' names. Changes nothing, and says
nothing of a database that is not current: that is `upgrade.py`'s.
https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration
"""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

_VERSIONS = Path(__file__).with_name("versions")
_note = sa.table("alembic_version", sa.column("version_num"))


def newest() -> str:
    """The last revision, by the files' names (`r0002_….py`): they are numbered, and one follows the other."""
    return max(file.stem[1:].partition("_")[0] for file in _VERSIONS.glob("r*.py"))


async def is_current(engine: AsyncEngine) -> bool:
    """A database is noted down as of a revision in the transaction that brings it there, so the note is enough.

    Raises SQLAlchemyError or OSError where it cannot be reached.
    """
    async with engine.connect() as connection:
        return await connection.run_sync(_noted) == [newest()]


def _noted(connection: sa.Connection) -> list[str]:
    if not sa.inspect(connection).has_table(_note.name):
        return []
    return list(connection.scalars(sa.select(_note.c.version_num)))
