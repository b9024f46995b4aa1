"""/forget: asks first, then deletes what is known about the requester in that chat, and says what it left."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Chat, Message, Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    answer_to,
    connected,
    data_of,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    press,
    press_data,
    running,
    shown,
)

OTHER = 2002
GROUP = -1001234567890
GONE = "This button has no use any more."


def count(folder: Path, table: str, where: str = "1") -> int:
    with closing(sqlite3.connect(folder / "ringback.db")) as connection:
        [found] = connection.execute(f"select count(*) from {table} where {where}").fetchone()  # noqa: S608 - our own
        return int(found)


def left(folder: Path) -> dict[str, int]:
    """The tables that hold what people wrote and said, as far as anything is in them."""
    tables = ("chats", "contacts", "drafts", "messages", "asks", "reports", "calls", "call_events")
    return {table: found for table in tables if (found := count(folder, table))}


def files(folder: Path) -> bytes:
    """All that the database is made of, also while it runs."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("ringback.db*")))


async def forget(world: World, *, by: Person | None = None) -> Message:
    """/forget, and yes; the message when it says that it is done."""
    question = await answer_to(world, "/forget", by=by)
    assert await press(world, question, "Delete it all", by=by) == ""
    return await shown(world, "Deleted.", by=by)


async def called(world: World, text: str, *, by: Person | None = None) -> tuple[Message, Message]:
    """A call from its card to its report."""
    card = await order(world, text, by=by)
    await place(world, card, by=by)
    return card, await finished(world, card, by=by)


# In a private chat


@pytest.mark.daily
async def test_forget_asks_and_says_what_goes_and_what_stays(world: World, app: App) -> None:
    question = await answer_to(world, "/forget")
    assert question.text == (
        "I delete your settings, contacts, requests, transcripts and recordings in this chat, and your number. "
        "Planned calls are cancelled; calls that are going on are not touched. What stays: what calls cost, who may "
        "use me, who did what, and the numbers that are never called. Really?"
    )
    assert labels(question) == ["delete it all", "keep it"]


async def test_everything_that_people_wrote_and_said_is_deleted(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, record_calls=True):
        await answer_to(world, "/start")
        world.requester.send_contact("+14155550107", "Shane", user_id=world.requester.id)
        await shown(world, "Thank you")
        card, report = await called(world, REQUEST)
        await world.requester.wait_for(lambda m: m.voice, after=report, timeout=10_000)  # a thread writes it
        await press(world, report, "Save contact")
        settings = await answer_to(world, "/settings")
        await press(world, settings, "Town")
        await shown(world, "Which town")
        opened = await order(world, BUSY)
        recordings = tmp_path / "recordings"
        assert list(recordings.iterdir())
        assert {"chats", "contacts", "drafts", "messages", "asks", "reports", "calls", "call_events"} == set(
            left(tmp_path)
        )
        old = {opened: data_of(opened, "Call"), report: data_of(report, "Full transcript")}
        assert b"Trattoria" in files(tmp_path)
        message = await forget(world)
        assert b"Trattoria" not in files(tmp_path)
        assert message.text == "Deleted. The messages in this chat are yours to delete."
        assert not message.keyboard
        assert left(tmp_path) == {}
        assert not list(recordings.iterdir())
        assert count(tmp_path, "people", "phone != ''") == 0
        assert count(tmp_path, "spending") == 1
        assert count(tmp_path, "audit", "action = 'forgot'") == 1
        for forgotten, data in old.items():
            assert await press_data(world, forgotten, data) == GONE
        assert await press_data(world, card, data_of(report, "Call again")) == GONE
        assert len(world.twilio.calls) == 1


async def test_who_was_forgotten_may_go_on_and_is_met_anew(world: World, app: App) -> None:
    await answer_to(world, "/start")
    await forget(world)
    greeting = await answer_to(world, "/start")
    await world.requester.wait_for(lambda m: "Two things to begin with" in m.text, after=greeting)
    assert is_card(await order(world, SHORT))


async def test_who_is_never_to_be_called_is_not_forgotten(world: World, app: App) -> None:
    await answer_to(world, "/donotcall add +1 415 555 2671")
    await forget(world)
    assert "+1 415-555-2671" in (await answer_to(world, "/donotcall")).text


async def test_keeping_it_keeps_it(world: World, app: App) -> None:
    card = await order(world, SHORT)
    question = await answer_to(world, "/forget")
    assert await press(world, question, "Keep it") == "Kept."
    await world.requester.wait_for(lambda m: m is question and m.text == "Kept." and not m.keyboard)
    assert await press_data(world, question, "f:yes") == GONE
    await place(world, card)


async def test_the_question_is_answered_once_also_after_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        card = await order(world, SHORT)
        question = await answer_to(world, "/forget")
        yes = data_of(question, "Delete it all")
    async with running(world, tmp_path):
        call = data_of(card, "Call")
        await press(world, question, "Delete it all")
        await shown(world, "Deleted.")
        assert await press_data(world, card, call) == GONE
        kept = await order(world, SHORT)
        assert await press_data(world, question, yes) == GONE
        await place(world, kept)


