"""The real app on the sandbox, on a clock that does not wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.app import App
from sandbox.fast_clock import FastLoop
from sandbox.world import World
from tests.e2e.chat import Provoked, check_the_wires, running, wall_clock

_HERE = Path(__file__).parent


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"fast": FastLoop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole call takes its time: what each file is about is told every day, and the rest of it in `make thorough`."""
    for item in items:
        if item.path.is_relative_to(_HERE) and not item.get_closest_marker("daily"):
            item.add_marker("thorough")


@pytest.fixture
def provoked() -> Provoked:
    """A test that provokes a failure of a service says so here."""
    return Provoked()


@pytest.fixture
async def world(provoked: Provoked) -> AsyncIterator[World]:
    """The sandbox. Afterwards, nothing has been refused that was not provoked, and no task is left of anything."""
    mine = asyncio.all_tasks()
    async with World(wall=wall_clock()) as world:
        yield world
        check_the_wires(world, provoked)
    await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() - mine if task is not asyncio.current_task()]
    assert not left


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    async with running(world, tmp_path) as app:
        yield app
