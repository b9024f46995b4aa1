"""One round of the bench: a bridge, a fake model and fake phones, each in a process of its own, on their cores.

Owns those processes and what the system says of the bridge's (proc(5)). What the phones and the model saw is handed on
as it is. Linux only.
"""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.wire import ModelSaw, PhonesSaw

START_S = 30.0
WARM_CALLS, WARM_S = 2, 3.0
SETTLE_S = 1.5  # from the last call's stream to the beginning of the measuring
LATE_S = 0.4  # of a model that connects late
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


@dataclass(frozen=True)
class Bridge:
    """`command` starts it, with PORT, OPENAI_BASE_URL and OPENAI_API_KEY in its environment. One that places calls
    takes `place` on its standard input; the others take a media stream at `/media-stream`.
    """

    name: str
    command: str
    places: bool = False


@dataclass(frozen=True)
class Round:
    cpu_s: float  # in the measured seconds
    call_minutes: float
    idle_kb: float
    busy_kb: float
    calls: int
    phones: PhonesSaw
    model: ModelSaw


class Process:
    def __init__(self, command: str, core: int, **environment: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own commands, and those of whoever runs the bench
            shlex.split(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
            start_new_session=True,
        )
        os.sched_setaffinity(self._process.pid, {core})

    def tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def until(self, key: str, value: object = None) -> Any:
        """The next line that has this key, and this value where one is given."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line) if line.startswith("{") else {}
            if key in told and value in (None, told[key]):
                return told[key]
        raise RuntimeError(f"the process is gone before it told {key}")

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait(timeout=10)

    # What the system knows of it and of its children

    def cpu_s(self) -> float:
        return sum(sum(map(int, stat[11:13])) for stat in self._stats()) / _TICKS

    def memory_kb(self) -> float:
        return sum(int(stat[21]) for stat in self._stats()) * _PAGE_KB

    def _stats(self) -> Iterator[list[str]]:
        """From the state on: utime and stime are 11 and 12, rss is 21, the process group is 2 (proc(5))."""
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                stat = file.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(stat[2]) == self._process.pid:
                yield stat


@contextmanager
def running(command: str, core: int, **environment: str) -> Iterator[Process]:
    process = Process(command, core, **environment)
    try:
        yield process
    finally:
        process.end()


@dataclass(frozen=True)
class Stage:
    """A bridge with its phones and its model, all of them running."""

    bridge: Bridge
    port: int
    under_test: Process
    phones: Process
    model: Process

    def dial(self, count: int) -> None:
        """So many calls at a time: until each has its stream."""
        if self.bridge.places:
            self.under_test.tell(f"place {count}")
        else:
            self.phones.tell(f"dial ws://127.0.0.1:{self.port}/media-stream {count}")
        self.phones.until("talking", count)

    def hang_up(self) -> None:
        self.phones.tell("hang_up")
        self.phones.until("hung_up")

    def saw(self) -> tuple[PhonesSaw, ModelSaw]:
        self.phones.tell("report")
        self.model.tell("report")
        phones, model = self.phones.until("saw"), self.model.until("saw")
        return msgspec.convert(phones, PhonesSaw, strict=False), msgspec.convert(model, ModelSaw, strict=False)


@contextmanager
def staged(bridge: Bridge, folder: Path, *, late: bool) -> Iterator[Stage]:
    bridge_core, load_core = cores()
    port, rest_port, model_port, slow_port = free_ports(4)
    module = f"{sys.executable} -m tests.bench"
    environment = {
        "PORT": str(port),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{slow_port if late else model_port}/v1",
        "OPENAI_API_KEY": "none",
        "TWILIO_API_URL": f"http://127.0.0.1:{rest_port}",
        "BENCH_FOLDER": str(folder),
    }
    with ExitStack() as stack:
        model = stack.enter_context(running(f"{module}.model {model_port} {slow_port} {LATE_S}", load_core))
        phones = stack.enter_context(running(f"{module}.phones {rest_port}", load_core))
        model.until("ready")
        phones.until("ready")
        under_test = stack.enter_context(running(bridge.command, bridge_core, **environment))
        wait_for(port)
        yield Stage(bridge, port, under_test, phones, model)


def play(bridge: Bridge, folder: Path, *, calls: int, seconds: float, late: bool = False) -> Round:
    """`late`: the model's socket takes `LATE_S` to open, and the phones are answered before it has."""
    with staged(bridge, folder, late=late) as stage:
        under_test = stage.under_test
        stage.dial(WARM_CALLS)
        time.sleep(WARM_S)
        stage.hang_up()
        time.sleep(0.5)
        idle_kb = under_test.memory_kb()
        stage.dial(calls)
        time.sleep(SETTLE_S)
        began, cpu_s = time.monotonic(), under_test.cpu_s()
        time.sleep(seconds)
        cpu_s, lasted = under_test.cpu_s() - cpu_s, time.monotonic() - began
        busy_kb = under_test.memory_kb()
        stage.hang_up()
        phones, model = stage.saw()
    return Round(cpu_s, calls * lasted / 60, idle_kb, busy_kb, calls, phones, model)


def cores() -> tuple[int, int]:
    """One for the bridge, another for the load."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the bridge does not listen")
