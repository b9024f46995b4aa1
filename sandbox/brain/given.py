"""What the planner is given beside its rules: contacts, recent calls, the draft so far, and the request.

Owns the reading of these sections (`prompts/planner.j2`), and which contact or recent call a request means. Must not
know what becomes of them (`plan.py` does). Pure.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.brain.timing import take_retries
from sandbox.brain.words import plain

_SECTIONS = re.compile(
    r"(?:^CONTACTS *\n(?P<contacts>.*?)\n)?\s*(?:^RECENT CALLS *\n(?P<recent>.*?)\n)?\s*"
    r"^DRAFT *\n(?P<draft>.*?)\n\s*^REQUEST *\n(?P<message>.*)",
    re.DOTALL | re.MULTILINE,
)
_RECENT = re.compile(r"(?P<number>\d+)\. (?P<name>.+?), [^:]*?\d[^:]*: (?P<goal>.*?)(?: /(?: .*)?)?")
_PLAN = re.compile(r"\s*PLAN (?P<plan>\{.*\})\s*")
# Of an old plan these were about that one call.
_NOT_KEPT = frozenset(
    [
        *("callee_number", "contact", "recent", "lookup", "call_at", "repeats"),
        *("retries", "retry_minutes", "missing", "not_a_call"),
    ]
)
_KIN = (
    frozenset({"mum", "mom", "mother", "mama", "mummy", "mommy"}),
    frozenset({"dad", "father", "papa", "daddy"}),
    frozenset({"gran", "grandma", "grandmother", "granny", "nana"}),
    frozenset({"grandpa", "grandfather", "granddad"}),
)
_VERBS = r"call|ring|phone|dial|ask|tell|remind|wish|thank|invite|congratulate"
_COURTESY = r"^\W*(?:(?:please|ok|okay|hey|hi|so|can you|could you|would you)\b[ ,]*)*"
_BACK = re.compile(
    rf"{_COURTESY}(?:call|ring|phone|try|dial)(?P<who>(?: (?!(?:me|us|back|again)\b)[\w.'’&-]+){{0,5}}?)"
    r" (?P<how>back|again)\b",
    re.IGNORECASE,
)
_SAME = re.compile(
    rf"{_COURTESY}(?:the )?same(?: (?:thing|call|order|booking|request|one))?"
    r"(?: (?:again|as (?:last time|before|the last (?:one|time|call)|yesterday)))?"
    r"(?: (?:at|with|for) (?P<who>[\w.'’& -]+?))?"
    r"(?=\W|$)(?= ?(?:,|but\b|just\b|only\b|except\b|with\b|on\b|at\b|for\b|tomorrow|tonight|please|[.!]|$))"
    rf"|{_COURTESY}(?:again|do (?:it|that) again|(?:just )?like last time|as last time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Recent:
    """A call of the requester's. `plan` is its plan without what was about that one call."""

    number: int
    name: str
    plan: Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    contacts: tuple[str, ...] = ()
    recent: tuple[Recent, ...] = ()
    draft: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class Meant:
    """A recent call that a message refers to, the rest of the message, and whether all of its matter is meant."""

    call: Recent
    message: str
    same: bool


def given_in(text: str) -> Given:
    """Sections that are not there are empty. Raises json.JSONDecodeError for a draft that is no JSON and not "none"."""
    match = _SECTIONS.search(text)
    if not match:
        return Given(message=text)
    draft = match["draft"].strip()
    return Given(
        contacts=tuple(line[2:].strip() for line in (match["contacts"] or "").splitlines() if line.startswith("- ")),
        recent=tuple(_recent(match["recent"] or "")),
        draft={} if draft in {"", "none", "null"} else dict(json.loads(draft)),
        message=match["message"].strip(),
    )


def _recent(section: str) -> Iterable[Recent]:
    found: list[Recent] = []
    for line in section.splitlines():
        if entry := _RECENT.fullmatch(line.strip()):
            found.append(Recent(int(entry["number"]), entry["name"], {"goal": entry["goal"].strip()}))
        elif found and (kept := _PLAN.fullmatch(line)):
            plan = {key: value for key, value in json.loads(kept["plan"]).items() if key not in _NOT_KEPT}
            found[-1] = Recent(found[-1].number, plan.get("callee_name") or found[-1].name, plan)
    return found


def matching(name: str, listed: Sequence[str]) -> list[str]:
    """The listed names that a name can mean: the very name, else another word for it, else a part of it."""
    wanted = _bare(name)
    if not wanted:
        return []
    same = [each for each in listed if _bare(each) == wanted]
    kin = next((words for words in _KIN if wanted in words), frozenset[str]())
    part = [each for each in listed if set(wanted.split()) <= set(_bare(each).split())]
    return same or [each for each in listed if _bare(each) in kin] or part


def _bare(name: str) -> str:
    return re.sub(r"^(?:my|our|the) |['’]s$", "", plain(name))


def with_names(message: str, contacts: Sequence[str]) -> str:
    """A message in which contacts that are called, asked or told something are spelt as they are listed."""
    if not contacts:
        return message
    listed = {contact.lower(): contact for contact in contacts}
    names = "|".join(map(re.escape, sorted(contacts, key=len, reverse=True)))
    return re.sub(
        rf"\b(?P<verb>{_VERBS}) (?:my )?(?P<name>{names})(?!\w)",
        lambda match: f"{match['verb']} {listed.get(match['name'].lower(), match['name'])}",
        message,
        flags=re.IGNORECASE,
    )


def addressed(message: str, contacts: Sequence[str]) -> bool:
    """`ask Mom whether ...`: that takes a call, where Mom is a contact."""
    names = "|".join(re.escape(contact) for contact in contacts)
    return bool(contacts) and bool(
        re.match(rf"{_COURTESY}(?:{_VERBS}) (?:my )?(?:{names})(?!\w)", message, re.IGNORECASE)
    )


def recent_meant(given: Given) -> Meant | None:
    """`call her back and ...`, `try again at 5`, `same as last time but Friday`; None where no recent call is meant."""
    if not given.recent:
        return None
    _, once = take_retries(given.message)
    if _BACK.match(once) and (back := _BACK.match(given.message)):  # "try again every ten minutes" is no recent call
        call = _of(back["who"] or "", given.recent)
        again = back["how"].lower() == "again"
        # The rest is read like the words after "call them".
        return Meant(call, f"call them{given.message[back.end() :]}", same=again) if call else None
    if (same := _SAME.match(given.message)) and not given.draft.get("goal"):
        named = same["who"] or given.draft.get("callee_name", "")
        call = _of(named, given.recent) or (None if same["who"] else given.recent[0])
        rest = re.sub(r"^[\s,]*(?:(?:but|just|only|except|with)\b[\s,]*)*", "", given.message[same.end() :])
        return Meant(call, rest, same=True) if call else None
    return None


def _of(who: str, recent: Sequence[Recent]) -> Recent | None:
    """The newest call that a name or a pronoun can mean."""
    named = plain(who)
    if named in {"her", "him"}:
        people = (call for call in recent if call.plan.get("callee_kind", "person") == "person")
        return next(people, recent[0])
    if named in {"", "them", "it", "there", "that number", "the number"}:
        return recent[0]
    names = matching(who, [call.name for call in recent])
    return next((call for call in recent if call.name in names), None)
