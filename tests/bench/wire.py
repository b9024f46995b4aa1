"""What the processes of a run tell one another: commands in, one JSON object a line out.

Owns the pipe of such a process and the records of what its phones or its model saw. Must not judge them: `figures.py`
does. Times are nanoseconds of the machine's monotonic clock, which is the same in every process.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

HEAD_FRAMES = 50  # the first second of a call
SETTLING = 50  # frames of each speaker whose latency is that of a call being set up


class Clear(msgspec.Struct):
    """The line was silenced: `played_ms` of the reply had been heard."""

    session: int
    reply: int
    at_ns: int
    played_ms: float


class Said(msgspec.Struct):
    """Something that the model said or was told of one of its replies."""

    session: int
    reply: int
    at_ns: int
    ms: float = 0.0


class PhonesSaw(msgspec.Struct):
    """`sent` frames of each phone; `latency_us` and the rest of what came down."""

    sent: dict[int, int]
    latency_us: list[int]
    first_audio_ms: list[float]
    heard: dict[str, int]  # "session/reply" -> frames
    clears: list[Clear]
    damaged: int = 0
    missing: int = 0  # within what was heard of a reply
    leaked: int = 0  # of a reply that had been cleared


class ModelSaw(msgspec.Struct):
    """`received` frames of each phone, and of those the ones of its first second."""

    received: dict[int, int]
    heads: dict[int, int]
    latency_us: list[int]
    began: list[Said]  # the callee began to speak over a reply
    truncated: list[Said]
    whole: list[Said]  # replies that nobody interrupted: `ms` of audio
    damaged: int = 0


def tell(**fields: Any) -> None:
    """One line to whoever runs the bench."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


async def commands(obey: Callable[[list[str]], Awaitable[bool]]) -> None:
    """Every line of standard input as words, until `obey` says that it is over or nobody is there any more."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if await obey(line.decode().split()):
            return


def run(main: Awaitable[None]) -> None:
    async def whole() -> None:
        await main

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(whole())
