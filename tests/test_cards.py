"""What a call looks like in the chat; whatever it is made of, Telegram takes it."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards, wording
from bot.cards import Button, Keyboard, Press
from bot.conversation import Draft, Plan
from bot.richtext import plain
from bot.summary import Answer, Summary
from bridge.call import VOICES, Callee, Ending, EndReason, Turn
from bridge.events import QuestionAsked, QuestionClosed
from prompts import library
from tests.fakes import a_spec
from tests.samples import PLAN, a_draft, a_plan, any_text, check_keyboard, check_message, short_text

ANSWERED = Ending(EndReason.GOODBYE, ring_s=6.2, talk_s=42.4, cost_usd=0.1234)


def buttons(keyboard: Keyboard) -> list[Button]:
    return [button for row in keyboard for button in row]


def labels(keyboard: Keyboard) -> list[str]:
    return [button.label for button in buttons(keyboard)]


def a_turn(text: str, **changes: Any) -> Turn:
    return Turn(**{"id": "i1", "party": "agent", "text": text, "started_ms": 61_000, **changes})


def a_summary(**changes: Any) -> Summary:
    fields = {"headline": "Booked: 7:45pm", "achieved": "yes", "answers": [], "next_steps": [], **changes}
    return Summary.model_construct(**fields)


def any_plan() -> st.SearchStrategy[Plan]:
    """A plan that has been read, so with a number, a persona, a voice and a language; every other word is anyone's."""
    text, texts = any_text(), st.lists(short_text(), max_size=16)
    words = dict.fromkeys(("callee_name", "on_behalf_of", "goal", "opening", "voicemail_message", "language"), text)
    lists = dict.fromkeys(("facts", "may_agree", "questions"), texts)
    choices = {"persona": st.sampled_from(sorted(library.personas())), "voice": st.sampled_from(VOICES)}
    return st.fixed_dictionaries({**words, **lists, **choices}).map(
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


# Buttons


def test_a_press_is_read_from_its_data() -> None:
    assert Press.read("c:call:Xy3_abcdefgh:3") == Press("call", "", "Xy3_abcdefgh", 3)
    assert Press.read("c:persona=warm:Xy3:12") == Press("persona", "warm", "Xy3", 12)


@pytest.mark.parametrize("data", ["", "c", "c:call:Xy3", "x:call:Xy3:1", "c:call::1", "c:call:Xy3:one", "c:a:b:1:2"])
def test_data_of_others_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        Press.read(data)


@given(any_text())
def test_any_other_data_is_read_or_refused_with_a_value_error(data: str) -> None:
    with suppress(ValueError):
        Press.read(data)


@given(any_draft(), st.integers(-3, 40))
def test_every_button_is_read_back_as_its_press(draft: Draft, page: int) -> None:
    keyboards = [cards.persona_buttons(draft, page), cards.voice_buttons(draft, page), cards.card_buttons(draft)]
    keyboards += [cards.live_buttons(draft), cards.report_buttons(draft, spoken=True)]
    for keyboard in keyboards:
        check_keyboard(keyboard)
        for button in buttons(keyboard):
            press = Press.read(button.data)
            assert (press.call_id, press.rev) == (draft.id, draft.rev)


def test_a_choice_is_marked_and_leads_back() -> None:
    shown = buttons(cards.persona_buttons(a_draft(), 0))
    assert [button.label for button in shown if button.label.startswith("✓")] == ["✓ Brisk professional"]
    assert [Press.read(button.data).verb for button in shown][-1] == "back"
    assert {Press.read(button.data).choice for button in shown} >= set(library.personas())


def test_the_voices_are_paged_through_in_a_circle() -> None:
    first, second = cards.voice_buttons(a_draft(), 0), cards.voice_buttons(a_draft(), 1)
    assert labels(first)[-2:] == ["← Back", "More (1/2)"]
    assert Press.read(buttons(first)[-1].data) == Press("voices", "1", a_draft().id, 3)
    assert labels(cards.voice_buttons(a_draft(), 2)) == labels(first)
    names = [label.removeprefix("✓ ") for label in labels(first)[:-2] + labels(second)[:-2]]
    assert names == list(VOICES)


# The card


def test_the_card_says_all_that_is_to_be_confirmed() -> None:
    text = cards.card(a_draft(a_plan(voicemail_message="Please call back.")), estimate_usd=0.567).text
    assert text.splitlines() == [
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


def test_the_card_leaves_out_what_there_is_none_of() -> None:
    plan = a_plan(facts=[], may_agree=[], questions=[], on_behalf_of="")
    text = cards.card(a_draft(plan, requester_name="Ana"), estimate_usd=1).text
    assert "for Ana" in text
    assert "May" not in text
    assert "machine" not in text


def test_the_card_says_how_much_it_does_not_show() -> None:
    text = cards.card(a_draft(a_plan(facts=[f"Fact {n}" for n in range(15)])), estimate_usd=1).text
    assert "• Fact 11\n• … and 3 more\n" in text
    assert "Fact 12" not in text


def test_a_long_card_keeps_its_goal_and_its_cost() -> None:
    plan = a_plan(facts=["f" * 900] * 12, may_agree=["m" * 900] * 12, questions=["q" * 900] * 12)
    card = cards.card(a_draft(plan), estimate_usd=1)
    check_message(card)
    assert "Goal: Book" in card.text
    assert "\n…\nOpens with: “Good evening" in card.text
    assert card.text.endswith("about $1.00 if it takes that long")


@given(any_draft(), st.floats(0, 1e6))
def test_any_card_is_a_message(draft: Draft, estimate: float) -> None:
    card = cards.card(draft, estimate_usd=estimate)
    check_message(card)
    assert f"about ${estimate:.2f}" in card.text
    check_message(cards.cancelled_card(draft))


def test_a_cancelled_card_says_that_nothing_was_dialled() -> None:
    assert cards.cancelled_card(a_draft()).text == f"✖️ Trattoria Roma\n{wording.CANCELLED}"
    assert cards.cancelled_card(a_draft(a_plan(callee_name=""))).text.startswith("✖️ Call\n")


def test_the_personas_are_listed_with_their_voices() -> None:
    listed = cards.personas()
    check_message(listed)
    for persona in library.personas().values():
        assert f"{persona.name} · voice {persona.voice}\nFor {persona.fits}." in listed.text


# The live view


def test_the_live_view_begins_with_its_status() -> None:
    assert [page.text for page in cards.live_pages(a_spec(), "ringing…", [])] == ["📞 Trattoria Roma · ringing…"]


def test_the_live_view_shows_both_sides_and_what_was_cut() -> None:
    turns = [
        a_turn("Good evening, I am calling", interrupted=True),
        a_turn("", party="callee"),
        a_turn("Pronto?", party="callee"),
    ]
    (page,) = cards.live_pages(a_spec(), "connected 0:04", turns)
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
    pages = cards.live_pages(spec, status[:100], turns)
    shown = "".join("".join(page.text.split()) for page in pages)
    for page in pages:
        check_message(page)
    for turn in turns:
        assert "".join(plain(turn.text).text.split()) in shown


# Questions during a call


def a_question(
    question: str = "They only have 8:30. Take it?", choices: tuple[str, ...] = ("Yes", "No")
) -> QuestionAsked:
    return QuestionAsked(at_ms=0, question_id="q1", question=question, choices=choices, patience_s=60)


def closed(how: Any, answer: str = "") -> QuestionClosed:
    return QuestionClosed(at_ms=0, question_id="q1", answer=answer, how=how)


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (None, f"⏳ {wording.QUESTION_OPEN} (0:42)"),
        (closed("answered", "Yes, please"), "You answered: Yes, please"),
        (closed("timed_out"), wording.QUESTION_CLOSED["timed_out"]),
        (closed("call_ended"), wording.QUESTION_CLOSED["call_ended"]),
    ],
)
def test_a_question_is_shown_with_how_it_stands(end: QuestionClosed | None, last: str) -> None:
    shown = cards.question(a_spec(), a_question(), end, 42)
    assert shown.text.splitlines() == ["❓ Trattoria Roma: They only have 8:30. Take it?", last]


