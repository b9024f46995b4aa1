"""The post: messages to Telegram, with what can go wrong on the way.

Owns the sending: entities, keyboards, retries. A message that must arrive is tried until it does; an edit of the live
view is tried once, because a newer one will follow. Must not decide what to say.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import tenacity
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.buttons import NO_BUTTONS, Button, Keyboard
from bot.chat import Place
from bot.masking import masked
from bot.richtext import MAX_MESSAGE, RichText, clip, plain

log = logging.getLogger(__name__)

_ATTEMPTS = 8
MAX_CAPTION = 1024  # sendDocument: 0-1024 characters after entities parsing
PACE_S = 1.0  # a chat takes one message or edit a second
GROUP_PACE_S = 3.2  # and a group twenty a minute, those that came early among them
BURST_S = 2.0  # of messages that may come early


def retry_after_s(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _passing(error: BaseException) -> bool:
    """Worth another try. PTB's BadRequest is a NetworkError too, and is none; nor is a file that is too large (413). A
    group's new id comes with an update.
    """
    hopeless = isinstance(error, (BadRequest, InvalidToken)) or "too large" in str(error).lower()
    return isinstance(error, (RetryAfter, NetworkError, ChatMigrated)) and not hopeless


class _Wait(tenacity.wait.wait_base):
    """As long as Telegram says; else a little longer each time."""

    def __init__(self) -> None:
        self._growing = tenacity.wait_exponential(multiplier=0.5, max=30)

    def __call__(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return retry_after_s(error) if isinstance(error, RetryAfter) else self._growing(state)


_must_arrive = tenacity.retry(
    retry=tenacity.retry_if_exception(_passing),
    wait=_Wait(),
    stop=tenacity.stop_after_attempt(_ATTEMPTS),
    reraise=True,
)


class Outgoing(Protocol):
    """What the rest of the bot needs of the post."""

    async def send(
        self,
        place: Place,
        text: RichText | str,
        keyboard: Keyboard = NO_BUTTONS,
        *,
        silent: bool = False,
        reply_to: int = 0,
    ) -> int: ...
    async def edit(self, place: Place, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None: ...


class Post:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._spent_until: dict[int, float] = {}  # chat -> when what was sent will have had its second each
        self._new_ids: dict[int, int] = {}  # of groups that became supergroups, for those who know only the old ones

    def moved(self, before: int, after: int) -> None:
        """A chat has another id from now on."""
        self._new_ids[before] = after

    def _chat(self, place: Place) -> int:
        return self._new_ids.get(place.chat_id, place.chat_id)

    async def _turn(self, place: Place) -> None:
        """Wait until a chat takes one more message, whoever else writes to it: two live views share one budget.
        Whoever writes too fast is kept waiting for longer than this (core.telegram.org/bots/faq).
        """
        now = asyncio.get_running_loop().time()
        due = max(now, self._spent_until.get(place.chat_id, now))
        self._spent_until[place.chat_id] = due + (GROUP_PACE_S if place.group else PACE_S)
        await asyncio.sleep(max(0.0, due - BURST_S - now))

    @_must_arrive
    async def send(
        self,
        place: Place,
        text: RichText | str,
        keyboard: Keyboard = NO_BUTTONS,
        *,
        silent: bool = False,
        reply_to: int = 0,
    ) -> int:
        """The message's id. Raises TelegramError when it cannot arrive (the chat is gone, the bot blocked)."""
        await self._turn(place)
        rich = _something(_for(place, plain(clip(text, MAX_MESSAGE)) if isinstance(text, str) else text))
        message = await self._bot.send_message(
            self._chat(place),
            rich.text,
            message_thread_id=place.topic or None,
            entities=_entities(rich),
            reply_markup=_markup(place, keyboard),
            disable_notification=silent,
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )
        return message.message_id

    @_must_arrive
    async def ask(self, place: Place, text: str, placeholder: str = "", *, reply_to: int = 0) -> int:
        """A question whose answer is a reply to it; in a group only whom it replies to sees the field open."""
        await self._turn(place)
        message = await self._bot.send_message(
            self._chat(place),
            _for(place, plain(text)).text,
            message_thread_id=place.topic or None,
            reply_markup=ForceReply(selective=place.group or None, input_field_placeholder=placeholder or None),
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )
        return message.message_id

    @_must_arrive
    async def ask_for_contact(self, place: Place, text: str, label: str) -> None:
        """With a button that shares the person's own contact; only private chats have such."""
        button = KeyboardButton(label, request_contact=True)
        await self._turn(place)
        await self._bot.send_message(
            self._chat(place),
            text,
            reply_markup=ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True),
        )

    @_must_arrive
    async def thank_for_contact(self, place: Place, text: str) -> None:
        """And take the button away."""
        await self._turn(place)
        await self._bot.send_message(
            self._chat(place),
            _for(place, plain(text)).text,
            message_thread_id=place.topic or None,
            reply_markup=ReplyKeyboardRemove(),
        )

    async def edit(self, place: Place, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        """Raises RetryAfter and NetworkError for the caller to try again with what is newest by then, and ChatMigrated
        where the message stayed behind: in the new chat its id may be another's.
        """
        if place.chat_id in self._new_ids:
            raise ChatMigrated(self._new_ids[place.chat_id])
        await self._turn(place)
        rich = _something(_for(place, text))
        try:
            await self._bot.edit_message_text(
                rich.text,
                self._chat(place),
                message_id,
                entities=_entities(rich),
                reply_markup=_markup(place, keyboard),
            )
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise

    @_must_arrive
    async def redraw(self, place: Place, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        """An edit that no newer one will follow: it must arrive."""
        await self.edit(place, message_id, text, keyboard)

    @_must_arrive
    async def send_file(
        self, place: Place, name: str, content: bytes, *, caption: str = "", silent: bool = False, reply_to: int = 0
    ) -> None:
        await self._turn(place)
        await self._bot.send_document(
            self._chat(place),
            InputFile(content, filename=name),
            caption=_for(place, plain(clip(caption, MAX_CAPTION))).text or None,
            message_thread_id=place.topic or None,
            disable_notification=silent,
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )

    @_must_arrive
    async def send_photo(self, place: Place, content: bytes, *, caption: str = "", reply_to: int = 0) -> None:
        """PNG or JPEG. It was asked for, so nothing rings."""
        await self._turn(place)
        await self._bot.send_photo(
            self._chat(place),
            InputFile(content, filename="call.png"),
            caption=_for(place, plain(clip(caption, MAX_CAPTION))).text or None,
            message_thread_id=place.topic or None,
            disable_notification=True,
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )

    @_must_arrive
    async def send_voice(
        self, place: Place, audio: bytes, *, duration_s: int, caption: str = "", reply_to: int = 0
    ) -> None:
        """OGG with Opus. Silent: the report has rung already."""
        await self._turn(place)
        await self._bot.send_voice(
            self._chat(place),
            InputFile(audio, filename="call.ogg"),
            duration=duration_s,
            caption=_for(place, plain(clip(caption, MAX_CAPTION))).text or None,
            message_thread_id=place.topic or None,
            disable_notification=True,
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )

    async def fetch(self, file_id: str) -> bytes:
        """A file that somebody sent. Raises TelegramError."""
        file = await self._bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    @property
    def id(self) -> int:
        """Our own Telegram id."""
        return int(self._bot.id)

    @property
    def username(self) -> str:
        """Our own @name, without the @."""
        return str(self._bot.username)

    @property
    def link(self) -> str:
        """Opens a private chat with us."""
        return f"https://t.me/{self.username}"

    async def retire(self, place: Place, message_id: int) -> None:
        """Take the buttons off a message that a newer one has replaced."""
        await self._turn(place)
        await self._by_the_way(self._bot.edit_message_reply_markup(self._chat(place), message_id, reply_markup=None))

    async def remove(self, place: Place, message_id: int) -> None:
        """Take back a message that was for the meantime."""
        await self._by_the_way(self._bot.delete_message(self._chat(place), message_id))

    async def supersede(self, place: Place, message_id: int, text: RichText) -> None:
        """Say in a message what became of it, without its buttons. It may be gone."""
        await self._by_the_way(self.edit(place, message_id, text))

    async def typing(self, place: Place) -> None:
        thread = place.topic or None
        await self._by_the_way(self._bot.send_chat_action(self._chat(place), "typing", message_thread_id=thread))

    async def acknowledge(self, place: Place, message_id: int, emoji: str = "👍") -> None:
        """A reaction: seen and understood, without a message of its own. "" takes it back."""
        reaction = ReactionTypeEmoji(emoji) if emoji else None
        await self._by_the_way(self._bot.set_message_reaction(self._chat(place), message_id, reaction))

    async def _by_the_way(self, request: object) -> None:
        """Nice to have: a failure is nobody's business."""
        try:
            await request  # type: ignore[misc]  # a coroutine of the SDK, of any result
        except TelegramError as error:
            log.debug("left out a courtesy: %s", type(error).__name__)


def _for(place: Place, text: RichText) -> RichText:
    """In a group others read along: no number is shown in full there."""
    return RichText(tuple((masked(run), style) for run, style in text.runs)) if place.group else text


def _something(text: RichText) -> RichText:
    """What somebody else wrote may be nothing that can be seen, and an empty message is refused."""
    return text if text.text.strip() else plain("…")


def _entities(text: RichText) -> Sequence[MessageEntity] | None:
    return [MessageEntity(e.type, e.offset, e.length) for e in text.entities] or None


def _markup(place: Place, keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup([[_inline(place, button) for button in row] for row in keyboard])


def _inline(place: Place, button: Button) -> InlineKeyboardButton:
    label = _something(_for(place, plain(button.label))).text
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    return InlineKeyboardButton(label, callback_data=button.data)


__all__ = ["Forbidden", "Outgoing", "Post", "retry_after_s"]
