"""The report: a finished call -> its summary, by a language model that reads the transcript.

Owns the report prompt's input. The facts of the line never come from here: they are the journal's.
"""

import json
from collections.abc import Sequence

from bot.summary import Summary
from bot.text_model import TextModel
from bridge.call import CallSpec, Turn
from prompts import library


class Reporter:
    def __init__(self, model: TextModel) -> None:
        self._model = model

    async def summarise(self, spec: CallSpec, turns: Sequence[Turn]) -> Summary:
        """Raises ModelError; the report is sent without a summary then."""
        plan = {
            "callee": spec.callee.name,
            "on_behalf_of": spec.on_behalf_of,
            "goal": spec.goal,
            "facts": spec.facts,
            "may_agree": spec.may_agree,
            "questions": spec.questions,
        }
        said = "\n".join(f"{turn.party}: {' '.join(turn.text.split())}" for turn in turns if turn.text)
        text = f"PLAN\n{json.dumps(plan, ensure_ascii=False)}\nTRANSCRIPT\n{said}"
        return await self._model.ask(Summary, library.render("report"), text)
