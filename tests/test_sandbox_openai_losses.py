"""Losing the model on the stand-in: sessions that end, responses that fail, new sessions seeded with old turns.

After https://platform.openai.com/docs/guides/realtime-conversations.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from sandbox.mind import Reply
from sandbox.openai import OpenAIStandIn
from tests.sandbox_openai_client import MODEL, Client, ScriptedMind, client_of

LONG = "I would like to book a table for four people at seven this evening, if that is possible."


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind()


@pytest.fixture
async def stand_in(mind: ScriptedMind) -> AsyncIterator[OpenAIStandIn]:
    async with OpenAIStandIn(mind, first_audio_ms=10, transcription_ms=20) as running:
        running.conduct.faster_than_speech = 50
        yield running


@pytest.fixture
async def client(stand_in: OpenAIStandIn) -> AsyncIterator[Client]:
    async with client_of(stand_in) as client:
        await client.until("session.created")
        yield client


@pytest.mark.parametrize("code", [1006, 1011, 1001])
async def test_a_live_connection_ends_in_the_middle_of_a_reply(
    client: Client, mind: ScriptedMind, stand_in: OpenAIStandIn, code: int
) -> None:
    mind.replies = [Reply((LONG,))]
    await client.telephone()
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    connection = stand_in.connections[0]
    if code == 1001:
        stand_in.expire(connection)
        assert (await client.error())["code"] == "session_expired"
    else:
        stand_in.close(connection, code)
    await client.socket.wait_closed()
    assert client.socket.close_code == code
    assert "response.done" not in client.kinds()
    await asyncio.wait_for(connection.closed.wait(), 10)


async def test_responses_fail_one_after_another(client: Client, stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_response(times=3)
    statuses = []
    for _ in range(4):
        await client.send("response.create")
        statuses.append((await client.until("response.done"))["response"]["status"])
    assert statuses == ["failed", "failed", "failed", "completed"]


async def test_a_response_fails_in_the_middle_of_its_words(
    client: Client, mind: ScriptedMind, stand_in: OpenAIStandIn
) -> None:
    mind.replies = [Reply((LONG,))]
    stand_in.fail_next_response(after_ms=1000)
    await client.telephone()
    await client.send("response.create")
    response = (await client.until("response.done"))["response"]
    (item,) = response["output"]
    assert (response["status"], item["status"]) == ("failed", "incomplete")
    assert "response.output_audio.done" in client.kinds()
    assert 1000 <= stand_in.connections[0].conversation.retrieve(item["id"]).audio_ms <= 1400


async def test_the_upgrade_fails_so_many_times(stand_in: OpenAIStandIn) -> None:
    stand_in.fail_next_upgrade(503, times=2)
    url = stand_in.base_url.replace("http", "ws", 1) + f"/realtime?model={MODEL}"
    headers = {"Authorization": "Bearer sk-sandbox"}
    for _ in range(2):
        with pytest.raises(InvalidStatus):
            await connect(url, additional_headers=headers).__aenter__()
    async with connect(url, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"


async def test_a_new_session_can_be_seeded_with_the_turns_of_the_old(
    client: Client, mind: ScriptedMind, stand_in: OpenAIStandIn
) -> None:
    turns = [
        ("assistant", "output_text", "Hello, this is the AI assistant of Shane."),
        ("user", "input_text", "Hello. For how many people?"),
        ("system", "input_text", "The line to you broke off. Go on from there."),
    ]
    await client.telephone()
    for n, (role, kind, text) in enumerate(turns):
        turn = {"type": "message", "role": role, "id": f"seed_{n}", "content": [{"type": kind, "text": text}]}
        await client.send("conversation.item.create", item=turn)
        added = await client.until("conversation.item.added")
        assert added["previous_item_id"] == (f"seed_{n - 1}" if n else None)
    call = {"type": "function_call", "name": "ask_requester", "call_id": "call_1", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "yes"}
    for item in (call, output):
        await client.send("conversation.item.create", item=item)
        await client.until("conversation.item.done")
    await client.send("response.create")
    await client.until("response.done")
    seen = mind.asked[0]["items"]
    assert [(item["role"], item["content"][0]["text"]) for item in seen[:3]] == [(r, text) for r, _, text in turns]
    assert [item["type"] for item in seen[3:]] == ["function_call", "function_call_output"]
    assert stand_in.rejected == []


async def test_only_the_language_of_the_transcription_is_changed(client: Client, stand_in: OpenAIStandIn) -> None:
    before = await client.telephone(transcription={"model": "gpt-transcribe", "language": "en", "keywords": ["Shane"]})
    spanish = {"model": "gpt-transcribe", "language": "es", "keywords": ["Shane"]}
    after = await client.configure(audio={"input": {"transcription": spanish}})
    expected: dict[str, Any] = json.loads(json.dumps(before["session"]))
    expected["audio"]["input"]["transcription"] = spanish
    assert after["session"] == expected
    # The transcription is replaced as a whole: without its model it is none.
    change = {"type": "realtime", "audio": {"input": {"transcription": {"language": "fr"}}}}
    await client.send("session.update", session=change)
    assert (await client.error())["param"] == "session.audio.input.transcription.model"
    assert stand_in.connections[0].session["audio"]["input"]["transcription"] == spanish
