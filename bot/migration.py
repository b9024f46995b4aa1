"""A group that becomes a supergroup: everything that was kept under its id is kept under the new one.

Owns the move, over all tables at once, whoever owns them. Follows https://core.telegram.org/bots/api#message
(`migrate_to_chat_id`). A supergroup counts its messages anew, and what was sent before cannot be edited any more: what
is known of single messages would be said of others, and is dropped.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.tables import asks, budgets, chats, messages, metadata

_OF_MESSAGES = (messages, asks)


async def move_chat(engine: AsyncEngine, before: int, after: int) -> bool:
    """False when nothing is kept under the old id: it was never there, or has been moved already."""
    columns = [(chats, "id"), (budgets, "owner_id"), *((table, "chat_id") for table in _of_chats())]
    async with engine.begin() as connection:
        moved = [await _move(connection, table, name, before, after) for table, name in columns]
        for table in _OF_MESSAGES:
            await connection.execute(table.delete().where(table.c.chat_id == before))
    return any(moved)


def _of_chats() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if "chat_id" in table.c and table not in _OF_MESSAGES]


async def _move(connection: AsyncConnection, table: sa.Table, name: str, before: int, after: int) -> bool:
    column = table.c[name]
    if not await connection.scalar(sa.select(sa.func.count()).select_from(table).where(column == before)):
        return False
    if column.primary_key:  # the group's own row takes the place of what may be there already
        await connection.execute(table.delete().where(column == after))
    await connection.execute(table.update().where(column == before).values({name: after}))
    return True
