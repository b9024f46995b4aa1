"""The tables of the chat's side. The calls themselves are the journal's (`bridge/journal.py`).

Owns their shape; who reads and writes each is told in docs/architecture.md. Times are unix seconds, ids Telegram's.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),  # "" for somebody who has only written to us
    sa.Column("phone", sa.String(32), nullable=False),  # their own, for joining a call
)
chats = sa.Table(
    "chats",
    metadata,
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
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("invited_by", sa.BigInteger, nullable=False),
    sa.Column("expires_unix", sa.Float, nullable=False),
    sa.Column("used_by", sa.BigInteger, nullable=True),
)
contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("number", sa.String(32), nullable=False),
    sa.Column("asked_of", sa.BigInteger, nullable=False),  # who has not said yet whether to keep it; 0: it is kept
)
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("topic", sa.BigInteger, nullable=False),
    sa.Column("requester_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("requester_name", sa.String(256), nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False, index=True),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("due_unix", sa.Float, nullable=False),  # of a planned call; 0: when it is confirmed
    sa.Column("candidate", sa.Text, nullable=False),  # JSON: what a look-up found, not yet agreed to; "" for nothing
    sa.Column("followed_by", sa.String(64), nullable=False),  # the draft that tries it again
    sa.Column("touched_unix", sa.Float, nullable=False),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("draft_id", sa.ForeignKey("drafts.id"), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
)
asks = sa.Table(
    "asks",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("about", sa.String(32), nullable=False),  # what a reply to this message sets, as its owner writes it
)
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("summary", sa.Text, nullable=False),  # JSON, as bot/summary.py has it
)
spending = sa.Table(
    "spending",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("unix", sa.Float, nullable=False),
    sa.Column("usd", sa.Float, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)
budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("owner_id", sa.BigInteger, primary_key=True, autoincrement=False),  # a person's id, or a group's
    sa.Column("limits", sa.String(128), nullable=False),  # as bot/budget.py writes them
)
do_not_call = sa.Table(
    "do_not_call",
    metadata,
    sa.Column("number", sa.String(32), primary_key=True),
    sa.Column("since_unix", sa.Float, nullable=False),
    sa.Column("why", sa.String(16), nullable=False),  # "callee" or "admin"
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("unix", sa.Float, nullable=False),
    sa.Column("actor_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(256), nullable=False),
)
