"""What a call looks like before it is made; whatever it is made of, Telegram takes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.buttons import NO_BUTTONS, PAGE, Keyboard, Press
from bot.conversation import Draft
from bot.plan import Missing
from bot.wording import words
from bridge.call import VOICES
from prompts import library
from tests.samples import (
    ENGLISH,
    a_draft,
    a_plan,
    any_draft,
    any_text,
    buttons,
    check_keyboard,
    check_message,
    labels,
    short_text,
)


def verbs(keyboard: Keyboard) -> list[str]:
    return [Press.read(button.data).verb for button in buttons(keyboard)]


@pytest.mark.parametrize(
    ("usd", "shown"), [(0, "$0.00"), (0.0001, "$0.01"), (0.567, "$0.57"), (12, "$12.00"), (1234.5, "$1234.50")]
)
def test_what_costs_anything_costs_a_cent(usd: float, shown: str) -> None:
    assert cards.money(ENGLISH, usd) == shown


def test_money_and_languages_are_written_as_in_the_language_of_the_chat() -> None:
    told = [
        (cards.money(words(language), 0.294), cards.language_name(words(language), "de"))
        for language in ("en", "de", "es")
    ]
    assert told == [("$0.29", "German"), ("0,29 $", "Deutsch"), ("0,29 US$", "alemán")]
    assert [cards.language_name(ENGLISH, code) for code in ("tlh", "")] == ["tlh", ""]


# The card


def test_the_card_says_all_that_is_to_be_confirmed() -> None:
    draft = a_draft(a_plan(voicemail_message="Please call back."))
    assert cards.card(ENGLISH, draft, estimate_usd=0.567).text.splitlines() == [
        "📞 Trattoria Roma",
        "+1 415-555-2671 · for Shane",
        "",
        "Goal: Book a table for four at 7pm.",
        "May say: Table for 4 people",
        "May agree to: Any time from 7pm to 9pm",
        "Will ask:",
        "• Is there parking?",
        "• Do they take cards?",
        "Opens with: “Good evening, I am calling for Shane about a table.”",
        "On a machine: “Please call back.”",
        "",
        "🎭 Brisk professional · 🔊 marin · English",
        "⏱ at most 10 min · 💵 about $0.57 if it takes that long",
    ]


def test_a_planned_card_says_when_how_often_again_and_that_it_is_recorded() -> None:
    draft = a_draft(a_plan(retries=3, retry_minutes=15))
    shown = cards.card(ENGLISH, draft, estimate_usd=1, when="tomorrow, 23 Nov, 09:00 (Berlin)", recorded=True)
    assert shown.text.splitlines()[-4:-1] == [
        "🕘 tomorrow, 23 Nov, 09:00 (Berlin)",
        "🔁 If busy or not answered: again up to 3 times, 15 min apart",
        "⏺ The call is recorded, and the agent says so.",
    ]
    once = cards.card(ENGLISH, a_draft(a_plan(retries=1, retry_minutes=60)), estimate_usd=1)
    assert "again once, 60 min apart" in once.text


def test_the_card_leaves_out_what_there_is_none_of() -> None:
    plan = a_plan(facts=[], may_agree=[], questions=[], on_behalf_of="")
    text = cards.card(ENGLISH, a_draft(plan, requester_name="Ana"), estimate_usd=1).text
    assert "for Ana" in text
    for left_out in ("May", "machine", "🕘", "🔁", "⏺"):
        assert left_out not in text


def test_the_card_says_how_much_it_does_not_show() -> None:
    text = cards.card(ENGLISH, a_draft(a_plan(facts=[f"Fact {n}" for n in range(15)])), estimate_usd=1).text
    assert "• Fact 11\n• … and 3 more\n" in text
    assert "Fact 12" not in text


def test_a_long_card_keeps_its_goal_and_its_cost() -> None:
    plan = a_plan(facts=["f" * 900] * 12, may_agree=["m" * 900] * 12, questions=["q" * 900] * 12)
    card = cards.card(ENGLISH, a_draft(plan), estimate_usd=1)
    check_message(card)
    assert "Goal: Book" in card.text
    assert "\n…\nOpens with: “Good evening" in card.text
    assert card.text.endswith("about $1.00 if it takes that long")


@given(any_draft(), st.floats(0.01, 1e6), any_text((1, 1, 2)), st.booleans())
def test_any_card_is_a_message(draft: Draft, estimate: float, when: str, recorded: bool) -> None:
    card = cards.card(ENGLISH, draft, estimate_usd=estimate, when=when, recorded=recorded)
    check_message(card)
    assert f"about ${estimate:.2f}" in card.text
    check_message(cards.closed_card(ENGLISH, draft, ENGLISH("card-cancelled")))


def test_a_card_is_confirmed_changed_rehearsed_or_cancelled() -> None:
    assert labels(cards.card_buttons(ENGLISH, a_draft())) == [
        *("📞 Call", "🎭 Persona", "🔊 Voice", "🎬 Rehearse", "✏️ Edit", "✖️ Cancel")
    ]
    assert verbs(cards.card_buttons(ENGLISH, a_draft())) == [
        *("call", "personas", "voices", "rehearse", "edit", "cancel")
    ]


def test_a_planned_card_can_be_called_at_once_all_the_same() -> None:
    first, *_ = cards.card_buttons(ENGLISH, a_draft(due_unix=1_795_395_600))
    assert [(button.label, Press.read(button.data).verb) for button in first] == [
        ("🕘 Plan the call", "call"),
        ("📞 Call now instead", "now"),
    ]
    assert verbs(cards.scheduled_buttons(ENGLISH, a_draft())) == ["now", "unplan"]


def test_a_planned_call_says_what_it_is_and_when() -> None:
    assert cards.scheduled_card(ENGLISH, a_draft(), "tomorrow, 09:00").text.splitlines() == [
        "📞 Trattoria Roma",
        "+1 415-555-2671 · for Shane",
        "Goal: Book a table for four at 7pm.",
        "",
        "🕘 Planned for tomorrow, 09:00.",
    ]


def test_a_call_that_is_tried_again_by_itself_can_be_stopped_for_good() -> None:
    keyboard = cards.retry_buttons(ENGLISH, a_draft())
    assert labels(keyboard) == ["📞 Call now instead", "✖️ No more tries"]
    assert [Press.read(button.data).choice for button in buttons(keyboard)] == ["", "retry"]


@given(any_draft())
def test_telegram_takes_whatever_was_planned(draft: Draft) -> None:
    check_message(cards.scheduled_card(ENGLISH, draft, "tomorrow"))
    check_keyboard(cards.retry_buttons(ENGLISH, draft))


def test_a_closed_card_says_what_became_of_it() -> None:
    line = ENGLISH("card-cancelled")
    assert cards.closed_card(ENGLISH, a_draft(), line).text == "✖️ Trattoria Roma\nCancelled. Nothing was dialled."
    assert cards.closed_card(ENGLISH, a_draft(), line, mark="🕘").text.startswith("🕘 Trattoria Roma\n")
    assert cards.closed_card(ENGLISH, a_draft(a_plan(callee_name="")), line).text.startswith("✖️ Call\n")


# Persona and voice


def test_a_choice_is_marked_and_leads_back() -> None:
    shown = buttons(cards.persona_buttons(ENGLISH, a_draft(), 0))
    assert [button.label for button in shown if button.label.startswith("✓")] == ["✓ Brisk professional"]
    assert [Press.read(button.data).verb for button in shown][-1] == "back"
    assert {Press.read(button.data).choice for button in shown} >= set(library.personas())


def test_the_voices_are_paged_through_in_a_circle() -> None:
    first, second = (cards.voice_buttons(ENGLISH, a_draft(), page) for page in (0, 1))
    assert labels(first)[-2:] == ["← Back", "More (1/2)"]
    assert Press.read(buttons(first)[-1].data) == Press("voices", "1", a_draft().id, 3)
    assert labels(cards.voice_buttons(ENGLISH, a_draft(), 2)) == labels(first)
    assert len(labels(first)) == PAGE + 2
    names = [label.removeprefix("✓ ") for label in labels(first)[:-2] + labels(second)[:-2]]
    assert names == list(VOICES)


def test_the_personas_are_listed_with_their_voices() -> None:
    listed = cards.personas(ENGLISH)
    check_message(listed)
    for persona in library.personas().values():
        assert f"{persona.name} · voice {persona.voice}\nFor {persona.fits}." in listed.text


# What is still missing


FOR_HOW_MANY = Missing(question="For how many?", choices=["2", "4"])
WHEN = Missing(question="For when?", choices=["Tonight", " ", "Tomorrow"])
NUMBER = Missing(question="What number should I call?", choices=[])


def test_one_thing_that_is_missing_is_simply_asked_for() -> None:
    assert cards.questions(ENGLISH, [NUMBER]).text == "What number should I call?"
    assert cards.choice_buttons(a_draft(), [NUMBER]) == NO_BUTTONS
    keyboard = cards.choice_buttons(a_draft(), [FOR_HOW_MANY])
    assert labels(keyboard) == ["2", "4"]
    assert Press.read(buttons(keyboard)[1].data) == Press("fill", "0.1", a_draft().id, 3)


def test_several_things_are_asked_for_at_once_and_numbered() -> None:
    missing = [NUMBER, FOR_HOW_MANY, WHEN]
    assert cards.questions(ENGLISH, missing).text.splitlines() == [
        "I need a little more:",
        "1. What number should I call?",
        "2. For how many?",
        "3. For when?",
    ]
    keyboard = cards.choice_buttons(a_draft(), missing)
    assert labels(keyboard) == ["2. 2", "2. 4", "3. Tonight", "3. Tomorrow"]
    assert [Press.read(button.data).choice for button in buttons(keyboard)] == ["1.0", "1.1", "2.0", "2.2"]


def test_more_than_eight_choices_are_no_help() -> None:
    long = Missing(question="For when?", choices=[f"at {hour}" for hour in range(20)])
    assert len(labels(cards.choice_buttons(a_draft(), [long]))) == 8
    assert len(labels(cards.choice_buttons(a_draft(), [long, long]))) == 8


def any_missing() -> st.SearchStrategy[list[Missing]]:
    one = st.builds(
        lambda question, choices: Missing.model_construct(question=question, choices=choices),
        any_text(),
        st.lists(short_text(), max_size=10),
    )
    return st.lists(one, min_size=1, max_size=3)


@given(any_missing())
def test_whatever_is_missing_is_a_message_with_buttons(missing: list[Missing]) -> None:
    check_message(cards.questions(ENGLISH, missing))
    keyboard = cards.choice_buttons(a_draft(), missing)
    if keyboard:
        check_keyboard(keyboard)
    for button in buttons(keyboard):
        number, _, index = Press.read(button.data).choice.partition(".")
        assert missing[int(number)].choices[int(index)].strip()
