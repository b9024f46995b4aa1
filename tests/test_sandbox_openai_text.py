"""A session of the stand-in in text: written words, and not a sound.

After https://platform.openai.com/docs/guides/realtime-conversations.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, TypeAdapter

from sandbox.mind import Reply, ToolCall
from sandbox.openai import OpenAIStandIn
from sandbox.openai.strict import validator
from tests.sandbox_openai_client import Client, ScriptedMind, client_of

USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "At what time?"}]}


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind()


@pytest.fixture
async def client(mind: ScriptedMind) -> AsyncIterator[Client]:
    async with OpenAIStandIn(mind, first_audio_ms=10) as stand_in, client_of(stand_in) as client:
        session = (await client.configure(output_modalities=["text"], instructions="Be kind."))["session"]
        assert session["output_modalities"] == ["text"]
        yield client


async def test_an_answer_in_text_is_told_word_by_word_and_then_whole(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("At seven, please.",), (ToolCall("note", {"a": 1}),))]
    await client.send("conversation.item.create", item=USER)
    await client.send("response.create")
    response = (await client.until("response.done"))["response"]
    kinds = list(dict.fromkeys(kind for kind in client.kinds() if kind.startswith("response.")))
    assert kinds == [
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.done",
    ]
    deltas = [event["delta"] for event in client.events if event["type"] == "response.output_text.delta"]
    assert len(deltas) > 1
    assert "".join(deltas) == "At seven, please."
    message, call = response["output"]
    assert message["content"] == [{"type": "output_text", "text": "At seven, please."}]
    assert call["name"] == "note"
    assert response["output_modalities"] == ["text"]
    assert mind.asked[0]["items"][-1]["content"] == USER["content"]


async def test_there_is_no_audio_in_it_nor_on_the_bill(client: Client) -> None:
    for _ in range(2):
        await client.send("conversation.item.create", item=USER)
        await client.send("response.create")
        usage = (await client.until("response.done"))["response"]["usage"]
        spent, made = usage["input_token_details"], usage["output_token_details"]
        assert (spent["audio_tokens"], made["audio_tokens"]) == (0, 0)
        assert spent["text_tokens"] == usage["input_tokens"] > 0
        assert made["text_tokens"] == usage["output_tokens"] > 0
    assert spent["cached_tokens_details"]["text_tokens"] == spent["cached_tokens"] > 0
    assert not [kind for kind in client.kinds() if "audio" in kind]


async def test_a_response_may_be_spoken_all_the_same(client: Client) -> None:
    await client.send("response.create", response={"output_modalities": ["audio"]})
    await client.until("response.output_audio.done")
    await client.until("response.done")
    assert "response.output_text.delta" not in client.kinds()


async def test_a_cancelled_answer_is_told_as_far_as_it_was_written(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("one two three four five six seven eight nine ten",))]
    await client.send("response.create")
    await client.until("response.output_text.delta")
    await client.send("response.cancel")
    done = await client.until("response.output_text.done")
    response = (await client.until("response.done"))["response"]
    assert response["status"] == "cancelled"
    assert "one two three four five six seven eight nine ten".startswith(done["text"])
    assert response["output"][0]["content"][0]["text"] == done["text"]


async def test_what_was_written_cannot_be_truncated_like_audio(client: Client) -> None:
    await client.send("response.create")
    item = (await client.until("response.done"))["response"]["output"][0]
    await client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=0)
    assert (await client.error())["code"] == "unsupported_content_type"


async def test_every_event_of_it_fits_the_sdk_types(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("Yes.",), (ToolCall("note", {}),))]
    await client.send("conversation.item.create", item=USER)
    await client.send("response.create")
    await client.until("response.done")
    adapter: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
    for event in client.events:
        read: BaseModel = adapter.validate_python(event)
        if event["type"].startswith("response.output_text"):
            validator(type(read)).validate_json(json.dumps(event), strict=True)
