"""The rule-based mind at its desk: plans of free wordings, their amendments, and other shapes."""

from typing import Any

import pytest

from sandbox.brain import RuleMind
from sandbox.brain.schema import fitted
from tests.sandbox_telephone import BOOK, planned


def asks(question: str, *choices: str) -> dict[str, Any]:
    return {"question": question, "choices": list(choices)}


WHAT = asks("What should I say or ask?")
GREETING = "Hello, this is the AI assistant of"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            BOOK,
            {
                "callee_name": "Trattoria Roma",
                "callee_number": "+1 415 555 2671",
                "callee_kind": "business",
                "on_behalf_of": "Shane",
                "goal": "Book a table for 4 people at 7pm under the name Shane.",
                "facts": ["Table for 4 people", "Time: 7pm", "Name: Shane"],
                "may_agree": ["Any time from 7pm to 9pm"],
                "questions": [],
                "language": "en",
                "persona": "brisk",
                "opening": f"{GREETING} Shane. I would like to book a table for four at 7pm, please.",
                "missing": [],
                "not_a_call": False,
                "other_languages": [],
                "contact": "",
                "recent": 0,
                "lookup": "",
                "call_at": "",
                "repeats": False,
                "retries": 0,
                "retry_minutes": 0,
            },
        ),
        (
            "please ring my mum (+44 20 7946 0018) and ask if she's coming on Saturday",
            {
                "callee_name": "Mum",
                "callee_number": "+44 20 7946 0018",
                "callee_kind": "person",
                "goal": "Ask Mum whether she is coming on Saturday.",
                "facts": [],
                "questions": ["Whether she is coming on Saturday"],
                "persona": "warm",
                "opening": f"{GREETING} Shane. Are you coming on Saturday?",
            },
        ),
        (
            "phone the dentist 415-555-0111 to move my appointment to Tuesday morning",
            {
                "callee_name": "the dentist",
                "callee_number": "415-555-0111",
                "goal": "Move Shane's appointment to Tuesday morning.",
                "facts": ["Date: Tuesday morning"],
                "persona": "patient",
            },
        ),
        (
            "call 415 555 2671 table for 2 tonight 8pm under Ana",
            {
                "callee_name": "",
                "callee_number": "415 555 2671",
                "on_behalf_of": "Ana",
                "goal": "Book a table for 2 people at 8pm tonight under the name Ana.",
                "facts": ["Table for 2 people", "Time: 8pm", "Date: tonight", "Name: Ana"],
            },
        ),
        (
            (
                "Can you call Luigi's at +39 06 1234 5678? I'd like a table for 6 on Friday at half past eight. "
                "Anything between 8 and 10 works. One of us is allergic to nuts."
            ),
            {
                "callee_name": "Luigi's",
                "facts": ["Table for 6 people", "Time: 8:30pm", "Date: Friday", "One of them is allergic to nuts"],
                "may_agree": ["Any time from 8pm to 10pm"],
                "language": "it",
            },
        ),
        (
            "Book a table for two at Chez Paul tomorrow at 19:30",
            {"callee_name": "Chez Paul", "callee_number": "", "lookup": "Chez Paul restaurant", "missing": []},
        ),
        (
            "Shared contact: Anna Lee, +14155550108\nask her if she can come to my party on Saturday",
            {
                "callee_name": "Anna Lee",
                "callee_number": "+14155550108",
                "questions": ["Whether she can come to Shane's party on Saturday"],
                "opening": f"{GREETING} Shane. Can you come to Shane's party on Saturday?",
            },
        ),
        (
            (
                "Give my landlord a call on (415) 555-0111 and complain about the broken heater. "
                "Be firm. No longer than 5 minutes."
            ),
            {
                "callee_number": "(415) 555-0111",
                "callee_kind": "person",
                "goal": "Complain about the broken heater.",
                "persona": "firm",
                "max_minutes": 5,
            },
        ),
        (
            (
                "call the salon +14155550111 book a haircut for Thursday at 3pm, any day next week is fine, "
                "use a cheerful persona and voice coral"
            ),
            {
                "goal": "Book a haircut for Thursday at 3pm.",
                "may_agree": ["Any day next week is fine"],
                "persona": "cheerful",
                "voice": "coral",
            },
        ),
        (
            "call Mum on +14155550108 and wish her happy birthday",
            {
                "goal": "Wish Mum a happy birthday.",
                "opening": f"{GREETING} Shane. Shane wishes you a happy birthday.",
            },
        ),
        (
            "wish my grandma a happy birthday, her number is +14155550108",
            {
                "callee_name": "Grandma",
                "callee_kind": "person",
                "opening": f"{GREETING} Shane. Shane wishes you a happy birthday.",
            },
        ),
        ("call +14155550108", {"missing": [WHAT]}),
        ("call mum", {"lookup": "", "missing": [asks("What is the number of Mum?"), WHAT]}),
        ("Shared contact: Anna Lee, +14155550108", {"missing": [WHAT]}),
        ("hello", {"not_a_call": True}),
        ("what's the weather?", {"not_a_call": True}),
        ("tell me a joke", {"not_a_call": True}),
    ],
)
def test_a_request_in_free_words_becomes_a_plan(request_: str, expected: dict[str, Any]) -> None:
    plan = planned(request_)
    assert {name: plan[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("amendment", "expected"),
    [
        (
            "make it for five",
            {
                "goal": "Book a table for 5 people at 7pm under the name Shane.",
                "facts": ["Table for 5 people", "Time: 7pm", "Name: Shane"],
                "opening": f"{GREETING} Shane. I would like to book a table for five at 7pm, please.",
            },
        ),
        ("actually 8pm", {"goal": "Book a table for 4 people at 8pm under the name Shane."}),
        ("make it 7:30 instead", {"facts": ["Table for 4 people", "Time: 7:30pm", "Name: Shane"]}),
        ("on Saturday", {"facts": ["Table for 4 people", "Time: 7pm", "Date: Saturday", "Name: Shane"]}),
        ("ask if they have parking too", {"questions": ["Whether they have parking"]}),
        ("use a warm persona", {"persona": "warm"}),
        ("the negotiator persona please", {"persona": "firm"}),
        ("the number is +1 415 555 0106", {"callee_number": "+1 415 555 0106"}),
        ("under Ana instead", {"on_behalf_of": "Ana", "facts": ["Table for 4 people", "Time: 7pm", "Name: Ana"]}),
        ("8 to 10 works too", {"may_agree": ["Any time from 8pm to 10pm"]}),
        (
            "also tell them it's a birthday",
            {"facts": ["Table for 4 people", "Time: 7pm", "Name: Shane", "It is a birthday"]},
        ),
        ("at most 5 minutes please", {"max_minutes": 5}),
        ("no voicemail", {"voicemail_message": ""}),
    ],
)
def test_an_amendment_changes_what_it_says_and_nothing_else(amendment: str, expected: dict[str, Any]) -> None:
    draft = planned(BOOK)
    plan = planned(amendment, draft)
    assert {name: plan[name] for name in expected} == expected
    assert (plan["callee_name"], plan["missing"], plan["not_a_call"]) == ("Trattoria Roma", [], False)
    if not {"goal", "facts", "on_behalf_of"} & expected.keys():
        assert {k: v for k, v in plan.items() if k not in expected} == {
            k: v for k, v in draft.items() if k not in expected
        }


def test_a_number_that_was_missing_completes_the_plan() -> None:
    plan = planned("+33 1 23 45 67 89", planned("Book a table for two at Chez Paul tomorrow at 19:30"))
    assert (plan["callee_number"], plan["missing"]) == ("+33 1 23 45 67 89", [])
    assert plan["goal"] == "Book a table for 2 people at 7:30pm tomorrow."


def test_words_that_were_missing_complete_the_plan() -> None:
    plan = planned("tell her that I'll be late", planned("Shared contact: Anna, +14155550108"))
    assert (plan["goal"], plan["missing"]) == ("Tell Anna that Shane will be late.", [])


def test_other_matters_than_tables_are_amended_in_their_own_words() -> None:
    plan = planned("phone the dentist 415-555-0111 to move my appointment to Tuesday morning")
    for amendment in ("actually Wednesday", "at 10am"):
        plan = planned(amendment, plan)
    assert plan["goal"] == "Move Shane's appointment to Wednesday at 10am."
    assert plan["opening"].endswith("move Shane's appointment to Wednesday at 10am, please.")


def test_small_talk_leaves_the_draft_as_it_is() -> None:
    draft = planned(BOOK)
    assert planned("hello", draft) == {**draft, "not_a_call": True}


# Other shapes


def test_any_other_shape_is_filled_with_the_least_that_fits() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "enum": ["x", "y"]},
            "b": {"$ref": "#/$defs/B"},
            "c": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            "d": {"type": "array", "items": {"type": "string"}},
        },
        "$defs": {"B": {"type": "object", "properties": {"n": {"type": "number", "minimum": 2}}}},
    }
    value = RuleMind().structured(name="Other", schema=schema, instructions="", text="")
    assert value == {"a": "x", "b": {"n": 2}, "c": 0, "d": []}
    assert fitted({"c": None}, schema)["c"] is None


def test_a_question_is_asked_about_another_day() -> None:
    draft = planned("call Mum on +14155550108 and ask whether she is coming on Saturday")
    assert planned("make it Friday", draft)["questions"] == ["Whether she is coming on Friday"]
