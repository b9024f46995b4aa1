"""Where recordings are kept, and that a call never suffers from it."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from bridge import ogg
from bridge.actions import Play
from bridge.archive import EVERY_S, Archive, call_of
from bridge.tape import Tape
from sandbox.fast_clock import FastLoop
from sandbox.tones import payload, speak
from tests.fakes import a_spec

WORDS = "Good evening."


def a_tape(began_s: float = 0.0) -> Tape:
    """A second of a stream, so long after the confirmation."""
    tape = Tape(0.0)
    tape.stream_started(began_s)
    tape.sent(Play(payload(speak(WORDS))), began_s)
    tape.stream_stopped(began_s + 1.0)
    return tape


def ended() -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(asyncio.sleep(0))


async def kept(
    archive: Archive, tape: Tape, call_id: str = "call-1", *, number: int = 1, over: bool = True
) -> Path | None:
    """`over`: no other process goes on with the call."""
    return await archive.keep(call_id, tape, ended(), number=number, ended=lambda: over)


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_only_a_call_that_is_to_be_recorded_is(tmp_path: Path) -> None:
    assert Archive(tmp_path).begin(a_spec(), 0.0) is None
    assert Archive(tmp_path).begin(a_spec(record=True), 0.0) is not None


def test_what_is_old_is_found_also_what_was_never_finished(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert archive.older_than(2000) == []
    (tmp_path / "recordings").mkdir()
    for name, unix in (
        ("a.ogg", 999),
        (".b.ogg.part", 1000),
        (".d.12.tape", 1001),
        ("c.ogg", 2001),
        (".keep", 5),
        ("no name.ogg", 5),
    ):
        file = tmp_path / "recordings" / name
        file.touch()
        os.utime(file, (unix, unix))
    (tmp_path / "recordings" / "folder").mkdir()
    os.utime(tmp_path / "recordings" / "folder", (5, 5))
    found = archive.older_than(2000)
    assert sorted(file.name for file in found) == [".b.ogg.part", ".d.12.tape", "a.ogg"]
    assert sorted(map(call_of, found)) == ["a", "b", "d"]
    assert Archive(None).older_than(2000) == []


async def test_without_a_folder_nothing_is_recorded() -> None:
    archive = Archive(None)
    assert archive.begin(a_spec(record=True), 0.0) is None
    assert await archive.find("call-1") is None
    await archive.forget("call-1")


async def test_a_recording_is_found_by_its_calls_id(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert await archive.find("call-1") is None
    file = await kept(archive, a_tape())
    assert file == tmp_path / "recordings" / "call-1.ogg" == await archive.find("call-1")
    assert await Archive(tmp_path / "recordings").find("call-1") == file  # another process


async def test_who_asks_while_it_is_being_written_waits_for_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    writing = archive.keep("call-1", a_tape(), ended(), number=1, ended=lambda: True)
    assert await archive.find("call-1") == tmp_path / "call-1.ogg" == await writing


def test_a_tape_grows_while_the_call_goes_on_and_what_is_on_it_outlives_the_process(tmp_path: Path) -> None:
    async def story() -> tuple[list[str], Path | None]:
        over, tape = asyncio.Event(), a_tape()

        async def going_on() -> None:
            await over.wait()

        archive = Archive(tmp_path)
        call = asyncio.get_running_loop().create_task(going_on())
        writing = archive.keep("call-1", tape, call, number=1, ended=lambda: True)
        await asyncio.sleep(1.5 * EVERY_S)
        grown = files(tmp_path)
        size = (tmp_path / ".call-1.1.tape").stat().st_size
        await asyncio.sleep(2 * EVERY_S)
        assert (tmp_path / ".call-1.1.tape").stat().st_size == size  # nothing more was said
        writing.cancel()  # as a process that is killed
        call.cancel()
        await asyncio.gather(writing, call, return_exceptions=True)
        return grown, await Archive(tmp_path).find("call-1")

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        grown, file = runner.run(story())
    assert grown == [".call-1.1.tape"]
    assert file is not None
    assert files(tmp_path) == ["call-1.ogg"]
    assert ogg.duration_s(file.read_bytes()) == pytest.approx(1.0, abs=0.03)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_the_tapes_of_all_processes_are_one_recording(tmp_path: Path) -> None:
    """In the order in which these had the call: the tenth comes after the second."""
    assert await kept(Archive(tmp_path), a_tape(), number=2, over=False) is None
    assert await kept(Archive(tmp_path), a_tape(5.0), number=10, over=False) is None
    assert files(tmp_path) == [".call-1.10.tape", ".call-1.2.tape"]
    file = await kept(Archive(tmp_path), a_tape(9.0), number=31)
    assert file is not None
    assert ogg.duration_s(file.read_bytes()) == pytest.approx(10.0, abs=0.03)
    assert files(tmp_path) == ["call-1.ogg"]


async def test_a_recording_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    """The process died before it could delete the tapes."""
    file = await kept(Archive(tmp_path), a_tape())
    assert file is not None
    whole = file.read_bytes()
    await kept(Archive(tmp_path), a_tape(3.0), number=2, over=False)
    assert await Archive(tmp_path).find("call-1") == file
    assert file.read_bytes() == whole
    assert files(tmp_path) == ["call-1.ogg"]


async def test_whatever_there_is_of_a_recording_can_be_forgotten(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    await kept(archive, a_tape())
    await kept(archive, a_tape(), number=2, over=False)
    (tmp_path / ".call-1.ogg.part").touch()
    await kept(archive, a_tape(), "call-10")
    await archive.forget("call-1")
    assert files(tmp_path) == ["call-10.ogg"]
    archive.keep("call-10", a_tape(), ended(), number=2, ended=lambda: True)
    await archive.forget("call-10")  # waits for what is being written
    assert files(tmp_path) == []


def test_a_disk_that_is_full_for_a_moment_costs_no_second_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> Path | None:
        (tmp_path / ".call-1.1.tape").mkdir()
        call = asyncio.get_running_loop().create_task(asyncio.sleep(3 * EVERY_S))
        writing = Archive(tmp_path).keep("call-1", a_tape(), call, number=1, ended=lambda: True)
        await asyncio.sleep(1.5 * EVERY_S)
        (tmp_path / ".call-1.1.tape").rmdir()
        return await writing

    with asyncio.Runner(loop_factory=FastLoop) as runner:
        file = runner.run(story())
    assert file is not None
    assert ogg.duration_s(file.read_bytes()) == pytest.approx(1.0, abs=0.03)
    assert "the recording of call call-1 waits" in caplog.text


async def test_a_call_that_failed_is_kept_too(tmp_path: Path) -> None:
    async def failing() -> None:
        raise RuntimeError

    call = asyncio.get_running_loop().create_task(failing())
    assert await Archive(tmp_path).keep("call-1", a_tape(), call, number=1, ended=lambda: True)
    with pytest.raises(RuntimeError):
        call.result()


async def test_where_nobody_answered_there_is_no_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert await kept(archive, Tape(0.0)) is None
    assert await archive.find("call-1") is None


async def test_a_recording_that_cannot_be_written_is_missing_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.INFO):
        assert await kept(Archive(tmp_path / "file"), a_tape()) is None
    assert "the recording of call call-1 could not be written" in caplog.text


@pytest.mark.parametrize("call_id", ["../secret", "a/b", "", ".", "a.ogg", "x" * 65, "call-1\n", "call\x00"])
async def test_a_name_that_is_none_of_ours_leads_nowhere(tmp_path: Path, call_id: str) -> None:
    archive = Archive(tmp_path / "recordings")
    (tmp_path / "secret.ogg").touch()
    assert await archive.find(call_id) is None
    await archive.forget(call_id)
    assert (tmp_path / "secret.ogg").exists()
    assert archive.begin(a_spec(id=call_id, record=True), 0.0) is None
    assert await kept(archive, a_tape(), call_id) is None


async def test_closing_waits_for_what_is_being_written(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    writing = archive.keep("call-1", a_tape(), ended(), number=1, ended=lambda: True)
    await archive.close()
    assert writing.done()
    assert await archive.find("call-1")
    await archive.close()
