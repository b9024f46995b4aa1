"""A rehearsal's lines, as the chat shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import rehearsal_view
from bot.buttons import Press
from bridge.rehearsal import Asked, Line, Over, Pressed, Refused, Said, Switched, Waits
from tests.samples import ENGLISH, GROUP, a_draft, any_text, buttons, check_keyboard, check_message, labels


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (Said("Good evening."), "🤖 Agent: Good evening."),
        (Asked("Is eight all right?", ("Yes", "No")), "❓ On the call I would ask you now: Is eight all right?"),
        (Pressed("1#"), "⌨️ presses 1#"),
        (Waits("on_hold"), "⏸ says nothing and waits"),
        (Switched("it"), "🌐 goes on in Italian"),
        (Refused("card"), ENGLISH("whisper-refused", what="a card number")),
    ],
)
def test_what_the_agent_says_and_does_is_a_line(line: Line, shown: str) -> None:
    (page,) = rehearsal_view.shown(ENGLISH, [line]).pages
    assert page.text == shown


def test_everything_in_one_go_is_one_message() -> None:
    (page,) = rehearsal_view.shown(ENGLISH, [Pressed("1"), Said("A table for four, please.")]).pages
    assert page.text.splitlines() == ["⌨️ presses 1", "🤖 Agent: A table for four, please."]


def test_what_it_leaves_open_is_told() -> None:
    asked = Asked("Is eight all right?", ("Yes", "No"))
    assert rehearsal_view.shown(ENGLISH, [Said("One moment."), asked]).asked is asked
    refused = rehearsal_view.shown(ENGLISH, [Refused("bank")])
    assert (refused.refused, refused.asked, refused.outcome) == (True, None, None)


@pytest.mark.parametrize("outcome", ["Booked for eight.", ""])
def test_a_hang_up_brings_the_outcome_and_no_message_of_its_own(outcome: str) -> None:
    shown = rehearsal_view.shown(ENGLISH, [Over(outcome)])
    assert (shown.pages, shown.outcome) == ((), outcome)
    assert rehearsal_view.over(ENGLISH, outcome) == f"🎬 The rehearsal is over. {outcome}".strip()


def test_the_title_says_who_one_is_and_in_a_group_how_to_answer() -> None:
    alone, together = (rehearsal_view.title(ENGLISH, draft).text for draft in (a_draft(), a_draft(place=GROUP)))
    assert alone.startswith("🎬 Rehearsal: you are Trattoria Roma. Nobody is dialled.")
    assert together == f"{alone} Here in the group, answer by replying to my lines."


def test_a_rehearsal_can_be_stopped_and_its_questions_answered() -> None:
    assert labels(rehearsal_view.buttons(ENGLISH, a_draft(), None, 0)) == ["⏹ Stop the rehearsal"]
    asked = Asked("Is eight all right?", ("Yes", " ", "No"))
    *answers, nothing, stop = buttons(rehearsal_view.buttons(ENGLISH, a_draft(), asked, 2))
    assert [(button.label, Press.read(button.data)) for button in answers] == [
        ("Yes", Press("asked", "0", a_draft().id, 2)),
        ("No", Press("asked", "2", a_draft().id, 2)),
    ]
    assert Press.read(nothing.data).choice == rehearsal_view.NO_ANSWER
    assert Press.read(stop.data) == Press("stop", "", a_draft().id, a_draft().rev)


def any_line() -> st.SearchStrategy[Line]:
    text = any_text()
    return st.one_of(
        st.builds(Said, text),
        st.builds(Asked, text, st.lists(text, max_size=9).map(tuple)),
        st.builds(Switched, st.sampled_from(("en", "it", "xx"))),
        st.builds(Over, text),
        st.just(Waits("on_hold")),
    )


@given(st.lists(any_line(), max_size=6), any_text())
def test_whatever_the_agent_says_is_messages_with_buttons(told: list[Line], outcome: str) -> None:
    shown = rehearsal_view.shown(ENGLISH, told)
    for page in shown.pages:
        check_message(page)
    check_keyboard(rehearsal_view.buttons(ENGLISH, a_draft(), shown.asked, 1))
    assert rehearsal_view.over(ENGLISH, outcome)
