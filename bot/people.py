"""Who may do what.

Owns the decision; the names are the store's and the admins the settings'. Without authority nothing happens.
"""

from collections.abc import Sequence

from bot.store import Store


class People:
    def __init__(self, store: Store, admins: Sequence[int]) -> None:
        self._store = store
        self._admins = frozenset(admins)
        self._refused: set[int] = set()

    def is_admin(self, person_id: int) -> bool:
        return person_id in self._admins

    async def may_call(self, person_id: int) -> bool:
        if self.is_admin(person_id):
            return True
        person = await self._store.person(person_id)
        return person is not None and person.allowed

    async def meet(self, person_id: int, name: str) -> None:
        await self._store.meet(person_id, name)

    def first_refusal(self, person_id: int) -> bool:
        """True once for each stranger: one polite refusal, then silence."""
        if person_id in self._refused:
            return False
        self._refused.add(person_id)
        return True

    def may_steer(self, person_id: int, requester_id: int) -> bool:
        """Press a card's buttons, whisper, hang up."""
        return person_id == requester_id or self.is_admin(person_id)

    async def allow(self, person_id: int) -> None:
        await self._store.allow(person_id, allowed=True)

    async def deny(self, person_id: int) -> bool:
        """False when they were not allowed before. An admin by the settings cannot be denied."""
        return await self._store.allow(person_id, allowed=False)

    async def listed(self) -> list[tuple[str, str, int]]:
        """Everybody who may use the bot: role, name, id."""
        found = []
        for admin_id in sorted(self._admins):
            known = await self._store.person(admin_id)
            found.append(("admin", known.name if known else "", admin_id))
        callers = [person for person in await self._store.allowed() if not self.is_admin(person.id)]
        return found + [("caller", person.name, person.id) for person in callers]
