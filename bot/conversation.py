"""The conversation before a call: from a plan to a card that can be confirmed.

Pure. Owns the stages of a draft and what is still needed for a call. Must not talk to anybody: it says what to say.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot import wording
from bridge import numbers
from bridge.call import VOICES, Callee, CallSpec
from bridge.disclosure import disclosed
from bridge.errors import NumberRefused
from bridge.sensitive import sensitive
from prompts import library


class Plan(BaseModel):
    """What the planner makes of a request; prompts/planner.j2 says what each field means."""

    model_config = ConfigDict(extra="forbid")

    callee_name: str
    callee_number: str
    callee_kind: Literal["business", "person"]
    on_behalf_of: str
    goal: str
    facts: list[str]
    may_agree: list[str]
    questions: list[str]
    language: str
    other_languages: list[str]
    persona: str
    voice: str
    opening: str
    voicemail_message: str
    max_minutes: int
    missing: str
    not_a_call: bool


class Stage(StrEnum):
    DRAFTING = "drafting"  # a question to the requester is open
    CONFIRMING = "confirming"  # the card waits for its buttons
    PLACED = "placed"
    REPORTED = "reported"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in (Stage.DRAFTING, Stage.CONFIRMING)


@dataclass(frozen=True)
class Draft:
    """One request on its way to a call. `id` becomes the spec's id; `rev` counts the card's versions."""

    id: str
    chat_id: int
    requester_id: int
    requester_name: str
    plan: Plan
    stage: Stage = Stage.DRAFTING
    rev: int = 0

    def revised(self, plan: Plan, stage: Stage) -> "Draft":
        return replace(self, plan=plan, stage=stage, rev=self.rev + 1)


@dataclass(frozen=True)
class Reading:
    """A plan that has been looked at: made sound, what is to be said about it, and what is still asked for."""

    plan: Plan
    notes: tuple[str, ...] = ()
    question: str = ""

    @property
    def stage(self) -> Stage:
        return Stage.DRAFTING if self.question else Stage.CONFIRMING


def read(plan: Plan, *, region: str | None, max_minutes: int, disclose: bool = False) -> Reading:
    """Check a plan against what can be called, spoken and dialled.

    `region` is the country of numbers without a code; `disclose` makes the opening's first sentence tell of the AI.
    """
    plan, notes = _cast(plan)
    words = (plan.goal, *plan.facts, *plan.may_agree, *plan.questions, plan.opening, plan.voicemail_message)
    if found := sensitive(*words):
        return Reading(plan, notes, wording.SENSITIVE.format(what=found))
    if disclose and plan.opening:
        opening = disclosed(plan.opening, plan.language, plan.on_behalf_of)
        plan = plan.model_copy(update={"opening": opening})
    plan = plan.model_copy(update={"max_minutes": min(max(plan.max_minutes, 1), max_minutes)})
    if not plan.callee_number.strip():
        return Reading(plan, notes, plan.missing.strip() or wording.ASK_NUMBER)
    try:
        number = numbers.dialable(plan.callee_number, region=region)
    except NumberRefused as refusal:
        return Reading(plan.model_copy(update={"callee_number": ""}), notes, str(refusal))
    plan = plan.model_copy(
        update={"callee_number": number, "callee_name": plan.callee_name.strip() or numbers.readable(number)}
    )
    if not plan.goal.strip():
        return Reading(plan, notes, plan.missing.strip() or wording.ASK_GOAL)
    if not plan.opening.strip():
        return Reading(plan, notes, plan.missing.strip() or wording.ASK_OPENING)
    return Reading(plan, notes, plan.missing.strip())


def _cast(plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Persona, voice and language that exist, and a word about it where another persona or voice was asked for."""
    notes: list[str] = []
    personas = library.personas()
    persona = plan.persona
    if persona not in personas:
        persona = "brisk" if plan.callee_kind == "business" else "warm"
        if plan.persona:
            notes.append(wording.UNKNOWN_PERSONA.format(persona=plan.persona, instead=personas[persona].name))
    voice = plan.voice.lower()
    if voice not in VOICES:
        voice = personas[persona].voice
        if plan.voice:
            notes.append(wording.UNKNOWN_VOICE.format(voice=plan.voice, instead=voice, voices=", ".join(VOICES)))
    language = _language(plan.language)
    others = [code for code in dict.fromkeys(map(_language, plan.other_languages)) if code != language]
    update = {"persona": persona, "voice": voice, "language": language, "other_languages": others}
    return plan.model_copy(update=update), tuple(notes)


def _language(written: str) -> str:
    """The ISO 639-1 code of a language that a model wrote as `en`, `en-US` or `English`; English if it is none.

    The transcription of the callee is forced to this language, and OpenAI refuses a code that it does not know.
    """
    names = {name.lower(): code for code, name in library.languages().items()}
    word = written.strip().lower().replace("_", "-").partition("-")[0]
    code = names.get(word, word)
    return code if len(code) == 2 and library.language_name(code) != code else "en"


def another_call(draft: Draft, plan: Plan, *, region: str | None) -> bool:
    """A message that was no reply to the draft and names another number asks for another call."""

    def digits(number: str) -> str:
        try:
            return numbers.dialable(number, region=region)
        except NumberRefused:
            return ""

    before, after = digits(draft.plan.callee_number), digits(plan.callee_number)
    return bool(before and after and before != after)


def to_spec(draft: Draft) -> CallSpec:
    """The spec of a draft whose plan has been read and has no question open."""
    plan = draft.plan
    return CallSpec(
        id=draft.id,
        callee=Callee(plan.callee_name, plan.callee_number, plan.callee_kind),
        on_behalf_of=plan.on_behalf_of or draft.requester_name,
        goal=plan.goal,
        facts=tuple(plan.facts),
        may_agree=tuple(plan.may_agree),
        questions=tuple(plan.questions),
        language=plan.language,
        persona=plan.persona,
        voice=plan.voice,
        opening=plan.opening,
        voicemail_message=plan.voicemail_message,
        max_duration_s=plan.max_minutes * 60,
        may_switch_to=tuple(code for code in plan.other_languages if code != plan.language),
    )
