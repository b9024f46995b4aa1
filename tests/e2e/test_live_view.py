"""The live view: what it shows of a long call, and what it does when Telegram will not take it."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from sandbox.brain import RuleMind
from sandbox.mind import Reply
from sandbox.telegram import Message
from sandbox.telegram.text import utf16_length
from sandbox.world import World
from tests.e2e.chat import (
    HUMAN_S,
    REQUEST,
    SHORT,
    Called,
    Provoked,
    called,
    check_the_wires,
    connected,
    finished,
    from_bot,
    is_report,
    labels,
    on_the_line,
    order,
    place,
    press,
    running,
    shown,
    statuses,
    tell,
    told_by,
    turns,
)
from tests.e2e.group import FAMILY, a_group

WRITES = {"sendMessage", "editMessageText", "editMessageReplyMarkup", "sendDocument", "sendVoice"}


def writes(world: World) -> list[float]:
    """When the bot wrote or edited something in a chat."""
    return [request.time for request in world.telegram.requests if request.method in WRITES]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("plain")
    return tell(lambda world: called(world, folder), folder)


@pytest.mark.daily
def test_the_edit_budget_of_a_chat_is_kept(plain: Called) -> None:
    edits = [edit.time for edit in plain.live.edits]
    assert min(later - sooner for sooner, later in itertools.pairwise(edits)) >= 1.19
    times = writes(plain.world)
    assert all(sum(1 for at in times if start <= at < start + 10) <= 12 for start in times)


@pytest.mark.daily
def test_a_turn_is_seen_while_it_is_spoken(plain: Called) -> None:
    longest = max((u for u in on_the_line(plain.call) if u.party == "agent"), key=lambda u: u.ended_ms - u.began_ms)
    began = (plain.call.answered_at or 0) + longest.began_ms / 1000
    seen = next(edit.time for edit in plain.live.edits if longest.text[:10] in edit.text)
    assert seen < began + 2.5


@pytest.mark.daily
def test_the_cost_so_far_is_shown_and_rises(plain: Called) -> None:
    shown_usd = [
        float(found[1]) for status in statuses(plain.live) if (found := re.search(r" · \$(\d\.\d\d)$", status))
    ]
    assert len(set(shown_usd)) >= 3
    assert shown_usd == sorted(shown_usd)
    [billed] = re.findall(r"cost about \$(\d\.\d\d)$", plain.report.text)
    assert shown_usd[-1] <= float(billed)
    assert not statuses(plain.live)[-1].endswith(shown_usd[-1].__format__(".2f"))  # the report tells it in full


@pytest.mark.daily
def test_the_time_on_the_phone_is_shown_and_goes_on_by_itself(plain: Called) -> None:
    assert statuses(plain.live)[0] in ("dialling…", "ringing…")
    seconds = [int(found[1]) for status in statuses(plain.live) if (found := re.search(r"connected 0:(\d\d)", status))]
    assert seconds == sorted(seconds)
    assert max(later - sooner for sooner, later in itertools.pairwise(seconds)) <= 6


# What may ring


HOLD = "call the Harbour Hotel on +1 415 555 0114 and book a table for two at 8pm, name Anna"
ASKS = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"


def rings(world: World) -> list[str]:
    """The beginnings of what rang, after the card: that answers the requester's own message."""
    return [message.text.splitlines()[0] for message in from_bot(world) if not message.silent][1:]


async def test_somebody_back_from_hold_and_the_report_ring_and_nothing_else(world: World, app: App) -> None:
    live = await order(world, HOLD)
    await place(world, live)
    report = await finished(world, live)
    held = [status for status in statuses(live) if " · on hold 0:" in status]
    assert held
    assert re.fullmatch(r"connected \d:\d\d · on hold \d:\d\d · \$0\.\d\d", held[-1])
    back = "📞 the Harbour Hotel: somebody is back on the line."
    assert rings(world) == [back, report.text.splitlines()[0]]


async def test_a_question_and_the_report_ring_and_nothing_else(world: World, app: App) -> None:
    live = await order(world, ASKS)
    await place(world, live)
    question = await shown(world, "❓")
    await world.requester.wait_for(lambda m: m is live and "· waiting for your answer ·" in m.text)
    await press(world, question, "Yes, 9:30 tonight is fine")
    await world.requester.wait_for(lambda m: m is live and "waiting for your answer" not in m.text)
    report = await finished(world, live)
    assert rings(world) == [question.text.splitlines()[0], report.text.splitlines()[0]]


# In a group


async def test_a_group_is_written_to_at_most_twenty_times_a_minute(world: World, app: App) -> None:
    """Two calls go on at once, one of which asks something: the sandbox refuses the twenty-first."""
    group = await a_group(world, [world.requester])
    one = await group.order(ASKS, by=world.requester)
    await group.place(one, by=world.requester)
    other = await group.order(HOLD, by=world.requester)
    await group.place(other, by=world.requester)
    for live in (one, other):
        await group.finished(live)
    times = [r.time for r in world.telegram.requests if r.method in WRITES and r.params.get("chat_id") == str(FAMILY)]
    assert max(sum(1 for at in times if start <= at < start + 60) for start in times) <= 20


async def test_a_live_view_in_a_group_is_edited_less_often(world: World, app: App) -> None:
    group = await a_group(world, [world.requester])
    live = await group.order(REQUEST, by=world.requester)
    call = await group.place(live, by=world.requester)
    await group.finished(live)
    edits = [edit.time for edit in live.edits]
    assert min(later - sooner for sooner, later in itertools.pairwise(edits)) >= 4.49
    assert [text for _, text in turns(live.text)] == [u.text for u in on_the_line(call)]


