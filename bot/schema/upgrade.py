"""The database brought to the schema of this version, at the start and before anything else uses it.

Owns the order of things around Alembic's revisions (`versions/`): one process at a time, all of it or nothing, and what
is said of a database that is none of ours. Only forwards: who must go back restores the backup (docs/operations.md).
Must not know what a revision does.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import tables
from bridge import journal
from bridge.errors import RingbackError

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)

SCHEMA = (journal.metadata, tables.metadata)
HEAD = "0002"  # the newest in `versions/`: nearly every start finds it, and needs no Alembic then, nor its time
_BEFORE_REVISIONS = "0001"  # what release 0.1.0 made, and did not note down
_LOCK = 0x52696E67  # any number that nobody else locks; one process at a time migrates


async def bring_up_to_date(engine: AsyncEngine) -> None:
    """In one transaction, on PostgreSQL and SQLite alike: what fails has changed nothing.

    Raises RingbackError for a database of a newer version, of another program, or that could not be changed;
    SQLAlchemyError or OSError where it cannot be reached.
    """
    if await _is_current(engine):
        return
    async with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        try:
            await (_begin_sqlite(connection) if sqlite else _begin_postgresql(connection))
            await connection.run_sync(_upgrade)
            await connection.commit()
        finally:
            await connection.rollback()
            if sqlite:
                await connection.exec_driver_sql("PRAGMA foreign_keys=ON")


async def _is_current(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        if not await connection.run_sync(lambda bare: sa.inspect(bare).has_table("alembic_version")):
            return False
        found = (await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalars().all()
        return found == [HEAD]


async def _begin_sqlite(connection: AsyncConnection) -> None:
    """SQLite changes a column by making its table anew (https://www.sqlite.org/lang_altertable.html#otheralter):
    "If foreign key constraints are enabled, disable them", which must be done outside a transaction.
    """
    await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    # Python's driver begins a transaction before it writes rows, but not before it changes tables.
    await connection.exec_driver_sql("BEGIN IMMEDIATE")


async def _begin_postgresql(connection: AsyncConnection) -> None:
    # Of the transaction, not of the session: it holds behind PgBouncer, too.
    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def alembic_config(connection: sa.Connection) -> "Config":
    """Alembic's own face, without its file: for `alembic.command`."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    # A `%` in a folder's name would be taken for a variable.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    return config


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - as above
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = alembic_config(connection)
    scripts, context = ScriptDirectory.from_config(config), MigrationContext.configure(connection)
    before = _revision(scripts, context)
    if before == scripts.get_current_head():
        return
    if not before and _made_before_revisions(connection):
        before = _BEFORE_REVISIONS
        context.stamp(scripts, before)
    try:
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RingbackError("The database could not be brought up to date: rows in it point nowhere.")
    except SQLAlchemyError as error:
        why = str(error).splitlines()[0]  # without the statement
        raise RingbackError(f"The database could not be brought up to date, and is as it was before: {why}") from error
    log.info("the database was brought from revision %s to %s", before or "none", scripts.get_current_head())


def _revision(scripts: "ScriptDirectory", context: "MigrationContext") -> str | None:
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    for revision in (found := context.get_current_heads()):
        try:
            scripts.get_revision(revision)
        except CommandError as error:
            raise RingbackError(
                f"The database is of a newer Ringback: its revision is {revision}, and this version knows up to "
                f"{scripts.get_current_head()}. Start the newer version again, or restore the backup from before it."
            ) from error
    return found[0] if found else None


def _made_before_revisions(connection: sa.Connection) -> bool:
    """False for a database that has none of our tables yet."""
    inspector = sa.inspect(connection)
    ours = {name for metadata in SCHEMA for name in metadata.tables} & {*inspector.get_table_names()}
    if not ours:
        return False
    if "people" in ours and "allowed" in {column["name"] for column in inspector.get_columns("people")}:
        return True
    raise RingbackError(
        "The database holds tables that no release of Ringback made. Point DATABASE_URL at an empty one."
    )
