"""The language model behind plans and reports: an answer in its shape, or an error that has words in the catalogues."""

import json
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import BaseModel, ConfigDict

from bot.text_model import TextModel
from bridge.errors import ModelError
from sandbox.openai import OpenAIStandIn
from sandbox.voice_note import voice_note
from tests.samples import ENGLISH
from tests.sandbox_openai_client import ScriptedMind

pytestmark = pytest.mark.fast_clock


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    seats: int


@pytest.fixture
async def stand_in() -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(ScriptedMind(objects=[{"name": "Roma", "seats": 4}])) as running:
        yield running


@pytest.fixture
async def model(stand_in: OpenAIStandIn) -> AsyncIterator[TextModel]:
    model = a_model(stand_in.base_url)
    yield model
    await model.close()


def a_model(base_url: str, api_key: str = "sk-sandbox", name: str = "gpt-6-luna") -> TextModel:
    return TextModel(base_url=base_url, api_key=api_key, model=name, transcription_model="gpt-transcribe")


async def refusal(model: TextModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.ask(Shape, "Read it.", "Roma, 4")
    return caught.value


async def test_an_answer_has_its_shape(model: TextModel, stand_in: OpenAIStandIn) -> None:
    assert await model.ask(Shape, "Read it.", "Roma, 4") == Shape(name="Roma", seats=4)
    (request,) = stand_in.responses_requests
    assert (request["model"], request["instructions"], request["input"]) == ("gpt-6-luna", "Read it.", "Roma, 4")
    assert request["text"]["format"]["strict"] is True


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_passing_trouble_is_not_even_noticed(model: TextModel, stand_in: OpenAIStandIn, status: int) -> None:
    stand_in.fail_next_http(status, times=2)
    assert (await model.ask(Shape, "Read it.", "Roma, 4")).name == "Roma"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_lasting_trouble_is_told_as_one_to_try_again(
    model: TextModel, stand_in: OpenAIStandIn, status: int
) -> None:
    stand_in.fail_next_http(status, times=3)
    error = await refusal(model)
    assert (error.code, error.retryable) == ("model-unreachable", True)
    assert len(stand_in.responses_requests) == 3


async def test_without_credit_whoever_runs_it_is_told(model: TextModel, stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_http(429, times=3, code="insufficient_quota")
    error = await refusal(model)
    assert (error.code, str(error), error.retryable) == ("model-denied", "insufficient_quota", False)


async def test_a_key_that_is_not_taken_is_told_without_the_key(stand_in: OpenAIStandIn) -> None:
    model = a_model(stand_in.base_url, api_key="sk-wrong-0123456789")
    error = await refusal(model)
    await model.close()
    assert (error.code, str(error), error.retryable) == ("model-denied", "401", False)


@pytest.mark.parametrize(("status", "name"), [(400, "gpt-6-luna"), (403, "gpt-6-luna"), (404, "gpt-realtime-2.1")])
async def test_a_request_that_is_refused_is_told_with_its_status(
    stand_in: OpenAIStandIn, status: int, name: str
) -> None:
    if status != 404:
        stand_in.fail_next_http(status)
    model = a_model(stand_in.base_url, name=name)
    error = await refusal(model)
    await model.close()
    assert (error.code, str(error)) == ("model-denied", str(status))


@pytest.mark.parametrize(
    "nonsense",
    ["", "no JSON", "[]", "null", json.dumps({"name": "Roma"}), json.dumps({"name": 1, "seats": "x", "more": None})],
)
async def test_nonsense_is_refused(model: TextModel, stand_in: OpenAIStandIn, nonsense: str) -> None:
    stand_in.answer_next(nonsense)
    assert (await refusal(model)).code in {"model-nonsense", "model-refused"}


async def test_an_answer_that_was_cut_short_is_nonsense(model: TextModel, stand_in: OpenAIStandIn) -> None:
    stand_in.answer_next('{"name": "Ro', incomplete=True)
    assert (await refusal(model)).code == "model-nonsense"


async def test_a_refusal_is_told_as_one(model: TextModel, stand_in: OpenAIStandIn) -> None:
    stand_in.answer_next("I cannot help with that.", refusal=True)
    error = await refusal(model)
    assert (error.code, error.retryable) == ("model-refused", False)


async def test_a_service_that_is_not_there_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        model = a_model(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        error = await refusal(model)
        await model.close()
    assert (error.code, error.retryable) == ("model-unreachable", True)


@pytest.mark.parametrize("body", ["<html>Sign in to the hotel's network</html>", "{}", "[]", "null", "not JSON"])
@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
async def test_a_service_that_is_another_is_told_in_words(body: str, content_type: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type=content_type)

    site = web.Application()
    site.router.add_post("/v1/responses", answer)
    async with TestServer(site) as server:
        model = a_model(str(server.make_url("/v1")))
        error = await refusal(model)
        await model.close()
    assert error.code in {"model-nonsense", "model-refused"}


async def test_text_that_cannot_be_sent_is_an_error_in_words(model: TextModel) -> None:
    with pytest.raises(ModelError):
        await model.ask(Shape, "Read it.", "half of a pair: \ud83d")


@pytest.mark.parametrize("code", ["model-nonsense", "model-refused", "model-unreachable", "model-denied"])
def test_every_trouble_has_words(code: str) -> None:
    assert ENGLISH(code, status="401")


async def test_a_tool_is_handed_on(model: TextModel, stand_in: OpenAIStandIn) -> None:
    tool = {"type": "web_search", "user_location": {"type": "approximate", "city": "Porto", "country": "PT"}}
    await model.ask(Shape, "Read it.", "Roma, 4", tools=[tool])
    (request,) = stand_in.responses_requests
    assert request["tools"] == [tool]


async def test_a_voice_message_is_written_down(model: TextModel, stand_in: OpenAIStandIn) -> None:
    assert await model.transcribe(voice_note("Call Mia, please.")) == "Call Mia, please."
    (request,) = stand_in.transcription_requests
    assert request.first("model") == "gpt-transcribe"


@pytest.mark.parametrize(("status", "code"), [(500, "model-unreachable"), (401, "model-denied")])
async def test_a_voice_message_that_cannot_be_written_down_is_told_why(
    model: TextModel, stand_in: OpenAIStandIn, status: int, code: str
) -> None:
    stand_in.fail_next_http(status, times=3)
    with pytest.raises(ModelError) as caught:
        await model.transcribe(voice_note("Call Mia, please."))
    assert caught.value.code == code


async def test_a_file_that_is_no_sound_is_refused(model: TextModel) -> None:
    with pytest.raises(ModelError) as caught:
        await model.transcribe(b"no sound")
    assert (caught.value.code, str(caught.value)) == ("model-denied", "400")


async def test_a_sound_files_format_goes_by_its_ending(model: TextModel, stand_in: OpenAIStandIn) -> None:
    await model.transcribe(voice_note("Call Mia, please."), ending="webm")
    assert [request.filename for request in stand_in.transcription_requests] == ["voice.webm"]


async def test_a_model_that_was_never_asked_closes_without_a_word() -> None:
    await a_model("http://127.0.0.1:1/v1").close()
