"""The Responses stand-in through the SDK: structured output, refusals of schemas, faults.

After https://platform.openai.com/docs/api-reference/responses/create and
https://platform.openai.com/docs/guides/structured-outputs.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response
from pydantic import BaseModel, Field

from bot import plan
from bot.found import Found
from bot.summary import Summary
from sandbox.brain import RuleMind
from sandbox.openai import OpenAIStandIn
from sandbox.openai.schema import SchemaError, check_strict_schema
from sandbox.openai.strict import validator
from tests.sandbox_openai_client import ScriptedMind


class Guest(BaseModel):
    name: str
    seats: int | None = None


class Plan(BaseModel):
    place: str = Field(description="The name of the place")
    mood: Literal["warm", "brisk"]
    guests: list[Guest]


class Number(BaseModel):
    number: str


BERLIN = {"type": "approximate", "city": "Berlin", "country": "DE", "timezone": "Europe/Berlin"}
PLAN = {"place": "Trattoria Roma", "mood": "warm", "guests": [{"name": "Ana", "seats": None}]}


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind(objects=[PLAN, PLAN])


@pytest.fixture
async def stand_in(mind: ScriptedMind) -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(mind) as running:
        yield running


@pytest.fixture
async def sdk(stand_in: OpenAIStandIn) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=stand_in.base_url, api_key="sk-sandbox", max_retries=0) as sdk:
        yield sdk


async def post(stand_in: OpenAIStandIn, body: Any, key: str = "sk-sandbox") -> httpx2.Response:
    async with httpx2.AsyncClient() as http:
        return await http.post(f"{stand_in.base_url}/responses", json=body, headers={"Authorization": f"Bearer {key}"})


def asking(schema: dict[str, Any], **fields: Any) -> dict[str, Any]:
    text_format = {"type": "json_schema", "strict": True, "name": "Plan", "schema": schema}
    return {"model": "gpt-6-luna", "input": "x", "text": {"format": text_format}, **fields}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


async def test_parse_gives_the_object_that_the_mind_made(
    sdk: AsyncOpenAI, mind: ScriptedMind, stand_in: OpenAIStandIn
) -> None:
    response = await sdk.responses.parse(
        model="gpt-6-luna",
        instructions="Plan the call.",
        input=[{"role": "user", "content": "Table for Ana"}],
        text_format=Plan,
    )
    assert response.output_parsed == Plan.model_validate(PLAN)
    assert response.usage is not None
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens > 0
    (asked,) = mind.asked
    assert (asked["name"], asked["instructions"], asked["text"]) == ("Plan", "Plan the call.", "Table for Ana")
    assert stand_in.responses_requests[0]["text"]["format"]["strict"] is True


async def test_the_answer_fits_the_sdk_type_strictly(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, asking(closed(a={"type": "string"}), tools=[{"type": "web_search"}]))
    assert answer.status_code == 200
    assert answer.headers["x-request-id"].startswith("req_")
    validator(Response).validate_json(json.dumps(answer.json()), strict=True)
    assert [item["type"] for item in answer.json()["output"]] == ["web_search_call", "message"]


async def test_plain_text_can_be_asked_for(sdk: AsyncOpenAI, mind: ScriptedMind) -> None:
    mind.objects = [{"text": "Good day."}]
    response = await sdk.responses.create(model="gpt-6", input="Greet me")
    assert response.output_text == "Good day."


async def test_what_the_next_answer_says_can_be_ordered(stand_in: OpenAIStandIn, sdk: AsyncOpenAI) -> None:
    stand_in.answer_next("this is no JSON")
    with pytest.raises(ValueError, match="JSON"):
        await sdk.responses.parse(model="gpt-6-luna", input="x", text_format=Plan)
    stand_in.answer_next("I cannot help with that.", refusal=True)
    refused = await sdk.responses.parse(model="gpt-6-luna", input="x", text_format=Plan)
    assert refused.output_parsed is None
    stand_in.answer_next('{"place": "Tratt', incomplete=True)
    cut = await post(stand_in, asking(closed(a={"type": "string"})))
    assert cut.json()["incomplete_details"] == {"reason": "max_output_tokens"}


@pytest.mark.parametrize(
    ("shape", "text", "field", "value"),
    [
        (plan.Plan, "call +14155550108", "callee_number", "+14155550108"),
        (Summary, "PLAN\n{}\nTRANSCRIPT\n", "appointment", None),
        (Found, "Trattoria Roma", "source", "https://www.example.com/trattoria-roma"),
    ],
)
async def test_the_products_own_shapes_are_taken_and_filled_by_the_rules(
    shape: type[BaseModel], text: str, field: str, value: object
) -> None:
    async with (
        OpenAIStandIn(RuleMind()) as stand_in,
        AsyncOpenAI(base_url=stand_in.base_url, api_key="sk-sandbox", max_retries=0) as sdk,
    ):
        search: Any = [{"type": "web_search", "user_location": BERLIN}]
        response = await sdk.responses.parse(model="gpt-6-luna", input=text, text_format=shape, tools=search)
    assert getattr(response.output_parsed, field) == value


async def test_what_a_web_search_finds_is_read_before_the_answer(sdk: AsyncOpenAI, mind: ScriptedMind) -> None:
    mind.objects = [{"number": "+1 415-555-2671"}, {"number": ""}]
    for words in ("Trattoria Roma", "Luigi's"):
        await sdk.responses.parse(
            model="gpt-6-luna",
            input=words,
            text_format=Number,
            tools=[{"type": "web_search", "user_location": {"type": "approximate", "country": "DE"}}],
        )
    roma = "- Trattoria Roma | +1 415-555-2671 | 1 Example Street | https://www.example.com/trattoria-roma"
    assert [asked["text"] for asked in mind.asked] == [
        f"Trattoria Roma\nSEARCH RESULTS\n{roma}",
        "Luigi's\nSEARCH RESULTS\nnone",
    ]


async def test_the_web_is_not_searched_where_it_is_not_asked_for(sdk: AsyncOpenAI, mind: ScriptedMind) -> None:
    mind.objects = [{"number": ""}]
    await sdk.responses.parse(model="gpt-6-luna", input="Trattoria Roma", text_format=Number)
    assert mind.asked[0]["text"] == "Trattoria Roma"


@pytest.mark.parametrize(
    ("tool", "param", "code"),
    [
        ({"type": "websearch"}, "tools[0].type", "invalid_value"),
        ({"type": "web_search", "location": BERLIN}, "tools[0].location", "unknown_parameter"),
        ({"type": "web_search", "user_location": "Berlin"}, "tools[0].user_location", "invalid_type"),
        (
            {"type": "web_search", "user_location": {**BERLIN, "type": "exact"}},
            "tools[0].user_location.type",
            "invalid_value",
        ),
        (
            {"type": "web_search", "user_location": {**BERLIN, "town": "Berlin"}},
            "tools[0].user_location.town",
            "unknown_parameter",
        ),
        (
            {"type": "web_search", "user_location": {**BERLIN, "country": "Germany"}},
            "tools[0].user_location.country",
            "invalid_value",
        ),
        (
            {"type": "web_search", "user_location": {**BERLIN, "timezone": "Berlin"}},
            "tools[0].user_location.timezone",
            "invalid_value",
        ),
    ],
)
async def test_a_malformed_web_search_is_refused(
    stand_in: OpenAIStandIn, tool: dict[str, Any], param: str, code: str
) -> None:
    answer = await post(stand_in, {"model": "gpt-6-luna", "input": "x", "tools": [tool]})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)


@pytest.mark.parametrize("location", [BERLIN, {"type": "approximate"}, {"type": "approximate", "country": None}, None])
async def test_a_place_to_search_near_is_taken(
    stand_in: OpenAIStandIn, mind: ScriptedMind, location: dict[str, Any] | None
) -> None:
    mind.objects = [{"text": "none"}]
    tool = {"type": "web_search", "user_location": location}
    assert (await post(stand_in, {"model": "gpt-6-luna", "input": "x", "tools": [tool]})).status_code == 200


async def test_an_unknown_model_or_key_is_refused(stand_in: OpenAIStandIn, sdk: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        await sdk.responses.create(model="claude", input="x")
    assert missing.value.code == "model_not_found"
    stranger = AsyncOpenAI(base_url=stand_in.base_url, api_key="sk-wrong", max_retries=0)
    async with stranger:
        with pytest.raises(openai.AuthenticationError) as refused:
            await stranger.responses.create(model="gpt-6", input="x")
    assert refused.value.code == "invalid_api_key"


async def test_a_request_is_checked_field_by_field(stand_in: OpenAIStandIn) -> None:
    for body, param, code in (
        ({"input": "x"}, "model", "missing_required_parameter"),
        ({"model": "gpt-6", "input": "x", "response_format": {}}, "response_format", "unknown_parameter"),
        ({"model": "gpt-6", "input": 5}, "input", "invalid_type"),
        ({"model": "gpt-6", "input": "x", "max_output_tokens": "9"}, "max_output_tokens", "invalid_type"),
    ):
        answer = await post(stand_in, body)
        error = answer.json()["error"]
        assert (answer.status_code, error["param"], error["code"]) == (400, param, code)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_http_fails_as_often_as_ordered(stand_in: OpenAIStandIn, sdk: AsyncOpenAI, status: int) -> None:
    stand_in.fail_next_http(status, times=2)
    for _ in range(2):
        with pytest.raises(openai.APIStatusError) as failed:
            await sdk.responses.parse(model="gpt-6-luna", input="x", text_format=Plan)
        assert failed.value.status_code == status
        assert ("retry-after" in failed.value.response.headers) is (status == 429)
    await sdk.responses.parse(model="gpt-6-luna", input="x", text_format=Plan)


async def test_models_are_listed_and_found(sdk: AsyncOpenAI) -> None:
    assert "gpt-realtime-2.1" in [model.id async for model in sdk.models.list()]
    assert (await sdk.models.retrieve("gpt-6-luna")).id == "gpt-6-luna"
    with pytest.raises(openai.NotFoundError):
        await sdk.models.retrieve("o0")


async def test_a_model_that_the_project_may_not_use_is_there_for_nobody(
    sdk: AsyncOpenAI, stand_in: OpenAIStandIn
) -> None:
    stand_in.no_access.add("gpt-6-luna")
    with pytest.raises(openai.NotFoundError):
        await sdk.models.retrieve("gpt-6-luna")
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.parse(model="gpt-6-luna", input="x", text_format=Plan)


async def test_an_unknown_path_is_not_found(stand_in: OpenAIStandIn) -> None:
    async with httpx2.AsyncClient(headers={"Authorization": "Bearer sk-sandbox"}) as http:
        answer = await http.post(f"{stand_in.base_url}/audio/speech")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Invalid URL (POST /v1/audio/speech)"


async def test_a_schema_that_openai_refuses_is_refused_in_its_words(stand_in: OpenAIStandIn) -> None:
    answer = await post(stand_in, asking(closed(note={"type": "string", "default": ""})))
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": "Invalid schema for response_format 'Plan': "
        "In context=('properties', 'note'), 'default' is not permitted.",
        "type": "invalid_request_error",
        "param": "text.format.schema",
        "code": "invalid_json_schema",
    }


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "array", "items": {"type": "string"}}, "must be a JSON Schema of 'type: \"object\"'"),
        ({"anyOf": [closed()]}, "must be a JSON Schema of 'type: \"object\"'"),
        ({**closed(), "additionalProperties": True}, "'additionalProperties' is required"),
        ({**closed(a={"type": "string"}), "required": []}, "Missing 'a'"),
        ({**closed(), "required": ["b"]}, "Extra required key 'b'"),
        (closed(a={"type": "string", "format": "uri"}), "'uri' is not a valid format"),
        (closed(a={"type": "string", "minLength": 1}), "'minLength' is not permitted"),
        (closed(a={"oneOf": []}), "'oneOf' is not permitted"),
        (closed(a={"title": "Anything"}), "must have a 'type' key"),
        (closed(a={"type": "array"}), "array schema missing items"),
        (closed(a={"$ref": "#/$defs/x", "description": "no"}), "cannot have keywords"),
        (closed(a={"type": "array", "items": {"type": "object"}}), "('properties', 'a', 'items')"),
    ],
)
def test_strict_schemas_have_rules(schema: dict[str, Any], why: str) -> None:
    with pytest.raises(SchemaError) as refused:
        check_strict_schema(schema)
    assert why in str(refused.value)


def test_patterns_formats_and_bounds_are_supported() -> None:
    check_strict_schema(
        closed(
            when={"type": "string", "format": "date-time"},
            phone={"type": ["string", "null"], "pattern": "^\\+[0-9]+$"},
            seats={"type": "integer", "minimum": 1, "maximum": 20},
            tags={"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 3},
            either={"anyOf": [{"type": "null"}, {"$ref": "#/$defs/guest"}]},
        )
        | {"$defs": {"guest": closed(name={"type": "string"})}}
    )
