"""What a language model makes of a finished call. Pure data; prompts/report.j2 says what each field means."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str


class Summary(BaseModel):
    model_config = ConfigDict(extra="forbid")

    headline: str
    achieved: Literal["yes", "no", "unclear"]
    answers: list[Answer]
    next_steps: list[str]
