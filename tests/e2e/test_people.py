"""Who may do what: roles, invitations, and the commands."""

import re
from pathlib import Path

import pytest

from bot.app import App
from prompts import library
from sandbox.telegram import Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    answer_to,
    connected,
    data_of,
    finished,
    from_bot,
    order,
    place,
    press,
    press_data,
    running,
    wall_clock,
)
from tests.e2e.later import plan, running_later, until

STRANGER = 2002
BOSS = 3003


@pytest.fixture
def stranger(world: World) -> Person:
    return world.telegram.person(STRANGER, "Mallory")


@pytest.fixture
def boss(world: World) -> Person:
    """An admin by an admin, not by the settings."""
    return world.telegram.person(BOSS, "Bo")


async def allow(world: World, role: str = "caller", *, someone: int = STRANGER) -> None:
    answer = await answer_to(world, f"/allow {someone} {role}")
    assert answer.text.endswith(f"may now use this bot as {role}.")


async def invitation(world: World, role: str = "caller", *, by: Person | None = None) -> str:
    """The token of a new one."""
    answer = await answer_to(world, f"/invite {role}", by=by)
    found = re.search(r"https://t\.me/ringback_bot\?start=([A-Za-z0-9_-]{1,64})$", answer.text)
    assert found
    return found[1]


# Strangers


@pytest.mark.daily
async def test_a_stranger_gets_one_refusal_with_their_id_and_nothing_happens(
    world: World, app: App, stranger: Person
) -> None:
    refusal = await answer_to(world, BUSY, by=stranger)
    assert refusal.text == (
        f"Sorry, this bot is private. If you should have access, give its owner your id: {STRANGER}"
    )
    for text in (BUSY, "/call x", "/people", f"/allow {STRANGER}", "/help", "/start", "/hangup", "/budget", "/audit"):
        stranger.say(text)
    stranger.send_contact("+14155552671", "Roma")
    await answer_to(world, "/help")
    assert from_bot(world, stranger) == [refusal]
    assert not world.openai.responses_requests
    assert not world.twilio.calls


@pytest.mark.daily
async def test_a_strangers_press_does_nothing_and_tells_them_their_id(world: World, app: App, stranger: Person) -> None:
    card = await order(world)
    refusal = await answer_to(world, "hello", by=stranger)
    for label in ("Call", "Cancel", "Persona"):
        assert str(STRANGER) in await press_data(world, refusal, data_of(card, label), by=stranger)
    assert not world.twilio.calls


# Roles


