"""The journal, in a real SQLite file and a real PostgreSQL: events come back as they were, a spec is dialled once."""

import asyncio
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge import events, journal
from bridge.call import Ending, EndReason, Turn, Usage
from bridge.database import open_database
from bridge.errors import AlreadyPlaced, JournalError
from bridge.events import CallEvent
from bridge.journal import EVENT_TYPES, Journal
from tests.fakes import a_spec

ENDING = Ending(
    EndReason.CALLEE_HUNG_UP,
    ring_s=3.25,
    talk_s=61.5,
    usage=Usage(audio_in=10, audio_in_cached=5, transcribed_s=1.5),
    cost_usd=0.1234,
    detail="31205",
    outcome="Booked “Tisch” 🍕",
)
ENDED = events.Ended(at_ms=70_000, ending=ENDING)
DIALED = events.Dialed(at_ms=120, call_sid="CA1")


@pytest.fixture
def log(engine: AsyncEngine) -> Journal:
    return Journal(engine)


SAMPLES: dict[Any, Any] = {
    Turn: Turn("i1", "agent", "Hé 🍕\n", 5, 9, final=True),
    str: "Hé 🍕\n\x00",
    int: 2**40,
    float: 2.5,
    bool: True,
    tuple[str, ...]: ("a", "", "ü"),
    Usage: Usage(audio_in=10, transcribed_s=1.5),
}


def an_event(kind: type[Any]) -> Any:
    """One of a kind, with every field filled by its type; a choice of words takes its last."""
    fields = {
        name: get_args(annotation)[-1] if str(get_origin(annotation)) == "typing.Literal" else SAMPLES[annotation]
        for name, annotation in get_type_hints(kind).items()
        if name != "at_ms"
    }
    return kind(at_ms=7, **fields)


async def test_a_call_begins_with_its_confirmation(log: Journal) -> None:
    confirmed = await log.confirm(a_spec())
    assert await log.events("call-1") == [confirmed]
    assert confirmed.spec == a_spec()
    assert confirmed.at_ms == 0


async def test_a_spec_is_confirmed_once(log: Journal) -> None:
    await log.confirm(a_spec())
    with pytest.raises(AlreadyPlaced, match="make a new card"):
        await log.confirm(a_spec(goal="Something else"))
    assert len(await log.events("call-1")) == 1


