"""What a Realtime response costs in tokens.

Owns the counting. Must not send anything. Pure.

Follows https://platform.openai.com/docs/guides/realtime-costs: the user's audio is 1 token per 100 ms, the
assistant's 1 per 50 ms; the whole conversation is input to every response; what stands unchanged at its
beginning is cached.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.openai.conversation import Item

USER_MS_PER_TOKEN = 100
ASSISTANT_MS_PER_TOKEN = 50


@dataclass(frozen=True)
class Tokens:
    text: int = 0
    audio: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.text + other.text, self.audio + other.audio)

    @property
    def total(self) -> int:
        return self.text + self.audio


def text_tokens(text: str) -> int:
    return math.ceil(len(text) / 4)


def item_tokens(item: Item) -> Tokens:
    """One item as context, or as output."""
    wire = item.wire
    text = sum(len(part.get("text") or "") for part in wire.get("content", ()))
    text += sum(len(str(wire.get(field, ""))) for field in ("name", "arguments", "output"))
    pace = ASSISTANT_MS_PER_TOKEN if wire.get("role") == "assistant" else USER_MS_PER_TOKEN
    spoken = text_tokens(item.words) if wire.get("role") == "assistant" else 0
    return Tokens(math.ceil(text / 4) + spoken, math.ceil(item.audio_ms / pace))


class Meter:
    """Bills responses one after another, remembering the context of the last one."""

    def __init__(self) -> None:
        self._last: list[tuple[str, Tokens]] = []

    def bill(
        self,
        instructions: str,
        tools: Sequence[Mapping[str, Any]],
        context: Iterable[tuple[str, Tokens]],
        output: Tokens,
    ) -> dict[str, Any]:
        preamble = instructions + json.dumps(list(tools))
        now = [(preamble, Tokens(text=text_tokens(preamble))), *context]
        cached = Tokens()
        for before, part in zip(self._last, now, strict=False):
            if before != part:
                break  # a truncated, inserted or deleted item breaks the cache from there on
            cached += part[1]
        self._last = now
        used = sum((tokens for _, tokens in now), Tokens())
        return {
            "total_tokens": used.total + output.total,
            "input_tokens": used.total,
            "output_tokens": output.total,
            "input_token_details": {
                "text_tokens": used.text,
                "audio_tokens": used.audio,
                "image_tokens": 0,
                "cached_tokens": cached.total,
                "cached_tokens_details": {
                    "text_tokens": cached.text,
                    "audio_tokens": cached.audio,
                    "image_tokens": 0,
                },
            },
            "output_token_details": {"text_tokens": output.text, "audio_tokens": output.audio},
        }
