"""Budgets: who may spend how much, what they are told, and that two calls never spend the same money."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.app import App
from bridge import hold
from bridge.directions import TIME_LIMIT_SLACK_S
from sandbox.telegram import Message, Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    answer_to,
    connected,
    finished,
    from_bot,
    is_card,
    order,
    place,
    press,
    running,
)
from tests.e2e.group import a_group
from tests.e2e.later import running_later

NEVER_ENDS = "call Al on +1 415 555 0123 and book a table for four at 7pm, name Shane"
SILENT = "call Sam on +1 415 555 0118 and tell him that the meeting is at 5pm"
ANEW = "Tue, Nov 24, 12:00 AM (Los Angeles)"


@pytest.fixture
async def mallory(world: World, app: App) -> Person:
    await answer_to(world, "/allow 2002 caller")
    return world.telegram.person(2002, "Mallory")


async def budget(world: World, text: str) -> str:
    return (await answer_to(world, f"/budget {text}".strip())).text


async def dial(world: World, card: Message) -> str:
    """Press Call; the notice."""
    return await press(world, card, "Call")


def spent_today(standing: str) -> float:
    found = re.search(r"\$(\d+\.\d\d) and \d+ min today", standing)
    assert found
    return float(found[1])


# Seen and set


@pytest.mark.daily
async def test_everybody_sees_what_they_spent_and_may_spend(world: World, app: App) -> None:
    assert await budget(world, "") == ("You: $0.00 and 0 min today, $0.00 and 0 min this month (limit: no limit)")
    live = await order(world)
    await place(world, live)
    report = await finished(world, live)
    cost = re.search(r"cost about \$(\d\.\d\d)", report.text)
    assert cost
    assert await budget(world, "") == (
        f"You: ${cost[1]} and 1 min today, ${cost[1]} and 1 min this month (limit: no limit)"
    )


async def test_an_admin_sets_and_takes_back_a_persons_limits(world: World, app: App, mallory: Person) -> None:
    await answer_to(world, "/help", by=mallory)
    nothing = "$0.00 and 0 min today, $0.00 and 0 min this month"
    assert await budget(world, "2002 $5/day 60 min per day") == (
        f"Budget set.\nMallory (2002): {nothing} (limit: 5usd/day 60min/day)"
    )
    own = f"You: {nothing} (limit: 5usd/day 60min/day)"
    assert (await answer_to(world, "/budget", by=mallory)).text == own
    assert await budget(world, "2002") == f"Mallory (2002): {nothing} (limit: 5usd/day 60min/day)"
    assert (await budget(world, "2002 default")).endswith("(limit: no limit)")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2002 lots", "“lots” is no limit. Limits look like this: 5usd/day"),
        (f"2002 {'x' * 3000}", f"“{'x' * 59}…” is no limit."),
        ("2002 5usd/day 6usd/day", "“6usd/day” is no limit."),
        ("mallory 5usd/day", "Limits look like this"),
        ("5usd/day", "Limits look like this"),
        ("chat 5usd/day", "In a private chat only the person’s own budget counts: /budget <id> <limits>"),
    ],
)
async def test_what_cannot_be_set_is_said_with_an_example(world: World, app: App, text: str, answer: str) -> None:
    assert (await budget(world, text)).startswith(answer)


async def test_the_deployments_budget_counts_where_none_is_set(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, person_budget="0usd/day", chat_budget="3min/day"):
        assert (await budget(world, "")).endswith("(limit: 0usd/day)")
        assert (await dial(world, await order(world))).startswith("Your budget for today is used up (0usd/day).")
        assert (await budget(world, "1001 none")).endswith("(limit: no limit)")
        group = await a_group(world, [world.requester])
        assert (await group.say("/budget", by=world.requester)).text.splitlines()[1] == (
            "This chat: $0.00 and 0 min today, $0.00 and 0 min this month (limit: 3min/day)"
        )


async def test_limits_outlive_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        await budget(world, "1001 7usd/month")
    async with running(world, tmp_path):
        assert (await budget(world, "")).endswith("(limit: 7usd/month)")


# Used up


async def test_a_budget_that_is_used_up_is_refused_until_an_admin_raises_it(
    world: World, app: App, mallory: Person
) -> None:
    card = await order(world, BUSY, by=mallory)
    await budget(world, "2002 0usd/day")
    assert await press(world, card, "Call", by=mallory) == (
        f"Your budget for today is used up (0usd/day). It begins anew tomorrow, {ANEW}; an admin can raise it: /budget"
    )
    assert not world.twilio.calls
    await budget(world, "2002 1usd/day")
    await place(world, card, by=mallory)
    await finished(world, card, by=mallory)


async def test_what_was_spent_yesterday_is_no_matter_today(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, person_budget="1min/day"):
        first = await order(world, SHORT)
        await place(world, first)
        await finished(world, first)
        second = await order(world, REQUEST)
        assert (await dial(world, second)).startswith("Your minutes for today are used up (1min/day).")
        await asyncio.sleep(24 * 60 * 60)
        await place(world, second)
        await finished(world, second)


async def test_in_a_group_the_groups_budget_counts_too(world: World, app: App, mallory: Person) -> None:
    group = await a_group(world, [world.requester, mallory])
    assert (await group.say("/budget chat 0min/month", by=world.requester)).text.startswith("Budget set.\nThis chat:")
    card = await group.order(REQUEST, by=mallory)
    notice = await press(world, card, "Call", by=mallory)
    assert notice.startswith("This group’s minutes for this month are used up (0min/month). They begin anew Tue, Dec 1")
    await budget(world, "2002 0usd/month")
    await group.say("/budget chat default", by=world.requester)
    assert (await press(world, card, "Call")).startswith("Mallory’s budget for this month is used up (0usd/month).")
    private = await order(world, REQUEST)
    await place(world, private)


async def test_a_budget_too_small_for_a_minute_is_said(world: World, app: App) -> None:
    await budget(world, "1001 0.05usd/day")
    assert (await dial(world, await order(world))).startswith(
        "What is left of the budget is not enough for a minute of this call, about $0.10."
    )


# Little is left


async def test_with_little_left_the_call_is_shorter_and_that_is_said(world: World, app: App) -> None:
    await budget(world, "1001 2min/day")
    live = await order(world, SILENT)
    assert "at most 10 min" in live.text
    call = await place(world, live)
    told = await world.requester.wait_for(lambda m: m.text == "The budget leaves 2 min for this call.")
    assert told.silent
    await finished(world, live)
    assert call.request.time_limit_s == 2 * 60 + int(hold.CAP_S) + TIME_LIMIT_SLACK_S


async def test_a_call_whose_money_is_used_up_ends_politely(world: World, app: App) -> None:
    await budget(world, "1001 0.1usd/day")
    live = await order(world, NEVER_ENDS)
    await place(world, live)
    report = await finished(world, live)
    assert "it reached its money limit" in report.text
    assert "🤖 Agent:" in live.text.splitlines()[-2] + live.text.splitlines()[-1]
    assert "oodbye" in live.text
    assert spent_today(await budget(world, "")) < 0.2


# At once


async def test_a_running_call_counts_with_all_it_may_still_take(world: World, app: App) -> None:
    await budget(world, "1001 1usd/day")
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    assert spent_today(await budget(world, "")) == 1.0
    second = await order(world, BUSY)
    assert "used up" in await dial(world, second)
    await finished(world, live)
    assert spent_today(await budget(world, "")) < 0.2
    await place(world, second)
    await finished(world, second)


async def test_two_calls_that_are_confirmed_at_once_never_spend_the_same_money(
    world: World, app: App, mallory: Person
) -> None:
    group = await a_group(world, [world.requester, mallory])
    await group.say("/budget chat 1usd/day", by=world.requester)
    cards = [await group.order(REQUEST, by=world.requester), await group.order(BUSY, by=mallory)]
    presses = [mallory.press(cards[1], "Call"), world.requester.press(cards[0], "Call")]
    notices = sorted([await pressed.answered for pressed in presses])
    assert notices[0] == "Dialling"
    assert notices[1].startswith("This group’s budget for today is used up (1usd/day).")
    assert len(world.twilio.calls) == 1


async def test_what_was_not_dialled_costs_nothing(world: World, app: App) -> None:
    await budget(world, "1001 1usd/day")
    for _ in range(2):
        live = await order(world, "call Nobody on +1 415 555 0104 and ask when they open")
        await place(world, live)
        await finished(world, live)
    assert spent_today(await budget(world, "")) < 0.1
    assert is_card(await order(world))
    assert not [message for message in from_bot(world) if "used up" in message.text]
