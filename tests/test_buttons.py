"""Buttons: what is written into one comes back as its press, within Telegram's 64 bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import call_view, cards, rehearsal_view, report_view
from bot.buttons import Button, Press, call_button, in_pairs
from bot.conversation import Draft
from bot.plan import Missing
from bridge.call import Ending, EndReason
from tests.samples import ENGLISH, a_call, a_draft, a_turn, any_draft, any_text, buttons, check_keyboard


def test_a_press_is_read_from_its_data() -> None:
    assert Press.read("c:call:Xy3_abcdefgh:3") == Press("call", "", "Xy3_abcdefgh", 3)
    assert Press.read("c:persona=warm:Xy3:12") == Press("persona", "warm", "Xy3", 12)
    assert Press.read("c:then=1795395600:Xy3:12").choice == "1795395600"


@pytest.mark.parametrize("data", ["", "c", "c:call:Xy3", "x:call:Xy3:1", "c:call::1", "c:call:Xy3:one", "c:a:b:1:2"])
def test_data_of_others_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        Press.read(data)


@given(any_text())
def test_any_other_data_is_read_or_refused_with_a_value_error(data: str) -> None:
    with suppress(ValueError):
        Press.read(data)


def test_a_button_knows_its_call_and_the_version_of_its_card() -> None:
    assert call_button("Call", a_draft(rev=7), "call") == Button("Call", f"c:call:{a_draft().id}:7")
    assert call_button("Warm", a_draft(rev=7), "persona", "warm").data == f"c:persona=warm:{a_draft().id}:7"


def test_a_button_of_a_question_knows_the_questions_number_instead() -> None:
    assert Press.read(call_button("Yes", a_draft(rev=7), "answer", "0", rev=12).data).rev == 12


@given(any_draft(), st.integers(-3, 40))
def test_every_button_is_read_back_as_its_press(draft: Draft, page: int) -> None:
    call = a_call(ending=Ending(EndReason.BUSY, 1, 0), turns=(a_turn("Pronto?"),))
    keyboards = [
        cards.card_buttons(ENGLISH, draft),
        cards.card_buttons(ENGLISH, a_draft(due_unix=4e9, rev=draft.rev)),
        cards.scheduled_buttons(ENGLISH, draft),
        cards.persona_buttons(ENGLISH, draft, page),
        cards.voice_buttons(ENGLISH, draft, page),
        cards.choice_buttons(draft, [Missing(question="How many?", choices=["2", "4"])]),
        call_view.live_buttons(ENGLISH, draft),
        report_view.report_buttons(ENGLISH, draft, call, known=False),
        rehearsal_view.buttons(ENGLISH, draft, None, 0),
    ]
    for keyboard in keyboards:
        check_keyboard(keyboard)
        for button in buttons(keyboard):
            press = Press.read(button.data)
            assert (press.call_id, press.rev) == (draft.id, draft.rev)


def test_choices_stand_two_in_a_row() -> None:
    assert [len(row) for row in in_pairs([Button(str(n)) for n in range(5)])] == [2, 2, 1]
    assert in_pairs([]) == ()
