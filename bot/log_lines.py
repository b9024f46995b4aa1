"""Log lines: one line a fact, and of an error what it is and where, never what it says.

Owns their form. The text of an error quotes what it was about: a statement's parameters, a model's answer, an address
with a token in it. So only kinds, codes and places in the code are written down.
"""

import logging
import re
from collections.abc import Iterator
from traceback import walk_tb

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class LogLine(logging.Formatter):
    """Also what a library logs on many lines is one: asyncio's other lines quote whatever was about to be done."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage().splitlines()
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {said[0] if said else ''}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([line, *_told(error)]) if error else line


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
