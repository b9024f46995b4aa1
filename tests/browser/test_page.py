"""The page in a real browser: a request, its call seen and heard, a question, the report; on a phone, by the keyboard.

Few calls, each looked at for many facts. The clock of the calls runs ahead (quick_sandbox.py), the page's does not.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.quick_sandbox import Sandbox

ASKS = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
BUSY = "call Luigi on +1 415 555 0102 and book a table for two at 8pm, name Anna"
PATIENCE_MS = 45_000
# A beep is short, and a machine may be slow: what was loud once stays so.
LISTENS = """() => {
  window.loudest = {};
  for (const meter of document.querySelectorAll("[role=meter]")) {
    new MutationObserver(() => {
      window.loudest[meter.id] = Math.max(window.loudest[meter.id] ?? 0, Number(meter.ariaValueNow));
    }).observe(meter, { attributes: true });
  }
}"""
WAS_LOUD = "id => window.loudest[id] > 20"
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def opened(browser: Browser, served: Sandbox, **how: object) -> Iterator[Page]:
    """The page. Nothing may go wrong in it: no error in its console, nothing that its policy had to refuse."""
    page = browser.new_page(reduced_motion="reduce", **how)  # type: ignore[arg-type]  # playwright's own options
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.goto(served.url)
    expect(page.get_by_role("button", name="Family")).to_be_visible()
    page.evaluate(LISTENS)
    yield page
    assert wrong == []
    page.close()


def fits(page: Page) -> bool:
    """Nothing stands out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_request_is_called_seen_heard_asked_about_and_reported(browser: Browser, served: Sandbox) -> None:
    with opened(browser, served) as page:
        page.get_by_label("Message", exact=True).fill(ASKS)
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".mine .text")).to_have_text(ASKS)
        page.get_by_role("button", name="📞 Call").click()
        expect(page.locator("#toasts")).to_contain_text("Dialling")
        # Both sides, on the phone as they are heard and in the chat as they are told.
        expect(page.locator("#line-about")).to_contain_text("connected")
        expect(page.locator("#captions .agent").first).to_contain_text("assistant of Shane")
        expect(page.locator("#captions .callee").first).to_contain_text("9:30")
        live = page.locator(".message.bot").first
        expect(live).to_contain_text("Agent:")
        expect(live).to_contain_text("Osteria Blu:")
        expect(page.locator("#phone")).to_have_attribute("data-frames", re.compile(r"^\d{3,}$"))
        page.wait_for_function(WAS_LOUD, arg="meter-agent")
        # The question, answered by its button.
        question = page.locator(".message.bot", has_text="❓")
        expect(question).to_be_visible()
        question.locator(".keyboard button").first.click()
        expect(question.locator(".keyboard button")).to_have_count(0)
        served.pace()
        report = page.locator(".message.bot", has=page.get_by_role("button", name="Call again"))
        expect(report).to_contain_text("Booked")
        expect(page.locator("#line-about")).to_contain_text("the call has ended")
        (call,) = served.world.twilio.calls.values()
        expect(page.locator("#phone")).to_have_attribute("data-frames", str(len(call.callee_audio) // 160))
        report.get_by_role("button", name="React").click()
        page.get_by_role("button", name="React with 🎉").click()
        expect(report.locator(".reactions button")).to_have_text("🎉")
        assert page.evaluate("document.getElementById('chat').scrollTop") == 0  # whatever had the focus
        # What it rests on can be looked at, and what was sent downloaded.
        with page.expect_download() as download:
            page.locator("a.file").click()
        assert download.value.suggested_filename.endswith(".ics")
        # The wire is closed until it is wanted.
        expect(page.locator("#entries")).to_be_hidden()
        page.locator("#wires > summary").click()
        expect(page.locator("#entries [data-wire=stream] .name", has_text="media").first).to_be_visible()
        expect(page.locator("#entries [data-wire=realtime]").first).to_be_visible()


def test_on_a_phone_and_by_the_keyboard_alone_one_is_called_oneself(browser: Browser, served: Sandbox) -> None:
    with opened(browser, served, viewport=PHONE, color_scheme="dark") as page:
        press = page.keyboard.press

        def reach(selector: str, key: str = "Tab") -> None:
            """Tab until the focus is there."""
            for _ in range(60):
                if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                    return
                press(key)
            raise AssertionError(f"the keyboard does not come to {selector}")

        assert fits(page)
        reach("#tab-chat")
        press("ArrowRight")
        expect(page.locator("#phone")).to_be_visible()
        expect(page.locator("#chat")).to_be_hidden()
        assert fits(page)
        reach("#who")
        page.keyboard.type("You")
        expect(page.locator("#who-about")).to_contain_text("answer it")
        reach("#try")
        press("Enter")
        expect(page.locator("#text")).to_be_focused()
        page.locator("#text").press("ControlOrMeta+a")
        page.keyboard.type(BUSY)
        press("Enter")
        expect(page.locator(".mine .text").last).to_have_text(BUSY)
        expect(page.get_by_role("button", name="📞 Call")).to_be_visible()
        reach(".message:last-child .keyboard button", "Shift+Tab")
        reach(".message:last-child .keyboard div:first-child button", "Shift+Tab")
        served.pace(1)
        press("Enter")
        reach("#tab-chat", "Shift+Tab")
        press("ArrowRight")
        reach("[data-how=answer]")
        press("Enter")
        # The focus has gone where one goes on.
        expect(page.locator("#words")).to_be_focused()
        served.pace()
        page.keyboard.type("Sorry, we are closed today. Goodbye.")
        press("Enter")
        expect(page.locator("#captions .callee").last).to_have_text("CalleeSorry, we are closed today. Goodbye.")
        expect(page.locator("#captions .agent").first).to_contain_text("assistant of")
        page.evaluate("window.loudest = {}")
        reach("#microphone", "Shift+Tab")
        press("Enter")
        # Chromium's own microphone beeps: it goes over the line, and comes back from it.
        page.wait_for_function(WAS_LOUD, arg="meter-callee")
        reach("#hang-up")
        press("Enter")
        expect(page.locator("#line-about")).to_contain_text("the call has ended")
        reach("#tab-phone", "Shift+Tab")
        press("ArrowLeft")
        expect(page.locator(".message.bot", has=page.get_by_role("button", name="Call again")).last).to_be_visible()
        assert fits(page)
