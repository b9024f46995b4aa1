"""The archive: the folder in which recordings are kept, one file for each recorded call.

Owns the folder, the names in it, and the writing that goes on in it. A call never waits for it, nor does it fail with
it: a recording that cannot be written is missing, and the log says so. Must not know what is on a recording.
"""

import asyncio
import logging
import re
from pathlib import Path

from bridge import ogg
from bridge.call import CallSpec
from bridge.recording import Recording

log = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # a call's id is a url-safe token of ours
_FILE = re.compile(rf"\.?({_NAME.pattern})\.ogg(?:\.part)?")  # a part is what `ogg.py` has not finished


class Archive:
    """`folder` is made when the first recording is written; without one nothing is recorded."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._writing: set[asyncio.Task[Path | None]] = set()

    def begin(self, spec: CallSpec) -> Recording | None:
        """What the call is to be recorded on, if it is."""
        if not spec.record:
            return None
        if self._file(spec.id) is None:
            log.warning("call %s is not recorded: there is no folder for it", spec.id)
            return None
        return Recording()

    def keep(self, call_id: str, recording: Recording, call: asyncio.Task[None]) -> asyncio.Task[Path | None]:
        """Write the recording once the call's task is over, however it ended. The file; None where there is none."""
        task = asyncio.get_running_loop().create_task(
            self._write(call_id, recording, call), name=f"recording of {call_id}"
        )
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return task

    async def _write(self, call_id: str, recording: Recording, call: asyncio.Task[None]) -> Path | None:
        """The top frame of its task."""
        await asyncio.wait([call])
        callee, agent = recording.sides()
        path = self._file(call_id)
        if path is None or not callee:
            return None
        try:
            await asyncio.to_thread(ogg.write, path, callee, agent)
        except Exception:
            log.exception("the recording of call %s could not be written", call_id)
            return None
        return path

    def find(self, call_id: str) -> Path | None:
        """The recording of a call that is over."""
        path = self._file(call_id)
        return path if path is not None and path.is_file() else None

    def older_than(self, unix: float) -> list[Path]:
        """The recordings, also those that were never finished, that nobody has written to since then."""
        if self._folder is None or not self._folder.is_dir():
            return []
        ours = [file for file in self._folder.iterdir() if call_of(file) and file.is_file()]
        return [file for file in ours if file.stat().st_mtime < unix]

    async def close(self) -> None:
        """Once all that is being written has been: a thread cannot be stopped half way."""
        if self._writing:
            await asyncio.wait(self._writing)

    def _file(self, call_id: str) -> Path | None:
        """Where it is or would be; None for a name that is none of ours."""
        if self._folder is None or not _NAME.fullmatch(call_id):
            return None
        return self._folder / f"{call_id}.ogg"


def call_of(file: Path) -> str:
    """The id of the call that is on a recording; "" for what is none of ours."""
    found = _FILE.fullmatch(file.name)
    return found[1] if found else ""
