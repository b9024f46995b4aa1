"""The schema's revisions, on a real SQLite file and a real PostgreSQL: from nothing and from release 0.1.0 to today."""

import asyncio
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import tables
from bot.chat import Chat, Place
from bot.conversation import Stage
from bot.plan import Missing
from bot.roster import Roster
from bot.schema.upgrade import HEAD, alembic_config, bring_up_to_date
from bot.store import Store
from bridge import journal
from bridge.database import open_database
from bridge.errors import RingbackError
from bridge.events import Confirmed, Ended
from bridge.journal import Journal
from tests.fakes import FakeWall
from tests.revision import missing

ROOT = Path(__file__).parent.parent
RELEASE_0_1 = ROOT / "tests" / "fixtures" / "release_0_1.sql"  # a file of that release after a call, in words
SHANE, ANNA, BERT = 1001, 2002, 3003
CALLED, OPEN, ASKING = "qCd7GgR7m6H_", "ySyfwB3N52YK", "XklXmlWkVFsn"


def test_the_newest_revision_is_known_without_alembic() -> None:
    """bot/schema/upgrade.py, HEAD: a start that finds it is done."""
    scripts = ScriptDirectory(str(ROOT / "bot" / "schema"))
    assert scripts.get_current_head() == HEAD


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(empty_database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def old(empty: AsyncEngine) -> AsyncEngine:
    """A database as release 0.1.0 left it."""
    with sqlite3.connect(":memory:") as release:
        release.executescript(RELEASE_0_1.read_text("utf-8"))
        async with empty.begin() as connection:
            await connection.run_sync(_make_first_tables)
            await connection.run_sync(_copy_rows, release)
    release.close()
    return empty


def _make_first_tables(connection: sa.Connection) -> None:
    """Of which that release kept no note."""
    command.upgrade(alembic_config(connection), "0001")
    connection.exec_driver_sql("drop table alembic_version")


def _copy_rows(connection: sa.Connection, release: sqlite3.Connection) -> None:
    release.row_factory = sqlite3.Row
    found = sa.MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        booleans = {column.name for column in table.c if isinstance(column.type, sa.Boolean)}
        rows = [dict(row) for row in release.execute(f"select * from {table.name}")]  # noqa: S608 - a table's own name
        assert rows
        connection.execute(
            table.insert(), [{k: bool(v) if k in booleans else v for k, v in row.items()} for row in rows]
        )


async def column_names(engine: AsyncEngine, table: str) -> set[str]:
    async with engine.connect() as connection:
        return {c["name"] for c in await connection.run_sync(lambda sync: sa.inspect(sync).get_columns(table))}


async def table_names(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))


async def kept(engine: AsyncEngine, table: sa.Table) -> int | None:
    async with engine.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table))


# From nothing


async def test_the_revisions_make_the_tables_of_today(empty: AsyncEngine) -> None:
    """What is missing is shown as the lines that a revision needs (`make revision`)."""
    await bring_up_to_date(empty)
    async with empty.connect() as connection:
        assert await connection.run_sync(missing) == ""


async def test_a_table_without_a_revision_is_noticed(empty: AsyncEngine) -> None:
    await bring_up_to_date(empty)
    async with empty.begin() as connection:
        await connection.exec_driver_sql("drop table reports")
        assert "op.create_table('reports'" in await connection.run_sync(missing)


async def test_two_processes_that_start_at_once_make_one_schema(empty: AsyncEngine, empty_database_url: str) -> None:
    other = open_database(empty_database_url)
    starts = (bring_up_to_date(engine) for engine in (empty, other, empty))
    assert await asyncio.gather(*starts, return_exceptions=True) == [None] * 3
    async with other.connect() as connection:
        assert await connection.run_sync(missing) == ""
    await other.dispose()


async def test_foreign_keys_hold_on_the_connection_that_migrated(old: AsyncEngine) -> None:
    await bring_up_to_date(old)
    with pytest.raises(SQLAlchemyError, match=r"(?i)foreign key"):
        async with old.begin() as connection:
            await connection.execute(journal.call_events.insert().values(call_id="nobody's", number=0, body="{}"))


