"""Calls through the real app on the sandbox, each with faults of the services on it.

Owns the faults (ordered of the stand-ins by seeded dice) and what holds whatever they are: one report, at most one
dial, no call left in progress, nothing left open, and a transcript of what was said. One call at a time, so that a
fault is known by its call; where one goes wrong, its number and its faults are told, and the seed has it again.
"""

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from bridge.database import open_database
from bridge.events import Dialed, Ended
from bridge.journal import Journal
from bridge.transcript import rebuild
from sandbox.scenario import scenario
from sandbox.telegram import Message, Person
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import is_card, is_report, running, spoken
from tests.soak.crowd import ADMINS, ERRAND, Tally, drop_histories, in_turns, short_callees
from tests.soak.gauge import held

REPORT_S = 1800.0  # of the clock that does not wait
_OVER = {"completed", "busy", "no-answer", "failed", "canceled"}


class Faults:
    """What goes wrong on one call."""

    def __init__(self, world: World, dice: Random) -> None:
        self._world = world
        self._dice = dice
        self.ordered: list[str] = []
        before: dict[str, Callable[[], None]] = {
            "dial refused": lambda: world.twilio.fail_next("create", *dice.choice([(400, 21211), (429, 20429)])),
            "dial fails": lambda: world.twilio.fail_next("create", 503, 20503),
            "dial unanswered": lambda: world.twilio.lose_next("create", done=dice.random() < 0.5),
            "update fails": lambda: world.twilio.fail_next("update", 503, 20503, dice.choice((1, 2, 3))),
            "update unanswered": lambda: world.twilio.lose_next("update", done=dice.random() < 0.5),
            "model not there": lambda: world.openai.fail_next_upgrade(
                dice.choice((429, 500, 503)), dice.choice((1, 2, 9))
            ),
            "model leaves at once": lambda: world.openai.close_next(dice.choice((1006, 1011, 1001))),
            "response fails": lambda: world.openai.fail_next_response(
                dice.choice(("server_error", "rate_limit_exceeded")),
                times=dice.choice((1, 3)),
                after_ms=dice.choice((0, 400)),
            ),
            "model slow": lambda: world.openai.slow(dice.choice((1.0, 5.0, 20.0))),
            "edits refused": lambda: world.telegram.fail_next("editMessageText", dice.choice((429, 500, 0)), 2),
            "messages refused": lambda: world.telegram.fail_next("sendMessage", dice.choice((429, 502)), 1),
            "report model fails": lambda: world.openai.fail_next_http(dice.choice((429, 500)), dice.choice((1, 4))),
            "report malformed": lambda: world.openai.answer_next("{"),
        }
        self._before = before

    def order(self) -> None:
        """Before the dial."""
        for name in self._dice.sample(sorted(self._before), self._dice.choice((0, 1, 1, 2, 3))):
            self.ordered.append(name)
            self._before[name]()

    async def disturb(self, person: Person, live: Message) -> None:
        """While the call goes on."""
        dice, world = self._dice, self._world
        during: dict[str, Callable[[], object]] = {
            "stream cut": self._cut_stream,
            "model cut": self._cut_model,
            "model malformed": lambda: world.openai.send_raw(dice.choice(("{", "null", '{"type": 5}', '{"type":"x"}'))),
            "whisper": lambda: person.say("Ask whether parking is free.", reply_to=live),
            "hang-up": lambda: self._press(person, live, "Hang up"),
            "hang-up twice": lambda: self._press(person, live, "Hang up", times=2),
            "take-over": lambda: self._press(person, live, "Join the call"),
        }
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            await asyncio.sleep(dice.uniform(0.1, 6.0))
            name = dice.choice(sorted(during))
            self.ordered.append(name)
            during[name]()

    def _press(self, person: Person, live: Message, label: str, *, times: int = 1) -> None:
        with contextlib.suppress(LookupError):  # the call is over, or not yet there
            for _ in range(times):
                person.press(live, label)

    def _cut_stream(self) -> None:
        for sid, call in self._world.twilio.calls.items():
            if not call.ended.is_set():
                self._world.twilio.drop_stream(sid)

    def _cut_model(self) -> None:
        for connection in self._world.openai.connections:
            if not connection.closed.is_set():
                self._world.openai.drop(connection)

    def end(self) -> None:
        """What was ordered and did not happen must not happen to the next call."""
        self._world.telegram._faults.clear()
        openai = self._world.openai
        for waiting in (openai._closes, openai._upgrade_failures, openai._http_failures, openai._answers):
            waiting.clear()
        openai.conduct.failures.clear()
        openai.slow(0)
        self._world.twilio._rest._failures.clear()
        self._world.twilio._rest._losses.clear()


