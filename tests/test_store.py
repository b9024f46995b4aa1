"""Drafts and their messages, in a real SQLite file and in a real PostgreSQL."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.found import Found
from bot.plan import Missing
from bot.store import Store
from bot.summary import Appointment, NextStep, Summary
from bot.tables import drafts
from bridge.database import open_database
from tests.fakes import FakeWall
from tests.samples import GROUP, PLACE, TOPIC, a_draft, a_plan, a_summary, an_answer

FOUND = Found(number="+14155552671", name="Trattoria Roma", address="1 Main St", source="https://roma.example/")


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall()


@pytest.fixture
def store(engine: AsyncEngine, wall: FakeWall) -> Store:
    return Store(engine, wall)


async def save(store: Store, wall: FakeWall, *many: Draft) -> None:
    """One after the other."""
    for draft in many:
        wall.now += 1
        await store.save(draft)


def ids(found: list[Draft]) -> list[str]:
    return [draft.id for draft in found]


# Drafts


async def test_a_draft_comes_back_as_it_was_saved(store: Store) -> None:
    plan = a_plan(goal="Ask for “Tisch” 🍕\n\x00", missing=[Missing(question="Which?", choices=["A", "B"])])
    draft = a_draft(plan, place=Place(2**40, 2**31), requester_id=2**41, due_unix=1_795_395_600.5, candidate=FOUND)
    await store.save(draft)
    assert await store.draft(draft.id) == draft
    assert await store.draft("another") is None


async def test_a_draft_saved_again_is_the_newer_one(store: Store) -> None:
    draft = a_draft(candidate=FOUND)
    await store.save(draft)
    revised = a_draft(candidate=None).revised(a_plan(goal="Another"), Stage.DRAFTING)
    await store.save(revised)
    assert await store.draft(draft.id) == revised


async def test_a_name_that_is_too_long_for_the_database_is_cut(store: Store) -> None:
    await store.save(a_draft(requester_name="N" * 1000))
    found = await store.draft(a_draft().id)
    assert found is not None
    assert len(found.requester_name) == 256


async def test_a_plan_of_an_older_version_is_read(store: Store, engine: AsyncEngine) -> None:
    await store.save(a_draft())
    old = a_plan().model_dump_json().replace('"missing":[]', '"missing":""').replace('"recent":0,', "")
    async with engine.begin() as connection:
        await connection.execute(sa.update(drafts).values(plan=old))
    assert await store.draft(a_draft().id) == a_draft()


async def test_a_requesters_newest_open_draft_is_found(store: Store, wall: FakeWall) -> None:
    here: dict[str, Any] = {"place": PLACE, "requester_id": 1}
    await save(
        store,
        wall,
        a_draft(id="old", stage=Stage.CONFIRMING, **here),
        a_draft(id="new", stage=Stage.DRAFTING, **here),
        a_draft(id="placed", stage=Stage.PLACED, **here),
        a_draft(id="planned", stage=Stage.SCHEDULED, **here),
        a_draft(id="cancelled", stage=Stage.CANCELLED, **here),
        a_draft(id="elsewhere", place=GROUP, requester_id=1),
        a_draft(id="in a topic", place=TOPIC, requester_id=1),
        a_draft(id="anothers", place=PLACE, requester_id=2),
    )

    async def found(place: Place) -> str:
        draft = await store.open_draft(place, 1)
        return draft.id if draft else ""

    assert [await found(place) for place in (PLACE, GROUP, TOPIC, Place(3))] == ["new", "elsewhere", "in a topic", ""]


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


async def test_a_call_is_tried_again_by_one_draft_only(store: Store) -> None:
    await store.save(a_draft())
    assert await store.follower_of(a_draft().id) is None
    tries = [a_draft(id=name, stage=Stage.SCHEDULED, due_unix=2e9) for name in "ab"]
    through = await asyncio.gather(*(store.follow_up(a_draft().id, again) for again in tries))
    assert sum(through) == 1
    first = tries[through.index(True)]
    assert await store.follower_of(a_draft().id) == first
    assert await store.in_stage(Stage.SCHEDULED) == [first]  # the other one was not saved


async def test_a_call_that_is_not_there_is_not_tried_again(store: Store) -> None:
    assert not await store.follow_up("another", a_draft(id="a"))
    assert await store.follower_of("another") is None
    assert await store.draft("a") is None


async def test_a_draft_that_is_saved_again_keeps_its_follower(store: Store) -> None:
    await store.save(a_draft())
    await store.follow_up(a_draft().id, a_draft(id="a"))
    await store.save(a_draft(rev=9))
    assert not await store.follow_up(a_draft().id, a_draft(id="b"))


async def test_a_planned_call_takes_its_new_time_with_its_stage(store: Store) -> None:
    await store.save(a_draft(stage=Stage.CONFIRMING, due_unix=1e9))
    assert await store.advance(a_draft().id, Stage.CONFIRMING, Stage.SCHEDULED, due_unix=2e9)
    assert not await store.advance(a_draft().id, Stage.CONFIRMING, Stage.SCHEDULED, due_unix=3e9)
    assert [draft.due_unix for draft in await store.in_stage(Stage.SCHEDULED)] == [2e9]


async def test_placed_and_planned_calls_are_listed_newest_first(store: Store, wall: FakeWall) -> None:
    stages = (Stage.PLACED, Stage.REPORTED, Stage.CONFIRMING, Stage.PLACED, Stage.SCHEDULED, Stage.CANCELLED)
    places = (PLACE, GROUP, PLACE, TOPIC, PLACE, PLACE)
    for number, (stage, place) in enumerate(zip(stages, places, strict=True)):
        await save(store, wall, a_draft(id=f"d{number}", requester_id=1 + number % 2, place=place, stage=stage))
    assert ids(await store.placed()) == ["d4", "d3", "d1", "d0"]
    assert ids(await store.placed(requester_id=2)) == ["d3", "d1"]
    assert ids(await store.placed(chat_id=PLACE.chat_id)) == ["d4", "d0"]
    assert ids(await store.placed(groups=True)) == ["d3", "d1"]
    assert ids(await store.placed(limit=1)) == ["d4"]
    assert ids(await store.placed(limit=2, skip=1)) == ["d3", "d1"]


async def test_what_is_in_a_stage_is_found_the_next_planned_call_first(store: Store, wall: FakeWall) -> None:
    await save(
        store,
        wall,
        a_draft(id="later", stage=Stage.SCHEDULED, due_unix=3e9),
        a_draft(id="next", stage=Stage.SCHEDULED, due_unix=2e9),
        a_draft(id="placed", stage=Stage.PLACED),
        a_draft(id="reported", stage=Stage.REPORTED),
    )
    assert ids(await store.in_stage(Stage.SCHEDULED)) == ["next", "later"]
    assert ids(await store.in_stage(Stage.PLACED)) == ["placed"]


async def test_the_history_has_each_call_at_its_time(store: Store, wall: FakeWall) -> None:
    wall.now = 1000.0
    await store.save(a_draft(id="placed late", stage=Stage.CONFIRMING))
    await save(store, wall, a_draft(id="placed", stage=Stage.PLACED))
    await save(store, wall, a_draft(id="planned", stage=Stage.SCHEDULED, due_unix=1500.0))
    await save(store, wall, a_draft(id="draft", stage=Stage.CONFIRMING), a_draft(id="elsewhere", place=GROUP))
    wall.now = 1200.0
    await store.advance("placed late", Stage.CONFIRMING, Stage.PLACED)
    found = await store.history(chat_id=PLACE.chat_id)
    assert [(draft.id, at) for draft, at in found] == [("planned", 1500.0), ("placed late", 1200.0), ("placed", 1001.0)]
    assert [draft.id for draft, _ in await store.history(limit=1, skip=1)] == ["placed late"]


# Messages


async def test_a_message_leads_to_its_draft(store: Store) -> None:
    await store.save(a_draft())
    await store.remember(a_draft(), 55, "card")
    assert await store.draft_of(PLACE.chat_id, 55) == a_draft()
    assert await store.draft_of(PLACE.chat_id, 56) is None
    assert await store.draft_of(999, 55) is None


async def test_a_message_leads_to_its_draft_in_its_own_role(store: Store) -> None:
    await store.save(a_draft())
    await store.remember(a_draft(), 55, "request")
    assert await store.draft_of(PLACE.chat_id, 55, "request") == a_draft()
    assert await store.draft_of(PLACE.chat_id, 55, "card") is None


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


async def test_an_edited_request_belongs_to_its_newest_draft(store: Store) -> None:
    for name in ("one", "two"):
        await store.save(a_draft(id=name))
        await store.remember(a_draft(id=name), 55, "request")
    found = await store.draft_of(PLACE.chat_id, 55)
    assert found is not None
    assert found.id == "two"


async def test_a_message_of_no_draft_is_a_mistake(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.remember(a_draft(), 55, "card")


async def test_a_reply_to_what_was_asked_is_known_by_what_it_sets(store: Store) -> None:
    await store.ask(GROUP, 55, "zone")
    assert [await store.asked(place, 55) for place in (GROUP, TOPIC, PLACE)] == ["zone", "zone", ""]
    assert await store.asked(GROUP, 56) == ""


async def test_what_was_asked_is_set_once(store: Store) -> None:
    await store.ask(PLACE, 55, "zone")
    assert [await store.unask(PLACE, 55) for _ in "ab"] == [True, False]
    assert await store.asked(PLACE, 55) == ""


# Reports


async def test_a_summary_comes_back_as_it_was_kept(store: Store) -> None:
    booked = Appointment(title="Table", start="2026-11-24T19:45", minutes=120, place="Roma")
    summary = Summary.model_validate(
        a_summary(answers=[an_answer(turn=4)], next_steps=[NextStep(text="Be there", turn=2)], appointment=booked),
        from_attributes=True,
    )
    await store.keep_summary("call-1", a_summary(headline="An older one"))
    await store.keep_summary("call-1", summary)
    assert await store.summary("call-1") == summary
    assert await store.summary("call-2") is None


# Forgetting


async def test_what_a_person_asked_for_is_forgotten_with_all_that_belongs_to_it(store: Store) -> None:
    for name, place, requester_id in (("mine", PLACE, 1), ("hers", PLACE, 2), ("elsewhere", GROUP, 1)):
        draft = a_draft(id=name, place=place, requester_id=requester_id)
        await store.save(draft)
        await store.remember(draft, 50 + requester_id, "card")
        await store.keep_summary(name, a_summary())
    found = await store.drafts_of(1, PLACE.chat_id)
    assert ids(found) == ["mine"]
    await store.forget(ids(found))
    assert await store.draft("mine") is None
    assert await store.draft_of(PLACE.chat_id, 51) is None
    assert await store.summary("mine") is None
    for name in ("hers", "elsewhere"):
        assert await store.draft(name) is not None
        assert await store.summary(name) is not None


async def test_what_was_asked_in_a_chat_is_forgotten(store: Store) -> None:
    for place in (PLACE, GROUP):
        await store.ask(place, 55, "zone")
    await store.forget_asks(PLACE.chat_id)
    assert [await store.asked(place, 55) for place in (PLACE, GROUP)] == ["", "zone"]


async def test_what_is_kept_outlives_the_process(store: Store, engine: AsyncEngine, database_url: str) -> None:
    await store.save(a_draft(stage=Stage.PLACED))
    await store.remember(a_draft(), 55, "card")
    await engine.dispose()
    again = open_database(database_url)
    try:
        assert await Store(again, FakeWall()).draft_of(PLACE.chat_id, 55) == a_draft(stage=Stage.PLACED)
    finally:
        await again.dispose()
