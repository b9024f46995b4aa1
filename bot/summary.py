"""What a language model makes of a finished call. Pure data; prompts/report.j2 says what each field means.

A `turn` is the number of the transcript line that a statement rests on, 0 for none; `certain` is false where the callee
hedged. The schema is what OpenAI takes as strict: no field has a default.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """What the callee said to one of the plan's questions."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    question: str
    answer: str
    turn: int
    certain: bool


class NextStep(BaseModel):
    """Something that the requester has to do or remember."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    text: str
    turn: int


class Appointment(BaseModel):
    """What was booked, for a calendar."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: str
    start: str  # local date and time at the callee's place, "2026-11-24T19:45"
    minutes: int
    place: str


class Summary(BaseModel):
    """The outcome of a call."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    headline: str
    achieved: Literal["yes", "no", "unclear"]
    turn: int
    certain: bool
    answers: list[Answer]
    next_steps: list[NextStep]
    appointment: Appointment | None
