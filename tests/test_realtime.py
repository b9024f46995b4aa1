"""The codec of OpenAI's Realtime API, held against the types of OpenAI's own SDK."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import realtime as sdk
from pydantic import TypeAdapter

from bridge import actions, signals
from bridge.call import Turn
from bridge.errors import ProtocolError
from bridge.realtime import Encoder, SessionConfig, decode
from sandbox.openai.strict import problem
from sandbox.tones import SILENCE

CONFIG = SessionConfig(
    model="gpt-realtime-2.1",
    voice="coral",
    language="en",
    prompt="Be kind.",
    transcription_model="gpt-transcribe",
    keywords=("Berg", "Trattoria Roma"),
)
USAGE = {
    "total_tokens": 253,
    "input_tokens": 132,
    "output_tokens": 121,
    "input_token_details": {
        "text_tokens": 119,
        "audio_tokens": 13,
        "cached_tokens": 70,
        "cached_tokens_details": {"text_tokens": 60, "audio_tokens": 10},
    },
    "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
}
_server_event: TypeAdapter[Any] = TypeAdapter(sdk.RealtimeServerEvent)


def sent(frame: bytes) -> dict[str, Any]:
    """A client event; the SDK's types take it, and refuse what they do not name."""
    event: dict[str, Any] = json.loads(frame)
    assert problem(sdk.RealtimeClientEventParam, event) is None
    return event


def told(event: dict[str, Any]) -> list[signals.Signal]:
    """What an event says that the SDK knows as one of the server's."""
    event = {"event_id": "event_1", **event}
    _server_event.validate_python(event)
    return decode(json.dumps(event))


# Client events


def test_silence_is_as_long_as_it_is_said_to_be() -> None:
    frame = json.loads(Encoder().silence(1500))
    assert frame["type"] == "input_audio_buffer.append"
    assert base64.b64decode(frame["audio"]) == SILENCE * 75


def test_a_session_is_configured_as_telephony_with_the_calls_own_words() -> None:
    session = sent(Encoder().session(CONFIG))["session"]
    assert session["instructions"] == "Be kind."
    assert session["output_modalities"] == ["audio"]
    assert session["audio"]["output"] == {"format": {"type": "audio/pcmu"}, "voice": "coral", "speed": 1.0}
    hearing = session["audio"]["input"]
    assert hearing["format"] == {"type": "audio/pcmu"}
    assert hearing["transcription"] == {
        "model": "gpt-transcribe",
        "language": "en",
        "keywords": ["Berg", "Trattoria Roma"],
    }


def test_whether_an_utterance_is_answered_or_interrupts_is_not_for_the_model_to_decide() -> None:
    detection = sent(Encoder().session(CONFIG))["session"]["audio"]["input"]["turn_detection"]
    assert detection == {
        "type": "semantic_vad",
        "eagerness": "medium",
        "create_response": False,
        "interrupt_response": False,
    }


def test_a_session_without_keywords_names_none() -> None:
    plain = SessionConfig("gpt-realtime-2.1", "ash", "de", "", "gpt-realtime-whisper")
    transcription = sent(Encoder().session(plain))["session"]["audio"]["input"]["transcription"]
    assert transcription == {"model": "gpt-realtime-whisper", "language": "de"}


@pytest.mark.parametrize(
    ("action", "event"),
    [
        (actions.Respond(), {"type": "response.create"}),
        (actions.Respond("Say hello."), {"type": "response.create", "response": {"instructions": "Say hello."}}),
        (actions.Respond(tools=False), {"type": "response.create", "response": {"tool_choice": "none"}}),
        (
            actions.Respond("Say bye.", tools=False),
            {"type": "response.create", "response": {"instructions": "Say bye.", "tool_choice": "none"}},
        ),
        (actions.CancelResponse("resp_1"), {"type": "response.cancel", "response_id": "resp_1"}),
        (
            actions.Truncate("item_1", 480),
            {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 480},
        ),
        (
            actions.Instruct("Ask for parking."),
            {
                "type": "conversation.item.create",
                "item": {
                    "type": "message",
                    "role": "system",
                    "content": [{"type": "input_text", "text": "Ask for parking."}],
                },
            },
        ),
        (actions.Forget("item_1"), {"type": "conversation.item.delete", "item_id": "item_1"}),
        (
            actions.AnswerTool("call_1", "done"),
            {
                "type": "conversation.item.create",
                "item": {"type": "function_call_output", "call_id": "call_1", "output": "done"},
            },
        ),
    ],
)
def test_every_action_for_the_model_is_one_event(action: actions.Action, event: dict[str, Any]) -> None:
    (frame,) = Encoder().encode(action)
    assert sent(frame) == {**event, "event_id": f"{event['type']}#1"}


def test_every_event_can_be_told_from_the_others() -> None:
    encoder = Encoder()
    frames = [encoder.session(CONFIG), *encoder.encode(actions.Respond()), *encoder.encode(actions.Respond())]
    assert len({sent(frame)["event_id"] for frame in frames}) == 3


def test_the_callees_audio_is_passed_on_as_it_came() -> None:
    event = sent(Encoder().append("no+JhoaJjpz/=="))
    assert event == {"type": "input_audio_buffer.append", "audio": "no+JhoaJjpz/=="}


def test_an_action_for_the_line_is_our_own_mistake() -> None:
    with pytest.raises(ProtocolError, match="Clear is not for the model") as refusal:
        Encoder().encode(actions.Clear())
    assert refusal.value.by == "local"


WORDS = st.text(st.characters(codec="utf-8"), max_size=50)


@given(WORDS, WORDS, WORDS)
def test_any_words_are_sent_as_they_are(instructions: str, text: str, output: str) -> None:
    encoder = Encoder()
    (respond,) = encoder.encode(actions.Respond(instructions or "x"))
    (instruct,) = encoder.encode(actions.Instruct(text))
    (answer,) = encoder.encode(actions.AnswerTool("call_1", output))
    assert sent(respond)["response"]["instructions"] == (instructions or "x")
    assert sent(instruct)["item"]["content"][0]["text"] == text
    assert sent(answer)["item"]["output"] == output


def test_another_language_changes_nothing_but_the_transcription() -> None:
    encoder = Encoder()
    before = sent(encoder.session(CONFIG))["session"]["audio"]["input"]["transcription"]
    (frame,) = encoder.encode(actions.HearLanguage("it"))
    session = sent(frame)["session"]
    assert set(session) == {"type", "audio"}
    after = session["audio"]["input"]["transcription"]
    assert after.keys() == before.keys()
    assert {key for key in after if after[key] != before[key]} == {"languages" if "languages" in after else "language"}


def test_a_new_session_is_told_what_was_said_in_the_old_one() -> None:
    turns = [Turn("a", "agent", "A table for four, please.", 0), Turn("b", "callee", "At what time?", 900)]
    items = [sent(frame)["item"] for frame in Encoder().seed(turns)]
    assert [(item["role"], item["content"][0]) for item in items] == [
        ("assistant", {"type": "output_text", "text": "A table for four, please."}),
        ("user", {"type": "input_text", "text": "At what time?"}),
    ]
