"""What a short utterance is on the phone: a goodbye, a greeting, a backchannel, or none of them.

Pure. Owns the matching; the words themselves are data (`prompts/phrases/*.toml`). A phrase counts only where it
stands as a clause of its own, so that "bye the way", a goodbye quoted mid-sentence or "buy" mean nothing.
"""

import re
from functools import cache

from prompts import library

_QUOTED = re.compile(r"[\"“„«][^\"”“»]*[\"”“»]")
# Whom a phrase is said to: "Goodbye, Marco". Only after a comma: "Thanks. Wait!" begins a new sentence.
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_ADDRESSEE = re.compile(rf",\s+(?:(?:Mr|Mrs|Ms|Dr|Sr|Sra|Mme)\.\s+)?{_NAME}(?:\s+{_NAME})?(?=\s*(?:[,.!…;]|$))")
_MOST_WORDS = 16  # longer clauses are no phrases; matching them could take for ever
_CLAUSE_END = re.compile(r"[!?…;—–]+|[.,:]+(?!\d)|\s-\s")


class Phrasebook:
    """The phrases of one language (ISO 639-1), compiled."""

    def __init__(self, language: str) -> None:
        words = library.phrases(language)
        goodbye, joiner = _any(words.goodbyes), _any(words.joiners)
        # "ok thanks bye", "thank you and goodbye": what may stand before a goodbye in its own clause.
        before = _any((*words.backchannels, *words.partings, *words.joiners))
        parting = _any((*words.backchannels, *words.partings, *words.goodbyes, *words.joiners))
        self._goodbye = re.compile(rf"(?:{before}\s+)*{goodbye}(?:\s+{joiner})*")
        self._greeting = re.compile(_any(words.greetings))
        self._backchannel = re.compile(_any(words.backchannels))
        self._parting = re.compile(rf"{parting}(?:\s+{parting})*")
        self._hold = re.compile(rf"(?:{before}\s+)*{_any(words.holds)}")
        self._announcement = re.compile(_any(words.announcements))
        self._screening = re.compile(_any(words.screening))
        self._menu = re.compile(_any(words.menus))
        self._refusal = re.compile(rf"(?:{before}\s+)*{_any(words.refusing)}(?:\s+{before})*")

    def ends_with_goodbye(self, text: str) -> bool:
        """The utterance's last words are a goodbye; a name may follow ("Goodbye, Marco")."""
        clauses = _clauses(_ADDRESSEE.sub("", _QUOTED.sub(" ", text)))
        return bool(clauses) and _is(self._goodbye, clauses[-1])

    def is_parting(self, text: str) -> bool:
        """Nothing but what people say when a call is over: thanks, you too, okay, bye."""
        clauses = _clauses(_ADDRESSEE.sub("", text))
        return bool(clauses) and all(_is(self._parting, clause) for clause in clauses)

    def is_greeting(self, text: str) -> bool:
        """Nothing but hello."""
        clauses = _clauses(text)
        return bool(clauses) and all(_is(self._greeting, clause) for clause in clauses)

    def greets(self, text: str) -> bool:
        """Begins with hello: the way a phone is answered ("Good evening, Trattoria Roma")."""
        clauses = _clauses(text)
        return any(_is(self._greeting, clause) for clause in clauses[:2])

    def is_backchannel(self, text: str) -> bool:
        """Nothing, or nothing but mm-hm: the speaker is asked to go on. At most three such words."""
        clauses = _clauses(text)
        return len(clauses) <= 3 and all(_is(self._backchannel, clause) for clause in clauses)

    def asks_to_hold(self, text: str) -> bool:
        """Somebody asks us to wait ("One moment, please")."""
        return any(_is(self._hold, clause) for clause in _clauses(text))

    def is_announcement(self, text: str) -> bool:
        """A queue that talks to everybody in it ("Your call is important to us")."""
        return self._announcement.search(text.lower()) is not None

    def is_screening(self, text: str) -> bool:
        """Call screening, which wants to know who is calling and why."""
        return self._screening.search(text.lower()) is not None

    def is_menu(self, text: str) -> bool:
        """A phone menu ("For reservations, press 1")."""
        return self._menu.search(text.lower()) is not None

    def is_refusal(self, text: str) -> bool:
        """Somebody asks never to be called again ("Take us off your list"), not only "don't call before six"."""
        said = _QUOTED.sub(" ", text)
        # "Hören Sie auf, uns anzurufen": a comma may stand within it.
        return any(_is(self._refusal, clause) for clause in (*_clauses(said), *_clauses(said.replace(",", ""))))


@cache
def phrasebook(language: str) -> Phrasebook:
    return Phrasebook(language)


def _any(expressions: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(dict.fromkeys(expressions))})"


def _is(phrase: re.Pattern[str], clause: str) -> bool:
    return len(clause.split()) <= _MOST_WORDS and phrase.fullmatch(clause.lower()) is not None


def _clauses(text: str) -> list[str]:
    return [clause for part in _CLAUSE_END.split(text) if (clause := part.strip(" '\"“”„«»¡¿"))]
