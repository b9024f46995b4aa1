"""The command line: its arguments, its exit codes, and what it says about settings that need attention."""

import asyncio
import gc
import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from bot import __main__ as command
from bot import app
from bot.canary import command as canary
from bot.doctor import examination, finding
from bot.doctor.finding import Finding
from bot.log_lines import LogLine
from bot.settings import Settings
from bridge.errors import RingbackError
from tests.test_settings import NEEDED


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(command, "set_up_logging", lambda *_: None)  # it would outlive the test


Demo = Callable[[Callable[..., int]], None]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Demo:
    """Put another demo in the place of the sandbox's."""

    def put(main: Callable[..., int]) -> None:
        module = ModuleType("sandbox.demo")
        module.main = main  # type: ignore[attr-defined]  # a module made here has what is put into it
        monkeypatch.setitem(sys.modules, "sandbox.demo", module)
        monkeypatch.setattr("sandbox.demo", module, raising=False)

    return put


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--fast"], ["demo", "--once"]])
def test_what_is_no_command_is_refused_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert "usage: ringback" in capsys.readouterr().err


def test_help_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--help"])
    assert stopped.value.code == 0
    assert "demo" in capsys.readouterr().out


def test_without_settings_every_one_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["run"]) == 2
    said = capsys.readouterr().err
    assert "docs/settings.md" in said
    for name in NEEDED:
        assert f"  {name}: is missing" in said
    assert "Traceback" not in said


def test_a_bad_setting_is_explained_and_its_value_not_shown(
    whole: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "my secret value")
    monkeypatch.setenv("TELEGRAM_ADMINS", "shane")
    monkeypatch.setenv("OPENAI_BASE_URL", "no-address")
    assert command.main(["run"]) == 2
    said = capsys.readouterr().err
    assert "  TELEGRAM_WEBHOOK_SECRET: use at most 256 letters" in said
    assert "  TELEGRAM_ADMINS: write numeric ids" in said
    assert "  OPENAI_BASE_URL: write a whole address" in said
    secrets = [NEEDED[name] for name in ("TELEGRAM_BOT_TOKEN", "TWILIO_AUTH_TOKEN", "OPENAI_API_KEY")]
    for value in ("my secret value", "shane", "no-address", *secrets):
        assert value not in said


