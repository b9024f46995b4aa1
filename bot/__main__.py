"""The command line: `ringback run | demo`.

Owns the process: arguments, logging, signals, exit codes.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.log_lines import LogLine
from bridge.errors import RingbackError

if TYPE_CHECKING:
    from bot.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="ringback", description="Write to a Telegram bot and it makes the phone call."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve, with the settings of the environment and .env")
    demo = commands.add_parser(
        "demo", help="everything on the sandbox, without accounts: type requests in the terminal"
    )
    demo.add_argument("--once", metavar="REQUEST", help="one request to its report, then exit")
    demo.add_argument("--out", default="out", help="where recordings and chats go (default: out)")
    options = parser.parse_args(arguments)
    try:
        if options.command == "run":
            return _run()
        from sandbox.demo import main as run_demo  # noqa: PLC0415 - the product itself never needs the sandbox

        return run_demo(once=options.once, out=options.out)
    except RingbackError as error:
        print(f"ringback: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run() -> int:
    from bot.settings import Settings  # noqa: PLC0415 - after the arguments: --help is quick

    try:
        settings = Settings()
    except ValidationError as error:
        print(_explain(error), file=sys.stderr)
        return 2
    set_up_logging(settings.log_level)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(settings))
    return 0


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


def set_up_logging(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LogLine())
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
    # It reports each 429 as an error with a traceback, and then does what Telegram asks: nothing for anybody to see.
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)


def _explain(error: ValidationError) -> str:
    """Which settings are wrong, and where to set them; never a value."""
    rows = [
        f"  {str(problem['loc'][0]).upper()}: "
        f"{'is missing' if problem['type'] == 'missing' else problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_input=False, include_url=False)
    ]
    return "\n".join(["ringback: these settings need attention (environment or .env, see docs/settings.md):", *rows])


if __name__ == "__main__":
    sys.exit(main())
