"""The contacts of a chat as they are shown, and the question whether to keep one, with their buttons.

Pure: data in, rich text and buttons out. Owns their layout and the data of their buttons, `k:<verb>:<number>[:<page>]`:
a contact's id in the address book, or a page of the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bot.address_book import Contact
from bot.buttons import NO_BUTTONS, PAGE, Button, Keyboard, in_pairs
from bot.masking import masked
from bot.richtext import RichText, bold, clip, italic, lines, plain
from bot.wording import Words
from bridge import numbers

Verb = Literal["save", "skip", "remove", "page"]
_NAME = 60  # UTF-16 units, in a line
_LABEL = 30  # and on a button


@dataclass(frozen=True)
class ContactPress:
    """The data of a contact's button, read. Raises ValueError for data that is none of ours."""

    verb: Verb
    number: int
    page: int = 0

    @classmethod
    def read(cls, data: str) -> "ContactPress":
        prefix, verb, *rest = data.split(":")
        if prefix != "k" or verb not in get_args(Verb) or not 1 <= len(rest) <= 2:
            raise ValueError("not a button of ours")
        if not all(part.isdecimal() and len(part) < 19 for part in rest):  # as large as the database takes
            raise ValueError("not a button of ours")
        return cls(verb, *map(int, rest))  # type: ignore[arg-type]  # one of the verbs, as was just seen


def question(words: Words, name: str, number: str) -> str:
    """`number` is E.164."""
    return words("contact-save-question", name=clip(name, _NAME), number=numbers.readable(number))


def question_buttons(words: Words, contact_id: int) -> Keyboard:
    save = Button(words("contact-save"), f"k:save:{contact_id}")
    return ((save, Button(words("contact-skip"), f"k:skip:{contact_id}")),)


def kept(words: Words, contact: Contact) -> str:
    return words("contact-kept", name=clip(contact.name, _NAME))


def removed(words: Words, contact: Contact) -> str:
    return words("contact-removed", name=clip(contact.name, _NAME))


def listed(words: Words, contacts: Sequence[Contact], page: int, *, group: bool) -> tuple[RichText, Keyboard]:
    """One page of the list (from 0; the last one for a page that is not there any more), each with its button.

    In a group others read the buttons' labels too: a number that is kept as a name is hidden on them.
    """
    if not contacts:
        return plain(words("contacts-none")), NO_BUTTONS
    count = -(-len(contacts) // PAGE)
    page = min(page, count - 1)
    shown = contacts[page * PAGE : (page + 1) * PAGE]
    rows = [plain(f"{clip(contact.name, _NAME)} · {numbers.readable(contact.number)}") for contact in shown]
    text = lines([bold(words("contacts-title")), *rows, plain(""), italic(words("contacts-hint"))])
    buttons = [_remove_button(words, masked(one.name) if group else one.name, one.id, page) for one in shown]
    if count == 1:
        return text, in_pairs(buttons)
    turn = Button(words("card-page", page=page + 1, count=count), f"k:page:{(page + 1) % count}")
    return text, (*in_pairs(buttons), (turn,))


def _remove_button(words: Words, name: str, contact_id: int, page: int) -> Button:
    return Button(words("contact-button-remove", name=clip(name, _LABEL)), f"k:remove:{contact_id}:{page}")