def test_every_choice_is_a_button_that_knows_its_question() -> None:
    keyboard = cards.question_buttons(a_draft(), 12, ("Yes", " ", "No, and ask for another day"))
    assert labels(keyboard) == ["Yes", "No, and ask for another day"]
    assert [Press.read(button.data) for button in buttons(keyboard)] == [
        Press("answer", "0", a_draft().id, 12),
        Press("answer", "2", a_draft().id, 12),
    ]
    assert cards.question_buttons(a_draft(), 12, ()) == cards.NO_BUTTONS


@given(any_text(), any_text(), st.sampled_from((None, "answered", "timed_out", "call_ended")), any_text())
def test_any_question_is_a_message(name: str, question: str, how: str | None, answer: str) -> None:
    spec = a_spec(callee=Callee(name, "+14155552671"))
    check_message(cards.question(spec, a_question(question), closed(how, answer) if how else None, 42))


@given(st.lists(short_text(), max_size=20), st.integers(0, 10**6))
def test_any_choices_are_buttons(choices: list[str], number: int) -> None:
    keyboard = cards.question_buttons(a_draft(), number, choices)
    assert len(keyboard) <= 8
    if keyboard:
        check_keyboard(keyboard)


# The report


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (41.6, "0:42"), (59.6, "1:00"), (61, "1:01"), (3600, "60:00")]
)
def test_a_duration_is_shown_as_on_a_phone(seconds: float, shown: str) -> None:
    assert cards.duration(seconds) == shown


