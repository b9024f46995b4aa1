"""The settings of a chat: shown, changed by buttons or by what is written, and noted in the audit log.

Owns who may change what, and the questions that a reply answers; the settings themselves are the roster's. In a group
only admins change them. That the agent says it is an AI only an admin may switch off, and anybody may switch on.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

from telegram.error import TelegramError

from bot import preferences_view, wording, zones
from bot.buttons import Answer, Keyboard, Tap
from bot.chat import Chat, Place
from bot.conversation import Rules
from bot.ledger import Ledger
from bot.people import People
from bot.post import Post
from bot.preferences_view import NO_PERSONA, Asked, SettingPress, View
from bot.richtext import RichText, clip
from bot.roster import Roster
from bot.said import Handler, Said
from bot.store import Store, WallClock
from bot.when import known_zone
from bot.wording import Words
from prompts import library

log = logging.getLogger(__name__)

_Verb = Callable[[SettingPress, Tap, Chat], Awaitable[Answer]]


class Preferences:
    """`number` is the one that calls are made from (E.164): it tells where the chats probably are."""

    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        people: People,
        ledger: Ledger,
        rules: Callable[[Chat], Rules],
        number: str,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._people = people
        self._ledger = ledger
        self._rules = rules
        self._number = number
        self._wall = wall
        self._verbs: dict[str, _Verb] = {
            "language": self._language,
            "zone": self._zone,
            "ask-zone": self._ask_zone,
            "place": self._ask_place,
            "persona": self._persona,
            "disclosure": self._disclosure,
            "back": self._back,
        }

    def by_name(self) -> Mapping[str, Handler]:
        return {"settings": self._settings}

    def first_steps(self, chat: Chat) -> tuple[RichText, Keyboard]:
        """What was taken for granted at the first meeting, with buttons to change it."""
        return self._page(chat, "start")

    # Presses

    async def press(self, tap: Tap) -> Answer:
        """A button of the settings; the owner of `s:`."""
        chat = await self._roster.chat(tap.place.chat_id)
        try:
            press = SettingPress.read(tap.data)
        except ValueError:
            return Answer(chat.words("gone-button"))
        verb = self._verbs.get(press.verb)
        if verb is None:
            return Answer(chat.words("gone-button"))
        more_careful = press.verb == "disclosure" and press.choice == "on"
        if not (more_careful or self._may_change(tap.place, tap.person_id)):
            return Answer(chat.words("settings-admins"))
        return await verb(press, tap, chat)

    async def _back(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        return self._turned(tap, *self._page(chat, press.view))

    async def _language(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        if not press.choice:
            text, _ = self._page(chat, press.view)
            return self._turned(tap, text, preferences_view.language_buttons(chat, press.view))
        if press.choice not in wording.languages():
            return Answer(chat.words("gone-button"))
        return await self._changed(press, tap, f"language {press.choice}", language=press.choice)

    async def _zone(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        if not press.choice:
            text, _ = self._page(chat, press.view)
            likely = zones.likely(self._number, chat.language)
            return self._turned(tap, text, preferences_view.zone_buttons(chat, likely, self._wall(), press.view))
        if known_zone(press.choice) != press.choice:
            return Answer(chat.words("gone-button"))
        return await self._changed(press, tap, f"zone {press.choice}", zone=press.choice)

    async def _ask_zone(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        asked = Asked("zone", press.view, tap.message_id)
        return Answer(then=lambda: self._ask(tap.place, asked, chat.words("settings-ask-zone"), chat.words))

    async def _ask_place(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        asked = Asked("place", press.view, tap.message_id)
        return Answer(then=lambda: self._ask(tap.place, asked, chat.words("settings-ask-place"), chat.words))

    async def _persona(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        if not press.choice:
            text, _ = self._page(chat, press.view)
            return self._turned(tap, text, preferences_view.persona_buttons(chat, press.view))
        if press.choice != NO_PERSONA and press.choice not in library.personas():
            return Answer(chat.words("gone-button"))
        persona = "" if press.choice == NO_PERSONA else press.choice
        return await self._changed(press, tap, f"persona {press.choice}", persona=persona)

    async def _disclosure(self, press: SettingPress, tap: Tap, chat: Chat) -> Answer:
        if press.choice not in ("on", "off"):
            return Answer(chat.words("gone-button"))
        disclose = press.choice == "on"
        if not disclose and not self._people.is_admin(tap.person_id):
            return Answer(chat.words("settings-disclosure-fixed"))
        return await self._changed(press, tap, f"disclosure {press.choice}", disclose=disclose)

    async def _changed(self, press: SettingPress, tap: Tap, detail: str, **values: str | bool) -> Answer:
        chat = await self._keep(tap.place, tap.person_id, detail, **values)
        answer = self._turned(tap, *self._page(chat, press.view))
        return Answer(chat.words("settings-kept"), answer.then)

    def _turned(self, tap: Tap, text: RichText, keyboard: Keyboard) -> Answer:
        return Answer(then=lambda: self._post.redraw(tap.place, tap.message_id, text, keyboard))

    # Words

    async def _settings(self, said: Said) -> None:
        await self._post.send(said.place, *self._page(said.chat, "all"), reply_to=said.reply_to)

    async def reply(self, said: Said) -> bool:
        """The answer to a question of ours, also to one of a former process. False where there is none."""
        replied = said.message.reply_to_message
        asked = Asked.read(await self._store.asked(said.place, replied.message_id)) if replied else None
        if asked is None:
            return False
        if self._may_change(said.place, said.person_id):
            await self._answered(said, asked)
        else:
            await self._post.send(said.place, said.words("settings-admins"), reply_to=said.reply_to)
        return True

    async def _answered(self, said: Said, asked: Asked) -> None:
        words, chat = said.words, said.chat
        if asked.what == "zone":
            if not (zone := known_zone(said.text)):
                unknown = words("settings-zone-unknown", text=clip(said.text, 100))
                await self._ask(said.place, asked, unknown, words, reply_to=said.reply_to)
                return
            chat = await self._keep(said.place, said.person_id, f"zone {zone}", zone=zone)
            line = preferences_view.zone_line(chat, self._wall())
        else:
            if not (place := preferences_view.read_place(said.text, words.language)):
                await self._ask(said.place, asked, words("settings-place-unknown"), words, reply_to=said.reply_to)
                return
            chat = await self._keep(said.place, said.person_id, "town", town=place[0], country=place[1])
            line = preferences_view.place_line(chat)
        await self._post.send(said.place, f"{words('settings-kept')} {line}", reply_to=said.reply_to)
        await self._redraw(said.place, asked, chat)

    async def _redraw(self, place: Place, asked: Asked, chat: Chat) -> None:
        """The message that the question came from, which may be gone by now."""
        try:
            await self._post.redraw(place, asked.message_id, *self._page(chat, asked.view))
        except TelegramError:
            log.info("the message of settings could not be brought up to date")

    async def _ask(self, place: Place, asked: Asked, text: str, words: Words, *, reply_to: int = 0) -> None:
        example = words(f"settings-example-{asked.what}")
        message_id = await self._post.ask(place, text, example, reply_to=reply_to)
        await self._store.ask(place, message_id, str(asked))

    # What both have in common

    def _may_change(self, place: Place, person_id: int) -> bool:
        return not place.group or self._people.is_admin(person_id)

    async def _keep(self, place: Place, person_id: int, detail: str, **values: str | bool) -> Chat:
        chat = await self._roster.keep_chat(place.chat_id, **values)
        await self._ledger.note(person_id, place.chat_id, "setting", detail)
        return chat

    def _page(self, chat: Chat, view: View) -> tuple[RichText, Keyboard]:
        if view == "start":
            return preferences_view.first_steps(chat, self._wall()), preferences_view.first_buttons(chat.words)
        disclose = self._rules(chat).disclose
        text = preferences_view.settings(chat, disclose=disclose, now_unix=self._wall())
        return text, preferences_view.settings_buttons(chat.words, disclose=disclose)
