"""What was spent, what may be spent, who is never called, and who did what.

Owns the tables `spending`, `budgets`, `do_not_call` and `audit`. Must not decide anything (`permits.py`).
"""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.budget import Spent
from bot.store import WallClock
from bot.tables import audit, budgets, do_not_call, spending
from bot.upsert import upsert


@dataclass(frozen=True)
class Barred:
    """A number that is never called."""

    number: str
    since_unix: float
    why: Literal["callee", "admin"]


@dataclass(frozen=True)
class Deed:
    unix: float
    actor_id: int
    chat_id: int
    action: str
    detail: str


class Ledger:
    def __init__(self, engine: AsyncEngine, wall: WallClock) -> None:
        self._engine = engine
        self._wall = wall

    # Money and minutes

    async def reserve(self, call_id: str, *, person_id: int, chat_id: int, usd: float, seconds: float) -> None:
        """What a call may cost, from its confirmation to its end."""
        async with self._engine.begin() as connection:
            await connection.execute(
                spending.insert().values(
                    call_id=call_id,
                    person_id=person_id,
                    chat_id=chat_id,
                    unix=self._wall(),
                    usd=usd,
                    seconds=seconds,
                )
            )

    async def spend(self, on: str, *, person_id: int, chat_id: int, usd: float) -> None:
        """What something else than a call did cost; `on` is an id of its own."""
        await self.reserve(on, person_id=person_id, chat_id=chat_id, usd=usd, seconds=0)

    async def release(self, call_id: str) -> None:
        """The call was not placed."""
        async with self._engine.begin() as connection:
            await connection.execute(spending.delete().where(spending.c.call_id == call_id))

    async def settle(self, call_id: str, *, usd: float, seconds: float) -> None:
        """What a call did cost."""
        async with self._engine.begin() as connection:
            await connection.execute(
                spending.update().where(spending.c.call_id == call_id).values(usd=usd, seconds=seconds)
            )

    async def spent(self, since: tuple[float, float], *, person_id: int = 0, chat_id: int = 0) -> Spent:
        """By a person or in a chat, since the beginnings of the day and of the month (unix seconds)."""
        day, month = since
        whose = spending.c.person_id == person_id if person_id else spending.c.chat_id == chat_id
        sums = [
            sa.func.coalesce(sa.func.sum(sa.case((spending.c.unix >= begin, column), else_=0.0)), 0.0)
            for column in (spending.c.usd, spending.c.seconds)
            for begin in (day, month)
        ]
        async with self._engine.connect() as connection:
            usd_day, usd_month, s_day, s_month = (await connection.execute(sa.select(*sums).where(whose))).one()
        return Spent(usd_day=usd_day, usd_month=usd_month, s_day=s_day, s_month=s_month)

    async def limits(self, owner_id: int) -> str:
        """The limits that were set for a person or a chat, as `budget.py` writes them; "" for the deployment's."""
        async with self._engine.connect() as connection:
            return await connection.scalar(sa.select(budgets.c.limits).where(budgets.c.owner_id == owner_id)) or ""

    async def set_limits(self, owner_id: int, limits: str) -> None:
        async with self._engine.begin() as connection:
            if limits:
                await upsert(connection, budgets, {"owner_id": owner_id, "limits": limits})
            else:
                await connection.execute(budgets.delete().where(budgets.c.owner_id == owner_id))

    # Numbers that are never called

    async def bar(self, number: str, why: Literal["callee", "admin"]) -> None:
        """Never call a number (E.164) again. Who asked first stays."""
        async with self._engine.begin() as connection:
            await upsert(connection, do_not_call, {"number": number, "since_unix": self._wall(), "why": why}, {})

    async def unbar(self, number: str) -> bool:
        async with self._engine.begin() as connection:
            return bool((await connection.execute(do_not_call.delete().where(do_not_call.c.number == number))).rowcount)

    async def barred(self, number: str) -> Barred | None:
        return next(iter(await self._barred(do_not_call.c.number == number)), None)

    async def all_barred(self) -> list[Barred]:
        return await self._barred(sa.true())

    async def _barred(self, which: sa.ColumnElement[bool]) -> list[Barred]:
        query = sa.select(do_not_call).where(which).order_by(do_not_call.c.since_unix.desc())
        async with self._engine.connect() as connection:
            return [Barred(row.number, row.since_unix, row.why) for row in await connection.execute(query)]

    # Who did what

    async def note(self, actor_id: int, chat_id: int, action: str, detail: str = "") -> None:
        """`action` is one of `audit-…` in the catalogues. Never a number in full, never spoken or written words."""
        async with self._engine.begin() as connection:
            await connection.execute(
                audit.insert().values(
                    unix=self._wall(), actor_id=actor_id, chat_id=chat_id, action=action, detail=detail[:256]
                )
            )

    async def deeds(self, *, limit: int, skip: int = 0) -> list[Deed]:
        """Newest first."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit).offset(skip)
        async with self._engine.connect() as connection:
            return [
                Deed(row.unix, row.actor_id, row.chat_id, row.action, row.detail)
                for row in await connection.execute(query)
            ]