def test_the_report_says_the_outcome_first() -> None:
    summary = a_summary(
        answers=[Answer(question="Is there parking?", answer="Behind the house")], next_steps=["Be there at 7:45pm"]
    )
    assert cards.report(a_spec(), ANSWERED, summary).text.splitlines() == [
        "✅ Booked: 7:45pm",
        "• Is there parking? – Behind the house",
        "Next:",
        "• Be there at 7:45pm",
        "",
        "Trattoria Roma · 0:42 on the phone · it ended with a goodbye · cost about $0.12",
    ]


@pytest.mark.parametrize(("achieved", "mark"), [("yes", "✅"), ("no", "❌"), ("unclear", "❔")])
def test_the_report_marks_what_came_of_it(achieved: str, mark: str) -> None:
    assert cards.report(a_spec(), ANSWERED, a_summary(achieved=achieved)).text.startswith(mark)


def test_a_summary_without_a_headline_leaves_it_to_the_facts() -> None:
    assert cards.report(a_spec(), ANSWERED, a_summary(headline=" ")).text.startswith("☎️ The call is over.")


@pytest.mark.parametrize("reason", EndReason)
def test_a_call_that_was_not_answered_is_told_from_the_journal(reason: EndReason) -> None:
    ending = Ending(reason, ring_s=12.3, talk_s=0, detail="The number does not exist.")
    text = cards.report(a_spec(), ending, None).text
    first, *_, last = text.splitlines()
    assert first == f"🔕 {wording.OUTCOMES[reason]}"
    assert wording.END_REASONS[reason] in last
    never_dialled = reason in (EndReason.REFUSED, EndReason.UNCERTAIN)
    assert ("never answered, 12 s" in last) is not never_dialled
    assert ("The number does not exist." in text) is (reason is EndReason.REFUSED)


def test_without_a_summary_the_agents_own_note_is_shown() -> None:
    ending = Ending(EndReason.GOODBYE, ring_s=1, talk_s=30, outcome="Table for four at 7:45pm.")
    assert "The agent's own note: Table for four at 7:45pm." in cards.report(a_spec(), ending, None).text
    assert "own note" not in cards.report(a_spec(), ending, a_summary()).text


def test_a_report_that_is_too_long_keeps_its_outcome_and_its_facts() -> None:
    answers = [Answer(question="q" * 900, answer="a" * 900) for _ in range(12)]
    report = cards.report(a_spec(), ANSWERED, a_summary(answers=answers))
    check_message(report)
    assert report.text.startswith("✅ Booked: 7:45pm")
    assert report.text.endswith("cost about $0.12")


@given(
    any_text(),
    any_ending(),
    st.none()
    | st.builds(
        a_summary,
        headline=any_text(),
        achieved=st.sampled_from(("yes", "no", "unclear")),
        answers=st.lists(
            st.builds(lambda q, a: Answer.model_construct(question=q, answer=a), short_text(), short_text()),
            max_size=16,
        ),
        next_steps=st.lists(short_text(), max_size=16),
    ),
)
def test_any_report_is_a_message(name: str, ending: Ending, summary: Summary | None) -> None:
    report = cards.report(a_spec(callee=Callee(name, "+14155552671")), ending, summary)
    check_message(report)
    assert ("no cost" in report.text.splitlines()[-1]) == (ending.cost_usd == 0)


