"""The recorder: into the journal first, and only then told."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge import events
from bridge.call import Ending, EndReason
from bridge.errors import CallElsewhere, JournalError
from bridge.events import CallEvent
from bridge.journal import Journal
from bridge.recorder import Recorder
from tests.fakes import a_spec

RINGING = events.Ringing(at_ms=1)
ANSWERED = events.Answered(at_ms=2)
CARRIED = events.CarriedOver(at_ms=3)
ENDED = events.Ended(at_ms=3, ending=Ending(EndReason.GOODBYE, ring_s=1, talk_s=1))


class SlowJournal(Journal):
    """Waits, before it writes, until it is let."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.may_write = asyncio.Event()
        self.batches: list[int] = []

    async def append(self, call_id: str, first_number: int, events: Sequence[CallEvent]) -> None:
        await self.may_write.wait()
        await super().append(call_id, first_number, events)
        self.batches.append(len(events))


@pytest.fixture
def log(engine: AsyncEngine) -> SlowJournal:
    return SlowJournal(engine)


@pytest.fixture
async def recorder(log: SlowJournal) -> Recorder:
    return Recorder(log, "call-1", [await log.confirm(a_spec())])


async def seen(recorder: Recorder) -> list[CallEvent]:
    return [event async for event in recorder.events()]


async def test_an_event_is_in_the_journal_before_anyone_is_told(log: SlowJournal, recorder: Recorder) -> None:
    told: list[CallEvent] = []

    async def follow() -> None:
        async for event in recorder.events():
            told.append(event)
            assert event in await log.events("call-1")

    following = asyncio.create_task(follow())
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    await asyncio.sleep(0.02)
    assert [type(event) for event in told] == [events.Confirmed]
    assert recorder.so_far == told
    log.may_write.set()
    recorder.tell(ENDED)
    await asyncio.wait_for(asyncio.gather(running, following), 5)
    assert told[1:] == [RINGING, ENDED]


async def test_what_comes_while_the_journal_is_busy_is_one_batch(log: SlowJournal, recorder: Recorder) -> None:
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    await asyncio.sleep(0)
    recorder.tell(ANSWERED)
    recorder.tell(ENDED)
    log.may_write.set()
    await asyncio.wait_for(running, 5)
    assert log.batches == [1, 2]
    assert (await log.events("call-1"))[1:] == [RINGING, ANSWERED, ENDED]


async def test_everyone_who_follows_gets_every_event_once_whenever_they_begin(
    log: SlowJournal, recorder: Recorder
) -> None:
    log.may_write.set()
    early = [asyncio.create_task(seen(recorder)) for _ in range(3)]
    running = asyncio.create_task(recorder.run())
    for event in (RINGING, ANSWERED, ENDED):
        recorder.tell(event)
        await asyncio.sleep(0.01)
    await asyncio.wait_for(running, 5)
    everyone = await asyncio.wait_for(asyncio.gather(*early, seen(recorder)), 5)
    assert {tuple(type(event).__name__ for event in told) for told in everyone} == {
        ("Confirmed", "Ringing", "Answered", "Ended")
    }


async def test_nothing_is_told_that_could_not_be_written_and_who_follows_is_told_so(log: SlowJournal) -> None:
    log.may_write.set()
    lost = Recorder(log, "nobody", [])
    following = asyncio.create_task(seen(lost))
    await asyncio.sleep(0)
    lost.tell(RINGING)
    with pytest.raises(SQLAlchemyError, match=r"(?i)foreign key"):
        await lost.run()
    with pytest.raises(JournalError, match="look at the database"):
        await asyncio.wait_for(following, 5)
    with pytest.raises(JournalError):
        await seen(lost)
    assert lost.so_far == []


async def test_what_was_told_is_known_before_it_is_written(recorder: Recorder) -> None:
    recorder.tell(RINGING)
    assert [type(event) for event in recorder.so_far] == [events.Confirmed]
    assert [type(event) for event in recorder.all_told] == [events.Confirmed, events.Ringing]


