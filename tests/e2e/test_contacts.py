"""Contacts: shared, kept when somebody agrees, listed and removed; and calls to those whom only a name means."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Message, Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    HUMAN_S,
    Provoked,
    answer_to,
    data_of,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    plan_json,
    press,
    press_data,
    running,
    shown,
)
from tests.e2e.group import Group, a_group, shows, told
from tests.e2e.later import at, running_later, until

MIA = "+14155550108"
OFFERED = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
KEEP_MOM = "Keep Mom, +1 415-555-0108, in this chat’s contacts?"
GOAL = "What should the call achieve?"
UNNUMBERED = "call Uncle Joe and tell him that the meeting is at 5pm"
NONE = "No contacts yet. Share a contact with me, or press “Save contact” on a report."


async def share(world: World, number: str = MIA, name: str = "Mom") -> tuple[Message, Message]:
    """A card out of the blue: the two questions that answer it."""
    await asyncio.sleep(HUMAN_S)
    card = world.requester.send_contact(number, name)
    goal = await world.requester.wait_for(lambda m: m.text == GOAL, after=card)
    keep = await world.requester.wait_for(lambda m: m.text.startswith("Keep "), after=card)
    return keep, goal


async def save(world: World, number: str = MIA, name: str = "Mom") -> None:
    keep, _ = await share(world, number, name)
    assert await press(world, keep, "Save") == ""
    await world.requester.wait_for(lambda m: m is keep and m.text.startswith("Kept: "))


async def contacts(world: World) -> Message:
    return await answer_to(world, "/contacts")


def told_to_the_planner(world: World) -> str:
    return "\n".join(str(request["input"]) for request in world.openai.responses_requests)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


# A card out of the blue


@pytest.mark.daily
async def test_a_card_asks_whether_to_keep_it_and_what_a_call_should_achieve(world: World, app: App) -> None:
    keep, goal = await share(world)
    assert keep.text == KEEP_MOM
    assert keep.silent
    assert labels(keep) == ["save", "no"]
    assert from_bot(world) == [keep, goal]
    card = await order(world, "ask whether she is coming on Saturday")
    assert card.text.splitlines()[:2] == ["📞 Mom", "+1 415-555-0108 · for Shane"]
    assert digits(MIA) not in digits(told_to_the_planner(world))


@pytest.mark.daily
async def test_nothing_is_kept_unasked(world: World, app: App) -> None:
    await share(world)
    assert (await contacts(world)).text == NONE
    assert "What is the number" in (await answer_to(world, "/call Mom and ask whether she is coming")).text


@pytest.mark.daily
async def test_who_is_saved_can_be_called_by_name(world: World, app: App) -> None:
    keep, _ = await share(world)
    await press(world, keep, "Save")
    await world.requester.wait_for(lambda m: m is keep and not m.keyboard)
    assert keep.text == "Kept: Mom. From now on “call Mom” is enough."
    assert (await contacts(world)).text == "Contacts of this chat\nMom · +1 415-555-0108\n\nTap one to remove it."
    card = await order(world, "/call my mum and ask whether she is coming on Saturday")
    assert card.text.splitlines()[:2] == ["📞 Mom", "+1 415-555-0108 · for Shane"]


@pytest.mark.daily
async def test_who_is_not_saved_is_forgotten(world: World, app: App) -> None:
    keep, _ = await share(world)
    data = data_of(keep, "Save")
    assert await press(world, keep, "No") == ""
    await world.requester.wait_for(lambda m: m is keep and m.text == "Not kept.")
    assert await press_data(world, keep, data) == "This button has no use any more."
    assert (await contacts(world)).text == NONE


@pytest.mark.daily
async def test_a_card_waits_for_its_answer_over_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        keep, _ = await share(world)
    async with running(world, tmp_path):
        assert await press(world, keep, "Save") == ""
        await world.requester.wait_for(lambda m: m is keep and m.text.startswith("Kept: Mom."))
        card = await order(world, "ask whether she is coming on Saturday")
        assert card.text.startswith("📞 Mom")


@pytest.mark.daily
async def test_who_is_known_already_is_not_asked_about_again(world: World, app: App) -> None:
    await save(world)
    card = world.requester.send_contact("1 415 555 0108", "Mum")
    await world.requester.wait_for(lambda m: m.text == GOAL, after=card)
    assert not [m for m in from_bot(world) if m.id > card.id and m.keyboard]


@pytest.mark.daily
async def test_a_name_that_is_saved_again_gets_the_new_number(world: World, app: App) -> None:
    await save(world)
    await save(world, "+14155550107", " MOM ")
    assert (await contacts(world)).text.splitlines()[1:-2] == ["MOM · +1 415-555-0107"]


@pytest.mark.daily
async def test_each_of_several_cards_is_asked_about(world: World, app: App) -> None:
    for number, name in ((MIA, "Mom"), ("+14155550107", "Joe")):
        world.requester.send_contact(number, name)
    for name in ("Joe", "Mom"):
        await press(world, await shown(world, f"Keep {name}"), "Save")
    assert (await contacts(world)).text.splitlines()[1:-2] == ["Joe · +1 415-555-0107", "Mom · +1 415-555-0108"]


@pytest.mark.daily
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("112", "112 is an emergency number. I never call those: please dial it yourself."),
        ("+1 900 555 1234", "+1 900 555 1234 is a premium-rate number. I do not call those."),
        ("12", "12 is not a phone number I can dial. Check the digits."),
    ],
)
async def test_a_card_whose_number_cannot_be_called_is_refused(
    world: World, app: App, number: str, reason: str
) -> None:
    card = world.requester.send_contact(number, "Help")
    assert (await world.requester.wait_for(lambda _: True, after=card)).text == reason
    assert (await contacts(world)).text == NONE


@pytest.mark.parametrize("written", ["14155550108", "+1 (415) 555-0108", "(415) 555-0108", "415 555 0108"])
async def test_a_number_is_read_as_address_books_write_it(world: World, app: App, written: str) -> None:
    keep, _ = await share(world, written)
    assert keep.text == KEEP_MOM


# A card that somebody waits for


async def test_a_card_fills_in_the_number_that_is_missing(world: World, app: App) -> None:
    await answer_to(world, UNNUMBERED)
    contact = world.requester.send_contact("+14155550107", "Joe")
    card = await world.requester.wait_for(is_card, after=contact)
    assert "+1 415-555-0107" in card.text
    assert "The meeting is at 5pm" in card.text
    assert not [m for m in from_bot(world) if "Keep" in m.text]


async def test_ones_own_card_fills_it_in_too(world: World, app: App) -> None:
    await answer_to(world, UNNUMBERED)
    contact = world.requester.send_contact("+14155550107", "Shane", user_id=world.requester.id)
    card = await world.requester.wait_for(is_card, after=contact)
    assert "The meeting is at 5pm" in card.text


async def test_a_card_in_reply_to_the_calls_card_is_its_new_number(world: World, app: App) -> None:
    old = await order(world, BUSY)
    contact = world.requester.send_contact("+14155550107", "Luigi", reply_to=old)
    card = await world.requester.wait_for(is_card, after=contact)
    assert "+1 415-555-0107" in card.text
    assert "Table for 2 people" in card.text
    await world.requester.wait_for(lambda m: m is old and not m.keyboard)


async def test_a_card_answers_the_agents_question(world: World, app: App) -> None:
    live = await order(world, OFFERED)
    await place(world, live)
    question = await world.requester.wait_for(lambda m: m.text.startswith("❓"))
    world.requester.send_contact(MIA, "Mom")
    await world.requester.wait_for(lambda m: m is question and "Shared contact: Mom, +14155550108" in m.text)
    await finished(world, live)
    assert not [m for m in from_bot(world) if m.text.startswith("Keep")]


async def test_a_card_beside_an_open_card_begins_another_request(world: World, app: App) -> None:
    old = await order(world, BUSY)
    await share(world)
    assert "Mom" in (await order(world, "ask whether she is coming on Saturday")).text
    assert "call" in labels(old)


# The list


@pytest.fixture
async def eight(world: World, app: App) -> list[str]:
    names = ["Anna", "ben", "Cleo", "Dora", "Émile", "Finn", "Gil", "Zoë"]
    for index, name in enumerate(reversed(names)):
        await save(world, f"+1415555010{index}", name)
    return names


def listed(message: Message) -> list[str]:
    return [line.partition(" · ")[0] for line in message.text.splitlines()[1:-2]]


async def test_contacts_are_listed_by_name_and_on_pages(world: World, eight: list[str]) -> None:
    message = await contacts(world)
    assert sorted(listed(message), key=str.casefold) == listed(message)
    assert len(listed(message)) == 6
    assert labels(message)[-1] == "more (1/2)"
    assert await press(world, message, "More (1/2)") == ""
    await world.requester.wait_for(lambda m: m is message and len(listed(m)) == 2)
    await press(world, message, "More (2/2)")
    await world.requester.wait_for(lambda m: m is message and len(listed(m)) == 6)


async def test_a_contact_is_removed_in_place(world: World, eight: list[str]) -> None:
    message = await contacts(world)
    await press(world, message, "More (1/2)")
    await world.requester.wait_for(lambda m: m is message and len(listed(m)) == 2)
    left = listed(message)
    assert await press(world, message, left[0]) == f"Removed: {left[0]}."
    await world.requester.wait_for(lambda m: m is message and listed(m) == left[1:])
    assert await press(world, message, left[1]) == f"Removed: {left[1]}."
    await world.requester.wait_for(lambda m: m is message and len(listed(m)) == 6)
    assert not [label for label in labels(message) if "more" in label]
    question = await answer_to(world, f"/call {left[0]} and ask whether all is well")
    assert "What is the number" in question.text


async def test_a_contact_is_removed_once(world: World, app: App) -> None:
    await save(world)
    first, second = await contacts(world), await contacts(world)
    assert await press(world, first, "Mom") == "Removed: Mom."
    assert await press(world, second, "Mom") == "This button has no use any more."
    await world.requester.wait_for(lambda m: m is second and m.text == NONE)


# Names in a request


async def test_a_saved_report_is_a_contact(world: World, app: App) -> None:
    card = await order(world, BUSY)
    await place(world, card)
    report = await finished(world, card)
    assert "Kept: Luigi" in await press(world, report, "Save contact")
    again = await order(world, "/call Luigi and ask when they close today")
    assert "+1 415-555-0102" in again.text


async def test_who_was_called_can_be_called_back_and_their_number_is_told_to_nobody(world: World, app: App) -> None:
    await save(world)
    card = await order(world, "/call Mom and ask whether she is coming on Saturday")
    await place(world, card)
    await finished(world, card)
    back = await order(world, "call them back and tell her that dinner is at eight")
    assert back.text.splitlines()[:2] == ["📞 Mom", "+1 415-555-0108 · for Shane"]
    assert "Dinner is at eight" in back.text
    amended = await order(world, "make it at most 5 minutes")
    assert "+1 415-555-0108" in amended.text
    again = await place(world, amended)
    assert again.params["To"] == [MIA]
    assert digits(MIA) not in digits(told_to_the_planner(world))


async def test_the_same_as_last_time_with_a_change(world: World, app: App) -> None:
    card = await order(world, "call Luigi on +1 415 555 0102 and book a table for two on Thursday at 8pm, name Anna")
    await place(world, card)
    await finished(world, card)
    again = await order(world, "same as last time but Friday")
    assert "+1 415-555-0102" in again.text
    assert "Friday" in again.text
    assert "Thursday" not in again.text
    assert "Table for 2 people" in again.text


async def test_a_recent_call_is_told_with_its_own_day(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await order(world, BUSY)
        await place(world, card)
        await finished(world, card)
        await until(at(9, day=26))
        await order(world, "call them back and ask when they close today")
        assert "1. Luigi, Mon, Nov 23: Book a table" in told_to_the_planner(world)


async def test_a_planned_call_is_none_that_was_made(world: World, app: App) -> None:
    card = await answer_to(world, f"tomorrow at 9 {BUSY}")
    await press(world, card, "Plan the call")
    await answer_to(world, "call them back and ask when they close today")
    assert "RECENT CALLS\nnone" in str(world.openai.responses_requests[-1]["input"])


async def test_a_contact_that_is_not_there_is_asked_about(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(callee_name="Mom", callee_number="", contact="Mom"))
    assert "What number should I call?" in (await answer_to(world, "call Mom")).text


async def test_a_number_that_is_kept_as_a_name_is_told_to_nobody(world: World, app: App) -> None:
    await save(world, MIA, "+1 415 555 0108")
    await save(world, "+14155550107", "Joe")
    await order(world, "/call Joe and tell him that the meeting is at 5pm")
    assert "CONTACTS\n- Joe\nRECENT" in told_to_the_planner(world)
    assert digits(MIA) not in digits(told_to_the_planner(world))


# In a group


@pytest.fixture
async def group(world: World, app: App) -> Group:
    """Shane is an admin, Mallory and Ben may call, Eve may watch."""
    people = [
        world.telegram.person(2002, "Mallory"),
        world.telegram.person(3003, "Eve"),
        world.telegram.person(4, "Ben"),
    ]
    for person, role in zip(people, ("caller", "watcher", "caller"), strict=True):
        await answer_to(world, f"/allow {person.id} {role}")
    return await a_group(world, [world.requester, *people])


def person(world: World, person_id: int) -> Person:
    return world.telegram.person(person_id, "")


async def shared(group: Group, by: Person, *, own: bool = False) -> Message:
    """A card in reply to one of our messages: others we do not hear."""
    return by.send_contact(MIA, "Mom", reply_to=group.from_bot()[0], user_id=by.id if own else None)


async def test_in_a_group_only_who_shared_a_card_keeps_it_and_its_number_is_hidden(world: World, group: Group) -> None:
    mallory, eve, ben = (person(world, n) for n in (2002, 3003, 4))
    card = await shared(group, mallory)
    keep = await group.chat.wait_for(lambda m: m.text.startswith("Keep Mom"), after=card)
    assert keep.text == "Keep Mom, +• •••-•••-••08, in this chat’s contacts?"
    assert keep.reply_to is card
    for other in (eve, ben):
        assert await press(world, keep, "Save", by=other) == "Only Mallory or an admin can decide that."
    assert await press(world, keep, "Save", by=mallory) == ""
    await group.shown("Kept: Mom.")
    message = await group.say("/contacts@ringback_bot", by=eve)
    assert "Mom · +• •••-•••-••08" in message.text
    assert "neither place" in await press(world, message, "Mom", by=eve)
    assert await press(world, message, "Mom", by=ben) == "Removed: Mom."
    assert not [text for text in told(world, group.chat) if shows(text, MIA)]


async def test_in_a_group_an_own_card_is_kept_for_joining(world: World, group: Group) -> None:
    await shared(group, person(world, 2002), own=True)
    assert "“Join the call” rings +• •••-•••-••08" in (await group.shown("Thank you")).text


async def test_who_may_only_watch_shares_no_contacts(world: World, group: Group) -> None:
    card = await shared(group, person(world, 3003))
    assert "neither place" in (await group.chat.wait_for(lambda m: m.sender == "bot", after=card)).text


async def test_a_groups_contacts_are_its_own(world: World, group: Group, provoked: Provoked) -> None:
    provoked.telegram = True  # the list is drawn again, and is as it was
    await save(world)
    message = await group.say("/contacts@ringback_bot", by=world.requester)
    assert message.text == NONE
    mine = await contacts(world)
    assert await press_data(world, message, data_of(mine, "Mom")) == "This button has no use any more."
    assert "Mom" in (await contacts(world)).text
