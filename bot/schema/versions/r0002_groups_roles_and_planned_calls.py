"""Roles instead of a yes or no, groups and their topics, planned calls, contacts, money, and who did what.

Owns the step to revision 0002. Whoever was allowed becomes a caller; drafts belong to no topic and are not planned.
Must not import the tables as they are now: they go on changing, and this does not.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _give_roles()
    _widen_drafts()
    _add_chats()
    _add_money()
    _add_records()


def _give_roles() -> None:
    op.add_column("people", sa.Column("role", sa.String(16), nullable=False, server_default=""))
    people = sa.table("people", sa.column("role", sa.String), sa.column("allowed", sa.Boolean))
    op.execute(people.update().where(people.c.allowed).values(role="caller"))
    with op.batch_alter_table("people") as batch:
        batch.drop_column("allowed")
        batch.alter_column("role", existing_type=sa.String(16), existing_nullable=False, server_default=None)


def _widen_drafts() -> None:
    new: list[tuple[str, sa.types.TypeEngine[Any], str]] = [
        ("topic", sa.BigInteger(), "0"),
        ("due_unix", sa.Float(), "0"),
        ("candidate", sa.Text(), ""),
        ("followed_by", sa.String(64), ""),
    ]
    with op.batch_alter_table("drafts") as batch:
        for name, kind, default in new:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("drafts") as batch:  # the default was for the rows that were there
        for name, kind, _ in new:
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch.create_index("ix_drafts_stage", ["stage"])
    op.create_index("ix_messages_draft_id", "messages", ["draft_id"])


def _add_chats() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(256), nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("town", sa.String(128), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("persona", sa.String(32), nullable=False),
        sa.Column("disclose", sa.Boolean, nullable=True),
    )
    op.create_table(
        "invitations",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("invited_by", sa.BigInteger, nullable=False),
        sa.Column("expires_unix", sa.Float, nullable=False),
        sa.Column("used_by", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("asked_of", sa.BigInteger, nullable=False),
    )


def _add_money() -> None:
    op.create_table(
        "spending",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("person_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("unix", sa.Float, nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )
    op.create_table(
        "budgets",
        sa.Column("owner_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("limits", sa.String(128), nullable=False),
    )


def _add_records() -> None:
    op.create_table(
        "asks",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("about", sa.String(32), nullable=False),
    )
    op.create_table(
        "reports",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("summary", sa.Text, nullable=False),
    )
    op.create_table(
        "do_not_call",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("since_unix", sa.Float, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("unix", sa.Float, nullable=False),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("detail", sa.String(256), nullable=False),
    )
