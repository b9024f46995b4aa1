"""What people do and see in the chat, and what went over the line, in the words of the tests.

Owns no expectation of its own but one: `check_the_wires`, that nothing was refused anywhere.
"""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.app import App
from bot.settings import Settings
from bridge.database import open_database
from bridge.events import CallEvent
from bridge.journal import Journal
from sandbox.fast_clock import FastLoop, Selector
from sandbox.line import Answerer
from sandbox.mind import Mind
from sandbox.telegram import Message, Person
from sandbox.telegram.person import plain_label
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.databases import sqlite_in
from tests.telegram_schema import problem_of

REQUEST = "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
SHORT = "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm"  # hangs up after two seconds
BUSY = "call Luigi on +1 415 555 0102 and book a table for two at 8pm, name Anna"
MONDAY_UNIX = datetime(2026, 11, 23, 17, tzinfo=UTC).timestamp()
HUMAN_S = 1.5  # nobody reads, writes or finds a button quicker
Told = TypeVar("Told")
_CROSSED = "response_cancel_not_active"  # a cancel and the response's end met on the way: nobody's fault


@contextlib.asynccontextmanager
async def running(world: World, folder: Path, **changes: Any) -> AsyncIterator[App]:
    """The product, started on a database in `folder`."""
    places: dict[str, Any] = {"recordings_dir": folder / "recordings"}
    if "database_url" not in changes:
        places |= {"database_url": sqlite_in(folder)}  # a revision takes longer than its copy
    settings = Settings(_env_file=None, **world.settings(**(places | changes)))
    async with App(settings, wall=wall_clock()) as app:
        world.port = app.port
        yield app


def tell(
    story: Callable[[World], Awaitable[Told]],
    folder: Path,
    *,
    answerer: Answerer | None = None,
    mind: Mind | None = None,
    provoked: "Provoked | None" = None,
    **changes: Any,
) -> Told:
    """A story told once, for tests that look at what is left of it. Leaves the sandbox and the product closed."""

    async def told() -> Told:
        async with World(answerer=answerer, mind=mind, wall=wall_clock()) as world:
            async with running(world, folder, **changes):
                outcome = await story(world)
            check_the_wires(world, provoked)
        return outcome

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(told())


def wall_clock() -> Callable[[], float]:
    """The time of day, as the clock that does not wait has it: a Monday begins, in the morning in the US."""
    return lambda: MONDAY_UNIX + asyncio.get_running_loop().time() - Selector.now


# In the chat


def labels(message: Message) -> list[str]:
    return [plain_label(button.label) for row in message.keyboard for button in row]


def data_of(message: Message, label: str) -> str:
    """What a button sends when it is pressed."""
    found = [b.data for row in message.keyboard for b in row if plain_label(b.label) == plain_label(label)]
    assert found[0]
    return found[0]


def is_card(message: Message) -> bool:
    return "call" in labels(message)


def is_report(message: Message) -> bool:
    return "call again" in labels(message)


def from_bot(world: World, person: Person | None = None) -> list[Message]:
    return [message for message in (person or world.requester).chat.messages if message.sender == "bot"]


async def order(world: World, text: str = REQUEST, *, by: Person | None = None) -> Message:
    """Write a request; the card that answers it."""
    await asyncio.sleep(HUMAN_S)
    person = by or world.requester
    said = person.say(text)
    return await person.wait_for(is_card, after=said)


async def answer_to(world: World, text: str, *, by: Person | None = None, reply_to: Message | None = None) -> Message:
    """Write anything; the first message that answers it."""
    await asyncio.sleep(HUMAN_S)
    person = by or world.requester
    said = person.say(text, reply_to=reply_to)
    return await person.wait_for(lambda _: True, after=said)


async def press(world: World, message: Message, label: str, *, by: Person | None = None) -> str:
    """Find a button and press it; the notice that Telegram shows."""
    await asyncio.sleep(HUMAN_S)
    async with asyncio.timeout(30):
        return await (by or world.requester).press(message, label).answered


async def press_data(world: World, message: Message, data: str, *, by: Person | None = None) -> str:
    """Press what is not on the keyboard, or not any more."""
    async with asyncio.timeout(30):
        return await (by or world.requester).press_data(message, data).answered


async def place(world: World, card: Message, *, by: Person | None = None) -> StandInCall:
    """Press Call; the call at the carrier."""
    before = set(world.twilio.calls)
    assert await press(world, card, "Call", by=by) == "Dialling"
    await (by or world.requester).wait_for(lambda m: m is card and set(world.twilio.calls) - before)
    return next(call for sid, call in world.twilio.calls.items() if sid not in before)


async def finished(world: World, live: Message, *, timeout: float = 300, by: Person | None = None) -> Message:  # noqa: ASYNC109 - as in the sandbox's own waits
    """The report of the call that was shown in `live`, once the live view shows the end too."""
    person = by or world.requester
    report = await person.wait_for(is_report, after=live, timeout=timeout)
    pages = [m for m in person.chat.messages if m.sender == "bot" and live.id <= m.id < report.id]
    await person.wait_for(lambda m: m in pages and " · ended" in m.text and not m.keyboard)
    return report


