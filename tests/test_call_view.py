"""What a call looks like as it goes on; whatever is said on it, Telegram takes it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import call_view
from bot.buttons import NO_BUTTONS, Press
from bot.richtext import plain
from bridge.call import Callee
from bridge.events import QuestionAsked, QuestionClosed
from tests.fakes import a_spec
from tests.samples import ENGLISH, a_draft, a_turn, any_text, buttons, check_keyboard, check_message, labels


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (41.6, "0:42"), (59.6, "1:00"), (61, "1:01"), (3600, "60:00")]
)
def test_a_duration_is_shown_as_on_a_phone(seconds: float, shown: str) -> None:
    assert call_view.duration(seconds) == shown


# The live view


def test_the_live_view_begins_with_its_status() -> None:
    (page,) = call_view.live_pages(ENGLISH, a_spec(), "ringing…", [])
    assert page.text == "📞 Trattoria Roma · ringing…"


def test_the_live_view_shows_both_sides_and_what_was_cut() -> None:
    turns = [
        a_turn("Good evening, I am calling", interrupted=True),
        a_turn("", party="callee"),
        a_turn("Pronto?", party="callee"),
    ]
    (page,) = call_view.live_pages(ENGLISH, a_spec(), "connected 0:04", turns)
    assert page.text.splitlines() == [
        "📞 Trattoria Roma · connected 0:04",
        "",
        "🤖 Agent: Good evening, I am calling —",
        "👤 Trattoria Roma: Pronto?",
    ]


@given(any_text(), any_text(), st.lists(st.tuples(st.sampled_from(("agent", "callee")), any_text()), max_size=12))
def test_any_live_view_is_messages_with_every_word(name: str, status: str, said: list[tuple[Any, str]]) -> None:
    spec = a_spec(callee=Callee(name, "+14155552671"))
    turns = [a_turn(text, id=str(n), party=party) for n, (party, text) in enumerate(said)]
    pages = call_view.live_pages(ENGLISH, spec, status[:100], turns)
    shown = "".join("".join(page.text.split()) for page in pages)
    for page in pages:
        check_message(page)
    for turn in turns:
        assert "".join(plain(turn.text).text.split()) in shown


def test_a_call_that_goes_on_can_be_ended_or_joined() -> None:
    keyboard = call_view.live_buttons(ENGLISH, a_draft())
    assert [(button.label, Press.read(button.data).verb) for button in buttons(keyboard)] == [
        ("⏹ Stop", "hangup"),
        ("🙋 Join the call", "join"),
    ]


# Questions


def a_question(
    question: str = "They only have 8:30. Take it?", choices: tuple[str, ...] = ("Yes", "No")
) -> QuestionAsked:
    return QuestionAsked(at_ms=0, question_id="q1", question=question, choices=choices, patience_s=60)


def closed(how: Any, answer: str = "") -> QuestionClosed:
    return QuestionClosed(at_ms=0, question_id="q1", answer=answer, how=how)


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (None, "⏳ Tap an answer or write one (0:42)"),
        (closed("answered", "Yes, please"), "You answered: Yes, please"),
        (closed("timed_out"), "No answer in time: the agent does only what you allowed beforehand."),
        (closed("call_ended"), "The call ended before an answer came."),
    ],
)
def test_a_question_is_shown_with_how_it_stands(end: QuestionClosed | None, last: str) -> None:
    shown = call_view.question(ENGLISH, a_spec(), a_question(), end, 42)
    assert shown.text.splitlines() == ["❓ Trattoria Roma: They only have 8:30. Take it?", last]


def test_every_choice_is_a_button_that_knows_its_question() -> None:
    keyboard = call_view.question_buttons(a_draft(), 12, ("Yes", " ", "No, and ask for another day"))
    assert labels(keyboard) == ["Yes", "No, and ask for another day"]
    assert [Press.read(button.data) for button in buttons(keyboard)] == [
        Press("answer", "0", a_draft().id, 12),
        Press("answer", "2", a_draft().id, 12),
    ]
    assert call_view.question_buttons(a_draft(), 12, ()) == NO_BUTTONS


@given(any_text(), any_text(), st.sampled_from((None, "answered", "timed_out", "call_ended")), any_text())
def test_any_question_is_a_message(name: str, question: str, how: str | None, answer: str) -> None:
    spec = a_spec(callee=Callee(name, "+14155552671"))
    end = closed(how, answer) if how else None
    check_message(call_view.question(ENGLISH, spec, a_question(question), end, 42))


@given(st.lists(any_text(), max_size=20), st.integers(0, 10**6))
def test_any_choices_are_buttons(choices: list[str], number: int) -> None:
    keyboard = call_view.question_buttons(a_draft(), number, choices)
    assert len(keyboard) <= 8
    if keyboard:
        check_keyboard(keyboard)
