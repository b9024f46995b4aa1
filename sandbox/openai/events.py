"""The client events of the Realtime API: reading and refusing them.

Owns which events a client may send, their shape, and the words of a refusal. Must not act on them;
`realtime.py` does. Pure.

Follows https://platform.openai.com/docs/api-reference/realtime-client-events through the SDK's types, and
for errors https://platform.openai.com/docs/api-reference/realtime-server-events/error.
"""

import base64
import binascii
import json
import uuid
from typing import Any

from openai.types.realtime.conversation_item_create_event_param import ConversationItemCreateEventParam
from openai.types.realtime.conversation_item_delete_event_param import ConversationItemDeleteEventParam
from openai.types.realtime.conversation_item_retrieve_event_param import ConversationItemRetrieveEventParam
from openai.types.realtime.conversation_item_truncate_event_param import ConversationItemTruncateEventParam
from openai.types.realtime.input_audio_buffer_append_event_param import InputAudioBufferAppendEventParam
from openai.types.realtime.input_audio_buffer_clear_event_param import InputAudioBufferClearEventParam
from openai.types.realtime.input_audio_buffer_commit_event_param import InputAudioBufferCommitEventParam
from openai.types.realtime.response_cancel_event_param import ResponseCancelEventParam
from openai.types.realtime.response_create_event_with_references_param import (
    ResponseCreateEventWithReferencesParam,
)
from openai.types.realtime.session_update_event_param import SessionUpdateEventParam

from sandbox.openai.strict import listed, problem

# `output_audio_buffer.clear` is for WebRTC and SIP only, so it is no event of this socket.
CLIENT_EVENTS: dict[str, Any] = {
    "session.update": SessionUpdateEventParam,
    "input_audio_buffer.append": InputAudioBufferAppendEventParam,
    "input_audio_buffer.commit": InputAudioBufferCommitEventParam,
    "input_audio_buffer.clear": InputAudioBufferClearEventParam,
    "conversation.item.create": ConversationItemCreateEventParam,
    "conversation.item.truncate": ConversationItemTruncateEventParam,
    "conversation.item.delete": ConversationItemDeleteEventParam,
    "conversation.item.retrieve": ConversationItemRetrieveEventParam,
    "response.create": ResponseCreateEventWithReferencesParam,
    "response.cancel": ResponseCancelEventParam,
}
# "The maximum size of an audio chunk is 15 MiB" (input_audio_buffer.append).
MAX_APPEND_BYTES = 15 * 1024 * 1024


class ClientError(Exception):
    """A client event that OpenAI would answer with an `error` event. The session goes on."""

    def __init__(self, message: str, code: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param

    def event(self, client_event_id: str | None) -> dict[str, Any]:
        """The `error` field of the `error` event; `event_id` is the client's own, if it gave one."""
        return {
            "type": "invalid_request_error",
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": client_event_id,
        }


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:21]}"


def decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as refusal:
        raise ClientError(f"We could not parse the JSON of your event: {refusal}.", "invalid_json") from None


def client_event_id(event: Any) -> str | None:
    """The id that an error answers to, also when the rest of the event is wrong."""
    given = event.get("event_id") if isinstance(event, dict) else None
    return given if isinstance(given, str) else None


def check_client_event(event: Any) -> str:
    """The type of a well-formed client event; ClientError for any other value."""
    if not isinstance(event, dict):
        raise ClientError("Invalid type for event: expected an object.", "invalid_type")
    kind = event.get("type")
    if kind is None:
        raise ClientError("Missing required parameter: 'type'.", "missing_required_parameter", "type")
    if kind not in CLIENT_EVENTS:
        raise ClientError(
            f"Invalid value: '{kind}'. Supported values are: {listed(CLIENT_EVENTS)}.",
            "invalid_value",
            "type",
        )
    if wrong := problem(CLIENT_EVENTS[kind], event):
        raise ClientError(wrong.message, wrong.code, wrong.param)
    return str(kind)


def audio_bytes(encoded: str, param: str = "audio") -> bytes:
    try:
        audio = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ClientError(
            f"Invalid '{param}'. Expected base64-encoded audio bytes but got an invalid value.",
            "invalid_value",
            param,
        ) from None
    if len(audio) > MAX_APPEND_BYTES:
        raise ClientError(
            f"Invalid '{param}': audio too long. Expected at most {MAX_APPEND_BYTES} bytes, "
            f"but got {len(audio)} bytes instead.",
            "string_above_max_length",
            param,
        )
    return audio
