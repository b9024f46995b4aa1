"""From a plan to a card that can be confirmed: what is made sound, what is asked for, what becomes of the draft."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import wording
from bot.conversation import Plan, Reading, Stage, another_call, read, to_spec
from bridge import briefing
from bridge.call import VOICES, Callee
from prompts import library
from sandbox.openai.schema import check_strict_schema
from tests.samples import a_draft, a_plan, any_text


def reading(**changes: Any) -> Reading:
    return read(a_plan(**changes), region="US", max_minutes=15)


def test_the_plans_schema_is_one_that_structured_output_takes() -> None:
    check_strict_schema(Plan.model_json_schema())


def test_a_whole_plan_can_be_confirmed() -> None:
    found = reading()
    assert (found.plan, found.notes, found.question, found.stage) == (a_plan(), (), "", Stage.CONFIRMING)


@pytest.mark.parametrize("missing", ["", "  "])
def test_a_number_is_asked_for(missing: str) -> None:
    found = reading(callee_number=" ", missing=missing)
    assert (found.question, found.stage) == (wording.ASK_NUMBER, Stage.DRAFTING)


def test_the_planners_own_question_comes_first() -> None:
    for change in ({"callee_number": ""}, {"goal": ""}, {"opening": ""}, {}):
        assert reading(missing=" Which one? ", **change).question == "Which one?"


def test_a_number_is_made_e164_with_the_country_of_ours() -> None:
    assert reading(callee_number="(415) 555-2671").plan.callee_number == "+14155552671"
    elsewhere = read(a_plan(callee_number="(415) 555-2671"), region=None, max_minutes=15)
    assert elsewhere.question.startswith("(415) 555-2671 is not")


@pytest.mark.parametrize("number", ["911", "112", "+1 900 234 5678", "+49 1", "call me"])
def test_a_number_that_is_not_dialled_is_refused_and_forgotten(number: str) -> None:
    found = reading(callee_number=number)
    assert found.question.startswith(number)
    assert found.plan.callee_number == ""
    assert found.plan.goal == a_plan().goal


def test_a_callee_without_a_name_goes_by_the_number() -> None:
    assert reading(callee_name=" ").plan.callee_name == "+1 415-555-2671"


@pytest.mark.parametrize(("field", "question"), [("goal", wording.ASK_GOAL), ("opening", wording.ASK_OPENING)])
def test_a_goal_and_an_opening_are_asked_for(field: str, question: str) -> None:
    assert reading(**{field: " \n"}).question == question


@pytest.mark.parametrize(("minutes", "allowed"), [(-3, 1), (0, 1), (7, 7), (15, 15), (500, 15)])
def test_the_length_of_a_call_stays_within_its_limits(minutes: int, allowed: int) -> None:
    assert reading(max_minutes=minutes).plan.max_minutes == allowed


@pytest.mark.parametrize(("kind", "persona"), [("business", "brisk"), ("person", "warm")])
def test_an_unknown_persona_is_replaced_by_one_that_fits(kind: str, persona: str) -> None:
    found = reading(persona="pirate", callee_kind=kind)
    assert found.plan.persona == persona
    assert "pirate" in found.notes[0]
    assert library.personas()[persona].name in found.notes[0]


def test_an_unknown_voice_is_replaced_by_the_personas_own() -> None:
    found = reading(voice="Morgan", persona="warm")
    assert found.plan.voice == library.personas()["warm"].voice
    assert "Morgan" in found.notes[0]
    assert all(voice in found.notes[0] for voice in VOICES)


def test_no_persona_and_no_voice_are_chosen_without_a_word() -> None:
    found = reading(persona="", voice="")
    assert (found.plan.persona, found.plan.voice, found.notes) == ("brisk", library.personas()["brisk"].voice, ())


def test_a_voice_is_found_however_it_is_written() -> None:
    assert reading(voice="Cedar").plan.voice == "cedar"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[("de", "de"), ("DE", "de"), ("pt-BR", "pt"), ("en_US", "en"), (" it ", "it")],
        *[
            ("German", "de"),
            ("italian", "it"),
            ("", "en"),
            ("Klingon", "en"),
            ("zz", "en"),
            ("und", "en"),
            ("fi", "fi"),
        ],
    ],
)
def test_a_language_becomes_a_code_that_is_known(written: str, code: str) -> None:
    assert reading(language=written).plan.language == code


WRITTEN = ("callee_name", "callee_number", "language", "persona", "voice", "goal", "opening", "missing")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(WRITTEN, any_text())), st.booleans())
def test_whatever_a_model_writes_a_confirmed_plan_can_be_called(fields: dict[str, str], disclose: bool) -> None:
    sound = {name: text.encode(errors="ignore").decode() for name, text in fields.items()}
    found = read(a_plan(**sound), region="US", max_minutes=15, disclose=disclose)
    again = read(found.plan, region="US", max_minutes=15, disclose=disclose)
    assert again.plan == found.plan
    assert again.notes == ()
    if not found.question:
        briefing.brief(to_spec(a_draft(found.plan)))  # raises for a persona or a language that is none


@pytest.mark.parametrize(
    "change",
    [
        {"facts": ["Card number 4111 1111 1111 1111"]},
        {"goal": "Ask for the IBAN and give DE89 3704 0044 0532 0130 00"},
        {"questions": ["What is the password?"]},
    ],
)
def test_what_must_not_be_said_on_the_phone_is_refused_at_the_card(change: dict[str, Any]) -> None:
    found = reading(**change)
    assert found.stage is Stage.DRAFTING
    assert "I neither give nor take those" in found.question


def test_the_opening_tells_of_the_ai_once_where_it_must() -> None:
    plan = a_plan(opening="Good evening, a table for four, please.")
    assert read(plan, region="US", max_minutes=15).plan.opening == plan.opening
    told = read(plan, region="US", max_minutes=15, disclose=True).plan
    assert told.opening.endswith(plan.opening)
    assert "Shane" in told.opening.removesuffix(plan.opening)
    assert read(told, region="US", max_minutes=15, disclose=True).plan == told
    silent = read(a_plan(opening=""), region="US", max_minutes=15, disclose=True)
    assert silent.question == wording.ASK_OPENING


def test_a_draft_counts_its_versions() -> None:
    revised = a_draft(rev=3).revised(a_plan(goal="Another"), Stage.DRAFTING)
    assert (revised.rev, revised.plan.goal, revised.stage, revised.id) == (4, "Another", Stage.DRAFTING, a_draft().id)


def test_a_draft_is_open_until_it_is_placed_or_cancelled() -> None:
    assert [stage.value for stage in Stage if stage.open] == ["drafting", "confirming"]


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ("+14155552671", "+14155552671", False),
        ("+14155552671", "(415) 555-2671", False),
        ("+14155552671", "+14155550123", True),
        ("", "+14155550123", False),
        ("+14155552671", "", False),
        ("+14155552671", "not a number", False),
    ],
)
def test_another_number_asks_for_another_call(before: str, after: str, another: bool) -> None:
    assert another_call(a_draft(a_plan(callee_number=before)), a_plan(callee_number=after), region="US") is another


def test_the_spec_has_all_of_the_plan() -> None:
    spec = to_spec(a_draft(a_plan(voicemail_message="Please call back.")))
    assert spec.id == a_draft().id
    assert spec.callee == Callee("Trattoria Roma", "+14155552671", "business")
    assert (spec.facts, spec.may_agree) == (("Table for 4 people",), ("Any time from 7pm to 9pm",))
    assert spec.questions == ("Is there parking?", "Do they take cards?")
    assert (spec.on_behalf_of, spec.language, spec.persona, spec.voice) == ("Shane", "en", "brisk", "marin")
    assert (spec.voicemail_message, spec.max_duration_s) == ("Please call back.", 600)


def test_the_agent_may_go_on_in_the_other_languages_of_the_plan() -> None:
    assert to_spec(a_draft(a_plan(language="de", other_languages=["en", "de"]))).may_switch_to == ("en",)


def test_a_call_for_nobody_else_is_for_the_requester() -> None:
    assert to_spec(a_draft(a_plan(on_behalf_of=""), requester_name="Ana")).on_behalf_of == "Ana"
