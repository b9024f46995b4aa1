"""Telling the callee who is speaking, and who is listening: an AI, and a recording where there is one.

Pure. Owns whether an opening tells it, and the sentences that do; the words are data (`prompts/phrases/*.toml`). A
language without phrases has no such sentences here: the model is told to make its own (prompts/opening.j2).
"""

import re

from bridge.phrases import phrasebook
from prompts import library

_TITLES = r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Sra|Mme|Hr|Fr|Sig|Dott|St)\."  # whose full stop ends no sentence
_FIRST_SENTENCE = re.compile(rf"(?:{_TITLES}|[^.!?…]|[.!?…](?!\s|$))*")


def discloses(opening: str, language: str) -> bool:
    """The opening's first sentence says that an AI speaks."""
    words = "|".join(library.phrases(language).disclosing)
    first, _ = _parted(opening)
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", first, re.IGNORECASE) is not None


def disclosed(opening: str, language: str, principal: str) -> str:
    """The opening, with a first sentence that tells it where its own does not."""
    if discloses(opening, language) or language not in library.languages():
        return opening
    first, rest = _parted(opening)
    if phrasebook(language).is_greeting(first) and discloses(rest, language):
        return f"{first} – {rest}"  # not told twice: a greeting is hardly a sentence
    return f"{library.phrases(language).disclosure.format(name=principal)} {opening}".strip()


def announced(opening: str, language: str) -> str:
    """The opening, with a sentence that says that the call is recorded, after the one that says who is calling."""
    sentence = library.phrases(language).recording
    if language not in library.languages() or sentence.lower() in opening.lower():
        return opening
    first, rest = _parted(opening)
    if phrasebook(language).is_greeting(first) or (discloses(rest, language) and not discloses(first, language)):
        _, rest = _parted(rest)  # who is calling comes second
    before = opening.strip().removesuffix(rest).rstrip()
    if before and before[-1] not in ".!?…":
        before += "."
    return f"{before} {sentence} {rest}".strip()


def _parted(opening: str) -> tuple[str, str]:
    """The first sentence, without what ends it, and the rest."""
    opening = opening.strip()
    first = _FIRST_SENTENCE.match(opening)
    end = first.end() if first else 0
    return opening[:end].strip(), opening[end:].lstrip(".!?… ")
