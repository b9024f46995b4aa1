"""The summary: a shape that a model's answer has, or is refused for."""

import pytest
from pydantic import ValidationError

from bot.summary import Summary
from sandbox.openai.schema import check_strict_schema

ANSWER = {"question": "Parking?", "answer": "Behind the house", "turn": 4, "certain": True}
SUMMARY = {
    "headline": "Booked: 7:45pm",
    "achieved": "yes",
    "turn": 2,
    "certain": True,
    "answers": [ANSWER],
    "next_steps": [{"text": "Be there at 7:45pm", "turn": 2}],
    "appointment": {"title": "Table", "start": "2026-11-24T19:45", "minutes": 120, "place": "Trattoria Roma"},
}


def test_a_summary_is_read() -> None:
    summary = Summary.model_validate(SUMMARY)
    assert summary.answers[0].answer == "Behind the house"
    assert summary.appointment is not None
    assert summary.appointment.start == "2026-11-24T19:45"
    assert Summary.model_validate({**SUMMARY, "appointment": None}).appointment is None


@pytest.mark.parametrize(
    "change",
    [
        {"achieved": "perhaps"},
        {"headline": None},
        {"answers": [{"question": "?"}]},
        {"answers": [{**ANSWER, "turn": "the second"}]},
        {"next_steps": ["Be there"]},
        {"cost": "$2"},
    ],
)
def test_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Summary.model_validate({**SUMMARY, **change})


def test_its_schema_is_one_that_structured_output_takes() -> None:
    check_strict_schema(Summary.model_json_schema())
