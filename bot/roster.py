"""Who and where: people with their roles, chats with their settings, invitations.

Owns the tables `people`, `chats` and `invitations`. Must not decide who may do what (`people.py`).
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import wording
from bot.chat import Chat
from bot.tables import chats, invitations, people
from bot.upsert import upsert

Role = Literal["", "watcher", "caller", "admin"]
ROLES: tuple[Role, ...] = ("watcher", "caller", "admin")  # each may do what the one before it may, and more


@dataclass(frozen=True)
class Person:
    id: int
    name: str = ""
    role: Role = ""
    phone: str = ""


@dataclass(frozen=True)
class Invitation:
    """One that nobody has accepted yet."""

    role: Role
    invited_by: int


class Roster:
    """`new` is how a chat begins that nobody has set anything for."""

    def __init__(self, engine: AsyncEngine, new: Chat) -> None:
        self._engine = engine
        self._new = new

    # People

    async def meet(self, person_id: int, name: str) -> None:
        """Remember somebody's name, so that an admin sees more than a number."""
        if (await self.person(person_id)).name != name[:256] and name:
            await self._keep_person(person_id, name=name[:256])

    async def give_role(self, person_id: int, role: Role) -> None:
        await self._keep_person(person_id, role=role)

    async def keep_phone(self, person_id: int, number: str) -> None:
        """Somebody's own number (E.164), shared by themselves."""
        await self._keep_person(person_id, phone=number)

    async def person(self, person_id: int) -> Person:
        """As far as is known: nothing but the id for somebody who was never met."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(sa.select(people).where(people.c.id == person_id))).one_or_none()
        return _person(row) if row else Person(person_id)

    async def with_role(self) -> list[Person]:
        query = sa.select(people).where(people.c.role != "").order_by(people.c.name)
        async with self._engine.connect() as connection:
            return [_person(row) for row in await connection.execute(query)]

    async def _keep_person(self, person_id: int, **values: str) -> None:
        fresh = {"id": person_id, "name": "", "role": "", "phone": ""}
        await self._upsert(people, fresh, values)

    # Chats

    async def chat(self, chat_id: int) -> Chat:
        row = await self._row(chat_id)
        return self._chat(row) if row else replace(self._new, id=chat_id)

    async def meet_chat(self, chat_id: int, language_code: str) -> Chat:
        """The same; at the first meeting it takes the language of who is met (an IETF tag: "de", "pt-br"), where there
        is a catalogue of it.
        """
        row = await self._row(chat_id)
        if row:
            return self._chat(row)
        language = wording.language_of(language_code)
        if language != self._new.language:
            return await self.keep_chat(chat_id, language=language)
        return replace(self._new, id=chat_id)

    async def settled(self, chat_id: int) -> bool:
        """Whether a chat has a time zone of its own."""
        row = await self._row(chat_id)
        return bool(row and row.zone)

    async def keep_chat(self, chat_id: int, **values: Any) -> Chat:
        """Change some of a chat's settings; the chat as it is now."""
        await self._upsert(chats, asdict(replace(self._new, id=chat_id, zone="")), values)
        return await self.chat(chat_id)

    async def forget_chat(self, chat_id: int) -> None:
        """A chat's settings begin anew; whether a group may use us stays."""
        values = asdict(replace(self._new, zone=""))
        fresh = {name: value for name, value in values.items() if name not in ("id", "title", "allowed")}
        async with self._engine.begin() as connection:
            await connection.execute(chats.delete().where(chats.c.id == chat_id, chats.c.id > 0))
            await connection.execute(chats.update().where(chats.c.id == chat_id).values(**fresh))

    async def groups(self) -> list[Chat]:
        """The groups that may use us."""
        query = sa.select(chats).where(chats.c.id < 0, chats.c.allowed).order_by(chats.c.title)
        async with self._engine.connect() as connection:
            return [self._chat(row) for row in await connection.execute(query)]

    async def _row(self, chat_id: int) -> sa.Row[Any] | None:
        async with self._engine.connect() as connection:
            return (await connection.execute(sa.select(chats).where(chats.c.id == chat_id))).one_or_none()

    def _chat(self, row: sa.Row[Any]) -> Chat:
        chat = Chat(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        return chat if chat.zone else replace(chat, zone=self._new.zone)

    async def _upsert(self, table: sa.Table, fresh: dict[str, Any], values: dict[str, Any]) -> None:
        async with self._engine.begin() as connection:
            await upsert(connection, table, fresh | values, values)

    # Invitations

    async def invite(self, token: str, role: Role, *, by: int, expires_unix: float) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                invitations.insert().values(token=_kept(token), role=role, invited_by=by, expires_unix=expires_unix)
            )

    async def invitation(self, token: str, *, now_unix: float) -> Invitation | None:
        """None for one that is unknown, used or expired."""
        query = sa.select(invitations).where(*_open(token, now_unix))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Invitation(cast("Role", row.role), row.invited_by) if row else None

    async def accept(self, token: str, person_id: int, *, now_unix: float) -> Role:
        """Use an invitation up: its role, or "" if it is unknown, used or expired by now."""
        change = invitations.update().where(*_open(token, now_unix)).values(used_by=person_id)
        async with self._engine.begin() as connection:
            if not (await connection.execute(change)).rowcount:
                return ""
            query = sa.select(invitations.c.role).where(invitations.c.token == _kept(token))
            return cast("Role", await connection.scalar(query))


def _open(token: str, now_unix: float) -> tuple[sa.ColumnElement[bool], ...]:
    kept = invitations.c.token == _kept(token)
    return kept, invitations.c.used_by.is_(None), invitations.c.expires_unix > now_unix


def _kept(token: str) -> str:
    """What is kept of a token: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _person(row: sa.Row[Any]) -> Person:
    return Person(row.id, row.name, row.role, row.phone)
