"""The report by rules: the line that each statement rests on, how sure it is, and what goes into a calendar."""

from typing import Any

import pytest

from prompts import library
from tests.sandbox_telephone import BOOK, SUMMARY_SCHEMA, planned, summed_up, telephone

PLAN = planned(f"{BOOK}, and ask if they have parking")
DENTIST = planned("phone the dentist 415-555-0111 to move my appointment to Tuesday morning, any day next week is fine")


def report(*callee: str, plan: dict[str, Any] = PLAN, agent: str = "I see.") -> dict[str, Any]:
    """The agent speaks first, and between the callee's lines."""
    lines = [f"agent: {plan['opening']}"]
    for words in callee:
        lines += [f"callee: {words}", f"agent: {agent}"]
    return summed_up(plan, lines)


def test_a_report_tells_only_what_the_callee_said() -> None:
    found = summed_up(PLAN, ["agent: You are booked!", "callee: Who is this?"])
    assert found["achieved"] != "yes"
    assert found["answers"] == [
        {"question": "Whether they have parking", "answer": "not said", "turn": 0, "certain": True}
    ]
    assert found["appointment"] is None


def test_each_statement_names_the_line_it_rests_on() -> None:
    lines = [
        f"agent: {PLAN['opening']}",
        "callee: Trattoria Roma, good evening.",
        "callee: You are booked: 7:45, table for four, under Shane.",
        "agent: Great, thank you. Do you have parking?",
        "callee: Yes, there is parking behind the house.",
        "callee: Anything else?",
        "agent: Thank you, goodbye!",
    ]
    found = summed_up(PLAN, lines)
    assert (found["headline"], found["turn"], found["certain"]) == (
        "Booked: 7:45pm, table for 4, under Shane.",
        3,
        True,
    )
    assert found["answers"][0]["turn"] == 5
    assert found["next_steps"] == [{"text": "Be there: 7:45pm.", "turn": 3}]


def test_lines_without_words_keep_their_numbers() -> None:
    found = summed_up(PLAN, [f"agent: {PLAN['opening']}", "callee: ", "callee: You are booked: 7pm."])
    assert found["turn"] == 3


def test_lines_without_numbers_are_counted() -> None:
    found = summed_up(PLAN, [])
    assert (found["headline"], found["turn"], found["certain"]) == ("Nobody said anything.", 0, True)


@pytest.mark.parametrize(
    ("words", "certain"),
    [
        ("You are booked: 7pm, table for four, under Shane.", True),
        ("I think you are booked: 7pm, table for four.", False),
        ("You are probably booked, 7pm.", False),
        ("You are booked at 7pm, I believe.", False),
    ],
)
def test_who_hedges_is_not_certain(words: str, certain: bool) -> None:
    found = report(words)
    assert (found["achieved"], found["certain"]) == ("yes", certain)


def test_an_answer_that_was_hedged_is_not_certain() -> None:
    plan = planned("call Mia +14155550108 and ask whether she is coming on Saturday")
    found = report("Yes, I think I am coming.", plan=plan)
    answer = {"question": "Whether she is coming on Saturday", "answer": "Yes, I think I am coming."}
    assert found["answers"] == [{**answer, "turn": 2, "certain": False}]
    assert (found["achieved"], found["turn"], found["certain"]) == ("yes", 2, False)


def test_an_unclear_outcome_is_not_certain() -> None:
    found = report("Let me look.", plan=planned(BOOK))
    assert (found["achieved"], found["certain"]) == ("unclear", False)


def test_what_is_to_be_done_rests_on_a_line_too() -> None:
    found = report("We are fully booked, sorry.", "What is your e-mail address?", agent="Shane can call you back.")
    assert found["next_steps"] == [
        {"text": "Call them back about this: What is your e-mail address?", "turn": 4},
        {"text": "Try another time or another day.", "turn": 2},
    ]


# Appointments


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("You are booked: 7:45, table for four, under Shane.", "2026-11-22T19:45"),
        ("You are booked tomorrow at 8pm.", "2026-11-23T20:00"),
        ("You are booked on Saturday at 7pm.", "2026-11-28T19:00"),
        ("You are booked for the 5th of December at 7:30pm.", "2026-12-05T19:30"),
        ("You are all set.", "2026-11-22T19:00"),  # for what was asked
        ("You are booked for the 31st of February at 7pm.", None),
        ("We are fully booked.", None),
        ("I cannot say.", None),
    ],
)
def test_a_booking_with_a_time_is_an_appointment(words: str, start: str | None) -> None:
    expected = {"title": "Table for 4 at Trattoria Roma", "start": start, "minutes": 120, "place": "Trattoria Roma"}
    assert report(words, plan=planned(BOOK))["appointment"] == (expected if start else None)


def test_an_appointment_that_was_moved_is_at_its_new_time() -> None:
    call = telephone(DENTIST, "+14155550111")
    found = summed_up(DENTIST, [f"{who}: {text}" for who, text in call.script()])
    assert found["appointment"] == {
        "title": "Appointment at the dentist",
        "start": "2026-11-25T10:00",
        "minutes": 30,
        "place": "the dentist",
    }


@pytest.mark.parametrize(
    "request_",
    [
        "call Mia +14155550108 and tell her that dinner is at 8pm",
        "call Mia +14155550108 and ask when she is coming",
        "call the dentist 415-555-0111 and cancel my appointment on Tuesday at 10am",
        "call the salon +14155550111 and book a haircut for Thursday",
    ],
)
def test_what_is_no_booking_at_a_time_is_no_appointment(request_: str) -> None:
    found = report("Good to know. That is done, you are booked.", plan=planned(request_))
    assert found["achieved"] == "yes"
    assert found["appointment"] is None


def test_a_haircut_is_an_appointment_of_an_hour() -> None:
    plan = planned("call the salon +14155550111 and book a haircut for Thursday at 3pm")
    found = report("You are booked: Thursday at 3pm.", plan=plan)["appointment"]
    assert (found["title"], found["start"], found["minutes"]) == ("Haircut at the salon", "2026-11-26T15:00", 60)


def test_the_rules_tell_of_every_field() -> None:
    rules = library.render("report")
    for name in (*SUMMARY_SCHEMA["properties"], *SUMMARY_SCHEMA["$defs"]["Appointment"]["properties"]):
        assert f"{name}:" in rules or f"{name}, everywhere:" in rules, name
