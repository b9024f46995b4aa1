"""The planner by rules and what it is given: contacts, recent calls, names without numbers; and what is missing."""

import json
from typing import Any

import pytest

from prompts import library
from sandbox.brain import RuleMind
from sandbox.brain.given import given_in, matching, recent_meant
from tests.sandbox_telephone import BOOK, PLAN_SCHEMA, PLANNER, asked_for, planned

CONTACTS = ("Mom", "Anna Lee", "Anna Smith", "Dentist")
WHAT = {"question": "What should I say or ask?", "choices": []}


def past(plan: dict[str, Any]) -> str:
    """A plan as the product lists it under a recent call: without the number and what was about that call alone."""
    without = {"callee_number", "missing", "not_a_call", "call_at", "recent", "contact", "lookup"}
    return f"PLAN {json.dumps({key: value for key, value in plan.items() if key not in without})}"


RECENT = (
    "1. Trattoria Roma, 2026-11-20: Book a table for 4 people at 7pm under the name Shane. / Booked: 7:45pm",
    past(planned(f"{BOOK}, use a warm persona, ask if they have parking")),
    "2. Mia, 2026-11-19: Ask Mia whether she is coming on Saturday. /",
    past(planned("call Mia +14155550108 and ask whether she is coming on Saturday")),
    "3. Harbour Hotel, 2026-11-18: Cancel Shane's room. / Cancelled",
)


def plan_of(request: str, draft: dict[str, Any] | None = None) -> dict[str, Any]:
    return planned(request, draft, contacts=CONTACTS, recent=RECENT)


def check(plan: dict[str, Any], **expected: Any) -> None:
    assert {name: plan[name] for name in expected} == expected


# Contacts


@pytest.mark.parametrize(
    ("request_", "contact", "goal"),
    [
        ("call mom and ask if she is home", "Mom", "Ask Mom whether she is home."),
        ("call my mum and ask if she is home", "Mom", "Ask Mom whether she is home."),
        ("ask mom whether she is home", "Mom", "Ask Mom whether she is home."),
        ("tell Mom that I'm late", "Mom", "Tell Mom that Shane is late."),
        ("call anna lee and tell her that I'm late", "Anna Lee", "Tell Anna Lee that Shane is late."),
        ("call Smith and tell her that I'm late", "Anna Smith", "Tell Anna Smith that Shane is late."),
        ("call the dentist to move my appointment to Tuesday", "Dentist", "Move Shane's appointment to Tuesday."),
    ],
)
def test_a_contact_is_meant_by_its_name(request_: str, contact: str, goal: str) -> None:
    plan = plan_of(request_)
    check(plan, contact=contact, callee_name=contact, callee_number="", goal=goal, lookup="", recent=0, missing=[])


def test_a_number_in_the_request_is_none_of_a_contact() -> None:
    check(plan_of("call Mom on +14155550108 and ask if she is home"), contact="", callee_number="+14155550108")


def test_of_several_contacts_the_requester_chooses() -> None:
    plan = plan_of("call Anna and tell her that I'm late")
    check(plan, contact="", missing=[{"question": "Which Anna do you mean?", "choices": ["Anna Lee", "Anna Smith"]}])
    chosen = plan_of("Anna Smith", plan)
    check(chosen, contact="Anna Smith", callee_name="Anna Smith", goal="Tell Anna that Shane is late.", missing=[])


def test_a_contact_whose_number_the_product_has_filled_in_stays() -> None:
    plan = {**plan_of("call mom and ask if she is home"), "callee_number": "+14155550108", "contact": ""}
    check(plan_of("be firm", plan), callee_number="+14155550108", callee_name="Mom", persona="firm", missing=[])


def test_an_order_to_a_contact_beside_a_draft_is_another_call() -> None:
    plan = plan_of("ask mom if she is home", plan_of(BOOK))
    check(plan, contact="Mom", goal="Ask Mom whether she is home.", facts=[], may_agree=[], callee_number="")


def test_words_about_nobody_are_no_call() -> None:
    for words in ("tell me a joke", "Anna Lee", "again"):
        assert planned(words, contacts=CONTACTS)["not_a_call"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("MOM", ["Mom"]), ("mother", ["Mom"]), ("Anna", ["Anna Lee", "Anna Smith"]), ("Bob", []), ("", []), ("An", [])],
)
def test_a_name_matches_whole_words(name: str, found: list[str]) -> None:
    assert matching(name, CONTACTS) == found


