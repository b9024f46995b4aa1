"""The planner: a request in a person's words -> a plan, by a language model with structured output.

Owns the planning prompt's input. Must not trust the answer: `conversation.py` reads it. The model is told no number but
those that a request itself gives: it names contacts and past calls, whose numbers `planning.py` finds, and of a draft's
own number it sees the country code. Follows https://platform.openai.com/docs/guides/structured-outputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat
from bot.masking import masked
from bot.plan import Plan
from bot.text_model import TextModel
from bot.when import now_line
from bridge import numbers
from bridge.call import VOICES
from bridge.errors import ModelError, PlanError
from prompts import library

_WITHOUT = {"callee_number", "missing", "not_a_call", "call_at", "recent", "contact", "lookup"}  # of a recent call
_MAX_NAME = 128  # Telegram's own limit: a first and a last name of 64 characters each
_REST = "…"  # stands for the digits of a number that the model is not told: "+49…"


@dataclass(frozen=True)
class Recent:
    """A call of the past that a request may refer to. `day` is a date, `outcome` the report's headline or ""."""

    plan: Plan
    day: str
    outcome: str


@dataclass(frozen=True)
class Context:
    """What the planner knows beside the request."""

    chat: Chat
    now_unix: float
    requester: str
    contacts: Sequence[str] = ()
    recent: Sequence[Recent] = ()


class Planner:
    def __init__(self, model: TextModel, *, max_minutes: int) -> None:
        self._model = model
        self._max_minutes = max_minutes

    async def plan(self, request: str, context: Context, *, draft: Plan | None = None) -> Plan:
        """A new plan, or the draft amended. Raises PlanError, in words for the requester."""
        chat = context.chat
        instructions = library.render(
            "planner",
            requester=" ".join(context.requester.split())[:_MAX_NAME],
            personas="; ".join(f"{p.key} ({p.name}: {p.fits})" for p in library.personas().values()),
            voices=", ".join(VOICES),
            max_minutes=self._max_minutes,
            now=now_line(context.now_unix, chat.zone),
            language=library.language_name(chat.language),
            persona_default=chat.persona,
        )
        try:
            plan = await self._model.ask(Plan, instructions, _input(request, context, draft))
        except ModelError as error:
            reason = chat.words(error.code, status=str(error))
            raise PlanError(chat.words("planning-failed", reason=reason)) from error
        plan = _restored(plan, draft)
        return plan if plan.on_behalf_of.strip() else plan.model_copy(update={"on_behalf_of": context.requester})


def _input(request: str, context: Context, draft: Plan | None) -> str:
    """The sections that prompts/planner.j2 tells the model of."""
    names = [" ".join(name.split()) for name in context.contacts]
    contacts = [f"- {name}" for name in names if name == masked(name)]  # a number kept as a name is told to nobody
    recent = [_recent(number, call) for number, call in enumerate(context.recent, 1)]
    return "\n".join(
        [
            "CONTACTS",
            *(contacts or ["none"]),
            "RECENT CALLS",
            *(recent or ["none"]),
            "DRAFT",
            _one_line(_without_digits(draft).model_dump_json()) if draft else "none",
            "REQUEST",
            request,
        ]
    )


def _recent(number: int, call: Recent) -> str:
    plan = _without_digits(call.plan)
    about = " ".join(f"{plan.callee_name}, {call.day}: {plan.goal} / {call.outcome}".split())
    return f"{number}. {about}\nPLAN {_one_line(plan.model_dump_json(exclude=_WITHOUT))}"


def _one_line(written: str) -> str:
    """JSON leaves some ends of lines as they are, and a line of its own could begin another section."""
    return " ".join(written.split())


def _without_digits(plan: Plan) -> Plan:
    """A callee without a name is called by their number, which then is none of the model's business either."""
    number = plan.callee_number.strip()
    country = numbers.readable(number).partition(" ")[0] if numbers.region_of(number) else ""
    shown = {"callee_number": f"{country}{_REST}" if number else "", "callee_name": masked(plan.callee_name)}
    return plan.model_copy(update=shown)


def _restored(plan: Plan, draft: Plan | None) -> Plan:
    """With the draft's number where the model left it as it was shown to it; not for a callee that it names."""
    if _REST in plan.callee_number:
        kept = draft.callee_number if draft and not (plan.contact or plan.recent) else ""
        plan = plan.model_copy(update={"callee_number": kept})
    if plan.callee_name != masked(plan.callee_name) or "•" in plan.callee_name:
        plan = plan.model_copy(update={"callee_name": ""})  # a number is no name: the card shows it anyway
    return plan
