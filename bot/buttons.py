"""Buttons under messages, and what a press of one says.

Pure. Owns the shape of callback data: `<owner>:<the owner's own>`, at most 64 bytes; a call's is
`c:<verb>:<call id>:<rev>`. Follows https://core.telegram.org/bots/api#inlinekeyboardbutton.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.chat import Place
from bot.conversation import Draft

MAX_DATA = 64  # bytes (InlineKeyboardButton.callback_data)
PAGE = 6  # choices on one page of a catalogue


@dataclass(frozen=True)
class Button:
    """Calls us back with `data`, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
NO_BUTTONS: Keyboard = ()


@dataclass(frozen=True)
class Tap:
    """Somebody pressed a button."""

    data: str
    place: Place
    message_id: int
    person_id: int
    name: str


@dataclass(frozen=True)
class Answer:
    """To a tap: the notice that Telegram shows at once ("" for none), and what takes longer than a moment."""

    notice: str = ""
    then: Callable[[], Awaitable[None]] | None = None
    alert: bool = False  # a window that has to be closed, whatever the notice's length


@dataclass(frozen=True)
class Press:
    """The data of a call's button, read. Raises ValueError for data that is none of ours."""

    verb: str
    choice: str
    call_id: str
    rev: int

    @classmethod
    def read(cls, data: str) -> "Press":
        prefix, verb, call_id, rev = data.split(":")
        if prefix != "c" or not call_id:
            raise ValueError("not a button of ours")
        verb, _, choice = verb.partition("=")
        return cls(verb, choice, call_id, int(rev))


def call_button(label: str, draft: Draft, verb: str, choice: str = "", *, rev: int | None = None) -> Button:
    version = draft.rev if rev is None else rev
    return Button(label, f"c:{verb}{'=' if choice else ''}{choice}:{draft.id}:{version}")


def in_pairs(buttons: Sequence[Button]) -> Keyboard:
    """Two in a row, as a phone has room for."""
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