async def test_of_many_confirmations_at_once_one_is_taken(log: Journal) -> None:
    tried = await asyncio.gather(*(log.confirm(a_spec()) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(outcome, events.Confirmed) for outcome in tried) == 1
    assert sum(isinstance(outcome, AlreadyPlaced) for outcome in tried) == 19


@pytest.mark.parametrize("body", ["", "{", "5", '{"event": "of tomorrow", "at_ms": 1}', '{"event": "ringing"}'])
async def test_a_journal_that_cannot_be_read_is_said_so(log: Journal, engine: AsyncEngine, body: str) -> None:
    await log.confirm(a_spec())
    async with engine.begin() as connection:
        await connection.execute(journal.call_events.insert().values(call_id="call-1", number=1, body=body))
    with pytest.raises(JournalError, match="cannot be read"):
        await log.events("call-1")
    assert await log.unfinished() == ["call-1"]


async def test_a_call_is_over_once_it_has_its_end(log: Journal) -> None:
    assert await log.over("never placed")
    await log.confirm(a_spec())
    assert not await log.over("call-1")
    await log.append("call-1", 1, [ENDED])
    assert await log.over("call-1")


async def test_every_event_comes_back_as_it_was_told(log: Journal) -> None:
    assert set(EVENT_TYPES) == set(get_args(CallEvent))
    confirmed = await log.confirm(a_spec())
    told: list[CallEvent] = [an_event(kind) for kind in EVENT_TYPES if kind not in (events.Confirmed, events.Ended)]
    told.append(ENDED)
    await log.append("call-1", 1, told)
    assert await log.events("call-1") == [confirmed, *told]


async def test_events_come_back_in_the_order_of_their_numbers(log: Journal) -> None:
    confirmed = await log.confirm(a_spec())
    ringing, answered = events.Ringing(at_ms=1), events.Answered(at_ms=2)
    await log.append("call-1", 2, [answered])
    await log.append("call-1", 1, [ringing])
    assert await log.events("call-1") == [confirmed, ringing, answered]


async def test_a_number_is_written_once_and_a_batch_as_a_whole(log: Journal) -> None:
    confirmed = await log.confirm(a_spec())
    await log.append("call-1", 1, [DIALED])
    with pytest.raises(IntegrityError):
        await log.append("call-1", 0, [events.Ringing(at_ms=1), events.Answered(at_ms=2)])
    with pytest.raises(IntegrityError):
        await log.append("nobody", 0, [DIALED])
    assert await log.events("call-1") == [confirmed, DIALED]


async def test_a_call_that_is_not_there_has_no_events(log: Journal) -> None:
    assert await log.events("nobody") == []


async def test_calls_without_an_end_are_found_oldest_first(log: Journal) -> None:
    for name in ("call-a", "call-b", "call-c"):
        await log.confirm(a_spec(id=name))
    await log.append("call-b", 1, [DIALED, ENDED])
    assert await log.unfinished() == ["call-a", "call-c"]


async def test_the_carriers_name_for_a_call_is_kept(log: Journal, engine: AsyncEngine) -> None:
    await log.confirm(a_spec())
    await log.append("call-1", 1, [DIALED])
    async with engine.connect() as connection:
        assert (await connection.scalars(journal.calls.select().with_only_columns(journal.calls.c.call_sid))).all() == [
            "CA1"
        ]


async def test_what_is_journalled_outlives_the_process(log: Journal, engine: AsyncEngine, database_url: str) -> None:
    confirmed = await log.confirm(a_spec())
    await engine.dispose()
    again = open_database(database_url)
    try:
        assert await Journal(again).events("call-1") == [confirmed]
        with pytest.raises(AlreadyPlaced):
            await Journal(again).confirm(a_spec())
    finally:
        await again.dispose()


async def test_the_journal_knows_how_long_a_call_is(log: Journal) -> None:
    assert await log.length("call-1") == 0
    await log.confirm(a_spec())
    await log.append("call-1", 1, [DIALED, ENDED])
    assert await log.length("call-1") == 3


async def test_the_journal_knows_which_of_the_carriers_calls_are_its_own(log: Journal) -> None:
    await log.confirm(a_spec())
    assert await log.sids(["CA1", ""]) == {""}
    await log.append("call-1", 1, [DIALED])
    assert await log.sids(["CA0", "CA1"]) == {"CA1"}
    assert await log.sids([]) == set()


async def test_what_many_calls_append_at_once_is_all_written(log: Journal) -> None:
    calls = [f"call-{number}" for number in range(30)]
    for call_id in calls:
        await log.confirm(a_spec(id=call_id))
    await asyncio.gather(*(log.append(call_id, 1, [DIALED, ENDED]) for call_id in calls))
    assert [len(await log.events(call_id)) for call_id in calls] == [3] * len(calls)
    assert await log.unfinished() == []


async def test_one_that_cannot_be_written_keeps_no_other_back(log: Journal) -> None:
    await log.confirm(a_spec())
    await log.confirm(a_spec(id="call-2"))
    await log.append("call-1", 1, [DIALED])
    taken, free = await asyncio.gather(
        log.append("call-1", 1, [DIALED]), log.append("call-2", 1, [DIALED]), return_exceptions=True
    )
    assert isinstance(taken, IntegrityError)
    assert free is None
    assert len(await log.events("call-2")) == 2


async def test_whoever_gives_up_waiting_to_append_leaves_nothing_behind(log: Journal) -> None:
    await log.confirm(a_spec())
    await log.append("call-1", 1, [DIALED])
    giving_up = asyncio.create_task(log.append("call-1", 2, [ENDED]))
    await asyncio.sleep(0)
    giving_up.cancel()
    await log.append("call-1", 2, [events.Ringing(at_ms=1)])
    assert [type(event) for event in await log.events("call-1")][2:] == [events.Ringing]
