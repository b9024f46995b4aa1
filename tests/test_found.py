"""What a web search found: a shape that structured output takes."""

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import ValidationError

from bot.found import Found
from sandbox.openai.schema import check_strict_schema


def test_its_schema_is_one_that_structured_output_takes() -> None:
    schema = to_strict_json_schema(Found)
    check_strict_schema(schema)
    assert schema["required"] == ["number", "name", "address", "source"]


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValidationError):
        Found.model_validate({"number": "+14155552671", "name": "Roma"})
