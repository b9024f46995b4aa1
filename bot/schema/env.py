"""Alembic's environment: runs the revisions in `versions/` on the connection that `upgrade.py` hands over.

Must not open a database, nor end a transaction: its caller has begun one.
https://alembic.sqlalchemy.org/en/latest/cookbook.html#sharing-a-connection-across-one-or-more-programmatic-migration-commands
"""

from alembic import context

from bot.schema.upgrade import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    render_as_batch=True,  # SQLite changes a column by making its table anew
)
context.run_migrations()
