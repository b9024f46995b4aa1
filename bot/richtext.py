"""Text with bold and italic runs, measured as Telegram measures it.

Pure. Owns lengths, entities and splitting. Telegram counts offsets, lengths and its limit of 4,096 in UTF-16 code units
(https://core.telegram.org/api/entities); formatting goes as entities, never as markup, so no text can break it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

MAX_MESSAGE = 4096  # UTF-16 units (sendMessage: 1-4096 characters after entities parsing)
Style = Literal["", "bold", "italic"]


@dataclass(frozen=True)
class Entity:
    type: Literal["bold", "italic"]
    offset: int
    length: int


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, cut at a character and ended with an ellipsis if anything is lost."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    return kept.rstrip() + "…"


@dataclass(frozen=True)
class RichText:
    """Runs of text in one style each. Joined with `+`."""

    runs: tuple[tuple[str, Style], ...] = ()

    def __add__(self, other: "RichText") -> "RichText":
        return RichText(self.runs + other.runs)

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.runs)

    @property
    def units(self) -> int:
        return units(self.text)

    @property
    def entities(self) -> tuple[Entity, ...]:
        found: list[Entity] = []
        offset = 0
        for text, style in self.runs:
            length = units(text)
            if style and text.strip():
                found.append(Entity(style, offset, length))
            offset += length
        return tuple(found)


def plain(text: str) -> RichText:
    return RichText(((_clean(text), ""),))


def bold(text: str) -> RichText:
    return RichText(((_clean(text), "bold"),))


def italic(text: str) -> RichText:
    return RichText(((_clean(text), "italic"),))


def lines(parts: Iterable[RichText]) -> RichText:
    """One under the other."""
    joined = RichText()
    for index, part in enumerate(parts):
        joined += (plain("\n") if index else RichText()) + part
    return joined


def pages(head: RichText, parts: Iterable[RichText], *, limit: int = MAX_MESSAGE) -> list[RichText]:
    """Head and parts, one under the other, over as many messages as it takes. A part too long for one is itself
    split. The limit holds one character at least, so 2 units.
    """
    found = [head]
    for part in parts:
        for piece in _pieces(part, limit):
            if found[-1].units + 1 + piece.units <= limit:
                found[-1] = lines([found[-1], piece])
            else:
                found.append(piece)
    return found


def fitted(head: RichText, parts: Iterable[RichText], foot: RichText, *, limit: int = MAX_MESSAGE) -> RichText:
    """One message: the head, as many of the parts as there is room for, and the foot. An ellipsis stands for the rest.

    Head and foot are known to fit; parts may be of any length.
    """
    ellipsis = plain("…")
    first, *rest = pages(head, parts, limit=limit - foot.units - ellipsis.units - 2)
    return lines([first, *([ellipsis] if rest else []), foot])


def _pieces(part: RichText, limit: int) -> list[RichText]:
    """A part as it is, or cut between words into parts that each fit into one message."""
    if part.units <= limit:
        return [part]
    pieces: list[RichText] = []
    current = RichText()
    for text, style in part.runs:
        rest = text
        while rest:
            room = limit - current.units
            taken = _fit(rest, room)
            torn = len(taken) < len(rest) and not taken.endswith(" ")
            if not taken or (torn and current.runs and len(rest) < len(text)):
                pieces.append(current)
                current = RichText()
                continue
            current += RichText(((taken, style),))
            rest = rest[len(taken) :]
    return [piece for piece in (*pieces, current) if piece.text.strip()]


def _fit(text: str, room: int) -> str:
    """As much of the text as fits, up to the end of a word where there is one."""
    if units(text) <= room:
        return text
    if room <= 0:
        return ""
    kept = text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "ignore")
    at = kept.rfind(" ")
    return kept[: at + 1] if at > 0 else kept


def _clean(text: str) -> str:
    """Without what Telegram drops or refuses: lone surrogates and control characters."""
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(c for c in sound if c in "\n\t" or (c >= " " and c != "\x7f"))
