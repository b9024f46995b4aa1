"""Requests on their way: drafts, which message belongs to which, and the summary of a call that was reported.

Owns the tables `drafts`, `messages`, `asks` and `reports`. The calls themselves are the journal's.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.found import Found
from bot.plan import Plan
from bot.summary import Summary
from bot.tables import asks, drafts, messages, reports
from bot.upsert import upsert

WallClock = Callable[[], float]
"""Unix seconds."""


class Store:
    def __init__(self, engine: AsyncEngine, wall: WallClock) -> None:
        self._engine = engine
        self._wall = wall

    # Drafts

    async def save(self, draft: Draft) -> None:
        values = self._values(draft)
        async with self._engine.begin() as connection:
            await upsert(connection, drafts, {"id": draft.id, "followed_by": "", **values}, values)

    async def advance(self, draft_id: str, before: Stage, after: Stage, *, due_unix: float | None = None) -> bool:
        """Move a draft on from exactly that stage; False when it is not there (any more). The one gate to a dial.

        Its time is changed with it, if one is given.
        """
        values: dict[str, str | float] = {"stage": after.value}
        if due_unix is not None:
            values["due_unix"] = due_unix
        if after is Stage.PLACED:
            values["touched_unix"] = self._wall()
        query = drafts.update().where(drafts.c.id == draft_id, drafts.c.stage == before.value)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(query.values(**values))).rowcount)

    async def follow_up(self, draft_id: str, follower: Draft) -> bool:
        """Save the draft that tries this one's call again; False when there is one already, and nothing is saved."""
        gate = drafts.update().where(drafts.c.id == draft_id, drafts.c.followed_by == "")
        async with self._engine.begin() as connection:
            if not (await connection.execute(gate.values(followed_by=follower.id))).rowcount:
                return False
            await connection.execute(drafts.insert().values(id=follower.id, followed_by="", **self._values(follower)))
            return True

    def _values(self, draft: Draft) -> dict[str, Any]:
        return {
            "chat_id": draft.place.chat_id,
            "topic": draft.place.topic,
            "requester_id": draft.requester_id,
            "requester_name": draft.requester_name[:256],
            "plan": draft.plan.model_dump_json(),
            "stage": draft.stage.value,
            "rev": draft.rev,
            "due_unix": draft.due_unix,
            "candidate": draft.candidate.model_dump_json() if draft.candidate else "",
            "touched_unix": self._wall(),
        }

    async def draft(self, draft_id: str) -> Draft | None:
        return await self._draft(sa.select(drafts).where(drafts.c.id == draft_id))

    async def follower_of(self, draft_id: str) -> Draft | None:
        """The draft that tries a draft's call again."""
        followed = sa.select(drafts.c.followed_by).where(drafts.c.id == draft_id).scalar_subquery()
        return await self._draft(sa.select(drafts).where(drafts.c.id == followed))

    async def open_draft(self, place: Place, requester_id: int) -> Draft | None:
        """The newest of a requester's drafts in a place that is neither placed, planned nor cancelled."""
        stages = [stage.value for stage in Stage if stage.open]
        query = sa.select(drafts).where(
            drafts.c.chat_id == place.chat_id,
            drafts.c.topic == place.topic,
            drafts.c.requester_id == requester_id,
            drafts.c.stage.in_(stages),
        )
        return await self._draft(query.order_by(drafts.c.touched_unix.desc()).limit(1))

    async def placed(
        self, *, requester_id: int = 0, chat_id: int = 0, groups: bool = False, limit: int = 10, skip: int = 0
    ) -> list[Draft]:
        """Calls that were placed or are planned, newest first: of a requester, of a chat, of groups, or everybody's."""
        query = _called(requester_id, chat_id, groups=groups)
        return await self._drafts(query.order_by(drafts.c.touched_unix.desc()).limit(limit).offset(skip))

    async def history(
        self, *, requester_id: int = 0, chat_id: int = 0, groups: bool = False, limit: int = 10, skip: int = 0
    ) -> list[tuple[Draft, float]]:
        """The same by their time, each with it (unix seconds): when it was placed, or for when it is planned."""
        at = sa.case((drafts.c.stage == Stage.SCHEDULED.value, drafts.c.due_unix), else_=drafts.c.touched_unix)
        query = _called(requester_id, chat_id, groups=groups).add_columns(at.label("at_unix"))
        query = query.order_by(at.desc(), drafts.c.id).limit(limit).offset(skip)
        async with self._engine.connect() as connection:
            return [(_draft(row), row.at_unix) for row in await connection.execute(query)]

    async def in_stage(self, stage: Stage) -> list[Draft]:
        """PLACED: calls whose report has not gone out. SCHEDULED: planned calls, the next one first."""
        return await self._drafts(sa.select(drafts).where(drafts.c.stage == stage.value).order_by(drafts.c.due_unix))

    async def _draft(self, query: sa.Select[tuple[object, ...]]) -> Draft | None:
        found = await self._drafts(query)
        return found[0] if found else None

    async def _drafts(self, query: sa.Select[tuple[object, ...]]) -> list[Draft]:
        async with self._engine.connect() as connection:
            return [_draft(row) for row in await connection.execute(query)]

    # Messages

    async def remember(self, draft: Draft, message_id: int, role: str) -> None:
        """That a message belongs to a draft or its call. Roles: request, card, question, live, report."""
        key = {"chat_id": draft.place.chat_id, "message_id": message_id}
        async with self._engine.begin() as connection:
            await upsert(connection, messages, {**key, "draft_id": draft.id, "role": role})

    async def draft_of(self, chat_id: int, message_id: int, role: str = "") -> Draft | None:
        """The draft that a message belongs to (in that role, if one is given)."""
        query = (
            sa.select(drafts)
            .join(messages, messages.c.draft_id == drafts.c.id)
            .where(messages.c.chat_id == chat_id, messages.c.message_id == message_id)
        )
        return await self._draft(query.where(messages.c.role == role) if role else query)

    async def message_of(self, draft: Draft, role: str) -> int | None:
        """The newest message of a draft in a role."""
        query = sa.select(sa.func.max(messages.c.message_id)).where(
            messages.c.draft_id == draft.id, messages.c.role == role
        )
        async with self._engine.connect() as connection:
            found: int | None = await connection.scalar(query)
            return found

    async def messages_of(self, draft: Draft, role: str) -> list[int]:
        """All messages of a draft in a role, the oldest first."""
        query = sa.select(messages.c.message_id).where(messages.c.draft_id == draft.id, messages.c.role == role)
        async with self._engine.connect() as connection:
            return list((await connection.scalars(query.order_by(messages.c.message_id))).all())

    # What a reply to a message sets

    async def ask(self, place: Place, message_id: int, about: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(asks.insert().values(chat_id=place.chat_id, message_id=message_id, about=about))

    async def asked(self, place: Place, message_id: int) -> str:
        """What a reply to this message sets; "" for nothing."""
        query = sa.select(asks.c.about).where(asks.c.chat_id == place.chat_id, asks.c.message_id == message_id)
        async with self._engine.connect() as connection:
            return await connection.scalar(query) or ""

    async def unask(self, place: Place, message_id: int) -> bool:
        """That nothing is asked there any more; False when it was so already."""
        mine = (asks.c.chat_id == place.chat_id, asks.c.message_id == message_id)
        async with self._engine.begin() as connection:
            return bool((await connection.execute(asks.delete().where(*mine))).rowcount)

    # Reports

    async def keep_summary(self, call_id: str, summary: Summary) -> None:
        async with self._engine.begin() as connection:
            await upsert(connection, reports, {"call_id": call_id, "summary": summary.model_dump_json()})

    async def summary(self, call_id: str) -> Summary | None:
        async with self._engine.connect() as connection:
            found = await connection.scalar(sa.select(reports.c.summary).where(reports.c.call_id == call_id))
        return Summary.model_validate_json(found) if found else None

    # Forgetting

    async def drafts_of(self, requester_id: int, chat_id: int) -> list[Draft]:
        """All of a requester's drafts in a chat, whatever became of them."""
        mine = (drafts.c.requester_id == requester_id, drafts.c.chat_id == chat_id)
        return await self._drafts(sa.select(drafts).where(*mine))

    async def older_than(self, unix: float) -> list[Draft]:
        """Drafts that nothing has happened to since then, whatever became of them; planned calls are none of them."""
        old = (drafts.c.touched_unix < unix, drafts.c.due_unix < unix, drafts.c.stage != Stage.SCHEDULED.value)
        return await self._drafts(sa.select(drafts).where(*old))

    async def forget(self, draft_ids: Sequence[str]) -> None:
        """Drafts, with their messages and reports."""
        async with self._engine.begin() as connection:
            await connection.execute(messages.delete().where(messages.c.draft_id.in_(draft_ids)))
            await connection.execute(reports.delete().where(reports.c.call_id.in_(draft_ids)))
            await connection.execute(drafts.delete().where(drafts.c.id.in_(draft_ids)))

    async def forget_asks(self, chat_id: int) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(asks.delete().where(asks.c.chat_id == chat_id))


def _called(requester_id: int, chat_id: int, *, groups: bool) -> sa.Select[Any]:
    """Calls that were placed or are planned: of a requester, of a chat, of groups, or everybody's."""
    stages = [Stage.PLACED.value, Stage.REPORTED.value, Stage.SCHEDULED.value]
    query = sa.select(drafts).where(drafts.c.stage.in_(stages))
    if requester_id:
        query = query.where(drafts.c.requester_id == requester_id)
    if chat_id:
        query = query.where(drafts.c.chat_id == chat_id)
    return query.where(drafts.c.chat_id < 0) if groups else query


def _draft(row: sa.Row[Any]) -> Draft:
    return Draft(
        id=row.id,
        place=Place(row.chat_id, row.topic),
        requester_id=row.requester_id,
        requester_name=row.requester_name,
        plan=Plan.stored(row.plan),
        stage=Stage(row.stage),
        rev=row.rev,
        due_unix=row.due_unix,
        candidate=Found.model_validate_json(row.candidate) if row.candidate else None,
    )
