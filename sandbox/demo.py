"""`ringback demo`: the real product on the sandbox, in one process: a page in the browser, and the terminal.

Owns the demo's conversation with the person who tries it. What you type in the terminal is what the requester writes; a
button's label presses it. Every call is left as a stereo recording (callee left, agent right) and the chat as text.
"""

import asyncio
import contextlib
import logging
import os
import signal
import stat
import sys
import tempfile
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from sandbox.page import PORT, Page, Phone, WireLog
from sandbox.scenario import scenarios
from sandbox.speech.choice import best
from sandbox.speech.recognition import WeightsChanged
from sandbox.speech.speech import Speech
from sandbox.terminal import Terminal, as_text
from sandbox.typed import button_of, typed
from sandbox.voice_note import voice_note
from sandbox.wav import stereo_wav
from sandbox.world import World

_CALL_S = 15 * 60.0
_ANSWER_S = 60.0


def main(*, once: str | None, every: bool = False, out: str, port: int | None = None, browser: bool = True) -> int:
    """`every`: each scenario in turn, on a clock that does not wait. `port` of the page, None: its usual one."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("telegram", "httpx"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    from bot.__main__ import loop_factory  # noqa: PLC0415 - it is what runs us

    try:
        choice = best(at_once=every)
    except WeightsChanged as changed:
        print(f"ringback: {changed}", file=sys.stderr)
        return 1
    print(choice.told)
    try:
        if every:
            from sandbox.round import all_scenarios  # noqa: PLC0415 - its clock is for it alone

            return all_scenarios(Path(out), choice.speech)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_demo(once, Path(out), choice.speech, port, browser=browser))
    finally:
        choice.speech.close()


async def _demo(once: str | None, out: Path, speech: Speech, port: int | None, *, browser: bool) -> int:
    phone, wires = Phone(speech), WireLog(time.monotonic)
    out.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything else runs
    with tempfile.TemporaryDirectory() as folder:
        async with World(answerer=phone.answer, overhear=wires.note, speech=speech) as world:
            database = f"sqlite:///{folder}/ringback.db"
            settings = Settings(_env_file=None, drain_seconds=0, **world.settings(database_url=database))
            async with App(settings) as app:
                world.port = app.port
                terminal = Terminal()
                own = world.requester.chat  # the page has others, too
                world.telegram.listen(lambda change: terminal(change) if change.chat is own else None)
                try:
                    if once:
                        return await _once(world, once)
                    note = partial(voice_note, speech=speech)
                    async with Page(world, phone, wires, port=PORT if port is None else port, speech=note) as page:
                        return await _shown(world, page.url, out, browser=browser)
                finally:
                    _keep(world, out)


async def _shown(world: World, url: str, out: Path, *, browser: bool) -> int:
    """The page, and the terminal where there is one; without (started by a service), until it is stopped."""
    print(f"The page: {url}\n", flush=True)
    if browser and _has_display():
        await asyncio.to_thread(webbrowser.open, url)
    if sys.stdin.isatty() or stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        return await _interactive(world, out)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    return 0


def _has_display() -> bool:
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def _once(world: World, request: str) -> int:
    """One request to its report. 1 where it does not come to a call."""
    requester = world.requester
    print(f"\n> {request}")
    requester.say(request)
    card = await requester.wait_for(lambda message: not message.silent, timeout=_ANSWER_S)
    if not button_of(card, "Call"):
        print("\nThe request did not make a card: see the answer above.", file=sys.stderr)
        return 1
    print("\n> [Call]")
    requester.press(card, "Call")
    await requester.wait_for(lambda message: button_of(message, "Call again"), timeout=_CALL_S)
    # The live view shows its last state a moment later.
    await requester.wait_for(lambda message: message.id == card.id and not message.keyboard, timeout=_ANSWER_S)
    return 0


async def _interactive(world: World, out: Path) -> int:
    print(_welcome())
    lines = _typed_lines()
    while line := await lines.get():
        if line.strip() in ("/quit", "/exit"):
            break
        if line.strip() and (told := typed(world.requester, line.strip())):
            print(f"\n  ({told})")
        _keep(world, out)
    return 0


def _typed_lines() -> "asyncio.Queue[str]":
    """What is typed or pasted, a line at a time, and "" at its end. A thread of its own waits for it: of several lines
    at once a loop's reader would see the first, and files it cannot watch.
    """
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the demo has ended meanwhile
            while line := sys.stdin.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, name="typed lines", daemon=True).start()
    return lines


def _keep(world: World, out: Path) -> None:
    """Leave the recordings and the chat."""
    (out / "chat.txt").write_text(as_text(world.requester.chat.messages, "You"), encoding="utf-8")
    recorded = [call for call in world.twilio.calls.values() if call.callee_audio or call.agent_audio]
    for number, call in enumerate(recorded, start=1):
        name = "call.wav" if number == 1 else f"call-{number}.wav"
        (out / name).write_bytes(stereo_wav(call.callee_audio, call.agent_audio))


def _welcome() -> str:
    rows = [f"  {number}  {one.about}" for one in scenarios().values() for number in one.numbers[:1]]
    return "\n".join(
        [
            "Ringback on its sandbox: no accounts, nobody is really called.",
            "",
            "Write what you want done, for example:",
            "  call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane",
            "Press a button by typing what is on it (Call). Whisper to the agent with > in front. /quit ends it.",
            "",
            "People you can call:",
            *rows,
            "",
        ]
    )
