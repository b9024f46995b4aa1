"""`ringback canary`: the command from its consent to its exit code. Runs in the place of the product.

Owns the terminal of the one who runs it, and the product for as long as the call takes. Nothing is dialled before
consent was given twice, nor where Twilio could not reach us.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import App
from bot.canary import errand, gates, timeline
from bot.canary.call import Canary, Flight, Line
from bot.canary.errand import Ask, Tell
from bot.doctor import doorstep, machine
from bot.doctor.asking import Asking
from bot.doctor.finding import Verdict, as_text
from bot.settings import Settings
from bridge import numbers, prices
from bridge.errors import NumberRefused, RingbackError
from prompts import library

_REACHED_S, _AGAIN_S = 45.0, 3.0

PROVED, FAILED, NOT_CALLED = 0, 1, 2  # the command's exit codes (docs/operations.md)


def consented(settings: Settings, written: str, *, yes_call: str, ask: Ask | None, tell: Tell) -> str:
    """The number (E.164) that may be rung, or "". Only an ordinary number is asked about."""
    try:
        number = numbers.dialable(written, region=numbers.region_of(settings.twilio_phone_number))
    except NumberRefused as refusal:
        tell(str(refusal))
        return ""
    try:
        price_list = prices.load(settings.realtime_model, settings.prices_file)
    except (OSError, ValueError):
        tell("The price list cannot be read. Check PRICES_FILE.")
        return ""
    cost_usd = price_list.estimate(library.canary().max_minutes * 60)
    return number if errand.consent(number, cost_usd=cost_usd, yes_call=yes_call, ask=ask, tell=tell) else ""


async def fly(settings: Settings, number: str, *, scripted: bool, tell: Tell) -> int:
    """Start the product, call, judge. Raises RingbackError where the product cannot start, or runs already."""
    _take_place(settings)
    async with App(settings) as app, typed_lines() as line:
        if problem := await unreached(settings):
            tell(f"It was not called, since nobody could reach Ringback at PUBLIC_URL:\n{problem}")
            return NOT_CALLED
        assert app.front  # noqa: S101 - it has been started
        return await call(app.front.canary, number, scripted=scripted, tell=tell, line=line)


def _take_place(settings: Settings) -> None:
    """Before anything is opened: of two processes on one database the later one takes over the calls of the other."""
    if closed := doorstep.closed(settings.host, settings.port):
        raise RingbackError(
            f"Port {settings.port} cannot be had: {closed}. A canary takes the place of Ringback: stop the one "
            "that runs here, call the canary, and start it again (docs/operations.md, Canary)."
        )


async def unreached(settings: Settings, *, patience_s: float = _REACHED_S) -> str:
    """Why PUBLIC_URL does not lead to the Ringback of this process, or "". A call would ring, and say nothing. A host's
    proxy lets nobody through before its own next look at `/healthz`.
    """
    until = time.monotonic() + patience_s
    async with Asking(time.time) as asking:
        while True:
            found = await doorstep.reach(settings, asking, await doorstep.who_is_here(settings, asking))
            findings = machine.public_url(found, port=settings.port)
            if all(finding.verdict is Verdict.OK for finding in findings):
                return ""
            if time.monotonic() >= until:
                return as_text(findings)
            await asyncio.sleep(_AGAIN_S)


async def call(canary: Canary, number: str, *, scripted: bool, tell: Tell, line: Line | None) -> int:
    nonce = tuple(secrets.SystemRandom().sample(library.canary().words, errand.NONCE_WORDS))
    flight = await canary.fly(number, nonce, scripted=scripted, tell=tell, line=line)
    tell(shown(flight))
    if flight.refusal:
        return NOT_CALLED
    return PROVED if gates.passed(flight.gates) else FAILED


def shown(flight: Flight) -> str:
    if flight.refusal:
        return f"It was not called: {flight.refusal}"
    parts = [timeline.as_text(flight.events), gates.figures(flight.events), gates.as_text(flight.gates)]
    return "\n" + "\n\n".join(part for part in parts if part)


def asking() -> Ask | None:
    """How to ask the one at the terminal; None where nobody is."""
    return _asked if sys.stdin.isatty() else None


def _asked(prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError:  # nothing more will be typed
        return ""


@asynccontextmanager
async def typed_lines() -> AsyncIterator[Line | None]:
    """What is typed while the call goes on; None without a terminal."""
    if not sys.stdin.isatty():
        yield None
        return
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def take() -> None:
        if typed := sys.stdin.readline():
            lines.put_nowait(typed)
        else:  # nothing more will be typed
            loop.remove_reader(sys.stdin.fileno())

    loop.add_reader(sys.stdin.fileno(), take)
    try:
        yield lines.get
    finally:
        loop.remove_reader(sys.stdin.fileno())
