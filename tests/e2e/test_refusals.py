"""What is never called, or not now: the do-not-call list, countries, quiet hours; and who did what about it."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Person
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    SHORT,
    answer_to,
    finished,
    labels,
    order,
    place,
    press,
    press_data,
    running,
)
from tests.e2e.group import a_group
from tests.e2e.later import running_later

ROSA = "call Café Rosa on +1 415 555 0126 and book a table for two at 8pm, name Anna"
LONDON = "call Joe on +44 20 7946 0123 and tell him that the meeting is at 5pm"
SINCE = "since Mon, Nov 23"


@pytest.fixture
def mallory(world: World) -> Person:
    return world.telegram.person(2002, "Mallory")


async def dial(world: World, text: str) -> str:
    """Order a call and press Call; the notice."""
    return await press(world, await order(world, text), "Call")


# The do-not-call list


@pytest.mark.daily
async def test_who_asks_not_to_be_called_again_is_never_called_again(world: World, app: App) -> None:
    live = await order(world, ROSA)
    await place(world, live)
    report = await finished(world, live)
    assert "They asked not to be called again, so I will not call this number any more." in report.text
    assert await dial(world, ROSA) == (
        f"+1 415-555-0126 is on the do-not-call list {SINCE}: they asked not to be called. "
        "An admin can take it off, in our private chat: /donotcall"
    )
    assert (await answer_to(world, "/donotcall")).text == (
        f"Never called\n• +1 415-555-0126, {SINCE} (they asked for it)"
    )
    assert len(world.twilio.calls) == 1


async def test_an_admin_puts_a_number_on_the_list_and_takes_it_off(world: World, app: App) -> None:
    assert (await answer_to(world, "/donotcall")).text == (
        "The do-not-call list is empty. Add a number: /donotcall add +1 415 555 2671"
    )
    card = await order(world, REQUEST)
    added = await answer_to(world, "/donotcall add (415) 555-2671")
    assert added.text == "+1 415-555-2671 is never called from now on."
    notice = await press(world, card, "Call")
    assert f"{SINCE}: an admin put it there." in notice
    assert not world.twilio.calls
    removed = await answer_to(world, "/donotcall remove +14155552671")
    assert removed.text == "+1 415-555-2671 may be called again."
    await place(world, card)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/donotcall add", "/donotcall, /donotcall add <number> or /donotcall remove <number>"),
        ("/donotcall forget +1 415 555 2671", "/donotcall, /donotcall add <number> or /donotcall remove <number>"),
        ("/donotcall add Roma", "Roma is not a phone number I can dial. Check the digits."),
        ("/donotcall remove +1 415 555 2671", "+1 415-555-2671 is not on the do-not-call list."),
    ],
)
async def test_what_cannot_be_put_on_the_list_is_said(world: World, app: App, text: str, answer: str) -> None:
    assert (await answer_to(world, text)).text == answer


# Countries


async def test_only_countries_on_the_list_are_called(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, allowed_countries="US,CA"):
        assert await dial(world, LONDON) == (
            "I may not call numbers in United Kingdom. Whoever runs me decides that with ALLOWED_COUNTRIES."
        )
        assert not world.twilio.calls
        await place(world, await order(world, REQUEST))


# Quiet hours


async def test_nobody_is_called_at_night_where_they_are(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path, quiet_hours="20:00-08:00"):
        card = await order(world, LONDON)  # noon in New York, five in the afternoon in London
        await asyncio.sleep(4 * 60 * 60)
        notice = await press(world, card, "Call")
        assert notice.startswith("It is 21:0")
        assert notice.endswith(
            " there (London), and I do not call between 20:00 and 08:00. "
            "I can plan the call for tomorrow, Tue, Nov 24, 3:00 AM (New York)."
        )
        assert not world.twilio.calls
        american = await order(world, REQUEST)  # one in the afternoon in San Francisco
        await place(world, american)
        await finished(world, american)
        await asyncio.sleep(11 * 60 * 60)
        assert await press(world, card, "Call") == "Dialling"


# Who did what


async def test_the_log_tells_who_did_what_newest_first(world: World, app: App, mallory: Person) -> None:
    assert (await answer_to(world, "/audit")).text == "Nothing yet."
    await answer_to(world, "hello", by=mallory)
    await answer_to(world, "/allow 2002 caller")
    await answer_to(world, "/budget 2002 5usd/day")
    card = await order(world, SHORT, by=mallory)
    await place(world, card, by=mallory)
    await finished(world, card, by=mallory)
    await answer_to(world, "/donotcall add +1 415 555 2671")
    group = await a_group(world, [world.requester, mallory])
    await group.say("/budget chat 60min/day", by=world.requester)
    log = (await answer_to(world, "/audit")).text.splitlines()
    assert log[0] == "Who did what"
    assert [row.partition(" · ")[2] for row in log[1:]] == [
        "Shane set the group’s budget: 60min/day · Family",
        "Shane let the group in · Family",
        "Shane put +• •••-•••-••71 on the do-not-call list",
        "Mallory called +1 4…07",
        "Shane set Mallory’s budget: 5usd/day",
        "Shane let Mallory in as caller",
    ]
    assert log[1].startswith("Mon, Nov 23, 9:0")


async def test_a_long_log_has_pages(world: World, app: App, mallory: Person) -> None:
    for minutes in range(1, 13):
        await answer_to(world, f"/budget 2002 {minutes}min/day")
    log = await answer_to(world, "/audit")
    assert len(log.text.splitlines()) == 11
    assert labels(log) == ["older"]
    assert await press(world, log, "Older →") == ""
    await world.requester.wait_for(lambda m: m is log and labels(m) == ["newer"])
    assert [row.rpartition(" ")[2] for row in log.text.splitlines()[1:]] == ["2min/day", "1min/day"]
    await press(world, log, "← Newer")
    await world.requester.wait_for(lambda m: m is log and "12min/day" in m.text)


async def test_a_page_of_the_log_is_for_admins_alone(world: World, app: App, mallory: Person) -> None:
    await answer_to(world, "/allow 2002 admin")
    for minutes in range(1, 13):
        await answer_to(world, f"/budget 1001 {minutes}min/day")
    log = await answer_to(world, "/audit", by=mallory)
    await answer_to(world, "/allow 2002 caller")
    assert await press(world, log, "Older →", by=mallory) == "Only admins can do that."
    assert "12min/day" in log.text
    own = await answer_to(world, "/help")
    for data in ("a:-1", "a:x", "a:", "a:9999999", "g:allow", "g:x"):
        assert await press_data(world, own, data) == "This button has no use any more."
    assert await press_data(world, own, "a:99") == ""