async def test_a_call_that_is_taken_up_again_goes_on_with_the_next_number(log: SlowJournal, recorder: Recorder) -> None:
    log.may_write.set()
    await log.append("call-1", 1, [RINGING])
    again = Recorder(log, "call-1", await log.events("call-1"))
    again.tell(ENDED)
    await asyncio.wait_for(again.run(), 5)
    assert [type(event).__name__ for event in await log.events("call-1")] == ["Confirmed", "Ringing", "Ended"]


async def test_a_wake_up_without_work_writes_nothing(log: SlowJournal, recorder: Recorder) -> None:
    log.may_write.set()
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    recorder._work.set()
    await asyncio.sleep(0.05)
    recorder._work.set()
    await asyncio.sleep(0.01)
    recorder.tell(ENDED)
    await asyncio.wait_for(running, 5)
    assert log.batches == [1, 1]


async def test_a_process_that_takes_a_call_up_says_so_before_all_else(log: SlowJournal, recorder: Recorder) -> None:
    log.may_write.set()
    again = Recorder(log, "call-1", recorder.so_far)
    await again.claim(CARRIED)
    assert again.so_far == await log.events("call-1")
    assert again.so_far[-1] == CARRIED


async def test_of_two_processes_that_want_a_call_the_quicker_one_gets_it(log: SlowJournal, recorder: Recorder) -> None:
    log.may_write.set()
    first, second = (Recorder(log, "call-1", recorder.so_far) for _ in range(2))
    await first.claim(CARRIED)
    with pytest.raises(CallElsewhere):
        await second.claim(CARRIED)
    assert [type(event) for event in await log.events("call-1")] == [events.Confirmed, events.CarriedOver]


async def test_a_process_that_another_one_has_overtaken_writes_no_more_and_tells_no_end(
    log: SlowJournal, recorder: Recorder
) -> None:
    log.may_write.set()
    following = asyncio.create_task(seen(recorder))
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    await asyncio.sleep(0.02)
    again = Recorder(log, "call-1", await log.events("call-1"))
    await again.claim(CARRIED)
    recorder.tell(ENDED)
    with pytest.raises(CallElsewhere):
        await asyncio.wait_for(running, 5)
    assert recorder.over
    told = await asyncio.wait_for(following, 5)
    assert [type(event) for event in told] == [events.Confirmed, events.Ringing]
    assert await log.events("call-1") == [*told, CARRIED]


async def test_a_call_that_is_released_is_written_to_its_last_event_and_told_so_far(
    log: SlowJournal, recorder: Recorder
) -> None:
    following = asyncio.create_task(seen(recorder))
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    recorder.release()
    assert not recorder.over
    log.may_write.set()
    await asyncio.wait_for(running, 5)
    assert recorder.over
    assert [type(event) for event in await asyncio.wait_for(following, 5)] == [events.Confirmed, events.Ringing]
    assert await log.events("call-1") == recorder.so_far


async def test_a_call_that_is_released_and_has_nothing_to_write_is_let_go_at_once(
    log: SlowJournal, recorder: Recorder
) -> None:
    running = asyncio.create_task(recorder.run())
    recorder.release()
    await asyncio.wait_for(running, 5)
    assert recorder.over


