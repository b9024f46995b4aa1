"""The report: a finished call -> its summary, by a language model that reads the transcript.

Owns the report prompt's input, the time that the model has, and what of its answer can be true. The facts of the line
never come from here: they are the journal's.
"""

import asyncio
import json

from bot import booking
from bot.report_view import Finished
from bot.summary import Summary
from bot.text_model import TextModel
from bot.when import now_line
from bridge.call import EndReason
from bridge.errors import ModelError
from prompts import library

PATIENCE_S = 40.0  # somebody waits for the report, and it can do without a summary
_WORDLESS = (EndReason.VOICEMAIL, EndReason.MENU_LOOP)  # what a machine says answers nothing


class Reporter:
    def __init__(self, model: TextModel) -> None:
        self._model = model

    async def summarise(self, call: Finished, zone: str) -> Summary | None:
        """`zone` is the callee's. None where nobody said anything that could be summed up. Raises ModelError; the
        report goes without, then.
        """
        if call.ending.reason in _WORDLESS or not any(turn.party == "callee" for turn in call.turns):
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                summary = await self._model.ask(Summary, library.render("report"), _told(call, zone))
        except TimeoutError:
            raise ModelError("slow", code="model-unreachable", retryable=True) from None
        return _believed(summary, call, zone)


def _told(call: Finished, zone: str) -> str:
    """What the model reads. A turn is one line, so that nobody can speak for the other."""
    spec = call.spec
    plan = {
        "callee": spec.callee.name,
        "on_behalf_of": spec.on_behalf_of,
        "goal": spec.goal,
        "facts": spec.facts,
        "may_agree": spec.may_agree,
        "questions": spec.questions,
        "whispered": call.whispers,
    }
    said = [f"{number} {turn.party}: {' '.join(turn.text.split())}" for number, turn in enumerate(call.turns, 1)]
    date = now_line(call.began_unix, zone)
    written = " ".join(json.dumps(plan, ensure_ascii=False).split())  # JSON leaves some ends of lines as they are
    return "\n".join(["DATE", date, "PLAN", written, "TRANSCRIPT", *said])


def _believed(summary: Summary, call: Finished, zone: str) -> Summary:
    if call.ending.reason is EndReason.TAKEN_OVER:
        # Two people went on without us: only what was answered before is known.
        answers = [answer for answer in summary.answers if answer.turn]
        nothing = {"headline": "", "achieved": "unclear", "turn": 0, "next_steps": [], "appointment": None}
        return summary.model_copy(update={**nothing, "answers": answers})
    if summary.appointment and not booking.sound(summary.appointment, zone, call.began_unix):
        return summary.model_copy(update={"appointment": None})
    return summary
