"""`make screenshots`: the README's pictures, from the real page with a real call on it.

Owns what is shown on them. Nothing is drawn by hand; after a change of the page they are made again.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import chromium
from tests.browser.quick_sandbox import Sandbox, sandbox

REQUEST = "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
WIDE = {"width": 1120, "height": 836}
PHONE = {"width": 390, "height": 800}
_TO_THE_TOP = "message => { message.closest('.log').scrollTop = message.offsetTop - 12; }"


def main(folder: str) -> int:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=60_000)
    with chromium() as browser, tempfile.TemporaryDirectory() as scratch, sandbox(Path(scratch)) as served:
        wide = _opened(browser, served, viewport=WIDE, color_scheme="light")
        _card(wide)
        _in_a_call(wide, served)
        wide.screenshot(path=out / "page.png")
        served.pace()
        expect(wide.get_by_role("button", name="Call again")).to_be_visible()
        narrow = _opened(browser, served, viewport=PHONE, color_scheme="dark")
        narrow.locator(".message.bot", has=narrow.get_by_role("button", name="Call again")).evaluate(_TO_THE_TOP)
        narrow.screenshot(path=out / "phone.png")
    for path in sorted(out.glob("*.png")):
        print(f"{path}  {path.stat().st_size // 1024} KB")  # noqa: T201 - a script's own output
    return 0


def _opened(browser: Browser, served: Sandbox, **how: object) -> Page:
    page = browser.new_page(reduced_motion="reduce", **how)  # type: ignore[arg-type]  # playwright's own options
    page.goto(served.url)
    expect(page.get_by_role("button", name="Family")).to_be_visible()
    page.wait_for_timeout(500)
    return page


def _card(page: Page) -> None:
    page.get_by_label("Message", exact=True).fill(REQUEST)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="📞 Call")).to_be_visible()


def _in_a_call(page: Page, served: Sandbox) -> None:
    """While the callee speaks, for the second time."""
    page.get_by_role("button", name="📞 Call").click()
    expect(page.locator("#captions .callee").nth(1)).to_be_visible()
    served.pace(1)
    expect(page.locator("#meter-callee")).to_have_attribute("aria-valuenow", re.compile(r"^[3-9]\d$|^100$"))
    expect(page.locator(".message.bot").first).to_contain_text("7:45 is fine")
    expect(page.locator(".toast")).to_have_count(0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
