"""The contacts of a chat: shared, kept, listed, removed.

Owns what is done with a contact card, and the buttons under the question whether to keep it; the numbers are the
address book's. Nothing is kept unasked. Follows https://core.telegram.org/bots/api#contact.
"""

from collections.abc import Mapping
from typing import Protocol

from telegram import Contact as Card

from bot import contacts_view
from bot.address_book import AddressBook
from bot.buttons import Answer, Tap
from bot.calls import Calls
from bot.contacts_view import ContactPress
from bot.conversation import refused_number
from bot.desk import Desk
from bot.drafting import Drafting
from bot.ledger import Ledger
from bot.people import People
from bot.people_view import id_for
from bot.post import Post
from bot.richtext import plain
from bot.roster import Roster
from bot.said import Handler, Said
from bot.store import Store
from bot.wording import Words
from bridge import numbers
from bridge.errors import NumberRefused


class Welcoming(Protocol):
    """What contacts need of the onboarding (`onboarding.py`)."""

    async def own_contact(self, said: Said, number: str) -> bool:
        """Somebody shared their own number (as they wrote it); whether it was taken."""
        ...


class Contacts:
    """`region` is the country of numbers that a card has without a country code, where the chat has none."""

    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        people: People,
        ledger: Ledger,
        address_book: AddressBook,
        desk: Desk,
        drafting: Drafting,
        calls: Calls,
        onboarding: Welcoming,
        region: str | None,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._people = people
        self._ledger = ledger
        self._address_book = address_book
        self._desk = desk
        self._drafting = drafting
        self._calls = calls
        self._onboarding = onboarding
        self._region = region

    def by_name(self) -> Mapping[str, Handler]:
        return {"contacts": self._list}

    # A card

    async def shared(self, said: Said) -> None:
        """A contact card: the number that was asked for, our own for joining a call, or somebody to call."""
        card, words = said.message.contact, said.words
        if card is None:
            return
        if not self._people.may_call(said.person_id):
            refusal = words("refused-role", id=id_for(said.place, said.person_id))
            await self._post.send(said.place, refusal, reply_to=said.reply_to)
            return
        try:
            number = _number(card.phone_number, said.chat.country or self._region)
        except NumberRefused as refused:
            await self._post.send(said.place, refused_number(words, refused), reply_to=said.reply_to)
            return
        name = " ".join(part for part in (card.first_name, card.last_name) if part)
        if await self._own(said, card, number):
            return
        if said.text or await self._asked_for(said):
            await self._desk.request(said.request(f"Shared contact: {name}, {number}\n{said.text}".strip()))
        elif not await self._own_kept(said, card, number):
            await self._desk.in_turn(said.place, lambda: self._somebody(said, name, number))()

    async def _own(self, said: Said, card: Card, number: str) -> bool:
        """Their own number, of which a running call has need."""
        return card.user_id == said.person_id and await self._calls.own_contact(said.place, said.person_id, number)

    async def _own_kept(self, said: Said, card: Card, number: str) -> bool:
        """Their own number, while nothing asks for one."""
        if card.user_id != said.person_id:
            return False
        if await self._onboarding.own_contact(said, number):
            return True
        await self._roster.keep_phone(said.person_id, number)
        await self._post.send(said.place, said.words("number-kept", number=numbers.readable(number)))
        return True

    async def _asked_for(self, said: Said) -> bool:
        """Whether it is waited for: by the agent on the phone, by a draft without a number, by what it replies to."""
        request = said.request("")
        if self._calls.waiting(said.place, said.person_id):
            return True
        if request.reply_to and await self._store.draft_of(said.place.chat_id, request.reply_to):
            return True
        draft = await self._store.open_draft(said.place, said.person_id)
        return draft is not None and not draft.plan.callee_number.strip()

    async def _somebody(self, said: Said, name: str, number: str) -> None:
        """Somebody else, out of the blue: shall they be kept, and what shall a call to them achieve?"""
        words, chat_id = said.words, said.place.chat_id
        name = name.strip() or numbers.readable(number)
        if not await self._address_book.knows(chat_id, number):
            contact_id = await self._address_book.propose(chat_id, name, number, asked_of=said.person_id)
            question = contacts_view.question(words, name, number)
            buttons = contacts_view.question_buttons(words, contact_id)
            await self._post.send(said.place, question, buttons, silent=True, reply_to=said.reply_to)
        await self._drafting.about(said.request(""), name, number)

    # The list

    async def _list(self, said: Said) -> None:
        contacts = await self._address_book.of(said.place.chat_id)
        await self._post.send(
            said.place, *contacts_view.listed(said.words, contacts, 0, group=said.place.group), reply_to=said.reply_to
        )

    # Presses

    async def press(self, tap: Tap) -> Answer:
        """A contact's button; the owner of `k:`."""
        words = (await self._roster.chat(tap.place.chat_id)).words
        try:
            press = ContactPress.read(tap.data)
        except ValueError:
            return Answer(words("gone-button"))
        if press.verb in ("save", "skip"):
            return await self._decide(press, tap, words)
        if press.verb == "page":
            return Answer(then=lambda: self._turn(tap, words, press.number))
        return await self._remove(press, tap, words)

    async def _decide(self, press: ContactPress, tap: Tap, words: Words) -> Answer:
        chat_id = tap.place.chat_id
        contact = await self._address_book.proposed(chat_id, press.number)
        if contact is None:
            return Answer(words("gone-button"))
        if not self._people.may_steer(tap.person_id, contact.asked_of):
            name = (await self._roster.person(contact.asked_of)).name
            return Answer(words("contact-not-yours", name=name))
        if not await self._address_book.withdraw(contact):
            return Answer(words("gone-button"))
        answer = words("contact-not-kept")
        if press.verb == "save":
            await self._address_book.keep(chat_id, contact.name, contact.number)
            await self._ledger.note(tap.person_id, chat_id, "contact-kept")
            answer = contacts_view.kept(words, contact)
        return Answer(then=lambda: self._post.redraw(tap.place, tap.message_id, plain(answer)))

    async def _turn(self, tap: Tap, words: Words, page: int) -> None:
        contacts = await self._address_book.of(tap.place.chat_id)
        shown = contacts_view.listed(words, contacts, page, group=tap.place.group)
        await self._post.redraw(tap.place, tap.message_id, *shown)

    async def _remove(self, press: ContactPress, tap: Tap, words: Words) -> Answer:
        if not self._people.may_call(tap.person_id):
            return Answer(words("refused-role", id=id_for(tap.place, tap.person_id)))
        removed = await self._address_book.remove(tap.place.chat_id, press.number)
        if removed is None:
            return Answer(words("gone-button"), lambda: self._turn(tap, words, press.page))
        await self._ledger.note(tap.person_id, tap.place.chat_id, "contact-removed")
        return Answer(contacts_view.removed(words, removed), lambda: self._turn(tap, words, press.page))


def _number(written: str, region: str | None) -> str:
    """A card's number as E.164. Raises NumberRefused.

    Telegram's own contacts are written with the country code and without the plus, those of an address book as their
    owner wrote them.
    """
    if not written.strip().startswith(("+", "0", "(")):
        try:
            return numbers.dialable(f"+{written.strip()}")
        except NumberRefused:
            pass
    return numbers.dialable(written, region=region)
