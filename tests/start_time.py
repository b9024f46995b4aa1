"""How long a start takes, from exec to the first 200 of /healthz: `make start-time`.

Owns the measure; it judges nothing. Each start is a process of its own, against the sandbox in this one, and finds its
database as the one before has left it; the very first makes it, and counts apart. Where others share the machine, the
process's own CPU time is what tells.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from sandbox.world import World
from tests.e2e.test_process import answers_200, free_port, started

_LOOK_S = 0.005
_LONGEST_S = 30.0


async def start(world: World, folder: Path) -> tuple[float, float]:
    """Seconds from exec until /healthz answers 200, and seconds of CPU by then (0 where there is no /proc)."""
    world.port = free_port()
    settings = world.settings(port=world.port, database_url=f"sqlite:///{folder}/ringback.db")
    began = time.perf_counter()
    process = await started(folder, **{name.upper(): str(value) for name, value in settings.items()})
    try:
        async with aiohttp.ClientSession() as http, asyncio.timeout(_LONGEST_S):
            while not await answers_200(http, f"http://127.0.0.1:{world.port}/healthz"):
                if process.returncode is not None:
                    sys.exit((await process.communicate())[0].decode())
                await asyncio.sleep(_LOOK_S)
        return time.perf_counter() - began, cpu_s(process.pid)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def cpu_s(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text("ascii").rpartition(")")[2].split()  # after the name: state is the third (proc(5))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with World() as world:
            (first_s, _), *later = [await start(world, Path(folder)) for _ in range(times + 1)]
    waits, cpu = zip(*later, strict=True)
    median = statistics.median
    sys.stdout.write(
        f"first start, which makes the database: {first_s:.2f} s\n"
        f"{times} starts: best {min(waits):.2f} s, median {median(waits):.2f} s, worst {max(waits):.2f} s; "
        f"of the CPU best {min(cpu):.2f} s, median {median(cpu):.2f} s\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make start-time", description="From exec to the first 200 of /healthz.")
    parser.add_argument("--times", type=int, default=10)
    asyncio.run(main(parser.parse_args().times))
