"""The conversation before a call: from a plan to a card that can be confirmed.

Pure. Owns the stages of a draft and what is still needed for a call. Must not talk to anybody: it says what to say.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.chat import Place
from bot.found import Found
from bot.plan import Missing, Plan
from bot.wording import Words
from bridge import numbers
from bridge.call import VOICES, Callee, CallSpec
from bridge.disclosure import announced, disclosed
from bridge.errors import NumberRefused
from bridge.sensitive import sensitive
from prompts import library

MAX_RETRIES = 5
RETRY_MINUTES = (1, 24 * 60)


class Stage(StrEnum):
    DRAFTING = "drafting"  # a question to the requester is open
    CONFIRMING = "confirming"  # the card waits for its buttons
    SCHEDULED = "scheduled"  # confirmed, for later
    PLACED = "placed"
    REPORTED = "reported"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in (Stage.DRAFTING, Stage.CONFIRMING)


@dataclass(frozen=True)
class Draft:
    """One request on its way to a call. `id` becomes the spec's id; `rev` counts the card's versions.

    `due_unix` is the time of a planned call (0: at once); `candidate` what a look-up found for it, not yet
    agreed to.
    """

    id: str
    place: Place
    requester_id: int
    requester_name: str
    plan: Plan
    stage: Stage = Stage.DRAFTING
    rev: int = 0
    due_unix: float = 0.0
    candidate: Found | None = None

    def revised(self, plan: Plan, stage: Stage) -> "Draft":
        return replace(self, plan=plan, stage=stage, rev=self.rev + 1)


@dataclass(frozen=True)
class Rules:
    """What a plan is read by. `region` is the country of numbers without a code; `disclose` makes the opening's first
    sentence tell of the AI, `record` makes it tell of the recording.
    """

    region: str | None = None
    max_minutes: int = 15
    disclose: bool = False
    record: bool = False


@dataclass(frozen=True)
class Reading:
    """A plan that has been looked at: made sound, what is to be said about it, and what is still asked for."""

    plan: Plan
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def stage(self) -> Stage:
        return Stage.DRAFTING if self.missing else Stage.CONFIRMING


def read(words: Words, plan: Plan, rules: Rules) -> Reading:
    """Check a plan against what can be called, spoken and dialled."""
    plan, notes = _cast(words, plan)
    plan = plan.model_copy(update={"missing": [item for item in plan.missing if item.question.strip()]})
    said = (plan.goal, *plan.facts, *plan.may_agree, *plan.questions, plan.opening, plan.voicemail_message)
    if found := sensitive(*said):
        return _asking(plan, notes, words("sensitive", what=words(f"sensitive-{found}")))
    plan = _bounded(_introduced(plan, rules), rules)
    if not plan.callee_number.strip():
        return Reading(plan, notes, tuple(plan.missing) or (_question(words("ask-number")),))
    try:
        number = numbers.dialable(plan.callee_number, region=rules.region)
    except NumberRefused as refusal:
        refused = plan.model_copy(update={"callee_number": ""})
        return _asking(refused, notes, refused_number(words, refusal))
    name = " ".join(plan.callee_name.split()) or numbers.readable(number)  # one line, wherever it is shown
    plan = plan.model_copy(update={"callee_number": number, "callee_name": name})
    if plan.missing:
        return Reading(plan, notes, tuple(plan.missing))
    if not plan.goal.strip():
        return _asking(plan, notes, words("ask-goal"))
    if not plan.opening.strip():
        return _asking(plan, notes, words("ask-opening"))
    return Reading(plan, notes)


def refused_number(words: Words, refusal: NumberRefused) -> str:
    return words(f"number-{refusal.code}", number=refusal.written)


def _question(text: str) -> Missing:
    return Missing(question=text, choices=[])


def _asking(plan: Plan, notes: tuple[str, ...], text: str) -> Reading:
    return Reading(plan, notes, (_question(text),))


def _introduced(plan: Plan, rules: Rules) -> Plan:
    opening = plan.opening
    if opening and rules.disclose:
        opening = disclosed(opening, plan.language, plan.on_behalf_of)
    if opening and rules.record:
        opening = announced(opening, plan.language)
    return plan.model_copy(update={"opening": opening})


def _bounded(plan: Plan, rules: Rules) -> Plan:
    low, high = RETRY_MINUTES
    return plan.model_copy(
        update={
            "max_minutes": min(max(plan.max_minutes, 1), rules.max_minutes),
            "retries": min(max(plan.retries, 0), MAX_RETRIES),
            "retry_minutes": min(max(plan.retry_minutes, low), high) if plan.retries > 0 else 0,
        }
    )


def _cast(words: Words, plan: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Persona, voice and language that exist, and a word about it where another persona or voice was asked for."""
    notes: list[str] = []
    personas = library.personas()
    persona = plan.persona
    if persona not in personas:
        persona = "brisk" if plan.callee_kind == "business" else "warm"
        if plan.persona:
            notes.append(words("unknown-persona", persona=plan.persona, instead=words(f"persona-{persona}")))
    voice = plan.voice.lower()
    if voice not in VOICES:
        voice = personas[persona].voice
        if plan.voice:
            notes.append(words("unknown-voice", voice=plan.voice, instead=voice, voices=", ".join(VOICES)))
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
    """A message that was no reply to the draft and names another number, or another callee, asks for another call.

    As long as the draft has no number, another name alone may be a correction: it takes another matter too.
    """

    def digits(number: str) -> str:
        try:
            return numbers.dialable(number, region=region)
        except NumberRefused:
            return ""

    before, after = digits(draft.plan.callee_number), digits(plan.callee_number)
    if before and after:
        return before != after
    renamed = _differ(draft.plan.callee_name, plan.callee_name)
    return renamed and (bool(before) or _differ(draft.plan.goal, plan.goal))


def _differ(before: str, after: str) -> bool:
    return bool(before.strip() and after.strip()) and before.casefold().split() != after.casefold().split()


def to_spec(draft: Draft, rules: Rules, *, max_minutes: int, max_cost_usd: float = 0.0) -> CallSpec:
    """The spec of a draft whose plan has been read and has no question open. The limits are what its call may take."""
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
        max_duration_s=min(plan.max_minutes, max_minutes) * 60,
        may_switch_to=tuple(code for code in plan.other_languages if code != plan.language),
        disclose=rules.disclose,
        record=rules.record,
        max_cost_usd=max_cost_usd,
    )
