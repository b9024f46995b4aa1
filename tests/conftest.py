"""What all tests share: Hypothesis's profile, the clock that does not wait for those marked `fast_clock`, and the
databases.
"""

import asyncio
import functools
import gc
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge.database import open_database
from sandbox.fast_clock import FastLoop
from tests import databases
from tests.browser.chromium import NO_BROWSER

settings.register_profile("ringback", max_examples=30, deadline=None, database=None, derandomize=True)
settings.load_profile("ringback")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: takes too long for every day (`make thorough`)")
    config.addinivalue_line("markers", "daily: an end-to-end test that is told in `make test`; all others are thorough")
    config.addinivalue_line("markers", "fast_clock: on an event loop whose clock jumps to its next timer")


def pytest_collection(session: pytest.Session) -> None:
    """What is imported and collected stays: looked through again and again, it would take a tenth of the whole."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("fast_clock"):
        return {"fast": FastLoop}
    return {"real": asyncio.new_event_loop}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    untested = {
        databases.NO_SERVER: "HALF OF THE DATABASES WERE NOT TESTED",
        NO_BROWSER: "THE PAGE WAS NOT TESTED IN A BROWSER",
    }
    for reason, title in untested.items():
        skipped = [report for report in terminalreporter.getreports("skipped") if reason in str(report.longrepr)]
        if skipped:
            terminalreporter.section(title, red=True, bold=True)
            terminalreporter.line(f"{len(skipped)} tests were skipped: {reason}.")


@pytest.fixture(autouse=True, scope="session")
def _certificates_are_read_once() -> Iterator[None]:
    """Each HTTP client reads the world's certificates at its start, for longer than most of these tests take; on
    loopback there is no TLS.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Server]:
    with databases.postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, in which there is no table yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ringback.db"
    server: databases.Server = request.getfixturevalue("postgresql")
    return server.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, with the schema of today."""
    if request.param == "sqlite":
        yield databases.sqlite_in(tmp_path)
        return
    server: databases.Server = request.getfixturevalue("postgresql")
    url = server.up_to_date()
    yield url
    server.take_back(url)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(database_url)
    yield engine
    await engine.dispose()
