"""Where recordings are kept, and that a call never suffers from it."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from bridge.actions import Play
from bridge.archive import Archive, call_of
from bridge.recording import Recording
from sandbox.tones import payload, speak
from tests.fakes import a_spec

WORDS = "Good evening."


def a_recording() -> Recording:
    recording = Recording()
    recording.stream_started(1.0)
    recording.sent(Play(payload(speak(WORDS))), 1.0)
    recording.stream_stopped(2.0)
    return recording


def ended() -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(asyncio.sleep(0))


async def kept(archive: Archive, recording: Recording, call_id: str = "call-1") -> Path | None:
    return await archive.keep(call_id, recording, ended())


def test_only_a_call_that_is_to_be_recorded_is(tmp_path: Path) -> None:
    assert Archive(tmp_path).begin(a_spec()) is None
    assert Archive(tmp_path).begin(a_spec(record=True)) is not None


def test_what_is_old_is_found_also_what_was_never_finished(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert archive.older_than(2000) == []
    (tmp_path / "recordings").mkdir()
    for name, unix in (("a.ogg", 999), (".b.ogg.part", 1000), ("c.ogg", 2001), (".keep", 5), ("no name.ogg", 5)):
        file = tmp_path / "recordings" / name
        file.touch()
        os.utime(file, (unix, unix))
    (tmp_path / "recordings" / "folder").mkdir()
    os.utime(tmp_path / "recordings" / "folder", (5, 5))
    found = archive.older_than(2000)
    assert sorted(file.name for file in found) == [".b.ogg.part", "a.ogg"]
    assert sorted(map(call_of, found)) == ["a", "b"]
    assert Archive(None).older_than(2000) == []


def test_without_a_folder_nothing_is_recorded() -> None:
    archive = Archive(None)
    assert archive.begin(a_spec(record=True)) is None
    assert archive.find("call-1") is None


async def test_a_recording_is_found_by_its_calls_id(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert archive.find("call-1") is None
    file = await kept(archive, a_recording())
    assert file == tmp_path / "recordings" / "call-1.ogg" == archive.find("call-1")
    assert Archive(tmp_path / "recordings").find("call-1") == file  # another process


async def test_nothing_is_written_before_the_call_is_over(tmp_path: Path) -> None:
    archive, over = Archive(tmp_path), asyncio.Event()

    async def going_on() -> None:
        await over.wait()

    writing = archive.keep("call-1", a_recording(), asyncio.get_running_loop().create_task(going_on()))
    await asyncio.sleep(0)
    assert archive.find("call-1") is None
    over.set()
    assert await writing == archive.find("call-1")


async def test_a_call_that_failed_is_kept_too(tmp_path: Path) -> None:
    async def failing() -> None:
        raise RuntimeError

    call = asyncio.get_running_loop().create_task(failing())
    assert await Archive(tmp_path).keep("call-1", a_recording(), call)
    with pytest.raises(RuntimeError):
        call.result()


async def test_where_nobody_answered_there_is_no_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    assert await kept(archive, Recording()) is None
    assert archive.find("call-1") is None


async def test_a_recording_that_cannot_be_written_is_missing_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with caplog.at_level(logging.INFO):
        assert await kept(Archive(tmp_path / "file"), a_recording()) is None
    assert "the recording of call call-1 could not be written" in caplog.text


@pytest.mark.parametrize("call_id", ["../secret", "a/b", "", ".", "a.ogg", "x" * 65, "call-1\n", "call\x00"])
async def test_a_name_that_is_none_of_ours_leads_nowhere(tmp_path: Path, call_id: str) -> None:
    archive = Archive(tmp_path / "recordings")
    (tmp_path / "secret.ogg").touch()
    assert archive.find(call_id) is None
    assert archive.begin(a_spec(id=call_id, record=True)) is None
    assert await kept(archive, a_recording(), call_id) is None


async def test_closing_waits_for_what_is_being_written(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    writing = archive.keep("call-1", a_recording(), ended())
    await archive.close()
    assert writing.done()
    assert archive.find("call-1")
    await archive.close()