# Stop


async def test_stop_ends_the_call_with_a_goodbye_and_leaves_no_button(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    assert labels(live) == ["stop", "join the call"]
    assert await press(world, live, "Stop") == "Hanging up. Press again to cut the line at once."
    report = await finished(world, live)
    assert "you ended it" in report.text
    assert told_by(turns(live.text), "agent")[-1] == "Thank you, goodbye!"
    assert not live.keyboard


# A call with much to say


class Effusive(RuleMind):
    """Says everything with many silent flourishes: an hour's worth of text in a minute."""

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        plain = super().reply(instructions=instructions, items=items, tools=tools, tool_choice=tool_choice)
        return Reply(tuple(f"{'🎺' * 400} {'🎉' * 400} {text}" for text in plain.texts), plain.tool_calls)


class TestAnEffusiveCall:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        async with World(mind=Effusive()) as world:
            yield world
            check_the_wires(world)

    async def pages(self, world: World, live: Message) -> list[Message]:
        return [message for message in from_bot(world) if message.id >= live.id and not is_report(message)]

    async def test_it_rolls_over_at_4096_units_and_loses_nothing(self, world: World, app: App) -> None:
        live = await order(world)
        call = await place(world, live)
        await finished(world, live)
        pages = await self.pages(world, live)
        assert len(pages) >= 2
        assert all(utf16_length(page.text) <= 4096 for page in pages)
        said = "\n".join(page.text for page in pages)
        for utterance in on_the_line(call):
            assert utterance.text in said
        assert said.count("🎺") == said.count("🎉") == 400 * len(told_by(turns(said), "agent"))

    async def test_only_the_last_page_has_a_button_and_no_page_rings(self, world: World, app: App) -> None:
        live = await order(world)
        await place(world, live)
        second = await world.requester.wait_for(lambda m: m.id > live.id and "stop" in labels(m))
        await world.requester.wait_for(lambda m: m is live and not m.keyboard)
        assert second.silent
        await finished(world, live)
        await asyncio.sleep(5)
        assert not [labels(page) for page in await self.pages(world, live) if page.keyboard]

    async def test_a_reply_to_any_page_is_a_whisper(self, world: World, app: App) -> None:
        live = await order(world)
        await place(world, live)
        second = await world.requester.wait_for(lambda m: m.id > live.id and "stop" in labels(m))
        await asyncio.sleep(HUMAN_S)
        whisper = world.requester.say("also ask whether there is parking", reply_to=second)
        await finished(world, live)
        assert whisper.reactions == ["👍"]


# Telegram in trouble


async def test_a_429_is_waited_out_and_the_last_text_is_complete(
    world: World, app: App, provoked: Provoked, tmp_path: Path
) -> None:
    provoked.telegram = True
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    world.telegram.fail_next("editMessageText", 429, times=2, retry_after=8)
    await finished(world, live)
    refused = [r.time for r in world.telegram.requested("editMessageText") if not r.ok]
    assert len(refused) == 2
    for at in refused:
        assert not [other for other in world.telegram.requested("editMessageText") if at < other.time < at + 8]
    [call] = world.twilio.calls.values()
    assert [text for _, text in turns(live.text)] == [u.text for u in on_the_line(call)]


async def test_telegram_down_for_twenty_seconds_loses_nothing(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    world.telegram.fail_next("*", 0, times=100_000)
    await asyncio.sleep(20)
    world.telegram._faults.clear()
    report = await finished(world, live)
    assert report.text.startswith("✅ Booked: 7:45pm")
    assert [text for _, text in turns(live.text)] == [u.text for u in on_the_line(call)]
    assert len([message for message in from_bot(world) if is_report(message)]) == 1


async def test_telegram_down_at_the_end_of_a_call_delays_the_report_and_no_more(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.telegram = True
    live = await order(world, SHORT)
    call = await place(world, live)
    await connected(world, live)
    world.telegram.fail_next("*", 502, times=100_000)
    await call.ended.wait()
    await asyncio.sleep(20)
    world.telegram._faults.clear()
    report = await finished(world, live)
    assert "they hung up" in report.text


async def test_a_live_view_that_was_deleted_does_not_keep_the_report_back(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.telegram = True
    live = await order(world, SHORT)
    await place(world, live)
    await connected(world, live)
    live.deleted = True
    report = await shown(world, "they hung up")
    assert is_report(report)


async def test_who_blocks_the_bot_during_a_call_gets_the_report_after_the_next_start(
    world: World, provoked: Provoked, tmp_path: Path
) -> None:
    provoked.telegram = True
    async with running(world, tmp_path):
        live = await order(world, SHORT)
        call = await place(world, live)
        await connected(world, live)
        world.requester.block()
        await call.ended.wait()
        await asyncio.sleep(60)
    world.requester.unblock()
    async with running(world, tmp_path):
        report = await world.requester.wait_for(is_report)
    assert "they hung up" in report.text


async def test_what_telegram_did_but_did_not_confirm_is_not_taken_for_undone(
    world: World, app: App, provoked: Provoked, tmp_path: Path
) -> None:
    provoked.telegram = True
    live = await order(world, REQUEST)
    await place(world, live)
    await connected(world, live)
    world.telegram.fail_next("editMessageText", 0, times=3, done=True)  # then the next is "not modified", or newer
    report = await finished(world, live)
    assert "Booked" in report.text
