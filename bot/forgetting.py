"""Forgetting: what is known about a requester in a chat is deleted when they ask for it.

Owns what is deleted (`erasing.py` does it), and the question before it. A call that goes on is left; a planned one is
cancelled. Kept are the do-not-call list, the sums that were spent, roles, and who did what: none of them holds words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.address_book import AddressBook
from bot.buttons import Answer, Button, Tap
from bot.chat import Place
from bot.conversation import Stage
from bot.desk import Desk
from bot.erasing import Erasing
from bot.ledger import Ledger
from bot.people import People
from bot.post import Post
from bot.richtext import plain
from bot.roster import Roster
from bot.said import Handler, Said
from bot.store import Store
from bot.wording import Words


@dataclass
class _Forgotten:
    cancelled: int = 0  # calls that were planned
    left: int = 0  # calls that go on


class Forgetting:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        people: People,
        contacts: AddressBook,
        ledger: Ledger,
        desk: Desk,
        erasing: Erasing,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._people = people
        self._contacts = contacts
        self._ledger = ledger
        self._desk = desk
        self._erasing = erasing

    def by_name(self) -> Mapping[str, Handler]:
        return {"forget": self._ask}

    async def _ask(self, said: Said) -> None:
        words = said.words
        if not said.place.group:
            question = words("forget-question")
        elif self._people.is_admin(said.person_id):
            question = words("forget-question-group-admin")
        else:
            question = words("forget-question-group")
        buttons = ((Button(words("forget-yes"), "f:yes"), Button(words("forget-no"), "f:no")),)
        message_id = await self._post.send(said.place, question, buttons, reply_to=said.reply_to)
        await self._store.ask(said.place, message_id, f"forget:{said.person_id}")

    async def press(self, tap: Tap) -> Answer:
        """A button under the question; the owner of `f:`. It counts once, and only who asked may press it."""
        words = (await self._roster.chat(tap.place.chat_id)).words
        owner, _, asked_by = (await self._store.asked(tap.place, tap.message_id)).partition(":")
        if owner != "forget" or tap.data not in ("f:yes", "f:no"):
            return Answer(words("gone-button"))
        if asked_by != str(tap.person_id):
            name = (await self._roster.person(int(asked_by))).name
            return Answer(words("forget-not-yours", name=name))
        if not await self._store.unask(tap.place, tap.message_id):
            return Answer(words("gone-button"))
        if tap.data == "f:no":
            kept = plain(words("forget-kept"))
            return Answer(words("forget-kept"), lambda: self._post.redraw(tap.place, tap.message_id, kept))
        return Answer(then=self._desk.in_turn(tap.place, lambda: self._forget(tap, words)))

    async def _forget(self, tap: Tap, words: Words) -> None:
        forgotten = await self._forget_calls(tap.person_id, tap.place)
        if not tap.place.group or self._people.is_admin(tap.person_id):
            await self._contacts.forget(tap.place.chat_id)
            await self._store.forget_asks(tap.place.chat_id)
            await self._roster.forget_chat(tap.place.chat_id)
        if not tap.place.group:
            await self._roster.keep_phone(tap.person_id, "")
        await self._ledger.note(tap.person_id, tap.place.chat_id, "forgot")
        await self._erasing.finish()
        parts = [words("forget-done")]
        if forgotten.cancelled:
            parts.append(words("forget-cancelled", count=forgotten.cancelled))
        if forgotten.left:
            parts.append(words("forget-left", count=forgotten.left))
        await self._post.redraw(tap.place, tap.message_id, plain("\n".join(parts)))

    async def _forget_calls(self, person_id: int, place: Place) -> _Forgotten:
        forgotten, gone = _Forgotten(), []
        for draft in await self._store.drafts_of(person_id, place.chat_id):
            if draft.stage is Stage.SCHEDULED and await self._store.advance(draft.id, Stage.SCHEDULED, Stage.CANCELLED):
                forgotten.cancelled += 1
            elif not await self._erasing.closed(draft):
                forgotten.left += 1
                continue
            gone.append(draft)
        await self._erasing.erase(gone)
        return forgotten
