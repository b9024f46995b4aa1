"""The bot's memory, in a real SQLite file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import store as bot_store
from bot.conversation import Stage
from bot.store import Person, Store
from bridge.database import open_database
from tests.samples import a_draft, a_plan


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = open_database(f"sqlite:///{tmp_path}/ringback.db")
    async with engine.begin() as connection:
        await connection.run_sync(bot_store.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> Store:
    return Store(engine)


# People


async def test_whoever_writes_is_known_and_not_allowed(store: Store) -> None:
    assert await store.person(101) is None
    await store.meet(101, "Ana")
    assert await store.person(101) == Person(101, "Ana", allowed=False)


async def test_a_new_name_is_kept_and_an_empty_one_is_not(store: Store) -> None:
    for name in ("Ana", "Ana Berg", ""):
        await store.meet(101, name)
    assert await store.person(101) == Person(101, "Ana Berg", allowed=False)


async def test_a_long_name_is_cut(store: Store) -> None:
    await store.meet(101, "N" * 1000)
    await store.meet(101, "N" * 1000)
    person = await store.person(101)
    assert person is not None
    assert len(person.name) == 256


async def test_two_first_messages_at_once_are_one_person(store: Store) -> None:
    await asyncio.gather(*(store.meet(101, "Ana") for _ in range(12)), *(store.allow(101, allowed=True) for _ in "ab"))
    person = await store.person(101)
    assert person is not None
    assert person.allowed


async def test_allowing_tells_whether_it_changed_anything(store: Store) -> None:
    assert [await store.allow(102, allowed=allowed) for allowed in (False, True, True, False, False)] == [
        *(False, True, False, True, False)
    ]


async def test_somebody_can_be_allowed_before_they_ever_wrote(store: Store) -> None:
    await store.allow(102, allowed=True)
    await store.meet(102, "Bo")
    assert await store.person(102) == Person(102, "Bo", allowed=True)


async def test_the_allowed_are_listed_by_name(store: Store) -> None:
    for person_id, name in ((101, "Zoe"), (102, "Ana"), (103, "Bo")):
        await store.meet(person_id, name)
    await store.allow(101, allowed=True)
    await store.allow(102, allowed=True)
    assert [person.name for person in await store.allowed()] == ["Ana", "Zoe"]


async def test_ones_own_number_is_kept(store: Store) -> None:
    await store.meet(101, "Ana")
    await store.keep_phone(101, "+14155550123")
    await store.meet(101, "Ana Berg")
    assert await store.person(101) == Person(101, "Ana Berg", allowed=False, phone="+14155550123")


# Drafts


async def test_a_draft_comes_back_as_it_was_saved(store: Store) -> None:
    draft = a_draft(a_plan(goal="Ask for “Tisch” 🍕\n\x00"), chat_id=2**40, requester_id=2**41)
    await store.save(draft)
    assert await store.draft(draft.id) == draft
    assert await store.draft("another") is None


async def test_a_draft_saved_again_is_the_newer_one(store: Store) -> None:
    draft = a_draft()
    await store.save(draft)
    revised = draft.revised(a_plan(goal="Another"), Stage.DRAFTING)
    await store.save(revised)
    assert await store.draft(draft.id) == revised


async def test_a_requesters_newest_open_draft_is_found(store: Store) -> None:
    for name, chat_id, requester_id, stage in (
        ("old", 1, 1, Stage.CONFIRMING),
        ("new", 1, 1, Stage.DRAFTING),
        ("placed", 1, 1, Stage.PLACED),
        ("cancelled", 1, 1, Stage.CANCELLED),
        ("elsewhere", 2, 1, Stage.CONFIRMING),
        ("anothers", 1, 2, Stage.CONFIRMING),
    ):
        await store.save(a_draft(id=name, chat_id=chat_id, requester_id=requester_id, stage=stage))
    found = await store.open_draft(1, 1)
    assert found is not None
    assert found.id == "new"
    assert await store.open_draft(3, 1) is None


async def test_advance_moves_a_draft_from_exactly_that_stage(store: Store) -> None:
    await store.save(a_draft(stage=Stage.CONFIRMING))
    assert not await store.advance(a_draft().id, Stage.DRAFTING, Stage.PLACED)
    assert not await store.advance("another", Stage.CONFIRMING, Stage.PLACED)
    assert await store.advance(a_draft().id, Stage.CONFIRMING, Stage.PLACED)
    found = await store.draft(a_draft().id)
    assert found is not None
    assert found.stage is Stage.PLACED


async def test_of_many_presses_at_once_advance_lets_exactly_one_through(store: Store) -> None:
    await store.save(a_draft(stage=Stage.CONFIRMING))
    through = await asyncio.gather(
        *(store.advance(a_draft().id, Stage.CONFIRMING, Stage.PLACED) for _ in range(20)),
        *(store.advance(a_draft().id, Stage.CONFIRMING, Stage.CANCELLED) for _ in range(20)),
    )
    assert sum(through) == 1


async def test_placed_calls_are_listed_newest_first(store: Store) -> None:
    for number, stage in enumerate((Stage.PLACED, Stage.REPORTED, Stage.CONFIRMING, Stage.PLACED)):
        await store.save(a_draft(id=f"d{number}", requester_id=number % 2, stage=stage))
    assert [draft.id for draft in await store.placed()] == ["d3", "d1", "d0"]
    assert [draft.id for draft in await store.placed(1)] == ["d3", "d1"]
    assert [draft.id for draft in await store.placed(limit=1)] == ["d3"]
    assert {draft.id for draft in await store.unreported()} == {"d0", "d3"}


# Messages


async def test_a_message_leads_to_its_draft(store: Store) -> None:
    await store.save(a_draft())
    await store.remember(a_draft(), 55, "card")
    assert await store.draft_of(a_draft().chat_id, 55) == a_draft()
    assert await store.draft_of(a_draft().chat_id, 56) is None
    assert await store.draft_of(999, 55) is None


async def test_the_newest_message_in_a_role_is_found(store: Store) -> None:
    await store.save(a_draft())
    for message_id, role in ((55, "card"), (60, "card"), (61, "live")):
        await store.remember(a_draft(), message_id, role)
    assert await store.message_of(a_draft(), "card") == 60
    assert await store.message_of(a_draft(), "report") is None


async def test_a_card_that_becomes_the_live_view_changes_its_role(store: Store) -> None:
    await store.save(a_draft())
    for role in ("card", "live"):
        await store.remember(a_draft(), 55, role)
    assert await store.message_of(a_draft(), "card") is None
    assert await store.message_of(a_draft(), "live") == 55


async def test_a_message_of_no_draft_is_a_mistake(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.remember(a_draft(), 55, "card")


async def test_what_is_kept_outlives_the_process(store: Store, engine: AsyncEngine, tmp_path: Path) -> None:
    await store.save(a_draft(stage=Stage.PLACED))
    await store.remember(a_draft(), 55, "card")
    await engine.dispose()
    again = open_database(f"sqlite:///{tmp_path}/ringback.db")
    try:
        assert await Store(again).draft_of(a_draft().chat_id, 55) == a_draft(stage=Stage.PLACED)
    finally:
        await again.dispose()
