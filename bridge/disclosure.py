"""Telling the callee, in the first sentence, that an AI is speaking.

Pure. Owns whether an opening tells it, and the sentence that does; the words are data (`prompts/phrases/*.toml`).
"""

import re

from prompts import library

_FIRST_SENTENCE = re.compile(r"^.*?[.!?…](?=\s|$)|^.*$", re.DOTALL)


def discloses(opening: str, language: str) -> bool:
    """The opening's first sentence says that an AI speaks."""
    words = "|".join(library.phrases(language).disclosing)
    first = _FIRST_SENTENCE.match(opening.strip())
    return first is not None and re.search(rf"(?<!\w)(?:{words})(?!\w)", first[0], re.IGNORECASE) is not None


def disclosed(opening: str, language: str, principal: str) -> str:
    """The opening, with a first sentence that tells it where its own does not.

    A language without phrases has no such sentence here: the model is told to make one (prompts/opening.j2).
    """
    if discloses(opening, language) or language not in library.languages():
        return opening
    return f"{library.phrases(language).disclosure.format(name=principal)} {opening}".strip()
