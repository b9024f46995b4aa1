"""From a plan to a card that can be confirmed: what is made sound, what is asked for, what becomes of the draft."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import MAX_RETRIES, Reading, Rules, Stage, another_call, read, refused_number, to_spec
from bot.plan import Missing
from bridge import briefing
from bridge.call import VOICES, Callee
from bridge.errors import NumberRefused, Unfit
from prompts import library
from tests.samples import ENGLISH, a_draft, a_plan, any_text

RULES = Rules(region="US", max_minutes=15)
WHICH = Missing(question="Which one?", choices=["The first", "The other"])


def reading(rules: Rules = RULES, **changes: Any) -> Reading:
    return read(ENGLISH, a_plan(**changes), rules)


def asked(found: Reading) -> list[str]:
    return [item.question for item in found.missing]


def test_a_whole_plan_can_be_confirmed() -> None:
    found = reading()
    assert (found.plan, found.notes, found.missing, found.stage) == (a_plan(), (), (), Stage.CONFIRMING)


@pytest.mark.parametrize("missing", [[], [Missing(question=" ", choices=["4"])]])
def test_a_number_is_asked_for(missing: list[Missing]) -> None:
    found = reading(callee_number=" ", missing=missing)
    assert (asked(found), found.stage) == ([ENGLISH("ask-number")], Stage.DRAFTING)


def test_the_planners_own_questions_come_first() -> None:
    changes: list[dict[str, Any]] = [{"callee_number": ""}, {"goal": ""}, {"opening": ""}, {}]
    for change in changes:
        assert reading(missing=[WHICH], **change).missing == (WHICH,)


def test_everything_that_is_missing_is_asked_for_at_once() -> None:
    when = Missing(question="For when?", choices=[])
    found = reading(missing=[WHICH, Missing(question="", choices=["4"]), when])
    assert found.missing == (WHICH, when)
    assert found.stage is Stage.DRAFTING


def test_a_number_is_made_e164_with_the_country_of_ours() -> None:
    assert reading(callee_number="(415) 555-2671").plan.callee_number == "+14155552671"
    elsewhere = reading(Rules(region=None), callee_number="(415) 555-2671")
    assert asked(elsewhere)[0].startswith("(415) 555-2671 is not")
    assert "country code" in asked(elsewhere)[0]


@pytest.mark.parametrize("number", ["911", "112", "+1 900 234 5678", "+49 1", "call me"])
def test_a_number_that_is_not_dialled_is_refused_and_forgotten(number: str) -> None:
    found = reading(callee_number=number, missing=[WHICH])
    (question,) = asked(found)
    assert question.startswith(number)
    assert found.plan.callee_number == ""
    assert found.plan.goal == a_plan().goal


@pytest.mark.parametrize("code", get_args(Unfit))
def test_every_refusal_of_a_number_has_words(code: Unfit) -> None:
    assert refused_number(ENGLISH, NumberRefused("", code=code, written="+1 900")).startswith("+1 900 ")


def test_a_callee_without_a_name_goes_by_the_number() -> None:
    assert reading(callee_name=" ").plan.callee_name == "+1 415-555-2671"


def test_a_goal_and_an_opening_are_asked_for() -> None:
    assert asked(reading(goal=" \n")) == [ENGLISH("ask-goal")]
    assert asked(reading(opening=" \n")) == [ENGLISH("ask-opening")]


@pytest.mark.parametrize(("minutes", "allowed"), [(-3, 1), (0, 1), (7, 7), (15, 15), (500, 15)])
def test_the_length_of_a_call_stays_within_its_limits(minutes: int, allowed: int) -> None:
    assert reading(max_minutes=minutes).plan.max_minutes == allowed


@pytest.mark.parametrize(
    ("retries", "minutes", "bounded"),
    [
        (0, 0, (0, 0)),
        (0, 15, (0, 0)),
        (-2, 15, (0, 0)),
        (3, 15, (3, 15)),
        (3, 0, (3, 1)),
        (99, 10**9, (MAX_RETRIES, 24 * 60)),
    ],
)
def test_tries_stay_few_and_within_a_day(retries: int, minutes: int, bounded: tuple[int, int]) -> None:
    plan = reading(retries=retries, retry_minutes=minutes).plan
    assert (plan.retries, plan.retry_minutes) == bounded


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


def test_other_languages_become_codes_each_once_and_none_is_the_first() -> None:
    found = reading(language="de", other_languages=["German", "en-US", "English", "it"])
    assert found.plan.other_languages == ["en", "it"]


WRITTEN = ("callee_name", "callee_number", "language", "persona", "voice", "goal", "opening")


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(WRITTEN, any_text())),
    st.lists(any_text(), max_size=2),
    st.booleans(),
    st.booleans(),
)
def test_whatever_a_model_writes_a_confirmed_plan_can_be_called(
    fields: dict[str, str], missing: list[str], disclose: bool, record: bool
) -> None:
    sound = {name: text.encode(errors="ignore").decode() for name, text in fields.items()}
    questions = [{"question": text.encode(errors="ignore").decode(), "choices": []} for text in missing]
    rules = Rules("US", 15, disclose, record)
    found = reading(rules, **sound, missing=questions)
    again = read(ENGLISH, found.plan, rules)
    assert again.plan == found.plan
    assert again.notes == ()
    assert all(item.question.strip() for item in found.missing)
    if not found.missing:
        # Raises for a persona or a language that is none.
        briefing.brief(to_spec(a_draft(found.plan), rules, max_minutes=15))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"facts": ["Card number 4111 1111 1111 1111"]}, "a card number"),
        ({"goal": "Ask for the IBAN and give DE89 3704 0044 0532 0130 00"}, "a bank account number"),
        ({"questions": ["What is the password?"]}, "a password"),
        ({"voicemail_message": "The password is 1234."}, "a password"),
    ],
)
def test_what_must_not_be_said_on_the_phone_is_refused_at_the_card(change: dict[str, Any], what: str) -> None:
    found = reading(**change, missing=[WHICH])
    assert found.stage is Stage.DRAFTING
    (question,) = asked(found)
    assert f"it holds {what}" in question
    assert "I neither give nor take those" in question


def test_the_opening_tells_of_the_ai_once_where_it_must() -> None:
    telling = Rules(region="US", disclose=True)
    plan = a_plan(opening="Good evening, a table for four, please.")
    assert read(ENGLISH, plan, RULES).plan.opening == plan.opening
    told = read(ENGLISH, plan, telling).plan
    assert told.opening.endswith(plan.opening)
    assert "Shane" in told.opening.removesuffix(plan.opening)
    assert read(ENGLISH, told, telling).plan == told
    assert asked(reading(telling, opening="")) == [ENGLISH("ask-opening")]


def test_the_opening_tells_of_the_recording_once_where_there_is_one() -> None:
    recording = Rules(region="US", record=True)
    told = reading(recording).plan
    assert library.phrases("en").recording in told.opening
    assert read(ENGLISH, told, recording).plan == told
    assert library.phrases("en").recording not in reading().plan.opening
    assert asked(reading(recording, opening="")) == [ENGLISH("ask-opening")]


# The draft


def test_a_draft_counts_its_versions() -> None:
    revised = a_draft(rev=3).revised(a_plan(goal="Another"), Stage.DRAFTING)
    assert (revised.rev, revised.plan.goal, revised.stage, revised.id) == (4, "Another", Stage.DRAFTING, a_draft().id)


def test_a_draft_is_open_until_it_is_placed_planned_or_cancelled() -> None:
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


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ({}, {"callee_name": "Luigi", "callee_number": ""}, True),  # whose number is looked up, or asked for
        ({}, {"callee_name": " trattoria  ROMA", "callee_number": ""}, False),
        ({}, {"callee_name": "", "callee_number": ""}, False),
        ({"callee_number": ""}, {"callee_name": "Luigi", "callee_number": ""}, False),  # “no, Luigi”
        ({"callee_number": ""}, {"callee_name": "Joe", "goal": "Tell Joe that it is at 5pm."}, True),
        ({"callee_number": "", "goal": ""}, {"callee_name": "Joe", "goal": "Tell Joe that it is at 5pm."}, False),
        ({"callee_number": ""}, {"goal": "Book a table for five."}, False),
    ],
)
def test_another_callee_asks_for_another_call(before: Any, after: Any, another: bool) -> None:
    assert another_call(a_draft(a_plan(**before)), a_plan(**after), region="US") is another


# The spec


def the_spec(rules: Rules = RULES, max_minutes: int = 15, **changes: Any) -> Any:
    return to_spec(a_draft(a_plan(**changes)), rules, max_minutes=max_minutes, max_cost_usd=2.5)


def test_the_spec_has_all_of_the_plan() -> None:
    spec = the_spec(voicemail_message="Please call back.")
    assert spec.id == a_draft().id
    assert spec.callee == Callee("Trattoria Roma", "+14155552671", "business")
    assert (spec.facts, spec.may_agree) == (("Table for 4 people",), ("Any time from 7pm to 9pm",))
    assert spec.questions == ("Is there parking?", "Do they take cards?")
    assert (spec.on_behalf_of, spec.language, spec.persona, spec.voice) == ("Shane", "en", "brisk", "marin")
    assert (spec.voicemail_message, spec.max_duration_s) == ("Please call back.", 600)


def test_the_spec_takes_no_more_than_the_call_was_permitted() -> None:
    assert (the_spec(max_minutes=4).max_duration_s, the_spec(max_minutes=4).max_cost_usd) == (240, 2.5)
    assert to_spec(a_draft(), RULES, max_minutes=15).max_cost_usd == 0.0


@pytest.mark.parametrize("on", [True, False])
def test_the_spec_says_whether_the_ai_and_the_recording_are_told_of(*, on: bool) -> None:
    assert the_spec(Rules(disclose=on)).disclose is on
    assert the_spec(Rules(record=on)).record is on


def test_the_agent_may_go_on_in_the_other_languages_of_the_plan() -> None:
    assert the_spec(language="de", other_languages=["en", "de"]).may_switch_to == ("en",)


def test_a_call_for_nobody_else_is_for_the_requester() -> None:
    draft = a_draft(a_plan(on_behalf_of=""), requester_name="Ana")
    assert to_spec(draft, RULES, max_minutes=15).on_behalf_of == "Ana"
