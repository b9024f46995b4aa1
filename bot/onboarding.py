"""The first minutes: a greeting, what was taken for granted, and a first call, to the requester's own phone.

Owns what /start does and the card of that first call, which is confirmed like any other. Who may use us is not decided
here: an invitation (`/start <token>`) is accepted by `Inviting`.
"""

from typing import Protocol

from bot.conversation import Draft, refused_number
from bot.drafting import Drafting, new_id
from bot.people import People
from bot.plan import Plan
from bot.post import Post
from bot.preferences import Preferences
from bot.richtext import clip
from bot.roster import Roster
from bot.said import Said
from bot.wording import Words
from bridge import numbers
from bridge.errors import NumberRefused

_MINUTES = 3  # of the first call
_NAME = 60  # UTF-16 units


class Inviting(Protocol):
    """What the onboarding needs of the admins' side (`admin.py`)."""

    async def accept(self, said: Said) -> bool:
        """/start from a link; False for a plain one."""
        ...


class Onboarding:
    def __init__(
        self,
        *,
        post: Post,
        roster: Roster,
        people: People,
        preferences: Preferences,
        drafting: Drafting,
        inviting: Inviting,
    ) -> None:
        self._post = post
        self._roster = roster
        self._people = people
        self._preferences = preferences
        self._drafting = drafting
        self._inviting = inviting

    async def invited(self, said: Said) -> bool:
        """/start of whoever writes: with an invitation a stranger is none any more, and is greeted. True where it was
        no good, which has been said.
        """
        return await self._inviting.accept(said) and not self._people.may_watch(said.person_id)

    async def start(self, said: Said) -> None:
        """/start of those who may use us. The first one settles the chat's time zone, the next ones are short."""
        words = said.words
        if said.place.group:
            await self._post.send(said.place, words("help-group"), reply_to=said.reply_to)
            return
        await self._post.send(said.place, words("start"))
        if await self._roster.settled(said.place.chat_id):
            return
        chat = await self._roster.keep_chat(said.place.chat_id, zone=said.chat.zone)
        await self._post.send(said.place, *self._preferences.first_steps(chat))
        if self._people.may_call(said.person_id):
            await self._post.ask_for_contact(said.place, words("start-first-call"), words("start-share"))

    async def own_contact(self, said: Said, number: str) -> bool:
        """Somebody shared their own number while no call is going on: it is kept for joining calls, and the card of a
        call to it is offered. False where that is not for them.
        """
        if said.place.group or not self._people.may_call(said.person_id):
            return False
        words = said.words
        try:
            phone = numbers.dialable(number)
        except NumberRefused as refusal:
            await self._post.send(said.place, refused_number(words, refusal))
            return True
        await self._roster.keep_phone(said.person_id, phone)
        await self._post.thank_for_contact(said.place, words("number-kept", number=numbers.readable(phone)))
        plan = first_call(words, clip(said.name, _NAME), phone)
        await self._drafting.offer(Draft(new_id(), said.place, said.person_id, said.name, plan))
        return True


def first_call(words: Words, name: str, number: str) -> Plan:
    """Of a call (E.164) to the requester themselves, in the language of the chat."""
    return Plan(
        callee_name=words("start-own-callee", name=name),
        callee_number=number,
        callee_kind="person",
        on_behalf_of=name,
        goal=words("start-own-goal", name=name),
        facts=[],
        may_agree=[],
        questions=[],
        language=words.language,
        other_languages=[],
        persona="warm",
        voice="",
        opening=words("start-own-opening", name=name),
        voicemail_message="",
        max_minutes=_MINUTES,
        contact="",
        recent=0,
        lookup="",
        call_at="",
        repeats=False,
        retries=0,
        retry_minutes=0,
        missing=[],
        not_a_call=False,
    )
