"""One call that is going on in this process: from its dial, or from where a former process left it, to its end.

Owns the call's tasks, its name at the carrier and the tickets of its media streams. Decides nothing of the talk.
Whatever goes wrong in here, the call is hung up and has an end, unless another process has it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Literal

import msgspec

from bridge import numbers, reconciliation, signals, twiml
from bridge.call import CallSpec, CallState, Ending, EndReason
from bridge.carrier import Carrier, hang_up_or_log
from bridge.carrier_call import CarrierCall
from bridge.current import current_call
from bridge.directions import Directions
from bridge.errors import CallElsewhere, CarrierError
from bridge.events import Answered, CallEvent, Confirmed, CostRose, Ended
from bridge.journal import Journal
from bridge.realtime import SessionConfig
from bridge.recorder import Recorder
from bridge.runner import Runner
from bridge.sensitive import Sensitive, sensitive
from bridge.standing import Standing
from bridge.tape import Tape
from bridge.tickets import Tickets

log = logging.getLogger(__name__)

_FLUSH_S = 30.0


class Call:
    """A call that is going on, or has just ended, as the chat sees it."""

    def __init__(
        self, spec: CallSpec, runner: Runner, recorder: Recorder, kept: asyncio.Task[Path | None] | None
    ) -> None:
        self.spec = spec
        self._runner = runner
        self._recorder = recorder
        self._kept = kept

    def events(self) -> AsyncIterator[CallEvent]:
        """Every event from the first to the last, each after it was journalled; those that a former process wrote
        too. Where the call is handed over, it stops without an end.
        """
        return self._recorder.events()

    @property
    def handed_over(self) -> bool:
        """It goes on, and another process has it: nothing more will be told here."""
        return self._recorder.over

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


class LiveCall:
    def __init__(
        self,
        spec: CallSpec,
        runner: Runner,
        recorder: Recorder,
        *,
        tape: Tape | None,
        carrier: Carrier,
        journal: Journal,
        directions: Directions,
        tickets: Tickets,
        config: SessionConfig,
    ) -> None:
        self.spec = spec
        self.runner = runner
        self.recorder = recorder
        self.tape = tape
        self.directions = directions
        self._carrier = carrier
        self._journal = journal
        self._tickets = tickets
        self._config = config
        self._call_sid = ""
        self._opens_model = True  # with the first stream, where it was not opened before
        self._placing = False
        self._begun: asyncio.Task[None] | None = None

    # What the carrier tells

    def named(self, call_sid: str) -> bool:
        """Whether the carrier means this call; its first word about it names it, be it callback or answer."""
        if not self._call_sid:
            self._call_sid = call_sid
            self.runner.dialed(call_sid)
        return self._call_sid == call_sid

    def admit(self, call_sid: str, parameters: twiml.CallParameters) -> int | None:
        """The number of the ticket that a media stream comes with; None for one that does not let it in, and then the
        ticket is as good as before.
        """
        if not call_sid or self._call_sid not in ("", call_sid) or self.runner.session.let_go:
            return None
        if self.runner.streaming:  # the carrier opens no other stream before this one has ended
            return None
        number = self._tickets.redeem(parameters.token, self._journal.wall())
        if number is not None:
            self.named(call_sid)
            if self._opens_model:
                self.runner.prepare_model(self._carried(parameters))
        return number

    def _carried(self, parameters: twiml.CallParameters) -> SessionConfig:
        if not parameters.voice:
            return self._config  # a stream that is not the first
        return msgspec.structs.replace(
            self._config, voice=parameters.voice, language=parameters.language, prompt=parameters.prompt
        )

    # Its tasks

    def begin(self, *, prepare: bool) -> Coroutine[None, None, None]:
        """The call from its dial to its end. `prepare`: the model's session is opened while the phone rings."""
        if prepare:
            self.runner.prepare_model(self._config)
        return self._conduct(self._dial())

    def carry_on(self, standing: Standing, *, prepare: bool) -> Coroutine[None, None, None]:
        """The call from where a former process left it to its end."""
        self._call_sid = standing.call_sid
        self._opens_model = standing.state.precedes(CallState.CONNECTED)  # else its session does, and tells the turns
        self.runner.carry_on(self._config, standing.call_sid)
        if prepare and self._opens_model:
            self.runner.prepare_model(self._config)
        return self._conduct(self._look() if self._call_sid else self._seek())

    def let_go(self) -> None:
        """Hand the call over to the next process: it is neither hung up nor ended."""
        self.runner.deliver(signals.LetGo())
        if self._begun and not self._placing:  # a dial that is on its way has to be known
            self._begun.cancel()

    async def _conduct(self, beginning: Coroutine[None, None, None]) -> None:
        """The top frame of a call's task."""
        current_call.set(self.spec.id)
        loop = asyncio.get_running_loop()
        journalling = loop.create_task(self.recorder.run())
        self._begun = loop.create_task(self._begin(beginning))
        try:
            await _first_to_end(self.runner.run(), journalling)
        except CallElsewhere:
            log.warning("call %s goes on in another process", self.spec.id)
        except Exception:
            log.exception("call %s failed", self.spec.id)
            await self._abandon()
        finally:
            await asyncio.gather(self._begun, return_exceptions=True)
            if self.runner.session.let_go:
                self.recorder.release()
            await asyncio.wait([journalling], timeout=_FLUSH_S)
            journalling.cancel()
            await asyncio.gather(journalling, return_exceptions=True)
            if self.recorder.over:
                log.info("call %s is handed over", self.spec.id)
            elif not self.recorder.ended:
                log.error("call %s has no end in its journal", self.spec.id)

    async def _begin(self, beginning: Coroutine[None, None, None]) -> None:
        """The top frame of its task."""
        try:
            await beginning
        except Exception:
            log.exception("call %s: what became of its dial cannot be told", self.spec.id)
            if not self._call_sid:
                self.runner.deliver(signals.DialRefused("0", uncertain=True))

    async def _dial(self) -> None:
        if await self._place():
            self.runner.deliver(signals.DialUnclear())
            await self._seek()

    async def _place(self) -> bool:
        """Dial, once. True where it cannot be known whether the carrier did."""
        self._placing = True
        try:
            self.named(await self._carrier.place(self.directions.placement(self._journal.wall())))
        except CarrierError as error:
            if not error.sent:
                self.runner.deliver(signals.DialRefused(str(error.code)))
            return error.sent
        else:
            return False
        finally:
            self._placing = False

    async def _look(self) -> None:
        """What was told of it while nobody was there."""
        if found := await reconciliation.look(self._carrier, self._journal, self._call_sid):
            self.runner.deliver(found)

    async def _seek(self) -> None:
        """Was it dialled?"""
        confirmed = self.recorder.so_far[0]
        since_unix = confirmed.confirmed_unix if isinstance(confirmed, Confirmed) else 0.0
        found = await reconciliation.seek(
            self._carrier, self._journal, self.spec.callee.number, since_unix, named=lambda: bool(self._call_sid)
        )
        if isinstance(found, CarrierCall):
            if self.named(found.sid):
                self.runner.deliver(reconciliation.news(found, now_unix=self._journal.wall()))
        elif found is not None:
            self.runner.deliver(found)

    async def _abandon(self) -> None:
        if self._call_sid:
            await hang_up_or_log(self._carrier, self._call_sid)
        ending = ending_of(self.recorder.all_told, EndReason.FAILED, "internal")
        self.recorder.tell(Ended(at_ms=self.runner.elapsed_ms, ending=ending))


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


def ending_of(told: list[CallEvent], reason: EndReason, detail: str) -> Ending:
    """The end of a call as far as its journal knows."""
    last = told[-1].at_ms if told else 0
    answered = next((event.at_ms for event in told if isinstance(event, Answered)), last)
    cost_usd = next((event.cost_usd for event in reversed(told) if isinstance(event, CostRose)), 0.0)
    talk_s = (last - answered) / 1000
    return Ending(reason=reason, ring_s=answered / 1000, talk_s=talk_s, cost_usd=cost_usd, detail=detail)
