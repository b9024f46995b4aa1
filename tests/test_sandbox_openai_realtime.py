"""The Realtime stand-in over a real socket: order, pace, turns, interruptions, faults.

After https://platform.openai.com/docs/api-reference/realtime-server-events and
https://platform.openai.com/docs/guides/realtime-vad.
"""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any, get_args

import pytest
from openai.types.realtime import RealtimeServerEvent, RealtimeSessionCreateResponse

from sandbox.mind import Reply, ToolCall
from sandbox.openai import OpenAIStandIn
from sandbox.openai.strict import validator
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded, payload, speak, tone
from tests.sandbox_openai_client import Client, ScriptedMind, client_of

LONG = "I would like to book a table for four people at seven this evening, if that is possible."
SPOKEN = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
]


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


def heard(audio: bytes) -> str:
    ear = Ear()
    audio += SILENCE * 30
    ended = [
        event.text
        for at in range(0, len(audio), FRAME)
        for event in ear.feed(audio[at : at + FRAME])
        if isinstance(event, SpeechEnded)
    ]
    return " ".join(ended)


def audio_of(events: list[dict[str, Any]], item_id: str | None = None) -> bytes:
    return b"".join(
        base64.b64decode(event["delta"])
        for event in events
        if event["type"] == "response.output_audio.delta" and item_id in {None, event["item_id"]}
    )


def first_of_each(kinds: list[str]) -> list[str]:
    return list(dict.fromkeys(kinds))


async def test_a_turn_is_heard_committed_answered_and_transcribed(
    client: Client, mind: ScriptedMind, stand_in: OpenAIStandIn
) -> None:
    mind.replies = [Reply(("Certainly, at what time?",))]
    await client.telephone()
    at = len(client.events)
    await client.say("A table for four please")
    await client.until("response.done")
    await client.until("rate_limits.updated")
    assert first_of_each(client.kinds()[at:])[:6] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]
    (asked,) = mind.asked
    assert asked["items"][0]["content"] == [{"type": "input_audio", "transcript": "A table for four please"}]
    assert heard(audio_of(client.events)) == "Certainly, at what time?"
    completed = next(e for e in client.events if e["type"].startswith("conversation.item.input") and "transcript" in e)
    assert completed["transcript"] == "A table for four please"
    assert completed["usage"]["type"] == "duration"
    assert client.kinds().index("response.output_audio.delta") < client.events.index(completed)
    assert stand_in.rejected == []


async def test_the_callee_item_carries_no_transcript_until_it_is_out(client: Client) -> None:
    await client.telephone()
    await client.say("Hello")
    added = await client.until("conversation.item.added")
    assert added["item"]["content"] == [{"type": "input_audio", "transcript": None}]
    await client.until("conversation.item.input_audio_transcription.completed")
    await client.send("conversation.item.retrieve", item_id=added["item"]["id"])
    content = (await client.until("conversation.item.retrieved"))["item"]["content"][0]
    assert content["transcript"] == "Hello"
    assert heard(base64.b64decode(content["audio"])) == "Hello"


async def test_a_spoken_response_comes_in_the_documented_order(client: Client) -> None:
    await client.telephone()
    at = len(client.events)
    await client.send("response.create")
    await client.until("rate_limits.updated")
    events = client.events[at:]
    assert first_of_each([e["type"] for e in events]) == SPOKEN
    said = "".join(e["delta"] for e in events if e["type"] == "response.output_audio_transcript.delta")
    assert said == "Good evening, how can I help you?"
    done = next(e for e in events if e["type"] == "response.done")["response"]
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": said}]


async def test_audio_comes_in_uneven_pieces_and_faster_than_speech(
    client: Client, stand_in: OpenAIStandIn, mind: ScriptedMind
) -> None:
    stand_in.conduct.faster_than_speech = 8
    mind.replies = [Reply((LONG,))]
    await client.telephone()
    await client.send("response.create")
    await client.until("response.done")
    connection = stand_in.connections[0]
    pieces = [
        (at, len(base64.b64decode(event["delta"])) // 8)
        for at, event in zip(connection.sent_at, connection.sent, strict=True)
        if event["type"] == "response.output_audio.delta"
    ]
    sizes = {ms for _, ms in pieces[:-1]}
    assert len(sizes) > 3
    assert min(sizes) >= 100
    assert max(sizes) <= 400
    spoken_s = sum(ms for _, ms in pieces) / 1000
    assert pieces[-1][0] - pieces[0][0] < spoken_s / 3


async def test_several_texts_become_several_items(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("One moment.", "I am back."))]
    await client.telephone()
    await client.send("response.create")
    response = (await client.until("response.done"))["response"]
    first, second = response["output"]
    assert [heard(audio_of(client.events, item["id"])) for item in (first, second)] == [
        "One moment.",
        "I am back.",
    ]
    added = [e for e in client.events if e["type"] == "conversation.item.added"]
    assert [e["previous_item_id"] for e in added] == [None, first["id"]]


