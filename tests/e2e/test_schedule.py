"""Calls for later: placed at their time, once, whatever happens to the process; and what is said when they are not."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dispatch import Dispatch
from bot.ledger import Ledger
from bot.reporting import Reporting
from bot.schedule import Schedule
from bridge.carrier import TwilioCarrier
from bridge.errors import CarrierError
from bridge.journal import Journal
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    Provoked,
    answer_to,
    connected,
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
from tests.e2e.later import (
    LATER,
    WHEN,
    at,
    began,
    is_plan,
    killed,
    order_later,
    plan,
    running_later,
    texts,
    until,
)

NOW_OR_NOT = ["call now instead", "cancel"]


# From the card to the call


@pytest.mark.daily
async def test_a_call_for_tomorrow_is_planned_and_placed_at_its_time(world: World, tmp_path: Path) -> None:
    when, nine = "tomorrow, Tue, Nov 24, 9:00 AM (New York)", at(9, day=24)
    async with running_later(world, tmp_path):
        card = await order_later(world, LATER.replace("today at 2pm", "tomorrow at 9"))
        assert f"🕘 {when}" in card.text.splitlines()
        assert labels(card)[:2] == ["plan the call", "call now instead"]
        assert await press(world, card, "Plan the call") == f"Planned: {when}."
        await world.requester.wait_for(lambda m: m is card and f"🕘 Planned for {when}." in m.text)
        assert labels(card) == NOW_OR_NOT
        await until(nine - 1)
        assert not world.twilio.calls
        call = await began(world)
        assert call.request.to == "+14155550102"
        assert 0 <= wall_clock()() - nine < 10
        live = await world.requester.wait_for(lambda m: m.reply_to is card)
        report = await finished(world, live)
    assert live.silent
    assert "Busy: nobody was reached." in report.text
    assert not card.keyboard
    assert len(world.twilio.calls) == 1


@pytest.mark.daily
async def test_a_planned_call_says_so_before_it_is_shown(world: World, tmp_path: Path) -> None:
    said = []
    world.telegram.listen(lambda change: said.append(change.message.text) if change.message else None)
    async with running_later(world, tmp_path):
        card = await plan(world)
        await until(at(14))
        await began(world)
        await finished(world, card)
    assert "🕘 Calling Luigi as planned." in said


@pytest.mark.daily
async def test_a_second_press_plans_nothing_more(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await order_later(world)
        button = data_of(card, "Plan the call")
        await press(world, card, "Plan the call")
        assert await press_data(world, card, button) == "This call is planned already."


async def test_planned_calls_are_placed_in_order(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        await plan(world, LATER.replace("2pm", "2:02pm"))
        await plan(world, LATER.replace("0102", "0103"))
        await until(at(14, 2))
        await began(world, times=2)
    assert [call.request.to for call in world.twilio.calls.values()] == ["+14155550103", "+14155550102"]


async def test_call_now_instead_places_a_card_for_later_at_once_and_only_once(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await order_later(world)
        assert await press(world, card, "Call now instead") == "Dialling"
        await finished(world, card)
        await until(at(14, 15))
    assert len(world.twilio.calls) == 1


async def test_a_planned_call_can_be_placed_before_its_time_and_is_not_placed_again(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path):
        card = await plan(world)
        button = data_of(card, "Call now instead")
        assert await press(world, card, "Call now instead") == "Dialling"
        await finished(world, card)
        assert await press_data(world, card, button) == "This call has been placed already."
        await until(at(14, 15))
    assert len(world.twilio.calls) == 1


async def test_a_planned_call_that_is_cancelled_is_not_placed(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await plan(world)
        button = data_of(card, "Cancel")
        assert await press(world, card, "Cancel") == "Cancelled. Nothing was dialled."
        await world.requester.wait_for(lambda m: m is card and m.text == "✖️ Luigi\nCancelled. Nothing was dialled.")
        assert not card.keyboard
        assert await press_data(world, card, button) == "This card is no longer open."
        other = await plan(world)
        assert (await answer_to(world, "cancel it", reply_to=other)).text == "Cancelled. Nothing was dialled."
        await world.requester.wait_for(lambda m: m is other and m.text.startswith("✖️ Luigi") and not m.keyboard)
        await until(at(14, 15))
    assert not world.twilio.calls


async def test_only_the_requester_and_admins_touch_a_plan(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        mallory, eve = world.telegram.person(2002, "Mallory"), world.telegram.person(3003, "Eve")
        await answer_to(world, "/allow 2002 caller")
        await answer_to(world, "/allow 3003 caller")
        group = await a_group(world, [world.requester, mallory, eve])
        said = await group.said(f"@ringback_bot {LATER}", by=mallory)
        card = await group.chat.wait_for(is_plan, after=said)
        assert "Mallory" in await press(world, card, "Plan the call", by=eve)
        await press(world, card, "Plan the call", by=mallory)
        await group.chat.wait_for(lambda m: m is card and "Planned for" in m.text)
        assert "5550102" not in card.text.replace("-", "")
        assert "Mallory" in await press(world, card, "Cancel", by=eve)
        assert await press(world, card, "Cancel") == "Cancelled. Nothing was dialled."


async def test_every_monday_is_planned_once_and_said_so(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        await order_later(world, LATER.replace("today", "every Tuesday"))
        assert any("cannot repeat calls by myself" in text for text in texts(world))


# A plan that is changed


async def test_a_plan_that_is_changed_by_a_reply_keeps_its_time_and_is_confirmed_anew(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
        await asyncio.sleep(2)
        said = world.requester.say("make it for five", reply_to=planned)
        card = await world.requester.wait_for(is_plan, after=said)
        assert WHEN in card.text
        assert "5 people" in card.text
        await world.requester.wait_for(lambda m: m is planned and "Changed, so no longer planned" in m.text)
        assert not planned.keyboard
        await press(world, card, "Plan the call")
        await until(at(14))
        await began(world)
        await finished(world, card)
    assert len(world.twilio.calls) == 1


async def test_a_plan_that_was_changed_and_not_confirmed_again_is_not_placed(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
        await asyncio.sleep(2)
        card = await answer_to(world, "make it for five", reply_to=planned)
        await until(at(14, 5))
        assert not world.twilio.calls
        assert "is over. Tell me when to call instead" in await press(world, card, "Plan the call")


async def test_words_that_change_nothing_leave_the_plan_as_it_was(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
        await asyncio.sleep(2)
        assert "stays as it is" in (await answer_to(world, "thanks a lot", reply_to=planned)).text
        assert labels(planned) == NOW_OR_NOT
        await until(at(14))
        await began(world)


async def test_an_edited_request_takes_its_plan_back(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        await asyncio.sleep(2)
        said = world.requester.say(LATER)
        card = await world.requester.wait_for(is_plan, after=said)
        await press(world, card, "Plan the call")
        await asyncio.sleep(2)
        world.requester.edit(said, LATER.replace("2pm", "3pm"))
        changed = await world.requester.wait_for(is_plan, after=card)
        assert "3:00 PM" in changed.text
        await until(at(14, 5))
    assert not world.twilio.calls


# Another process


async def test_a_plan_outlives_the_process(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await plan(world)
    await until(at(13))
    async with running_later(world, tmp_path):
        await until(at(14) - 1)
        assert not world.twilio.calls
        await began(world)
        await finished(world, card)
    async with running_later(world, tmp_path):
        await until(at(14, 15))
    assert len(world.twilio.calls) == 1


async def test_a_call_that_is_not_too_late_is_placed_all_the_same(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await plan(world)
    await until(at(14, 9))
    async with running_later(world, tmp_path):
        await began(world)
        await finished(world, card)


async def test_a_call_that_was_missed_is_told_once_and_can_be_placed_from_a_new_card(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
    await until(at(14, 11))
    async with running_later(world, tmp_path):
        card = await world.requester.wait_for(is_card, after=planned)
        missed = await shown(world, "I was not running at the time")
        assert missed.text == (
            "I was not running at the time (today, Mon, Nov 23, 2:00 PM (New York)), so I did not call Luigi. "
            "Press Call to call now."
        )
        assert missed.reply_to is planned
        await world.requester.wait_for(lambda m: m is planned and not m.keyboard)
        assert not world.twilio.calls
    async with running_later(world, tmp_path):
        await asyncio.sleep(30)
        assert sum("I was not running" in text for text in texts(world)) == 1
        await place(world, card)
        await finished(world, card)


async def test_a_process_that_is_being_shut_down_leaves_a_plan_to_the_next(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        await plan(world, LATER.replace("today at 2pm", "in a minute"))
        await until(at(12) + 40)
        live = await order(world, REQUEST)
        await place(world, live)
        await connected(world, live)
    assert wall_clock()() > at(12, 1)  # the call went on for longer
    assert len(world.twilio.calls) == 1
    await asyncio.sleep(10)  # the next process does not know how much Telegram takes just now
    async with running_later(world, tmp_path):
        await began(world, times=2)
    assert len([m for m in from_bot(world) if is_report(m)]) == 2


@contextlib.contextmanager
def between_announcement_and_gate(patch: pytest.MonkeyPatch, what: Callable[[], Awaitable[object]]) -> Iterator[None]:
    usual = Schedule._announced

    async def announced(schedule: Schedule, *given: Any) -> int:
        message_id = await usual(schedule, *given)
        await what()
        return message_id

    with patch.context() as patched:
        patched.setattr(Schedule, "_announced", announced)
        yield


async def test_a_process_that_is_shut_down_after_the_announcement_leaves_the_call_to_the_next(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with between_announcement_and_gate(monkeypatch, lambda: asyncio.sleep(10)):
        async with running_later(world, tmp_path):
            planned = await plan(world)
            await until(at(14))
            live = await shown(world, "🕘 Calling Luigi as planned.")
    assert not world.twilio.calls
    async with running_later(world, tmp_path):
        await began(world)
        await finished(world, live)
    assert sum(m.reply_to is planned for m in from_bot(world)) == 1


async def test_a_plan_that_is_cancelled_in_the_moment_of_its_announcement_is_not_placed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
        with between_announcement_and_gate(monkeypatch, lambda: press(world, planned, "Cancel")):
            await until(at(14, 1))
        live = await world.requester.wait_for(lambda m: m.reply_to is planned)
        assert live.text == "✖️ Luigi\nCancelled. Nothing was dialled."
        await until(at(14, 15))
    assert not world.twilio.calls


async def test_a_plan_that_is_placed_by_a_press_in_the_moment_of_its_announcement_is_placed_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
        with between_announcement_and_gate(monkeypatch, lambda: press(world, planned, "Call now instead")):
            await until(at(14, 1))
        live = await world.requester.wait_for(lambda m: m.reply_to is planned)
        assert live.text == "📞 Luigi\nThis call has been placed already."
        await finished(world, planned)
    assert len(world.twilio.calls) == 1


def hanging(patch: pytest.MonkeyPatch, owner: type, name: str) -> Callable[[], bool]:
    """The step is begun and never done. Whether it was begun."""
    reached: list[bool] = []

    async def hangs(*_: object, **__: object) -> None:
        reached.append(True)
        await asyncio.Event().wait()

    patch.setattr(owner, name, hangs)
    return lambda: bool(reached)


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        (Schedule, "_announced"),
        (Dispatch, "place"),
        (Ledger, "reserve"),
        (Journal, "confirm"),
    ],
    ids=["planned", "announced", "gated", "reserved"],
)
async def test_who_dies_before_the_dial_leaves_one_call_to_the_next(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    with monkeypatch.context() as patch:
        reached = hanging(patch, owner, step)
        async with running_later(world, before):
            planned = await plan(world)
            await until(at(14, 1))
            assert reached()
            after = killed(before, tmp_path / "after")
    assert not world.twilio.calls
    async with running_later(world, after):
        await began(world)
        await finished(world, planned)
        await until(at(14, 30))
    assert len(world.twilio.calls) == 1
    assert sum(m.reply_to is planned for m in from_bot(world)) == 1


async def test_who_dies_between_the_licence_and_the_dial_leaves_no_dial_to_the_next(
    world: World, tmp_path: Path, provoked: Provoked, monkeypatch: pytest.MonkeyPatch
) -> None:
    provoked.telegram = True  # the next one may show what this one has shown: "message is not modified"
    before = tmp_path / "before"
    before.mkdir()
    after = tmp_path / "after"
    with monkeypatch.context() as patch:

        async def dies(*_: object) -> None:
            killed(before, after)
            raise CarrierError("not sent", code=0, retryable=True)

        patch.setattr(TwilioCarrier, "place", dies)
        async with running_later(world, before):
            await plan(world)
            await until(at(14, 1))
    assert after.exists()
    async with running_later(world, after):
        await until(at(14, 30))
    assert not world.twilio.calls


async def test_who_dies_before_the_report_leaves_that_to_the_next_and_no_dial(
    world: World, tmp_path: Path, provoked: Provoked, monkeypatch: pytest.MonkeyPatch
) -> None:
    provoked.telegram = True  # the live view is brought to its end a second time: "message is not modified"
    before = tmp_path / "before"
    before.mkdir()
    with monkeypatch.context() as patch:
        reached = hanging(patch, Reporting, "report")
        async with running_later(world, before):
            await plan(world)
            await until(at(14, 1))
            assert reached()
            after = killed(before, tmp_path / "after")
    async with running_later(world, after):
        await world.requester.wait_for(is_report)
        await until(at(14, 30))
    assert sum(is_report(message) for message in from_bot(world)) == 1
    assert len(world.twilio.calls) == 1


async def test_who_dies_on_call_now_instead_does_not_dial_from_the_button_that_says_plan(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    with monkeypatch.context() as patch:

        async def dies(*_: object) -> None:
            killed(before, tmp_path / "after")
            raise OSError("disk full")

        patch.setattr(Journal, "confirm", dies)
        async with running_later(world, before):
            card = await order_later(world)
            await press(world, card, "Call now instead")
    after = tmp_path / "after"
    async with running_later(world, after):
        assert await press(world, card, "Plan the call") == "This card has changed since. Look at the newest one."
        again = await world.requester.wait_for(is_plan, after=card)
        assert WHEN in again.text
        assert not world.twilio.calls


# Refused


async def test_a_time_at_which_it_may_not_be_called_is_refused_at_once_and_another_offered(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path, quiet_hours="10:30-12:30"):
        card = await order_later(world)  # two in New York is eleven in San Francisco
        refusal = await press(world, card, "Plan the call")
        assert refusal == (
            "It will be 11:00 AM there (Los Angeles), and I do not call between 10:30 and 12:30. "
            "I can plan the call for today, Mon, Nov 23, 3:30 PM (New York)."
        )
        offer = await world.requester.wait_for(lambda m: m.text == refusal)
        label = "🕘 Plan it for today, Mon, Nov 23, 3:30 PM (New York)"
        assert (await press(world, offer, label)).startswith("Planned: today")
        await world.requester.wait_for(lambda m: m is card and "Planned for today, Mon, Nov 23, 3:30" in m.text)
        assert not offer.keyboard
        await until(at(15, 30) - 1)
        assert not world.twilio.calls
        await began(world)
        await finished(world, card)


async def test_a_call_that_is_refused_now_can_be_planned_for_later(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, quiet_hours="08:00-10:00"):
        card = await order(world, LATER.removeprefix("today at 2pm "))
        assert "I do not call between" in await press(world, card, "Call")
        offer = await world.requester.wait_for(lambda m: m.keyboard and "Plan it for today" in m.keyboard[0][0].label)
        await press(world, offer, offer.keyboard[0][0].label)
        planned = await world.requester.wait_for(lambda m: m is card and "Planned for today" in m.text)
        # The plan knows its time: a change keeps it.
        await asyncio.sleep(2)
        said = world.requester.say("make it for five", reply_to=planned)
        again = await world.requester.wait_for(is_plan, after=said)
        assert "today, Mon, Nov 23, 1:00 PM (New York)" in again.text
        await press(world, again, "Plan the call")
        await until(at(13, day=23))
        await began(world)


async def test_an_offer_to_plan_that_was_left_too_long_is_over(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, quiet_hours="08:00-10:00"):
        card = await order(world, LATER.removeprefix("today at 2pm "))
        await press(world, card, "Call")
        offer = await world.requester.wait_for(lambda m: m.keyboard and "Plan it for today" in m.keyboard[0][0].label)
        forged = data_of(offer, offer.keyboard[0][0].label)
        late = forged.replace("then=1795456800", "then=99999999999")
        assert late != forged
        assert await press_data(world, offer, late) == ("I plan calls at most 60 days ahead. Tell me an earlier time.")
        assert (
            await press_data(world, offer, forged.replace("then=1795456800", "then=x"))
            == "This card is no longer open."
        )
        await until(at(14, day=23))
        assert "is over" in await press(world, offer, offer.keyboard[0][0].label)
        await place(world, card)


async def test_a_call_that_may_not_be_placed_at_its_time_says_why_with_a_card_for_when_it_may(
    world: World, tmp_path: Path
) -> None:
    async with running_later(world, tmp_path):
        planned = await plan(world)
    await until(at(13))
    async with running_later(world, tmp_path, quiet_hours="10:30-12:30"):
        await until(at(14))
        card = await world.requester.wait_for(is_plan, after=planned)
        assert "today, Mon, Nov 23, 3:30 PM (New York)" in card.text
        reason = await shown(
            world, "I did not call Luigi as planned (today, Mon, Nov 23, 2:00 PM (New York)): It is 11:0"
        )
        assert reason.reply_to is planned
        await press(world, card, "Plan the call")
        await until(at(15, 30))
        await began(world)


async def test_who_may_not_call_any_more_has_planned_in_vain(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        mallory = world.telegram.person(2002, "Mallory")
        await answer_to(world, "/allow 2002 caller")
        await plan(world, by=mallory)
        await answer_to(world, "/allow 2002 watcher")
        await until(at(14))
        await shown(world, "I did not call Luigi as planned", by=mallory)
    assert not world.twilio.calls


async def test_a_chat_that_is_gone_keeps_no_other_plan_from_its_time(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True
    async with running_later(world, tmp_path):
        mallory = world.telegram.person(2002, "Mallory")
        await answer_to(world, "/allow 2002 caller")
        await plan(world, by=mallory)
        await plan(world, LATER.replace("0102", "0103"))
        mallory.block()
        await until(at(14))
        await began(world)
        await until(at(14, 15))
    assert [call.request.to for call in world.twilio.calls.values()] == ["+14155550103"]


async def test_a_telegram_that_is_down_at_the_time_is_tried_again(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True
    async with running_later(world, tmp_path):
        await plan(world)
        await until(at(14) - 5)
        world.telegram.fail_next("sendMessage", 502, times=10)
        await began(world)
        await until(at(14, 15))
    assert len(world.twilio.calls) == 1


async def test_a_database_that_fails_for_a_moment_costs_no_plan(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_later(world, tmp_path):
        await plan(world)
        with monkeypatch.context() as patch:

            async def fails(*_: object, **__: object) -> None:
                raise OSError("disk full")

            patch.setattr(Dispatch, "refusal", fails)
            await until(at(14, 1))
        assert not world.twilio.calls
        await began(world)
    assert "planned calls cannot be looked after just now" in caplog.text
