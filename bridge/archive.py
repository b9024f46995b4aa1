"""The archive: the folder in which recordings are kept, one file for each recorded call.

Owns the folder, the names in it, and the writing that goes on in it. While a call goes on its tapes grow there, second
by second, one for each process that has it; once it has ended they become the recording, whichever process does it. A
call never waits for that, nor does it fail with it: a recording that cannot be written is missing, and the log says so.
Must not know what is on a recording.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from pathlib import Path

from bridge import ogg
from bridge.call import CallSpec
from bridge.tape import Tape, recorded

log = logging.getLogger(__name__)

EVERY_S = 1.0  # so much of a recording is lost with a process that is killed
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # a call's id is a url-safe token of ours
_FILE = re.compile(rf"\.?({_NAME.pattern})\.(?:ogg(?:\.part)?|\d+\.tape)")  # a part is what `ogg.py` has not finished


class Archive:
    """`folder` is made when the first tape is written; without one nothing is recorded."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._writing: dict[str, asyncio.Task[Path | None]] = {}

    def begin(self, spec: CallSpec, began: float) -> Tape | None:
        """What the call is to be recorded on, if it is. `began` is when it was confirmed, on the loop's clock."""
        if not spec.record:
            return None
        if self._file(spec.id) is None:
            log.warning("call %s is not recorded: there is no folder for it", spec.id)
            return None
        return Tape(began)

    def keep(
        self, call_id: str, tape: Tape, call: asyncio.Task[None], *, number: int, ended: Callable[[], bool]
    ) -> asyncio.Task[Path | None]:
        """Write the tape until the call's task is over, however that ends. `number` is higher than that of the tape of
        any process before this one; `ended` tells whether the call is over, too, and no other process goes on with it.
        The task brings the recording; None where there is none.
        """
        return self._begin(call_id, self._write(call_id, tape, call, number, ended))

    def _begin(self, call_id: str, work: Coroutine[None, None, Path | None]) -> asyncio.Task[Path | None]:
        task = asyncio.get_running_loop().create_task(self._surely(call_id, work), name=f"recording of {call_id}")
        self._writing[call_id] = task
        task.add_done_callback(lambda _: self._writing.pop(call_id))
        return task

    async def _surely(self, call_id: str, work: Coroutine[None, None, Path | None]) -> Path | None:
        """The top frame of its task."""
        try:
            return await work
        except Exception:
            log.exception("the recording of call %s could not be written", call_id)
            return None

    async def _write(
        self, call_id: str, tape: Tape, call: asyncio.Task[None], number: int, ended: Callable[[], bool]
    ) -> Path | None:
        file = self._file(call_id)
        if file is None:
            return None
        growing = _Growing(file.with_name(f".{call_id}.{number}.tape"))
        over = False
        while not over:
            await asyncio.wait([call], timeout=EVERY_S)
            over = call.done()
            growing.add(tape.taken())
            try:
                await asyncio.to_thread(growing.write)
            except OSError as error:
                if over:
                    raise
                log.warning("the recording of call %s waits: errno %s", call_id, error.errno)
        return await asyncio.to_thread(_joined, file, call_id) if ended() else None

    async def find(self, call_id: str) -> Path | None:
        """The recording of a call that is over; made of its tapes now, where the process died that had to do it."""
        file = self._file(call_id)
        if file is None:
            return None
        writing = self._writing.get(call_id)
        return await asyncio.shield(writing or self._begin(call_id, asyncio.to_thread(_joined, file, call_id)))

    async def forget(self, call_id: str) -> None:
        """Delete whatever there is of the recording of a call that is over."""
        if (file := self._file(call_id)) is None:
            return
        if writing := self._writing.get(call_id):
            await asyncio.wait([writing])
        await asyncio.to_thread(_deleted, file, call_id)

    def older_than(self, unix: float) -> list[Path]:
        """The recordings, also those that were never finished, that nobody has written to since then."""
        if self._folder is None or not self._folder.is_dir():
            return []
        ours = [file for file in self._folder.iterdir() if call_of(file) and file.is_file()]
        return [file for file in ours if file.stat().st_mtime < unix]

    async def close(self) -> None:
        """Once all that is being written has been: a thread cannot be stopped half way."""
        if self._writing:
            await asyncio.wait(self._writing.values())

    def _file(self, call_id: str) -> Path | None:
        """Where it is or would be; None for a name that is none of ours."""
        if self._folder is None or not _NAME.fullmatch(call_id):
            return None
        return self._folder / f"{call_id}.ogg"


def call_of(file: Path) -> str:
    """The id of the call that is on a recording; "" for what is none of ours."""
    found = _FILE.fullmatch(file.name)
    return found[1] if found else ""


class _Growing:
    """A file that what was added is written to, again from the same place where that failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = 0
        self._waiting = b""

    def add(self, entries: bytes) -> None:
        self._waiting += entries

    def write(self) -> None:
        """In a thread. Makes the folder and the file, for our eyes only. Raises OSError."""
        if not self._waiting:
            return
        if not self._size:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        with self._path.open("r+b" if self._size else "wb") as file:
            file.seek(self._size)
            file.write(self._waiting)
        self._size += len(self._waiting)
        self._waiting = b""


def _joined(file: Path, call_id: str) -> Path | None:
    """The recording of all tapes of a call, which are not needed any more then. Some seconds of a thread."""
    tapes = sorted(file.parent.glob(f".{call_id}.*.tape"), key=lambda tape: int(tape.suffixes[-2][1:]))
    if tapes and not file.is_file():
        callee, agent = recorded(tape.read_bytes() for tape in tapes).sides()
        if callee:
            ogg.write(file, callee, agent)
    for tape in tapes:
        tape.unlink(missing_ok=True)
    return file if file.is_file() else None


def _deleted(file: Path, call_id: str) -> None:
    for piece in (file, *file.parent.glob(f".{call_id}.*")):
        piece.unlink(missing_ok=True)
