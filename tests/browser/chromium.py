"""A Chromium to show the page in: the system's, or the one that Playwright has installed.

Owns where it is looked for, and how it is started. It brings its own microphone, which beeps, so that nobody is asked.
"""

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NO_BROWSER = "there is no Chromium here: neither the system's nor Playwright's"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
)


def program() -> str | None:
    """The system's, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextlib.contextmanager
def chromium() -> "Iterator[Browser]":
    """Raises LookupError where there is none."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not for every run of a test

    with sync_playwright() as playwright:
        browser = _launched(playwright)
        try:
            yield browser
        finally:
            browser.close()


def _launched(playwright: "Playwright") -> "Browser":
    found = program()
    if found is None and not shutil.which(playwright.chromium.executable_path):
        raise LookupError(NO_BROWSER)
    return playwright.chromium.launch(executable_path=found, args=list(_ARGUMENTS))
