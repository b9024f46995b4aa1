"""May this call be placed, now or at a given time, and what may it take?

Owns the decision: authority, do-not-call list, countries, quiet hours, budgets. A refusal says why and what to do.
Must not dial.
"""

from dataclasses import dataclass, replace

from babel import Locale

from bot import budget, quiet, when
from bot.budget import Budget, Left, Limit, Spent
from bot.cards import money
from bot.chat import Chat
from bot.conversation import Draft
from bot.ledger import Ledger
from bot.people import People
from bot.people_view import id_for
from bot.quiet import Quiet, QuietHours
from bot.richtext import clip
from bot.wording import Words
from bridge import numbers
from bridge.prices import Prices

_NAME = 40  # UTF-16 units: most refusals are told over the chat, in 200 characters


@dataclass(frozen=True)
class Policy:
    """The deployment's rules. `countries` (ISO 3166-1 alpha-2) may be called; none named: all. `zone` (IANA) is the one
    in which each person's days begin, whatever they set in their chats.
    """

    quiet_hours: QuietHours | None
    countries: frozenset[str]
    person_budget: Budget
    chat_budget: Budget
    zone: str = "UTC"


@dataclass(frozen=True)
class Refusal:
    """Why not, in words; `opens_unix` is when it may be tried again, where that is known."""

    reason: str
    opens_unix: float = 0.0


@dataclass(frozen=True)
class Permit:
    """What the call may take. `usd` 0: no limit."""

    minutes: int
    usd: float


@dataclass(frozen=True)
class Standing:
    """A budget and what was spent of it; what running calls may still take counts as spent. `zone` (IANA) is the one
    in which its days begin.
    """

    limits: Budget
    spent: Spent
    zone: str

    @property
    def left(self) -> Left:
        return budget.left(self.limits, self.spent)


class Permits:
    def __init__(self, ledger: Ledger, people: People, policy: Policy, prices: Prices) -> None:
        self._ledger = ledger
        self._people = people
        self._policy = policy
        self._prices = prices

    async def check(self, draft: Draft, chat: Chat, *, at_unix: float, now_unix: float = 0.0) -> Permit | Refusal:
        """Everything that may stand against a call at `at_unix`; `now_unix` is given where that lies ahead."""
        words, now = chat.words, now_unix or at_unix
        if not self._people.may_call(draft.requester_id):
            shown = id_for(draft.place, draft.requester_id)
            return Refusal(words("refused-requester", name=clip(draft.requester_name, _NAME), id=shown))
        if draft.place.group and not chat.allowed:
            return Refusal(words("refused-group"))
        if refusal := await self._number(draft.plan.callee_number, chat, at_unix, now):
            return refusal
        return await self._money(draft, chat, at_unix, now)

    async def rehearsal(self, draft: Draft, chat: Chat, *, at_unix: float) -> Refusal | None:
        """What stands against a rehearsal: it costs the model's money, and takes no minutes of anybody's."""
        for owner in _owners(draft):
            standing = await self.standing(owner, chat, at_unix)
            if used := budget.verdict(replace(standing.left, minutes=None)):
                anew = budget.renewed(at_unix, standing.zone)[used.endswith("_month")]
                return _used_up(draft, chat, owner, standing, used, chat.when(anew, at_unix))
        return None

    # Whom

    async def _number(self, number: str, chat: Chat, at_unix: float, now_unix: float) -> Refusal | None:
        words = chat.words
        if barred := await self._ledger.barred(number):
            shown, since = numbers.readable(number), chat.date(barred.since_unix)
            return Refusal(words("refused-do-not-call", number=shown, date=since, why=barred.why))
        if refusal := self.country(number, words):
            return refusal
        hours = self._policy.quiet_hours
        if hours and (found := quiet.quiet(hours, number, at_unix)):
            return Refusal(_asleep(chat, hours, found, at_unix, now_unix), found.opens_unix)
        return None

    def country(self, number: str, words: Words) -> Refusal | None:
        """What stands against ringing any phone there, also the requester's own."""
        region = numbers.region_of(number) or ""
        if not self._policy.countries or region in self._policy.countries:
            return None
        country = Locale.parse(words.language).territories.get(region, region or numbers.readable(number))
        return Refusal(words("refused-country", country=country))

    # For how much

    async def _money(self, draft: Draft, chat: Chat, at_unix: float, now_unix: float) -> Permit | Refusal:
        lefts: list[Left] = []
        for owner in _owners(draft):
            standing = await self.standing(owner, chat, at_unix)
            if used := budget.verdict(standing.left):
                anew = budget.renewed(at_unix, standing.zone)[used.endswith("_month")]
                return _used_up(draft, chat, owner, standing, used, chat.when(anew, now_unix))
            lefts.append(standing.left)
        minutes = draft.plan.max_minutes
        allowed = budget.allowance(
            budget.narrower(*lefts), planned_minutes=minutes, estimate_usd=self._prices.estimate(minutes * 60)
        )
        if allowed.refused:
            return Refusal(chat.words("refused-too-little", cost=money(chat.words, self._prices.estimate(60))))
        return Permit(allowed.minutes, allowed.usd)

    async def standing(self, owner: int, chat: Chat, at_unix: float) -> Standing:
        """Of a person, or of the group that `chat` is (a negative id)."""
        group = owner < 0
        zone = chat.zone if group else self._policy.zone
        since = budget.since(at_unix, zone)
        spent = await self._ledger.spent(since, **({"chat_id": owner} if group else {"person_id": owner}))
        own = await self._ledger.limits(owner)
        default = self._policy.chat_budget if group else self._policy.person_budget
        return Standing(budget.parse(own) if own else default, spent, zone)


def _owners(draft: Draft) -> list[int]:
    """Whose budgets count: the person's, and the group's."""
    return [draft.requester_id, draft.place.chat_id] if draft.place.group else [draft.requester_id]


def _asleep(chat: Chat, hours: QuietHours, found: Quiet, at_unix: float, now_unix: float) -> str:
    words = chat.words
    there = when.spoken(at_unix, found.zone, words.language, at_unix)
    return words(
        "refused-quiet" if at_unix <= now_unix else "refused-quiet-then",
        time=there.time,
        zone=there.zone_name,
        **{"from": f"{hours.start:%H:%M}"},
        to=f"{hours.end:%H:%M}",
        opens=chat.when(found.opens_unix, now_unix),
    )


def _used_up(draft: Draft, chat: Chat, owner: int, standing: Standing, used: Limit, anew: str) -> Refusal:
    """Whose budget it is, and when it begins anew."""
    whose = "chat" if owner < 0 else "theirs" if draft.place.group else "yours"
    name, limit = clip(draft.requester_name, _NAME), str(Budget(**{used: getattr(standing.limits, used)}))
    return Refusal(chat.words(f"refused-{used}", whose=whose, name=name, limit=limit, anew=anew))
