"""Busy or not answered: again when somebody presses for it, or by itself where the card said so."""

import asyncio
from pathlib import Path

import pytest

from bot.store import Store
from sandbox.callee import phone_book
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    SHORT,
    Provoked,
    answer_to,
    data_of,
    finished,
    from_bot,
    is_card,
    is_report,
    labels,
    order,
    place,
    press,
    press_data,
    shown,
    wall_clock,
)
from tests.e2e.group import a_group
from tests.e2e.later import at, began, is_plan, killed, running_later, texts, until

RETRIES = ["now", "in 15 min", "in 1 h"]
STUBBORN = f"{BUSY}, if busy try again every 10 minutes, up to 2 times"
JOE = "+14155550107"


async def busy(world: World, request: str = BUSY) -> Message:
    """A call that reaches nobody; its report."""
    card = await order(world, request)
    await place(world, card)
    return await finished(world, card)


def from_now_on_answered(world: World) -> None:
    somebody = phone_book()
    world.twilio._answerer = lambda _: somebody(JOE)


def reports(world: World) -> list[Message]:
    return [message for message in from_bot(world) if is_report(message)]


async def retry_planned(world: World, after: Message) -> Message:
    return await world.requester.wait_for(lambda m: m.text.startswith("I try again"), after=after)


# By a press


@pytest.mark.daily
@pytest.mark.parametrize("number", ["0102", "0103"], ids=["busy", "no answer"])
async def test_a_call_that_reached_nobody_can_be_placed_again_at_once_and_once_only(
    world: World, tmp_path: Path, number: str
) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, BUSY.replace("0102", number))
        assert labels(report)[:3] == RETRIES
        assert await press(world, report, "Now") == "Dialling"
        await began(world, times=2)
        again = await world.requester.wait_for(is_report, after=report)
        assert await press(world, report, "Now") == "You have chosen already."
        assert await press(world, report, "In 15 min") == "You have chosen already."
        assert labels(again)[:3] == RETRIES
        await until(at(13))
    assert len(world.twilio.calls) == 2


async def test_a_call_can_be_placed_again_in_a_quarter_of_an_hour(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world)
        pressed = wall_clock()()
        assert (await press(world, report, "In 15 min")).startswith("Planned: today, Mon, Nov 23, 12:15")
        planned = await world.requester.wait_for(lambda m: m.reply_to is report)
        assert planned.silent
        assert labels(planned) == ["call now instead", "cancel"]
        await until(pressed + 15 * 60)
        assert len(world.twilio.calls) == 1
        await began(world, times=2)
        await world.requester.wait_for(is_report, after=planned)


async def test_a_retry_that_is_planned_can_be_cancelled(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world)
        await press(world, report, "In 1 h")
        planned = await world.requester.wait_for(lambda m: m.reply_to is report)
        assert await press(world, planned, "Cancel") == "Cancelled. Nothing was dialled."
        await until(at(14))
    assert len(world.twilio.calls) == 1


async def test_a_retry_that_is_changed_by_a_reply_keeps_its_time(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world)
        await press(world, report, "In 1 h")
        planned = await world.requester.wait_for(lambda m: m.reply_to is report)
        await asyncio.sleep(2)
        card = await answer_to(world, "make it for five", reply_to=planned)
        assert is_plan(card)
        assert "🕘 today, Mon, Nov 23, 1:00 PM (New York)" in card.text
        assert "5 people" in card.text