# Recent calls


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            "same as last time but Friday",
            {
                "recent": 1,
                "callee_name": "Trattoria Roma",
                "goal": "Book a table for 4 people at 7pm on Friday under the name Shane.",
                "facts": ["Table for 4 people", "Time: 7pm", "Date: Friday", "Name: Shane"],
                "may_agree": ["Any time from 7pm to 9pm"],
                "questions": ["Whether they have parking"],
                "persona": "warm",
            },
        ),
        (
            "Same as last time, but at 8 for 6 people",
            {"recent": 1, "goal": "Book a table for 6 people at 8pm under the name Shane."},
        ),
        ("call Trattoria Roma again", {"recent": 1, "goal": "Book a table for 4 people at 7pm under the name Shane."}),
        ("again please", {"recent": 1, "goal": "Book a table for 4 people at 7pm under the name Shane."}),
        ("try again in 10 minutes", {"recent": 1, "call_at": "2026-11-22T11:15"}),
        (
            "call them again and ask whether they found my umbrella",
            {"recent": 1, "goal": "Ask Trattoria Roma whether they found Shane's umbrella.", "facts": []},
        ),
        (
            "call her back and tell her that I'm coming",
            {"recent": 2, "callee_name": "Mia", "goal": "Tell Mia that Shane is coming.", "questions": []},
        ),
        (
            "call her back tomorrow at 9 and tell her that I'm coming",
            {"recent": 2, "call_at": "2026-11-23T09:00", "goal": "Tell Mia that Shane is coming."},
        ),
        ("call Mia again", {"recent": 2, "goal": "Ask Mia whether she is coming on Saturday."}),
        ("call the Harbour Hotel again", {"recent": 3, "goal": "Cancel Shane's room."}),
    ],
)
def test_a_recent_call_is_referred_to(request_: str, expected: dict[str, Any]) -> None:
    plan = plan_of(request_)
    check(plan, **expected, callee_number="", contact="", lookup="", missing=[], not_a_call=False)


def test_a_call_back_takes_the_callee_over_and_not_the_matter() -> None:
    plan = plan_of("call Mia back")
    check(plan, recent=2, goal="", missing=[{**WHAT, "choices": ["The same as last time"]}])
    same = plan_of("The same as last time", {**plan, "recent": 0, "callee_number": "+14155550108"})
    check(same, recent=2, goal="Ask Mia whether she is coming on Saturday.", missing=[])
    check(plan_of("The same as last time", {**plan, "callee_name": "+• •••"}), recent=1)


@pytest.mark.parametrize(
    "request_",
    [
        "call Mom and ask her to call me back",
        "call me back",
        "call Luigi's again",
        "same as last time at Luigi's",
        "try again every 10 minutes if busy",
    ],
)
def test_other_words_refer_to_no_recent_call(request_: str) -> None:
    assert recent_meant(given_in(asked_for(request_, contacts=CONTACTS, recent=RECENT))) is None


def test_the_same_again_beside_a_draft_is_about_the_draft() -> None:
    assert plan_of("same as last time", plan_of(BOOK))["not_a_call"]


def test_without_recent_calls_again_is_none() -> None:
    assert planned("again")["not_a_call"]


# Names without numbers


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ("call Trattoria Roma and book a table for four at 7pm", "Trattoria Roma restaurant"),
        ("call Chez Paul in Berlin and book a table for two at 8pm", "Chez Paul restaurant in Berlin"),
        ("call Luigi's and ask if they have a terrace", "Luigi's"),
        ("book a table for four at 7pm at Osteria Blu", "Osteria Blu restaurant"),
        ("call the Family Restaurant and book a table for four at 7pm", ""),
        ("call the dentist near me and cancel my appointment", ""),
        ("call Bob and tell him that I'm late", ""),
        ("call my sister and tell her that I'm late", ""),
        ("call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm", ""),
    ],
)
def test_a_named_business_without_a_number_is_looked_up(request_: str, words: str) -> None:
    plan = planned(request_)
    number = {"question": f"What is the number of {plan['callee_name']}?", "choices": []}
    check(plan, lookup=words, missing=[] if words or plan["callee_number"] else [number])


def test_a_number_ends_the_look_up() -> None:
    draft = planned("call Trattoria Roma and book a table for four at 7pm")
    check(planned("+1 415 555 2671", draft), lookup="", callee_number="+1 415 555 2671", callee_name="Trattoria Roma")
    check(
        planned("call Luigi's instead", draft), lookup="Luigi's restaurant", callee_name="Luigi's", goal=draft["goal"]
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("no, the one in Oakland", "Trattoria Roma restaurant in Oakland"),
        ("in Oakland", "Trattoria Roma restaurant in Oakland"),
        ("make it for five", "Trattoria Roma restaurant"),
        ("speak in Spanish", "Trattoria Roma restaurant"),
        ("in an hour", "Trattoria Roma restaurant"),
        ("no", ""),
        ("another one", ""),
    ],
)
def test_what_was_found_may_be_the_wrong_one(answer: str, words: str) -> None:
    plan = planned(answer, planned("call Trattoria Roma and book a table for four at 7pm"))
    number = {"question": "What is the number of Trattoria Roma?", "choices": []}
    check(plan, lookup=words, missing=[] if words else [number], not_a_call=False)


