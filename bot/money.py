"""/budget: what a person and a group may spend, and what they have spent; admins set it.

Owns what the command answers. The notation is `budget.py`'s, the standing `permits.py`'s. Every change is noted in the
audit log.
"""

from collections.abc import Mapping

from bot import budget, money_view, people_view
from bot.admin import Admin, read_id
from bot.budget import BudgetMalformed
from bot.ledger import Ledger
from bot.permits import Permits
from bot.post import Post
from bot.richtext import clip
from bot.roster import Roster
from bot.said import Handler, Said
from bot.store import WallClock

_DEFAULT = "default"
_PART = 60  # UTF-16 units of what is no limit


class Money:
    def __init__(
        self, *, post: Post, roster: Roster, admin: Admin, ledger: Ledger, permits: Permits, wall: WallClock
    ) -> None:
        self._post = post
        self._roster = roster
        self._admin = admin
        self._ledger = ledger
        self._permits = permits
        self._wall = wall

    def by_name(self) -> Mapping[str, Handler]:
        return {"budget": self._budget}

    async def _budget(self, said: Said) -> None:
        if not said.argument:
            group = [await self._standing(said, said.chat.id)] if said.place.group else []
            await self._answer(said, "\n".join([await self._standing(said, said.person_id), *group]))
            return
        if not await self._admin.permits(said):
            return
        whose, _, written = said.argument.partition(" ")
        owner = said.chat.id if whose.casefold() == "chat" else read_id(whose)
        if whose.casefold() == "chat" and not said.place.group:
            await self._answer(said, said.words("budget-no-chat"))
        elif not owner:
            await self._answer(said, said.words("budget-usage"))
        elif not written.strip():
            await self._answer(said, await self._standing(said, owner))
        else:
            await self._set(said, owner, written.strip())

    async def _set(self, said: Said, owner: int, written: str) -> None:
        try:
            limits = "" if written.casefold() == _DEFAULT else str(budget.parse(written))
        except BudgetMalformed as error:
            text = said.words("budget-malformed", part=clip(error.part, _PART))
            await self._answer(said, f"{text} {said.words('budget-usage')}")
            return
        await self._ledger.set_limits(owner, limits)
        shown = limits or _DEFAULT
        if owner < 0:
            await self._ledger.note(said.person_id, owner, "budget-chat", shown)
        else:
            await self._ledger.note(said.person_id, said.place.chat_id, "budget-person", f"{owner} {shown}")
        await self._answer(said, f"{said.words('budget-set')}\n{await self._standing(said, owner)}")

    async def _standing(self, said: Said, owner: int) -> str:
        """One line: whose, how much, of how much."""
        words = said.words
        standing = await self._permits.standing(owner, said.chat, self._wall())
        spent, limits = money_view.spent(words, standing.spent), money_view.limits(words, standing.limits)
        if owner < 0:
            return words("budget-chat", spent=spent, budget=limits)
        if owner == said.person_id:
            return words("budget-person", spent=spent, budget=limits)
        who = people_view.named(said.place, (await self._roster.person(owner)).name, owner)
        return words("budget-other", who=who, spent=spent, budget=limits)

    async def _answer(self, said: Said, text: str) -> None:
        await self._post.send(said.place, text, reply_to=said.reply_to)
