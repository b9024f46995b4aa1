"""OpenAI's rules for a strict JSON schema (structured outputs).

Owns what a schema may hold, and the words in which OpenAI refuses it. Pure.

Follows https://platform.openai.com/docs/guides/structured-outputs#supported-schemas: the root is an object
and no anyOf; every object has `additionalProperties: false` and lists all its properties as required; a few
keywords for strings, numbers and arrays; no allOf, not, dependentRequired, dependentSchemas, if, then,
else; 5,000 properties and 10 levels.
"""

from collections.abc import Mapping
from typing import Any

FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_MOST_PROPERTIES, _MOST_LEVELS, _MOST_ENUM_VALUES, _MOST_CHARACTERS = 5000, 10, 1000, 120_000
# Documented, or known to be let through as a mere note. Whatever else there is "is not permitted".
_PERMITTED = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"),
        *("$ref", "$defs", "definitions", "title", "description", "$schema"),
        *("pattern", "format"),
        *("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("minItems", "maxItems"),
    }
)


class SchemaError(Exception):
    """The message says where and why, as OpenAI's does."""


class _Count:
    def __init__(self) -> None:
        self.properties = self.enum_values = self.characters = 0


def check_strict_schema(schema: Mapping[str, Any]) -> None:
    """SchemaError if OpenAI would not take it with `strict: true`."""
    # "Root objects must not be anyOf and must be an object"
    if schema.get("type") != "object":
        raise SchemaError(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'.")
    count = _Count()
    _check(schema, (), 1, count)
    if count.properties > _MOST_PROPERTIES or count.enum_values > _MOST_ENUM_VALUES:
        raise SchemaError("schema exceeds the maximum number of properties or enum values.")
    if count.characters > _MOST_CHARACTERS:
        raise SchemaError("schema exceeds the maximum length of names and enum values.")


def _check(schema: Any, context: tuple[str, ...], level: int, count: _Count) -> None:
    at = f"In context={context}, "
    if not isinstance(schema, Mapping):
        raise SchemaError(f"{at}schema must be an object.")
    _check_keywords(schema, at)
    values = schema.get("enum", ())
    count.enum_values += len(values)
    count.characters += sum(len(str(value)) for value in values)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        _check_object(schema, context, level, count)
    if "array" in kinds:
        if "items" not in schema:
            raise SchemaError(f"{at}array schema missing items.")
        _check(schema["items"], (*context, "items"), level, count)
    for n, branch in enumerate(schema.get("anyOf", ())):
        _check(branch, (*context, "anyOf", str(n)), level, count)
    for group in ("$defs", "definitions"):
        for name, definition in schema.get(group, {}).items():
            count.characters += len(name)
            _check(definition, (*context, group, name), level, count)


def _check_keywords(schema: Mapping[str, Any], at: str) -> None:
    for keyword in schema:
        if keyword not in _PERMITTED:
            raise SchemaError(f"{at}'{keyword}' is not permitted.")
    if "$ref" in schema and len(schema) > 1:
        raise SchemaError(f"{at}'$ref' cannot have keywords {set(schema) - {'$ref'}}.")
    if not schema.keys() & {"type", "$ref", "anyOf", "enum", "const"}:
        raise SchemaError(f"{at}schema must have a 'type' key.")
    if schema.get("format", "date") not in FORMATS:
        raise SchemaError(f"{at}'{schema['format']}' is not a valid format.")


def _check_object(schema: Mapping[str, Any], context: tuple[str, ...], level: int, count: _Count) -> None:
    at = f"In context={context}, "
    if level > _MOST_LEVELS:
        raise SchemaError(f"{at}schema exceeds {_MOST_LEVELS} levels of nesting.")
    if schema.get("additionalProperties") is not False:
        raise SchemaError(f"{at}'additionalProperties' is required to be supplied and to be false.")
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    demand = "'required' is required to be supplied and to be an array including every key in properties."
    for name in properties:
        if name not in required:
            raise SchemaError(f"{at}{demand} Missing '{name}'.")
    for name in required:
        if name not in properties:
            raise SchemaError(f"{at}{demand} Extra required key '{name}' supplied.")
    count.properties += len(properties)
    for name, part in properties.items():
        count.characters += len(name)
        _check(part, (*context, "properties", name), level + 1, count)