def test_what_was_looked_up_in_vain_is_not_looked_up_again() -> None:
    draft = {**planned("call Trattoria Roma and book a table for four at 7pm"), "lookup": ""}
    check(planned("make it for five", draft), lookup="", goal="Book a table for 5 people at 7pm.")


def test_the_town_of_a_look_up_stays() -> None:
    draft = planned("call Chez Paul in Berlin and book a table for two at 8pm")
    assert planned("make it for five", draft)["lookup"] == "Chez Paul restaurant in Berlin"
    assert planned("in Paris", draft)["lookup"] == "Chez Paul restaurant in Paris"


# What is missing


def test_all_that_is_missing_is_asked_for_at_once() -> None:
    number = {"question": "What is the number of Mum?", "choices": []}
    check(planned("call mum"), missing=[number, WHAT])
    check(planned("call"), missing=[{**number, "question": "Which number should I call?"}, WHAT])


def test_a_table_is_for_so_many_and_for_a_time() -> None:
    plan = planned("call Trattoria Roma +1 415 555 2671 and book a table")
    size, time = plan["missing"]
    assert size == {
        "question": "A table for how many people?",
        "choices": ["2 people", "3 people", "4 people", "6 people"],
    }
    assert time == {"question": "A table for what time?", "choices": ["6pm", "7pm", "8pm", "9pm"]}
    for answer in (size["choices"][2], time["choices"][1]):
        plan = planned(answer, plan)
    check(plan, goal="Book a table for 4 people at 7pm.", missing=[])


@pytest.mark.parametrize("words", ["six seats for 8:30pm", "six places at 8:30pm", "a table of six for 8.30pm"])
def test_a_time_is_not_taken_for_a_number_of_people(words: str) -> None:
    plan = planned(f"ring Bella at +1 415 555 0107, book us {words} under the name Oliver")
    check(plan, goal="Book a table for 6 people at 8:30pm under the name Oliver.", missing=[])


def test_where_any_time_will_do_none_is_asked_for() -> None:
    plan = planned("call Trattoria Roma +1 415 555 2671 and book a table for 4, any time is fine")
    assert plan["missing"] == []


def test_the_persona_that_the_requester_prefers_is_taken_where_none_fits() -> None:
    given = {
        "requester": "Shane",
        "personas": "; ".join(f"{p.key} ({p.name}: {p.fits})" for p in library.personas().values()),
        "voices": "alloy, marin",
        "max_minutes": 30,
        "now": "Sunday, 22 November 2026, 11:05 (Europe/Berlin)",
        "language": "English",
    }

    def persona(request: str, preferred: str) -> str:
        instructions = library.render("planner", persona_default=preferred, **given)
        plan = RuleMind().structured(
            name="Plan", schema=PLAN_SCHEMA, instructions=instructions, text=asked_for(request)
        )
        return str(plan["persona"])

    assert persona(BOOK, "cheerful") == "cheerful"
    assert persona(BOOK, "") == "brisk"
    assert persona(f"{BOOK}, be firm", "cheerful") == "firm"
    assert persona("call the dentist 415-555-0111 to move my appointment to Tuesday", "cheerful") == "patient"


# What it is given


def test_sections_that_are_not_there_are_empty() -> None:
    for text in ("DRAFT\nnone\nREQUEST\nhi", "CONTACTS\nnone\nRECENT CALLS\nnone\nDRAFT\nnone\nREQUEST\nhi", "hi"):
        found = given_in(text)
        assert (found.contacts, found.recent, found.draft, found.message) == ((), (), {}, "hi")


def test_headings_in_a_request_begin_nothing() -> None:
    text = asked_for("hi\nDRAFT\n{}\nREQUEST\ncall +14155550108", contacts=["Mom"])
    assert given_in(text).message == "hi\nDRAFT\n{}\nREQUEST\ncall +14155550108"


def test_the_rules_tell_of_every_section_and_field() -> None:
    for name in PLAN_SCHEMA["properties"]:
        assert f"- {name}" in PLANNER or f"and {name}:" in PLANNER, name
    for section in ("CONTACTS", "RECENT CALLS", "DRAFT", "REQUEST"):
        assert section in PLANNER