@pytest.mark.parametrize(
    ("talk_s", "cost_usd", "shown"),
    [
        (30, 0.1234, "cost about $0.12"),
        (30, 0.0001, "cost about $0.01"),
        (0, 0.0, "no cost"),
        (0, 0.02, "cost about $0.02 (first words made while it rang)"),
    ],
)
def test_the_report_says_what_it_cost_and_what_for(talk_s: float, cost_usd: float, shown: str) -> None:
    ending = Ending(EndReason.GOODBYE, ring_s=5, talk_s=talk_s, cost_usd=cost_usd)
    assert cards.report(a_spec(), ending, None).text.endswith(f" · {shown}")


def test_a_call_that_reached_its_goal_needs_no_advice() -> None:
    ending = Ending(EndReason.CALLEE_HUNG_UP, ring_s=5, talk_s=30)
    advice = wording.ADVICE[EndReason.CALLEE_HUNG_UP]
    assert advice not in cards.report(a_spec(), ending, a_summary(achieved="yes")).text
    assert advice in cards.report(a_spec(), ending, a_summary(achieved="unclear")).text


def test_only_a_call_that_was_spoken_on_has_a_transcript_to_ask_for() -> None:
    assert labels(cards.report_buttons(a_draft(), spoken=True)) == ["🔁 Call again", "📄 Full transcript"]
    assert labels(cards.report_buttons(a_draft(), spoken=False)) == ["🔁 Call again"]


def test_the_transcript_is_a_file_of_plain_text() -> None:
    turns = [a_turn("Good evening", interrupted=True), a_turn(""), a_turn("Pronto?", party="callee", started_ms=64_500)]
    assert cards.transcript_file(a_spec(), ANSWERED, turns).splitlines() == [
        "Trattoria Roma, +1 415-555-2671",
        "Goal: Book a table for four at 7pm.",
        "0:42 on the phone · it ended with a goodbye · cost about $0.12",
        "",
        "[1:01] Agent: Good evening [interrupted]",
        "[1:04] Trattoria Roma: Pronto?",
    ]


def test_a_transcript_can_be_had_while_the_call_goes_on() -> None:
    assert "cost" not in cards.transcript_file(a_spec(), None, [a_turn("Good evening")])


# Lists


def test_calls_are_listed_with_how_each_went() -> None:
    rows = [
        cards.CallRow("Roma", "Shane", 1_780_000_000, None),
        cards.CallRow("Roma", "Shane", 1_780_000_000, ANSWERED),
        cards.CallRow("Mum", "Shane", 1_780_000_000, Ending(EndReason.BUSY, 3, 0)),
    ]
    assert cards.call_list(rows).text.splitlines() == [
        "Calls",
        "• 28 May 20:26 UTC · Roma – going on now",
        "• 28 May 20:26 UTC · Roma – 0:42, it ended with a goodbye, $0.12",
        "• 28 May 20:26 UTC · Mum – the line was busy, $0.00",
    ]


@given(
    st.lists(
        st.builds(cards.CallRow, short_text(), short_text(), st.floats(0, 4e9), st.none() | any_ending()), max_size=25
    )
)
def test_any_list_of_calls_is_a_message(rows: list[cards.CallRow]) -> None:
    check_message(cards.call_list(rows))


def test_people_are_listed_with_their_role_and_id() -> None:
    (page,) = cards.people_list([("admin", "Shane", 101), ("caller", "", 102)])
    assert page.text == "People\n• Shane · 101 · admin\n• unknown · 102 · caller"


@given(st.lists(st.tuples(st.sampled_from(("admin", "caller")), short_text(), st.integers(1, 2**52)), max_size=60))
def test_everybody_is_listed_however_many_they_are(people: list[tuple[str, str, int]]) -> None:
    pages = cards.people_list(people)
    for page in pages:
        check_message(page)
    rows = [row for page in pages for row in page.text.splitlines() if row.endswith((" · admin", " · caller"))]
    assert len(rows) == len(people)
