"""A group becomes a supergroup: all that is kept of it, in a real SQLite file and in a real PostgreSQL."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.migration import move_chat
from bot.tables import metadata

BEFORE, AFTER, OTHER = -4518810793, -1002471352452, -100777


def columns_of_chats() -> list["sa.Column[int]"]:
    """Every column that may hold a group's id."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.c
        if column.name == "chat_id" or (table.name, column.name) in {("chats", "id"), ("budgets", "owner_id")}
    ]


def filled(column: "sa.Column[int]", chat_id: int) -> dict[str, object]:
    """A row of the column's table, of that chat."""
    samples = {sa.String: "x", sa.Text: "x", sa.Boolean: True, sa.Float: 1.0}
    row: dict[str, object] = {}
    for other in column.table.columns:
        sample = next((value for kind, value in samples.items() if isinstance(other.type, kind)), abs(chat_id) % 1000)
        row[other.name] = f"x{chat_id}"[: getattr(other.type, "length", None)] if sample == "x" else sample
    return row | {column.name: chat_id}


async def keep(engine: AsyncEngine, column: "sa.Column[int]", chat_id: int) -> None:
    async with engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        # A message's draft is another table's matter.
        await connection.exec_driver_sql(
            "PRAGMA foreign_keys=OFF" if sqlite else "set session_replication_role = replica"
        )
        await connection.execute(sa.insert(column.table).values(filled(column, chat_id)))


async def ids(engine: AsyncEngine, column: "sa.Column[int]") -> set[int]:
    async with engine.connect() as connection:
        return set((await connection.execute(sa.select(column))).scalars())


@pytest.mark.parametrize("column", columns_of_chats(), ids=lambda column: column.table.name)
async def test_what_is_kept_of_a_group_is_kept_of_its_supergroup(engine: AsyncEngine, column: "sa.Column[int]") -> None:
    await keep(engine, column, BEFORE)
    await keep(engine, column, OTHER)
    moved = await move_chat(engine, BEFORE, AFTER)
    # A message's number means another message there.
    lost = column.table.name in {"messages", "asks"}
    assert await ids(engine, column) == ({OTHER} if lost else {AFTER, OTHER})
    assert moved is not lost


async def test_what_the_supergroup_had_before_gives_way(engine: AsyncEngine) -> None:
    for column in columns_of_chats():
        if column.table.name in {"chats", "budgets"}:
            await keep(engine, column, BEFORE)
            await keep(engine, column, AFTER)
    assert await move_chat(engine, BEFORE, AFTER)
    async with engine.connect() as connection:
        titles = (await connection.execute(sa.select(metadata.tables["chats"].c.title))).scalars().all()
    assert titles == [f"x{BEFORE}"]


async def test_a_move_that_is_told_twice_happens_once(engine: AsyncEngine) -> None:
    for column in columns_of_chats():
        if column.table.name == "chats":
            await keep(engine, column, BEFORE)
    assert [await move_chat(engine, BEFORE, AFTER) for _ in range(2)] == [True, False]
    assert await ids(engine, metadata.tables["chats"].c.id) == {AFTER}