def test_run_serves_until_it_is_told_to_stop(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []

    async def serve(settings: Settings, stop: asyncio.Event) -> None:
        served.append(settings.public_url)
        assert not stop.is_set()

    monkeypatch.setattr(app, "run", serve)
    assert command.main(["run"]) == 0
    assert served == [NEEDED["PUBLIC_URL"]]


def test_what_keeps_it_from_starting_is_said_in_one_line(
    whole: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def serve(settings: Settings, stop: asyncio.Event) -> None:
        raise RingbackError("Cannot listen on 0.0.0.0:80.")

    monkeypatch.setattr(app, "run", serve)
    assert command.main(["run"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "ringback: Cannot listen on 0.0.0.0:80."


def test_the_demo_gets_its_request_and_its_folder(demo: Demo) -> None:
    asked: list[dict[str, object]] = []

    def main(**what: object) -> int:
        asked.append(what)
        return 3

    demo(main)
    assert [command.main(["demo"]), command.main(["demo", "--once", "call Roma", "--out", "there"])] == [3, 3]
    plain = {"once": None, "every": False, "out": "out", "port": None, "browser": True}
    assert asked == [plain, plain | {"once": "call Roma", "out": "there"}]
    assert command.main(["demo", "--all", "--port", "0", "--no-browser"]) == 3
    assert asked[-1] == plain | {"every": True, "port": 0, "browser": False}


def test_the_demo_can_be_left_with_the_keyboard(demo: Demo) -> None:
    def main(**_: object) -> int:
        raise KeyboardInterrupt

    demo(main)
    assert command.main(["demo"]) == 130


def test_the_loop_is_one_that_runs() -> None:
    loop = command.loop_factory()()
    try:
        assert loop.run_until_complete(asyncio.sleep(0, "done")) == "done"
    finally:
        loop.close()


def test_without_uvloop_the_standard_loop_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert command.loop_factory() is asyncio.new_event_loop


def test_loggers_that_would_show_tokens_and_numbers_are_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    chatty = ("httpx", "telegram", "twilio", "openai", "picows", "aiohttp.access")
    for name in chatty:
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    command.set_up_logging("DEBUG")
    assert {logging.getLogger(name).level for name in chatty} == {logging.WARNING}


@pytest.mark.parametrize(
    ("form", "terminal", "readable"),
    [("auto", True, True), ("auto", False, False), ("json", True, False), ("text", False, True)],
)
def test_lines_are_for_people_at_a_terminal_and_json_elsewhere(
    form: str, terminal: bool, readable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[logging.Handler] = []
    monkeypatch.setattr(logging, "basicConfig", lambda **given: made.extend(given["handlers"]))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    command.set_up_logging("INFO", form)
    assert isinstance(made[0].formatter, LogLine) is readable


def test_rubbish_is_collected_again_once_it_has_stopped(whole: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    async def serve(settings: Settings, stop: asyncio.Event) -> None:
        seen.append(gc.isenabled())

    monkeypatch.setattr(app, "run", serve)
    assert command.main(["run"]) == 0
    assert (seen, gc.isenabled()) == ([False], True)


# The doctor


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put findings in the place of an examination."""

    def put(*findings: Finding) -> None:
        async def examine(_: Settings) -> list[Finding]:
            return list(findings)

        monkeypatch.setattr(examination, "examine", examine)

    return put


def test_the_doctor_needs_settings_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["doctor"]) == 2
    assert "TWILIO_AUTH_TOKEN: is missing" in capsys.readouterr().err
    assert command.main(["doctor", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["settings"]["PUBLIC_URL"]) == (False, "is missing")


@pytest.mark.parametrize(("arguments", "shown"), [([], "✗ clock"), (["--json"], '"check": "clock"')])
def test_the_doctors_exit_code_tells_whether_anything_is_wrong(
    whole: None,
    found: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    shown: str,
) -> None:
    found(finding.wrong("clock", "slow", "set it"))
    assert command.main(["doctor", *arguments]) == 1
    assert shown in capsys.readouterr().out
    found(finding.ok("clock", "right"), finding.unknown("prices", "who knows"))
    assert command.main(["doctor", *arguments]) == 0


# The canary


@pytest.fixture
def flown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """The numbers that would have been rung, and whether by a script."""
    rung: list[tuple[str, bool]] = []

    async def fly(_: Settings, number: str, *, scripted: bool, tell: Callable[[str], None]) -> int:
        tell("flown")
        rung.append((number, scripted))
        return canary.FAILED

    monkeypatch.setattr(canary, "fly", fly)
    return rung


def test_a_canary_without_a_terminal_rings_nobody(
    whole: None, flown: list[tuple[str, bool]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("+14155550127\ncall\n"))  # typed by nobody
    assert command.main(["canary", "+14155550127"]) == 2
    assert "--yes-call" in capsys.readouterr().out
    assert flown == []


@pytest.mark.parametrize("number", ["911", "+19005550127", "4242", "hello"])
def test_a_canary_never_rings_what_no_call_may(whole: None, flown: list[tuple[str, bool]], number: str) -> None:
    assert command.main(["canary", number, "--yes-call", number]) == 2
    assert flown == []


def test_a_script_gets_the_canarys_own_exit_code(
    whole: None, flown: list[tuple[str, bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["canary", "(415) 555-0127", "--yes-call", "+14155550127"]) == 1
    assert flown == [("+14155550127", True)]
    assert capsys.readouterr().out == "flown\n"
    assert command.main(["canary", "+14155550127", "--yes-call", "+14155550128"]) == 2
    assert len(flown) == 1


def test_at_a_terminal_the_number_and_the_word_are_typed(
    whole: None, flown: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("+14155550127\ncall\n"))
    assert command.main(["canary", "+14155550127"]) == 1
    assert flown == [("+14155550127", False)]
    monkeypatch.setattr(sys, "stdin", Terminal("+14155550127\nno\n"))
    assert command.main(["canary", "+14155550127"]) == 2
    monkeypatch.setattr(sys, "stdin", Terminal(""))  # the end of what is typed
    assert command.main(["canary", "+14155550127"]) == 2
    assert len(flown) == 1


def test_a_canary_needs_settings_too(flown: list[tuple[str, bool]]) -> None:
    assert command.main(["canary", "+14155550127", "--yes-call", "+14155550127"]) == 2
    assert flown == []


def test_a_canary_that_cannot_start_has_called_nobody(
    whole: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fly(*_: object, **__: object) -> int:
        raise RingbackError("Port 8080 cannot be had.")

    monkeypatch.setattr(canary, "fly", fly)
    assert command.main(["canary", "+14155550127", "--yes-call", "+14155550127"]) == canary.NOT_CALLED
    assert capsys.readouterr().err == "ringback: Port 8080 cannot be had.\n"


def test_a_canary_whose_cost_is_not_known_is_not_called(
    whole: None, flown: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRICES_FILE", "prices.toml")
    assert command.main(["canary", "+14155550127", "--yes-call", "+14155550127"]) == canary.NOT_CALLED
    assert "PRICES_FILE" in capsys.readouterr().out
    assert flown == []
