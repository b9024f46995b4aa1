"""What a process holds: memory, open files and sockets, tasks.

Owns the measuring of this process on Linux (proc(5)), and no expectation.
"""

import asyncio
import ctypes
import gc
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Held:
    rss_mib: float
    files: int
    tasks: int
    objects: int  # that the garbage collector knows

    def __str__(self) -> str:
        return f"RSS {self.rss_mib:.1f} MiB, {self.files} files, {self.tasks} tasks, {self.objects} objects"


def held() -> Held:
    """Now, after what nobody needs is given back to the system."""
    for _ in range(3):
        gc.collect()
    # Memory that is free stays with malloc, which gives it back when asked (malloc_trim(3), of glibc only).
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return Held(
        rss_mib=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        files=len(list(Path("/proc/self/fd").iterdir())),
        tasks=len(asyncio.all_tasks()),
        objects=len(gc.get_objects()),
    )
