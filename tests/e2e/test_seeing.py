"""A call is seen as it runs and afterwards: its figures in /calls, its line in the log, its metrics, its picture."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.log_lines import LogLine
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import answer_to, connected, finished, order, place, running, tell
from tests.e2e.group import a_group
from tests.e2e.test_process import free_port

TOKEN = "prometheus-only"
HOURS = 10 * 3600.0


@dataclass
class Seen:
    """What was seen of one call."""

    before: str = ""  # /timeline, before there was any call
    listed: str = ""  # /calls, while it went on
    asked: Message | None = None  # /timeline afterwards
    replied: Message | None = None  # the same, as a reply to the call's report
    of_nothing: str = ""  # as a reply to what is no call
    in_group: str = ""  # in a group that had no call
    doors: dict[str, int] = field(default_factory=dict)  # what /metrics answered to whom
    metrics: str = ""
    log: list[str] = field(default_factory=list)


async def metrics(port: int, authorization: str, path: str = "/metrics") -> tuple[int, str]:
    headers = {"Authorization": authorization} if authorization else {}
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer:
        return answer.status, await answer.text()


async def picture(world: World, reply_to: Message | None = None) -> Message:
    """It is drawn in a thread, for which the clock does not wait."""
    said = world.requester.say("/timeline", reply_to=reply_to)
    return await world.requester.wait_for(lambda m: m.photo, after=said, timeout=HOURS)


async def a_call(world: World) -> Seen:
    seen = Seen()
    seen.before = (await answer_to(world, "/timeline")).text
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(12)
    seen.listed = (await answer_to(world, "/calls")).text
    report = await finished(world, live)
    seen.asked = await picture(world)
    seen.replied = await picture(world, report)
    note = world.requester.chat.messages[0]
    seen.of_nothing = (await answer_to(world, "/timeline", reply_to=note)).text
    group = await a_group(world, [world.requester])
    seen.in_group = (await group.say("/timeline@ringback_bot", by=world.requester)).text
    for who, shown in (("nobody", ""), ("another", "Bearer prometheus-onl"), ("basic", f"Basic {TOKEN}")):
        seen.doors[who], _ = await metrics(world.port, shown)
    seen.doors["prometheus"], seen.metrics = await metrics(world.port, f"Bearer {TOKEN}")
    return seen


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(LogLine().format(record))  # type: ignore[method-assign]
    logger = logging.getLogger("bridge.switchboard")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        told = tell(a_call, tmp_path_factory.mktemp("seen"), metrics_token=TOKEN)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    told.log = lines
    return told


def picture_of(message: Message | None) -> Image.Image:
    assert message is not None
    assert message.photo is not None
    return Image.open(BytesIO(message.photo.data))


@pytest.mark.daily
def test_an_admin_sees_the_figures_of_a_call_that_goes_on(seen: Seen) -> None:
    row = seen.listed.splitlines()[1]
    assert re.search(
        r"Trattoria Roma – connected 0:1\d.* · \$0\.\d\d, replies in [\d,]+ ms \(95 %: [\d,]+ ms\), never", row
    )


@pytest.mark.daily
def test_the_last_call_is_shown_as_a_picture(seen: Seen) -> None:
    image = picture_of(seen.asked)
    assert image.format == "PNG"
    assert image.width == 1280
    assert seen.asked is not None
    assert seen.asked.silent
    title, replies = seen.asked.text.splitlines()[:2]
    assert re.fullmatch(r"⏱ Trattoria Roma · 0:\d\d on the phone", title)
    assert re.match(r"The agent's replies: half of them within [\d,]+ ms, 95 % within [\d,]+ ms", replies)


@pytest.mark.daily
def test_a_reply_to_a_calls_report_shows_that_call(seen: Seen) -> None:
    assert picture_of(seen.replied).tobytes() == picture_of(seen.asked).tobytes()


@pytest.mark.daily
def test_where_there_is_no_call_to_show_that_is_said(seen: Seen) -> None:
    assert seen.before == "No call of this chat was answered and is over yet."
    assert seen.of_nothing.startswith("That message is of no call")


@pytest.mark.daily
def test_a_chats_calls_are_not_shown_in_another(seen: Seen) -> None:
    assert seen.in_group == "No call of this chat was answered and is over yet."


@pytest.mark.daily
def test_a_call_that_is_over_is_one_line_of_figures(seen: Seen) -> None:
    [line] = [line for line in seen.log if " call ended " in line]
    for name in ("call", "reason", "ring_s", "talk_s", "turns", "replies", "reply_p50_ms", "reply_p95_ms", "cost_usd"):
        assert re.search(rf" {name}=\S+", line)
    assert " reason=goodbye " in line
    assert " barge_ins=0 " in line


def test_metrics_are_for_who_has_the_token(seen: Seen) -> None:
    assert seen.doors == {"nobody": 401, "another": 401, "basic": 401, "prometheus": 200}


def test_metrics_tell_of_the_call_in_codes(seen: Seen) -> None:
    for line in (
        'ringback_calls_ended_total{reason="goodbye"} 1.0',
        'ringback_calls_ended_total{reason="busy"} 0.0',
        "ringback_calls_going_on 0.0",
        "ringback_accepting_calls 1.0",
        "ringback_call_talk_seconds_count 1.0",
    ):
        assert line in seen.metrics.splitlines()
    assert "ringback_reply_latency_seconds_bucket" in seen.metrics
    assert not re.search(r"Roma|Shane|5552671|1001", seen.metrics)


async def test_without_a_token_or_a_port_there_are_no_metrics(world: World, app: Any) -> None:
    assert (await metrics(app.port, f"Bearer {TOKEN}"))[0] == 404


@pytest.fixture
async def own_port(world: World, tmp_path: Path) -> AsyncIterator[tuple[int, int]]:
    port = free_port()
    async with running(world, tmp_path, metrics_port=port) as app:
        yield port, app.port


async def test_metrics_have_a_port_of_their_own_where_one_is_set(own_port: tuple[int, int]) -> None:
    port, everybodys = own_port
    status, told = await metrics(port, "")
    assert status == 200
    assert "ringback_accepting_calls 1.0" in told
    assert (await metrics(port, "", "/healthz"))[0] == 404
    assert (await metrics(everybodys, ""))[0] == 404
