"""A phone that is answered on the page, and what the page tells of the call. In a browser: tests/browser."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from sandbox.page import Page, Phone, WireLog
from sandbox.page.phone import YOU
from sandbox.tones import FRAME, SILENCE, speak
from sandbox.world import World
from tests.e2e.chat import Provoked, check_the_wires, finished, order, place, running, spoken, wall_clock


@pytest.fixture
def phone() -> Phone:
    phone = Phone()
    phone.pick(YOU, once=False)
    return phone


@pytest.fixture
def wires() -> WireLog:
    return WireLog(lambda: 0.0)


@pytest.fixture
async def world(phone: Phone, wires: WireLog, provoked: Provoked) -> AsyncIterator[World]:
    async with World(answerer=phone.answer, overhear=wires.note, wall=wall_clock()) as world:
        yield world
        check_the_wires(world, provoked)


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    async with running(world, tmp_path) as app:
        yield app


class Watcher:
    """A page in nobody's browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []
        self.audio = b""

    async def listen(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                assert message.data[0] == 1
                self.audio += message.data[1:]
            else:
                self.told.append(json.loads(message.data))

    async def until(self, kind: str, **facts: Any) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                for message in self.told:
                    inner = message.get("line") if kind == "line" else message
                    if message["kind"] == kind and isinstance(inner, dict) and facts.items() <= inner.items():
                        return inner
                await asyncio.sleep(0.05)


@pytest.fixture
async def watcher(world: World, app: App, phone: Phone, wires: WireLog) -> AsyncIterator[Watcher]:
    async with Page(world, phone, wires, port=0) as page, aiohttp.ClientSession(page.url) as http:
        async with http.ws_connect("/feed", headers={"Origin": page.url.rstrip("/")}) as socket:
            watcher = Watcher(socket)
            listening = asyncio.create_task(watcher.listen())
            yield watcher
        await listening


@pytest.mark.daily
async def test_a_call_is_answered_on_the_page_by_typing_and_speaking(
    world: World, watcher: Watcher, wires: WireLog
) -> None:
    call = await place(world, await order(world))
    line = await watcher.until("line", status="ringing")
    assert (line["who"], line["number"], line["talked_s"]) == ("you", "+14155552671", 0)
    await asyncio.sleep(9)  # it rings as long as one likes
    await watcher.socket.send_json({"do": "pick_up", "line": 1, "how": "answer"})
    await watcher.until("line", status="in-progress")
    opening = await watcher.until("caption", side="agent", done=True)
    assert opening["text"].startswith("Hello, this is the AI assistant of Shane.")
    await watcher.socket.send_json({"do": "speak", "line": 1, "text": "Who is this?"})
    await watcher.until("caption", side="callee", text="Who is this?", done=True)
    await asyncio.sleep(4)  # it is known as soon as it is typed; now it has been said
    microphone = speak("Goodbye")
    for at in range(0, len(microphone), FRAME):  # as a microphone gives it
        await watcher.socket.send_bytes(b"\x01" + microphone[at : at + FRAME])
        await asyncio.sleep(0.02)
    await watcher.until("caption", side="callee", text="Goodbye", done=True)
    await watcher.socket.send_json({"do": "hang_up", "line": 1})
    await watcher.until("line", over=True, status="completed")
    report = await finished(world, world.requester.chat.messages[1])
    assert "0:" in report.text
    # What the page plays is what was on the line.
    assert [one.text for one in spoken(call.callee_audio, "callee")] == ["Who is this?", "Goodbye"]
    assert len(watcher.audio) == len(call.callee_audio) + len(call.agent_audio)
    names = {entry.name for entry in wires.since(0)}
    assert {"start", "media", "mark", "session.updated", "response.done"} <= names
    assert SILENCE in watcher.audio


@pytest.mark.daily
async def test_a_call_can_be_left_to_the_voicemail(world: World, watcher: Watcher) -> None:
    card = await order(world)
    await place(world, card)
    await watcher.until("line", status="ringing")
    await watcher.socket.send_json({"do": "pick_up", "line": 1, "how": "voicemail"})
    report = await finished(world, card)
    assert "Only an answering machine picked up" in report.text


async def test_a_phone_that_nobody_picks_up_rings_for_the_calls_own_time(world: World, watcher: Watcher) -> None:
    card = await order(world)
    call = await place(world, card)
    report = await finished(world, card)
    assert "Nobody answered" in report.text
    assert call.ended_at is not None
    assert call.ended_at - call.created_at == pytest.approx(call.request.timeout_s, abs=1)
