"""The summary: a shape that a model's answer has, or is refused for."""

import pytest
from pydantic import ValidationError

from bot.summary import Summary
from sandbox.openai.schema import check_strict_schema

SUMMARY = {
    "headline": "Booked: 7:45pm",
    "achieved": "yes",
    "answers": [{"question": "Parking?", "answer": "Behind the house"}],
    "next_steps": ["Be there at 7:45pm"],
}


def test_a_summary_is_read() -> None:
    summary = Summary.model_validate(SUMMARY)
    assert summary.answers[0].answer == "Behind the house"


@pytest.mark.parametrize(
    "change", [{"achieved": "perhaps"}, {"headline": None}, {"answers": [{"question": "?"}]}, {"cost": "$2"}]
)
def test_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Summary.model_validate({**SUMMARY, **change})


def test_its_schema_is_one_that_structured_output_takes() -> None:
    check_strict_schema(Summary.model_json_schema())
