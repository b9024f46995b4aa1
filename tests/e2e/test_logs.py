"""What a deployment's log holds after a day with everything in it, at the level DEBUG: nothing that is anybody's.

Every record of every logger is read, as `set_up_logging` writes it and with all that was logged.
"""

import asyncio
import io
import logging
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import set_up_logging
from bot.app import App
from bridge.database import open_database
from bridge.journal import Journal
from bridge.transcript import rebuild
from sandbox.voice_note import voice_note
from sandbox.world import World
from tests.e2e.chat import (
    HUMAN_S,
    REQUEST,
    Provoked,
    answer_to,
    connected,
    finished,
    is_card,
    order,
    place,
    press,
    running,
    shown,
)

ASKING = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
MIRROR = "a secretive mulberry peacock"  # what nobody else would ever say
NAMES = ("Trattoria", "Roma", "Osteria", "Shane", "Joe", "police", "mulberry", "peacock")
NUMBERS = ("14155552671", "14155550122", "14155550100", "14155550199")


@dataclass
class Logged:
    lines: io.StringIO = field(default_factory=io.StringIO)
    records: list[logging.LogRecord] = field(default_factory=list)

    @property
    def written(self) -> str:
        """As the deployment's standard error has it."""
        return self.lines.getvalue()

    @property
    def raw(self) -> str:
        """With the texts and tracebacks of all errors, as another handler could write it."""
        return "\n".join(logging.Formatter("%(name)s %(message)s").format(record) for record in self.records)


class Collecting(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


@contextmanager
def logging_everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logged]:
    """Nobody else's handlers meanwhile: `set_up_logging` finds the process as it is at its start."""
    logged, root = Logged(), logging.getLogger()
    levels = {log: log.level for log in logging.root.manager.loggerDict.values() if isinstance(log, logging.Logger)}
    root_level, handlers = root.level, root.handlers
    collecting = Collecting(logged.records)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", logged.lines)
        root.handlers = []
        set_up_logging("DEBUG")
        root.addHandler(collecting)
        try:
            yield logged
        finally:
            root.handlers = handlers
            root.setLevel(root_level)
            for log in [*logging.root.manager.loggerDict.values()]:
                if isinstance(log, logging.Logger):
                    log.setLevel(levels.get(log, logging.NOTSET))


# The day


async def a_call_with_everything(world: World) -> None:
    """A question, its answer, whispers, a model that is lost, a summary that fails, a transcript."""
    world.telegram.fail_next("editMessageText", 429, times=2, retry_after=3)
    card = await order(world, ASKING)
    await place(world, card)
    await connected(world, card)
    world.requester.say(f"tell them about {MIRROR}", reply_to=card)
    question = await world.requester.wait_for(lambda m: m.text.startswith("❓"))
    await shown(world, "Sure, take your time.")
    await asyncio.sleep(HUMAN_S)
    world.requester.say("yes, 9:30 is fine", reply_to=question)
    await asyncio.sleep(2)
    world.openai.connections[-1].drop()
    world.openai.fail_next_http(500, times=3)
    report = await finished(world, card)
    await press(world, report, "Full transcript")
    await press(world, report, "Save contact")


async def services_that_fail(world: World) -> None:
    world.openai.fail_next_http(500, times=3)
    world.telegram.fail_next("sendMessage", 429, times=1, retry_after=3)
    assert "planning model did not answer" in (await answer_to(world, REQUEST)).text
    world.openai.answer_next('{"callee_name": "Trattoria Roma"}')
    await answer_to(world, REQUEST)
    world.openai.fail_next_http(503, times=3)
    note = world.requester.send_voice(voice_note(REQUEST), 5)
    await world.requester.wait_for(lambda _: True, after=note)
    note = world.requester.send_voice(voice_note(REQUEST), 5)
    card = await world.requester.wait_for(is_card, after=note)
    world.twilio.fail_next("create", 400, 21211)
    await press(world, card, "Call")
    report = await finished(world, card)
    await press(world, report, "Call again")
    card = await world.requester.wait_for(is_card, after=report)
    world.openai.fail_next_upgrade(503, times=20)
    await place(world, card)
    await finished(world, card)
    world.openai.fail_next_upgrade(503, times=0)


async def people_who_are_refused(world: World) -> None:
    stranger = world.telegram.person(666, "Mulberry Peacock")
    await answer_to(world, f"call the police on 911 and tell them about {MIRROR}")
    await answer_to(world, "call Joe on +1 415 555 0199 and tell him that my password is swordfish")
    await answer_to(world, REQUEST, by=stranger)
    await answer_to(world, "/donotcall add +1 415 555 0199")
    await answer_to(world, f"/budget {MIRROR}")
    await answer_to(world, f"/nosuchcommand {MIRROR}")


