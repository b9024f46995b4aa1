"""People, as admins let them in: roles, invitations, the list of everybody.

Owns what these commands answer. Every change is noted in the audit log. Follows
https://core.telegram.org/bots/features#deep-linking (a start parameter is 1-64 of A-Z, a-z, 0-9, _ and -).
"""

import secrets
from collections.abc import Mapping

from telegram.error import TelegramError

from bot import people_view
from bot.chat import Place
from bot.groups import Groups
from bot.ledger import Ledger
from bot.people import People
from bot.post import Post
from bot.roster import ROLES, Invitation, Role, Roster
from bot.said import Handler, Said
from bot.store import WallClock
from bot.wording import Words

INVITATION_S = 48 * 60 * 60
_MAX_ID = 2**52  # "at most 52 significant bits" (https://core.telegram.org/bots/api#user)


class Admin:
    def __init__(
        self, *, post: Post, roster: Roster, people: People, groups: Groups, ledger: Ledger, wall: WallClock
    ) -> None:
        self._post = post
        self._roster = roster
        self._people = people
        self._groups = groups
        self._ledger = ledger
        self._wall = wall

    def by_name(self) -> Mapping[str, Handler]:
        return {"people": self._list, "allow": self._allow, "deny": self._deny, "invite": self._invite}

    async def permits(self, said: Said, *, in_private: bool = False) -> bool:
        """Whether an admin's command may be followed here; else it is said why not."""
        if not self._people.is_admin(said.person_id):
            await self._post.send(said.place, said.words("admins-only"), reply_to=said.reply_to)
            return False
        if in_private and said.place.group:
            text = said.words("in-private", link=self._post.link)
            await self._post.send(said.place, text, reply_to=said.reply_to)
            return False
        return True

    # Roles

    async def _list(self, said: Said) -> None:
        if await self.permits(said, in_private=True):
            shown = people_view.listed(said.words, await self._people.listed(), await self._roster.groups())
            for page in shown:
                await self._post.send(said.place, page)

    async def _allow(self, said: Said) -> None:
        if not await self.permits(said):
            return
        if said.place.group and not said.argument:
            await self._groups.allow(said)
            return
        written, _, role = said.argument.partition(" ")
        someone, wanted = read_id(written), read_role(said.words, role) if role else "caller"
        if not someone or not wanted:
            await self._answer(said, said.words("allow-usage"))
        elif self._people.is_fixed(someone):
            await self._answer(said, said.words("admin-stays", who=await self._named(said, someone)))
        else:
            if await self._people.give(someone, wanted):
                await self._ledger.note(said.person_id, said.place.chat_id, "allowed", f"{someone} {wanted}")
            who = await self._named(said, someone)
            await self._answer(said, said.words("allowed", who=who, role=said.words(f"role-{wanted}")))

    async def _deny(self, said: Said) -> None:
        if not await self.permits(said):
            return
        if said.place.group and not said.argument:
            await self._groups.deny(said)
            return
        group = said.argument.startswith("-") and read_id(said.argument[1:])
        someone = read_id(said.argument)
        if group:
            put_out = await self._groups.deny_from_afar(-group, said.person_id)
            await self._answer(said, said.words("group-denied-afar" if put_out else "group-not-known"))
        elif not someone:
            await self._answer(said, said.words("deny-usage"))
        elif self._people.is_fixed(someone):
            await self._answer(said, said.words("admin-stays", who=await self._named(said, someone)))
        elif await self._people.give(someone, ""):
            await self._ledger.note(said.person_id, said.place.chat_id, "denied", str(someone))
            await self._answer(said, said.words("denied", who=await self._named(said, someone)))
        else:
            await self._answer(said, said.words("not-known", who=await self._named(said, someone)))

    async def _named(self, said: Said, someone: int) -> str:
        return people_view.named(said.place, (await self._roster.person(someone)).name, someone)

    async def _answer(self, said: Said, text: str) -> None:
        await self._post.send(said.place, text, reply_to=said.reply_to)

    # Invitations

    async def _invite(self, said: Said) -> None:
        if not await self.permits(said, in_private=True):
            return
        role = read_role(said.words, said.argument)
        if role not in ("caller", "watcher"):
            await self._answer(said, said.words("invite-usage"))
            return
        token, now = secrets.token_urlsafe(18), self._wall()
        await self._roster.invite(token, role, by=said.person_id, expires_unix=now + INVITATION_S)
        await self._ledger.note(said.person_id, said.place.chat_id, "invited", role)
        link, until = f"{self._post.link}?start={token}", said.chat.when(now + INVITATION_S, now)
        await self._answer(said, said.words("invite-link", role=said.words(f"role-{role}"), until=until, link=link))

    async def accept(self, said: Said) -> bool:
        """/start from a link. False for a plain one, which is not ours to answer."""
        if not said.argument or said.place.group:
            return False
        invitation = await self._roster.invitation(said.argument, now_unix=self._wall())
        if invitation is None or not self._people.is_admin(invitation.invited_by):
            await self._answer(said, said.words("invite-bad"))
        elif self._people.outranks(said.person_id, invitation.role):
            await self._answer(said, said.words("invite-already"))
        elif await self._roster.accept(said.argument, said.person_id, now_unix=self._wall()):
            await self._let_in(said, invitation)
        else:
            await self._answer(said, said.words("invite-bad"))
        return True

    async def _let_in(self, said: Said, invitation: Invitation) -> None:
        await self._people.give(said.person_id, invitation.role)
        detail = f"{invitation.invited_by} {invitation.role}"
        await self._ledger.note(said.person_id, said.place.chat_id, "accepted", detail)
        words = said.words
        await self._answer(said, words("invite-welcome", role=words(f"role-{invitation.role}")))
        theirs = (await self._roster.chat(invitation.invited_by)).words
        who = people_view.named(Place(invitation.invited_by), said.name, said.person_id)
        text = theirs("invite-accepted", who=who, role=theirs(f"role-{invitation.role}"))
        try:
            await self._post.send(Place(invitation.invited_by), text, silent=True)
        except TelegramError:
            return  # they have blocked us: the audit log has it all the same


def read_id(written: str) -> int:
    """A person's id; 0 for what is none."""
    digits = written.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 17 and int(digits) < _MAX_ID else 0


def read_role(words: Words, written: str) -> Role:
    """A role by its name, or by what it is called in the chat's language; "" for what is none."""
    named = written.strip().casefold()
    return next((role for role in ROLES if named in (role, words(f"role-{role}").casefold())), "")
