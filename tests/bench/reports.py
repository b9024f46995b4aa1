"""How long the chat waits for what the call side knows: the report after a hang-up, a turn in the live view.

Owns three short calls through the whole product, a process of its own, with the sandbox on real time in this one. The
times of the calls are their journal's, those of the chat the stand-in's for Telegram. The stand-ins answer in a few
milliseconds, which are counted as ours; what the live view waits on purpose is not.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.live_view import INTERVAL_S
from bridge.database import open_database
from bridge.events import CallEvent, Confirmed, Ended, TurnChanged
from bridge.journal import Journal
from sandbox.scenario import Rule
from sandbox.world import World
from tests.bench.figures import percentile
from tests.bench.rounds import free_ports, wait_for
from tests.e2e.chat import is_report, order, press
from tests.e2e.line import answered_by, somebody

PEOPLE = (2001, 2002, 2003)
REQUEST = "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm"
IN_A_HURRY = somebody(
    Rule(state="start", say="All right, thanks, I will be there. Is there anything else?", goto="told"),
    Rule(state="told", say="Goodbye!", hang_up=True),
    greeting="Hello?",
)
REPORT_S = 60.0


def measure() -> tuple[float | None, float | None]:
    """Milliseconds from a call's end to its report's request, and from a turn's change to the edit that shows it beyond
    the live view's interval: medians.
    """
    with tempfile.TemporaryDirectory() as folder:
        reports, edits = asyncio.run(_measured(Path(folder)))
    return percentile(reports, 0.5), percentile(edits, 0.5)


async def _measured(folder: Path) -> tuple[list[float], list[float]]:
    database = f"sqlite:///{folder}/ringback.db"
    async with World(answerer=answered_by(IN_A_HURRY)) as world:
        world.port = free_ports(1)[0]
        told = world.settings(database_url=database, port=world.port, telegram_admins=",".join(map(str, PEOPLE)))
        environment = os.environ | {name.upper(): str(value) for name, value in told.items()} | {"LOG_LEVEL": "WARNING"}
        product = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
        try:
            await asyncio.to_thread(wait_for, world.port)
            await asyncio.gather(*(_one_call(world, number) for number in PEOPLE))
            await asyncio.sleep(2 * INTERVAL_S)
        finally:
            product.terminate()
            await product.wait()
        calls = await _journal(database)
        chats = {chat_id: list(_requests(world, chat_id)) for chat_id in PEOPLE}
    reports = [_report_ms(chats[_chat_of(call)], call) for call in calls if isinstance(call[-1], Ended)]
    edits = [ms for call in calls for ms in _behind_ms(chats[_chat_of(call)], call)]
    return reports, edits


async def _one_call(world: World, number: int) -> None:
    person = world.telegram.person(number, f"Requester {number}")  # a name that says which chat it is
    await asyncio.sleep((number - PEOPLE[0]) * 1.5)  # each by itself
    card = await order(world, REQUEST, by=person)
    await press(world, card, "Call", by=person)
    await person.wait_for(is_report, after=card, timeout=REPORT_S)


async def _journal(database: str) -> list[list[CallEvent]]:
    engine = open_database(database)
    try:
        async with engine.connect() as connection:
            ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
        return [await Journal(engine).events(call_id) for call_id in ids]
    finally:
        await engine.dispose()


def _unix(call: list[CallEvent], event: CallEvent) -> float:
    confirmed = call[0]
    assert isinstance(confirmed, Confirmed)
    return confirmed.confirmed_unix + event.at_ms / 1000


def _chat_of(call: list[CallEvent]) -> int:
    confirmed = call[0]
    assert isinstance(confirmed, Confirmed)
    return int(confirmed.spec.on_behalf_of.rpartition(" ")[2])


def _requests(world: World, chat_id: int) -> Iterator[tuple[str, float]]:
    """Messages that answer others, and edits: when each was asked for, in unix seconds."""
    began = time.time() - asyncio.get_running_loop().time()
    for request in world.telegram.requests:
        if request.params.get("chat_id") not in (chat_id, str(chat_id)):
            continue
        if request.method == "editMessageText":
            yield "edit", began + request.time
        elif request.method == "sendMessage" and "reply_parameters" in request.params:
            yield "report", began + request.time


def _report_ms(requests: list[tuple[str, float]], call: list[CallEvent]) -> float:
    ended = _unix(call, call[-1])
    return 1000 * min(at - ended for kind, at in requests if kind == "report" and at >= ended)


def _behind_ms(requests: list[tuple[str, float]], call: list[CallEvent]) -> Iterator[float]:
    """How much later than it might have each edit came that shows new words."""
    changes = sorted(_shown_changes(call))
    before = 0.0
    for at in sorted(when for kind, when in requests if kind == "edit"):
        news = [change for change in changes if before < change <= at]
        if news and before:
            yield 1000 * (at - max(news[0], before + INTERVAL_S))
        before = at


def _shown_changes(call: list[CallEvent]) -> Iterator[float]:
    """When words changed."""
    words: dict[str, str] = {}
    for event in call:
        if isinstance(event, TurnChanged) and event.turn.text and words.get(event.turn.id) != event.turn.text:
            words[event.turn.id] = event.turn.text
            yield _unix(call, event)
