"""What Ringback says in the chat: one catalogue a language, `locales/*.ftl`.

Pure but for reading the catalogues. Owns the look-up of words; the words are data. Follows https://projectfluent.org.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.richtext import clip

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

DEFAULT_LANGUAGE = "en"
COMMANDS = (
    "call",
    "calls",
    "timeline",
    "hangup",
    "contacts",
    "settings",
    "budget",
    "personas",
    "forget",
    "help",
)
ADMIN_COMMANDS = ("people", "allow", "deny", "invite", "donotcall", "audit")
_LOCALES = Path(__file__).with_name("locales")
_LONGEST = 2500  # characters of one variable: of a longer one Fluent would fill in nothing at all


class Words:
    """The catalogue of one language (ISO 639-1)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._bundle = _bundle(language)

    def __call__(self, key: str, **values: str | int) -> str:
        """The words of a message with its variables filled in. Raises KeyError for one that there is not."""
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        shown = {name: clip(value, _LONGEST) if isinstance(value, str) else value for name, value in values.items()}
        text, _ = self._bundle.format_pattern(message.value, shown)
        return str(text)

    def maybe(self, key: str, **values: str | int) -> str:
        """The same; "" for a message that there is not."""
        return self(key, **values) if self._bundle.has_message(key) else ""


@cache
def languages() -> dict[str, str]:
    """The languages that there are catalogues in: ISO 639-1 code -> its own name, English first."""
    codes = sorted((file.stem for file in _LOCALES.glob("*.ftl")), key=lambda code: (code != DEFAULT_LANGUAGE, code))
    return {code: Words(code)("language-name") for code in codes}


def language_of(code: str) -> str:
    """The language of an IETF tag ("de-AT", "pt-br"), if there is a catalogue of it; else English."""
    language = code.partition("-")[0].lower()
    return language if language in languages() else DEFAULT_LANGUAGE


@cache
def words(language: str) -> Words:
    """The catalogue of a language; the English one for a language without."""
    return Words(language if (_LOCALES / f"{language}.ftl").exists() else DEFAULT_LANGUAGE)


@cache
def _bundle(language: str) -> "FluentBundle":
    from fluent.runtime import FluentBundle, FluentResource  # noqa: PLC0415 - not before somebody is spoken to

    # Isolation marks (U+2068) around each variable would be seen as boxes on some phones.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource((_LOCALES / f"{language}.ftl").read_text("utf-8")))
    return bundle
