"""Samples for the tests of the chat's side: a plan, a draft, a finished call, and text of every kind that people and
models write.

Owns no rule of the product. What Telegram would say to a text is asked of the stand-in.
"""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from bot.buttons import Button, Keyboard
from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.plan import Plan
from bot.report_view import Finished
from bot.richtext import RichText
from bot.summary import Answer, NextStep, Summary
from bot.wording import words
from bridge.call import VOICES, Ending, EndReason, Turn
from prompts import library
from sandbox.telegram.text import checked_url, formatted
from tests.fakes import a_spec

ENGLISH = words("en")
PLACE = Place(101)
GROUP = Place(-1001234567890)
TOPIC = Place(-1001234567890, 7)

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
    "other_languages": [],
    "persona": "brisk",
    "voice": "marin",
    "opening": "Good evening, I am calling for Shane about a table.",
    "voicemail_message": "",
    "max_minutes": 10,
    "contact": "",
    "recent": 0,
    "lookup": "",
    "call_at": "",
    "repeats": False,
    "retries": 0,
    "retry_minutes": 0,
    "missing": [],
    "not_a_call": False,
}
ANSWERED = Ending(EndReason.GOODBYE, ring_s=6.2, talk_s=42.4, cost_usd=0.1234)


def a_plan(**changes: Any) -> Plan:
    return Plan.model_validate({**PLAN, **changes})


def a_draft(plan: Plan | None = None, **changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "id": "Xy3_abcdefgh",
        "place": PLACE,
        "requester_id": 101,
        "requester_name": "Shane",
        "stage": Stage.CONFIRMING,
        "rev": 3,
        **changes,
    }
    return Draft(plan=plan or a_plan(), **fields)


def a_turn(text: str, **changes: Any) -> Turn:
    return Turn(**{"id": "i1", "party": "agent", "text": text, "started_ms": 61_000, **changes})


def an_answer(question: str = "Is there parking?", answer: str = "Behind the house", **changes: Any) -> Answer:
    return Answer.model_construct(**{"question": question, "answer": answer, "turn": 0, "certain": True, **changes})


def a_step(text: str = "Be there at 7:45pm", turn: int = 0) -> NextStep:
    return NextStep.model_construct(text=text, turn=turn)


def a_summary(**changes: Any) -> Summary:
    fields: dict[str, Any] = {
        "headline": "Booked: 7:45pm",
        "achieved": "yes",
        "turn": 0,
        "certain": True,
        "answers": [],
        "next_steps": [],
        "appointment": None,
        **changes,
    }
    return Summary.model_construct(**fields)


def a_call(summary: Summary | None = None, **changes: Any) -> Finished:
    """A finished call; it went well unless changed."""
    fields: dict[str, Any] = {"spec": a_spec(), "ending": ANSWERED, "turns": (), **changes}
    return Finished(summary=summary, **fields)


def buttons(keyboard: Keyboard) -> list[Button]:
    return [button for row in keyboard for button in row]


def labels(keyboard: Keyboard) -> list[str]:
    return [button.label for button in buttons(keyboard)]


# Whatever people and models write


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
    "{ $name } { -term }",
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


def any_plan() -> st.SearchStrategy[Plan]:
    """A plan that has been read, so with a number, a persona, a voice and a language; every other word is anyone's."""
    text, texts = any_text(), st.lists(short_text(), max_size=16)
    written = dict.fromkeys(("callee_name", "on_behalf_of", "goal", "opening", "voicemail_message", "language"), text)
    lists = dict.fromkeys(("facts", "may_agree", "questions"), texts)
    choices = {
        "persona": st.sampled_from(sorted(library.personas())),
        "voice": st.sampled_from(VOICES),
        "retries": st.integers(0, 5),
        "retry_minutes": st.integers(1, 24 * 60),
    }
    return st.fixed_dictionaries({**written, **lists, **choices}).map(
        lambda fields: Plan.model_construct(**{**PLAN, **fields})
    )


def any_draft() -> st.SearchStrategy[Draft]:
    return st.builds(
        lambda plan, name, rev: a_draft(plan, requester_name=name, rev=rev),
        any_plan(),
        any_text(),
        st.integers(0, 10**6),
    )


def any_ending() -> st.SearchStrategy[Ending]:
    seconds = st.floats(0, 1e5)
    return st.builds(
        Ending,
        reason=st.sampled_from(EndReason),
        ring_s=seconds,
        talk_s=seconds,
        cost_usd=st.floats(0, 1e4),
        detail=any_text(),
        outcome=any_text(),
    )


# What Telegram takes


def check_message(message: RichText) -> None:
    """Telegram would take it, whole: its length, its entities, and something to see."""
    assert 1 <= message.units <= 4096
    entities: list[dict[str, Any]] = [
        {"type": e.type, "offset": e.offset, "length": e.length} for e in message.entities
    ]
    taken = formatted(message.text, parse_mode="", entities=entities)  # raises for what Telegram refuses
    assert taken.text


def check_keyboard(keyboard: Keyboard) -> None:
    """InlineKeyboardButton: a text, and callback data of 1 to 64 bytes or an address."""
    assert keyboard
    for row in keyboard:
        assert 1 <= len(row) <= 8
        for button in row:
            assert button.label.strip()
            if button.url:
                assert not button.data
                checked_url(button.url)  # raises for what Telegram refuses
            else:
                assert 1 <= len(button.data.encode()) <= 64
