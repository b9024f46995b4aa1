"""Telegram's updates -> what is meant. Thin: reads an update, asks who it is and where, hands it on.

Owns the reading of a group's messages; who is let in is the door's business. Follows
https://docs.python-telegram-bot.org (handlers fire on edited messages too, so each is filtered) and
https://core.telegram.org/bots/features#privacy-mode: in a group we hear commands, mentions and replies to us.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import BotCommand, CallbackQuery, MaybeInaccessibleMessage, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, ContextTypes, MessageHandler, filters

from bot import wording
from bot.buttons import MAX_DATA, Answer, Tap
from bot.chat import Chat, Place
from bot.desk import Desk
from bot.door import Door
from bot.groups import Groups
from bot.masking import masked
from bot.post import Post
from bot.roster import Roster
from bot.said import Handler, Said, TapHandler
from bot.wording import Words

log = logging.getLogger(__name__)


class Handlers:
    """`commands` are for those who may use us; `open_commands` come before that, whoever writes, and say whether that
    was all; `unknown` is for what only looks like a command. `taps` are the buttons' owners, by their prefix. `reply`
    is asked first about text, and says whether it took it.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        door: Door,
        groups: Groups,
        roster: Roster,
        post: Post,
        commands: Mapping[str, Handler],
        open_commands: Mapping[str, Callable[[Said], Awaitable[bool]]],
        taps: Mapping[str, TapHandler],
        unknown: Handler,
        contact: Handler,
        voice: Handler,
        reply: Callable[[Said], Awaitable[bool]],
    ) -> None:
        self._desk = desk
        self._door = door
        self._groups = groups
        self._roster = roster
        self._post = post
        self._commands = commands
        self._open_commands = open_commands
        self._taps = taps
        self._unknown = unknown
        self._contact = contact
        self._voice = voice
        self._reply = reply
        self._reading: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)  # by chat

    def add_to(self, application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        new = filters.UpdateType.MESSAGE
        edit = filters.UpdateType.EDITED_MESSAGE
        application.add_handler(MessageHandler(new & filters.StatusUpdate.MIGRATE, self._migrated))
        application.add_handler(MessageHandler(new & ~filters.StatusUpdate.ALL, self._message))
        application.add_handler(MessageHandler(edit & filters.TEXT, self._edited))
        application.add_handler(ChatMemberHandler(self._membership, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_handler(CallbackQueryHandler(self._press))
        application.add_error_handler(self._error)

    # Messages

    async def _message(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        async with self._reading[message.chat_id if message else 0]:  # in the order in which they came
            said = await self._said(message, update.effective_user)
        if said is None:
            return
        command = _command(said.text, self._post.username)
        if said.place.group and command and command not in self._commands:
            return  # for somebody else, or a slip that is nobody's business
        opened = self._open_commands.get(command)
        if opened and await opened(said):
            return
        if await self._door.admits(said, command):
            await self._handle(said, command)

    async def _handle(self, said: Said, command: str) -> None:
        if handler := self._commands.get(command):
            await handler(said)
        elif said.message.contact:
            await self._contact(said)
        elif said.message.voice or said.message.audio:
            await self._voice(said)
        elif not said.message.text:
            await self._post.send(said.place, said.words("unsupported"), reply_to=said.reply_to)
        elif said.text.startswith("/"):
            await self._unknown(said)
        elif not await self._reply(said):
            await self._desk.request(said.request(said.text))

    async def _edited(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """An edited request is read anew; any other edit changes nothing."""
        said = await self._said(update.edited_message, update.effective_user)
        if said is None or not self._door.lets(said.chat, said.person_id):
            return
        text = said.argument if _command(said.text, self._post.username) == "call" else said.text
        if text and not text.startswith("/"):
            await self._desk.edited(said.request(text))

    async def _said(self, message: Message | None, person: User | None) -> Said | None:
        """What was said to us; None for what a group's people say to each other."""
        if message is None or person is None or person.is_bot:
            return None
        place = _place(message)
        text = message.text or message.caption or ""
        if place.group and not self._for_us(message, text):
            return None
        await self._roster.meet(person.id, person.full_name)
        if _command(text, self._post.username):
            argument = text.partition(" ")[2] if "\n" not in text.partition(" ")[0] else text.partition("\n")[2]
        else:
            text, argument = _unmentioned(text, self._post.username), ""
        chat = await self._chat(place, person)
        return Said(message, place, chat, person.id, person.full_name, text.strip(), argument.strip())

    async def _chat(self, place: Place, person: User) -> Chat:
        """A private chat is first met in the language of its person's Telegram."""
        if place.group:
            return await self._roster.chat(place.chat_id)
        return await self._roster.meet_chat(place.chat_id, person.language_code or "")

    def _for_us(self, message: Message, text: str) -> bool:
        replied = message.reply_to_message
        to_us = replied is not None and replied.from_user is not None and replied.from_user.id == self._post.id
        return to_us or bool(_mention(self._post.username).search(text)) or bool(_command(text, self._post.username))

    # What happens to a group

    async def _membership(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody added us to a group."""
        change = update.my_chat_member
        if change is None or change.chat.id > 0:
            return
        there = ("member", "administrator")
        if change.new_chat_member.status in there and change.old_chat_member.status not in there:
            by = change.from_user.language_code or ""
            await self._groups.joined(Place(change.chat.id), change.chat.title or "", by)

    async def _migrated(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message and message.migrate_to_chat_id:
            await self._groups.moved(message.chat_id, message.migrate_to_chat_id)

    # Presses

    async def _press(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Every press is answered once, whatever comes of it: else the button spins."""
        query = update.callback_query
        if query is None:
            return
        answer = Answer(_words_for(query.from_user)("something-wrong"))
        try:
            answer = await self._answer_to(query)
        finally:
            await self._show(query, answer)
        if answer.then:
            try:
                await answer.then()
            except Exception:
                if query.message:  # that it was pressed has been answered, what came of it has not
                    await self._apologise(_place(query.message))
                raise

    async def _answer_to(self, query: CallbackQuery) -> Answer:
        person = query.from_user
        if query.message is None:
            return Answer(_words_for(person)("gone-button"))
        place = _place(query.message)
        chat = await self._chat(place, person)
        tap = Tap(query.data or "", place, query.message.message_id, person.id, person.full_name)
        if refusal := self._door.refuses(chat, tap):
            return Answer(refusal)
        owner = self._taps.get(tap.data.partition(":")[0])
        if owner is None or len(tap.data.encode("utf-8", "surrogatepass")) > MAX_DATA:
            return Answer(chat.words("gone-button"))
        return await owner(tap)

    async def _show(self, query: CallbackQuery, answer: Answer) -> None:
        """In a group no number is shown in full, not even to who has pressed."""
        group = query.message is not None and _place(query.message).group
        notice = masked(answer.notice) if group else answer.notice
        try:
            await query.answer(notice[:200] or None, show_alert=answer.alert or len(notice) > 60)
        except TelegramError:
            # Too late (after a restart, for one) or lost on the way: what was pressed counts all the same.
            log.info("a press could not be answered")

    async def _error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The top frame of every handler."""
        log.error("an update could not be handled", exc_info=context.error)
        if isinstance(update, Update) and (message := update.message or update.edited_message):
            await self._apologise(_place(message))

    async def _apologise(self, place: Place) -> None:
        try:
            words = (await self._roster.chat(place.chat_id)).words
            await self._post.send(place, words("something-wrong"))
        except TelegramError:
            log.warning("and the chat could not be told")


def bot_commands(words: Words) -> list[BotCommand]:
    return [BotCommand(name, words(f"command-{name}")) for name in wording.COMMANDS]


def _words_for(person: User) -> Words:
    """Where no chat is known, or cannot be read: what their Telegram is in."""
    return wording.words(wording.language_of(person.language_code or ""))


def _place(message: MaybeInaccessibleMessage) -> Place:
    """Of a message that is too old for Telegram to show us only the chat is known."""
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else 0
    return Place(message.chat.id, topic or 0)


def _command(text: str, username: str) -> str:
    """The command that a text begins with, if it is for us: "call" of "/call@our_bot …"."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if not first.startswith("/"):
        return ""
    name, _, addressee = first[1:].partition("@")
    return name.casefold() if not addressee or addressee.casefold() == username.casefold() else ""


def _mention(username: str) -> re.Pattern[str]:
    """Our own @name, and not the beginning of another's."""
    return re.compile(rf"(?<!\w)@{re.escape(username)}\b", re.IGNORECASE)


def _unmentioned(text: str, username: str) -> str:
    """Without our own @name, which is an address and no part of the request."""
    if not (found := _mention(username).search(text)):
        return text
    return f"{text[: found.start()]} {text[found.end() :]}".strip(" ,:")
