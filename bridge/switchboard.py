"""The switchboard: places calls and knows those that are going on. The face of the bridge that the bot sees.

Owns the live calls, their tasks and the tokens that open their media streams. Dials at most once per spec id: the
journal's confirmation is the licence, and it is written first. Must not know of chats.
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from bridge import hold, numbers, signals, twiml
from bridge.actions import Action, Apologise, PressDigits, TakeOver
from bridge.archive import Archive
from bridge.briefing import Briefing, brief
from bridge.call import CallSpec, CallState, Ending, EndReason
from bridge.carrier import Carrier, Placement, hang_up_or_log
from bridge.errors import CarrierError, ProtocolError
from bridge.events import Answered, BargedIn, CallEvent, Confirmed, CostRose, Dialed, Ended
from bridge.journal import Journal
from bridge.model_session import session_config
from bridge.prices import Prices
from bridge.realtime import SessionConfig
from bridge.recorder import Recorder
from bridge.rehearsal import Rehearsal
from bridge.runner import ModelConnection, Runner
from bridge.sensitive import Sensitive, sensitive
from bridge.session import Session
from bridge.transcript import rebuild

log = logging.getLogger(__name__)

TIME_LIMIT_SLACK_S = 60  # Twilio's own limit lies beyond ours and the longest hold: for when we are gone


class Options(msgspec.Struct, frozen=True):
    """How this deployment places calls."""

    public_url: str
    model: str
    transcription_model: str
    phone_number: str
    prepare_opening: bool = True
    recordings: Path | None = None  # the folder of those calls that are recorded


class Call:
    """A call that is going on, or has just ended."""

    def __init__(
        self, spec: CallSpec, runner: Runner, recorder: Recorder, kept: asyncio.Task[Path | None] | None
    ) -> None:
        self.spec = spec
        self._runner = runner
        self._recorder = recorder
        self._kept = kept

    def events(self) -> AsyncIterator[CallEvent]:
        """Every event from the first to the last, each after it was journalled."""
        return self._recorder.events()

    async def recording(self) -> Path | None:
        """The call as OGG/Opus, some seconds after its end; None where nothing is recorded or could be kept."""
        return await asyncio.shield(self._kept) if self._kept else None

    @property
    def connected(self) -> bool:
        return self._runner.session.state is CallState.CONNECTED

    def hang_up(self) -> None:
        """With a farewell; at once when asked a second time."""
        self._runner.deliver(signals.HangUpAsked())

    def say(self, instruction: str) -> Sensitive | Literal[""]:
        """Whisper an instruction to the agent. What in it cannot be passed on, or "" when it was."""
        if found := sensitive(instruction):
            return found
        self._runner.deliver(signals.Whispered(instruction))
        return ""

    def answer(self, question_id: str, text: str) -> Sensitive | Literal[""]:
        """Answer a question of the agent's. What in it cannot be passed on, or "" when it was."""
        if found := sensitive(text):
            return found
        self._runner.deliver(signals.QuestionAnswered(question_id, text))
        return ""

    def take_over(self, number: str) -> None:
        """Connect the callee with the requester's own phone; the agent leaves the line. Raises NumberRefused."""
        self._runner.deliver(signals.TakeOverAsked(numbers.dialable(number)))


class _Live(msgspec.Struct):
    call: Call
    runner: Runner
    task: asyncio.Task[None]
    config: SessionConfig
    call_sid: str = ""
    token: str = ""  # "" once used


