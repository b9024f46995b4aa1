"""The contacts of a chat: names with their numbers, kept only when somebody agreed to it.

Owns the table `contacts`. One that somebody has been asked about waits in it for their word, and is no contact yet.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.tables import contacts

_NAME = 128  # characters


@dataclass(frozen=True)
class Contact:
    """`number` is E.164. `asked_of` is the person who has not said yet whether to keep it; 0 for one that is kept."""

    id: int
    name: str
    number: str
    asked_of: int = 0


class AddressBook:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keep(self, chat_id: int, name: str, number: str) -> None:
        """A name that is there already gets the new number."""
        same = await self.named(chat_id, name)
        async with self._engine.begin() as connection:
            if same:
                await connection.execute(contacts.delete().where(contacts.c.id == same.id))
            await connection.execute(_added(chat_id, name, number))

    async def propose(self, chat_id: int, name: str, number: str, *, asked_of: int) -> int:
        """A contact that waits for somebody's word; its id."""
        async with self._engine.begin() as connection:
            added = _added(chat_id, name, number, asked_of=asked_of).returning(contacts.c.id)
            return int((await connection.execute(added)).scalar_one())

    async def proposed(self, chat_id: int, contact_id: int) -> Contact | None:
        """One that waits for somebody's word."""
        return next((one for one in await self._all(chat_id) if one.id == contact_id and one.asked_of), None)

    async def withdraw(self, proposed: Contact) -> bool:
        """It waits no more; False when somebody was quicker."""
        return await self._delete(proposed)

    async def of(self, chat_id: int) -> list[Contact]:
        """Those that are kept, by name."""
        kept = [contact for contact in await self._all(chat_id) if not contact.asked_of]
        return sorted(kept, key=lambda contact: (contact.name.casefold(), contact.id))

    async def named(self, chat_id: int, name: str) -> Contact | None:
        wanted = _plain(name).casefold()
        return next((contact for contact in await self.of(chat_id) if contact.name.casefold() == wanted), None)

    async def knows(self, chat_id: int, number: str) -> bool:
        return any(contact.number == number for contact in await self.of(chat_id))

    async def remove(self, chat_id: int, contact_id: int) -> Contact | None:
        """What was removed."""
        found = next((contact for contact in await self.of(chat_id) if contact.id == contact_id), None)
        return found if found and await self._delete(found) else None

    async def forget(self, chat_id: int) -> None:
        """All contacts of a chat."""
        async with self._engine.begin() as connection:
            await connection.execute(contacts.delete().where(contacts.c.chat_id == chat_id))

    async def _delete(self, contact: Contact) -> bool:
        async with self._engine.begin() as connection:
            return bool((await connection.execute(contacts.delete().where(contacts.c.id == contact.id))).rowcount)

    async def _all(self, chat_id: int) -> list[Contact]:
        query = sa.select(contacts).where(contacts.c.chat_id == chat_id)
        async with self._engine.connect() as connection:
            return [Contact(row.id, row.name, row.number, row.asked_of) for row in await connection.execute(query)]


def _added(chat_id: int, name: str, number: str, *, asked_of: int = 0) -> sa.Insert:
    values: dict[str, Any] = {"chat_id": chat_id, "name": _plain(name), "number": number, "asked_of": asked_of}
    return contacts.insert().values(**values)


def _plain(name: str) -> str:
    return " ".join(name.split())[:_NAME]
