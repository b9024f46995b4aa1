"""/settings: one message with what holds in a chat, changed in place by buttons, or by what is written when asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Chat, Message, Person
from sandbox.world import World
from tests.e2e.catalogue import english_and_german
from tests.e2e.chat import SHORT, Provoked, answer_to, from_bot, labels, order, press, press_data, running, shown

OTHER = 2002
GROUP = -1001234567890
BUTTONS = ["language", "time zone", "town", "persona", "disclosure"]


@pytest.fixture
def german(tmp_path: Path) -> Iterator[None]:
    with english_and_german(tmp_path):
        yield


@pytest.fixture
async def other(world: World, app: App) -> Person:
    """Somebody who may call and is no admin."""
    person = world.telegram.person(OTHER, "Ana")
    await answer_to(world, f"/allow {OTHER}")
    return person


@pytest.fixture
async def group(world: World, other: Person) -> Chat:
    chat = world.telegram.group(GROUP, "Family", [world.requester, other])
    asked = await world.requester.wait_for(lambda m: m.keyboard, chat=chat)
    await press(world, asked, "Allow this group")
    await world.requester.wait_for(lambda m: "may use me now" in m.text, chat=chat)
    return chat


async def turned(world: World, message: Message, label: str, *, by: Person | None = None) -> str:
    """Press what changes the message in place; the notice."""
    before = (message.text, labels(message))
    notice = await press(world, message, label, by=by)
    await world.requester.wait_for(lambda m: m is message and (m.text, labels(m)) != before, chat=message.chat)
    return notice


async def settings_in(group: Chat, person: Person) -> Message:
    said = person.say("/settings@ringback_bot", chat=group)
    return await person.wait_for(lambda m: "Settings of this chat" in m.text, after=said, chat=group)


# One message


@pytest.mark.daily
async def test_settings_show_what_holds_in_this_chat(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    assert message.text.splitlines() == [
        "Settings of this chat",
        "Language: English",
        "Time zone: Los Angeles, where it is 9:00 AM",
        "Town for looking up numbers: not set",
        "Persona: what fits best",
        "Says first that it is an AI: yes",
    ]
    assert labels(message) == BUTTONS


@pytest.mark.daily
async def test_a_page_is_turned_and_left_in_place(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    for label in ("Language", "Time zone", "Persona"):
        await turned(world, message, label)
        assert "back" in labels(message)
        await turned(world, message, "← Back")
        assert labels(message) == BUTTONS
    assert from_bot(world) == [message]


@pytest.mark.daily
async def test_a_change_is_shown_at_once_and_outlives_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        message = await answer_to(world, "/settings")
        await turned(world, message, "Time zone")
        assert "✓ Los Angeles, 9:00 AM" in [b.label for row in message.keyboard for b in row]
        assert await turned(world, message, "New York, 12:00 PM") == "Kept."
        assert "Time zone: New York, where it is 12:00 PM" in message.text
        assert labels(message) == BUTTONS
    async with running(world, tmp_path):
        await turned(world, message, "Persona")
        assert await turned(world, message, "Warm friend") == "Kept."
        assert "New York" in message.text
        assert "Persona: Warm friend" in message.text
    assert from_bot(world) == [message]


@pytest.mark.usefixtures("german")
async def test_the_language_is_that_of_everything_said_from_then_on(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    await turned(world, message, "Language")
    assert labels(message) == ["english", "deutsch", "back"]
    await turned(world, message, "Deutsch")
    assert message.text.startswith("Einstellungen\nLanguage: Deutsch\nTime zone: Los Angeles, where it is 09:00")
    assert (await answer_to(world, "/settings")).text.startswith("Einstellungen")


async def test_the_chosen_persona_is_that_of_the_next_card(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    await turned(world, message, "Persona")
    await turned(world, message, "Formal representative")
    assert "🎭 Formal representative" in (await order(world, SHORT)).text
    await turned(world, message, "Persona")
    await turned(world, message, "what fits best")
    assert "Persona: what fits best" in message.text


async def test_every_change_is_in_the_audit_log(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    await turned(world, message, "Time zone")
    await turned(world, message, "New York, 12:00 PM")
    await turned(world, message, "Disclosure")
    text = (await answer_to(world, "/audit")).text
    assert "changed a setting: zone America/New_York" in text
    assert "changed a setting: disclosure off" in text


# What is written


async def test_a_time_zone_is_asked_for_and_the_reply_sets_it_also_after_a_restart(
    world: World, tmp_path: Path
) -> None:
    async with running(world, tmp_path):
        message = await answer_to(world, "/settings")
        await turned(world, message, "Time zone")
        await press(world, message, "Another")
        question = await shown(world, "Which time zone?")
        assert question.markup == {"force_reply": True, "input_field_placeholder": "Berlin"}
    async with running(world, tmp_path):
        answer = await answer_to(world, "Wien", reply_to=question)
        assert answer.text == "Kept. Time zone: Vienna, where it is 18:00"
        await world.requester.wait_for(lambda m: m is message and "Vienna" in m.text)
        assert labels(message) == BUTTONS
    assert not world.openai.responses_requests


async def test_a_time_zone_that_nobody_knows_is_asked_for_again(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    await turned(world, message, "Time zone")
    await press(world, message, "Another")
    question = await shown(world, "Which time zone?")
    again = await answer_to(world, "Atlantis", reply_to=question)
    assert again.text.startswith("I do not know the time zone “Atlantis”.")
    assert (await answer_to(world, "new york", reply_to=again)).text.startswith("Kept. Time zone: New York")
    # Whoever changes their mind answers the same question once more.
    assert (await answer_to(world, "Chicago", reply_to=question)).text.startswith("Kept. Time zone: Chicago")


async def test_a_town_is_asked_for_with_its_country(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    await press(world, message, "Town")
    question = await shown(world, "Which town, and country?")
    again = await answer_to(world, "Porto", reply_to=question)
    assert again.text == "Write the town, a comma and the country’s two letters, like “Porto, PT”."
    assert (await answer_to(world, "Porto, Portugal", reply_to=again)).text == (
        "Kept. Town for looking up numbers: Porto, PT"
    )
    await world.requester.wait_for(lambda m: m is message and "Porto, PT" in m.text)


async def test_an_answer_counts_though_the_message_of_settings_is_gone(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.telegram = True
    message = await answer_to(world, "/settings")
    await press(world, message, "Town")
    question = await shown(world, "Which town, and country?")
    world.telegram.fail_next("editMessageText", 400, description="Bad Request: message to edit not found")
    assert (await answer_to(world, "Porto, PT", reply_to=question)).text.startswith("Kept.")
    assert "Porto, PT" in (await answer_to(world, "/settings")).text


async def test_a_reply_to_any_other_message_is_no_setting(world: World, app: App) -> None:
    message = await answer_to(world, "/settings")
    assert "I make phone calls" in (await answer_to(world, "Berlin", reply_to=message)).text
    assert "Los Angeles" in (await answer_to(world, "/settings")).text


# Who may change what


async def test_the_disclosure_is_switched_off_by_admins_only_and_on_by_anybody(
    world: World, app: App, other: Person
) -> None:
    theirs = await answer_to(world, "/settings", by=other)
    assert await press(world, theirs, "Disclosure", by=other) == "Only an admin can switch this off."
    mine = await answer_to(world, "/settings")
    assert await turned(world, mine, "Disclosure") == "Kept."
    assert "Says first that it is an AI: no" in mine.text
    assert await turned(world, mine, "Disclosure") == "Kept."
    assert "Says first that it is an AI: yes" in mine.text


async def test_who_may_not_switch_the_disclosure_off_may_switch_it_on(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, disclose_ai=False):
        person = world.telegram.person(OTHER, "Ana")
        await answer_to(world, f"/allow {OTHER}")
        message = await answer_to(world, "/settings", by=person)
        assert "Says first that it is an AI: no" in message.text
        assert await press(world, message, "Disclosure", by=person) == "Kept."
        await person.wait_for(lambda m: m is message and "Says first that it is an AI: yes" in m.text)
        assert await press(world, message, "Disclosure", by=person) == "Only an admin can switch this off."


async def test_in_a_group_only_admins_change_settings(world: World, other: Person, group: Chat) -> None:
    message = await settings_in(group, other)
    for label in ("Language", "Time zone", "Town", "Persona"):
        assert await press(world, message, label, by=other) == "In a group only admins can change the settings."
    assert await turned(world, message, "Disclosure") == "Kept."
    assert await turned(world, message, "Disclosure", by=other) == "Kept."
    assert "Says first that it is an AI: yes" in message.text
    await press(world, message, "Town")
    question = await world.requester.wait_for(lambda m: "Which town" in m.text, chat=group)
    said = other.say("Porto, PT", reply_to=question)
    answer = await other.wait_for(lambda m: m.reply_to is said, chat=group)
    assert answer.text == "In a group only admins can change the settings."
    world.requester.say("Porto, PT", reply_to=question)
    await world.requester.wait_for(lambda m: m is message and "Porto, PT" in m.text, chat=group)


async def test_each_chat_has_its_own_settings(world: World, other: Person, group: Chat) -> None:
    theirs = await settings_in(group, world.requester)
    await turned(world, theirs, "Time zone")
    await turned(world, theirs, "New York, 12:00 PM")
    assert "Los Angeles" in (await answer_to(world, "/settings")).text
    assert "New York" in (await settings_in(group, other)).text


# Presses that are none


@pytest.mark.parametrize(
    "data",
    [
        "s",
        "s:",
        "s:zone",
        "s:zone:some",
        "s:zone=Atlantis:all",
        "s:zone=berlin:all",
        "s:language=tlh:all",
        "s:persona=pirate:all",
        "s:disclosure:all",
        "s:disclosure=maybe:all",
        "s:nonsense:all",
        "s:zone:all:all",
        "s:zone=" + "x" * 60 + ":all",
    ],
)
async def test_a_forged_press_is_answered_and_changes_nothing(world: World, app: App, data: str) -> None:
    message = await answer_to(world, "/settings")
    before = message.text
    assert await press_data(world, message, data) == "This button has no use any more."
    assert (message.text, labels(message)) == (before, BUTTONS)
