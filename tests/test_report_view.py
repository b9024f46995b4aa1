"""What a finished call looks like: outcome first, the words it rests on, the facts of the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import report_view
from bot.buttons import Button, Press
from bot.report_view import RETRIED, WORDS, Finished
from bot.richtext import units
from bot.summary import Answer, NextStep, Summary
from bridge.call import Callee, Ending, EndReason
from tests.fakes import a_spec
from tests.samples import (
    ANSWERED,
    ENGLISH,
    a_call,
    a_draft,
    a_plan,
    a_step,
    a_summary,
    a_turn,
    an_answer,
    any_ending,
    any_text,
    buttons,
    check_keyboard,
    check_message,
    labels,
    short_text,
)

TURNS = (
    a_turn("Good evening, a table for four at 7?", started_ms=1_000),
    a_turn("At 7 we are full. 7:45 would do, I think.", party="callee", started_ms=9_000),
    a_turn("7:45 is fine.", started_ms=15_000),
    a_turn("Then 7:45. You can park behind the house.", party="callee", started_ms=64_500),
)
ENDED = {reason: Ending(reason, ring_s=12.3, talk_s=0) for reason in EndReason}


def the_report(call: Finished) -> str:
    return report_view.report(ENGLISH, call).text


def the_buttons(call: Finished, *, known: bool = True, calendar: str = "") -> list[Button]:
    return buttons(report_view.report_buttons(ENGLISH, a_draft(), call, known=known, calendar=calendar))


# The outcome


def test_the_report_says_the_outcome_first() -> None:
    summary = a_summary(answers=[an_answer()], next_steps=[a_step()])
    assert the_report(a_call(summary)).splitlines() == [
        "✅ Booked: 7:45pm",
        "• Is there parking? – Behind the house",
        "Next:",
        "• Be there at 7:45pm",
        "",
        "Trattoria Roma · 0:42 on the phone · it ended with a goodbye · cost about $0.12",
    ]


@pytest.mark.parametrize(("achieved", "mark"), [("yes", "✅"), ("no", "❌"), ("unclear", "❔")])
def test_the_report_marks_what_came_of_it(achieved: str, mark: str) -> None:
    assert the_report(a_call(a_summary(achieved=achieved))).startswith(mark)


def test_a_summary_without_a_headline_leaves_it_to_the_facts() -> None:
    assert the_report(a_call(a_summary(headline=" "))).startswith("☎️ The call is over.")


@pytest.mark.parametrize("reason", EndReason)
def test_a_call_that_was_not_answered_is_told_from_the_journal(reason: EndReason) -> None:
    first, *_, last = the_report(a_call(ending=ENDED[reason])).splitlines()
    assert first == f"🔕 {ENGLISH(f'outcome-{reason}')}"
    assert ENGLISH(f"end-{reason}") in last
    never_dialled = reason in (EndReason.REFUSED, EndReason.UNCERTAIN, EndReason.NOT_DIALED)
    assert ("never answered, 12 s" in last) is not never_dialled


def test_without_a_summary_the_agents_own_note_is_shown() -> None:
    ending = Ending(EndReason.GOODBYE, ring_s=1, talk_s=30, outcome="Table for four at 7:45pm.")
    assert "The agent’s own note: Table for four at 7:45pm." in the_report(a_call(ending=ending))
    assert "own note" not in the_report(a_call(a_summary(), ending=ending))


def test_a_report_that_is_too_long_keeps_its_outcome_and_its_facts() -> None:
    report = report_view.report(ENGLISH, a_call(a_summary(answers=[an_answer("q" * 900, "a" * 900)] * 12)))
    check_message(report)
    assert report.text.startswith("✅ Booked: 7:45pm")
    assert report.text.endswith("cost about $0.12")


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
    assert the_report(a_call(ending=ending)).endswith(f" · {shown}")


# Advice


def test_a_call_that_reached_its_goal_needs_no_advice() -> None:
    ending = Ending(EndReason.CALLEE_HUNG_UP, ring_s=5, talk_s=30)
    advice = ENGLISH("advice-callee_hung_up")
    assert advice not in the_report(a_call(a_summary(achieved="yes"), ending=ending))
    assert advice in the_report(a_call(a_summary(achieved="unclear"), ending=ending))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("21211", "Twilio says that this is not a number it can call."),
        ("0", "Twilio did not answer. Try again in a minute."),
        ("99999", "Twilio refused: error 99999."),
    ],
)
def test_a_refusal_of_the_phone_company_is_put_into_words(code: str, advice: str) -> None:
    refused = Ending(EndReason.REFUSED, ring_s=0, talk_s=0, detail=code)
    assert advice in the_report(a_call(ending=refused)).splitlines()


def test_a_message_that_was_left_on_a_machine_is_told() -> None:
    ending = Ending(EndReason.VOICEMAIL, ring_s=8, talk_s=20)
    assert ENGLISH("advice-voicemail") in the_report(a_call(ending=ending))
    for message in ("left", "cut"):
        report = the_report(a_call(ending=ending, message=message))
        assert ENGLISH(f"advice-voicemail-{message}") in report
        assert ENGLISH("advice-voicemail") not in report.splitlines()


@pytest.mark.parametrize("reason", [EndReason.GOODBYE, EndReason.CALLEE_HUNG_UP])
def test_who_asked_not_to_be_called_is_not_advised_to_be_called_again(reason: EndReason) -> None:
    ending = Ending(reason, ring_s=5, talk_s=30)
    for summary in (None, a_summary(achieved="no"), a_summary(achieved="yes")):
        report = the_report(a_call(summary, ending=ending, do_not_call=True))
        assert ENGLISH("advice-do-not-call") in report
        assert ENGLISH("advice-callee_hung_up") not in report


# What it rests on


RESTING = a_summary(
    turn=4,
    answers=[an_answer(turn=4), an_answer("Do they take cards?", "not said", turn=0), an_answer("Late?", "No", turn=2)],
    next_steps=[a_step(turn=2), a_step("Bring cash", turn=0)],
)


def test_every_statement_names_the_words_that_it_rests_on() -> None:
    assert the_report(a_call(RESTING, turns=TURNS)).splitlines()[:7] == [
        "✅ Booked: 7:45pm [1]",
        "• Is there parking? – Behind the house [1]",
        "• Do they take cards? – not said",
        "• Late? – No [2]",
        "Next:",
        "• Be there at 7:45pm [2]",
        "• Bring cash",
    ]


def test_words_are_numbered_as_the_report_names_them_each_once() -> None:
    assert report_view.footnotes(a_call(RESTING, turns=TURNS)) == [4, 2]
    assert report_view.footnotes(a_call(turns=TURNS)) == []


@pytest.mark.parametrize("turn", [0, -1, 5, 10**9])
def test_words_that_there_are_not_are_no_footnote(turn: int) -> None:
    call = a_call(a_summary(turn=turn), turns=TURNS)
    assert report_view.footnotes(call) == []
    assert the_report(call).startswith("✅ Booked: 7:45pm\n")


def test_what_the_callee_hedged_is_marked() -> None:
    summary = a_summary(certain=False, turn=2, answers=[an_answer(turn=4, certain=False), an_answer("Late?", "No")])
    assert the_report(a_call(summary, turns=TURNS)).splitlines()[:3] == [
        "✅ Booked: 7:45pm (not quite clear) [1]",
        "• Is there parking? – Behind the house (not quite clear) [2]",
        "• Late? – No",
    ]


def test_the_words_behind_a_footnote_come_with_their_time_and_speaker() -> None:
    call = a_call(a_summary(turn=2, answers=[an_answer(turn=3)]), turns=TURNS)
    callees, agents = (report_view.words_of(ENGLISH, call, note) for note in (1, 2))
    # Since the answer, which came after 6.2 s: there they are to be heard on a recording.
    assert callees == "[0:03] Trattoria Roma: “At 7 we are full. 7:45 would do, I think.”"
    assert agents == "[0:09] Agent: “7:45 is fine.”"


@pytest.mark.parametrize("note", [-1, 0, 2, 99])
def test_a_footnote_that_there_is_not_has_no_words(note: int) -> None:
    assert report_view.words_of(ENGLISH, a_call(a_summary(turn=2), turns=TURNS), note) == ""
    assert report_view.words_of(ENGLISH, a_call(turns=TURNS), note) == ""


@given(any_text(), any_text())
def test_any_words_fit_into_an_alert(name: str, said: str) -> None:
    """answerCallbackQuery, text: 0-200 characters."""
    spec = a_spec(callee=Callee(name, "+14155552671"))
    call = a_call(a_summary(turn=1), spec=spec, turns=(a_turn(said, party="callee"),))
    assert 1 <= units(report_view.words_of(ENGLISH, call, 1)) <= 200


def test_only_turns_with_words_are_counted() -> None:
    assert report_view.spoken([a_turn(""), TURNS[0], a_turn(""), TURNS[1]]) == TURNS[:2]


# Buttons


def test_each_footnote_has_a_button_five_in_a_row() -> None:
    turns = tuple(a_turn(f"Line {n}", id=f"i{n}") for n in range(20))
    summary = a_summary(answers=[an_answer(turn=n) for n in range(1, 16)])
    keyboard = report_view.report_buttons(ENGLISH, a_draft(), a_call(summary, turns=turns), known=True)
    notes = [[button for button in row if Press.read(button.data).verb == "words"] for row in keyboard]
    assert [len(row) for row in notes] == [5, 5, 0]
    shown = [button for row in notes for button in row]
    assert [button.label for button in shown] == [f"🔎 {number}" for number in range(1, WORDS + 1)]
    assert [Press.read(button.data).choice for button in shown] == [str(number) for number in range(1, WORDS + 1)]


def test_only_a_call_that_was_spoken_on_has_a_transcript_to_ask_for() -> None:
    assert [button.label for button in the_buttons(a_call(turns=TURNS))] == ["🔁 Call again", "📄 Full transcript"]
    assert [button.label for button in the_buttons(a_call())] == ["🔁 Call again"]


@pytest.mark.parametrize("reason", EndReason)
def test_only_who_was_busy_or_did_not_answer_can_be_tried_again_later(reason: EndReason) -> None:
    presses = [Press.read(button.data) for button in the_buttons(a_call(ending=ENDED[reason]))]
    minutes = [press.choice for press in presses if press.verb == "retry"]
    assert minutes == (["0", "15", "60"] if reason in RETRIED else [])


def test_a_call_that_is_tried_again_by_itself_offers_no_other_try() -> None:
    draft = a_draft(a_plan(retries=2, retry_minutes=10))
    keyboard = report_view.report_buttons(ENGLISH, draft, a_call(ending=ENDED[EndReason.BUSY]), known=True)
    assert [button.label for button in buttons(keyboard)] == ["🔁 Call again"]


def test_a_try_later_is_named_by_its_wait() -> None:
    first, *_ = report_view.report_buttons(ENGLISH, a_draft(), a_call(ending=ENDED[EndReason.BUSY]), known=True)
    assert [button.label for button in first] == ["🔁 Now", "🔁 In 15 min", "🔁 In 1 h"]


def test_a_callee_who_is_not_known_can_be_kept_as_a_contact() -> None:
    assert labels(report_view.report_buttons(ENGLISH, a_draft(), a_call(), known=False))[-1] == "💾 Save contact"
    assert "💾 Save contact" not in [button.label for button in the_buttons(a_call(), known=True)]


def test_who_asked_not_to_be_called_is_neither_tried_again_nor_kept() -> None:
    call = a_call(ending=ENDED[EndReason.BUSY], do_not_call=True)
    assert [button.label for button in the_buttons(call, known=False)] == ["🔁 Call again"]


def test_what_was_booked_can_be_put_into_a_calendar() -> None:
    link = "https://calendar.google.com/calendar/render?action=TEMPLATE"
    assert the_buttons(a_call(), calendar=link)[-1] == Button("📅 Add to calendar", url=link)
    keyboard = report_view.report_buttons(ENGLISH, a_draft(), a_call(), known=False, calendar=link)
    assert [button.label for button in keyboard[-1]] == ["💾 Save contact", "📅 Add to calendar"]
    check_keyboard(keyboard)


# Whatever a model writes


def any_summary() -> st.SearchStrategy[Summary]:
    turn, certain = st.integers(-1, 9), st.booleans()
    answers = st.builds(Answer.model_construct, question=short_text(), answer=short_text(), turn=turn, certain=certain)
    steps = st.builds(NextStep.model_construct, text=short_text(), turn=turn)
    return st.builds(
        a_summary,
        headline=any_text(),
        achieved=st.sampled_from(("yes", "no", "unclear")),
        turn=turn,
        certain=certain,
        answers=st.lists(answers, max_size=16),
        next_steps=st.lists(steps, max_size=16),
    )


@given(any_text(), any_ending(), st.none() | any_summary(), st.lists(any_text(), max_size=6), st.booleans())
def test_any_report_is_a_message_with_buttons(
    name: str, ending: Ending, summary: Summary | None, said: list[str], flag: bool
) -> None:
    turns = report_view.spoken([a_turn(text, id=str(n)) for n, text in enumerate(said)])
    spec = a_spec(callee=Callee(name, "+14155552671"))
    call = Finished(spec, ending, turns, summary, do_not_call=flag)
    report = report_view.report(ENGLISH, call)
    check_message(report)
    assert ("no cost" in report.text.splitlines()[-1]) == (ending.cost_usd == 0)
    check_keyboard(report_view.report_buttons(ENGLISH, a_draft(), call, known=flag))
    notes = report_view.footnotes(call)
    for note in range(1, len(notes) + 1):
        assert report_view.words_of(ENGLISH, call, note)


# The transcript


def test_the_transcript_is_a_file_of_plain_text() -> None:
    turns = (a_turn("Good evening", interrupted=True), a_turn("Pronto?", party="callee", started_ms=64_500))
    assert report_view.transcript_file(ENGLISH, a_call(turns=turns)).splitlines() == [
        "Trattoria Roma, +1 415-555-2671",
        "Goal: Book a table for four at 7pm.",
        "0:42 on the phone · it ended with a goodbye · cost about $0.12",
        "",
        "[0:55] Agent: Good evening [interrupted]",
        "[0:58] Trattoria Roma: Pronto?",
    ]


def test_the_line_facts_of_a_call_say_how_long_how_it_ended_and_its_price() -> None:
    assert report_view.line_facts(ENGLISH, ANSWERED) == (
        "0:42 on the phone · it ended with a goodbye · cost about $0.12"
    )
