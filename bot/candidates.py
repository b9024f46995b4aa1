"""Candidates: numbers that were looked up for a draft, from the search to the requester's word about them.

Owns when the web is searched, and what is remembered of a search in vain. A candidate is no number to call until the
requester has agreed to it; must not decide that for them.
"""

from dataclasses import replace

from bot import lookup_view
from bot.chat import Chat
from bot.conversation import Draft
from bot.found import Found
from bot.lookup import Lookup
from bot.plan import Missing, Plan
from bot.post import Post
from bridge.errors import ModelError


class Candidates:
    def __init__(self, *, post: Post, lookup: Lookup) -> None:
        self._post = post
        self._lookup = lookup

    async def looked_up(self, draft: Draft, chat: Chat) -> Draft:
        """The draft with a candidate, if its plan has a business looked up; without one it asks for the number."""
        what, before, words = draft.plan.lookup.strip(), draft.candidate, chat.words
        if draft.plan.callee_number.strip() or not what:
            return replace(draft, candidate=None) if offered(draft) else draft
        if offered(draft):
            return draft
        if before and before.name == what:
            return _asking(draft, Missing(question=words("ask-number"), choices=[]))
        searching = await self._post.send(draft.place, lookup_view.searching(words, what), silent=True)
        await self._post.typing(draft.place)
        try:
            found = await self._lookup.find(what, chat)
        except ModelError as error:
            asked = lookup_view.failed(words, what, words(error.code, status=str(error)))
            missing = [asked, *draft.plan.missing]  # and with the next words it is tried again
            return replace(draft, plan=draft.plan.model_copy(update={"missing": missing}), candidate=None)
        finally:
            await self._post.remove(draft.place, searching)
        if found is None:
            return _asking(draft, lookup_view.not_found(chat, what))
        name = draft.plan.callee_name.strip() or found.name
        return replace(draft, plan=draft.plan.model_copy(update={"callee_name": name}), candidate=found)


def offered(draft: Draft) -> Found | None:
    """The number that was found, if the requester has not said yet whether it is the right one."""
    return draft.candidate if draft.candidate and draft.candidate.number else None


def used(draft: Draft, found: Found) -> Draft:
    plan = draft.plan.model_copy(update={"callee_number": found.number, "lookup": ""})
    return replace(draft, plan=plan, candidate=None)


def refused(draft: Draft, chat: Chat) -> Draft:
    return _asking(draft, Missing(question=chat.words("ask-number"), choices=[]))


def asked_of_planner(plan: Plan, question: Missing | None) -> Plan:
    """A plan with the question about its candidate among those that are open."""
    return plan.model_copy(update={"missing": [question, *plan.missing]}) if question else plan


def answered_by_planner(plan: Plan, question: Missing | None) -> Plan:
    """Without that question, which may come back as the planner's own."""
    left = [item for item in plan.missing if question is None or item.question != question.question]
    return plan.model_copy(update={"missing": left})


def _asking(draft: Draft, asked: Missing) -> Draft:
    """For the number, before all else. What was searched for in vain is kept, so that it is not searched for again."""
    plan = draft.plan
    told = Found(number="", name=plan.lookup.strip(), address="", source="")
    plan = plan.model_copy(update={"callee_number": "", "lookup": "", "missing": [asked, *plan.missing]})
    return replace(draft, plan=plan, candidate=told)
