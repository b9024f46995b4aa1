"""`ringback demo`: the real product on the sandbox, in one terminal and one process.

Owns the demo's conversation with the person who tries it. What you type is what the requester writes; a button's label
presses it. Every call is left as a stereo recording (callee left, agent right) and the chat as text.
"""

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from bot.app import App
from bot.settings import Settings
from sandbox.scenario import scenarios
from sandbox.speech.choice import best
from sandbox.speech.recognition import WeightsChanged
from sandbox.speech.speech import Speech
from sandbox.telegram.chat import Message
from sandbox.terminal import Terminal, as_text
from sandbox.wav import stereo_wav
from sandbox.world import World

_CALL_S = 15 * 60.0
_ANSWER_S = 60.0


def main(*, once: str | None, out: str) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("telegram", "httpx"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    from bot.__main__ import loop_factory  # noqa: PLC0415 - it is what runs us

    try:
        choice = best()
    except WeightsChanged as changed:
        print(f"ringback: {changed}", file=sys.stderr)
        return 1
    print(choice.told)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(_demo(once, Path(out), choice.speech))
    finally:
        choice.speech.close()


async def _demo(once: str | None, out: Path, speech: Speech) -> int:
    out.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything else runs
    with tempfile.TemporaryDirectory() as folder:
        async with World(speech=speech) as world:
            database = f"sqlite:///{folder}/ringback.db"
            settings = Settings(_env_file=None, drain_seconds=0, **world.settings(database_url=database))
            async with App(settings) as app:
                world.port = app.port
                world.telegram.listen(Terminal())
                try:
                    return await (_once(world, once) if once else _interactive(world, out))
                finally:
                    _keep(world, out)


async def _once(world: World, request: str) -> int:
    """One request to its report. 1 where it does not come to a call."""
    requester = world.requester
    print(f"\n> {request}")
    requester.say(request)
    card = await requester.wait_for(lambda message: message.sender == "bot", timeout=_ANSWER_S)
    if not _has(card, "Call"):
        print("\nThe request did not make a card: see the answer above.", file=sys.stderr)
        return 1
    print("\n> [Call]")
    requester.press(card, "Call")
    await requester.wait_for(lambda message: _has(message, "Call again"), timeout=_CALL_S)
    # The live view shows its last state a moment later.
    await requester.wait_for(lambda message: message.id == card.id and not message.keyboard, timeout=_ANSWER_S)
    return 0


async def _interactive(world: World, out: Path) -> int:
    print(_welcome())
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    try:
        while line := await lines.get():
            if line.strip() in ("/quit", "/exit"):
                break
            if line.strip():
                _type(world, line.strip())
            _keep(world, out)
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return 0


def _type(world: World, line: str) -> None:
    """A line is a button's label, a reply to the call ("> ask for a terrace"), or a message."""
    requester = world.requester
    messages = [message for message in requester.chat.messages if message.sender == "bot"]
    for message in reversed(messages):
        if _has(message, line):
            requester.press(message, line)
            return
    if line.startswith(">"):
        card = next((message for message in reversed(messages) if message.keyboard), None)
        requester.say(line[1:].strip(), reply_to=card)
        return
    requester.say(line)


def _has(message: Message, label: str) -> bool:
    wanted = _plain(label)
    return any(_plain(button.label) == wanted for row in message.keyboard for button in row)


def _plain(label: str) -> str:
    return "".join(c for c in label if c.isalnum() or c == " ").strip().casefold()


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
