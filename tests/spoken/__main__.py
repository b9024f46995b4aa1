"""The scenarios in real words, each to its report and its recording: `make spoken`.

Owns what must hold when whatever is said is synthesised, carried as mu-law and understood again: every drill
(`drills.py`) comes out as it should. Leaves a WAV of each call, callee left and agent right. Exits with 1 where a drill
does not hold, 2 where an extra is missing. `--fast` runs on a clock that does not wait: the same words, in less time.
"""

import argparse
import asyncio
import logging
import re
import sys
import tempfile
import time
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from sandbox.fast_clock import FastLoop
from sandbox.handset import Handset
from sandbox.speech.recognition import WeightsChanged
from sandbox.speech.speech import Speech
from sandbox.speech.spoken import SpokenSpeech
from sandbox.telegram.chat import Message
from sandbox.telegram.person import plain_label
from sandbox.wav import stereo_wav
from sandbox.world import World
from tests.spoken.drills import DRILLS, Drill

CALL_S = 300.0
CROSSED = "response_cancel_not_active"  # a cancel and the response's end met on the way: nobody's fault


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is a command


def labels(message: Message) -> list[str]:
    return [plain_label(button.label) for row in message.keyboard for button in row]


async def drilled(drill: Drill, speech: Speech, out: Path) -> list[str]:
    """What does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        async with World(speech=speech) as world:
            settings = Settings(
                _env_file=None, drain_seconds=0, **world.settings(database_url=f"sqlite:///{folder}/ringback.db")
            )
            async with App(settings) as app:
                world.port = app.port
                report = await _told(world, drill)
            calls = [call for call in world.twilio.calls.values() if isinstance(call.callee, Handset)]
            callee = calls[0].callee
            assert isinstance(callee, Handset)
            (out / f"{drill.name}.wav").write_bytes(stereo_wav(calls[0].callee_audio, calls[0].agent_audio))
            transcript = "\n".join(message.text for message in world.requester.chat.messages if message.sender == "bot")
    heard = " ".join(words.text for words in callee.heard)
    (out / f"{drill.name}.txt").write_text(
        f"{transcript}\n\nThe callee heard:\n" + "\n".join(w.text for w in callee.heard)
    )
    wrong = [] if re.search(drill.report, report, re.IGNORECASE | re.DOTALL) else [f"the report: {report!r}"]
    wrong += [f"the callee did not hear {p}: {heard!r}" for p in drill.heard if not re.search(p, heard, re.IGNORECASE)]
    wrong += [f"no {p} in the transcript" for p in drill.transcript if not re.search(p, transcript, re.IGNORECASE)]
    if callee.pressed != drill.pressed and drill.pressed:
        wrong.append(f"keys {callee.pressed!r}")
    refusals = [rejection.error for rejection in world.openai.rejected if rejection.error["code"] != CROSSED]
    return wrong + [f"refused: {refusal['message']}" for refusal in refusals]


async def _told(world: World, drill: Drill) -> str:
    """The report."""
    requester = world.requester
    said = requester.say(drill.request)
    card = await requester.wait_for(lambda message: "call" in labels(message), after=said)
    requester.press(card, "Call")
    answering = asyncio.create_task(_answer(world, drill))
    try:
        done = await requester.wait_for(lambda message: "call again" in labels(message), timeout=CALL_S)
    finally:
        answering.cancel()
    return done.text


async def _answer(world: World, drill: Drill) -> None:
    requester = world.requester
    for asked, answer in drill.answers.items():
        question = await requester.wait_for(
            lambda message, asked=asked: asked in message.text and any("yes" in label for label in labels(message)),  # type: ignore[misc]
            timeout=CALL_S,
        )
        await asyncio.sleep(2.0)
        label = next(label for label in labels(question) if answer.lower() in label)
        requester.press(question, label)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make spoken", description=__doc__)
    parser.add_argument("names", nargs="*", help="the drills to run (default: all)")
    parser.add_argument("--out", default="out")
    parser.add_argument("--fast", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    try:
        speech = SpokenSpeech(at_once=options.fast)
    except (ImportError, WeightsChanged) as missing:
        say(f"spoken: {missing}")
        return 2
    failed = 0
    for drill in DRILLS:
        if options.names and drill.name not in options.names:
            continue
        began = time.monotonic()
        with asyncio.Runner(loop_factory=FastLoop if options.fast else None) as runner:
            try:
                wrong = runner.run(drilled(drill, speech, out))
            except TimeoutError:
                wrong = ["it does not come to an end"]
        say(f"  {drill.name}: {'WRONG' if wrong else 'ok'} ({time.monotonic() - began:.0f} s)")
        for what in wrong:
            say(f"    {what}")
        failed += bool(wrong)
    speech.close()
    say(f"spoken: {f'{failed} FAILED' if failed else 'ok'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