class Switchboard:
    def __init__(
        self,
        journal: Journal,
        carrier: Carrier,
        open_model: Callable[[], AbstractAsyncContextManager[ModelConnection]],
        prices: Prices,
        options: Options,
    ) -> None:
        self._journal = journal
        self._carrier = carrier
        self._open_model = open_model
        self._prices = prices
        self._options = options
        self._archive = Archive(options.recordings)
        self._live: dict[str, _Live] = {}
        self._draining = False

    # What the bot asks

    async def place(self, spec: CallSpec) -> Call:
        """Dial a confirmed spec. Raises NumberRefused, AlreadyPlaced, or KeyError for an unknown persona."""
        numbers.dialable(spec.callee.number)
        briefing = brief(spec)
        confirmed = await self._journal.confirm(spec)
        recorder = Recorder(self._journal, spec.id, [confirmed])
        session = Session(spec, briefing, self._prices, started=asyncio.get_running_loop().time())
        recording = self._archive.begin(spec)
        runner = Runner(session, self._carrier, recorder, self._open_model, partial(self._detour, spec.id), recording)
        config = self._config(spec, briefing)
        task = asyncio.get_running_loop().create_task(self._conduct(spec.id, runner, recorder), name=f"call {spec.id}")
        call = Call(spec, runner, recorder, self._archive.keep(spec.id, recording, task) if recording else None)
        self._live[spec.id] = _Live(call, runner, task, config)
        return call

    def rehearse(self, spec: CallSpec) -> Rehearsal:
        """The agent in writing, as it would be on the phone; nobody is dialled. Raises KeyError for an unknown
        persona.
        """
        briefing = brief(spec)
        return Rehearsal(spec, briefing, self._config(spec, briefing), self._open_model, self._prices)

    def _config(self, spec: CallSpec, briefing: Briefing) -> SessionConfig:
        options = self._options
        return session_config(spec, briefing, model=options.model, transcription_model=options.transcription_model)

    def call(self, call_id: str) -> Call | None:
        """A call that is going on."""
        live = self._live.get(call_id)
        return live.call if live else None

    def recording_of(self, call_id: str) -> Path | None:
        """The recording of a call that is over, if there is one."""
        return self._archive.find(call_id)

    @property
    def accepting(self) -> bool:
        return not self._draining

    async def recover(self) -> list[str]:
        """End, in the journal and at the carrier, the calls that a former process left without an end. Their ids."""
        ids = await self._journal.unfinished()
        for call_id in ids:
            await self._bury(call_id, await self._journal.events(call_id))
        return ids

    async def close(self, *, patience_s: float) -> None:
        """Take no more calls, let those that are going on come to their end, and hang up what is left by then."""
        self._draining = True
        await self._wait(patience_s)
        for live in self._live.values():
            live.call.hang_up()
            live.call.hang_up()
        await self._wait(15)
        for live in list(self._live.values()):
            live.task.cancel()
        await self._wait(5)
        await self._archive.close()

    async def _wait(self, seconds: float) -> None:
        if self._live and seconds > 0:
            await asyncio.wait([live.task for live in self._live.values()], timeout=seconds)

    # What the carrier's webhooks and streams tell (web.py)

    def carrier_says(self, call_id: str, call_sid: str, signal: signals.Signal) -> None:
        """A status or detection callback. One that names another call of the carrier's changes nothing."""
        live = self._live.get(call_id)
        if live is None or not self._is(live, call_sid):
            return
        live.runner.deliver(signal)

    def admit(self, call_sid: str, parameters: twiml.CallParameters) -> Runner:
        """The call that a stream's token opens, once. Raises ProtocolError (remote) for a token that is no good."""
        for live in self._live.values():
            if live.token and hmac.compare_digest(live.token.encode(), parameters.token.encode()):
                if not self._is(live, call_sid):
                    break
                live.token = ""
                carried = msgspec.structs.replace(
                    live.config, voice=parameters.voice, language=parameters.language, prompt=parameters.prompt
                )
                live.runner.prepare_model(carried)
                return live.runner
        raise ProtocolError("the media stream's token opens no call")

    def _detour(self, call_id: str, action: Action) -> str:
        """The TwiML of what takes a call away from its stream."""
        match action:
            case PressDigits(digits):
                return self.connection(call_id, digits=digits)
            case Apologise(text, language):
                return twiml.apologise(text, language)
            case TakeOver(number):
                after = f"{self._options.public_url.rstrip('/')}/twilio/dialed/{call_id}"
                return twiml.dial(number, self._options.phone_number, after)
            case _:
                raise ProtocolError(f"{type(action).__name__} is not for the carrier", by="local")

    def connection(self, call_id: str, *, digits: str = "") -> str:
        """The TwiML that connects a call to a stream of its own; hangs up a call that is not going on."""
        live = self._live.get(call_id)
        if live is None:
            return twiml.hang_up()
        live.token = secrets.token_urlsafe(24)
        base = self._options.public_url.rstrip("/")
        spec = live.call.spec
        return twiml.connect(
            f"{base.replace('http', 'ws', 1)}/twilio/stream",
            f"{base}/twilio/resume/{call_id}",
            twiml.CallParameters(live.token, live.config.voice, spec.persona, spec.language, live.config.prompt),
            digits=digits,
        )

    # One call, from dialling to its end

    async def _conduct(self, call_id: str, runner: Runner, recorder: Recorder) -> None:
        """The top frame of a call's task: whatever goes wrong in here, the call is hung up and has an end."""
        journalling = asyncio.get_running_loop().create_task(recorder.run())
        live = self._live[call_id]
        dialing = asyncio.get_running_loop().create_task(self._dial(live))
        try:
            if self._options.prepare_opening:
                runner.prepare_model(live.config)
            await _first_to_end(runner.run(), journalling)
        except Exception:
            log.exception("call %s failed", call_id)
            await self._abandon(live, recorder)
        finally:
            await asyncio.gather(dialing, return_exceptions=True)
            await asyncio.wait([journalling], timeout=30)
            journalling.cancel()
            await asyncio.gather(journalling, return_exceptions=True)
            del self._live[call_id]
            _log_the_end(call_id, recorder.so_far)

    async def _dial(self, live: _Live) -> None:
        spec = live.call.spec
        base = f"{self._options.public_url.rstrip('/')}/twilio"
        inline = self.connection(spec.id)
        by_url = len(inline) > twiml.MAX_INLINE
        placement = Placement(
            to=spec.callee.number,
            twiml="" if by_url else inline,
            twiml_url=f"{base}/resume/{spec.id}" if by_url else "",
            status_url=f"{base}/status/{spec.id}",
            amd_url=f"{base}/amd/{spec.id}",
            ring_timeout_s=spec.ring_timeout_s,
            time_limit_s=spec.max_duration_s + int(hold.CAP_S) + TIME_LIMIT_SLACK_S,
        )
        try:
            call_sid = await self._carrier.place(placement)
        except CarrierError as error:
            live.runner.deliver(signals.DialRefused(str(error.code), uncertain=error.sent))
            return
        self._is(live, call_sid)

    def _is(self, live: _Live, call_sid: str) -> bool:
        """Whether the carrier means this call; its first word about it names it, be it callback or answer."""
        if not live.call_sid:
            live.call_sid = call_sid
            live.runner.dialed(call_sid)
        return live.call_sid == call_sid

    async def _abandon(self, live: _Live, recorder: Recorder) -> None:
        if live.call_sid:
            await hang_up_or_log(self._carrier, live.call_sid)
        recorder.tell(
            Ended(at_ms=live.runner.elapsed_ms, ending=_ending(recorder.all_told, EndReason.FAILED, "internal"))
        )

    async def _bury(self, call_id: str, events: list[CallEvent]) -> None:
        call_sid = next((event.call_sid for event in events if isinstance(event, Dialed)), "")
        if call_sid:
            await hang_up_or_log(self._carrier, call_sid)
        reason = EndReason.LINE_LOST if call_sid else EndReason.UNCERTAIN
        ended = Ended(at_ms=events[-1].at_ms, ending=_ending(events, reason, "restarted"))
        await self._journal.append(call_id, len(events), [ended])


