"""The mind behind the stand-in model: what it is asked and what it answers.

Owns the plug between the OpenAI stand-in (protocol, audio, pace) and whatever decides what is said. Must
know nothing of sockets, audio or events. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class ToolCall:
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What is said in one response: each text becomes an item of its own, spoken in order, then the calls."""

    texts: tuple[str, ...]
    tool_calls: tuple[ToolCall, ...] = ()


class Mind(Protocol):
    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        """The next words of a conversation.

        `instructions` are the response's own if it has any, else the session's. `items` have the shape of
        Realtime (GA) conversation items; audio content carries as `transcript` what was really said or
        heard, also before the transcription event is out, because the model hears the audio itself.
        """
        ...

    def structured(self, *, name: str, schema: Mapping[str, Any], instructions: str, text: str) -> Mapping[str, Any]:
        """An object that fits `schema`, for the Responses API."""
        ...
