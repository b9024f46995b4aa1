"""Calls for later, in the words of the tests: what a person does with a plan, and what time it is then.

It is Monday noon in New York, where the chat is. Updates come by webhook: hours without a call then pass at once.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from sandbox.telegram import Message, Person
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import HUMAN_S, from_bot, labels, press, running, wall_clock

ZONE = "America/New_York"
MONDAY = 23
LATER = "today at 2pm call Luigi on +1 415 555 0102 and book a table for two at 8pm, name Anna"  # whose line is busy
WHEN = "today, Mon, Nov 23, 2:00 PM (New York)"


@contextlib.asynccontextmanager
async def running_later(world: World, folder: Path, **changes: Any) -> AsyncIterator[App]:
    async with running(world, folder, **{"time_zone": ZONE, "telegram_webhook_secret": "sand-in_1", **changes}) as app:
        yield app


def at(hour: int, minute: int = 0, *, day: int = MONDAY) -> float:
    """A time in New York, in November 2026, in unix seconds."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE)).timestamp()


async def until(unix: float) -> None:
    await asyncio.sleep(unix - wall_clock()())


def is_plan(message: Message) -> bool:
    """The card of a call for later."""
    return "plan the call" in labels(message)


async def order_later(world: World, text: str = LATER, *, by: Person | None = None) -> Message:
    """Write a request for later; the card that answers it."""
    await asyncio.sleep(HUMAN_S)
    person = by or world.requester
    said = person.say(text)
    return await person.wait_for(is_plan, after=said)


async def plan(world: World, text: str = LATER, *, by: Person | None = None) -> Message:
    """A call that is planned; its message."""
    card = await order_later(world, text, by=by)
    assert (await press(world, card, "Plan the call", by=by)).startswith("Planned: ")
    return await (by or world.requester).wait_for(lambda m: m is card and "Planned for" in m.text)


async def began(world: World, *, times: int = 1) -> StandInCall:
    """The newest of so many calls at the carrier."""
    await world.requester.wait_for(lambda _: len(world.twilio.calls) >= times, timeout=120)
    return list(world.twilio.calls.values())[-1]


def texts(world: World) -> list[str]:
    return [message.text for message in from_bot(world)]


def killed(folder: Path, copy: Path) -> Path:
    """What a process leaves behind that dies now: the database as it stands, in a folder of its own."""
    copy.mkdir()
    for file in folder.glob("ringback.db*"):
        shutil.copy(file, copy / file.name)
    return copy
