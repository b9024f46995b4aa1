"""What nobody should send, and faults of every service: `make fuzz FRAMES=1000000 SESSIONS=2000 CALLS=200 SEED=1`.

Owns the order of the parts and their figures. Each part is seeded by the same number, which is printed: with it the run
can be had again. Exits with 1 where a part found something.
"""

import argparse
import asyncio
import functools
import logging
import ssl
import sys
import time
from collections import Counter
from collections.abc import Callable
from random import SystemRandom

from hypothesis import HealthCheck, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sandbox.fast_clock import FastLoop
from tests.faults.calls import fault_calls
from tests.faults.session import FaultyCall
from tests.fuzz.codecs import fuzz_frames, fuzz_parameters
from tests.fuzz.web import fuzz_web

Found = tuple[Counter[str], list[str]]


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


def frames(most: int, number: int) -> Found:
    return fuzz_frames(most, number), []


def parameters(most: int, number: int) -> Found:
    return Counter(drawings=fuzz_parameters(most, number)), []


def sessions(most: int, number: int) -> Found:
    limits = settings(
        max_examples=most,
        stateful_step_count=40,
        deadline=None,
        database=None,
        print_blob=True,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(number)(FaultyCall)
    run_state_machine_as_test(machine, settings=limits)
    return Counter(calls=most), []


def web(most: int, number: int) -> Found:
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(fuzz_web(most, number))


def calls(most: int, number: int) -> Found:
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(fault_calls(most, number))


PARTS: dict[str, tuple[Callable[[int, int], Found], int]] = {
    "frames": (frames, 1_000_000),
    "parameters": (parameters, 2_000),
    "sessions": (sessions, 2_000),
    "requests": (web, 1_000),
    "calls": (calls, 200),
}


def part(name: str, most: int, number: int) -> bool:
    """Whether nothing was wrong."""
    began = time.monotonic()
    wrong: list[str]
    try:
        seen, wrong = PARTS[name][0](most, number)
    except Exception as error:  # noqa: BLE001 - the top frame: whatever comes out is what was looked for
        seen, wrong = (
            Counter(),
            ["".join([repr(error), *(f"\n    {note}" for note in getattr(error, "__notes__", []))])],
        )
    figures = ", ".join(f"{what} {count}" for what, count in sorted(seen.items()))
    say(f"  {name}: {figures} ({time.monotonic() - began:.0f} s)")
    for what, times in Counter(wrong).most_common(10):
        say(f"    WRONG ({times}): {what}")
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    for name, (_, most) in PARTS.items():
        parser.add_argument(f"--{name}", type=int, default=most, help="how many; 0 leaves the part out")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(2**32))
    given = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())  # what matters of the log is counted
    # Each HTTP client reads the world's certificates at its start; on loopback there is no TLS.
    setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))  # noqa: B010 - mypy takes no other way
    say(f"fuzz: SEED={given.seed}")
    good = [part(name, most, given.seed) for name in PARTS if (most := getattr(given, name))]
    say(f"fuzz: {'ok' if all(good) else 'FAILED'}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