async def test_only_the_requester_and_admins_try_again(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        mallory = world.telegram.person(2002, "Mallory")
        await answer_to(world, "/allow 2002 caller")
        group = await a_group(world, [world.requester, mallory])
        card = await group.order(BUSY, by=world.requester)
        await group.place(card, by=world.requester)
        report = await group.finished(card)
        assert "Shane" in await press(world, report, "Now", by=mallory)
        assert len(world.twilio.calls) == 1


async def test_a_call_that_reached_somebody_is_not_tried_again_by_a_forged_press(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await order(world, SHORT)
        await place(world, card)
        report = await finished(world, card)
        again = data_of(report, "Call again")
        for data in (
            again.replace("again", "retry=0"),
            again.replace("again", "retry=5"),
            again.replace("again", "retry"),
        ):
            assert await press_data(world, report, data) == "This button has no use any more."
    assert len(world.twilio.calls) == 1


async def test_a_retry_at_a_time_that_is_too_late_is_refused_with_a_card_for_when_it_may_be(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path, quiet_hours="10:00-11:30"):  # noon in New York is nine there
        report = await busy(world)
        assert "It will be 10:0" in await press(world, report, "In 1 h")
        card = await world.requester.wait_for(is_plan, after=report)
        assert "🕘 today, Mon, Nov 23, 2:30 PM (New York)" in card.text
        assert await press(world, report, "Now") == "Dialling"
        await began(world, times=2)


async def test_a_retry_outlives_the_process(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world)
        await press(world, report, "In 15 min")
    async with running_later(world, tmp_path):
        await until(at(12, 16))
        await began(world, times=2)
        await world.requester.wait_for(is_report, after=report)
    assert len(world.twilio.calls) == 2


# By itself


async def test_a_call_whose_card_says_so_is_tried_again_until_its_tries_are_used_up(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path):
        card = await order(world, STUBBORN)
        assert "🔁 If busy or not answered: again up to 2 times, 10 min apart" in card.text
        await place(world, card)
        report = await finished(world, card)
        assert labels(report)[0] == "call again"
        first = await retry_planned(world, report)
        assert first.text == "I try again today, Mon, Nov 23, 12:10 PM (New York), 2 tries are left."
        assert first.reply_to is report
        assert first.silent
        assert labels(first) == ["call now instead", "no more tries"]
        await until(at(12, 11))
        second = await retry_planned(world, first)
        assert second.text == "I try again today, Mon, Nov 23, 12:20 PM (New York), the last time."
        assert not first.keyboard
        await until(at(12, 21))
        last = await world.requester.wait_for(is_report, after=second)
        assert labels(last)[:3] == RETRIES
        await until(at(14))
    assert len(world.twilio.calls) == 3
    assert len(reports(world)) == 3


async def test_it_is_not_tried_again_once_somebody_answered(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, STUBBORN)
        first = await retry_planned(world, report)
        from_now_on_answered(world)
        await until(at(12, 11))
        await world.requester.wait_for(is_report, after=first)
        await until(at(14))
    assert len(world.twilio.calls) == 2


async def test_no_more_tries_is_no_more_tries(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, STUBBORN)
        first = await retry_planned(world, report)
        assert await press(world, first, "No more tries") == "No more tries."
        await world.requester.wait_for(lambda m: m is first and m.text == "✖️ Luigi\nNo more tries.")
        assert not first.keyboard
        await until(at(14))
    assert len(world.twilio.calls) == 1


async def test_the_next_try_can_be_made_at_once(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, STUBBORN)
        first = await retry_planned(world, report)
        assert await press(world, first, "Call now instead") == "Dialling"
        await began(world, times=2)
        second = await retry_planned(world, first)
        assert "the last time" in second.text


async def test_a_try_that_may_not_be_made_is_told_and_ends_the_trying(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, quiet_hours="09:05-11:30"):
        report = await busy(world, STUBBORN)
        told = await shown(world, "I do not try Luigi again: It will be 9:10 AM there (Los Angeles)")
        assert told.reply_to is report
        card = await world.requester.wait_for(is_plan, after=told)
        assert "🕘 today, Mon, Nov 23, 2:30 PM (New York)" in card.text
        await until(at(15))
    assert len(world.twilio.calls) == 1


async def test_a_number_that_was_barred_meanwhile_is_not_tried_again(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, STUBBORN)
        first = await retry_planned(world, report)
        await answer_to(world, "/donotcall add +1 415 555 0102")
        await until(at(12, 11))
        told = await shown(world, "I did not call Luigi as planned")
        assert told.reply_to is first
        card = await world.requester.wait_for(is_card, after=told)
        assert "do-not-call list" in await press(world, card, "Call")
        await until(at(14))
    assert len(world.twilio.calls) == 1


async def test_the_next_try_outlives_the_process(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        report = await busy(world, STUBBORN)
        await retry_planned(world, report)
    async with running_later(world, tmp_path):
        await until(at(12, 11))
        await began(world, times=2)
        await until(at(12, 21))
        await began(world, times=3)
        await until(at(14))
    assert len(world.twilio.calls) == 3


@pytest.mark.parametrize("step", ["follow_up", "advance"], ids=["reported", "planned"])
async def test_who_dies_after_the_report_plans_the_next_try_once(
    world: World, tmp_path: Path, provoked: Provoked, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Its report comes twice then, and its next try once."""
    provoked.telegram = True  # the live view is brought to its end a second time: "message is not modified"
    before = tmp_path / "before"
    before.mkdir()
    usual = getattr(Store, step)

    async def dies(*args: object, **changes: object) -> object:
        if step == "follow_up" or "reported" in args:
            await asyncio.Event().wait()
        return await usual(*args, **changes)

    with monkeypatch.context() as patch:
        patch.setattr(Store, step, dies)
        async with running_later(world, before):
            card = await order(world, STUBBORN)
            await place(world, card)
            await world.requester.wait_for(is_report, after=card)
            await asyncio.sleep(5)
            after = killed(before, tmp_path / "after")
    async with running_later(world, after):
        await until(at(12, 11))
        await began(world, times=2)
        await asyncio.sleep(60)
    assert len(world.twilio.calls) == 2
    assert sum("2 tries are left" in text for text in texts(world)) == 1
