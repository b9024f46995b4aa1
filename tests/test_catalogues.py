"""The catalogues hold what the code says, with the variables that it passes; none falls behind the English one."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from bot import wording
from bot.budget import Limit
from bot.roster import ROLES
from bridge import rehearsal
from bridge.call import EndReason
from bridge.errors import Unfit
from bridge.sensitive import Sensitive
from prompts import library

BOT = Path(wording.__file__).parent
CATALOGUES = sorted((BOT / "locales").glob("*.ftl"))
LANGUAGES = [file.stem for file in CATALOGUES]
TRANSLATIONS = [code for code in LANGUAGES if code != wording.DEFAULT_LANGUAGE]

# What stands in the place of a key's `{}`: the codes of the product.
REASONS = [reason.value for reason in EndReason]
CODES: dict[str, Iterable[str]] = {
    "advice-{}": REASONS,
    "card-{}": ("call", "schedule", "now", "persona", "voice", "rehearse", "edit", "cancel"),
    "command-{}": wording.COMMANDS,
    "end-{}": REASONS,
    "number-{}": get_args(Unfit),
    "outcome-{}": REASONS,
    "persona-{}": library.personas(),
    "persona-{}-fits": library.personas(),
    "question-{}": ("timed_out", "call_ended"),
    "refused-{}": get_args(Limit),
    "rehearse-{}": {*rehearsal._TROUBLE, "failing"},
    "role-{}": ROLES,
    "sensitive-{}": get_args(Sensitive),
    "when-{}": ("today", "tomorrow", "other"),
}
NUMBERED = {"carrier-{}"}  # the code is a number
NAMELESS = {"advice-{}"}  # not every code has words


# A catalogue


@dataclass(frozen=True)
class Message:
    key: str
    variables: frozenset[str]
    mentions: frozenset[str]  # messages and terms that are part of it


class _Reading(Visitor):
    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.mentions: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the visitor's own names
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        self.mentions.add(node.id.name)

    def visit_TermReference(self, node: ftl.TermReference) -> None:  # noqa: N802
        self.mentions.add(f"-{node.id.name}")


@cache
def parsed(language: str) -> "tuple[ftl.EntryType, ...]":
    text = (BOT / "locales" / f"{language}.ftl").read_text("utf-8")
    return tuple(FluentParser().parse(text).body)


@cache
def catalogue(language: str) -> dict[str, Message]:
    """By key; a term has a hyphen before it. The variables of what is mentioned are a message's own as well."""
    found: dict[str, Message] = {}
    for entry in parsed(language):
        if isinstance(entry, (ftl.Message, ftl.Term)):
            reading = _Reading()
            reading.visit(entry)
            key = f"-{entry.id.name}" if isinstance(entry, ftl.Term) else entry.id.name
            found[key] = Message(key, frozenset(reading.variables), frozenset(reading.mentions))

    def whole(message: Message) -> Message:
        mentioned = [whole(found[key]) for key in message.mentions]
        variables = message.variables.union(*(one.variables for one in mentioned))
        return Message(message.key, variables, message.mentions)

    return {key: whole(message) for key, message in found.items()}