async def test_a_function_call_is_streamed_and_its_output_goes_back(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply((), (ToolCall("hang_up", {"reason": "all is said"}),)), Reply(("Goodbye.",))]
    await client.telephone()
    await client.configure(tools=[{"type": "function", "name": "hang_up", "parameters": {"type": "object"}}])
    at = len(client.events)
    await client.send("response.create")
    call = (await client.until("response.done"))["response"]["output"][0]
    assert first_of_each(client.kinds()[at:])[:7] == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "conversation.item.done",
    ]
    assert json.loads(call["arguments"]) == {"reason": "all is said"}
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "{}"}
    await client.send("conversation.item.create", item=output)
    await client.until("conversation.item.done")
    await client.send("response.create")
    await client.until("response.done")
    assert [item["type"] for item in mind.asked[1]["items"]] == ["function_call", "function_call_output"]
    assert mind.asked[1]["tools"][0]["name"] == "hang_up"


async def test_speech_cancels_the_response_that_is_being_made(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply((LONG,))]
    await client.telephone()
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    at = len(client.events)
    await client.send("input_audio_buffer.append", audio=payload(speak("Wait")))
    response = (await client.until("response.done"))["response"]
    kinds = first_of_each(client.kinds()[at:])
    order = [kinds.index(k) for k in ("input_audio_buffer.speech_started", *SPOKEN[6:12])]
    assert order == sorted(order)
    assert response["status"] == "cancelled"
    assert response["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_token_details"]["audio_tokens"] > 0


async def test_without_interrupt_response_speech_leaves_the_response_alone(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply((LONG,))]
    vad = {"type": "semantic_vad", "create_response": False, "interrupt_response": False}
    await client.telephone(turn_detection=vad)
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.say("Hm")
    assert (await client.until("response.done"))["response"]["status"] == "completed"
    assert len(mind.asked) == 1


async def test_what_was_truncated_is_gone_from_the_models_mind(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("One two three four",))]
    await client.telephone()
    await client.send("response.create")
    item = (await client.until("response.done"))["response"]["output"][0]
    await client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=8 * 60)
    truncated = await client.until("conversation.item.truncated")
    assert (truncated["item_id"], truncated["audio_end_ms"]) == (item["id"], 480)
    await client.send("conversation.item.retrieve", item_id=item["id"])
    content = (await client.until("conversation.item.retrieved"))["item"]["content"][0]
    assert "transcript" not in content
    assert heard(base64.b64decode(content["audio"])) == "One two"
    await client.send("response.create")
    await client.until("response.done")
    assert mind.asked[1]["items"][0]["content"][0]["transcript"] == "One two "


async def test_server_vad_waits_as_long_as_it_is_told(client: Client) -> None:
    vad = {"type": "server_vad", "silence_duration_ms": 200, "prefix_padding_ms": 100}
    await client.telephone(turn_detection=vad)
    await client.send("input_audio_buffer.append", audio=payload(SILENCE * 50 + speak("Hi") + SILENCE * 10))
    started = await client.until("input_audio_buffer.speech_started")
    stopped = await client.until("input_audio_buffer.speech_stopped")
    assert started["audio_start_ms"] == 1000 - 100
    assert stopped["audio_end_ms"] == 1000 + 120 + 200
    assert started["item_id"] == stopped["item_id"]


async def test_without_turn_detection_the_client_commits(client: Client, mind: ScriptedMind) -> None:
    await client.telephone(turn_detection=None)
    for at in range(0, len(speak("By hand")), 100):  # not a multiple of a frame
        await client.send("input_audio_buffer.append", audio=payload(speak("By hand")[at : at + 100]))
    await client.send("input_audio_buffer.commit")
    committed = await client.until("input_audio_buffer.committed")
    assert "input_audio_buffer.speech_started" not in client.kinds()
    await client.send("response.create")
    await client.until("response.done")
    assert mind.asked[0]["items"][0]["content"][0]["transcript"] == "By hand"
    assert mind.asked[0]["items"][0]["id"] == committed["item_id"]


