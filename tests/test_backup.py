"""Backups: a copy that is whole while the database is written to, and no copy where none can be made."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.backup import back_up
from bot.settings import Settings
from bridge.errors import RingbackError
from tests.test_settings import NEEDED


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """One that is open, with rows that are in its write-ahead log alone."""
    path = tmp_path / "ringback.db"
    with closing(sqlite3.connect(path, check_same_thread=False)) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute("create table pairs (a integer, b integer)")
        running.executemany("insert into pairs values (?, ?)", [(n, n) for n in range(1000)])
        running.commit()
        yield path


def rows(path: Path) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(path)) as copy:
        return copy.execute("select a, b from pairs").fetchall()


def test_a_copy_holds_what_was_committed_and_stands_alone(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "backup.db"
    target.parent.mkdir()
    assert back_up(database, target) == target.stat().st_size
    assert len(rows(target)) == 1000
    assert [file.name for file in target.parent.iterdir()] == ["backup.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_copy_is_of_one_moment_whatever_is_written_meanwhile(database: Path, tmp_path: Path) -> None:
    """Two rows a transaction, always as many of one kind as of the other."""
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            while not stop.is_set():
                with connection:
                    connection.execute("insert into pairs values (1, 0)")
                    connection.execute("insert into pairs values (0, 1)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            back_up(database, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        copied = rows(tmp_path / f"{number}.db")
        assert sum(a for a, _ in copied) == sum(b for _, b in copied)


def test_what_is_there_already_is_left_alone(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("an older one")
    with pytest.raises(RingbackError, match="there already"):
        back_up(database, target)
    assert target.read_text() == "an older one"


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "ringback.db"
    broken.write_bytes(b"this is no database" * 100)
    with pytest.raises(RingbackError, match="could not be made"):
        back_up(broken, tmp_path / "backup.db")
    with pytest.raises(RingbackError, match="could not be made"):
        back_up(broken, tmp_path / "nowhere" / "backup.db")
    assert [file.name for file in tmp_path.iterdir()] == ["ringback.db"]


def test_there_must_be_a_file_to_copy(tmp_path: Path) -> None:
    with pytest.raises(RingbackError, match="DATABASE_URL"):
        back_up(tmp_path / "none.db", tmp_path / "backup.db")
    with pytest.raises(RingbackError, match="pg_dump"):
        back_up(None, tmp_path / "backup.db")


def test_the_command_copies_the_database_of_the_settings(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**NEEDED, "DATABASE_URL": f"sqlite:///{database}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert main(["backup", "backup.db"]) == 0
    assert "backup.db: " in capsys.readouterr().out
    assert len(rows(tmp_path / "backup.db")) == 1000
    assert main(["backup", "backup.db"]) == 1
    assert "there already" in capsys.readouterr().err
    monkeypatch.setenv("DATABASE_URL", "postgresql://name:password@host/ringback")
    assert main(["backup", "other.db"]) == 1
    assert "password" not in capsys.readouterr().err