async def _first_to_end(running: Coroutine[None, None, None], journalling: asyncio.Task[None]) -> None:
    """Run the call. Raises what its journal raises: a call that cannot be written down is not gone on with."""
    task = asyncio.get_running_loop().create_task(running)
    try:
        await asyncio.wait({task, journalling}, return_when=asyncio.FIRST_COMPLETED)
        if journalling.done():
            journalling.result()
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _log_the_end(call_id: str, events: list[CallEvent]) -> None:
    """One line for each call: figures and codes, no names, numbers or words."""
    if not (events and isinstance(events[-1], Ended)):
        log.error("call %s has no end in its journal", call_id)
        return
    ending = events[-1].ending
    log.info(
        "call %s ended: reason=%s ring_s=%.1f talk_s=%.1f turns=%d barge_ins=%d cost_usd=%.4f",
        call_id,
        ending.reason,
        ending.ring_s,
        ending.talk_s,
        len(rebuild(events)),
        sum(isinstance(event, BargedIn) for event in events),
        ending.cost_usd,
    )


def _ending(events: list[CallEvent], reason: EndReason, detail: str) -> Ending:
    """The end of a call as far as its journal knows."""
    last = events[-1].at_ms if events else 0
    answered = next((event.at_ms for event in events if isinstance(event, Answered)), last)
    cost_usd = next((event.cost_usd for event in reversed(events) if isinstance(event, CostRose)), 0.0)
    talk_s = (last - answered) / 1000
    return Ending(reason=reason, ring_s=answered / 1000, talk_s=talk_s, cost_usd=cost_usd, detail=detail)


def spec_of(events: list[CallEvent]) -> CallSpec:
    """Raises ProtocolError (local) for a journal that does not begin with a confirmation."""
    if events and isinstance(events[0], Confirmed):
        return events[0].spec
    raise ProtocolError("a call's journal does not begin with its confirmation", by="local")
