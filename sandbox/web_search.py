"""The web as a search in the sandbox finds it: one page for each business that can be called there.

Owns these pages. A business is known by the name with which it picks up the phone; people have no page. Must not know
who searches, or what for. Pure but for the scenarios' folder.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import phonenumbers

from sandbox.scenario import Scenario, scenarios

_SITE = "https://www.example.com/"
_NAME = re.compile(r"\b[A-ZÀ-Ü][\w'’-]*(?: [A-ZÀ-Ü][\w'’-]*)+")  # two words at least: "Hello" is no name


@dataclass(frozen=True)
class Page:
    """`number` as it is written there."""

    url: str
    name: str
    number: str
    address: str


def search(query: str) -> list[Page]:
    """The pages of the businesses that a query names in full."""
    wanted = _words(query)
    return [page for page in _pages() if set(_words(page.name)) <= set(wanted)]


def results(pages: Sequence[Page]) -> str:
    """What a search tells: one line a page."""
    lines = [f"- {page.name} | {page.number} | {page.address} | {page.url}" for page in pages]
    return "\n".join(["SEARCH RESULTS", *(lines or ["none"])])


@cache
def _pages() -> tuple[Page, ...]:
    return tuple(_page(match[0], one) for one in scenarios().values() if (match := _NAME.search(one.greeting)))


def _page(name: str, scenario: Scenario) -> Page:
    name = re.sub(r"['’]s$", "", name)
    parsed = phonenumbers.parse(scenario.numbers[0])
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return Page(f"{_SITE}{'-'.join(_words(plain))}", name, number, "1 Example Street")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’]s\b", "", text.lower()))
