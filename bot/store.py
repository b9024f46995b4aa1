"""The bot's own memory: people, drafts, and which message belongs to which call.

Owns the tables `people`, `drafts` and `messages`. The calls themselves are the journal's.
"""

import time
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import Draft, Plan, Stage

metadata = sa.MetaData()
people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("allowed", sa.Boolean, nullable=False),
    sa.Column("phone", sa.String(32), nullable=False, default=""),  # their own, for joining a call
)
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("requester_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("requester_name", sa.String(256), nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("touched_unix", sa.Float, nullable=False),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("draft_id", sa.ForeignKey("drafts.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
)


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    allowed: bool
    phone: str = ""


class Store:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # People

    async def meet(self, person_id: int, name: str) -> None:
        """Remember somebody's name, so that an admin sees more than a number."""
        async with self._engine.begin() as connection:
            known = await connection.scalar(sa.select(people.c.name).where(people.c.id == person_id))
            if known is None:
                await self._add(connection, person_id, name)
            elif known != name[:256] and name:
                await connection.execute(people.update().where(people.c.id == person_id).values(name=name[:256]))

    async def allow(self, person_id: int, *, allowed: bool) -> bool:
        """Whether that changed anything."""
        async with self._engine.begin() as connection:
            await self._add(connection, person_id, "")
            changed = await connection.execute(
                people.update().where(people.c.id == person_id, people.c.allowed != allowed).values(allowed=allowed)
            )
            return bool(changed.rowcount)

    async def _add(self, connection: AsyncConnection, person_id: int, name: str) -> None:
        """Somebody new, unless another of their messages was quicker."""
        new = sa.select(sa.literal(person_id), sa.literal(name[:256]), sa.false()).where(
            ~sa.exists().where(people.c.id == person_id)
        )
        await connection.execute(people.insert().from_select(["id", "name", "allowed"], new))

    async def keep_phone(self, person_id: int, number: str) -> None:
        """Somebody's own number (E.164), shared by themselves."""
        async with self._engine.begin() as connection:
            await connection.execute(people.update().where(people.c.id == person_id).values(phone=number))

    async def person(self, person_id: int) -> Person | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(people).where(people.c.id == person_id))).one_or_none()
        return Person(row.id, row.name, row.allowed, row.phone) if row else None

    async def allowed(self) -> list[Person]:
        query = sa.select(people).where(people.c.allowed).order_by(people.c.name)
        async with self._engine.connect() as connection:
            return [Person(row.id, row.name, row.allowed, row.phone) for row in await connection.execute(query)]

    # Drafts

    async def save(self, draft: Draft) -> None:
        values = {
            "chat_id": draft.chat_id,
            "requester_id": draft.requester_id,
            "requester_name": draft.requester_name[:256],
            "plan": draft.plan.model_dump_json(),
            "stage": draft.stage.value,
            "rev": draft.rev,
            "touched_unix": time.time(),
        }
        async with self._engine.begin() as connection:
            changed = await connection.execute(drafts.update().where(drafts.c.id == draft.id).values(**values))
            if not changed.rowcount:
                await connection.execute(drafts.insert().values(id=draft.id, **values))

    async def advance(self, draft_id: str, before: Stage, after: Stage) -> bool:
        """Move a draft on from exactly that stage; False when it is not there (any more). The one gate to a dial."""
        query = drafts.update().where(drafts.c.id == draft_id, drafts.c.stage == before.value)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query.values(stage=after.value))).rowcount)

    async def draft(self, draft_id: str) -> Draft | None:
        return await self._draft(sa.select(drafts).where(drafts.c.id == draft_id))

    async def open_draft(self, chat_id: int, requester_id: int) -> Draft | None:
        """The newest of a requester's drafts in a chat that is neither placed nor cancelled."""
        stages = [stage.value for stage in Stage if stage.open]
        query = sa.select(drafts).where(
            drafts.c.chat_id == chat_id, drafts.c.requester_id == requester_id, drafts.c.stage.in_(stages)
        )
        return await self._draft(query.order_by(drafts.c.touched_unix.desc()).limit(1))

    async def placed(self, requester_id: int | None = None, *, limit: int = 10) -> list[Draft]:
        """Calls that were placed, newest first; of everybody without a requester."""
        query = sa.select(drafts).where(drafts.c.stage.in_([Stage.PLACED.value, Stage.REPORTED.value]))
        if requester_id is not None:
            query = query.where(drafts.c.requester_id == requester_id)
        return await self._drafts(query.order_by(drafts.c.touched_unix.desc()).limit(limit))

    async def unreported(self) -> list[Draft]:
        """Calls that were placed and whose report has not gone out."""
        return await self._drafts(sa.select(drafts).where(drafts.c.stage == Stage.PLACED.value))

    async def _draft(self, query: sa.Select[tuple[object, ...]]) -> Draft | None:
        found = await self._drafts(query)
        return found[0] if found else None

    async def _drafts(self, query: sa.Select[tuple[object, ...]]) -> list[Draft]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Draft(
                id=row.id,
                chat_id=row.chat_id,
                requester_id=row.requester_id,
                requester_name=row.requester_name,
                plan=Plan.model_validate_json(row.plan),
                stage=Stage(row.stage),
                rev=row.rev,
            )
            for row in rows
        ]

    # Messages

    async def remember(self, draft: Draft, message_id: int, role: str) -> None:
        """That a message belongs to a draft or its call. Roles: card, question, live, report."""
        key = {"chat_id": draft.chat_id, "message_id": message_id}
        async with self._engine.begin() as connection:
            await connection.execute(
                messages.delete().where(messages.c.chat_id == draft.chat_id, messages.c.message_id == message_id)
            )
            await connection.execute(messages.insert().values(**key, draft_id=draft.id, role=role))

    async def draft_of(self, chat_id: int, message_id: int) -> Draft | None:
        """The draft that a message belongs to."""
        query = (
            sa.select(drafts)
            .join(messages, messages.c.draft_id == drafts.c.id)
            .where(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
        )
        return await self._draft(query)

    async def message_of(self, draft: Draft, role: str) -> int | None:
        """The newest message of a draft in a role."""
        query = sa.select(sa.func.max(messages.c.message_id)).where(
            messages.c.draft_id == draft.id, messages.c.role == role
        )
        async with self._engine.connect() as connection:
            found: int | None = await connection.scalar(query)
            return found
