"""What is deleted when a requester is forgotten, table by table, and what is left of others'."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.address_book import AddressBook
from bot.chat import Chat, Place
from bot.roster import Roster
from bot.store import Store
from bridge import events
from bridge.database import open_database
from bridge.errors import AlreadyPlaced
from bridge.journal import Journal
from tests.databases import sqlite_in
from tests.fakes import FakeWall, a_spec
from tests.samples import GROUP, PLACE, a_draft, a_summary

NEW = Chat(0, zone="America/Los_Angeles")


@pytest.fixture
def store(engine: AsyncEngine) -> Store:
    return Store(engine, FakeWall())


@pytest.fixture
def roster(engine: AsyncEngine) -> Roster:
    return Roster(engine, NEW)


# Calls


async def test_forgotten_calls_leave_nothing_and_the_others_stay(engine: AsyncEngine) -> None:
    journal = Journal(engine)
    kept = await journal.confirm(a_spec(id="kept"))
    for call_id in ("a", "b"):
        await journal.confirm(a_spec(id=call_id))
        await journal.append(call_id, 1, [events.Dialed(at_ms=1, call_sid="CA1")])
    await journal.forget(["a", "b", "nobody"])
    assert [await journal.events(call_id) for call_id in ("a", "b", "kept")] == [[], [], [kept]]
    assert await journal.unfinished() == ["kept"]
    with pytest.raises(AlreadyPlaced):
        await journal.confirm(a_spec(id="kept"))


async def test_what_was_forgotten_cannot_be_read_from_the_files_of_a_database_that_runs(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """SQLite's write-ahead log, too. A PostgreSQL's files are its own; nothing is asked of it."""
    journal = Journal(engine)
    await journal.confirm(a_spec(id="a", goal="a secretive mulberry peacock"))
    await journal.forget(["a"])
    await journal.overwrite_deleted()
    files = Path(engine.url.database or "").parent if engine.dialect.name == "sqlite" else tmp_path
    assert [file.name for file in files.iterdir() if file.is_file() and b"mulberry" in file.read_bytes()] == []


async def test_nothing_to_forget_is_no_trouble(engine: AsyncEngine, store: Store) -> None:
    await Journal(engine).forget([])
    await store.forget([])


# Drafts and what belongs to them


async def test_a_requesters_drafts_in_a_chat_are_found_whatever_became_of_them(store: Store) -> None:
    mine = [a_draft(id="a"), a_draft(id="b", rev=9), a_draft(id="c", place=Place(PLACE.chat_id, 7))]
    for draft in (*mine, a_draft(id="d", requester_id=7), a_draft(id="e", place=GROUP)):
        await store.save(draft)
    assert {draft.id for draft in await store.drafts_of(101, PLACE.chat_id)} == {"a", "b", "c"}


async def test_a_forgotten_draft_takes_its_messages_and_its_report_along(store: Store) -> None:
    gone, kept = a_draft(id="gone"), a_draft(id="kept")
    for message_id, draft in enumerate((gone, kept), 1):
        await store.save(draft)
        await store.remember(draft, message_id, "card")
        await store.keep_summary(draft.id, a_summary())
    await store.forget([gone.id])
    assert await store.draft(gone.id) is None
    assert await store.draft_of(PLACE.chat_id, 1) is None
    assert await store.summary(gone.id) is None
    assert await store.draft_of(PLACE.chat_id, 2) == kept
    assert await store.summary(kept.id) == a_summary()


async def test_a_question_that_was_answered_is_asked_no_more(store: Store) -> None:
    await store.ask(PLACE, 7, "forget:101")
    assert [await store.unask(PLACE, 7), await store.unask(PLACE, 7)] == [True, False]
    assert await store.asked(PLACE, 7) == ""


async def test_the_questions_of_a_chat_are_forgotten_together(store: Store) -> None:
    for place in (PLACE, GROUP):
        await store.ask(place, 7, "zone:all:6")
    await store.forget_asks(PLACE.chat_id)
    assert [await store.asked(place, 7) for place in (PLACE, GROUP)] == ["", "zone:all:6"]


async def test_the_contacts_of_a_chat_are_forgotten_together(engine: AsyncEngine) -> None:
    book = AddressBook(engine)
    for place in (PLACE, GROUP):
        await book.keep(place.chat_id, "Roma", "+14155552671")
    await book.forget(PLACE.chat_id)
    assert [len(await book.of(place.chat_id)) for place in (PLACE, GROUP)] == [0, 1]


# Settings


async def test_a_forgotten_private_chat_begins_anew(roster: Roster) -> None:
    await roster.keep_chat(101, language="de", zone="Europe/Berlin", disclose=False)
    assert await roster.settled(101)
    await roster.forget_chat(101)
    assert not await roster.settled(101)
    assert await roster.chat(101) == replace(NEW, id=101)


async def test_a_forgotten_group_is_still_allowed(roster: Roster) -> None:
    await roster.keep_chat(-5, title="Family", allowed=True, persona="warm", town="Porto", country="PT")
    await roster.forget_chat(-5)
    assert await roster.chat(-5) == replace(NEW, id=-5, title="Family", allowed=True)


async def test_a_chat_without_a_zone_of_its_own_has_that_of_the_deployment(roster: Roster, engine: AsyncEngine) -> None:
    await roster.keep_chat(101, persona="warm")
    assert not await roster.settled(101)
    elsewhere = Roster(engine, replace(NEW, zone="Europe/Berlin"))
    assert (await elsewhere.chat(101)).zone == "Europe/Berlin"


async def test_a_private_chat_is_first_met_in_a_language_that_there_is_a_catalogue_of(roster: Roster) -> None:
    for code in ("", "en-GB", "tlh", "x"):
        assert await roster.meet_chat(101, code) == replace(NEW, id=101)
    await roster.keep_chat(102, persona="warm")
    assert (await roster.meet_chat(102, "de")).language == "en"


# On the disk


def written_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_what_is_deleted_is_overwritten_in_the_file(tmp_path: Path) -> None:
    engine = open_database(sqlite_in(tmp_path))
    book = AddressBook(engine)
    await book.keep(101, "Trattoria Roma", "+14155552671")
    await book.forget(101)
    await engine.dispose()
    assert b"Trattoria" not in written_in(tmp_path)
