"""Short calls, many of them, through one process of the real app on the sandbox: `make soak CALLS=1000`.

Owns what must hold of the process in the long run: its memory, files and tasks stay as they are, and every call has one
end, one report and at most one dial. Exits with 1 where something does not.
"""

import argparse
import asyncio
import functools
import logging
import ssl
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bridge.database import open_database
from bridge.events import Confirmed, Dialed, Ended
from bridge.journal import Journal
from sandbox.fast_clock import FastLoop
from sandbox.world import World
from tests.e2e.chat import running
from tests.soak.crowd import ADMINS, Tally, drop_histories, in_turns, make_calls, people, short_callees
from tests.soak.gauge import Held, held

WARM = 0.2  # of the calls: pools, caches and the allocator are as they will be
MOST_GROWTH = 0.10
MEASURES = 10


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


class Counted:
    """The calls that are still to be made, for several people."""

    def __init__(self, most: int) -> None:
        self.left = most

    def more(self) -> bool:
        self.left -= 1
        return self.left >= 0


async def rounds(world: World, calls: int, tally: Tally) -> list[tuple[int, Held]]:
    """All calls, a tenth of them at a time; what is held after each tenth, when nobody is talking."""
    measured: list[tuple[int, Held]] = []
    callers = people(world)
    for number in range(MEASURES):
        began = time.monotonic()
        share = Counted(calls * (number + 1) // MEASURES - calls * number // MEASURES)
        await asyncio.gather(*(make_calls(world, person, tally, share.more) for person in callers))
        await asyncio.sleep(120)  # what lingers on purpose has gone by then
        drop_histories(world, tally)
        measured.append((tally.placed, held()))
        say(f"  after {tally.placed:5} calls: {measured[-1][1]} ({time.monotonic() - began:.0f} s)")
    return measured


async def check_the_journal(folder: Path, calls: int) -> list[str]:
    """Every call has its confirmation first, its end last, and at most one dial."""
    engine = open_database(f"sqlite:///{folder}/ringback.db")
    wrong: list[str] = []
    ends: Counter[str] = Counter()
    try:
        journal = Journal(engine)
        async with engine.connect() as connection:
            ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
        if len(ids) != calls:
            wrong.append(f"{len(ids)} calls in the journal")
        if left := await journal.unfinished():
            wrong.append(f"{len(left)} calls without an end")
        for call_id in ids:
            told = await journal.events(call_id)
            kinds = Counter(type(event) for event in told)
            if not (isinstance(told[0], Confirmed) and isinstance(told[-1], Ended) and kinds[Ended] == 1):
                wrong.append(f"call {call_id} has no beginning or no end")
            if kinds[Dialed] > 1:
                wrong.append(f"call {call_id} was dialled {kinds[Dialed]} times")
            ends.update(event.ending.reason.value for event in told if isinstance(event, Ended))
    finally:
        await engine.dispose()
    say("  ends: " + ", ".join(f"{reason} {count}" for reason, count in ends.most_common()))
    return wrong


def judged(measured: list[tuple[int, Held]]) -> list[str]:
    """What has grown between the warm process and the last call."""
    warming = int(MEASURES * WARM)
    (warm_at, warm), (last_at, last) = measured[warming - 1], measured[-1]
    growth = last.rss_mib / warm.rss_mib - 1
    say(f"  memory between call {warm_at} and call {last_at}: {growth:+.1%} (at most {MOST_GROWTH:.0%})")
    wrong = [f"memory grew by {growth:.1%}"] if growth >= MOST_GROWTH else []
    # Connections that are kept for the next request come and go, so the most of the first calls is the measure.
    for name in ("files", "tasks"):
        before = max(getattr(held, name) for _, held in measured[:warming])
        say(f"  {name}: at most {before} at first, {getattr(last, name)} in the end")
        wrong += [f"{name} grew"] if getattr(last, name) > before else []
    return wrong


async def soak(calls: int, folder: Path) -> list[str]:
    tally = Tally()
    before = asyncio.all_tasks()
    async with World(answerer=in_turns(short_callees())) as world:
        world.openai.conduct.keep_audio = False
        async with running(world, folder, telegram_admins=",".join(map(str, ADMINS))):
            measured = await rounds(world, calls, tally)
        wrong = judged(measured) + tally.wrong
    await asyncio.sleep(1)
    if left := asyncio.all_tasks() - before:
        wrong.append(f"{len(left)} tasks are left after the end")
    say(f"  {tally.placed} calls, {tally.dials} dials, {tally.reports} reports")
    if not tally.placed == tally.dials == tally.reports == calls:
        wrong.append("calls, dials and reports are not the same number")
    return wrong + await check_the_journal(folder, calls)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    calls = parser.parse_args().calls
    logging.basicConfig(level=logging.ERROR)
    # Each HTTP client reads the world's certificates at its start; on loopback there is no TLS.
    setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))  # noqa: B010 - mypy takes no other way
    began = time.monotonic()
    say(f"soak: {calls} calls, {len(ADMINS)} at a time")
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=FastLoop) as runner:
        wrong = runner.run(soak(calls, Path(folder)))
    for what in wrong[:20]:
        say(f"  WRONG: {what}")
    say(f"soak: {'FAILED' if wrong else 'ok'} in {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
