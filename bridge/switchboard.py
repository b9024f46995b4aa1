"""The switchboard: places calls, goes on with those of a former process, and knows all that are going on. The face of
the bridge that the bot sees.

Owns the live calls and which of them is meant by what comes in. Dials at most once per spec id: the journal's
confirmation is the licence, and it is written first. Must not know of chats.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path

import msgspec

from bridge import numbers, signals, tickets, twiml
from bridge.archive import Archive, call_of
from bridge.briefing import Briefing, brief
from bridge.call import CallSpec, EndReason
from bridge.carrier import Carrier, hang_up_or_log
from bridge.directions import Directions
from bridge.errors import CallElsewhere, JournalError, ProtocolError, Restarting
from bridge.events import CallEvent, CarriedOver, Confirmed, Dialed, Ended
from bridge.journal import Journal
from bridge.live_call import Call, LiveCall, ending_of
from bridge.model_session import session_config
from bridge.prices import Prices
from bridge.realtime import SessionConfig
from bridge.recorder import Recorder
from bridge.rehearsal import Rehearsal
from bridge.runner import Detour, OpenModel, Runner
from bridge.session import Session
from bridge.standing import FRESH, Standing, stand
from bridge.tickets import Tickets
from bridge.timeline import Timeline, figures, timeline

__all__ = ["Call", "Options", "Switchboard", "spec_of"]

log = logging.getLogger(__name__)

_CLAIMS = 3  # where the process that has the call writes at the same time
_LETTING_GO_S = 20.0  # a dial that is on its way is waited for (`carrier.py`), and the journal


class Options(msgspec.Struct, frozen=True):
    """How this deployment places calls."""

    public_url: str
    model: str
    transcription_model: str
    phone_number: str
    prepare_opening: bool = True
    recordings: Path | None = None  # the folder of those calls that are recorded
    # What proves that a media stream is ours (`tickets.py`): the same in every process of this deployment, so that the
    # next one takes streams that this one told Twilio of. "" for a single process.
    secret: str = ""

    def __repr__(self) -> str:
        """Without the secret, wherever it is shown."""
        return f"Options(public_url={self.public_url!r}, model={self.model!r})"


class _Live(msgspec.Struct):
    call: Call
    line: LiveCall
    task: asyncio.Task[None]


class Switchboard:
    def __init__(
        self,
        journal: Journal,
        carrier: Carrier,
        open_model: OpenModel,
        prices: Prices,
        options: Options,
        *,
        ended: Callable[[Timeline], None] = lambda _: None,
    ) -> None:
        """`ended` is told of each call that is over, with what it was like. It must not raise."""
        self._journal = journal
        self._carrier = carrier
        self._open_model = open_model
        self._prices = prices
        self._options = options
        self._ended = ended
        self._key = options.secret or secrets.token_urlsafe(24)
        self._archive = Archive(options.recordings)
        self._live: dict[str, _Live] = {}
        self._had: set[str] = set()  # all that have been live here: none of them becomes so again
        self._gone: dict[str, Directions] = {}  # those that other processes have now
        self._entering = asyncio.Lock()  # a call becomes live once
        self._draining = False

    # What the bot asks

    async def place(self, spec: CallSpec) -> Call:
        """Dial a confirmed spec. Raises NumberRefused, AlreadyPlaced, Restarting; KeyError for an unknown persona."""
        numbers.dialable(spec.callee.number)
        briefing = brief(spec)
        async with self._entering:
            if self._draining:
                raise Restarting("I am being restarted. Try again in a minute.")
            confirmed = await self._journal.confirm(spec)
            line = self._line(spec, briefing, [confirmed], FRESH, asyncio.get_running_loop().time())
            return self._enter(line, line.begin(prepare=self._options.prepare_opening)).call

    def rehearse(self, spec: CallSpec) -> Rehearsal:
        """The agent in writing, as it would be on the phone; nobody is dialled. Raises KeyError for an unknown
        persona.
        """
        briefing = brief(spec)
        return Rehearsal(spec, briefing, self._config(spec, briefing), self._open_model, self._prices)

    def call(self, call_id: str) -> Call | None:
        """A call that is going on."""
        live = self._live.get(call_id)
        return live.call if live else None

    async def recording_of(self, call_id: str) -> Path | None:
        """The recording of a call that is over, if there is one; made now where no process came so far."""
        return await self._archive.find(call_id)

    async def forget_recording(self, call_id: str) -> None:
        """Delete all that there is of the recording of a call that is over."""
        await self._archive.forget(call_id)

    def recordings_before(self, unix: float) -> list[tuple[str, Path]]:
        """The files of recordings that are older, each with its call's id."""
        return [(call_of(file), file) for file in self._archive.older_than(unix)]

    @property
    def going_on(self) -> int:
        """How many calls there are."""
        return len(self._live)

    @property
    def accepting(self) -> bool:
        return not self._draining

    async def recover(self) -> list[Call]:
        """Go on with every call that a former process left without an end: each is live again, those too that will turn
        out to be over, or never to have been dialled. Nothing is dialled.
        """
        found = [await self._find(call_id) for call_id in await self._journal.unfinished()]
        return [live.call for live in found if live]

    def reachable(self) -> None:
        """The carrier can reach this process from now on: who is on the line need not wait for its next try."""
        for live in list(self._live.values()):
            live.line.runner.deliver(signals.Reachable())

    async def close(self, *, patience_s: float) -> None:
        """Take no more calls, and let those that are going on come to their end. What is left by then is handed over to
        the next process: nothing is hung up.
        """
        self._draining = True
        await self._wait(patience_s)
        for live in self._live.values():
            live.line.let_go()
        await self._wait(_LETTING_GO_S)
        for live in list(self._live.values()):
            live.task.cancel()
        await self._wait(5)
        await self._archive.close()

    async def _wait(self, seconds: float) -> None:
        if self._live and seconds > 0:
            await asyncio.wait([live.task for live in self._live.values()], timeout=seconds)

    # What the carrier's webhooks and streams tell (web.py)

    async def carrier_says(self, call_id: str, call_sid: str, signal: signals.Signal) -> bool:
        """A status or detection callback. One that names another call of the carrier's changes nothing. False where
        another process should be told.
        """
        live = await self._find(call_id)
        if live and live.line.named(call_sid):
            live.line.runner.deliver(signal)
        return live is not None or call_id not in self._gone

    async def admit(self, call_sid: str, parameters: twiml.CallParameters) -> tuple[Runner, int]:
        """The call that a stream's ticket opens, once, and the ticket's number. Raises ProtocolError (remote) for one
        that is no good.
        """
        call_id = tickets.call_of(parameters.token, self._key, self._journal.wall())
        live = await self._find(call_id) if call_id else None
        number = live.line.admit(call_sid, parameters) if live else None
        if live is None or number is None:
            raise ProtocolError("the media stream's token opens no call")
        return live.line.runner, number

    async def connection(self, call_id: str, call_sid: str, turn: str) -> str:
        """The TwiML that connects a call to a stream of its own; hangs up a call that is not going on. While the call
        has its stream nobody has a reason to ask, and what was asked once is not given twice.
        """
        live, now_unix = await self._find(call_id), self._journal.wall()
        if live and live.line.named(call_sid):
            directions = live.line.directions
            if live.line.runner.streaming or not directions.asked(turn):
                return directions.ask_again()
            return directions.connection(now_unix)
        gone = None if live else self._gone.get(call_id)
        if gone is None:
            return twiml.hang_up()
        return gone.wait(now_unix) if gone.asked(turn) else gone.ask_again()

    # Calls become live

    async def _find(self, call_id: str) -> _Live | None:
        """A call that is going on; one of a former process is from now on. Twilio may ask before `recover` is done."""
        if call_id in self._had:
            return self._live.get(call_id)
        async with self._entering:
            return self._live.get(call_id) if call_id in self._had else await self._adopt(call_id)

    async def _adopt(self, call_id: str) -> _Live | None:
        for _ in range(_CLAIMS):
            try:
                told = await self._journal.events(call_id)
            except JournalError:
                log.exception("call %s cannot be gone on with: its journal cannot be read", call_id)
                return None
            if not told or isinstance(told[-1], Ended):
                return None
            try:
                standing = stand(told)
                elapsed_s = max(self._journal.wall() - began_unix_of(told), standing.at_ms / 1000)
                line = self._line_of(told, standing, elapsed_s)
            except (KeyError, ValueError, ProtocolError):
                log.exception("call %s cannot be gone on with", call_id)
                await self._bury(call_id, told)
                return None
            self._gone[call_id] = line.directions
            if self._draining:
                return None
            with suppress(CallElsewhere):
                await line.recorder.claim(CarriedOver(at_ms=round(elapsed_s * 1000)))
                log.info("call %s is gone on with, %.0f s after it was confirmed", call_id, elapsed_s)
                return self._enter(line, line.carry_on(standing, prepare=self._options.prepare_opening))
        return None

    def _line_of(self, told: list[CallEvent], standing: Standing, elapsed_s: float) -> LiveCall:
        """Of a call that another process had. Raises KeyError for a persona that there is not any more."""
        spec = spec_of(told)
        spoken = msgspec.structs.replace(spec, language=standing.language or spec.language)
        started = asyncio.get_running_loop().time() - elapsed_s
        return self._line(spec, brief(spoken), told, standing, started)

    def _line(
        self, spec: CallSpec, briefing: Briefing, told: list[CallEvent], standing: Standing, started: float
    ) -> LiveCall:
        """`briefing` is in the language that is spoken by now; `started` is on the loop's clock."""
        options = self._options
        # A model that is opened later begins in the language of the spec, too.
        config = self._config(spec, briefing if briefing.language == spec.language else brief(spec))
        process = 0 if standing is FRESH else standing.carried_over + 1
        issued = Tickets(self._key, spec.id, used=standing.ticket, process=process)
        directions = Directions(spec, config, issued, public_url=options.public_url, phone_number=options.phone_number)
        session = Session(spec, briefing, self._prices, started=started, standing=standing)
        recorder = self._recorder(spec.id, told)
        tape = self._archive.begin(spec, started)
        runner = Runner(session, self._carrier, recorder, self._open_model, self._detour(directions), tape)
        return LiveCall(
            spec,
            runner,
            recorder,
            tape=tape,
            carrier=self._carrier,
            journal=self._journal,
            directions=directions,
            tickets=issued,
            config=config,
        )

    def _recorder(self, call_id: str, told: list[CallEvent]) -> Recorder:
        return Recorder(self._journal, call_id, told, self._note_the_end)

    def _note_the_end(self, call_id: str, told: list[CallEvent]) -> None:
        """One line for each call, whoever ended it: figures and codes, no names, numbers or words."""
        line = timeline(told)
        log.info("call ended", extra={"facts": {"call": call_id, **figures(line)}})
        self._ended(line)

    def _detour(self, directions: Directions) -> Detour:
        return lambda action: directions.detour(action, self._journal.wall())

    def _config(self, spec: CallSpec, briefing: Briefing) -> SessionConfig:
        options = self._options
        return session_config(spec, briefing, model=options.model, transcription_model=options.transcription_model)

    def _enter(self, line: LiveCall, conducting: Coroutine[None, None, None]) -> _Live:
        call_id = line.spec.id
        task = asyncio.get_running_loop().create_task(self._until_over(line, conducting), name=f"call {call_id}")
        live = _Live(Call(line.spec, line.runner, line.recorder, self._kept(line, task)), line, task)
        self._live[call_id] = live
        self._had.add(call_id)
        self._gone.pop(call_id, None)
        return live

    def _kept(self, line: LiveCall, task: asyncio.Task[None]) -> asyncio.Task[Path | None] | None:
        if line.tape is None:
            return None
        number, recorder = len(line.recorder.so_far), line.recorder  # whoever has the call after us begins later in it
        return self._archive.keep(line.spec.id, line.tape, task, number=number, ended=lambda: recorder.ended)

    async def _until_over(self, line: LiveCall, conducting: Coroutine[None, None, None]) -> None:
        try:
            await conducting
        finally:
            del self._live[line.spec.id]
            if line.recorder.over:
                self._gone[line.spec.id] = line.directions

    async def _bury(self, call_id: str, told: list[CallEvent]) -> None:
        """Its persona, say, is not in the catalogue any more."""
        call_sid = next((event.call_sid for event in told if isinstance(event, Dialed)), "")
        if call_sid:
            await hang_up_or_log(self._carrier, call_sid)
        reason = EndReason.LINE_LOST if call_sid else EndReason.UNCERTAIN
        ended = Ended(at_ms=told[-1].at_ms, ending=ending_of(told, reason, "restarted"))
        with suppress(CallElsewhere):
            await self._recorder(call_id, told).claim(ended)


def began_unix_of(told: list[CallEvent]) -> float:
    """When a call was confirmed. Raises ProtocolError (local) for a journal that does not begin with that."""
    return _confirmed(told).confirmed_unix


def spec_of(told: list[CallEvent]) -> CallSpec:
    """Raises ProtocolError (local) for a journal that does not begin with a confirmation."""
    return _confirmed(told).spec


def _confirmed(told: list[CallEvent]) -> Confirmed:
    if told and isinstance(told[0], Confirmed):
        return told[0]
    raise ProtocolError("a call's journal does not begin with its confirmation", by="local")