ENGLISH = catalogue(wording.DEFAULT_LANGUAGE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_sound(language: str) -> None:
    entries = parsed(language)
    assert [entry.content for entry in entries if isinstance(entry, ftl.Junk)] == []
    messages = [entry for entry in entries if isinstance(entry, (ftl.Message, ftl.Term))]
    keys = [(type(entry), entry.id.name) for entry in messages]
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    assert [entry.id.name for entry in messages if entry.value is None or entry.attributes] == []
    assert [key for key in catalogue(language) if not re.fullmatch("-?[a-z0-9]+(-[a-z0-9_]+)*", key)] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_falls_behind(language: str) -> None:
    """The same messages with the same variables; terms are a language's own affair."""
    there = {key: message.variables for key, message in catalogue(language).items() if not key.startswith("-")}
    wanted = {key: message.variables for key, message in ENGLISH.items() if not key.startswith("-")}
    assert sorted(wanted.keys() - there.keys()) == []
    assert sorted(there.keys() - wanted.keys()) == []
    assert {key: there[key] for key in there if there[key] != wanted[key]} == {}


# What the code says


@dataclass(frozen=True)
class Use:
    """A call of `words` or `maybe`. `key` has `{}` where it is made of a code, and is "" if it stands in a variable."""

    where: str
    key: str
    passed: frozenset[str]
    maybe: bool

    @property
    def meant(self) -> list[Message]:
        """The messages that its key may stand for."""
        if "{}" not in self.key:
            return [ENGLISH[self.key]] if self.key in ENGLISH else []
        if codes := deeds() if self.key == "audit-{}" else CODES.get(self.key):
            keys = [self.key.format(code) for code in codes]
            return [ENGLISH[key] for key in keys if key in ENGLISH]
        code = r"\d+" if self.key in NUMBERED else ".+"
        pattern = re.escape(self.key).replace(r"\{\}", code)
        return [message for key, message in ENGLISH.items() if re.fullmatch(pattern, key)]


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    files = [file for file in sorted(BOT.glob("*.py")) if file.name != "wording.py"]
    return tuple((file.name, ast.parse(file.read_text("utf-8"))) for file in files)


@cache
def deeds() -> frozenset[str]:
    """What is noted in the audit log: `ledger.note(actor, chat, deed, …)`."""
    return frozenset(
        key_of(node.args[2])
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note"
        if len(node.args) > 2
    )


def speaks(call: ast.Call) -> str:
    """How a call says something: "words" for `words(…)` and `chat.words(…)`, "maybe" for `words.maybe(…)`, else ""."""
    match call.func:
        case ast.Name("words") | ast.Attribute(_, "words"):
            return "words"
        case ast.Attribute(_, "maybe"):
            return "maybe"
        case ast.Call() as inner if speaks(inner):  # wording.words(language)("key")
            return "words"
        case _:
            return ""


def key_of(node: ast.expr) -> str:
    match node:
        case ast.Constant(str() as key):
            return key
        case ast.JoinedStr(parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case _:
            return ""


def names_of(keyword: ast.keyword) -> list[str]:
    """The names that a keyword passes: its own, or those of `**{"from": …}`."""
    if keyword.arg:
        return [keyword.arg]
    assert isinstance(keyword.value, ast.Dict), "variables are passed by name"
    return [key_of(key) for key in keyword.value.keys if key]


def uses() -> Iterator[Use]:
    for name, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and node.args and (how := speaks(node)):
                key = key_of(node.args[0])
                passed = (
                    frozenset(name for keyword in node.keywords for name in names_of(keyword)) if key else frozenset()
                )
                yield Use(f"{name}:{node.lineno}", key, passed, how == "maybe")


USES = [use for use in uses() if use.key]


def notices() -> Iterator[str]:
    """What is shown over the chat when a button is pressed: `Answer(words("key", …), …)`."""
    for _, module in modules():
        for node in ast.walk(module):
            match node:
                case ast.Call(ast.Name("Answer"), [ast.Call(_, [first, *_]) as said, *_]) if speaks(said):
                    yield key_of(first)


NOTICES = frozenset(notices())


def test_the_code_says_something() -> None:
    assert len(USES) > 150
    assert {use.key for use in USES} >= {"start", "end-{}", "carrier-{}"}


def test_every_message_that_the_code_says_is_there() -> None:
    assert [f"{use.where} {use.key}" for use in USES if not use.meant and not use.maybe] == []


def test_a_code_is_worded_whatever_it_is() -> None:
    wanted = {use.key for use in USES if use.key in CODES} - NAMELESS
    missing = [key.format(code) for key in sorted(wanted) for code in CODES[key] if key.format(code) not in ENGLISH]
    assert missing == []


def test_every_list_of_codes_is_used() -> None:
    assert sorted(({*CODES} | NUMBERED) - {use.key for use in USES}) == []


def test_a_message_gets_the_variables_that_it_has_and_no_others() -> None:
    """One that is said by its code gets what any of them needs."""
    wrong = {}
    for use in USES:
        needed = frozenset[str]().union(*(message.variables for message in use.meant))
        if use.meant and use.passed != needed:
            wrong[f"{use.where} {use.key}"] = f"passed {sorted(use.passed)}, has {sorted(needed)}"
    assert wrong == {}


def test_every_trouble_of_the_text_model_is_worded() -> None:
    """`ModelError.code` is a key (bot/planner.py); those of a rehearsal are not made in here."""
    codes = {
        key_of(keyword.value)
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ModelError"
        for keyword in node.keywords
        if keyword.arg == "code"
    }
    assert codes
    assert {code: ENGLISH[code].variables - {"status"} for code in codes} == dict.fromkeys(codes, frozenset())


def test_every_deed_is_worded() -> None:
    assert deeds()
    assert sorted(deed for deed in deeds() if f"audit-{deed}" not in ENGLISH) == []


def test_no_message_is_unused() -> None:
    """Said by its key, by its code, through a variable that holds its key, or within another message."""
    held = {
        node.value
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said = {message.key for use in USES for message in use.meant}
    mentioned = {key for message in ENGLISH.values() for key in message.mentions}
    assert sorted(ENGLISH.keys() - said - held - mentioned - {"language-name"}) == []
