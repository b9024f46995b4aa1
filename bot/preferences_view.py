"""The settings of a chat as they are shown, with their buttons, and the reading of what was written about them.

Pure: data in, rich text and buttons out. Owns their layout and the data of their buttons,
`s:<verb>[=<choice>]:<view>`; a view is the message that a button stands under.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import phonenumbers
from babel import Locale
from babel.core import get_global

from bot import cards, wording
from bot.buttons import Button, Keyboard, in_pairs
from bot.chat import Chat
from bot.richtext import RichText, bold, lines, plain
from bot.when import spoken
from bot.wording import Words
from prompts import library

View = Literal["all", "start"]
What = Literal["zone", "place"]
NO_PERSONA = "none"  # what fits best
_MAX_TOWN = 100  # characters


@dataclass(frozen=True)
class SettingPress:
    """The data of a settings button, read. Raises ValueError for data that is none of ours."""

    verb: str
    choice: str
    view: View

    @classmethod
    def read(cls, data: str) -> "SettingPress":
        prefix, what, view = data.split(":")
        if prefix != "s" or view not in get_args(View):
            raise ValueError("not a button of ours")
        verb, _, choice = what.partition("=")
        return cls(verb, choice, view)  # type: ignore[arg-type]  # one of the views, as was just seen


@dataclass(frozen=True)
class Asked:
    """What a reply to a question sets, and the message of settings that it was asked from."""

    what: What
    view: View
    message_id: int

    def __str__(self) -> str:
        """As the store keeps it, in at most 32 characters."""
        return f"{self.what}:{self.view}:{self.message_id}"

    @classmethod
    def read(cls, about: str) -> "Asked | None":
        """None for what somebody else has asked."""
        what, _, rest = about.partition(":")
        view, _, message_id = rest.partition(":")
        if what not in get_args(What) or view not in get_args(View) or not message_id.isdecimal():
            return None
        return cls(what, view, int(message_id))  # type: ignore[arg-type]  # both were just seen to be of theirs


def button(label: str, verb: str, view: View, choice: str = "") -> Button:
    return Button(label, f"s:{verb}{'=' if choice else ''}{choice}:{view}")


# The message


def settings(chat: Chat, *, disclose: bool, now_unix: float) -> RichText:
    """`disclose` is what holds in this chat, whoever decided it."""
    return lines(
        [
            bold(chat.words("settings-title")),
            plain(language_line(chat)),
            plain(zone_line(chat, now_unix)),
            plain(place_line(chat)),
            plain(persona_line(chat)),
            plain(disclosure_line(chat, disclose=disclose)),
        ]
    )


def language_line(chat: Chat) -> str:
    return chat.words("settings-language", value=_language(chat))


def zone_line(chat: Chat, now_unix: float) -> str:
    now = spoken(now_unix, chat.zone, chat.language, now_unix)
    return chat.words("settings-zone", value=now.zone_name, time=now.time)


def place_line(chat: Chat) -> str:
    place = f"{chat.town}, {chat.country}" if chat.town else chat.words("settings-unset")
    return chat.words("settings-place", value=place)


def persona_line(chat: Chat) -> str:
    known = chat.persona in library.personas()
    name = cards.persona_name(chat.words, chat.persona) if known else chat.words("settings-persona-none")
    return chat.words("settings-persona", value=name)


def disclosure_line(chat: Chat, *, disclose: bool) -> str:
    return chat.words("settings-disclosure", value=chat.words("settings-on" if disclose else "settings-off"))


def settings_buttons(words: Words, *, disclose: bool) -> Keyboard:
    return (
        (_page(words, "language"), _page(words, "zone")),
        (_page(words, "place"), _page(words, "persona")),
        (button(words("settings-button-disclosure"), "disclosure", "all", "off" if disclose else "on"),),
    )


def first_steps(chat: Chat, now_unix: float) -> RichText:
    """What was taken for granted at the first meeting."""
    now = spoken(now_unix, chat.zone, chat.language, now_unix)
    return plain(chat.words("start-steps", language=_language(chat), zone=now.zone_name, time=now.time))


def first_buttons(words: Words) -> Keyboard:
    return ((_page(words, "language", "start"), _page(words, "zone", "start")),)


def _language(chat: Chat) -> str:
    """By its own name. A language whose catalogue is gone is spoken in English."""
    return wording.languages()[chat.words.language]


def _page(words: Words, name: str, view: View = "all") -> Button:
    return button(words(f"settings-button-{name}"), name, view)


# What can be chosen


def language_buttons(chat: Chat, view: View) -> Keyboard:
    found = [
        button(_marked(name, chosen=code == chat.words.language), "language", view, code)
        for code, name in wording.languages().items()
    ]
    return (*in_pairs(found), (_back(chat.words, view),))


def zone_buttons(chat: Chat, zones: Sequence[str], now_unix: float, view: View) -> Keyboard:
    """With the time it is there: so everybody finds their own."""
    found = []
    for zone in zones:
        now = spoken(now_unix, zone, chat.language, now_unix)
        found.append(button(_marked(f"{now.zone_name}, {now.time}", chosen=zone == chat.zone), "zone", view, zone))
    other = button(chat.words("settings-button-zone-other"), "ask-zone", view)
    return (*in_pairs(found), (other, _back(chat.words, view)))


def persona_buttons(chat: Chat, view: View) -> Keyboard:
    words, current = chat.words, chat.persona if chat.persona in library.personas() else ""
    best = button(_marked(words("settings-persona-none"), chosen=not current), "persona", view, NO_PERSONA)
    found = [
        button(_marked(cards.persona_name(words, key), chosen=key == current), "persona", view, key)
        for key in library.personas()
    ]
    return ((best,), *in_pairs(found), (_back(words, view),))


def _marked(label: str, *, chosen: bool) -> str:
    return f"{'✓ ' if chosen else ''}{label}"


def _back(words: Words, view: View) -> Button:
    return button(words("card-back"), "back", view)


# What was written


def read_place(text: str, language: str) -> tuple[str, str] | None:
    """A town and its country's code (ISO 3166-1 alpha-2): of "Porto, PT", "Porto, Portugal"; None for anything else."""
    town, _, country = plain(text).text.rpartition(",")
    town, code = " ".join(town.split()), _country(" ".join(country.split()), language)
    return (town[:_MAX_TOWN], code) if town and code else None


def _country(written: str, language: str) -> str:
    """By its code (UK and USA are known too), or by its name in the chat's language or in English; "" for none."""
    aliases: list[str] = get_global("territory_aliases").get(written.upper(), [])
    code = aliases[0] if len(aliases) == 1 else written.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    for locale in (Locale.parse(language), Locale("en")):
        for region, name in locale.territories.items():
            if name.casefold() == written.casefold() and region in phonenumbers.SUPPORTED_REGIONS:
                return str(region)
    return ""