async def test_a_process_that_has_nothing_to_write_looks_whether_the_call_is_still_its_own(
    log: SlowJournal, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.recorder.LOOK_S", 0.02)
    log.may_write.set()
    running = asyncio.create_task(recorder.run())
    await asyncio.sleep(0.1)
    assert not running.done()
    await Recorder(log, "call-1", recorder.so_far).claim(CARRIED)
    with pytest.raises(CallElsewhere):
        await asyncio.wait_for(running, 5)
    assert recorder.over


async def test_a_look_that_fails_does_no_harm(
    log: SlowJournal, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: str) -> int:
        raise OperationalError("select", {}, OSError("locked"))

    monkeypatch.setattr("bridge.recorder.LOOK_S", 0.02)
    monkeypatch.setattr(log, "length", fails)
    log.may_write.set()
    running = asyncio.create_task(recorder.run())
    await asyncio.sleep(0.1)
    recorder.tell(ENDED)
    await asyncio.wait_for(running, 5)
    assert recorder.so_far[-1] == ENDED


class MoodyJournal(SlowJournal):
    """Fails so often, before it has written (`done` is false) or after."""

    failures = 0
    done = False

    async def append(self, call_id: str, first_number: int, events: Sequence[CallEvent]) -> None:
        if self.failures and self.done:
            await Journal.append(self, call_id, first_number, events)
        if self.failures:
            self.failures -= 1
            raise OperationalError("insert", {}, OSError("the connection was closed"))
        await super().append(call_id, first_number, events)


@pytest.mark.parametrize("done", [False, True], ids=["not written", "written, and the answer lost"])
async def test_a_database_that_is_away_for_a_moment_loses_no_event_and_doubles_none(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    monkeypatch.setattr("bridge.recorder.AGAIN_S", (0.01,) * 6)
    log = MoodyJournal(engine)
    log.may_write.set()
    recorder = Recorder(log, "call-1", [await log.confirm(a_spec())])
    log.failures, log.done = (1 if done else 4), done
    following = asyncio.create_task(seen(recorder))
    running = asyncio.create_task(recorder.run())
    for event in (RINGING, ANSWERED, ENDED):
        recorder.tell(event)
        await asyncio.sleep(0.005)
    await asyncio.wait_for(running, 5)
    assert await log.events("call-1") == await asyncio.wait_for(following, 5)
    assert [type(event).__name__ for event in recorder.so_far] == ["Confirmed", "Ringing", "Answered", "Ended"]


async def test_a_database_that_does_not_come_back_is_said_so(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.recorder.AGAIN_S", (0.01, 0.01))
    log = MoodyJournal(engine)
    recorder = Recorder(log, "call-1", [await log.confirm(a_spec())])
    log.failures = 99
    recorder.tell(RINGING)
    with pytest.raises(OperationalError):
        await recorder.run()
    with pytest.raises(JournalError, match="look at the database"):
        await seen(recorder)


async def test_after_a_moment_away_another_process_has_the_call_if_it_wrote_first(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.recorder.AGAIN_S", (0.01, 0.01))
    log = MoodyJournal(engine)
    log.may_write.set()
    recorder = Recorder(log, "call-1", [await log.confirm(a_spec())])
    await Journal(engine).append("call-1", 1, [CARRIED])
    log.failures = 1
    recorder.tell(RINGING)
    with pytest.raises(CallElsewhere):
        await recorder.run()


async def test_its_end_is_told_once_it_is_written_and_once(log: SlowJournal) -> None:
    told: list[tuple[str, list[CallEvent]]] = []
    confirmed = await log.confirm(a_spec())
    recorder = Recorder(log, "call-1", [confirmed], lambda call_id, events: told.append((call_id, events)))
    running = asyncio.create_task(recorder.run())
    recorder.tell(RINGING)
    recorder.tell(ENDED)
    await asyncio.sleep(0)
    assert told == []
    log.may_write.set()
    await running
    assert told == [("call-1", [confirmed, RINGING, ENDED])]


async def test_an_end_that_another_process_was_quicker_to_write_is_its_to_tell(log: SlowJournal) -> None:
    told: list[str] = []
    confirmed = await log.confirm(a_spec())
    one, other = (Recorder(log, "call-1", [confirmed], lambda call_id, _: told.append(call_id)) for _ in range(2))
    log.may_write.set()
    await one.claim(ENDED)
    with pytest.raises(CallElsewhere):
        await other.claim(ENDED)
    assert told == ["call-1"]
