"""The items of one Realtime conversation: their order, and what of them was heard.

Owns the default conversation. Must not send anything. Pure.

Follows https://platform.openai.com/docs/api-reference/realtime-client-events/conversation/item (create,
truncate, delete, retrieve). An item's audio and words are kept beside its wire shape, which never carries
audio except when retrieved.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.openai.events import ClientError, audio_bytes, new_id
from sandbox.openai.hearing import heard_text
from sandbox.openai.speaking import heard_of
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.speech.words import Words
from sandbox.tones import payload

_BYTES_PER_MS = 8
_FIELDS = {"input_text": "text", "output_text": "text", "input_audio": "audio", "input_image": "image_url"}
_CONTENT = {
    "system": ("input_text",),
    "user": ("input_text", "input_audio", "input_image"),
    "assistant": ("output_text",),
}


@dataclass(eq=False)
class Item:
    """One item. What its audio says is `spoken`: the callee's as heard, ours as far as it was sent and not cut away.
    `whole` is what ours would have been, and how long.
    """

    wire: dict[str, Any]
    audio: bytearray = field(default_factory=bytearray)
    spoken: Words = field(default_factory=Words)
    whole: tuple[str, int] = ("", 0)

    @property
    def words(self) -> str:
        """As far as they are made out."""
        return self.spoken.text

    @property
    def id(self) -> str:
        return str(self.wire["id"])

    @property
    def audio_ms(self) -> int:
        return len(self.audio) // _BYTES_PER_MS

    def shown(self) -> dict[str, Any]:
        """The item as events carry it, frozen in its present state."""
        return copy.deepcopy(self.wire)

    def retrieved(self) -> dict[str, Any]:
        shown = self.shown()
        if self.audio:
            shown["content"][0]["audio"] = payload(bytes(self.audio))
        return shown

    def thought(self) -> dict[str, Any]:
        """The item as the model has it in mind: audio content with its words, whatever the wire tells of
        them.
        """
        shown = self.shown()
        for part in shown.get("content", ()):
            if part["type"] in {"input_audio", "output_audio"}:
                part["transcript"] = self.words
        return shown


class Conversation:
    def __init__(self) -> None:
        self.id = new_id("conv")
        self._items: list[Item] = []

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def find(self, item_id: str) -> Item | None:
        return next((item for item in self._items if item.id == item_id), None)

    def previous_id(self, item: Item) -> str | None:
        at = self._items.index(item)
        return self._items[at - 1].id if at else None

    @property
    def last_id(self) -> str | None:
        return self._items[-1].id if self._items else None

    def append(self, item: Item) -> None:
        self._items.append(item)

    def insert(self, item: Item, previous_item_id: str | None) -> None:
        """None: at the end; "root": at the beginning; else after that item."""
        if self.find(item.id):
            raise ClientError(
                f"Error adding item: the item with id '{item.id}' already exists.", "invalid_value", "item.id"
            )
        call_id = item.wire.get("call_id")
        if item.wire["type"] == "function_call_output" and not self._has_call(call_id):
            # "the server will check that a `function_call` item with the same ID exists"
            raise ClientError(
                f"Tool call ID '{call_id}' not found in conversation.", "invalid_tool_call_id", "item.call_id"
            )
        if previous_item_id is None:
            self._items.append(item)
        elif previous_item_id == "root":
            self._items.insert(0, item)
        else:
            previous = self._required(previous_item_id, "create", "previous_item_id")
            self._items.insert(self._items.index(previous) + 1, item)

    def delete(self, item_id: str) -> None:
        self._items.remove(self._required(item_id, "delete"))

    def retrieve(self, item_id: str) -> Item:
        return self._required(item_id, "retrieve")

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Forgets what was not heard: the audio after `audio_end_ms`, and the text transcript as a whole."""
        item = self._required(item_id, "truncate")
        # An item whose response was cancelled before its first audio is refused by the same words.
        if item.wire.get("role") != "assistant" or not item.audio:
            raise ClientError(
                "Only model output audio messages can be truncated", "unsupported_content_type", "item_id"
            )
        if content_index != 0:
            raise ClientError(
                f"Invalid content_index: {content_index}. Set this to 0.", "invalid_value", "content_index"
            )
        if audio_end_ms < 0:
            raise ClientError(
                "Invalid 'audio_end_ms': integer below minimum value. "
                f"Expected a value >= 0, but got {audio_end_ms} instead.",
                "integer_below_min_value",
                "audio_end_ms",
            )
        # "If the audio_end_ms is greater than the actual audio duration, the server will respond with an
        # error."
        if audio_end_ms > item.audio_ms:
            raise ClientError(
                f"Audio content of {item.audio_ms}ms is already shorter than {audio_end_ms}ms",
                "invalid_value",
                "audio_end_ms",
            )
        text, whole_ms = item.whole
        item.spoken = Words(heard_of(text, audio_end_ms, whole_ms))
        del item.audio[audio_end_ms * _BYTES_PER_MS :]
        # "Truncating audio will delete the server-side text transcript"
        item.wire["content"][0].pop("transcript", None)

    def _has_call(self, call_id: Any) -> bool:
        return any(item.wire["type"] == "function_call" and item.wire["call_id"] == call_id for item in self._items)

    def _required(self, item_id: str, verb: str, param: str = "item_id") -> Item:
        if item := self.find(item_id):
            return item
        doing = {"create": "creating", "delete": "deleting", "truncate": "truncating"}.get(verb, "retrieving")
        raise ClientError(
            f"Error {doing} item: the item with id '{item_id}' does not exist.",
            f"item_{verb}_invalid_item_id",
            param,
        )


def client_item(given: dict[str, Any], speech: Speech = TONES) -> Item:
    """An item that a client made, completed as the server would. ClientError if it may not be made."""
    wire = {"id": new_id("item"), "object": "realtime.item", "status": "completed", **copy.deepcopy(given)}
    if len(wire["id"]) > 32:
        raise ClientError(
            "Invalid 'item.id': string too long. Expected a string with maximum length 32, "
            f"but got a string with length {len(wire['id'])} instead.",
            "string_above_max_length",
            "item.id",
        )
    if not re.fullmatch(r"[a-zA-Z0-9_-]+", wire["id"]):
        raise ClientError(
            "Invalid 'item.id': string does not match pattern. "
            "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            "invalid_value",
            "item.id",
        )
    if wire["type"] == "function_call":
        wire.setdefault("call_id", new_id("call"))
    item = Item(wire)
    if wire["type"] == "message":
        for n, part in enumerate(wire["content"]):
            _check_part(wire["role"], part, f"item.content[{n}]")
            if part["type"] == "input_audio":
                item.audio += audio_bytes(part.pop("audio"), f"item.content[{n}].audio")
                item.spoken = heard_text(bytes(item.audio), speech)
                part.setdefault("transcript", None)
    return item


def _check_part(role: str, part: dict[str, Any], param: str) -> None:
    # Assistant audio cannot be made by a client: the server asks for the text it does not find.
    kinds = _CONTENT[role]
    kind = part.get("type", kinds[0])
    if kind == "output_audio" and role == "assistant":
        kind = "output_text"
    elif kind not in kinds:
        supported = " and ".join(f"'{name}'" for name in kinds)
        raise ClientError(
            f"Invalid value: '{kind}'. Supported values are: {supported}.", "invalid_value", f"{param}.type"
        )
    if _FIELDS[kind] not in part:
        raise ClientError(
            f"Missing required parameter: '{param}.{_FIELDS[kind]}'.",
            "missing_required_parameter",
            f"{param}.{_FIELDS[kind]}",
        )
    part["type"] = kind
