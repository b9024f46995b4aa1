"""What was said on a call, line by line, as the agent has it in mind.

Owns the reading of Realtime items. Must not know what a call is about. Pure.
Items: https://platform.openai.com/docs/api-reference/realtime-client-events/conversation/item/create
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Calls that take the agent's turn without a word.
_SILENT_TURNS = frozenset({"press_digits", "keep_listening", "wait_on_hold", "voicemail_reached", "switch_language"})


@dataclass(frozen=True)
class Line:
    """Words of one party; `who` is agent, callee or requester. A `turn` is the agent's, taken by the tool in `text`."""

    who: str
    text: str
    detail: str = ""  # of a turn: the keys that were pressed, the language that was switched to

    @property
    def broken_off(self) -> bool:
        return self.who == "agent" and not self.text.endswith((".", "!", "?"))


def lines_of(items: Iterable[Mapping[str, Any]]) -> list[Line]:
    """In order, without what was never heard: an empty line of the agent's, or one that a mere noise broke off."""
    who = {"user": "callee", "assistant": "agent", "system": "requester"}
    lines: list[Line] = []
    items = list(items)
    refused = {i.get("call_id") for i in items if re.match(r"not allowed\b", str(i.get("output", "")), re.IGNORECASE)}
    for item in items:
        if item.get("type") == "function_call" and item.get("name") in _SILENT_TURNS:
            lines.append(Line("turn", str(item["name"]), _detail(item, refused)))
        if item.get("type") != "message":
            continue
        line = Line(who[str(item["role"])], text_of(item))
        if line == Line("callee", "") and lines and lines[-1].broken_off:
            lines.pop()
        elif line != Line("agent", ""):
            lines.append(line)
    return lines


def text_of(item: Mapping[str, Any]) -> str:
    """The words of a message, as far as they were heard."""
    return " ".join(part.get("transcript") or part.get("text") or "" for part in item.get("content", ())).strip()


def _detail(call: Mapping[str, Any], refused: Collection[Any]) -> str:
    """Nothing for a call that was refused."""
    if call.get("call_id") in refused:
        return ""
    argument = {"press_digits": "digits", "switch_language": "language"}.get(str(call["name"]), "")
    found = re.search(rf'"{argument}"\s*:\s*"([^"]*)"', str(call.get("arguments", "")))
    return found[1] if argument and found else ""


def last_of(lines: Sequence[Line], *who: str) -> int:
    """The index of the last line of any of these, -1 if there is none."""
    return max((n for n, line in enumerate(lines) if line.who in who), default=-1)


def wordless(items: Iterable[Mapping[str, Any]]) -> int:
    heard = (item for item in items if item.get("role") == "user")
    texts = [text_of(item) for item in heard]
    spoken = max((n for n, text in enumerate(texts, start=1) if text), default=0)
    return len(texts) - spoken
