"""What a short utterance is on the phone: a goodbye, a greeting, a backchannel, or none of them.

Pure. Owns the matching; the words themselves are data (`prompts/phrases/*.toml`). A phrase counts only where it
stands as a clause of its own, so that "bye the way", a goodbye quoted mid-sentence or "buy" mean nothing.
"""

import re
from functools import cache

from prompts import library

_QUOTED = re.compile(r"[\"“„«][^\"”“»]*[\"”“»]")
_CLAUSE_END = re.compile(r"[!?…;—–]+|[.,:]+(?!\d)|\s-\s")


class Phrasebook:
    """The phrases of one language (ISO 639-1), compiled."""

    def __init__(self, language: str) -> None:
        words = library.phrases(language)
        goodbyes = "|".join(words.goodbyes)
        small = "|".join((*words.backchannels, *words.partings))
        # "ok thanks bye", "thank you and goodbye": what may stand before a goodbye in its own clause.
        joiners = "|".join(words.joiners)
        self._goodbye = re.compile(rf"(?:(?:{small}|{joiners})\s+)*(?:{goodbyes})(?:\s+(?:{joiners}))*")
        self._greeting = re.compile(rf"(?:{'|'.join(words.greetings)})")
        self._backchannel = re.compile(rf"(?:{'|'.join(words.backchannels)})")
        self._parting = re.compile(rf"(?:{small}|{goodbyes}|{joiners})(?:\s+(?:{small}|{goodbyes}|{joiners}))*")

    def ends_with_goodbye(self, text: str) -> bool:
        """The utterance's last words are a goodbye; a name may follow ("Goodbye, Marco")."""
        clauses = _clauses(_QUOTED.sub(" ", text))
        if not clauses:
            return False
        if self._goodbye.fullmatch(clauses[-1].lower()):
            return True
        return len(clauses) > 1 and _is_name(clauses[-1]) and self._goodbye.fullmatch(clauses[-2].lower()) is not None

    def is_parting(self, text: str) -> bool:
        """Nothing but what people say when a call is over: thanks, you too, okay, bye."""
        clauses = _clauses(text)
        return bool(clauses) and all(
            self._parting.fullmatch(clause.lower()) or (index and _is_name(clause))
            for index, clause in enumerate(clauses)
        )

    def is_greeting(self, text: str) -> bool:
        """Nothing but hello."""
        clauses = _clauses(text)
        return bool(clauses) and all(self._greeting.fullmatch(clause.lower()) for clause in clauses)

    def greets(self, text: str) -> bool:
        """Begins with hello: the way a phone is answered ("Good evening, Trattoria Roma")."""
        clauses = _clauses(text)
        return any(self._greeting.fullmatch(clause.lower()) for clause in clauses[:2])

    def is_backchannel(self, text: str) -> bool:
        """Nothing, or nothing but mm-hm: the speaker is asked to go on. At most three such words."""
        clauses = _clauses(text)
        return len(clauses) <= 3 and all(self._backchannel.fullmatch(clause.lower()) for clause in clauses)


@cache
def phrasebook(language: str) -> Phrasebook:
    return Phrasebook(language)


def _clauses(text: str) -> list[str]:
    return [clause for part in _CLAUSE_END.split(text) if (clause := part.strip(" '\"“”„«»¡¿"))]


def _is_name(clause: str) -> bool:
    words = clause.split()
    return 1 <= len(words) <= 2 and all(word[0].isupper() for word in words)
