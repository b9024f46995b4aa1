"""Voice messages as requests: written down, shown as understood, and then handled like typed words.

Owns their limits and what is said when one cannot be used. What was said is in no log. Follows
https://core.telegram.org/bots/api#voice and #audio, #getfile ("bots can download files of up to 20MB in size") and
https://platform.openai.com/docs/guides/speech-to-text (which formats are taken).
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath

from telegram import Audio, Voice
from telegram.error import TelegramError

from bot.desk import Desk
from bot.people import People
from bot.people_view import id_for
from bot.post import Post
from bot.richtext import clip
from bot.said import Said
from bot.text_model import TextModel
from bot.wording import Words
from bridge.errors import ModelError

log = logging.getLogger(__name__)

MAX_S = 5 * 60
MAX_BYTES = 20 * 1024 * 1024
_ECHO = 3500  # UTF-16 units of what was understood
_UNREADABLE = "400"  # of a file that is no sound, or none that OpenAI can read
_ENDINGS = frozenset({"flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm"})
_BY_TYPE = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
}


class VoiceNotes:
    """`reply` is asked first about the words, as it is about typed ones."""

    def __init__(
        self,
        *,
        post: Post,
        people: People,
        text_model: TextModel,
        desk: Desk,
        reply: Callable[[Said], Awaitable[bool]],
    ) -> None:
        self._post = post
        self._people = people
        self._text_model = text_model
        self._desk = desk
        self._reply = reply

    async def heard(self, said: Said) -> None:
        """A voice message, or a sound file."""
        sound = said.message.voice or said.message.audio
        if sound is None:
            return
        if not self._people.may_call(said.person_id):  # whose words would lead to nothing: not worth its cost
            await self._say(said, said.words("refused-role", id=id_for(said.place, said.person_id)))
        elif refusal := _refusal(said.words, sound):
            await self._say(said, refusal)
        elif words := await self._understood(said, sound):
            echo = said.words("voice-heard", words=clip(words, _ECHO))
            await self._post.send(said.place, echo, silent=True, reply_to=said.message.message_id)
            text = f"{said.text}\n{words}".strip()  # a caption comes first: it tells what the voice is about
            if not await self._reply(replace(said, text=text)):
                await self._desk.request(said.request(text))

    async def _understood(self, said: Said, sound: Voice | Audio) -> str:
        """The words; "" where there are none, which has been said."""
        message_id = said.message.message_id
        await self._post.acknowledge(said.place, message_id, "👀")
        await self._post.typing(said.place)
        try:
            audio = await self._post.fetch(sound.file_id)
            words = await self._text_model.transcribe(audio, ending=_ending(sound))
        except TelegramError as error:
            log.info("a voice message could not be fetched: %s", type(error).__name__)
            await self._say(said, said.words("voice-gone"))
        except ModelError as error:
            await self._say(said, _failure(said.words, error))
        else:
            if not words:
                await self._say(said, said.words("voice-failed"))
            return words
        finally:
            await self._post.acknowledge(said.place, message_id, "")
        return ""

    async def _say(self, said: Said, text: str) -> None:
        await self._post.send(said.place, text, reply_to=said.message.message_id)


def _refusal(words: Words, sound: Voice | Audio) -> str:
    """Why it is not even fetched, or ""."""
    length = sound.duration
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if seconds > MAX_S:
        return words("voice-too-long", minutes=MAX_S // 60)
    if (sound.file_size or 0) > MAX_BYTES:
        return words("voice-too-large", megabytes=MAX_BYTES // (1024 * 1024))
    return "" if _ending(sound) else words("voice-failed")


def _ending(sound: Voice | Audio) -> str:
    """The ending of a file name by which its format is known; "" for none. Telegram's own, `.oga`, is not taken."""
    if isinstance(sound, Voice):
        return "ogg"
    ending = PurePath(sound.file_name or "").suffix.removeprefix(".").lower()
    if ending in ("oga", "opus"):
        return "ogg"
    return ending if ending in _ENDINGS else _BY_TYPE.get(sound.mime_type or "", "")


def _failure(words: Words, error: ModelError) -> str:
    if str(error) == _UNREADABLE:
        return words("voice-failed")
    if error.code == "model-denied":
        return words("voice-denied", status=str(error))
    return words("voice-unreachable")
