"""The planner: a request in a person's words -> a plan, by a language model with structured output.

Owns the planning prompt's input. Must not trust the answer: `conversation.py` reads it. Follows
https://platform.openai.com/docs/guides/structured-outputs.
"""

from datetime import UTC, datetime

from bot import wording
from bot.conversation import Plan
from bot.text_model import TextModel
from bridge.call import VOICES
from bridge.errors import ModelError, PlanError
from prompts import library


class Planner:
    def __init__(self, model: TextModel, *, max_minutes: int) -> None:
        self._model = model
        self._max_minutes = max_minutes

    async def plan(self, request: str, *, requester: str, draft: Plan | None = None) -> Plan:
        """A new plan, or the draft amended. Raises PlanError, in words for the requester."""
        instructions = library.render(
            "planner",
            requester=" ".join(requester.split()),
            personas="; ".join(f"{p.key} ({p.name}: {p.fits})" for p in library.personas().values()),
            voices=", ".join(VOICES),
            max_minutes=self._max_minutes,
            today=datetime.now(UTC).strftime("%A, %d %B %Y"),
        )
        before = draft.model_dump_json() if draft else "none"
        try:
            plan = await self._model.ask(Plan, instructions, f"DRAFT\n{before}\nREQUEST\n{request}")
        except ModelError as error:
            raise PlanError(wording.PLANNING_FAILED.format(reason=error)) from error
        return plan if plan.on_behalf_of.strip() else plan.model_copy(update={"on_behalf_of": requester})
