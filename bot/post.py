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
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.cards import NO_BUTTONS, Keyboard
from bot.richtext import MAX_MESSAGE, RichText, clip, plain

log = logging.getLogger(__name__)

_ATTEMPTS = 8
PACE_S = 1.0  # a chat takes one message or edit a second
BURST_S = 2.0  # of messages that may come early


def retry_after_s(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _passing(error: BaseException) -> bool:
    """Worth another try. PTB's BadRequest is a NetworkError too, and is none."""
    return isinstance(error, (RetryAfter, NetworkError)) and not isinstance(error, (BadRequest, InvalidToken))


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
        chat_id: int,
        text: RichText | str,
        keyboard: Keyboard = NO_BUTTONS,
        *,
        silent: bool = False,
        reply_to: int = 0,
    ) -> int: ...
    async def edit(self, chat_id: int, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None: ...


class Post:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._spent_until: dict[int, float] = {}  # chat -> when what was sent will have had its second each

    async def _turn(self, chat_id: int) -> None:
        """Wait until a chat takes one more message, whoever else writes to it: two live views share one budget.
        Whoever writes too fast is kept waiting for longer than this (core.telegram.org/bots/faq).
        """
        now = asyncio.get_running_loop().time()
        due = max(now, self._spent_until.get(chat_id, now))
        self._spent_until[chat_id] = due + PACE_S
        await asyncio.sleep(max(0.0, due - BURST_S - now))

    @_must_arrive
    async def send(
        self,
        chat_id: int,
        text: RichText | str,
        keyboard: Keyboard = NO_BUTTONS,
        *,
        silent: bool = False,
        reply_to: int = 0,
    ) -> int:
        """The message's id. Raises TelegramError when it cannot arrive (the chat is gone, the bot blocked)."""
        await self._turn(chat_id)
        rich = plain(clip(text, MAX_MESSAGE)) if isinstance(text, str) else text
        message = await self._bot.send_message(
            chat_id,
            rich.text,
            entities=_entities(rich),
            reply_markup=_markup(keyboard),
            disable_notification=silent,
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )
        return message.message_id

    @_must_arrive
    async def ask(self, chat_id: int, text: str, placeholder: str) -> int:
        """A question whose answer is a reply to it."""
        await self._turn(chat_id)
        message = await self._bot.send_message(
            chat_id, text, reply_markup=ForceReply(input_field_placeholder=placeholder)
        )
        return message.message_id

    @_must_arrive
    async def ask_for_contact(self, chat_id: int, text: str, label: str) -> None:
        """With a button that shares the person's own contact."""
        button = KeyboardButton(label, request_contact=True)
        await self._turn(chat_id)
        await self._bot.send_message(
            chat_id,
            text,
            reply_markup=ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True),
        )

    @_must_arrive
    async def thank_for_contact(self, chat_id: int, text: str) -> None:
        """And take the button away."""
        await self._turn(chat_id)
        await self._bot.send_message(chat_id, text, reply_markup=ReplyKeyboardRemove())

    async def edit(self, chat_id: int, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        """Raises RetryAfter and NetworkError for the caller to try again with what is newest by then."""
        await self._turn(chat_id)
        try:
            await self._bot.edit_message_text(
                text.text, chat_id, message_id, entities=_entities(text), reply_markup=_markup(keyboard)
            )
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise

    @_must_arrive
    async def redraw(self, chat_id: int, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        """An edit that no newer one will follow: it must arrive."""
        await self.edit(chat_id, message_id, text, keyboard)

    @_must_arrive
    async def send_file(self, chat_id: int, name: str, content: str, *, reply_to: int = 0) -> None:
        await self._turn(chat_id)
        await self._bot.send_document(
            chat_id,
            InputFile(content.encode(), filename=name),
            reply_to_message_id=reply_to or None,
            allow_sending_without_reply=True if reply_to else None,
        )

    async def retire(self, chat_id: int, message_id: int) -> None:
        """Take the buttons off a message that a newer one has replaced."""
        await self._turn(chat_id)
        await self._by_the_way(self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=None))

    async def typing(self, chat_id: int) -> None:
        await self._by_the_way(self._bot.send_chat_action(chat_id, "typing"))

    async def acknowledge(self, chat_id: int, message_id: int) -> None:
        await self._by_the_way(self._bot.set_message_reaction(chat_id, message_id, ReactionTypeEmoji("👍")))

    async def _by_the_way(self, request: object) -> None:
        """Nice to have: a failure is nobody's business."""
        try:
            await request  # type: ignore[misc]  # a coroutine of the SDK, of any result
        except TelegramError as error:
            log.debug("left out a courtesy: %s", type(error).__name__)


def _entities(text: RichText) -> Sequence[MessageEntity] | None:
    return [MessageEntity(e.type, e.offset, e.length) for e in text.entities] or None


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in keyboard]
    )


__all__ = ["Forbidden", "Outgoing", "Post", "retry_after_s"]
