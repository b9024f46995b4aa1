"""The words of Ringback, read from this folder: personas, phrases of each language, prompt templates, the canary's.

Owns the files beside it and nothing else: no logic, no words of its own. Raises KeyError for a name that is not there.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import babel
import jinja2
import msgspec

_FOLDER = Path(__file__).parent
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_FOLDER),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 - prompts are plain text for a model, not markup
    keep_trailing_newline=False,
)


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A manner and a default voice. `eagerness` and `speed` are the model session's own terms."""

    key: str
    name: str
    voice: str
    fits: str
    manner: str
    eagerness: Literal["low", "medium", "high"] = "medium"
    speed: float = 1.0
    reasoning: Literal["minimal", "low", "medium", "high"] = "low"
    waits_for_greeting: bool = False  # lets the callee speak first, for at most a moment


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language's own words on the phone; each entry is a regular expression in lower case, without punctuation."""

    language: str  # its English name
    goodbyes: tuple[str, ...] = ()
    greetings: tuple[str, ...] = ()
    backchannels: tuple[str, ...] = ()
    partings: tuple[str, ...] = ()
    joiners: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    announcements: tuple[str, ...] = ()
    screening: tuple[str, ...] = ()
    menus: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    disclosing: tuple[str, ...] = ()
    disclosure: str = ""
    recording: str = ""
    apology: str = ""


class Canary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a canary call is made of; `{…}` in its steps is filled in for each call."""

    callee: str
    persona: str
    max_minutes: int
    opening: str
    goal: str
    steps: tuple[str, ...]
    question: str
    choices: tuple[str, ...]
    reading: str
    words: tuple[str, ...]


@cache
def canary() -> Canary:
    return msgspec.convert(tomllib.loads((_FOLDER / "canary.toml").read_text("utf-8")), Canary)


@cache
def personas() -> dict[str, Persona]:
    """The catalogue, by key, in the order of their names."""
    found = (
        msgspec.convert({"key": path.stem, **tomllib.loads(path.read_text("utf-8"))}, Persona)
        for path in (_FOLDER / "personas").glob("*.toml")
    )
    return {persona.key: persona for persona in sorted(found, key=lambda persona: persona.name)}


@cache
def phrases(language: str) -> Phrases:
    """A language's phrases by its ISO 639-1 code; English for a language without a file."""
    path = _FOLDER / "phrases" / f"{language if language in _codes() else 'en'}.toml"
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Phrases)


@cache
def languages() -> dict[str, str]:
    """ISO 639-1 code -> English name, for every language with phrases."""
    return {code: phrases(code).language for code in sorted(_codes())}


@cache
def _codes() -> frozenset[str]:
    return frozenset(path.stem for path in (_FOLDER / "phrases").glob("*.toml"))


def language_name(code: str) -> str:
    """A language's English name by its ISO 639-1 code; the code itself where nobody knows it."""
    try:
        return babel.Locale.parse(code).get_language_name("en") or code
    except (babel.UnknownLocaleError, ValueError):
        return code


def render(template: str, **values: object) -> str:
    """A prompt from its template (`agent`, `planner`, …). Raises jinja2.UndefinedError when a value is missing."""
    return _TEMPLATES.get_template(f"{template}.j2").render(values).strip()
