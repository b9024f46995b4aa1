"""Who may do what.

Owns the decision, and the roles as they are now; the roster keeps them, and the settings name the first admins. Without
authority nothing happens. Roles: a watcher sees, a caller asks for calls and steers their own, an admin everything.
"""

from collections.abc import Sequence

from bot.roster import ROLES, Role, Roster


class People:
    def __init__(self, roster: Roster, admins: Sequence[int]) -> None:
        self._roster = roster
        self._admins = frozenset(admins)
        self._roles: dict[int, Role] = {}
        self._refused: set[tuple[int, int]] = set()  # who, where

    async def load(self) -> None:
        """Once, before anybody is asked about."""
        self._roles = {person.id: person.role for person in await self._roster.with_role()}

    def role(self, person_id: int) -> Role:
        return "admin" if person_id in self._admins else self._roles.get(person_id, "")

    def is_admin(self, person_id: int) -> bool:
        return self.role(person_id) == "admin"

    def is_fixed(self, person_id: int) -> bool:
        """An admin by the settings: nobody in a chat can change that."""
        return person_id in self._admins

    def may_call(self, person_id: int) -> bool:
        return self.role(person_id) in ("caller", "admin")

    def may_watch(self, person_id: int) -> bool:
        return self.role(person_id) != ""

    def may_steer(self, person_id: int, requester_id: int) -> bool:
        """Press a card's buttons, answer, whisper, hang up."""
        return self.is_admin(person_id) or (person_id == requester_id and self.may_call(person_id))

    async def give(self, person_id: int, role: Role) -> bool:
        """False when that changes nothing."""
        if self.role(person_id) == role:
            return False
        await self._roster.give_role(person_id, role)
        self._roles[person_id] = role
        self._refused -= {refused for refused in self._refused if refused[0] == person_id}  # a new refusal is news
        return True

    def outranks(self, person_id: int, role: Role) -> bool:
        """Whether somebody may do all that `role` may."""
        own = self.role(person_id)
        return own != "" and ROLES.index(own) >= ROLES.index(role)

    def first_refusal(self, person_id: int, chat_id: int = 0) -> bool:
        """True once for each stranger in each chat: one polite refusal, then silence."""
        if (person_id, chat_id) in self._refused:
            return False
        self._refused.add((person_id, chat_id))
        return True

    async def listed(self) -> list[tuple[Role, str, int]]:
        """Everybody who may use us: role, name, id; admins first."""
        fixed = [await self._roster.person(admin_id) for admin_id in sorted(self._admins)]
        given = [person for person in await self._roster.with_role() if person.id not in self._admins]
        given.sort(key=lambda person: -ROLES.index(person.role))
        return [(self.role(person.id), person.name, person.id) for person in (*fixed, *given)]
