"""The codec of a Realtime session in text, held against the types of OpenAI's own SDK."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import realtime as sdk
from pydantic import TypeAdapter

from bridge import actions, signals
from bridge.briefing import brief
from bridge.errors import ProtocolError
from bridge.model_session import session_config
from bridge.realtime import Encoder, SessionConfig, decode, decode_text
from sandbox.openai.strict import problem
from tests.fakes import MODEL, a_spec

CONFIG = SessionConfig(MODEL, "coral", "en", "Be kind.", "gpt-transcribe", reasoning="low", languages=("it", "en"))
ADDRESS = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
_server_event: TypeAdapter[Any] = TypeAdapter(sdk.RealtimeServerEvent)


def sent(frame: bytes) -> dict[str, Any]:
    """A client event; the SDK's types take it, and refuse what they do not name."""
    event: dict[str, Any] = json.loads(frame)
    assert problem(sdk.RealtimeClientEventParam, event) is None
    return event


def test_a_session_in_text_is_told_the_same_and_has_no_audio() -> None:
    aloud, written = (sent(frame)["session"] for frame in (Encoder().session(CONFIG), Encoder().text_session(CONFIG)))
    assert written["output_modalities"] == ["text"]
    assert aloud["output_modalities"] == ["audio"]
    assert aloud.keys() - written.keys() == {"audio"}
    told = {"type", "instructions", "tools", "tool_choice", "reasoning"}
    assert {key: written[key] for key in told} == {key: aloud[key] for key in told}
    assert "switch_language" in {tool["name"] for tool in written["tools"]}


def test_the_callees_written_words_are_an_item_of_theirs() -> None:
    (frame,) = Encoder().encode(actions.CalleeWrites("At what time?"))
    assert sent(frame) == {
        "type": "conversation.item.create",
        "event_id": "conversation.item.create#1",
        "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "At what time?"}]},
    }


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        (
            {"type": "response.output_text.delta", **ADDRESS, "delta": "At "},
            signals.AgentWords("resp_1", "item_1", "At "),
        ),
        (
            {"type": "response.output_text.done", **ADDRESS, "text": "At seven."},
            signals.AgentWords("resp_1", "item_1", "At seven.", final=True),
        ),
    ],
)
def test_written_words_are_the_agents_only_where_nobody_listens(event: dict[str, Any], signal: signals.Signal) -> None:
    event = {"event_id": "event_1", **event}
    _server_event.validate_python(event)
    assert decode_text(json.dumps(event)) == [signal]
    assert decode(json.dumps(event)) == []


def test_all_else_means_the_same_in_text() -> None:
    response = {"object": "realtime.response", "id": "resp_1", "status": "in_progress", "output": []}
    event = {"type": "response.created", "event_id": "event_1", "response": response}
    _server_event.validate_python(event)
    assert decode_text(json.dumps(event)) == decode(json.dumps(event)) == [signals.ResponseBegan("resp_1")]


def test_written_words_that_lack_something_are_read_as_far_as_they_go() -> None:
    assert decode_text('{"type":"response.output_text.delta"}') == [signals.AgentWords("", "", "")]
    assert decode_text('{"type":"response.output_text.done"}') == [signals.AgentWords("", "", "", final=True)]


@given(st.one_of(st.binary(), st.text()))
def test_anything_at_all_is_decoded_or_refused(frame: str | bytes) -> None:
    with suppress(ProtocolError):
        decode_text(frame)


# What a session is told


def config_of(transcription_model: str = "gpt-transcribe", **changes: object) -> SessionConfig:
    spec = a_spec(**changes)
    return session_config(spec, brief(spec), model=MODEL, transcription_model=transcription_model)


def test_a_session_is_told_what_the_spec_and_its_persona_say() -> None:
    config = config_of()
    assert (config.model, config.voice, config.language) == (MODEL, "coral", "en")
    assert config.prompt == brief(a_spec()).prompt
    assert config.keywords == ("Trattoria Roma", "Anna Berg")
    assert config.languages == ()


def test_names_are_expected_by_models_that_take_them() -> None:
    assert config_of("gpt-realtime-whisper").keywords == ()
    callee = msgspec.structs.replace(a_spec().callee, name=" ")
    assert config_of(callee=callee).keywords == ("Anna Berg",)


def test_a_language_that_was_switched_from_may_be_switched_back_to() -> None:
    assert config_of(may_switch_to=("it",)).languages == ("it", "en")
