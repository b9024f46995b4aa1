"""A row that is written whether it is there already or not, in one statement.

Owns the one clause that SQLAlchemy has for each database of its own: deleting a row and inserting it anew is safe on
SQLite, where one writes at a time, and not on PostgreSQL, where two may find nothing to delete.
https://www.sqlite.org/lang_upsert.html, https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


async def upsert(
    connection: AsyncConnection, table: sa.Table, row: dict[str, Any], change: dict[str, Any] | None = None
) -> None:
    """Insert a row; where its primary key is there already, make it this one, or change only what `change` says."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415 - a start needs one of the two, if any
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # noqa: PLC0415
    wanted = insert(table).values(**row)
    key = list(table.primary_key.columns)
    changed = row if change is None else change
    await connection.execute(
        wanted.on_conflict_do_update(index_elements=key, set_=changed)
        if changed
        else wanted.on_conflict_do_nothing(index_elements=key)
    )
