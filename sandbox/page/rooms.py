"""The chats on the page, and the people whose phones they are on.

Owns who there is to be: the requester, who is an admin, and a second person who is not allowed; a group and a forum in
which both are. What is done in a room is done by a `Person` of the stand-in for Telegram, as everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.page.commands import Edit, Forward, Press, React, Say, ShareContact, VoiceNote
from sandbox.telegram import Chat, Message, Person, TelegramStandIn
from sandbox.telegram import Press as Pressed
from sandbox.voice_note import as_ogg, lasts_s, voice_note

STRANGER_ID = 2002
FAMILY_ID, TRIP_ID = -1001234567890, -1009876543210
_TOPIC = "Dinner"
_IN_A_GROUP = "The bot hears commands, replies, and what names it: @ringback_bot call …"


@dataclass(frozen=True)
class Room:
    """`topic`: where in a forum everything is written."""

    key: str
    title: str
    about: str
    hint: str
    people: tuple[Person, ...]
    chat: Chat
    topic: int | None = None

    def view(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "about": self.about,
            "hint": self.hint,
            "people": [{"id": person.id, "name": person.user.first_name} for person in self.people],
            "group": self.chat.is_group,
        }


class Rooms:
    def __init__(
        self, telegram: TelegramStandIn, requester: Person, speech: Callable[[str], bytes] = voice_note
    ) -> None:
        """`speech` makes a voice note's file of words."""
        self._telegram = telegram
        self._speech = speech
        stranger = telegram.person(STRANGER_ID, "Mallory")
        self._everybody = (requester, stranger)
        self._makers = {"family": self._family, "trip": self._trip}
        self._rooms = {
            room.key: room
            for room in (
                Room("own", "Ringback", "you are Shane, an admin", "Message", (requester,), requester.chat),
                Room(
                    "stranger",
                    "Ringback",
                    "you are Mallory, whom nobody allowed",
                    "Write as Mallory",
                    (stranger,),
                    stranger.chat,
                ),
            )
        }

    def doors(self) -> list[dict[str, str]]:
        """What there is to open."""
        return [
            {"key": "own", "label": "Shane"},
            {"key": "family", "label": "Family"},
            {"key": "trip", "label": f"Trip › {_TOPIC}"},
            {"key": "stranger", "label": "A stranger"},
        ]

    def all(self) -> list[Room]:
        """Those that have been opened."""
        return list(self._rooms.values())

    def open(self, key: str) -> Room:
        """Raises ValueError for a room that is none."""
        if key not in self._rooms and key in self._makers:
            self._rooms[key] = self._makers[key]()
        return self._room(key)

    def of(self, chat: Chat) -> Room | None:
        return next((room for room in self._rooms.values() if room.chat is chat), None)

    def write(self, command: Say | VoiceNote | ShareContact) -> None:
        """Raises ValueError for what no app would send."""
        room = self._room(command.room)
        person = self._person(room, command.by)
        reply_to = None if command.reply_to is None else self._message(room, command.reply_to)
        where: dict[str, Any] = {"chat": room.chat, "reply_to": reply_to, "topic": room.topic}
        match command:
            case Say(text=text):
                person.say(text, **where)
            case ShareContact(phone=phone, name=name):
                person.send_contact(phone, name, **where)
            case VoiceNote(words=words, audio=audio):
                file = as_ogg(audio) if audio else self._speech(words)
                person.send_voice(file, lasts_s(file), **where)

    def edit(self, command: Edit) -> None:
        room = self._room(command.room)
        self._person(room, command.by).edit(self._message(room, command.message), command.text)

    def forward(self, command: Forward) -> None:
        room, to = self._room(command.room), self.open(command.to)
        self._person(to, command.by).forward(self._message(room, command.message), chat=to.chat, topic=to.topic)

    def react(self, command: React) -> None:
        """Raises ValueError for a reaction that Telegram does not have."""
        room = self._room(command.room)
        self._person(room, command.by).react(self._message(room, command.message), command.emoji)

    def press(self, command: Press) -> Pressed:
        """Raises ValueError for a button that is not on the message."""
        room = self._room(command.room)
        message = self._message(room, command.message)
        if command.data not in {button.data for row in message.keyboard for button in row}:
            raise ValueError("that button is gone")
        return self._person(room, command.by).press_data(message, command.data)

    def _room(self, key: str) -> Room:
        if key not in self._rooms:
            raise ValueError(f"there is no room {key!r}")
        return self._rooms[key]

    def _person(self, room: Room, person_id: int) -> Person:
        for person in room.people:
            if person.id == person_id:
                return person
        raise ValueError("nobody with that id is in the room")

    def _message(self, room: Room, message_id: int) -> Message:
        message = room.chat.message(message_id)
        if message is None:
            raise ValueError("that message is gone")
        return message

    def _family(self) -> Room:
        chat = self._telegram.group(FAMILY_ID, "Family", self._everybody)
        return Room("family", "Family", "Shane, Mallory and the bot", _IN_A_GROUP, self._everybody, chat)

    def _trip(self) -> Room:
        chat = self._telegram.group(TRIP_ID, "Trip to Rome", self._everybody, forum=True)
        topic = chat.open_topic(_TOPIC)
        return Room("trip", f"Trip to Rome › {_TOPIC}", "a topic of a forum", _IN_A_GROUP, self._everybody, chat, topic)


def _excerpt(message: Message) -> str:
    return message.text[:90] or (message.file.kind if message.file else "")


def _reactions(message: Message) -> list[dict[str, Any]]:
    """Each emoji once, with the ids and names of those who put it there; the bot's id is its account's."""
    bot = message.chat.cloud.bot
    put = [(emoji, bot) for emoji in message.reactions]
    put += [(emoji, message.chat.members[person]) for person, emoji in message.reacted.items()]
    return [
        {
            "emoji": emoji,
            "by": [u.id for e, u in put if e == emoji],
            "names": [u.first_name for e, u in put if e == emoji],
        }
        for emoji in dict.fromkeys(emoji for emoji, _ in put)
    ]


def message_view(message: Message, room: Room) -> dict[str, Any]:
    """A message for the page. Entities are Telegram's: their offsets count UTF-16, as JavaScript's strings do."""
    file, reply = message.file, message.reply_to
    origin = (message.forward_origin or {}).get("sender_user", {})
    return {
        "room": room.key,
        "id": message.id,
        "by": message.author.id,
        "name": message.author.first_name,
        "bot": message.author.is_bot,
        "date": message.date,
        "text": message.text,
        "entities": message.entities,
        "keyboard": [[button._asdict() for button in row] for row in message.keyboard],
        "file": file
        and {"id": file.file_id, "kind": file.kind, "name": file.name, "size": len(file.data), "s": file.duration_s},
        "contact": message.contact,
        "forwarded": origin.get("first_name", ""),
        "reply": reply and {"id": reply.id, "name": reply.author.first_name, "text": _excerpt(reply)},
        "general": message.chat.forum and message.topic is None,
        "edited": message.edit_date is not None,
        "reactions": _reactions(message),
        "deleted": message.deleted,
    }