def test_the_wheel_brings_the_revisions(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    packed = set(zipfile.ZipFile(wheel).namelist())
    needed = {path.relative_to(ROOT).as_posix() for path in (ROOT / "bot" / "schema").rglob("*.py")}
    assert len(needed) > 4
    assert needed <= packed


# From release 0.1.0


async def test_a_database_of_release_0_1_gets_the_schema_of_today(old: AsyncEngine) -> None:
    for _ in range(2):
        await bring_up_to_date(old)
        async with old.connect() as connection:
            assert await connection.run_sync(missing) == ""


def test_the_first_revision_is_what_release_0_1_made() -> None:
    """So that its databases may be taken to be there already."""
    with sa.create_engine("sqlite://").connect() as release, sa.create_engine("sqlite://").connect() as revision:
        release.connection.executescript(RELEASE_0_1.read_text("utf-8"))
        _make_first_tables(revision)
        made = sa.MetaData()
        made.reflect(release)
        context = MigrationContext.configure(revision, opts={"compare_server_default": True})
        assert compare_metadata(context, made) == []


async def test_whoever_was_allowed_is_a_caller(old: AsyncEngine) -> None:
    await bring_up_to_date(old)
    roster = Roster(old, Chat(0))
    people = [await roster.person(person_id) for person_id in (SHANE, ANNA, BERT)]
    assert [(person.name, person.role) for person in people] == [("Shane", ""), ("Anna", "caller"), ("Bert", "")]


async def test_drafts_keep_their_plans_stages_and_messages(old: AsyncEngine) -> None:
    await bring_up_to_date(old)
    store = Store(old, FakeWall())
    drafts = [await store.draft(draft_id) for draft_id in (CALLED, OPEN, ASKING)]
    assert [draft and (draft.stage, draft.place) for draft in drafts] == [
        (Stage.REPORTED, Place(SHANE)),
        (Stage.CONFIRMING, Place(SHANE)),
        (Stage.DRAFTING, Place(ANNA)),
    ]
    assert drafts[2] is not None
    assert drafts[2].plan.missing == [Missing(question="What is the number of the hairdresser?", choices=[])]
    assert (drafts[2].due_unix, drafts[2].candidate) == (0.0, None)
    assert [await store.draft_of(chat, message) for chat, message in ((SHANE, 15), (ANNA, 17))] == drafts[1:]


async def test_calls_keep_all_that_happened(old: AsyncEngine) -> None:
    await bring_up_to_date(old)
    told = await Journal(old).events(CALLED)
    assert (type(told[0]), type(told[-1]), len(told)) == (Confirmed, Ended, 9)
    assert await Journal(old).unfinished() == []


# What it does not do


async def test_a_start_that_fails_half_way_has_changed_nothing(old: AsyncEngine) -> None:
    async with old.begin() as connection:
        await connection.exec_driver_sql("create table budgets (mine integer)")
    before = await table_names(old)
    with pytest.raises(RingbackError, match=r"is as it was before: .*already exists"):
        await bring_up_to_date(old)
    assert await table_names(old) == before
    assert "allowed" in await column_names(old, "people")
    assert await kept(old, tables.messages) == 4


async def test_a_database_of_a_newer_version_is_left_alone(empty: AsyncEngine) -> None:
    await bring_up_to_date(empty)
    async with empty.begin() as connection:
        await connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(RingbackError, match=r"newer Ringback: its revision is 9999.*Start the newer version again"):
        await bring_up_to_date(empty)


@pytest.mark.parametrize("table", ["people", "audit"])
async def test_a_database_of_another_program_is_left_alone(empty: AsyncEngine, table: str) -> None:
    async with empty.begin() as connection:
        await connection.exec_driver_sql(f"create table {table} (id integer)")
    with pytest.raises(RingbackError, match="Point DATABASE_URL at an empty one"):
        await bring_up_to_date(empty)
    assert await table_names(empty) == {table}
