"""The chats as Telegram's servers hold them: users, chats, messages, files, presses of buttons.

Owns the state that both sides see, and tells listeners of each change of it. Must not know HTTP, webhooks or
long polling: what the bot should hear goes to one sink as `(kind, payload)`. Validation of requests is
elsewhere.

Follows https://core.telegram.org/bots/api#available-types (the fields of Update, Message, Chat, User).
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sandbox.telegram.error import JsonObject

ChangeKind = Literal["message", "edit", "delete", "reaction", "reacted", "action", "answer"]


@dataclass(frozen=True)
class User:
    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def as_json(self) -> JsonObject:
        fields = {"username": self.username, "language_code": self.language_code}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name} | {
            name: value for name, value in fields.items() if value
        }


@dataclass(frozen=True)
class File:
    """What was uploaded, by the bot or by a person. `kind` is the field of Message that shows it."""

    file_id: str
    kind: Literal["document", "voice", "audio", "photo"]
    name: str
    mime_type: str
    data: bytes = field(repr=False)
    duration_s: int = 0

    @property
    def path(self) -> str:
        """The `file_path` of getFile."""
        return f"{self.kind}s/{self.file_id}/{self.name}"

    def as_json(self) -> JsonObject | list[JsonObject]:
        common = {
            "file_id": self.file_id,
            "file_unique_id": f"u-{self.file_id}",
            "file_size": len(self.data),
        }
        if self.kind == "photo":
            return [{**common, "width": 640, "height": 480}]
        if self.kind == "voice":
            return {**common, "mime_type": self.mime_type, "duration": self.duration_s}
        named = {**common, "mime_type": self.mime_type, "file_name": self.name}
        return {**named, "duration": self.duration_s} if self.kind == "audio" else named


class Button(NamedTuple):
    label: str
    data: str | None  # None: the button does something else than call the bot back
    url: str | None


class Edit(NamedTuple):
    time: float  # seconds on the loop's clock
    text: str


@dataclass(eq=False)
class Message:
    """One message, live: what the bot edits changes here."""

    chat: "Chat"
    id: int
    author: User
    date: int  # unix seconds
    sent_at: float  # seconds on the loop's clock
    text: str = ""  # or the caption, when there is a file
    entities: list[JsonObject] = field(default_factory=list)
    markup: JsonObject | None = None
    link_preview: JsonObject | None = None
    file: File | None = None
    contact: JsonObject | None = None
    forward_origin: JsonObject | None = None
    reply_to: "Message | None" = None
    topic: int | None = None
    silent: bool = False
    edits: list[Edit] = field(default_factory=list)
    edit_date: int | None = None
    reactions: list[str] = field(default_factory=list)  # the bot's
    reacted: dict[int, str] = field(default_factory=dict)  # people's, one each, by their ids
    deleted: bool = False

    @property
    def sender(self) -> Literal["bot"] | int:
        return "bot" if self.author.is_bot else self.author.id

    @property
    def keyboard(self) -> list[list[Button]]:
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows]

    @property
    def document(self) -> File | None:
        return self.file if self.file and self.file.kind == "document" else None

    @property
    def voice(self) -> File | None:
        return self.file if self.file and self.file.kind == "voice" else None

    @property
    def photo(self) -> File | None:
        return self.file if self.file and self.file.kind == "photo" else None

    def as_json(self, *, with_reply: bool = True) -> JsonObject:
        """The Message object. A `reply_to_message` holds no further one, "even if it itself is a reply"."""
        body: JsonObject = {
            "message_id": self.id,
            "from": self.author.as_json(),
            "chat": self.chat.as_json(),
            "date": self.date,
        }
        prefix = "caption" if self.file else "text"
        if self.text:
            body[prefix] = self.text
        if self.entities:
            body["caption_entities" if self.file else "entities"] = self.entities
        if self.file:
            body[self.file.kind] = self.file.as_json()
        if self.topic is not None:
            body |= {"message_thread_id": self.topic, "is_topic_message": True}
        if self.reply_to is not None and with_reply:
            body["reply_to_message"] = self.reply_to.as_json(with_reply=False)
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = self.markup
        optional = {
            "contact": self.contact,
            "forward_origin": self.forward_origin,
            "link_preview_options": self.link_preview,
            "edit_date": self.edit_date,
        }
        return body | {name: value for name, value in optional.items() if value}


class Change(NamedTuple):
    """What a listener hears. `detail`: the chat action, the reaction (the bot's, or one that is "reacted" by somebody),
    or the answer to a press.
    """

    kind: ChangeKind
    chat: "Chat"
    message: Message | None
    detail: str = ""


@dataclass(eq=False)
class Press:
    """A press of an inline button, until the bot answers it: `answered` then gives the text (maybe empty)."""

    id: str
    user: User
    message: Message
    data: str
    pressed_at: float  # seconds on the loop's clock
    answered: asyncio.Future[str]
    alert: bool = False


@dataclass(eq=False)
class Chat:
    cloud: "Cloud" = field(repr=False)
    id: int
    type: Literal["private", "group", "supergroup"]
    title: str = ""
    members: dict[int, User] = field(default_factory=dict)  # the people; in a group the first owns it
    username: str | None = None
    forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    bot_status: Literal["member", "administrator", "kicked"] = "member"
    upgraded_to: "Chat | None" = None  # of a group: the supergroup that took its place
    met: bool = True  # a bot cannot begin a private conversation
    blocked: bool = False
    messages: list[Message] = field(default_factory=list, repr=False)

    @property
    def is_group(self) -> bool:
        return self.type != "private"

    def as_json(self) -> JsonObject:
        body: JsonObject = {"id": self.id, "type": self.type}
        if self.is_group:
            body["title"] = self.title
        else:
            person = next(iter(self.members.values()))
            body["first_name"] = person.first_name
        username = self.username if self.is_group else person.username
        if username:
            body["username"] = username
        return body | ({"is_forum": True} if self.forum else {})

    def message(self, message_id: int) -> Message | None:
        """The message with this id, unless it was deleted."""
        return next((m for m in self.messages if m.id == message_id and not m.deleted), None)

    def open_topic(self, name: str) -> int:
        """A new forum topic; its `message_thread_id`."""
        topic = self.cloud.next_message_id(self)
        self.topics[topic] = name
        return topic

    async def wait_for(
        self,
        predicate: Callable[[Message], object],
        *,
        after: Message | None = None,
        timeout: float = 60.0,  # noqa: ASYNC109 - part of the face that clients know; asyncio.timeout inside
    ) -> Message:
        """The first message on show (later than `after`) that fits, now or once one comes or is edited.

        Waits at most `timeout` seconds on the loop's clock, then raises TimeoutError telling what is there.
        """
        changed = asyncio.Event()
        unlisten = self.cloud.listen(lambda change: changed.set() if change.chat is self else None)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    for message in list(self.messages):
                        later = after is None or message.id > after.id
                        if later and not message.deleted and predicate(message):
                            return message
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            shown = [(m.sender, m.text) for m in self.messages[-8:] if not m.deleted]
            raise TimeoutError(f"nothing in chat {self.id} fits after {timeout} s; it ends with {shown}") from None
        finally:
            unlisten()


class Cloud:
    """All chats of one bot. `tell` hears of what makes an update, listeners of every change."""

    def __init__(self, bot: User, tell: Callable[[str, JsonObject], None], *, privacy_mode: bool = True) -> None:
        self.bot = bot
        self.tell = tell
        self.privacy_mode = privacy_mode
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.presses: dict[str, Press] = {}
        self._listeners: list[Callable[[Change], None]] = []
        self._private_ids = itertools.count(1)
        self._group_ids: dict[int, itertools.count[int]] = {}
        self._file_ids = itertools.count(1)
        self._press_ids = itertools.count(4_000_000_000_000_001)
        self._epoch: float | None = None

    def now(self) -> float:
        """Seconds on the running loop's clock: a fast-forwarded loop takes the chats along."""
        return asyncio.get_running_loop().time()

    def date(self) -> int:
        """Unix seconds, moving with the loop's clock from the wall clock's date at the first use."""
        if self._epoch is None:
            self._epoch = time.time() - self.now()
        return int(self._epoch + self.now())

    def listen(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back at each change of a chat; the returned function ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def changed(self, kind: ChangeKind, chat: Chat, message: Message | None, detail: str = "") -> None:
        for callback in list(self._listeners):
            callback(Change(kind, chat, message, detail))

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; all private chats and small groups of an account share one count."""
        if chat.type != "supergroup":
            return next(self._private_ids)
        return next(self._group_ids.setdefault(chat.id, itertools.count(1)))

    def new_message(self, chat: Chat, author: User) -> Message:
        """Not yet on show: fill it and `post` it."""
        return Message(chat, self.next_message_id(chat), author, self.date(), self.now())

    def post(self, message: Message) -> None:
        message.chat.messages.append(message)
        self.changed("message", message.chat, message)

    def edited(self, message: Message) -> None:
        message.edit_date = self.date()
        message.edits.append(Edit(self.now(), message.text))
        self.changed("edit", message.chat, message)

    def keep_file(
        self,
        kind: Literal["document", "voice", "audio", "photo"],
        name: str,
        mime_type: str,
        data: bytes,
        duration_s: int = 0,
    ) -> File:
        file_id = f"file-{next(self._file_ids)}"
        self.files[file_id] = File(file_id, kind, name, mime_type, data, duration_s)
        return self.files[file_id]

    def new_press(self, user: User, message: Message, data: str) -> Press:
        answered = asyncio.get_running_loop().create_future()
        press = Press(str(next(self._press_ids)), user, message, data, self.now(), answered)
        self.presses[press.id] = press
        return press

    def tell_of_membership(self, chat: Chat, by: User, old: str, new: str) -> None:
        """The `my_chat_member` update: the bot was added, removed, blocked or unblocked."""
        self.tell(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": by.as_json(),
                "date": self.date(),
                "old_chat_member": self.membership(self.bot, old),
                "new_chat_member": self.membership(self.bot, new),
            },
        )

    def membership(self, user: User, status: str) -> JsonObject:
        """The ChatMember object of a user."""
        body: JsonObject = {"user": user.as_json(), "status": status}
        if status == "creator":
            body["is_anonymous"] = False
        if status == "kicked":
            body["until_date"] = 0
        if status == "administrator":
            rights = (
                "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
                "can_change_info can_promote_members can_invite_users "
                "can_post_stories can_edit_stories can_delete_stories"
            )
            body |= dict.fromkeys(rights.split(), True) | {"can_be_edited": False, "is_anonymous": False}
        return body