async def test_a_call_that_goes_on_is_left_and_said_so(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        live = await order(world)
        await place(world, live)
        await connected(world, live)
        await order(world, BUSY)
        message = await forget(world)
        assert message.text.splitlines()[1] == (
            "I left a call that is going on, or whose report is on the way. Send /forget again when it has come."
        )
        assert count(tmp_path, "drafts") == 1
        report = await finished(world, live)
        assert "Booked: 7:45pm" in report.text
        assert (await forget(world)).text.startswith("Deleted.")
        await world.requester.wait_for(lambda m: m.text == "Deleted. The messages in this chat are yours to delete.")
        assert left(tmp_path) == {}


async def test_a_planned_call_is_cancelled_and_said_so(world: World, app: App) -> None:
    said = world.requester.say(f"tomorrow at 9am {SHORT}")
    card = await world.requester.wait_for(lambda m: "plan the call" in labels(m), after=said)
    await press(world, card, "Plan the call")
    planned = await world.requester.wait_for(lambda m: "call now instead" in labels(m) and "call" not in labels(m))
    now = data_of(planned, "Call now instead")
    message = await forget(world)
    assert message.text.splitlines()[1] == "A planned call is cancelled."
    assert await press_data(world, planned, now) == GONE
    await world.requester.wait_for(lambda m: m is message)
    assert (await answer_to(world, "/calls")).text.startswith("No calls yet")
    assert not world.twilio.calls


async def test_a_rehearsal_is_stopped(world: World, app: App) -> None:
    card = await order(world, SHORT)
    await press(world, card, "Rehearse")
    await shown(world, "Nobody is dialled")
    await forget(world)
    await shown(world, "Rehearsal stopped.")
    assert is_card(await order(world, BUSY))


# In a group


@pytest.fixture
async def group(world: World, app: App) -> Chat:
    other = world.telegram.person(OTHER, "Ana")
    await answer_to(world, f"/allow {OTHER}")
    chat = world.telegram.group(GROUP, "Family", [world.requester, other])
    asked = await world.requester.wait_for(lambda m: m.keyboard, chat=chat)
    await press(world, asked, "Allow this group")
    return chat


async def card_in(group: Chat, person: Person, text: str) -> Message:
    said = person.say(f"/call@ringback_bot {text}", chat=group)
    return await person.wait_for(is_card, after=said, chat=group)


async def forget_in(group: Chat, person: Person) -> tuple[Message, str]:
    """The question's message, and what it asked."""
    said = person.say("/forget@ringback_bot", chat=group)
    question = await person.wait_for(lambda m: m.keyboard, after=said, chat=group)
    asked = question.text
    await person.press(question, "Delete it all").answered
    await person.wait_for(lambda m: m is question and m.text.startswith("Deleted."), chat=group)
    return question, asked


async def test_in_a_group_only_who_asked_may_answer(world: World, group: Chat) -> None:
    other = world.telegram.person(OTHER, "Ana")
    said = other.say("/forget@ringback_bot", chat=group)
    question = await other.wait_for(lambda m: m.keyboard, after=said, chat=group)
    assert await press(world, question, "Delete it all") == "Only Ana can press this."
    assert await press(world, question, "Keep it", by=other) == "Kept."


async def test_in_a_group_one_forgets_ones_own_requests(world: World, group: Chat, tmp_path: Path) -> None:
    other = world.telegram.person(OTHER, "Ana")
    theirs, mine = await card_in(group, other, SHORT), await card_in(group, world.requester, BUSY)
    _, asked = await forget_in(group, other)
    assert asked.startswith("I delete your requests in this group, with the transcripts and recordings of their calls.")
    assert count(tmp_path, "drafts") == 1
    assert await press_data(world, theirs, data_of(theirs, "Call"), by=other) == GONE
    assert "Luigi" in mine.text
    assert await press(world, mine, "Call") == "Dialling"


async def test_in_a_group_an_admin_forgets_its_settings_too_and_it_stays_allowed(
    world: World, group: Chat, tmp_path: Path
) -> None:
    said = world.requester.say("/settings@ringback_bot", chat=group)
    settings = await world.requester.wait_for(lambda m: "Settings of" in m.text, after=said, chat=group)
    await press(world, settings, "Disclosure")
    await world.requester.wait_for(lambda m: m is settings and "AI: no" in m.text, chat=group)
    other = world.telegram.person(OTHER, "Ana")
    await forget_in(group, other)
    assert count(tmp_path, "chats", "disclose is not null") == 1
    _, asked = await forget_in(group, world.requester)
    assert "and as you are an admin the group’s contacts and settings too" in asked
    assert count(tmp_path, "chats", "disclose is not null") == 0
    assert is_card(await card_in(group, other, SHORT))


async def test_forgetting_in_one_chat_leaves_the_others(world: World, group: Chat, tmp_path: Path) -> None:
    card = await order(world, SHORT)
    await card_in(group, world.requester, BUSY)
    await forget_in(group, world.requester)
    assert count(tmp_path, "drafts") == 1
    await place(world, card)
    assert from_bot(world)
