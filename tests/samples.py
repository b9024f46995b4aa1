"""Samples for the tests of the chat's side: a plan, a draft, and text of every kind that people and models write.

Owns no rule of the product. What Telegram would say to a text is asked of the stand-in.
"""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from bot.cards import Keyboard
from bot.conversation import Draft, Plan, Stage
from bot.richtext import RichText
from sandbox.telegram.text import formatted

PLAN: dict[str, Any] = {
    "callee_name": "Trattoria Roma",
    "callee_number": "+14155552671",
    "callee_kind": "business",
    "on_behalf_of": "Shane",
    "goal": "Book a table for four at 7pm.",
    "facts": ["Table for 4 people"],
    "may_agree": ["Any time from 7pm to 9pm"],
    "questions": ["Is there parking?", "Do they take cards?"],
    "language": "en",
    "persona": "brisk",
    "voice": "marin",
    "opening": "Good evening, I am calling for Shane about a table.",
    "voicemail_message": "",
    "max_minutes": 10,
    "missing": "",
    "not_a_call": False,
    "other_languages": [],
}


def a_plan(**changes: Any) -> Plan:
    return Plan.model_validate({**PLAN, **changes})


def a_draft(plan: Plan | None = None, **changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "id": "Xy3_abcdefgh",
        "chat_id": 101,
        "requester_id": 101,
        "requester_name": "Shane",
        "stage": Stage.CONFIRMING,
        "rev": 3,
        **changes,
    }
    return Draft(plan=plan or a_plan(), **fields)


SPECIMENS = (
    "👨‍👩‍👧‍👦",
    "🇮🇹",
    "𝕬",
    "e\u0301",
    "\u202eרקוד\u202c",
    "مرحبا بالعالم",
    "\ud83d",  # half of a pair
    "\ude00",  # the other half
    "\x00\x07\x1b[0m\x7f\x85",
    "\ufeff\u200b\u2028",
    "<b>&amp;</b> *_[x](y)_*",
    "word " * 9,
    "\r\n\t ",
    "東京都" * 4,
)


def any_text(times: Sequence[int] = (1, 1, 1, 20, 200)) -> st.SearchStrategy[str]:
    """Anything, up to some thousands of characters: emoji, halves of pairs, right to left, control characters."""
    bits = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(SPECIMENS)), max_size=4).map("".join)
    return st.builds(lambda text, count: text * count, bits, st.sampled_from(times))


def short_text() -> st.SearchStrategy[str]:
    """The same for long lists of it."""
    return any_text((1, 1, 60))


def check_message(message: RichText) -> None:
    """Telegram would take it, whole: its length, its entities, and something to see."""
    assert 1 <= message.units <= 4096
    entities: list[dict[str, Any]] = [
        {"type": e.type, "offset": e.offset, "length": e.length} for e in message.entities
    ]
    taken = formatted(message.text, parse_mode="", entities=entities)  # raises for what Telegram refuses
    assert taken.text


def check_keyboard(keyboard: Keyboard) -> None:
    """InlineKeyboardButton: a text, and callback data of 1 to 64 bytes."""
    assert keyboard
    for row in keyboard:
        assert 1 <= len(row) <= 8
        for button in row:
            assert button.label.strip()
            assert 1 <= len(button.data.encode()) <= 64
