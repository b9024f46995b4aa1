"""Log lines: one line a fact, and of an error what it is and where, never what it says.

Owns their two forms: for people at a terminal, and as JSON (one object a line) for what collects them. The text of an
error quotes what it was about: a statement's parameters, a model's answer, an address with a token in it. So only
kinds, codes and places in the code are written down. A line's figures come with it as `extra={"facts": {…}}`.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any

from bridge.current import current_call

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class LogLine(logging.Formatter):
    """Also what a library logs on many lines is one: asyncio's other lines quote whatever was about to be done."""

    def format(self, record: logging.LogRecord) -> str:
        said = " ".join([_said(record), *(f"{name}={value}" for name, value in _facts(record).items())])
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {said}"
        return "\n".join([line, *_told(_error(record))])


class JsonLine(logging.Formatter):
    """`time` is RFC 3339 in UTC; `call` is there on every line that was written for a call; `error` is a list of lines.

    A line's own facts never stand in the place of these.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if call := current_call.get():
            line["call"] = call
        if error := list(_told(_error(record))):
            line["error"] = [part.strip() for part in error]
        return json.dumps({**_facts(record), **line}, ensure_ascii=True)


def _said(record: logging.LogRecord) -> str:
    return (record.getMessage().splitlines() or [""])[0]


def _facts(record: logging.LogRecord) -> Mapping[str, str | float]:
    facts: Mapping[str, str | float] = getattr(record, "facts", {})
    return facts


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


class NoStrangers(logging.Filter):
    """For `aiohttp.server`, which quotes a request that is no HTTP, and names the address that it came from. Whoever
    reaches the port can send such, as many as they like: one line of it is enough.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        record.args = ()
        if type(error).__module__.partition(".")[0] == "aiohttp":
            record.msg, record.exc_info, record.exc_text = "a request was no HTTP, or broke off", None, None
            record.levelno, record.levelname = logging.INFO, "INFO"
        else:
            record.msg = "a request could not be handled"
        return True


def _told(error: BaseException | None) -> Iterator[str]:
    """The error, and then what led to it, each with where it came through, the innermost place last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield f"  {type(error).__module__}.{type(error).__qualname__}{_code(error)}"
        for frame, number in walk_tb(error.__traceback__):
            yield f"    {frame.f_code.co_filename}:{number} {frame.f_code.co_name}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _code(error: BaseException) -> str:
    """Of the services and the system; no words."""
    for name in ("errno", "status_code", "code"):
        code = getattr(error, name, None)
        if isinstance(code, int) or (isinstance(code, str) and _CODE.fullmatch(code)):
            return f" {name}={code}"
    return ""
