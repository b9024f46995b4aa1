"""Who may do what, and the commands."""

from pathlib import Path

import pytest

from bot.app import App
from prompts import library
from sandbox.telegram import Person
from sandbox.world import World
from tests.e2e.chat import BUSY, answer_to, data_of, finished, from_bot, order, place, press_data, running

STRANGER = 2002


@pytest.fixture
def stranger(world: World) -> Person:
    return world.telegram.person(STRANGER, "Mallory")


async def allow(world: World) -> None:
    assert (await answer_to(world, f"/allow {STRANGER}")).text == f"{STRANGER} may now use this bot."


# Strangers


async def test_a_stranger_gets_one_refusal_with_their_id_and_nothing_happens(
    world: World, app: App, stranger: Person
) -> None:
    refusal = await answer_to(world, BUSY, by=stranger)
    assert str(STRANGER) in refusal.text
    assert refusal.text.startswith("Sorry")
    for text in (BUSY, "/call x", "/people", f"/allow {STRANGER}", "/help", "/start", "/hangup"):
        stranger.say(text)
    stranger.send_contact("+14155552671", "Roma")
    await answer_to(world, "/help")
    assert from_bot(world, stranger) == [refusal]
    assert not world.openai.responses_requests
    assert not world.twilio.calls


async def test_a_strangers_press_does_nothing_and_tells_them_their_id(world: World, app: App, stranger: Person) -> None:
    card = await order(world)
    refusal = await answer_to(world, "hello", by=stranger)
    for label in ("Call", "Cancel", "Persona"):
        assert str(STRANGER) in await press_data(world, refusal, data_of(card, label), by=stranger)
    assert not world.twilio.calls


# Admins


async def test_an_admin_allows_and_denies(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    card = await order(world, BUSY, by=stranger)
    assert (await answer_to(world, f"/deny {STRANGER}")).text == f"{STRANGER} may no longer use this bot."
    assert str(STRANGER) in await press_data(world, card, data_of(card, "Call"), by=stranger)
    assert str(STRANGER) in (await answer_to(world, BUSY, by=stranger)).text
    assert not world.twilio.calls


async def test_who_is_allowed_can_call_and_sees_only_their_own_calls(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    assert (await answer_to(world, "/calls", by=stranger)).text.startswith("No calls yet")
    card = await order(world, BUSY, by=stranger)
    await place(world, card, by=stranger)
    await finished(world, card, by=stranger)
    own = await answer_to(world, "/calls", by=stranger)
    assert "Luigi – the line was busy" in own.text
    mine = await order(world)
    await place(world, mine)
    await answer_to(world, "/hangup")
    assert "Trattoria" not in (await answer_to(world, "/calls", by=stranger)).text
    everybodys = await answer_to(world, "/calls")
    assert "Trattoria Roma" in everybodys.text
    assert "Luigi" in everybodys.text


async def test_who_is_allowed_is_no_admin(world: World, app: App, stranger: Person) -> None:
    await allow(world)
    for command in ("/people", "/allow 3003", "/deny 1001"):
        assert (await answer_to(world, command, by=stranger)).text == "Only admins can do that."


async def test_permission_outlives_a_restart(world: World, stranger: Person, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        await allow(world)
    async with running(world, tmp_path):
        assert "Luigi" in (await order(world, BUSY, by=stranger)).text


async def test_people_lists_who_may_use_the_bot(world: World, app: App, stranger: Person) -> None:
    await answer_to(world, "hello", by=stranger)
    await allow(world)
    assert (await answer_to(world, "/people")).text == (
        f"People\n• Shane · 1001 · admin\n• Mallory · {STRANGER} · caller"
    )


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/allow", "numeric id"),
        ("/allow Mallory", "numeric id"),
        ("/allow -5", "numeric id"),
        ("/allow 99999999999999999999999", "numeric id"),
        ("/allow 1 2", "numeric id"),
        ("/deny 1001", "admin by the deployment's settings"),
        ("/deny 4004", "was not allowed before"),
        ("/hangup", "No call is going on."),
        ("/calls", "No calls yet"),
    ],
)
async def test_a_command_that_cannot_be_followed_says_why(world: World, app: App, command: str, answer: str) -> None:
    assert answer in (await answer_to(world, command)).text


# Commands


async def test_the_commands_are_registered(world: World, app: App) -> None:
    [registered] = world.telegram.account.commands.values()
    assert [entry["command"] for entry in registered] == ["call", "calls", "hangup", "personas", "people", "help"]
    assert all(entry["description"] for entry in registered)


async def test_help_tells_how_to_ask_and_names_every_command(world: World, app: App, stranger: Person) -> None:
    admins = await answer_to(world, "/help")
    commands = ("/call", "/calls", "/hangup", "/personas", "/people", "/help")
    assert all(command in admins.text for command in (*commands, "/allow", "/deny"))
    await allow(world)
    assert "/allow" not in (await answer_to(world, "/help", by=stranger)).text


async def test_start_greets_with_an_example(world: World, app: App) -> None:
    assert "+1 415 555 2671" in (await answer_to(world, "/start")).text


async def test_personas_tells_all_with_their_voices(world: World, app: App) -> None:
    answer = await answer_to(world, "/personas")
    personas = library.personas().values()
    assert len(personas) >= 5
    assert all(f"{persona.name} · voice {persona.voice}" in answer.text for persona in personas)


async def test_an_unknown_command_is_not_taken_for_a_call(world: World, app: App) -> None:
    answer = await answer_to(world, "/frobnicate")
    assert "call" in answer.text
    assert not world.twilio.calls
