"""The chat in a terminal: prints what appears in it, and what changes as it changes.

Owns the looks of the demo's chat. Must not talk to the bot. An edit is printed as what it adds: a call's live view
reads like speech, word after word.
"""

import re
import sys
from typing import TextIO

from sandbox.telegram.chat import Change, Message

_RUNNING_TIME = re.compile(r"\d+:\d\d")
_INDENT = "  "


class _Shown:
    """What of one message is on the screen."""

    def __init__(self, message: Message) -> None:
        self.status = ""
        self.lines: list[str] = []
        self.keyboard = keyboard(message)


class Terminal:
    """Give it to `TelegramStandIn.listen`."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._shown: dict[int, _Shown] = {}
        self._open: int | None = None  # the message whose last line has no end yet

    def __call__(self, change: Change) -> None:
        message = change.message
        if change.kind == "answer" and change.detail:
            self._line(f"{_INDENT}({change.detail})")
        elif message is None:
            return
        elif change.kind == "reaction":
            if change.detail:  # else it was taken back
                self._line(f"{_INDENT}({change.detail})")
        elif message.sender != "bot":
            return
        elif change.kind == "message":
            self._message(message)
        elif change.kind == "edit":
            self._edit(message)

    def _message(self, message: Message) -> None:
        shown = self._shown[message.id] = _Shown(message)
        self._line("")
        if message.file:
            self._line(f"{_INDENT}📎 {message.file.name}")
        shown.lines = message.text.split("\n")
        shown.status = _still(shown.lines[0])
        for line in shown.lines:
            self._line(f"{_INDENT}{line}".rstrip())
        if shown.keyboard:
            self._line(f"{_INDENT}{shown.keyboard}")

    def _edit(self, message: Message) -> None:
        shown = self._shown.setdefault(message.id, _Shown(message))
        lines = message.text.split("\n")
        if lines[0] != shown.lines[0] and _still(lines[0]) != shown.status:
            shown.status = _still(lines[0])
            self._line(f"{_INDENT}{lines[0]}")
        buttons = keyboard(message)
        if lines[1:] == shown.lines[1:] and buttons != shown.keyboard and buttons:
            self._line(f"{_INDENT}{buttons}")
        elif lines[1:] != shown.lines[1:]:
            self._lines(message.id, shown.lines[1:], lines[1:])
        shown.lines, shown.keyboard = lines, buttons

    def _lines(self, message_id: int, before: list[str], now: list[str]) -> None:
        for index, line in enumerate(now):
            old = before[index] if index < len(before) else None
            if line == old or line in before or not line:
                continue
            if old and line.startswith(old) and index == len(before) - 1 and self._open == message_id:
                self._out.write(line[len(old) :])
            elif old and line.startswith(old) and index == len(before) - 1:
                self._line(f"{_INDENT}…{line[len(old) :]}")
            elif index == len(now) - 1:
                self._line(f"{_INDENT}{line}", ended=False)
                self._open = message_id
            else:
                self._line(f"{_INDENT}{line}")
        self._out.flush()

    def _line(self, text: str, *, ended: bool = True) -> None:
        if self._open is not None:
            self._out.write("\n")
        self._open = None
        self._out.write(text + ("\n" if ended else ""))
        self._out.flush()


def keyboard(message: Message) -> str:
    return "  ".join(f"[{button.label}]" for row in message.keyboard for button in row)


def _still(status: str) -> str:
    """A status without its running time."""
    return _RUNNING_TIME.sub("", status)


def as_text(messages: list[Message], requester: str) -> str:
    """The whole chat as it stands now."""
    blocks = []
    for message in messages:
        if message.deleted:
            continue
        author = "Ringback" if message.sender == "bot" else requester
        body = f"📎 {message.file.name}\n{message.text}".strip() if message.file else message.text
        buttons = keyboard(message)
        blocks.append(f"{author}:\n{body}" + (f"\n{buttons}" if buttons else ""))
    return "\n\n".join(blocks) + "\n"
