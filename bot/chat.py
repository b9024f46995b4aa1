"""Where a conversation takes place: a chat, perhaps a topic of it, and what its people have set for it.

Pure. Owns the settings of a chat. Follows https://core.telegram.org/bots/api#chat (groups have negative ids) and
#message (`message_thread_id` of a forum topic).
"""

from dataclasses import dataclass

from bot import when
from bot.wording import Words, words


@dataclass(frozen=True)
class Place:
    """A chat, and the forum topic in it (0 outside of topics)."""

    chat_id: int
    topic: int = 0

    @property
    def group(self) -> bool:
        return self.chat_id < 0


@dataclass(frozen=True)
class Chat:
    """A chat's settings. `zone` is an IANA time zone, `language` ISO 639-1, `country` ISO 3166-1 alpha-2."""

    id: int
    title: str = ""
    allowed: bool = False  # of a group: by an admin
    language: str = "en"
    zone: str = "UTC"
    town: str = ""
    country: str = ""
    persona: str = ""
    disclose: bool | None = None  # None: as the deployment does

    @property
    def group(self) -> bool:
        return self.id < 0

    @property
    def words(self) -> Words:
        return words(self.language)

    def when(self, at_unix: float, now_unix: float) -> str:
        """A moment, as this chat's people say it: "tomorrow, Mon 23 Nov, 09:00 (Europe/Berlin)"."""
        found = when.spoken(at_unix, self.zone, self.language, now_unix)
        return self.words(f"when-{found.day or 'other'}", date=found.date, time=found.time, zone=found.zone_name)

    def date(self, at_unix: float) -> str:
        """A day, in the chat's time zone and language."""
        return when.spoken(at_unix, self.zone, self.language, at_unix).date
