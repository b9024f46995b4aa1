"""A person with a Telegram app: writes, edits, sends contacts and voice notes, presses buttons.

Owns what people do and which updates the bot hears of it (privacy mode of groups, `bot_command` entities,
replies). Must not know HTTP. A terminal, a test or a page in a browser is a client of this.

Follows https://core.telegram.org/bots/api#update, https://core.telegram.org/bots/features#privacy-mode,
#callbackquery.
"""

import unicodedata
from collections.abc import Callable

from sandbox.telegram.chat import Chat, Cloud, Message, Press, User
from sandbox.telegram.error import JsonObject
from sandbox.telegram.limits import REACTIONS
from sandbox.telegram.text import TEXT_LIMIT, bot_commands, utf16_length


def plain_label(label: str) -> str:
    """A button's text without emoji, case and double spaces: what a person would call the button."""
    kept = (c if unicodedata.category(c)[0] in "LNPZ" or c in "+<>=~^|`$€£" else " " for c in label)
    return " ".join("".join(kept).casefold().split())


class Person:
    def __init__(self, cloud: Cloud, user: User, chat: Chat) -> None:
        self.cloud = cloud
        self.user = user
        self.chat = chat  # the private chat with the bot

    @property
    def id(self) -> int:
        return self.user.id

    def say(
        self,
        text: str,
        *,
        reply_to: Message | None = None,
        chat: Chat | None = None,
        topic: int | None = None,
    ) -> Message:
        """Write to the bot, or to a group. Raises ValueError for what no app would send as one message."""
        text = text.strip()
        if not 1 <= utf16_length(text) <= TEXT_LIMIT:
            raise ValueError("an app sends 1 to 4096 UTF-16 units as one message")
        message = self._new(chat, reply_to, topic)
        message.text, message.entities = text, bot_commands(text)
        return self._send(message)

    def edit(self, message: Message, text: str) -> None:
        if message.sender != self.id:
            raise ValueError(f"message {message.id} is not {self.user.first_name}'s")
        message.text, message.entities = text.strip(), bot_commands(text.strip())
        self.cloud.edited(message)
        if self._bot_hears(message):
            self.cloud.tell("edited_message", message.as_json())

    def send_contact(
        self,
        phone_number: str,
        first_name: str,
        *,
        user_id: int | None = None,
        reply_to: Message | None = None,
        chat: Chat | None = None,
        topic: int | None = None,
    ) -> Message:
        """A contact card from the address book; with `user_id` a Telegram user's (one's own: `self.id`)."""
        message = self._new(chat, reply_to, topic)
        message.contact = {"phone_number": phone_number, "first_name": first_name}
        if user_id is not None:
            message.contact["user_id"] = user_id
        return self._send(message)

    def send_voice(
        self,
        audio: bytes,
        duration_s: int,
        *,
        caption: str = "",
        reply_to: Message | None = None,
        chat: Chat | None = None,
        topic: int | None = None,
    ) -> Message:
        """A voice note: OGG with Opus, as the apps record it."""
        message = self._new(chat, reply_to, topic)
        message.text = caption
        message.file = self.cloud.keep_file("voice", "voice.oga", "audio/ogg", audio, duration_s)
        return self._send(message)

    def send_audio(self, name: str, audio: bytes, mime_type: str, duration_s: int) -> Message:
        """A sound file, as a music player shows it."""
        message = self._new(None)
        message.file = self.cloud.keep_file("audio", name, mime_type, audio, duration_s)
        return self._send(message)

    def send_document(self, name: str, data: bytes, mime_type: str, *, chat: Chat | None = None) -> Message:
        message = self._new(chat)
        message.file = self.cloud.keep_file("document", name, mime_type, data)
        return self._send(message)

    def forward(self, message: Message, *, chat: Chat | None = None, topic: int | None = None) -> Message:
        """Send on what a message holds, with where it is from (MessageOriginUser)."""
        forwarded = self._new(chat, topic=topic)
        forwarded.text, forwarded.entities = message.text, message.entities
        forwarded.file, forwarded.contact = message.file, message.contact
        forwarded.forward_origin = message.forward_origin or {
            "type": "user",
            "sender_user": message.author.as_json(),
            "date": message.date,
        }
        return self._send(forwarded)

    def react(self, message: Message, emoji: str) -> None:
        """Put a reaction to a message, instead of the one there was; "" takes it back.

        MessageReactionUpdated: "The bot must be an administrator in the chat and must explicitly specify
        "message_reaction" in the list of allowed_updates to receive these updates"
        (https://core.telegram.org/bots/api#update). Raises ValueError for a reaction that Telegram does not have.
        """
        self._must_be_in(message.chat)
        if emoji and emoji not in REACTIONS:
            raise ValueError(f"there is no reaction {emoji!r}")
        before = message.reacted.pop(self.id, "")
        if emoji:
            message.reacted[self.id] = emoji
        self.cloud.changed("reacted", message.chat, message, emoji)
        if message.chat.blocked or (message.chat.is_group and message.chat.bot_status != "administrator"):
            return
        self.cloud.tell(
            "message_reaction",
            {
                "chat": message.chat.as_json(),
                "message_id": message.id,
                "user": self.user.as_json(),
                "date": self.cloud.date(),
                "old_reaction": [{"type": "emoji", "emoji": one} for one in (before,) if one],
                "new_reaction": [{"type": "emoji", "emoji": one} for one in (emoji,) if one],
            },
        )

    def press(self, message: Message, label: str) -> Press:
        """Press the button with this text, emoji and case aside. Raises LookupError naming the buttons."""
        buttons = [button for row in message.keyboard for button in row]
        for same in (str.strip, plain_label):
            for button in buttons:
                if same(button.label) == same(label) and not message.deleted:
                    if button.data is None:
                        raise LookupError(f"button {button.label!r} does not call the bot back: {button}")
                    return self.press_data(message, button.data)
        state = "deleted" if message.deleted else f"shows {[button.label for button in buttons]}"
        raise LookupError(f"no button {label!r}: message {message.id} in chat {message.chat.id} {state}")

    def press_data(self, message: Message, data: str) -> Press:
        """Press by the data, also of a button that is gone from the keyboard.

        CallbackQuery: "the message originated the query can contain no callback buttons with this data".
        """
        self._must_be_in(message.chat)
        press = self.cloud.new_press(self.user, message, data)
        query: JsonObject = {
            "id": press.id,
            "from": self.user.as_json(),
            "message": message.as_json(),
            "chat_instance": str(-message.chat.id * 7919),
            "data": data,
        }
        self.cloud.tell("callback_query", query)
        return press

    def block(self) -> None:
        """Stop the bot: what it sends to the private chat is forbidden from now on."""
        self._set_blocked(blocked=True)

    def unblock(self) -> None:
        self._set_blocked(blocked=False)

    async def wait_for(
        self,
        predicate: Callable[[Message], object],
        *,
        after: Message | None = None,
        chat: Chat | None = None,
        timeout: float = 60.0,  # noqa: ASYNC109 - part of the face that clients know; asyncio.timeout inside
    ) -> Message:
        """As `Chat.wait_for`, over messages that others sent: one's own words are never the answer."""
        return await (chat or self.chat).wait_for(
            lambda message: message.sender != self.id and predicate(message), after=after, timeout=timeout
        )

    def _new(self, chat: Chat | None, reply_to: Message | None = None, topic: int | None = None) -> Message:
        chat = chat or (reply_to.chat if reply_to else self.chat)
        self._must_be_in(chat)
        if topic is not None and topic not in chat.topics:
            raise ValueError(f"chat {chat.id} has no topic {topic}")
        message = self.cloud.new_message(chat, self.user)
        message.reply_to = reply_to
        message.topic = topic if topic is not None or reply_to is None else reply_to.topic
        return message

    def _must_be_in(self, chat: Chat) -> None:
        if self.id not in chat.members:
            raise ValueError(f"{self.user.first_name} is not in chat {chat.id}")

    def _send(self, message: Message) -> Message:
        if not message.chat.is_group:
            message.chat.met = True
        self.cloud.post(message)
        if self._bot_hears(message):
            self.cloud.tell("message", message.as_json())
        return message

    def _bot_hears(self, message: Message) -> bool:
        """With privacy mode a bot in a group gets commands for it and replies to it, not others' talk."""
        chat = message.chat
        if not chat.is_group:
            return not chat.blocked
        if chat.bot_status == "kicked":
            return False
        if chat.bot_status == "administrator" or not self.cloud.privacy_mode:
            return True
        if message.reply_to is not None and message.reply_to.sender == "bot":
            return True
        words = [word.rstrip(".,:;!?").casefold() for word in message.text.split()]
        bot = f"@{self.cloud.bot.username}".casefold()
        commands = [word for word in words if word.startswith("/")] if message.entities else []
        return bot in words or any("@" not in word or word.endswith(bot) for word in commands)

    def _set_blocked(self, *, blocked: bool) -> None:
        if self.chat.blocked != blocked:
            self.chat.blocked = blocked
            self.cloud.tell_of_membership(
                self.chat, self.user, *(("member", "kicked") if blocked else ("kicked", "member"))
            )
