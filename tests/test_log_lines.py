"""Log lines: an error is told by its kind and place, whatever its text says."""

import asyncio
import contextvars
import json
import logging
from types import TracebackType
from typing import Any

import pytest
from aiohttp.http_exceptions import BadHttpMessage
from hypothesis import given
from hypothesis import strategies as st

from bot.log_lines import JsonLine, LogLine, NoStrangers
from bridge.current import current_call

SAID = "swordfish +1 415 555 2671"
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def raised(error: BaseException, cause: BaseException | None = None) -> Raised:
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.type, caught.value, caught.tb


def line(message: str, *args: object, error: Raised | None = None) -> str:
    record = logging.LogRecord("bot.desk", logging.ERROR, __file__, 1, message, args, error)
    return LogLine().format(record)


def test_a_fact_is_one_line_with_its_time_level_and_logger() -> None:
    told = line("call %s ended", "c1")
    assert told.endswith(" ERROR bot.desk call c1 ended")
    assert len(told.splitlines()) == 1


def test_of_an_error_its_kind_code_and_places_are_told_and_not_its_text() -> None:
    failed = OSError(5, SAID)
    told = line("a report failed", error=raised(failed, raised(ValueError(SAID))[1]))
    assert "swordfish" not in told
    assert "2671" not in told
    assert "builtins.OSError errno=5" in told
    assert "builtins.ValueError" in told
    assert "test_log_lines.py:" in told
    assert " raised" in told


@pytest.mark.parametrize("hidden", [False, True])
def test_what_was_being_handled_is_told_too_unless_it_is_nobodys_business(hidden: bool) -> None:
    error = ValueError(SAID)
    error.__context__, error.__suppress_context__ = KeyError(SAID), hidden
    assert ("KeyError" in line("x", error=(ValueError, error, None))) is not hidden


def test_errors_that_lead_to_each_other_come_to_an_end() -> None:
    one, two = ValueError(SAID), KeyError(SAID)
    one.__cause__, two.__cause__ = two, one
    assert len(line("x", error=(ValueError, one, None)).splitlines()) == 3


@pytest.mark.parametrize(("code", "shown"), [(21211, "code=21211"), ("server_error", "code=server_error")])
def test_a_services_code_is_told(code: int | str, shown: str) -> None:
    error = RuntimeError(SAID)
    error.code = code  # type: ignore[attr-defined]
    assert shown in line("x", error=raised(error))


def test_words_are_no_code() -> None:
    error = RuntimeError(SAID)
    error.code = SAID  # type: ignore[attr-defined]
    assert "swordfish" not in line("x", error=raised(error))


def test_what_a_task_died_of_is_not_quoted() -> None:
    """The line that asyncio makes it of a task that nobody awaited."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(LogLine().format(record))  # type: ignore[method-assign]
    asyncio_log = logging.getLogger("asyncio")
    asyncio_log.addHandler(handler)

    async def dies() -> None:
        raise ValueError(SAID)

    async def forgets() -> None:
        task = asyncio.get_running_loop().create_task(dies())
        await asyncio.wait([task])

    try:
        asyncio.run(forgets())
    finally:
        asyncio_log.removeHandler(handler)
    [told] = [line for line in said if "never retrieved" in line]
    assert "ValueError" in told
    assert "swordfish" not in told


def from_aiohttp(error: BaseException | None) -> str:
    """As its web server logs what it could not handle."""
    kept = (type(error), error, None) if error else None
    record = logging.LogRecord(
        "aiohttp.server", logging.ERROR, __file__, 1, "Error handling request from %s", ("203.0.113.7",), kept
    )
    assert NoStrangers().filter(record)
    return LogLine().format(record)


def test_what_is_no_http_is_one_line_without_a_piece_of_it_or_an_address() -> None:
    told = from_aiohttp(BadHttpMessage(SAID))
    assert told.endswith(" INFO aiohttp.server a request was no HTTP, or broke off")


def test_an_error_of_ours_in_a_request_is_told_without_an_address() -> None:
    told = from_aiohttp(raised(ValueError(SAID))[1])
    assert " ERROR aiohttp.server a request could not be handled" in told
    assert "builtins.ValueError" in told
    assert "203.0.113.7" not in told


def test_what_else_the_web_server_says_stays() -> None:
    assert "Error handling request from 203.0.113.7" in from_aiohttp(None)


@given(st.text())
def test_no_words_begin_a_line_of_their_own(text: str) -> None:
    assert len(line("a model said %s", text).splitlines()) == 1
    assert len(line(text).splitlines()) == 1


def test_nothing_to_say_is_a_line_all_the_same() -> None:
    assert line("").endswith(" ERROR bot.desk ")


# With figures, and as JSON


def recorded(message: str, *, error: Raised | None = None, **facts: object) -> logging.LogRecord:
    record = logging.LogRecord("bridge.switchboard", logging.INFO, __file__, 1, message, (), error)
    record.facts = facts
    return record


def as_json(message: str, *, error: Raised | None = None, **facts: object) -> dict[str, Any]:
    written = JsonLine().format(recorded(message, error=error, **facts))
    assert len(written.splitlines()) == 1
    found: dict[str, Any] = json.loads(written)
    return found


def test_a_lines_figures_follow_its_words() -> None:
    told = LogLine().format(recorded("call ended", call="c1", talk_s=42.4))
    assert told.endswith("INFO bridge.switchboard call ended call=c1 talk_s=42.4")


def test_a_line_of_json_has_its_time_level_logger_words_and_figures() -> None:
    told = as_json("call ended", call="c1", talk_s=42.4)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "info",
        "logger": "bridge.switchboard",
        "message": "call ended",
        "call": "c1",
        "talk_s": 42.4,
    }


def test_no_figure_stands_in_the_place_of_a_lines_own() -> None:
    assert as_json("call ended", level="none", logger="other")["level"] == "info"


def test_a_line_of_json_tells_of_an_error_what_the_other_form_tells() -> None:
    failed = OSError(5, SAID)
    told = as_json("a report failed", error=raised(failed))
    assert told["error"][0] == "builtins.OSError errno=5"
    assert "swordfish" not in str(told)


def test_a_line_that_is_written_for_a_call_names_it() -> None:
    def written() -> dict[str, Any]:
        current_call.set("c7")
        return as_json("hang-up did not reach Twilio")

    assert contextvars.copy_context().run(written)["call"] == "c7"
    assert "call" not in as_json("ready for calls")


@given(st.text())
def test_whatever_is_said_is_one_line_of_json(text: str) -> None:
    assert as_json(text)["message"] in text