async def one(world: World, person: Person, journal: Journal, dice: Random, seen: Counter[str]) -> list[str]:
    """A call from its card to its report. What was wrong."""
    faults = Faults(world, dice)
    dialled = set(world.twilio.calls)
    await asyncio.sleep(2)
    card = await person.wait_for(is_card, after=person.say(ERRAND), timeout=120)
    faults.order()
    disturbing = asyncio.create_task(faults.disturb(person, card))
    try:
        person.press(card, "Call")
        await person.wait_for(is_report, after=card, timeout=REPORT_S)
        await disturbing
        await asyncio.sleep(240)  # whatever else might come of it
    except TimeoutError:
        return [f"no report after {faults.ordered}"]
    finally:
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
        faults.end()
    reports = [m for m in person.chat.messages if m.id > card.id and is_report(m)]
    calls = [call for sid, call in world.twilio.calls.items() if sid not in dialled]
    found = await judged(journal, calls, seen)
    if len(reports) != 1:
        found.append(f"{len(reports)} reports")
    seen.update(faults.ordered)
    return [f"{what} after {faults.ordered}" for what in found]


async def judged(journal: Journal, calls: list[StandInCall], seen: Counter[str]) -> list[str]:
    """What the carrier and the journal say of one call. A leg that `<Dial>` made has a parent."""
    wrong: list[str] = []
    legs = [call for call in calls if not call.parent_sid]
    if len(legs) > 1:
        wrong.append(f"{len(legs)} dials")
    wrong += [f"left {call.status}" for call in calls if call.status not in _OVER or not call.ended.is_set()]
    if await journal.unfinished():
        wrong.append("no end in the journal")
    if not legs:
        seen["not dialled"] += 1
        return wrong
    call_id = legs[0].params["StatusCallback"][0].partition("/status/")[2].partition("#")[0].partition("?")[0]
    told = await journal.events(call_id)
    ends = [event for event in told if isinstance(event, Ended)]
    if ends != told[-1:] or sum(isinstance(event, Dialed) for event in told) > 1:
        wrong.append(f"{len(ends)} ends")
    else:
        seen[f"ended: {ends[0].ending.reason.value}"] += 1
    sounded = " ".join(u.text for audio in (legs[0].agent_audio, legs[0].callee_audio) for u in spoken(audio, "callee"))
    for turn in rebuild(told):
        if turn.party == "callee" and (strange := [word for word in turn.text.split() if word not in sounded]):
            wrong.append(f"nobody said {strange[:3]}")
    return wrong


async def fault_calls(calls: int, number: int) -> tuple[Counter[str], list[str]]:
    """So many calls, one after another. The figures, and what was wrong."""
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    callees = [*short_callees(), scenario("friend"), scenario("interrupter")]
    with tempfile.TemporaryDirectory() as folder:
        before = asyncio.all_tasks()
        async with World(answerer=in_turns(callees)) as world:
            person = world.telegram.person(ADMINS[0], "Shane")
            async with running(world, Path(folder), telegram_admins=str(person.id)):
                engine = open_database(f"sqlite:///{folder}/ringback.db")
                at_first = None
                for turn in range(calls):
                    dice = Random(f"{number}:{turn}")  # noqa: S311 - dice of a test
                    found = await one(world, person, Journal(engine), dice, seen)
                    wrong += [f"call {turn}: {what}" for what in found]
                    drop_histories(world, Tally())
                    del person.chat.messages[:-12]
                    at_first = at_first or (held() if turn == calls // 5 else None)
                in_the_end = held()
                if at_first and in_the_end.files > at_first.files + 6:
                    wrong.append(f"files grew from {at_first.files} to {in_the_end.files}")
                await engine.dispose()
        await asyncio.sleep(1)
        wrong += [
            f"left: {task.get_name()}" for task in asyncio.all_tasks() - before if task is not asyncio.current_task()
        ]
    return seen, wrong
