"""The OpenAI stand-in as a server: who may connect, how the SDK fares, and faults on demand.

After https://platform.openai.com/docs/guides/realtime-websocket and
https://platform.openai.com/docs/api-reference/introduction.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.mind import Reply
from sandbox.openai import OpenAIStandIn
from tests.sandbox_openai_client import MODEL, Client, ScriptedMind, client_of

KEY = {"Authorization": "Bearer sk-sandbox"}


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind()


@pytest.fixture
async def stand_in(mind: ScriptedMind) -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(mind, first_audio_ms=10, transcription_ms=40) as running:
        running.conduct.faster_than_speech = 50
        yield running


@pytest.fixture
async def client(stand_in: OpenAIStandIn) -> AsyncIterator[Client]:
    async with client_of(stand_in) as client:
        await client.until("session.created")
        yield client


async def test_the_sdk_connects_and_is_answered(stand_in: OpenAIStandIn) -> None:
    sdk = AsyncOpenAI(base_url=stand_in.base_url, api_key="sk-sandbox")
    async with sdk, sdk.realtime.connect(model=MODEL) as connection:
        await connection.session.update(
            session={"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcmu"}}}}
        )
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
        )
        await connection.response.create(response={"instructions": "Be brief."})
        kinds = []
        async for event in connection:
            kinds.append(event.type)
            if event.type == "response.done":
                assert event.response.status == "completed"
                break
    assert kinds[:2] == ["session.created", "session.updated"]
    assert stand_in.rejected == []


async def test_a_session_expires(mind: ScriptedMind) -> None:
    async with OpenAIStandIn(mind, expire_after_s=0.1) as stand_in, client_of(stand_in) as client:
        assert (await client.error())["code"] == "session_expired"
        await client.socket.wait_closed()
        assert client.socket.close_code == 1001
        await stand_in.connections[0].closed.wait()
        assert stand_in.connections[0].close_code == 1001


@pytest.mark.parametrize("code", [1006, 1011])
async def test_a_connection_breaks_on_demand(stand_in: OpenAIStandIn, code: int) -> None:
    stand_in.close_next(code)
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={MODEL}"
    async with connect(url, additional_headers=KEY) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == code


async def test_a_dropped_connection_leaves_nothing_running(stand_in: OpenAIStandIn) -> None:
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={MODEL}"
    async with connect(url, additional_headers=KEY) as socket:
        await socket.send('{"type": "response.create"}')
        while json.loads(await socket.recv())["type"] != "response.output_audio.delta":
            pass
        stand_in.drop(stand_in.connections[0])
        await socket.wait_closed()
        assert socket.close_code == 1006
    await asyncio.wait_for(stand_in.connections[0].closed.wait(), 10)


async def test_a_response_fails_on_demand(client: Client, stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_response("rate_limit_exceeded", "Too many tokens.")
    await client.send("response.create")
    response = (await client.until("response.done"))["response"]
    assert response["status"] == "failed"
    assert response["status_details"]["error"]["code"] == "rate_limit_exceeded"
    await client.send("response.create")
    assert (await client.until("response.done"))["response"]["status"] == "completed"


async def test_a_slow_model_is_slow_and_garbage_can_be_sent(client: Client, stand_in: OpenAIStandIn) -> None:
    stand_in.slow(0.2)
    stand_in.send_raw('{"type": "event.of.tomorrow"}')
    await client.until("event.of.tomorrow")
    await client.send("response.create")
    await client.until("response.done")
    connection = stand_in.connections[0]
    at = {event["type"]: when for when, event in zip(connection.sent_at, connection.sent, strict=True)}
    assert at["response.output_item.added"] - at["response.created"] >= 0.2


async def test_a_fault_of_the_mind_is_not_swallowed(mind: ScriptedMind) -> None:
    def broken(**_: Any) -> Reply:
        raise ZeroDivisionError

    mind.reply = broken  # type: ignore[method-assign]  # the fault to be injected
    stand_in = await OpenAIStandIn(mind).__aenter__()
    async with client_of(stand_in) as client:
        await client.send("response.create")
        assert (await client.until("response.done"))["response"]["status"] == "failed"
    with pytest.raises(ExceptionGroup, match="the mind failed"):
        await stand_in.__aexit__(None, None, None)


async def test_a_wrong_key_or_no_model_is_refused_at_the_door(stand_in: OpenAIStandIn) -> None:
    url = stand_in.base_url.replace("http", "ws", 1) + "/realtime"
    for path, key, status, code in (
        (f"{url}?model={MODEL}", "sk-wrong", 401, "invalid_api_key"),
        (url, "sk-sandbox", 400, "missing_required_parameter"),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(path, additional_headers={"Authorization": f"Bearer {key}"})
        assert refused.value.response.status_code == status
        assert json.loads(refused.value.response.body or b"")["error"]["code"] == code


async def test_an_unknown_model_is_refused_after_the_upgrade(stand_in: OpenAIStandIn) -> None:
    async with client_of(stand_in, "gpt-telepathy") as client:
        assert (await client.error())["code"] == "model_not_found"
        await client.socket.wait_closed()
        assert client.socket.close_code == 4004
        assert client.socket.close_reason == "invalid_request_error.model_not_found"


async def test_a_wrong_key_may_also_be_told_in_band(stand_in: OpenAIStandIn) -> None:
    stand_in.refuses_keys_in_band = True
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={MODEL}"
    async with connect(url, additional_headers={"Authorization": "Bearer sk-wrong"}) as socket:
        assert json.loads(await socket.recv())["error"]["code"] == "invalid_api_key"
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (3000, "invalid_request_error.invalid_api_key")


async def test_the_upgrade_fails_on_demand(stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_upgrade(503)
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={MODEL}"
    with pytest.raises(InvalidStatus):
        await connect(url, additional_headers=KEY).__aenter__()
