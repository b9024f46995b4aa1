"""What the Realtime stand-in refuses, and the races that are documented.

After https://platform.openai.com/docs/api-reference/realtime-client-events and
https://platform.openai.com/docs/api-reference/realtime-server-events/error.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.mind import Reply
from sandbox.openai import OpenAIStandIn
from sandbox.openai.events import CLIENT_EVENTS, ClientError, audio_bytes, check_client_event
from sandbox.tones import SILENCE, payload, speak
from tests.sandbox_openai_client import Client, ScriptedMind, client_of

LONG = "I would like to book a table for four people at seven this evening, if that is possible."
MESSAGE = {"type": "message", "role": "user"}


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind([Reply((LONG,))])


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


def session(**fields: Any) -> dict[str, Any]:
    return {"type": "session.update", "session": {"type": "realtime", **fields}}


def hearing(**fields: Any) -> dict[str, Any]:
    return session(audio={"input": fields})


def item(**fields: Any) -> dict[str, Any]:
    return {"type": "conversation.item.create", "item": fields}


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "response.make"}, "invalid_value", "type"),
    ({"type": "output_audio_buffer.clear"}, "invalid_value", "type"),
    ({"event_id": "e"}, "missing_required_parameter", "type"),
    ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
    (session(voice="ash"), "unknown_parameter", "session.voice"),
    (session(modalities=["audio"]), "unknown_parameter", "session.modalities"),
    (session(turn_detection=None), "unknown_parameter", "session.turn_detection"),
    (session(output_modalities=["audio", "text"]), "invalid_value", "session.output_modalities"),
    (session(max_output_tokens=5000), "integer_above_max_value", "session.max_output_tokens"),
    (session(audio={"output": {"voice": "nova"}}), "invalid_value", "session.audio.output.voice"),
    (session(audio={"output": {"speed": 2.0}}), "decimal_above_max_value", "session.audio.output.speed"),
    (session(tools=[{"type": "function"}]), "missing_required_parameter", "session.tools[0].name"),
    (session(tools=[{"type": "function", "name": "hang up"}]), "invalid_value", "session.tools[0].name"),
    (session(tool_choice="maybe"), "invalid_value", "session.tool_choice"),
    (session(model="gpt-realtime"), "cannot_update_model", "session.model"),
    (hearing(format={"type": "g711_ulaw"}), "invalid_value", "session.audio.input.format.type"),
    (
        hearing(turn_detection={"type": "semantic_vad", "silence_duration_ms": 500}),
        "unknown_parameter",
        "session.audio.input.turn_detection.silence_duration_ms",
    ),
    (
        hearing(transcription={"model": "gpt-realtime-whisper", "prompt": "names"}),
        "unsupported_parameter",
        "session.audio.input.transcription.prompt",
    ),
    (
        hearing(transcription={"model": "whisper-9"}),
        "invalid_value",
        "session.audio.input.transcription.model",
    ),
    ({"type": "input_audio_buffer.append", "audio": "not base64!"}, "invalid_value", "audio"),
    (item(**MESSAGE, content=[{"type": "text", "text": "x"}]), "invalid_value", "item.content[0].type"),
    (
        item(type="message", role="assistant", content=[{"type": "output_audio", "transcript": "x"}]),
        "missing_required_parameter",
        "item.content[0].text",
    ),
    (item(**MESSAGE, content=[], id="a b"), "invalid_value", "item.id"),
    (item(**MESSAGE, content=[], id="a" * 33), "string_above_max_length", "item.id"),
    (
        item(type="function_call_output", call_id="call_1", output=""),
        "invalid_tool_call_id",
        "item.call_id",
    ),
    (
        {**item(**MESSAGE, content=[]), "previous_item_id": "item_9"},
        "item_create_invalid_item_id",
        "previous_item_id",
    ),
    (
        {"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 1.5},
        "invalid_type",
        "audio_end_ms",
    ),
    (
        {"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 0},
        "item_truncate_invalid_item_id",
        "item_id",
    ),
    ({"type": "conversation.item.delete", "item_id": "x"}, "item_delete_invalid_item_id", "item_id"),
    ({"type": "conversation.item.retrieve", "item_id": "x"}, "item_retrieve_invalid_item_id", "item_id"),
    ({"type": "response.create", "response": {"voice": "ash"}}, "unknown_parameter", "response.voice"),
]


async def test_a_refused_event_is_answered_by_an_error_and_changes_nothing(
    client: Client, stand_in: OpenAIStandIn
) -> None:
    before = stand_in.connections[0].session
    for n, (event, code, param) in enumerate(REFUSED):
        fields = {key: value for key, value in event.items() if key != "type"}
        if "type" in event:
            await client.send(event["type"], **{"event_id": f"mine_{n}", **fields})
            expected = f"mine_{n}"
        else:
            await client.socket.send('{"event_id": "e"}')
            expected = "e"
        error = await client.error()
        assert (error["code"], error["param"]) == (code, param), event
        assert (error["type"], error["event_id"]) == ("invalid_request_error", expected)
    assert stand_in.connections[0].session == before
    assert [rejection.error["code"] for rejection in stand_in.rejected] == [code for _, code, _ in REFUSED]


async def test_malformed_json_is_refused_and_the_session_goes_on(client: Client) -> None:
    await client.socket.send('{"type": ')
    assert (await client.error())["code"] == "invalid_json"
    await client.socket.send(b"\x00")
    assert (await client.error())["code"] == "invalid_json"
    await client.socket.send("[]")
    assert (await client.error())["code"] == "invalid_type"
    await client.configure(instructions="Go on.")


async def test_a_second_response_is_refused_while_one_is_made(client: Client) -> None:
    await client.telephone()
    await client.send("response.create")
    await client.until("response.created")
    await client.send("response.create", event_id="second")
    error = await client.error()
    assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
    await client.send("response.create", response={"conversation": "none", "output_modalities": ["text"]})
    await client.until("response.created")
    await client.until("response.done")


async def test_a_cancel_with_nothing_to_cancel_is_refused(client: Client) -> None:
    await client.send("response.cancel", event_id="late")
    error = await client.error()
    assert (error["code"], error["event_id"]) == ("response_cancel_not_active", "late")


async def test_a_cancel_ends_the_response(client: Client) -> None:
    await client.telephone()
    await client.send("response.create")
    created = await client.until("response.created")
    await client.send("response.cancel", response_id=created["response"]["id"])
    response = (await client.until("response.done"))["response"]
    assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert [item["status"] for item in response["output"]] in ([], ["incomplete"])  # it may have begun


async def test_a_cancel_after_the_vad_has_cancelled_is_the_documented_race(client: Client) -> None:
    await client.telephone()
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.send("input_audio_buffer.append", audio=payload(speak("Wait")))
    await client.send("response.cancel")
    assert (await client.until("response.done"))["response"]["status"] == "cancelled"
    assert (await client.error())["code"] == "response_cancel_not_active"


async def test_speech_that_cannot_be_answered_is_told_by_an_error_without_event_id(client: Client) -> None:
    vad = {"type": "semantic_vad", "create_response": True, "interrupt_response": False}
    await client.telephone(turn_detection=vad)
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.say("Hm")
    error = await client.error()
    assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", None)


async def test_the_voice_is_fixed_after_the_first_audio(client: Client) -> None:
    await client.configure(audio={"output": {"voice": "ash"}})
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.send("session.update", session={"type": "realtime", "audio": {"output": {"voice": "sage"}}})
    assert (await client.error())["code"] == "cannot_update_voice"
    await client.configure(audio={"output": {"voice": "ash"}})
    await client.until("response.done")
    await client.send("response.create", response={"audio": {"output": {"voice": "sage"}}})
    assert (await client.error())["code"] == "cannot_update_voice"


async def test_a_truncate_beyond_the_audio_is_refused(client: Client) -> None:
    await client.telephone()
    await client.send("response.create")
    item_id = (await client.until("response.done"))["response"]["output"][0]["id"]
    spoken_ms = len(speak(LONG)) // 8
    address = {"item_id": item_id, "content_index": 0}
    await client.send("conversation.item.truncate", **address, audio_end_ms=spoken_ms + 1)
    error = await client.error()
    assert (error["code"], error["param"]) == ("invalid_value", "audio_end_ms")
    assert error["message"] == f"Audio content of {spoken_ms}ms is already shorter than {spoken_ms + 1}ms"
    await client.send("conversation.item.truncate", **address, audio_end_ms=spoken_ms)
    await client.until("conversation.item.truncated")
    await client.send("conversation.item.truncate", **address, audio_end_ms=-1)
    assert (await client.error())["code"] == "integer_below_min_value"


async def test_only_assistant_items_with_audio_can_be_truncated(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("你好",))]  # has no sound here: an item of which no audio was sent
    await client.send("conversation.item.create", item={**MESSAGE, "content": [], "id": "mine"})
    await client.telephone()
    await client.send("response.create")
    silent = (await client.until("response.done"))["response"]["output"][0]
    assert silent["content"][0]["transcript"] == "你好"
    for item_id in ("mine", silent["id"]):
        await client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0)
        assert (await client.error())["code"] == "unsupported_content_type"


async def test_a_commit_of_an_empty_buffer_is_refused(client: Client) -> None:
    await client.telephone(turn_detection=None)
    await client.send("input_audio_buffer.append", audio=payload(SILENCE * 4))
    await client.send("input_audio_buffer.commit")
    error = await client.error()
    assert error["code"] == "input_audio_buffer_commit_empty"
    assert "buffer only has 80.00ms of audio" in error["message"]
    await client.send("input_audio_buffer.append", audio=payload(SILENCE))
    await client.send("input_audio_buffer.commit")
    await client.until("input_audio_buffer.committed")
    await client.send("input_audio_buffer.append", audio=payload(SILENCE * 9))
    await client.send("input_audio_buffer.clear")
    await client.until("input_audio_buffer.cleared")
    await client.send("input_audio_buffer.commit")
    assert (await client.error())["code"] == "input_audio_buffer_commit_empty"


async def test_items_stand_where_they_are_put(client: Client, mind: ScriptedMind) -> None:
    async def put(item_id: str, **where: str) -> str | None:
        content = [{"type": "input_text", "text": item_id}]
        await client.send("conversation.item.create", item={**MESSAGE, "id": item_id, "content": content}, **where)
        done = await client.until("conversation.item.done")
        previous: str | None = done["previous_item_id"]
        return previous

    assert await put("b") is None
    assert await put("d") == "b"
    assert await put("a", previous_item_id="root") is None
    assert await put("c", previous_item_id="b") == "b"
    await client.send("conversation.item.delete", item_id="d")
    await client.until("conversation.item.deleted")
    await client.send("response.create")
    await client.until("response.done")
    assert [item["id"] for item in mind.asked[0]["items"]] == ["a", "b", "c"]


async def test_an_item_id_cannot_be_taken_twice(client: Client) -> None:
    for _ in range(2):
        await client.send("conversation.item.create", item={**MESSAGE, "content": [], "id": "twin"})
    assert (await client.error())["param"] == "item.id"


def test_an_append_may_hold_no_more_than_15_mebibytes() -> None:
    with pytest.raises(ClientError, match="audio too long"):
        audio_bytes(payload(bytes(15 * 1024 * 1024 + 1)))


@pytest.mark.parametrize("kind", CLIENT_EVENTS)
def test_no_client_event_takes_a_field_that_the_sdk_does_not_know(kind: str) -> None:
    whole = {
        "session": {"type": "realtime"},
        "audio": "",
        "item": {**MESSAGE, "content": []},
        "item_id": "x",
        "content_index": 0,
        "audio_end_ms": 0,
    }
    event = {"type": kind, **{key: whole[key] for key in whole.keys() & CLIENT_EVENTS[kind].__annotations__.keys()}}
    assert check_client_event(event) == kind
    with pytest.raises(ClientError, match="surprise"):
        check_client_event({**event, "surprise": 1})
