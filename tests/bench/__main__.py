"""The relay under load, beside the plainest relay there is: `make bench CALLS=20 SECONDS=10 ROUNDS=3`.

Owns the order of the rounds: the bridges take turns, so that whoever else uses the machine disturbs them alike. Other
bridges are measured where BENCH_OTHERS names them: `name=command` each, parted by semicolons (docs/performance.md).
Exits with 1 where Ringback loses, damages or leaks a frame; figures of speed are only marked.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.bench import figures, reports
from tests.bench.rounds import Bridge, Round, play

OURS = "ringback"
LATE_CALLS, LATE_S = 8, 2.0


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


def bridges() -> list[Bridge]:
    python = sys.executable
    own = [
        Bridge(OURS, f"{python} -m tests.bench.ringback", places=True),
        Bridge(figures.FLOOR, f"{python} -m tests.bench.floor"),
    ]
    others = [each.partition("=") for each in os.environ.get("BENCH_OTHERS", "").split(";") if each.strip()]
    return own + [Bridge(name.strip(), command.strip()) for name, _, command in others]


def measured(bridge: Bridge, *, calls: int, seconds: float, late: bool = False) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        return play(bridge, Path(folder), calls=calls, seconds=seconds, late=late)


def bench(calls: int, seconds: float, rounds: int) -> dict[str, figures.Figures]:
    of_rounds: dict[str, list[figures.Figures]] = {bridge.name: [] for bridge in bridges()}
    for number in range(rounds):
        for bridge in bridges():
            found = figures.figures_of(measured(bridge, calls=calls, seconds=seconds))
            of_rounds[bridge.name].append(found)
            say(f"  round {number + 1}, {bridge.name}: {found.cpu_s:.3f} CPU seconds per call-minute")
    best = {name: figures.best(each) for name, each in of_rounds.items()}
    for bridge in bridges():
        late = measured(bridge, calls=LATE_CALLS, seconds=LATE_S, late=True)
        best[bridge.name] = replace(best[bridge.name], head_lost=figures.head_lost(late))
    floor_s = best[figures.FLOOR].cpu_s
    return {name: replace(each, of_floor=(each.cpu_s or 0) / (floor_s or 1)) for name, each in best.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    began = time.monotonic()
    say(f"bench: {options.calls} calls at a time, {options.rounds} rounds of {options.seconds:g} s")
    found = bench(options.calls, options.seconds, options.rounds)
    report_ms, transcript_ms = reports.measure()
    found[OURS] = replace(found[OURS], report_ms=report_ms, transcript_ms=transcript_ms)
    for row in figures.table(found, OURS):
        say(f"  {row}")
    say("  * misses its target. Of the rounds the best is shown, of memory the median, and the sum of what is counted.")
    wrong = figures.wrong(found[OURS])
    for what in wrong:
        say(f"  WRONG: {what}")
    say(f"bench: {'FAILED' if wrong else 'ok'} in {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
