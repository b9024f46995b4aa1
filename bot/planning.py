"""Planning: a request -> a plan, with the numbers that the planner may only name.

Owns what the planner is told of a chat (its contacts by name, its last calls), and the looking up of numbers among
them. Must not send anything.
"""

from bot.address_book import AddressBook
from bot.chat import Chat
from bot.conversation import Stage
from bot.plan import Plan
from bot.planner import Context, Planner, Recent
from bot.store import Store, WallClock

_RECENT = 5  # calls that a request may refer to
_READ = 20  # planned ones are among them, and are passed over


class Planning:
    def __init__(self, *, store: Store, contacts: AddressBook, planner: Planner, wall: WallClock) -> None:
        self._store = store
        self._contacts = contacts
        self._planner = planner
        self._wall = wall

    async def plan(self, text: str, chat: Chat, requester: str, *, draft: Plan | None = None) -> Plan:
        """A new plan, or the draft amended. Raises PlanError, in words for the requester."""
        recent = await self._recent(chat)
        contacts = [contact.name for contact in await self._contacts.of(chat.id)]
        context = Context(chat, self._wall(), requester, contacts, recent)
        plan = await self._planner.plan(text, context, draft=draft)
        number = plan.callee_number.strip() or await self._number(plan, chat, recent)
        # By the next message the calls may be counted otherwise, and the number is what counts.
        named = {"contact": "", "recent": 0, "lookup": "" if number else plan.lookup}
        return plan.model_copy(update={"callee_number": number, **named})

    async def _recent(self, chat: Chat) -> list[Recent]:
        """The chat's last calls, the newest first."""
        found: list[Recent] = []
        for draft, at_unix in await self._store.history(chat_id=chat.id, limit=_READ):
            if draft.stage is not Stage.SCHEDULED and len(found) < _RECENT:
                summary = await self._store.summary(draft.id)
                found.append(Recent(draft.plan, chat.date(at_unix), summary.headline if summary else ""))
        return found

    async def _number(self, plan: Plan, chat: Chat, recent: list[Recent]) -> str:
        """That of the contact or of the past call that the planner named; "" for neither."""
        if plan.contact and (contact := await self._contacts.named(chat.id, plan.contact)):
            return contact.number
        return recent[plan.recent - 1].plan.callee_number if 1 <= plan.recent <= len(recent) else ""