@pytest.mark.daily
async def test_an_admin_allows_and_denies(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    card = await order(world, BUSY, by=stranger)
    denied = await answer_to(world, f"/deny {STRANGER}")
    assert denied.text == f"Mallory ({STRANGER}) may no longer use this bot."
    assert str(STRANGER) in await press_data(world, card, data_of(card, "Call"), by=stranger)
    assert str(STRANGER) in (await answer_to(world, BUSY, by=stranger)).text
    assert not world.twilio.calls


@pytest.mark.daily
async def test_who_is_allowed_can_call_and_sees_no_other_calls(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    card = await order(world, BUSY, by=stranger)
    await place(world, card, by=stranger)
    assert "busy" in (await finished(world, card, by=stranger)).text


@pytest.mark.daily
async def test_who_is_demoted_keeps_no_power_over_their_cards(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    card = await order(world, BUSY, by=stranger)
    await allow(world, "watcher")
    expected = (
        "You can watch calls here, but neither place nor steer them. "
        f"An admin can change that: /allow {STRANGER} caller"
    )
    for label in ("Call", "Persona", "Cancel"):
        assert await press(world, card, label, by=stranger) == expected
    assert (await answer_to(world, "make it for five", by=stranger)).text == expected
    assert not world.twilio.calls
    await allow(world)
    await place(world, card, by=stranger)


async def test_who_is_demoted_keeps_no_power_over_their_running_call(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    live = await order(world, by=stranger)
    await place(world, live, by=stranger)
    await connected(world, live, by=stranger)
    await allow(world, "watcher")
    assert "watch" in await press(world, live, "Stop", by=stranger)
    assert "watch" in (await answer_to(world, "/hangup", by=stranger)).text
    assert "watch" in (await answer_to(world, "Ask for a table by the window", by=stranger, reply_to=live)).text
    report = await finished(world, live, by=stranger)
    assert "watch" in await press(world, report, "Call again", by=stranger)
    await press(world, report, "Full transcript", by=stranger)
    assert (await stranger.wait_for(lambda m: m.document is not None)).document


@pytest.mark.parametrize("change", [f"/deny {STRANGER}", f"/allow {STRANGER} watcher"])
async def test_who_may_not_call_any_more_has_no_planned_calls_either(
    world: World, tmp_path: Path, stranger: Person, change: str
) -> None:
    async with running_later(world, tmp_path):
        await allow(world)
        await plan(world, by=stranger)
        await answer_to(world, change)
        await until(wall_clock()() + 4 * 60 * 60)
        told = await stranger.wait_for(lambda m: "I did not call" in m.text)
    assert "Mallory may not place calls any more." in told.text
    assert not world.twilio.calls


async def test_a_watcher_may_ask_for_help_and_nothing_else(world: World, app: App, stranger: Person) -> None:
    await allow(world, "watcher")
    assert (await answer_to(world, "/help", by=stranger)).text.startswith("Write what you want done")
    for text in (BUSY, f"/call {BUSY}"):
        assert (await answer_to(world, text, by=stranger)).text.startswith("You can watch calls here")
    assert (await answer_to(world, "/hangup", by=stranger)).text == "No call is going on."
    assert not world.openai.responses_requests


async def test_an_admin_by_the_chat_may_do_all_but_touch_those_of_the_settings(
    world: World, app: App, boss: Person
) -> None:
    await allow(world, "admin", someone=BOSS)
    assert "role" in (await answer_to(world, "/allow", by=boss)).text
    stays = await answer_to(world, "/deny 1001", by=boss)
    assert stays.text == "Shane (1001) is an admin by the deployment’s settings, TELEGRAM_ADMINS."
    assert "TELEGRAM_ADMINS" in (await answer_to(world, "/allow 1001 watcher", by=boss)).text
    assert "may no longer" in (await answer_to(world, f"/deny {BOSS}", by=boss)).text
    assert (await answer_to(world, "/people", by=boss)).text.startswith("Sorry")


@pytest.mark.parametrize(
    "command",
    [
        "/people",
        "/allow 3003",
        "/allow 2002 admin",
        "/deny 1001",
        "/invite caller",
        "/budget 2002 none",
        "/budget 1001",
        "/donotcall",
        "/donotcall add +1 415 555 2671",
        "/audit",
    ],
)
async def test_who_is_no_admin_is_told_so_and_learns_nothing(
    world: World, app: App, stranger: Person, command: str
) -> None:
    await allow(world)
    assert (await answer_to(world, command, by=stranger)).text == "Only admins can do that."


async def test_permission_outlives_a_restart(world: World, stranger: Person, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        await allow(world)
    async with running(world, tmp_path):
        assert "Luigi" in (await order(world, BUSY, by=stranger)).text


async def test_people_lists_who_may_use_the_bot_and_the_groups(world: World, app: App, stranger: Person) -> None:
    await answer_to(world, "hello", by=stranger)
    await allow(world)
    people = f"People\n• Shane · 1001 · admin\n• Mallory · {STRANGER} · caller"
    assert (await answer_to(world, "/people")).text == people
    group = world.telegram.group(-1001234567890, "Family", [world.requester, stranger])
    asked = await group.wait_for(lambda m: m.sender == "bot")
    await press(world, asked, "Allow this group")
    await group.wait_for(lambda m: "may use me now" in m.text)
    assert (await answer_to(world, "/people")).text == f"{people}\n\nGroups\n• Family · -1001234567890"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/allow", "numeric id"),
        ("/allow Mallory", "numeric id"),
        ("/allow -5", "numeric id"),
        ("/allow 99999999999999999999999", "numeric id"),
        ("/allow 1 2", "numeric id"),
        ("/allow 4004 owner", "caller, watcher or admin"),
        ("/deny", "numeric id"),
        ("/deny 1001", "admin by the deployment’s settings"),
        ("/deny 4004", "4004 was not allowed before"),
        ("/deny -4004", "That group was not allowed before"),
        ("/invite", "/invite caller"),
        ("/invite admin", "/invite caller"),
        ("/hangup", "No call is going on."),
    ],
)
async def test_a_command_that_cannot_be_followed_says_why(world: World, app: App, command: str, answer: str) -> None:
    assert answer in (await answer_to(world, command)).text


# Invitations


async def test_an_invitation_lets_one_stranger_in_and_tells_who_made_it(
    world: World, app: App, stranger: Person, boss: Person
) -> None:
    token = await invitation(world)
    welcome = await answer_to(world, f"/start {token}", by=stranger)
    assert welcome.text == "Welcome! You can use me as caller now."
    told = await world.requester.wait_for(lambda m: "accepted" in m.text)
    assert told.text == f"Mallory ({STRANGER}) has accepted your invitation, and is in as caller."
    assert told.silent
    assert "Luigi" in (await order(world, BUSY, by=stranger)).text
    again = await answer_to(world, f"/start {token}", by=boss)
    assert again.text == "This invitation is not valid any more. Ask for a new one."
    assert (await answer_to(world, "hello", by=boss)).text.startswith("Sorry")


async def test_an_invitation_says_for_how_long_it_is_good(world: World, app: App) -> None:
    answer = await answer_to(world, "/invite watcher")
    assert answer.text.startswith("This link lets one person in, as watcher, until Wed, Nov 25")


async def test_an_invitation_is_good_for_two_days(world: World, tmp_path: Path, stranger: Person, boss: Person) -> None:
    async with running_later(world, tmp_path):
        tokens = [await invitation(world), await invitation(world)]
        expires = wall_clock()() + 48 * 60 * 60
        await until(expires - 60)
        assert "Welcome" in (await answer_to(world, f"/start {tokens[0]}", by=stranger)).text
        await until(expires)
        assert "not valid" in (await answer_to(world, f"/start {tokens[1]}", by=boss)).text


async def test_who_is_in_already_uses_no_invitation_up(world: World, app: App, stranger: Person, boss: Person) -> None:
    token = await invitation(world)
    assert (await answer_to(world, f"/start {token}")).text == "You are in already."
    await allow(world, "watcher")
    assert "as caller" in (await answer_to(world, f"/start {token}", by=stranger)).text  # which is more
    other = await invitation(world, "watcher")
    assert (await answer_to(world, f"/start {other}", by=stranger)).text == "You are in already."
    assert "as watcher" in (await answer_to(world, f"/start {other}", by=boss)).text


async def test_an_invitation_of_somebody_who_is_no_admin_any_more_is_void(
    world: World, app: App, stranger: Person, boss: Person
) -> None:
    await allow(world, "admin", someone=BOSS)
    token = await invitation(world, by=boss)
    await allow(world, "caller", someone=BOSS)
    assert "not valid" in (await answer_to(world, f"/start {token}", by=stranger)).text


async def test_an_invitation_that_there_never_was_is_not_valid(world: World, app: App, stranger: Person) -> None:
    assert "not valid" in (await answer_to(world, "/start nonsense", by=stranger)).text
    assert not world.openai.responses_requests


async def test_a_plain_start_of_a_stranger_is_refused(world: World, app: App, stranger: Person) -> None:
    assert str(STRANGER) in (await answer_to(world, "/start", by=stranger)).text


# Commands


async def test_the_commands_are_registered(world: World, app: App) -> None:
    for registered in world.telegram.account.commands.values():
        commands = [entry["command"] for entry in registered]
        assert commands == [
            "call",
            "calls",
            "timeline",
            "hangup",
            "contacts",
            "settings",
            "budget",
            "personas",
            "forget",
            "help",
        ]
        assert all(entry["description"] for entry in registered)


async def test_help_tells_how_to_ask_and_admins_their_commands_too(world: World, app: App, stranger: Person) -> None:
    admins = (await answer_to(world, "/help")).text
    commands = ("/call", "/calls", "/hangup", "/contacts", "/settings", "/budget", "/personas", "/forget", "/help")
    own = ("/people", "/allow", "/deny", "/invite", "/donotcall", "/audit")
    assert all(command in admins for command in (*commands, *own))
    await allow(world)
    everybodys = (await answer_to(world, "/help", by=stranger)).text
    assert all(command in everybodys for command in commands)
    assert not any(command in everybodys for command in own)


async def test_personas_tells_all_with_their_voices(world: World, app: App) -> None:
    answer = await answer_to(world, "/personas")
    personas = library.personas().values()
    assert len(personas) >= 5
    assert all(f"{persona.name} · voice {persona.voice}" in answer.text for persona in personas)


async def test_an_unknown_command_is_not_taken_for_a_call(world: World, app: App) -> None:
    answer = await answer_to(world, "/frobnicate")
    assert "/frobnicate" in answer.text
    assert not world.openai.responses_requests
