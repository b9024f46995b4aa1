"""The plan: a shape that a model's answer has, and that of older versions can still be read."""

import json
from typing import Any

import pytest

from bot.plan import Missing, Plan
from sandbox.openai.schema import check_strict_schema
from tests.samples import PLAN, a_plan

# Of the first version: what is missing was one question in words.
FIRST = (
    "callee_name callee_number callee_kind on_behalf_of goal facts may_agree questions language persona voice opening "
    "voicemail_message max_minutes not_a_call"
)
OLD: dict[str, Any] = {name: PLAN[name] for name in FIRST.split()} | {"missing": ""}


def stored(plan: object) -> Plan:
    return Plan.stored(json.dumps(plan))


def test_its_schema_is_one_that_structured_output_takes() -> None:
    check_strict_schema(Plan.model_json_schema())


def test_a_plan_comes_back_as_it_was_stored() -> None:
    plan = a_plan(missing=[Missing(question="For how many?", choices=["2", "4"])], call_at="2026-11-23T09:00")
    assert Plan.stored(plan.model_dump_json()) == plan


def test_a_plan_of_which_only_the_callee_is_known_asks_for_the_rest() -> None:
    goal = Missing(question="What should the call achieve?", choices=[])
    plan = Plan.to_callee("Mum", "+442071234567", on_behalf_of="Shane", missing=[goal])
    assert (plan.callee_name, plan.callee_number, plan.on_behalf_of) == ("Mum", "+442071234567", "Shane")
    assert (plan.goal, plan.opening, plan.missing, plan.not_a_call) == ("", "", [goal], False)
    assert Plan.stored(plan.model_dump_json()) == plan


def test_a_plan_of_the_first_version_is_read_as_what_it_meant() -> None:
    assert stored(OLD) == a_plan()


@pytest.mark.parametrize(
    ("missing", "questions"),
    [("", []), ("  ", []), ("Which one?", ["Which one?"]), (None, [])],
)
def test_what_was_missing_in_words_is_a_question_without_choices(missing: str | None, questions: list[str]) -> None:
    assert stored(OLD | {"missing": missing}).missing == [Missing(question=text, choices=[]) for text in questions]


def test_a_plan_without_the_field_misses_nothing() -> None:
    assert stored({name: value for name, value in OLD.items() if name != "missing"}).missing == []


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", "{}", json.dumps(OLD | {"goal": None})])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Plan.stored(text)


def test_a_plan_of_which_only_the_callee_is_known_has_chosen_nothing_else() -> None:
    missing = [Missing(question="What should the call achieve?", choices=[])]
    plan = Plan.to_callee("Mom", "+14155550108", on_behalf_of="Shane", missing=missing)
    assert (plan.callee_name, plan.callee_number, plan.on_behalf_of, plan.missing) == (
        *("Mom", "+14155550108", "Shane", missing),
    )
    assert not any((plan.goal, plan.language, plan.persona, plan.voice, plan.opening, plan.lookup, plan.not_a_call))
