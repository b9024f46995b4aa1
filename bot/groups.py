"""Groups: allowed by an admin, put out again, and moved when they become supergroups.

Owns what is said and done about a group as a whole. In a group that nobody has allowed nothing else works. Its button
is `g:allow`. Follows https://core.telegram.org/bots/api#chatmemberupdated (we are added) and #message (migration).
"""

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.buttons import Answer, Button, Keyboard, Tap
from bot.chat import Chat, Place
from bot.ledger import Ledger
from bot.migration import move_chat
from bot.people import People
from bot.post import Post
from bot.richtext import plain
from bot.roster import Roster
from bot.said import Said
from bot.wording import Words

OWN_BUTTONS = "g:"
_ALLOW = f"{OWN_BUTTONS}allow"


class Groups:
    def __init__(self, engine: AsyncEngine, *, post: Post, roster: Roster, people: People, ledger: Ledger) -> None:
        self._engine = engine
        self._post = post
        self._roster = roster
        self._people = people
        self._ledger = ledger
        self._asked: set[int] = set()

    # In front of the door

    async def joined(self, place: Place, title: str, language_code: str) -> None:
        """Somebody added us to a group, whose language (an IETF tag) it begins in."""
        self._asked.discard(place.chat_id)
        if not (await self._roster.meet_chat(place.chat_id, language_code)).allowed:
            await self.knock(place, title)

    async def knock(self, place: Place, title: str) -> None:
        """Ask for an admin in a group that is not allowed, once."""
        if place.chat_id in self._asked:
            return
        self._asked.add(place.chat_id)
        chat = await self._roster.keep_chat(place.chat_id, title=title[:256])
        await self._post.send(place, chat.words("group-ask"), allow_buttons(chat.words))

    async def press(self, tap: Tap) -> Answer:
        """The button of that message."""
        chat = await self._roster.chat(tap.place.chat_id)
        words = chat.words
        if not self._people.is_admin(tap.person_id):
            return Answer(words("admins-only"))
        if tap.data != _ALLOW or not chat.group:
            return Answer(words("gone-button"))
        await self._allowed(chat, tap.person_id)
        text = plain(words("group-allowed"))
        return Answer(then=lambda: self._post.redraw(tap.place, tap.message_id, text))

    # Admins' commands, written in the group itself

    async def allow(self, said: Said) -> None:
        await self._roster.keep_chat(said.chat.id, title=(said.message.chat.title or "")[:256])
        await self._allowed(said.chat, said.person_id)
        await self._post.send(said.place, said.words("group-allowed"), reply_to=said.reply_to)

    async def deny(self, said: Said) -> None:
        await self._denied(said.chat, said.person_id)
        await self._post.send(said.place, said.words("group-denied"), reply_to=said.reply_to)

    async def deny_from_afar(self, chat_id: int, by: int) -> bool:
        """By its id, wherever the admin is. False for a group that is not allowed anyway."""
        chat = await self._roster.chat(chat_id)
        if not chat.allowed:
            return False
        await self._denied(chat, by)
        return True

    async def _allowed(self, chat: Chat, by: int) -> None:
        if not chat.allowed:
            await self._roster.keep_chat(chat.id, allowed=True)
            await self._ledger.note(by, chat.id, "group-allowed")

    async def _denied(self, chat: Chat, by: int) -> None:
        self._asked.discard(chat.id)  # the next one who writes is told why nothing happens
        if chat.allowed:
            await self._roster.keep_chat(chat.id, allowed=False)
            await self._ledger.note(by, chat.id, "group-denied")

    # A new id

    async def moved(self, before: int, after: int) -> None:
        """A group became a supergroup. Calls that are going on report there, too."""
        self._post.moved(before, after)
        await move_chat(self._engine, before, after)


def allow_buttons(words: Words) -> Keyboard:
    return ((Button(words("group-allow-button"), _ALLOW),),)
