"""/donotcall and /audit: who is never called, and who did what. For admins, in their private chats.

Owns what the commands answer; the lists are the ledger's. Its buttons are `a:<page>`.
"""

from collections.abc import Mapping

from bot import oversight_view
from bot.admin import Admin
from bot.buttons import Answer, Keyboard, Tap
from bot.chat import Chat
from bot.conversation import refused_number
from bot.ledger import Ledger
from bot.masking import masked
from bot.oversight_view import PAGE
from bot.people import People
from bot.post import Post
from bot.richtext import RichText, clip
from bot.roster import Roster
from bot.said import Handler, Said
from bridge import numbers
from bridge.errors import NumberRefused

_WRITTEN = 60  # UTF-16 units: no number is longer


class Oversight:
    """`region` is the country of numbers that are written without a code."""

    def __init__(
        self, *, post: Post, roster: Roster, people: People, admin: Admin, ledger: Ledger, region: str | None
    ) -> None:
        self._post = post
        self._roster = roster
        self._people = people
        self._admin = admin
        self._ledger = ledger
        self._region = region

    def by_name(self) -> Mapping[str, Handler]:
        return {"donotcall": self._do_not_call, "audit": self._audit}

    # Who is never called

    async def _do_not_call(self, said: Said) -> None:
        if not await self._admin.permits(said, in_private=True):
            return
        verb, _, written = said.argument.partition(" ")
        change = {"add": self._bar, "remove": self._unbar}.get(verb.casefold())
        if not verb:
            for page in oversight_view.never_called(said.chat, await self._ledger.all_barred()):
                await self._post.send(said.place, page)
        elif change is None or not written.strip():
            await self._post.send(said.place, said.words("dnc-usage"))
        else:
            try:
                number = numbers.dialable(clip(written, _WRITTEN), region=self._region)
            except NumberRefused as refusal:
                await self._post.send(said.place, refused_number(said.words, refusal))
            else:
                await change(said, number)

    async def _bar(self, said: Said, number: str) -> None:
        await self._ledger.bar(number, "admin")
        shown = numbers.readable(number)
        await self._ledger.note(said.person_id, said.place.chat_id, "number-barred", masked(shown))
        await self._post.send(said.place, said.words("dnc-added", number=shown))

    async def _unbar(self, said: Said, number: str) -> None:
        shown = numbers.readable(number)
        if not await self._ledger.unbar(number):
            await self._post.send(said.place, said.words("dnc-not-there", number=shown))
            return
        await self._ledger.note(said.person_id, said.place.chat_id, "number-unbarred", masked(shown))
        await self._post.send(said.place, said.words("dnc-removed", number=shown))

    # Who did what

    async def _audit(self, said: Said) -> None:
        if await self._admin.permits(said, in_private=True):
            await self._post.send(said.place, *await self._page(said.chat, 0))

    async def press(self, tap: Tap) -> Answer:
        """Turn a page of the log."""
        chat = await self._roster.chat(tap.place.chat_id)
        page = tap.data.removeprefix(oversight_view.OWN_BUTTONS)
        if not self._people.is_admin(tap.person_id):
            return Answer(chat.words("admins-only"))
        if chat.group or not page.isdecimal() or len(page) > 6:
            return Answer(chat.words("gone-button"))

        async def turn() -> None:
            await self._post.redraw(tap.place, tap.message_id, *await self._page(chat, int(page)))

        return Answer(then=turn)

    async def _page(self, chat: Chat, page: int) -> tuple[RichText, Keyboard]:
        deeds = await self._ledger.deeds(limit=PAGE + 1, skip=page * PAGE)
        shown = deeds[:PAGE]
        names = {someone: (await self._roster.person(someone)).name for someone in oversight_view.people_in(shown)}
        groups = {deed.chat_id: (await self._roster.chat(deed.chat_id)).title for deed in shown if deed.chat_id < 0}
        text = oversight_view.audit(chat, shown, names, groups)
        return text, oversight_view.audit_buttons(chat.words, page, more=len(deeds) > PAGE)
