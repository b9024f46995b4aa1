"""`ringback demo --all`: every scenario, one after another, each left as a recording.

Owns the round and what it prints. It runs on the clock that does not wait, so that all of it takes a minute or two; the
recordings last as long as the calls would.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from sandbox.fast_clock import FastLoop, Selector
from sandbox.scenario import Scenario, scenarios
from sandbox.speech.speech import Speech
from sandbox.telegram.chat import Message
from sandbox.telegram.person import Person
from sandbox.wav import RATE_HZ, stereo_wav
from sandbox.world import World

_ANSWER_S, _CALL_S = 60.0, 30 * 60.0
_THINKS_S = 4.0  # before an answer that the agent asks for in a call


def all_scenarios(out: Path, speech: Speech) -> int:
    """Leaves `out/<scenario>.wav` of each that speaks. 1 where a request did not come to its report."""
    out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for one in scenarios().values():
        if not one.request:
            continue
        with asyncio.Runner(loop_factory=FastLoop) as runner:
            try:
                line = runner.run(_told(one, out, speech))
            except TimeoutError as error:
                failed += 1
                line = f"FAILED: {error}"
        print(f"{one.name:18} {line}", flush=True)
    return 1 if failed else 0


async def _told(one: Scenario, out: Path, speech: Speech) -> str:
    """One request to its report; the report's first line, and where the recording is."""
    wall = _wall_clock(time.time())
    with tempfile.TemporaryDirectory() as folder:
        async with World(wall=wall, speech=speech) as world:
            database = f"sqlite:///{folder}/ringback.db"
            settings = Settings(_env_file=None, drain_seconds=0, **world.settings(database_url=database))
            async with App(settings, wall=wall) as app:
                world.port = app.port
                report = await _reported(world, one.request)
            (call,) = world.twilio.calls.values()
            said = report.text.splitlines()[0]
            if not call.callee_audio:
                return said
            path = out / f"{one.name}.wav"
            path.write_bytes(stereo_wav(call.callee_audio, call.agent_audio))
            return f"{path} ({len(call.callee_audio) / RATE_HZ:.0f} s)  {said}"


async def _reported(world: World, request: str) -> Message:
    requester = world.requester
    requester.say(request)
    card = await requester.wait_for(lambda message: _has(message, "Call"), timeout=_ANSWER_S)
    requester.press(card, "Call")
    answering = asyncio.create_task(_answer(requester))
    try:
        return await requester.wait_for(lambda message: _has(message, "Call again"), timeout=_CALL_S)
    finally:
        answering.cancel()


async def _answer(requester: Person) -> None:
    """Whatever is asked in a call: the first of the answers that are offered."""
    after: Message | None = None
    while True:
        after = await requester.wait_for(
            lambda message: message.text.startswith("❓") and message.keyboard, after=after, timeout=_CALL_S
        )
        await asyncio.sleep(_THINKS_S)
        if after.keyboard and (data := after.keyboard[0][0].data):
            requester.press_data(after, data)


def _has(message: Message, label: str) -> bool:
    return any(button.label.endswith(f" {label}") for row in message.keyboard for button in row)


def _wall_clock(now: float) -> Callable[[], float]:
    """The time of day, running with the loop's clock."""
    return lambda: now + asyncio.get_running_loop().time() - Selector.now
