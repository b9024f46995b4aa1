"""Checks values against the OpenAI SDK's own types, and refuses what the types do not name.

Owns the strictness of the stand-in: a field that is misspelt, moved or of another type is an error here, as
it is at OpenAI. Must not hold rules of its own; those that the types cannot tell live with their subject.
Pure.

Follows the SDK's `openai.types` (the TypedDicts of requests, the models of answers) and, for the words of a
refusal, the errors of the API reference (unknown_parameter, missing_required_parameter, invalid_value,
invalid_type).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, SchemaValidator

_BRANCH = "|"  # marks the steps of an error's path that name a branch of a union rather than a field
# Typed without null, yet "can be set to `null` to turn off": the SDK's docstrings of both fields.
_NULL_TURNS_OFF = frozenset({"noise_reduction", "transcription"})
_KINDS = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a decimal",
    "bool_type": "a boolean",
    "dict_type": "an object",
    "model_type": "an object",
    "list_type": "an array",
    "sequence_str": "an array",
    "none_required": "null",
}


@dataclass(frozen=True)
class Problem:
    message: str
    code: str
    param: str


@cache
def validator(kind: Any) -> SchemaValidator:
    """A validator of one of the SDK's types that refuses unknown fields at every depth."""
    return SchemaValidator(_closed(TypeAdapter(kind).core_schema))


def problem(kind: Any, value: Any) -> Problem | None:
    """The first thing wrong with a decoded JSON value, in OpenAI's words; None if it is right."""
    try:
        validator(kind).validate_python(value, strict=True)
    except ValidationError as refusal:
        return _told(_likeliest(refusal.errors(include_url=False))[0])
    return None


def listed(values: Iterable[str]) -> str:
    """'a', 'b', and 'c': the way OpenAI lists the values it supports."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


def _closed(schema: Any) -> Any:
    """A copy of a core schema in which objects take no extra fields, and iterables are checked at once."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if isinstance(schema, tuple):
        return tuple(_closed(part) for part in schema)
    if not isinstance(schema, Mapping):  # the SDK's models build theirs when it is first read
        return schema
    closed = {key: value if key == "cls" else _closed(value) for key, value in schema.items()}
    match closed.get("type"):
        case "typed-dict" | "model-fields":
            closed["extra_behavior"] = "forbid"
            for name in _NULL_TURNS_OFF & closed["fields"].keys():
                field = closed["fields"][name]
                field["schema"] = {"type": "nullable", "schema": field["schema"]}
        case "generator":  # pydantic reads `Iterable[...]` lazily, which would let anything pass
            closed["type"] = "list"
        case "union":
            closed["choices"] = [
                (choice[0] if isinstance(choice, tuple) else choice, f"{_BRANCH}{n}")
                for n, choice in enumerate(closed["choices"])
            ]
        case _:
            pass
    return closed


def _branch_at(error: ErrorDetails) -> int | None:
    return next((n for n, step in enumerate(error["loc"]) if str(step).startswith(_BRANCH)), None)


def _mismatch(error: ErrorDetails, at: int) -> bool:
    """Whether an error says that the value was never meant for this branch: another kind, or another
    `type`.
    """
    rest = error["loc"][at + 1 :]
    return not rest or (error["type"] == "literal_error" and rest in {("type",), ("role",)})


def _likeliest(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors of the branch that the value was most likely meant for."""
    at = _branch_at(errors[0])
    if at is None:
        return errors
    path = errors[0]["loc"][:at]
    branches: dict[Any, list[ErrorDetails]] = {}
    for error in errors:
        if _branch_at(error) == at and error["loc"][:at] == path:
            branches.setdefault(error["loc"][at], []).append(error)
    best = min(branches.values(), key=lambda group: (sum(_mismatch(e, at) for e in group), len(group)))
    if best[0]["type"] == "literal_error" and _mismatch(best[0], at):
        best = [_of_any_branch(best[0], at, branches.values())]
    return _likeliest([{**error, "loc": error["loc"][:at] + error["loc"][at + 1 :]} for error in best])


def _of_any_branch(error: ErrorDetails, at: int, branches: Iterable[list[ErrorDetails]]) -> ErrorDetails:
    """A `type` that fits no branch is told with the types of all of them."""
    alike = (
        other["ctx"]["expected"]
        for branch in branches
        for other in branch
        if other["type"] == "literal_error" and other["loc"][at + 1 :] == error["loc"][at + 1 :]
    )
    return {**error, "ctx": {"expected": ", ".join(dict.fromkeys(alike))}}


def _param(path: Iterable[int | str]) -> str:
    """session.tools[0].name"""
    param = ""
    for step in path:
        param += f"[{step}]" if isinstance(step, int) else f".{step}"
    return param.removeprefix(".")


def _told(error: ErrorDetails) -> Problem:
    param = _param(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return Problem(f"Unknown parameter: '{param}'.", "unknown_parameter", param)
        case "missing":
            return Problem(f"Missing required parameter: '{param}'.", "missing_required_parameter", param)
        case "literal_error":
            supported = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            text = f"Invalid value: '{error['input']}'. Supported values are: {listed(supported)}."
            return Problem(text, "invalid_value", param)
        case kind:
            got = type(error["input"]).__name__
            text = f"Invalid type for '{param}': expected {_KINDS.get(kind, kind)}, but got {got} instead."
            return Problem(text, "invalid_type", param)
