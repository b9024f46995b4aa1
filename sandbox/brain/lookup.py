"""The number of a business by rules, from what a web search found.

Owns the `Found` that the look-up prompt (`prompts/lookup.j2`) asks of a model. Must not know what no page says. Pure.
"""

import re

_PAGE = re.compile(r"^- (?P<name>.+?) \| (?P<number>.*?) \| (?P<address>.*?) \| (?P<source>\S+)$", re.MULTILINE)


def found(*, instructions: str, text: str) -> dict[str, str]:
    """Empty where nothing was found, or where several pages fit."""
    del instructions  # the rules are written to them
    pages = [match.groupdict() for match in _PAGE.finditer(text.partition("SEARCH RESULTS")[2])]
    return pages[0] if len(pages) == 1 else {}
