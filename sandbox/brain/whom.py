"""Whom a call is to: a number, a contact, the callee of a recent call, or a name that must be looked up.

Owns the choice among what the request, the draft and the requester's contacts give. Never a number of its own making.
Pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.brain import casting
from sandbox.brain.errand import Errand
from sandbox.brain.given import Meant, matching
from sandbox.brain.request import Request, is_business, is_family
from sandbox.brain.words import CAPITALISED, plain

_NO = r"(?:no\b|nope\b|wrong\b|another\b|not (?:that|this|the right)(?: one)?\b)"


@dataclass(frozen=True)
class Whom:
    """`clashing` are the contacts that the name can mean, where it is not one alone."""

    name: str = ""
    number: str = ""
    contact: str = ""
    recent: int = 0
    clashing: tuple[str, ...] = ()

    @property
    def reachable(self) -> bool:
        return bool(self.number or self.contact or self.recent)

    @property
    def named(self) -> bool:
        """A number that stands in the place of a name is none."""
        return bool(re.search(r"[^\W\d]", self.name))


def whom(request: Request, draft: Mapping[str, Any], contacts: Sequence[str], meant: Meant | None) -> Whom:
    if meant:
        number = request.callee_number
        return Whom(meant.call.name, number, recent=0 if number else meant.call.number)
    drafted = Whom(
        draft.get("callee_name", ""), draft.get("callee_number", ""), draft.get("contact", ""), draft.get("recent", 0)
    )
    if request.callee_number:
        return Whom(request.callee_name or drafted.name, request.callee_number)
    chosen = [contact for contact in contacts if plain(contact) == plain(request.text)]
    name = chosen[0] if chosen and draft else request.callee_name
    moves_on = request.calls or bool(chosen) or "instead" in request.text.lower()
    if not name or (drafted.named and not moves_on) or plain(name) == plain(drafted.name):
        return drafted if drafted.reachable or not drafted.named else _known(drafted.name, contacts)
    return Whom(name, drafted.number) if drafted.number and not drafted.named else _known(name, contacts)


def _known(name: str, contacts: Sequence[str]) -> Whom:
    found = matching(name, contacts)
    if len(found) == 1:
        return Whom(found[0], contact=found[0])
    return Whom(name, clashing=tuple(found))


def callee_kind(name: str, matter: Errand) -> str:
    if is_family(name) or re.search(r"\b(?:she|he)\b", matter.goal):
        return "person"
    many = re.search(r"\b(?:they|their)\b", matter.goal, re.IGNORECASE)
    if is_business(name) or many or matter.kind not in {"ask", "tell", "other"}:
        return "business"
    return "person" if name and len(name.split()) <= 2 and not name.startswith("the ") else "business"


def lookup(who: Whom, matter: Errand, text: str, draft: Mapping[str, Any]) -> str:
    """The words to search the web with for a named business without a number; never for a person."""
    if who.reachable or who.clashing or callee_kind(who.name, matter) == "person":
        return ""
    if not who.named or not who.name[0].isupper():  # "the dentist" could be any
        return ""
    words = f"{who.name} restaurant" if matter.is_table and "restaurant" not in who.name.lower() else who.name
    beside = re.search(rf"{re.escape(who.name)} in (?P<town>{CAPITALISED})", text)
    town = beside["town"] if beside else other_town(text) if draft.get("lookup") else ""
    if draft.get("goal") and plain(who.name) == plain(draft.get("callee_name", "")):
        words = str(draft.get("lookup", ""))  # nothing, where it was looked up in vain
        if not words or (is_another(text) and not town):
            return ""
    return f"{words.partition(' in ')[0]} in {town}" if town else words


def is_another(text: str) -> bool:
    """`no`, `no, the one in Oakland`, `not that one`: what was found is not what was meant."""
    return bool(re.match(rf"\W*{_NO}", text, re.IGNORECASE))


def other_town(text: str) -> str:
    """Of a message that says little else: `no, the one in Oakland`, `in Oakland`. A language is no town."""
    said = rf"\W*(?:(?:{_NO}|the one\b|it is\b|look\b|try\b)[ ,]*)*(?:in|near) (?P<town>{CAPITALISED})"
    town = re.match(said, text, re.IGNORECASE)
    return town["town"] if town and not casting.language(text, "") else ""
