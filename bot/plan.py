"""The plan of one call, as the planner makes it of a request; prompts/planner.j2 says what each field means.

Pure. Owns the shape, and the reading of plans that were stored by an older version. Must not judge a plan:
`conversation.py` reads it. The schema is what OpenAI takes as strict
(https://platform.openai.com/docs/guides/structured-outputs#supported-schemas): no field has a default.
"""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Missing(BaseModel):
    """Something without which the call cannot be made, to be asked; `choices` are answers to tap, or none."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    question: str
    choices: list[str]


class Plan(BaseModel):
    """One phone call, as it was asked for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    callee_name: str
    callee_number: str
    callee_kind: Literal["business", "person"]
    on_behalf_of: str
    goal: str
    facts: list[str]
    may_agree: list[str]
    questions: list[str]
    language: str  # ISO 639-1
    other_languages: list[str]
    persona: str
    voice: str
    opening: str
    voicemail_message: str
    max_minutes: int
    contact: str  # a name exactly as it is listed under CONTACTS
    recent: int  # a number under RECENT CALLS; 0: none
    lookup: str  # what to search the web for, where a named business has no number
    call_at: str  # local date and time, "2026-11-23T09:00"; "": now
    repeats: bool  # asked for more than once: every Monday
    retries: int
    retry_minutes: int
    missing: list[Missing]
    not_a_call: bool

    @classmethod
    def to_callee(cls, name: str, number: str, *, on_behalf_of: str, missing: list[Missing]) -> "Plan":
        """Of which only the callee (E.164) is known. The rest is empty: nobody has chosen it yet."""
        return cls(
            callee_name=name,
            callee_number=number,
            callee_kind="person",
            on_behalf_of=on_behalf_of,
            goal="",
            facts=[],
            may_agree=[],
            questions=[],
            language="",
            persona="",
            voice="",
            opening="",
            voicemail_message="",
            max_minutes=10,
            missing=missing,
            not_a_call=False,
            **_SINCE,
        )

    @classmethod
    def stored(cls, text: str) -> "Plan":
        """A plan from the database, also one of an older version. Raises ValueError for JSON that is no plan."""
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("a plan is an object")  # noqa: TRY004 - one error for whatever is no plan
        return cls.model_validate({**_SINCE, **found, "missing": _missing(found.get("missing"))})


# Fields that the first plans did not have, and what they meant without them.
_SINCE: dict[str, Any] = {
    "other_languages": [],
    "contact": "",
    "recent": 0,
    "lookup": "",
    "call_at": "",
    "repeats": False,
    "retries": 0,
    "retry_minutes": 0,
}


def _missing(stored: object) -> object:
    """What is missing was one question in words, "" for nothing."""
    if isinstance(stored, str):
        return [Missing(question=stored, choices=[])] if stored.strip() else []
    return [] if stored is None else stored
