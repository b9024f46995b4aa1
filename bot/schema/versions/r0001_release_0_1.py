"""The tables as release 0.1.0 made them, without a revision.

Owns that schema: a database of 0.1.0 is taken to be here already (`upgrade.py`). Must not import the tables as they are
now: they go on changing, and this does not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("call_sid", sa.String(64), nullable=False),
        sa.Column("confirmed_unix", sa.Float, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    op.create_table(
        "call_events",
        sa.Column("call_id", sa.String(64), sa.ForeignKey("calls.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(256), nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("phone", sa.String(32), nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("requester_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("requester_name", sa.String(256), nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("touched_unix", sa.Float, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("draft_id", sa.String(64), sa.ForeignKey("drafts.id"), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
    )
