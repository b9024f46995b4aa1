"""A message that was said to us, read: who, where, what.

Owns nothing. The edge between Telegram's shapes (`handlers.py`) and those who answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Message

from bot.buttons import Answer, Tap
from bot.chat import Chat, Place
from bot.drafting import Request
from bot.wording import Words


@dataclass(frozen=True)
class Said:
    """A message to us: who wrote what, where. `argument` is what follows a command."""

    message: Message
    place: Place
    chat: Chat
    person_id: int
    name: str
    text: str
    argument: str

    @property
    def words(self) -> Words:
        return self.chat.words

    @property
    def reply_to(self) -> int:
        """The message that an answer should reply to: in a group it shows whom it answers."""
        return self.message.message_id if self.place.group else 0

    def request(self, text: str, *, new: bool = False) -> Request:
        replied = self.message.reply_to_message
        # In a forum every message "replies" to the one that began its topic.
        real = replied is not None and replied.message_id != self.place.topic
        reply_to = replied.message_id if real and replied else 0
        return Request(self.place, self.person_id, self.name, text, self.message.message_id, reply_to, new)


Handler = Callable[[Said], Awaitable[None]]
TapHandler = Callable[[Tap], Awaitable[Answer]]
