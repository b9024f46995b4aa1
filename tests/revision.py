"""The next revision of the schema, written for whoever has changed a table: `make revision NAME="a few words"`.

Without a name it only shows what is missing in the revisions so far, as lines for one that has not been released yet.
"""

import sys
from typing import cast

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.schema.upgrade import SCHEMA, alembic_config


def missing(connection: sa.Connection) -> str:
    """What would bring the database behind the connection to the tables of today; "" for nothing."""
    context = MigrationContext.configure(connection, opts={"compare_server_default": True, "target_metadata": SCHEMA})
    # It takes several, as `target_metadata` does, and does not say so.
    changes = produce_migrations(context, cast("sa.MetaData", SCHEMA)).upgrade_ops
    if changes is None or changes.is_empty():
        return ""
    return render_python_code(changes, render_as_batch=True, migration_context=context)


def main(name: str) -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        config = alembic_config(connection)
        command.upgrade(config, "head")
        if not name:
            sys.stdout.write(f"{missing(connection) or 'Nothing is missing.'}\n")
            return
        head = ScriptDirectory.from_config(config).get_current_head() or "0"
        command.revision(config, name, autogenerate=True, rev_id=f"{int(head) + 1:04}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
