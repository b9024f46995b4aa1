"""The command line: `ringback run | demo | doctor | canary | backup`.

Owns the process: arguments, logging, signals, exit codes.
"""

import argparse
import asyncio
import gc
import json
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.log_lines import JsonLine, LogLine, NoStrangers
from bridge.errors import RingbackError

if TYPE_CHECKING:
    from bot.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "run":
                return _with_settings(_run)
            case "backup":
                return _with_settings(lambda settings: _back_up(settings, options.file))
            case "doctor":
                return _doctor(in_json=options.json)
            case "canary":
                return _canary(options.number, yes_call=options.yes_call)
            case _:
                return _demo(options)
    except RingbackError as error:
        print(f"ringback: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ringback", description="Write to a Telegram bot and it makes the phone call."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve, with the settings of the environment and .env")
    demo = commands.add_parser(
        "demo", help="everything on the sandbox, without accounts: a page in the browser, and the terminal"
    )
    demo.add_argument("--once", metavar="REQUEST", help="one request to its report in the terminal, then exit")
    demo.add_argument("--all", action="store_true", help="every scenario in turn, each left as a recording, then exit")
    demo.add_argument("--port", type=int, help="of the page on 127.0.0.1 (default: 8750, or another if it is taken)")
    demo.add_argument("--no-browser", action="store_true", help="print the page's address, and do not open it")
    demo.add_argument("--out", default="out", help="where recordings and chats go (default: out)")
    backup = commands.add_parser("backup", help="a whole copy of the SQLite file, also while Ringback runs")
    backup.add_argument("file", type=Path, help="the copy: a file that is not there yet")
    doctor = commands.add_parser("doctor", help="check every setting and account, dial nothing, say what to mend")
    doctor.add_argument(
        "--json", action="store_true", help="for scripts; exit code 0: all right, 1: wrong, 2: settings"
    )
    canary = commands.add_parser(
        "canary", help="one REAL call to your own phone, by which the deployment proves itself"
    )
    canary.add_argument("number", help="your own phone's, as +14155550100; it is asked for twice")
    canary.add_argument("--yes-call", metavar="NUMBER", default="", help="for scripts: the same number once more")
    return parser


def _demo(options: argparse.Namespace) -> int:
    from sandbox.demo import main as run_demo  # noqa: PLC0415 - the product itself never needs the sandbox

    return run_demo(
        once=options.once, every=options.all, out=options.out, port=options.port, browser=not options.no_browser
    )


def _with_settings(command: "Callable[[Settings], int]") -> int:
    settings = _settings()
    return 2 if settings is None else command(settings)


def _back_up(settings: "Settings", target: Path) -> int:
    from bot.backup import back_up  # noqa: PLC0415

    size = back_up(settings.sqlite_file, target)
    print(f"{target}: {size:,} bytes")
    return 0


def _run(settings: "Settings") -> int:
    set_up_logging(settings.log_level, settings.log_format)
    gc.disable()  # until everything is there (`app.run`): collections would be a tenth of the start, and find nothing
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings))
    finally:
        gc.enable()
    return 0


def _doctor(*, in_json: bool) -> int:
    from bot.doctor import examination, finding  # noqa: PLC0415

    settings = _settings(in_json=in_json)
    if settings is None:
        return finding.UNREADABLE
    set_up_logging("ERROR")
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        findings = runner.run(examination.examine(settings))
    print(finding.as_json(findings) if in_json else finding.as_text(findings))
    return finding.exit_code(findings)


def _canary(written: str, *, yes_call: str) -> int:
    from bot.canary import command  # noqa: PLC0415

    settings = _settings()
    number = settings and command.consented(settings, written, yes_call=yes_call, ask=command.asking(), tell=print)
    if not (settings and number):
        return command.NOT_CALLED
    set_up_logging("WARNING")
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(command.fly(settings, number, scripted=bool(yes_call), tell=print))
    except RingbackError as error:
        print(f"ringback: {error}", file=sys.stderr)
        return command.NOT_CALLED


def _settings(*, in_json: bool = False) -> "Settings | None":
    """None where they need attention, which has been said."""
    from bot.settings import Settings  # noqa: PLC0415 - after the arguments: --help is quick

    try:
        return Settings()
    except ValidationError as error:
        if in_json:
            told = {"ok": False, "settings": _problems(error)}
            print(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            print(_explain(error), file=sys.stderr)
        return None


async def _serve(settings: "Settings") -> None:
    from bot import app  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await app.run(settings, stop)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """The quicker loop where there is one."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def set_up_logging(level: str, form: str = "text") -> None:
    """`form`: text, json, or auto: text for who sits at a terminal, else JSON."""
    handler = logging.StreamHandler()
    readable = form == "text" or (form == "auto" and sys.stderr.isatty())
    handler.setFormatter(LogLine() if readable else JsonLine())
    logging.basicConfig(level=level, handlers=[handler])
    chatty = (
        "httpx",
        "httpcore",
        "telegram",
        "aiohttp.access",
        "twilio",
        "openai",
        "picows",
        "aiosqlite",
        "alembic",
    )
    for library in (*chatty, "httpx2", "httpcore2"):
        # Their lines hold addresses with the bot's token in them, phone numbers, prompts and what was said.
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(NoStrangers())
    # It reports each 429 as an error with a traceback, and then does what Telegram asks: nothing for anybody to see.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)


def _problems(error: ValidationError) -> dict[str, str]:
    """What is wrong with which setting; never a value."""
    return {
        str(problem["loc"][0]).upper(): "is missing"
        if problem["type"] == "missing"
        else problem["msg"].removeprefix("Value error, ")
        for problem in error.errors(include_input=False, include_url=False)
    }


def _explain(error: ValidationError) -> str:
    """Which settings are wrong, and where to set them."""
    rows = [f"  {name}: {problem}" for name, problem in _problems(error).items()]
    return "\n".join(["ringback: these settings need attention (environment or .env, see docs/settings.md):", *rows])


if __name__ == "__main__":
    sys.exit(main())