async def connected(world: World, live: Message, *, by: Person | None = None) -> None:
    await (by or world.requester).wait_for(lambda m: m is live and "connected" in m.text)


async def shown(world: World, words: str, *, by: Person | None = None) -> Message:
    return await (by or world.requester).wait_for(lambda m: words in m.text)


@dataclass(frozen=True)
class Called:
    """A call from its request to its report."""

    world: World
    card: str  # the card's text as it was offered
    live: Message
    report: Message
    call: StandInCall
    events: list[CallEvent]

    @property
    def end(self) -> str:
        return self.report.text.splitlines()[-1]


async def called(world: World, folder: Path, text: str = REQUEST, *, by: Person | None = None) -> Called:
    card = await order(world, text, by=by)
    offered = card.text
    call = await place(world, card, by=by)
    report = await finished(world, card, by=by)
    await call.ended.wait()  # and Twilio has told all that it had to tell
    return Called(world, offered, card, report, call, await journal_of(folder))


async def journal_of(folder: Path) -> list[CallEvent]:
    """The events of the only call of a database."""
    engine = open_database(f"sqlite:///{folder}/ringback.db")
    try:
        journal = Journal(engine)
        async with engine.connect() as connection:
            ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
        assert len(ids) == 1
        return await journal.events(ids[0])
    finally:
        await engine.dispose()


def statuses(live: Message) -> list[str]:
    """What the live view said of the call, one after another: the words after the callee's name."""
    return [edit.text.splitlines()[0].partition(" · ")[2] for edit in live.edits]


def turns(text: str) -> list[tuple[str, str]]:
    """The turns that a live view shows: ("agent" or "callee", words)."""
    found = re.findall(r"^(🤖|👤) .*?: (.*)$", text, re.MULTILINE)
    return [("agent" if mark == "🤖" else "callee", words) for mark, words in found]


def told_by(turns_: Iterable[tuple[str, str]], party: str) -> list[str]:
    return [words for who, words in turns_ if who == party]


# On the line


@dataclass(frozen=True)
class Utterance:
    party: str
    text: str
    began_ms: int
    ended_ms: int


def spoken(audio: bytes, party: str) -> list[Utterance]:
    """What can be made out of one side of a line; a noise is an utterance without text."""
    ear = Ear()
    # Whoever is cut off by the end of the call is heard to that point.
    return [
        Utterance(party, event.text, event.began_ms, event.at_ms)
        for at in range(0, len(audio) + 30 * FRAME, FRAME)
        for event in ear.feed(audio[at : at + FRAME].ljust(FRAME, SILENCE[:1]))
        if isinstance(event, SpeechEnded)
    ]


def on_the_line(call: StandInCall) -> list[Utterance]:
    """Both sides as they really sounded, in the order in which they began. Milliseconds since the answer."""
    both = spoken(call.agent_audio, "agent") + spoken(call.callee_audio, "callee")
    return sorted(both, key=lambda utterance: utterance.began_ms)


# What nobody should ever see


@dataclass
class Provoked:
    """What a test makes go wrong on purpose, so that it is not held against the product."""

    telegram: bool = False
    openai: bool = False
    twilio: bool = False


def check_the_wires(world: World, provoked: Provoked | None = None) -> None:
    """Nothing was refused by anybody, and every press was answered exactly once."""
    provoked = provoked or Provoked()
    refused = [(r.method, r.description) for r in world.telegram.requests if r.ok is False]
    assert provoked.telegram or not refused
    assert provoked.telegram or not list(filter(None, map(problem_of, world.telegram.requests)))
    assert provoked.openai or not [r for r in world.openai.rejected if r.error["code"] != _CROSSED]
    assert provoked.twilio or not world.twilio.errors
    answers = Counter(r.params["callback_query_id"] for r in world.telegram.requested("answerCallbackQuery"))
    assert answers == dict.fromkeys(world.telegram.cloud.presses, 1)


def plan_json(**changes: Any) -> str:
    """A plan as the planning model would write it."""
    plan = {
        "callee_name": "Trattoria Roma",
        "callee_number": "+14155552671",
        "callee_kind": "business",
        "on_behalf_of": "Shane",
        "goal": "Book a table for 4 people at 7pm under the name Shane.",
        "facts": ["Table for 4 people", "Time: 7pm", "Name: Shane"],
        "may_agree": ["Any time from 7pm to 9pm"],
        "questions": [],
        "language": "en",
        "persona": "brisk",
        "voice": "",
        "opening": "Hello, this is the AI assistant of Shane. I would like to book a table for four at 7pm, please.",
        "voicemail_message": "",
        "max_minutes": 10,
        "missing": [],
        "not_a_call": False,
        "other_languages": [],
        "contact": "",
        "recent": 0,
        "lookup": "",
        "call_at": "",
        "repeats": False,
        "retries": 0,
        "retry_minutes": 0,
    }
    return msgspec.json.encode(plan | changes).decode()
