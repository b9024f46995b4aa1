"""A browser, and the sandbox behind it. Without a Chromium these tests are skipped, and it is said; in CI they fail."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import NO_BROWSER, chromium
from tests.browser.quick_sandbox import Sandbox, sandbox


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as browser:
            yield browser
    except LookupError:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One for all: each test goes on where the last one left the chat, as people do."""
    with sandbox(tmp_path_factory.mktemp("sandbox")) as served:
        yield served
