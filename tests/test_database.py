"""The engine, on a real SQLite file and a real PostgreSQL: addresses, text, what errors tell, lost connections."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.tables import people, reports
from bot.upsert import upsert
from bridge.database import open_database
from tests.databases import Server, sqlite_in

NAMELESS = {"id": 1, "name": "the callee said hello", "role": None, "phone": "+14155552671"}
ANNA = {"id": 1, "name": "Anna", "role": "caller", "phone": ""}


async def rows(engine: AsyncEngine, table: sa.Table) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(table.select())).mappings()]


# Addresses


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql_is_taken_as_hosts_write_it(scheme: str) -> None:
    url = open_database(f"{scheme}://shane:se%40cret@db.internal:5433/ringback?sslmode=disable").url
    assert (url.get_driver_name(), url.host, url.port, url.password) == ("psycopg", "db.internal", 5433, "se@cret")
    assert dict(url.query) == {"sslmode": "disable", "connect_timeout": "10"}


def test_a_time_limit_in_the_address_stays() -> None:
    assert open_database("postgresql://localhost/x?connect_timeout=3").url.query["connect_timeout"] == "3"


def test_a_password_is_in_no_engines_name() -> None:
    assert "hunter2" not in repr(open_database("postgresql://shane:hunter2@localhost/ringback"))


async def test_sqlite_is_read_while_it_is_written_waits_and_holds_foreign_keys(tmp_path: Path) -> None:
    engine = open_database(sqlite_in(tmp_path))
    async with engine.connect() as connection:
        pragmas = ("journal_mode", "busy_timeout", "foreign_keys", "secure_delete")
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in pragmas]
    await engine.dispose()
    assert found == ["wal", 5000, 1, 1]


# What is written and read


async def test_whatever_people_write_can_be_kept(engine: AsyncEngine) -> None:
    """But U+0000, which PostgreSQL has not."""
    async with engine.begin() as connection:
        await connection.execute(reports.insert().values(call_id="c", summary="“Tisch” 🍕 %s :x \\ ' \0 \u202e"))
    (row,) = await rows(engine, reports)
    assert row["summary"].replace("\0", "") == "“Tisch” 🍕 %s :x \\ '  \u202e"


@pytest.mark.parametrize(
    ("change", "after"),
    [(None, {**ANNA, "name": "Ann"}), ({"role": "admin"}, {**ANNA, "role": "admin"}), ({}, ANNA)],
)
async def test_a_row_that_is_there_already_is_changed(
    engine: AsyncEngine, change: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    async with engine.begin() as connection:
        await upsert(connection, people, ANNA)
        await upsert(connection, people, {**ANNA, "name": "Ann"}, change)
    assert await rows(engine, people) == [after]


async def test_a_row_is_written_once_by_however_many_at_once(engine: AsyncEngine) -> None:
    async def write(name: str) -> None:
        async with engine.begin() as connection:
            await upsert(connection, people, {**ANNA, "name": name})

    await asyncio.gather(*(write(f"Anna {number}") for number in range(8)))
    assert len(await rows(engine, people)) == 1


# What goes wrong


async def test_an_error_does_not_quote_what_people_wrote(engine: AsyncEngine) -> None:
    """It would be in the log, with its cause and their traceback."""
    with pytest.raises(SQLAlchemyError) as caught:
        async with engine.begin() as connection:
            await connection.execute(people.insert().values(NAMELESS))
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__cause__)
    assert "role" in told
    assert not [words for words in ("callee", "hello", "4155552671") if words in told]


async def test_a_connection_that_the_server_has_closed_is_no_error(postgresql: Server) -> None:
    url = postgresql.up_to_date()
    engine, other = open_database(url), open_database(url)
    async with engine.connect() as connection:
        mine = await connection.scalar(sa.func.pg_backend_pid())
    async with other.connect() as connection:
        assert await connection.scalar(sa.func.pg_terminate_backend(mine))
    assert await rows(engine, people) == []
    await engine.dispose()
    await other.dispose()
    postgresql.take_back(url)
