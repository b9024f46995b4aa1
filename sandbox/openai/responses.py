"""The Responses API with structured output and web search: a request's body in, a Response object out.

Owns what a request may say and how an answer looks. Must not know of HTTP beyond status and body. Pure but
for ids and the date.

Follows https://platform.openai.com/docs/api-reference/responses/create through the SDK's types, and
https://platform.openai.com/docs/guides/structured-outputs and .../guides/tools-web-search.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming

from sandbox.mind import Mind
from sandbox.openai.events import new_id
from sandbox.openai.schema import SchemaError, check_strict_schema
from sandbox.openai.strict import problem
from sandbox.openai.usage import text_tokens
from sandbox.web_search import results, search

_PLAIN = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


class ApiError(Exception):
    """An HTTP answer with OpenAI's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True)
class Answer:
    """What a test has the next response say instead of the mind: any text, a refusal, or one cut short."""

    text: str
    refusal: bool = False
    incomplete: bool = False


def is_text_model(model: str) -> bool:
    return model.startswith("gpt-") and not model.startswith(("gpt-realtime", "gpt-transcribe"))


def model_not_found(model: str) -> ApiError:
    return ApiError(
        404,
        f"The model `{model}` does not exist or you do not have access to it.",
        param="model",
        code="model_not_found",
    )


def check_request(body: Any) -> dict[str, Any]:
    """The body, if OpenAI would take it; ApiError 400 or 404."""
    if not isinstance(body, dict):
        raise ApiError(400, "We could not parse the JSON body of your request.")
    for field in ("model", "input"):
        if field not in body:
            raise ApiError(
                400,
                f"Missing required parameter: '{field}'.",
                param=field,
                code="missing_required_parameter",
            )
    if wrong := problem(ResponseCreateParamsNonStreaming, body):
        raise ApiError(400, wrong.message, param=wrong.param, code=wrong.code)
    if not is_text_model(body["model"]):
        raise model_not_found(body["model"])
    text_format = body.get("text", {}).get("format", {})
    if text_format.get("type") == "json_schema":
        _check_format(text_format)
    for n, tool in enumerate(body.get("tools", ())):
        if tool["type"].startswith("web_search"):
            _check_location(tool.get("user_location") or {}, f"tools[{n}].user_location")
    return body


def _check_location(given: Mapping[str, Any], at: str) -> None:
    """`country` is a two-letter ISO code, `timezone` an IANA name. How OpenAI words its refusal is not documented."""
    wrong = {
        "country": not re.fullmatch(r"[A-Za-z]{2}", given.get("country") or "US"),
        "timezone": (given.get("timezone") or "UTC") not in _zones(),
    }
    for field, refused in wrong.items():
        if refused:
            text = f"Invalid value for '{at}.{field}': '{given[field]}'."
            raise ApiError(400, text, param=f"{at}.{field}", code="invalid_value")


@cache
def _zones() -> set[str]:
    return available_timezones()  # reads the disk


def _check_format(given: Mapping[str, Any]) -> None:
    name = given["name"]
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        raise ApiError(
            400,
            f"Invalid 'text.format.name': string does not match pattern. Got '{name}', "
            "expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            param="text.format.name",
            code="invalid_value",
        )
    if not given.get("strict"):
        return  # without `strict` any schema is taken, and followed as well as may be
    try:
        check_strict_schema(given["schema"])
    except SchemaError as refusal:
        raise ApiError(
            400,
            f"Invalid schema for response_format '{name}': {refusal}",
            param="text.format.schema",
            code="invalid_json_schema",
        ) from None


def input_text(given: str | list[Mapping[str, Any]]) -> str:
    """The words of a request's input, whichever of the accepted shapes they come in; one line a part."""
    if isinstance(given, str):
        return given
    words: list[str] = []
    for item in given:
        content = item.get("content", item.get("output", ""))
        parts = [{"text": content}] if isinstance(content, str) else content
        words += [str(part["text"]) for part in parts if part.get("text")]
    return "\n".join(words)


def answered(body: Mapping[str, Any], mind: Mind, answer: Answer | None) -> dict[str, Any]:
    """The Response object to a checked body."""
    asked = input_text(body["input"])
    instructions = body.get("instructions") or ""
    text_format = body.get("text", {}).get("format", {"type": "text"})
    read = asked
    output: list[dict[str, Any]] = []
    if any(tool["type"].startswith("web_search") for tool in body.get("tools", ())):
        # Found things come before the message: the first item of an answer need not be the answer.
        action = {"type": "search", "query": asked[:200], "queries": [asked[:200]]}
        output.append({"type": "web_search_call", "id": new_id("ws"), "status": "completed", "action": action})
        read = f"{asked}\n{results(search(asked))}"
    if answer is None:
        answer = Answer(_thought(mind, text_format, instructions, read))
    content: dict[str, Any] = {
        "type": "output_text",
        "text": answer.text,
        "annotations": [],
        "logprobs": [],
    }
    if answer.refusal:
        content = {"type": "refusal", "refusal": answer.text}
    status = "incomplete" if answer.incomplete else "completed"
    output.append(
        {
            "type": "message",
            "id": new_id("msg"),
            "role": "assistant",
            "status": status,
            "content": [content],
        }
    )
    return _response(body, output, status, text_tokens(instructions + read), text_tokens(answer.text))


def _thought(mind: Mind, text_format: Mapping[str, Any], instructions: str, asked: str) -> str:
    if text_format["type"] != "json_schema":
        plain = mind.structured(name="text", schema=_PLAIN, instructions=instructions, text=asked)
        return str(plain["text"])
    thought = mind.structured(
        name=text_format["name"], schema=text_format["schema"], instructions=instructions, text=asked
    )
    return json.dumps(thought, ensure_ascii=False)


def _response(
    body: Mapping[str, Any], output: list[dict[str, Any]], status: str, asked: int, answered_tokens: int
) -> dict[str, Any]:
    now = int(time.time())
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": now,
        "completed_at": now,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "model": body["model"],
        "output": output,
        "parallel_tool_calls": body.get("parallel_tool_calls", True),
        "previous_response_id": body.get("previous_response_id"),
        "reasoning": body.get("reasoning", {"effort": None, "summary": None}),
        "service_tier": "default",
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text", {"format": {"type": "text"}}),
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools", []),
        "top_p": body.get("top_p", 1.0),
        "truncation": body.get("truncation", "disabled"),
        "usage": {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": answered_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + answered_tokens,
        },
        "metadata": body.get("metadata") or {},
    }
