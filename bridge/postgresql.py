"""The engine of a PostgreSQL database, through psycopg; imported where the database is one.

Owns what PostgreSQL and its hosts want otherwise than SQLite. Must not know of any table.
"""

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumperUnknown
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_CONNECT_S = 10  # libpq itself waits for as long as the network does


class _Text(StrDumperUnknown):
    """Leaves out what "cannot be stored", "the character with code zero (sometimes called NUL)":
    https://www.postgresql.org/docs/current/datatype-character.html
    """

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", ""))


def postgresql_engine(address: sa.URL) -> AsyncEngine:
    """The address's query is libpq's: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS."""
    engine = create_async_engine(
        address.update_query_dict({"connect_timeout": str(_CONNECT_S)} | dict(address.query)),
        hide_parameters=True,  # as for SQLite
        pool_pre_ping=True,  # a server that was restarted, or a proxy that closes what is idle, is no error
        # PgBouncer may give each transaction another connection, which knows none of our prepared statements:
        # https://www.psycopg.org/psycopg3/docs/advanced/prepare.html#using-prepared-statements-with-pgbouncer
        connect_args={"prepare_threshold": None},
    )
    sa.event.listen(engine.sync_engine, "connect", _set_up)
    sa.event.listen(engine.sync_engine, "handle_error", _leave_out_detail)
    return engine


def _set_up(connection: Any, _: object) -> None:
    connection.driver_connection.adapters.register_dumper(str, _Text)


def _leave_out_detail(context: sa.ExceptionContext) -> None:
    """PostgreSQL's DETAIL quotes the row ("Failing row contains (…)"), and that is what people wrote and said."""
    raw, told = context.original_exception, context.sqlalchemy_exception
    primary = raw.diag.message_primary if isinstance(raw, psycopg.Error) else None
    if not primary:
        return
    whole = str(raw)
    raw.args = (primary,)
    if told is not None:
        told.args = (str(told.args[0]).replace(whole, primary),)