async def test_a_noise_is_a_turn_with_an_empty_or_an_invented_transcript(
    client: Client, stand_in: OpenAIStandIn
) -> None:
    noise = payload(tone((440, 470)) * 10 + SILENCE * 45)
    await client.telephone()
    await client.send("input_audio_buffer.append", audio=noise)
    kind = "conversation.item.input_audio_transcription.completed"
    assert (await client.until(kind))["transcript"] == ""
    stand_in.conduct.hallucinate_on_noise = "Thank you."
    await client.send("input_audio_buffer.append", audio=noise)
    assert (await client.until(kind))["transcript"] == "Thank you."


async def test_an_out_of_band_response_leaves_the_conversation_alone(client: Client, mind: ScriptedMind) -> None:
    await client.telephone()
    await client.send(
        "response.create",
        response={
            "conversation": "none",
            "instructions": "Sum up.",
            "output_modalities": ["text"],
            "metadata": {"topic": "summary"},
            "input": [],
        },
    )
    response = (await client.until("response.done"))["response"]
    assert response["conversation_id"] is None
    assert response["metadata"] == {"topic": "summary"}
    assert response["output"][0]["content"][0]["type"] == "output_text"
    assert "conversation.item.added" not in client.kinds()
    assert mind.asked[0]["instructions"] == "Sum up."


async def test_the_conversation_is_billed_again_and_what_stood_is_cached(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply(("One two three",)), Reply(("Four five six",))]
    await client.telephone()
    bills = []
    for _ in range(3):
        await client.send("response.create")
        bills.append((await client.until("response.done"))["response"]["usage"])
    details = [bill["input_token_details"] for bill in bills]
    assert details[0]["cached_tokens"] == 0
    assert details[1]["cached_tokens"] == bills[0]["input_tokens"]
    assert details[2]["cached_tokens"] == bills[1]["input_tokens"]
    assert bills[0]["output_token_details"]["audio_tokens"] == 13 * 60 // 50 + 1
    assert details[1]["audio_tokens"] == bills[0]["output_token_details"]["audio_tokens"]
    assert bills[2]["total_tokens"] == bills[2]["input_tokens"] + bills[2]["output_tokens"]


async def test_a_limit_on_output_tokens_cuts_the_response_short(client: Client, mind: ScriptedMind) -> None:
    mind.replies = [Reply((LONG,))]
    await client.telephone()
    await client.send("response.create", response={"max_output_tokens": 20})
    response = (await client.until("response.done"))["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}


async def test_every_server_event_fits_the_sdk_types(
    client: Client, mind: ScriptedMind, stand_in: OpenAIStandIn
) -> None:
    mind.replies = [Reply(("Yes.",), (ToolCall("note", {"a": 1}),)), Reply((LONG,)), Reply(("Text",))]
    await client.telephone(transcription={"model": "gpt-4o-transcribe", "language": "en"})
    await client.say("Do you hear me")
    await client.until("response.done")
    await client.until("conversation.item.input_audio_transcription.completed")
    await client.send("response.create")
    await client.until("response.output_audio.delta")
    await client.send("response.cancel")
    item = (await client.until("response.done"))["response"]["output"][0]
    await client.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=60)
    await client.send("conversation.item.retrieve", item_id=item["id"])
    await client.send("conversation.item.delete", item_id=item["id"])
    await client.send("input_audio_buffer.clear")
    await client.send("nonsense")
    await client.send("response.create", response={"output_modalities": ["text"]})
    await client.until("response.done")
    stand_in.fail_next_response()
    await client.send("response.create")
    await client.until("response.done")
    union = get_args(get_args(RealtimeServerEvent)[0])
    types = {get_args(each.model_fields["type"].annotation)[0]: each for each in union}
    for event in client.events:
        if event["type"].startswith("session."):
            validator(RealtimeSessionCreateResponse).validate_json(json.dumps(event["session"]), strict=True)
        else:
            validator(types[event["type"]]).validate_json(json.dumps(event), strict=True)
    assert len(set(client.kinds())) == 29  # every kind that the stand-in knows
