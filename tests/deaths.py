"""How long a callee hears nothing when a process goes: `make deaths TIMES=5`, with real processes on the real clock.

Owns the figures of docs/reliability.md, and nothing of the story: that is `tests/e2e/test_process.py`'s. Exits with 1
where a call does not outlive them. What else the machine does counts, so the time of a bare start is told too.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e import chat
from tests.e2e.test_process import BusyMachine, handed_over_and_killed, refused

TARGET_S = 3.0  # from SIGKILL to the next word on the line


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


def main() -> int:
    parser = argparse.ArgumentParser(prog="make deaths", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="so many calls, each with a deploy and a kill")
    times = parser.parse_args().times
    chat.HUMAN_S = 0.1
    deployed: list[float] = []
    killed: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        asyncio.run(refused(Path(folder)))
        say(f"  a start that is refused takes {time.monotonic() - began:.1f} s")
    for number in range(times):
        with tempfile.TemporaryDirectory() as folder:
            try:
                deployed_s, killed_s = asyncio.run(handed_over_and_killed(Path(folder)))
            except BusyMachine as busy:
                say(f"deaths: FAILED, {busy}: nothing can be carried over here")
                return 1
        say(f"  call {number + 1}: {deployed_s:.2f} s after SIGTERM, {killed_s:.2f} s after SIGKILL")
        deployed.append(deployed_s)
        killed.append(killed_s)
    for what, seconds in (("SIGTERM", deployed), ("SIGKILL", killed)):
        say(f"  {what}: median {statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s")
    met = statistics.median(killed) <= TARGET_S
    say(f"deaths: ok, the target of {TARGET_S:.0f} s from SIGKILL is {'met' if met else 'NOT met'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
