"""The journal: the append-only log of every call, and the truth about it.

Owns the tables `calls` and `call_events`. An event is here before anyone is told of it. Must not interpret events: from
them alone the card, the transcript and the report are rebuilt. SQLAlchemy 2 async; SQLite by default.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge.call import CallSpec
from bridge.database import overwrite_deleted
from bridge.errors import AlreadyPlaced, JournalError
from bridge.events import CallEvent, Confirmed, Dialed, Ended

metadata = sa.MetaData()
calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # the spec's id: one spec, one dial
    sa.Column("call_sid", sa.String(64), nullable=False, default=""),
    sa.Column("confirmed_unix", sa.Float, nullable=False),
    sa.Column("ended", sa.Boolean, nullable=False, default=False),
)
call_events = sa.Table(
    "call_events",
    metadata,
    sa.Column("call_id", sa.ForeignKey("calls.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),  # the event as JSON
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[CallEvent] = msgspec.json.Decoder(CallEvent)
EVENT_TYPES: tuple[type, ...] = get_args(CallEvent)


GATHER_S = 0.04  # between two writings: what comes meanwhile is written together


@dataclass
class _Entry:
    """What one call appends."""

    call_id: str
    first_number: int
    events: Sequence[CallEvent]
    written: asyncio.Future[None]

    def succeed(self) -> None:
        if not self.written.done():
            self.written.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.written.done():
            self.written.set_exception(error)


class Journal:
    """`wall` tells the time of day, in unix seconds."""

    def __init__(self, engine: AsyncEngine, wall: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self.wall = wall
        self._waiting: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None
        self._next_at = 0.0  # when it may be written again, on the loop's clock

    async def confirm(self, spec: CallSpec) -> Confirmed:
        """Record the licence for one dial. Raises AlreadyPlaced when this spec has had its own."""
        event = Confirmed(at_ms=0, spec=spec, confirmed_unix=self.wall())
        try:
            async with self._engine.begin() as connection:
                await connection.execute(
                    calls.insert().values(id=spec.id, confirmed_unix=event.confirmed_unix, call_sid="", ended=False)
                )
                await connection.execute(
                    call_events.insert().values(call_id=spec.id, number=0, body=_encoder.encode(event).decode())
                )
        except sa.exc.IntegrityError as error:
            raise AlreadyPlaced("This call has been placed already. To call again, make a new card.") from error
        return event

    async def append(self, call_id: str, first_number: int, events: Sequence[CallEvent]) -> None:
        """Events of a call, in order, as numbers `first_number` and on. What several calls append at about the same
        time is written in one transaction: SQLite takes one writer at a time, and a commit costs more than its rows.
        """
        entry = _Entry(call_id, first_number, events, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_what_waits())
        await entry.written

    async def _write_what_waits(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(self._next_at - loop.time())
            self._next_at = loop.time() + GATHER_S
            entries = [entry for entry in self._waiting if not entry.written.done()]
            self._waiting.clear()
            try:
                await self._write(entries)
            except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
                if len(entries) == 1:
                    entries[0].fail(error)
                    continue
                # One of them cannot be written: the others can.
                for entry in entries:
                    await self._write_alone(entry)

    async def _write_alone(self, entry: "_Entry") -> None:
        try:
            await self._write([entry])
        except Exception as error:  # noqa: BLE001 - the same
            entry.fail(error)

    async def _write(self, entries: "Sequence[_Entry]") -> None:
        rows = [
            {"call_id": entry.call_id, "number": number, "body": _encoder.encode(event).decode()}
            for entry in entries
            for number, event in enumerate(entry.events, entry.first_number)
        ]
        if not rows:
            return
        async with self._engine.begin() as connection:
            await connection.execute(call_events.insert(), rows)
            for entry in entries:
                for event in entry.events:
                    match event:
                        case Dialed(call_sid=call_sid):
                            await connection.execute(_update(entry.call_id, call_sid=call_sid))
                        case Ended():
                            await connection.execute(_update(entry.call_id, ended=True))
        for entry in entries:
            entry.succeed()

    async def events(self, call_id: str) -> list[CallEvent]:
        """All of a call's events, in order; none for a call that is not there. Raises JournalError where one cannot be
        read: a newer version wrote it, or the file is damaged.
        """
        query = sa.select(call_events.c.body).where(call_events.c.call_id == call_id).order_by(call_events.c.number)
        async with self._engine.connect() as connection:
            bodies = list(await connection.scalars(query))
        try:
            return [_decoder.decode(body) for body in bodies]
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise JournalError("The record of this call cannot be read. Please look at the database.") from error

    async def length(self, call_id: str) -> int:
        """How many events of a call there are."""
        query = sa.select(sa.func.count()).where(call_events.c.call_id == call_id)
        async with self._engine.connect() as connection:
            return (await connection.scalar(query)) or 0

    async def over(self, call_id: str) -> bool:
        """Whether a call has its end; so has one that never began."""
        query = sa.select(calls.c.ended).where(calls.c.id == call_id)
        async with self._engine.connect() as connection:
            return (await connection.scalar(query)) is not False

    async def sids(self, among: Sequence[str]) -> frozenset[str]:
        """Those that are the carrier's names of calls in the journal."""
        query = sa.select(calls.c.call_sid).where(calls.c.call_sid.in_(among))
        async with self._engine.connect() as connection:
            return frozenset(await connection.scalars(query))

    async def forget(self, call_ids: Sequence[str]) -> None:
        """Delete calls that are over, with everything that was said on them. Must not be told of one that goes on."""
        async with self._engine.begin() as connection:
            await connection.execute(call_events.delete().where(call_events.c.call_id.in_(call_ids)))
            await connection.execute(calls.delete().where(calls.c.id.in_(call_ids)))

    async def overwrite_deleted(self) -> None:
        """Nothing that was deleted can be read from the database's files any more."""
        await overwrite_deleted(self._engine)

    async def unfinished(self) -> list[str]:
        """The calls that have no end: those that were going on when the process died."""
        query = sa.select(calls.c.id).where(sa.not_(calls.c.ended)).order_by(calls.c.confirmed_unix)
        async with self._engine.connect() as connection:
            return list(await connection.scalars(query))


def _update(call_id: str, **values: object) -> sa.Update:
    return calls.update().where(calls.c.id == call_id).values(**values)
