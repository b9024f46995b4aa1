"""Telegram's updates -> what is meant. Thin: reads an update, asks who it is, hands it to the desk.

Owns the commands and the refusal of strangers. Follows https://docs.python-telegram-bot.org: `CommandHandler` and
`MessageHandler` fire on edited messages too, so all of them are filtered to new ones.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import BotCommand, CallbackQuery, Message, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot import cards, wording
from bot.calls import Calls
from bot.desk import Answer, Desk
from bot.people import People
from bot.post import Post

log = logging.getLogger(__name__)

Handler = Callable[[Message, User], Awaitable[None]]


class Handlers:
    def __init__(self, desk: Desk, calls: Calls, people: People, post: Post) -> None:
        self._desk = desk
        self._calls_of = calls
        self._people = people
        self._post = post

    def add_to(self, application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        new = filters.UpdateType.MESSAGE
        commands: dict[str, Handler] = {
            "start": self._start,
            "help": self._help,
            "call": self._call,
            "calls": self._calls,
            "hangup": self._hangup,
            "personas": self._personas,
            "people": self._list_people,
            "allow": self._allow,
            "deny": self._deny,
        }
        for name, handler in commands.items():
            application.add_handler(CommandHandler(name, self._guarded(handler), filters=new))
        application.add_handler(MessageHandler(new & filters.TEXT, self._guarded(self._text)))
        application.add_handler(MessageHandler(new & filters.CONTACT, self._guarded(self._contact)))
        application.add_handler(MessageHandler(new & (filters.VOICE | filters.AUDIO), self._guarded(self._voice_note)))
        application.add_handler(MessageHandler(new & ~filters.StatusUpdate.ALL, self._guarded(self._unsupported)))
        application.add_handler(CallbackQueryHandler(self._press))
        application.add_error_handler(self._error)

    @staticmethod
    def commands() -> list[BotCommand]:
        return [BotCommand(name, description) for name, description in wording.COMMANDS.items()]

    def _guarded(self, handler: Handler) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]:
        """Only for those who may: anyone else gets one polite refusal with their own id, and nothing happens."""

        async def guarded(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
            message, person = update.effective_message, update.effective_user
            if message is None or person is None:
                return
            if message.chat.type != ChatType.PRIVATE:
                if message.text and message.text.startswith("/"):
                    await self._post.send(message.chat_id, wording.PRIVATE_ONLY, reply_to=message.message_id)
                return
            await self._people.meet(person.id, person.full_name)
            if await self._people.may_call(person.id):
                await handler(message, person)
            else:
                await self._refuse(message, person)

        return guarded

    async def _refuse(self, message: Message, person: User) -> None:
        if self._people.first_refusal(person.id):
            await self._post.send(message.chat_id, wording.REFUSAL.format(id=person.id))

    # Requests

    async def _text(self, message: Message, person: User) -> None:
        await self._request(message, person, message.text or "")

    async def _call(self, message: Message, person: User) -> None:
        await self._request(message, person, _argument(message), new=True)

    async def _contact(self, message: Message, person: User) -> None:
        contact = message.contact
        if contact is None:
            return
        number = contact.phone_number if contact.phone_number.startswith("+") else f"+{contact.phone_number}"
        own = contact.user_id == person.id
        if own and await self._calls_of.own_contact(message.chat_id, person.id, number):
            return
        name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
        await self._request(message, person, f"Shared contact: {name}, {number}")

    async def _request(self, message: Message, person: User, text: str, *, new: bool = False) -> None:
        reply = message.reply_to_message
        await self._desk.request(
            message.chat_id,
            person.id,
            person.full_name,
            text,
            message_id=message.message_id,
            reply_to=reply.message_id if reply else 0,
            new=new,
        )

    async def _voice_note(self, message: Message, _: User) -> None:
        await self._post.send(message.chat_id, wording.VOICE_NOTE)

    async def _unsupported(self, message: Message, _: User) -> None:
        await self._post.send(message.chat_id, wording.UNSUPPORTED)

    # Commands

    async def _start(self, message: Message, _: User) -> None:
        await self._post.send(message.chat_id, wording.START)

    async def _help(self, message: Message, person: User) -> None:
        more = wording.ADMIN_HELP if self._people.is_admin(person.id) else ""
        await self._post.send(message.chat_id, wording.HELP + more)

    async def _calls(self, message: Message, person: User) -> None:
        await self._post.send(message.chat_id, await self._calls_of.recent(person.id))

    async def _hangup(self, message: Message, person: User) -> None:
        await self._post.send(message.chat_id, await self._calls_of.hang_up_running(message.chat_id, person.id))

    async def _personas(self, message: Message, _: User) -> None:
        await self._post.send(message.chat_id, cards.personas())

    async def _list_people(self, message: Message, person: User) -> None:
        if not self._people.is_admin(person.id):
            await self._post.send(message.chat_id, wording.ADMINS_ONLY)
            return
        for page in cards.people_list(await self._people.listed()):
            await self._post.send(message.chat_id, page)

    async def _allow(self, message: Message, person: User) -> None:
        if (someone := await self._named(message, person)) is not None:
            await self._people.allow(someone)
            await self._post.send(message.chat_id, wording.ALLOWED.format(id=someone))

    async def _deny(self, message: Message, person: User) -> None:
        if (someone := await self._named(message, person)) is None:
            return
        if self._people.is_admin(someone):
            answer = wording.ADMIN_STAYS
        else:
            answer = wording.DENIED if await self._people.deny(someone) else wording.NOT_KNOWN
        await self._post.send(message.chat_id, answer.format(id=someone))

    async def _named(self, message: Message, person: User) -> int | None:
        """The id that an admin's command names; None when it was refused, with the reason sent."""
        if not self._people.is_admin(person.id):
            await self._post.send(message.chat_id, wording.ADMINS_ONLY)
            return None
        argument = _argument(message)
        if not argument.isdecimal() or not 0 < int(argument) < 2**52:
            await self._post.send(message.chat_id, wording.ALLOW_USAGE)
            return None
        return int(argument)

    # Presses

    async def _press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Every press is answered once, whatever comes of it: else the button spins."""
        query = update.callback_query
        if query is None:
            return
        answer = Answer(wording.SOMETHING_WRONG)
        try:
            if query.message is None or not await self._people.may_call(query.from_user.id):
                answer = Answer(wording.REFUSAL.format(id=query.from_user.id))
            else:
                chat_id, message_id = query.message.chat.id, query.message.message_id
                answer = await self._desk.press(query.data or "", chat_id, message_id, query.from_user.id)
        finally:
            await self._answer(query, answer.notice)
        if answer.then:
            await answer.then()

    async def _answer(self, query: CallbackQuery, notice: str) -> None:
        try:
            await query.answer(notice[:200] or None, show_alert=len(notice) > 60)
        except TelegramError:
            # Too late (after a restart, for one) or lost on the way: what was pressed counts all the same.
            log.info("a press could not be answered")

    async def _error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The top frame of every handler."""
        log.error("an update could not be handled", exc_info=context.error)
        if isinstance(update, Update) and update.message is not None:
            try:
                await self._post.send(update.message.chat_id, wording.SOMETHING_WRONG)
            except TelegramError:
                log.warning("and the chat could not be told")


def _argument(message: Message) -> str:
    """What follows a command, on its line or below."""
    words = (message.text or "").split(maxsplit=1)
    return words[1].strip() if len(words) == 2 else ""
