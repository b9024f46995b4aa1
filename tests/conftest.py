"""What all tests share: Hypothesis's profile, and the clock that does not wait for those marked `fast_clock`."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import settings

from tests.fast_clock import FastLoop

settings.register_profile("ringback", max_examples=30, deadline=None, database=None, derandomize=True)
settings.load_profile("ringback")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fast_clock: on an event loop whose clock jumps to its next timer")


def pytest_asyncio_loop_factories(item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("fast_clock"):
        return {"fast": FastLoop}
    return {"real": asyncio.new_event_loop}