async def strangers_at_the_door(world: World, port: int) -> None:
    """Nobody of ours signs these."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        for path in ("/twilio/status/x", "/twilio/amd/x", "/twilio/resume/x/0", "/telegram", f"/{MIRROR}"):
            data = {"To": "+14155552671", "CallSid": MIRROR, "X": world.telegram.token}
            async with http.post(path, data=data, headers={"X-Twilio-Signature": MIRROR}) as answer:
                assert answer.status >= 400
        for no_http in (
            f"GET /{MIRROR} HTTP/1.1\r\n{MIRROR}\r\n\r\n",
            f"{MIRROR}\r\n\r\n",
            f"POST /telegram HTTP/9\r\n{MIRROR}",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(no_http.encode())
            await reader.read(100)
            writer.close()
        async with http.ws_connect("/twilio/stream") as socket:
            await socket.send_str(f'{{"event": "start", "start": {{"x": "{MIRROR}"}}}}')
            await socket.receive(timeout=30)


async def a_database_that_rots(world: World, folder: Path) -> None:
    """Errors that nobody foresaw, with all that they quote."""
    with closing(sqlite3.connect(folder / "ringback.db")) as connection:
        connection.execute("update drafts set plan = ?", (f'{{"goal": ["{MIRROR}"], "callee_number": 4155552671}}',))
        connection.execute("update reports set summary = ?", (f'{{"headline": ["{MIRROR}"]}}',))
        connection.execute("update call_events set body = ?", (f'{{"{MIRROR}": 1}}',))
        connection.execute("drop table contacts")
        connection.commit()
    for text in ("/calls", "/contacts", REQUEST):
        await answer_to(world, text)


async def told_here(folder: Path) -> list[str]:
    """Everything that was said on the phone."""
    engine = open_database(f"sqlite:///{folder}/ringback.db")
    try:
        journal = Journal(engine)
        async with engine.connect() as connection:
            ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
        return [turn.text for call_id in ids for turn in rebuild(await journal.events(call_id))]
    finally:
        await engine.dispose()


# What may not be in it


def traces_of_words(logged: str, said: list[str]) -> set[str]:
    """Three words that somebody said, one after another; those that are hardly words are no trace."""
    found = set()
    lower = " ".join(re.findall(r"[a-z0-9']+", logged.lower()))
    for text in said:
        words = re.findall(r"[a-z0-9']+", text.lower())
        threes = {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}
        found |= {three for three in threes if len(three) > 8 and f" {three} " in lower}
    return found


def traces_of_numbers(logged: str) -> set[str]:
    return {number for number in NUMBERS if re.search(r"[^\w\n]{0,2}".join(number[-10:]), logged)}


@pytest.fixture
def secrets(world: World) -> tuple[str, ...]:
    return (world.telegram.token, world.twilio.auth_token, world.openai.api_key)


@pytest.mark.daily
async def test_nothing_that_is_anybodys_is_ever_logged(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provoked: Provoked, secrets: tuple[str, ...]
) -> None:
    provoked.telegram = provoked.openai = provoked.twilio = True
    with logging_everything(monkeypatch) as logged:
        async with running(world, tmp_path, record_calls=True) as app:
            await a_call_with_everything(world)
            await services_that_fail(world)
            await people_who_are_refused(world)
            await strangers_at_the_door(world, app.port)
            on_the_phone = await told_here(tmp_path)
            await a_database_that_rots(world, tmp_path)
    in_the_chat = [m.text for m in world.requester.chat.messages if m.sender != "bot"]
    assert len(on_the_phone) > 10
    for text in (logged.written, logged.raw):
        assert "ready for calls" in text
        assert "an update could not be handled" in text
        assert "a request was no HTTP" in text
        assert "127.0.0.1" not in text.replace("//127.0.0.1", "")
        assert [name for name in NAMES if re.search(rf"\b{name}\b", text, re.IGNORECASE)] == []
        assert traces_of_words(text, [*in_the_chat, *on_the_phone]) == set()
        assert traces_of_numbers(text) == set()
        assert [secret for secret in secrets if secret in text] == []
        assert not re.search(r"/bot\d|[?&](?:token|key|signature)=|Bearer |Signature: ", text, re.IGNORECASE)


async def test_in_what_is_written_no_error_says_a_word(world: World, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that quotes what it was given, in a task that nobody awaits, on its way through every logger."""
    with logging_everything(monkeypatch) as logged:
        for name in ("bot.desk", "bridge.runner", "telegram.ext.Application", "aiohttp.server", "asyncio"):
            logging.getLogger(name).error("it failed", exc_info=ValueError(MIRROR))
        asyncio.get_running_loop().call_exception_handler(
            {"message": "x", "exception": ValueError(MIRROR), "y": MIRROR}
        )
    assert logged.written.count("ValueError") == 6
    assert "mulberry" not in logged.written
