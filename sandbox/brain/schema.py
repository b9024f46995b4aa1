"""A value that fits a JSON schema: what there is to say, and the least that is allowed for the rest.

Follows the subset of https://platform.openai.com/docs/guides/structured-outputs#supported-schemas. Pure.
"""

from collections.abc import Mapping
from typing import Any

_ABSENT = object()
_LEAST: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "null": None}


def fitted(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Any:
    """`value` cut and filled to the schema. Keys that the schema does not have are left out; missing ones are least."""
    root = root or schema
    if value is None and any(branch.get("type") == "null" for branch in schema.get("anyOf", ())):
        return None
    value = None if value is _ABSENT else value
    schema = _resolved(schema, root)
    if "properties" in schema:
        given = value if isinstance(value, Mapping) else {}
        return {key: fitted(given.get(key, _ABSENT), sub, root) for key, sub in schema["properties"].items()}
    if "items" in schema:
        return [fitted(one, schema["items"], root) for one in value or []]
    if (allowed := _allowed(schema)) is not None:
        return value if value in allowed else allowed[0]
    if value is not None:
        return value
    return [] if schema.get("type") == "array" else _least(schema)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Through `$ref`, and to the first branch of `anyOf`, `allOf`."""
    while True:
        if reference := schema.get("$ref"):
            found: Any = root
            for step in str(reference).removeprefix("#/").split("/"):
                found = found[step]
            schema = found
        elif branches := schema.get("anyOf") or schema.get("allOf") or schema.get("oneOf"):
            schema = branches[0]
        else:
            return schema


def _allowed(schema: Mapping[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _least(schema: Mapping[str, Any]) -> Any:
    if "default" in schema:
        return schema["default"]
    kind = schema.get("type", "string")
    if kind == "object":
        return {}
    least = _LEAST.get(kind if isinstance(kind, str) else kind[0], "")
    return max(least, schema["minimum"]) if "minimum" in schema else least
