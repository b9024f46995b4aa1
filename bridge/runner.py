"""The runner: pumps sockets and timers into a call's session, and carries out what the session wants.

Owns, for one call: the task in which the session runs, the model's socket, the attached media stream, the timer.
Decides nothing. Callee audio takes a short path beside the session, base64 untouched. A call that is recorded has what
comes and goes on its line put on its tape too.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bridge import realtime, signals
from bridge.actions import (
    Action,
    Apologise,
    Clear,
    EndStream,
    HangUp,
    Mark,
    Play,
    PressDigits,
    Reconnect,
    ReopenModel,
    TakeOver,
    Tell,
)
from bridge.call import CallState, Turn
from bridge.carrier import Carrier, hang_up_or_log
from bridge.errors import CarrierError, ModelError, ProtocolError
from bridge.events import Dialed
from bridge.model_socket import CLEAN, ModelSocket
from bridge.outbox import Outbox
from bridge.recorder import Recorder
from bridge.session import Session, Tick
from bridge.signals import AgentAudio, AgentWords, Signal
from bridge.tape import Tape

log = logging.getLogger(__name__)


HANG_UP_PATIENCE_S = 30.0
# A stream brings media every 20 ms, in silence too: one that has brought none for so long may have broken off, and must
# not stand in the way of the carrier's next one, which comes a second later.
LIVELY_S = 0.5

# Any turn detection has ended a turn by then: "low", the most patient, waits for 8 s at most (OpenAI, Realtime VAD).
SILENCE_MOST_S = 10.0

_OFTEN = (AgentAudio, AgentWords)

OpenModel = Callable[[], AbstractAsyncContextManager[ModelSocket]]
Detour = Callable[[Action], str]  # the TwiML of what takes the call away from its stream
Line = Callable[[Action], None]  # takes Play, Mark, Clear and EndStream


class Runner:
    def __init__(
        self,
        session: Session,
        carrier: Carrier,
        recorder: Recorder,
        open_model: OpenModel,
        detour: Detour,
        tape: Tape | None = None,
    ) -> None:
        self.session = session
        self._carrier = carrier
        self._recorder = recorder
        self._open_model = open_model
        self._detour = detour
        self._tape = tape
        self._config: realtime.SessionConfig | None = None
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[Signal] = deque()
        self._working = True  # nothing is done about a signal now: before `run`, and while another is carried out
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None  # uvloop gives a handle that knows no time for one that is over
        self._line: Line | None = None
        self._heard_at = 0.0  # media, on the loop's clock
        self._model: Outbox[bytes] | None = None
        self._encoder = realtime.Encoder()
        self._tasks: set[asyncio.Task[None]] = set()
        self._call_sid = ""
        self._hang_up_wanted = False
        self._hanging_up: asyncio.Task[None] | None = None

    @property
    def elapsed_ms(self) -> int:
        """Since the call was confirmed."""
        return self.session.at_ms(self._loop.time())

    @property
    def streaming(self) -> bool:
        """A media stream is there, and alive."""
        return self._line is not None and self._loop.time() - self._heard_at < LIVELY_S

    # From the world

    def deliver(self, signal: Signal) -> None:
        """What follows from it is done at once, unless something else is being done, or the call has not begun."""
        self._inbox.append(signal)
        if not self._working:
            self._work()

    def hear(self, payload: str) -> None:
        """20 ms of the callee, base64."""
        self._heard_at = self._loop.time()
        if self._tape is not None:
            self._tape.heard(payload, self._heard_at)
        if self._model is not None:
            self._model.put(self._encoder.append(payload))

    @asynccontextmanager
    async def attached(self, stream_sid: str, ticket: int, line: Line) -> AsyncIterator[None]:
        """While a media stream is there. A newer stream takes over from an older one."""
        self._line = line
        self._miss()
        if self._tape is not None:
            self._tape.stream_started(self._loop.time())
        self.deliver(signals.StreamStarted(stream_sid, ticket))
        try:
            yield
        finally:
            if self._line is line:
                self._line = None
                self._stop_tape()
                self.deliver(signals.StreamStopped())

    def _miss(self) -> None:
        """Between two streams nobody could be heard: the model hears a pause then, and not two halves of words as one
        (and detects the end of what was being said by it: its own clock is the audio that it gets).
        """
        missed_s = min(self._loop.time() - self._heard_at, SILENCE_MOST_S) if self._heard_at else 0.0
        self._heard_at = self._loop.time()
        if self._model is not None and missed_s > 0:
            self._model.put(self._encoder.silence(round(missed_s * 1000)))

    def _stop_tape(self) -> None:
        if self._tape is not None:
            self._tape.stream_stopped(self._loop.time())

    def dialed(self, call_sid: str) -> None:
        """The carrier has taken the call; it may have been told to end before we knew its name."""
        if self._call_sid:
            return
        self._call_sid = call_sid
        self._recorder.tell(Dialed(at_ms=self.elapsed_ms, call_sid=call_sid))
        if self._hang_up_wanted:
            self._hanging_up = self._spawn(hang_up_or_log(self._carrier, self._call_sid))

    def carry_on(self, config: realtime.SessionConfig, call_sid: str) -> None:
        """The call was another process's: go on with it. "" where its name at the carrier is not known."""
        self._config = config
        self._call_sid = call_sid
        self.deliver(signals.CarriedOn())

    def prepare_model(self, config: realtime.SessionConfig) -> None:
        """Open the model's session, once. What the callee says before its socket is open waits in the outbox."""
        if self._model is None:
            self._config = config
            self._open(config, ())

    def _open(self, config: realtime.SessionConfig, turns: Sequence[Turn]) -> None:
        self._model = Outbox()
        self._model.put(self._encoder.session(config))
        for frame in self._encoder.seed(turns):
            self._model.put(frame)
        self._spawn(self._converse(self._model))

    # The call's own task

    async def run(self) -> None:
        """Until the call has ended, or is let go, and everything of it is closed."""
        try:
            self._work()
            await self._over
        finally:
            self._working = True
            self._stop_tape()
            self._tape = None
            if self._timer:
                self._timer.cancel()
            if self._line is not None and self.session.state is not CallState.ENDED:
                self._line(EndStream())
            if self._hanging_up:
                # One that is on its way is not cut short by the end of the call.
                await asyncio.wait([self._hanging_up], timeout=HANG_UP_PATIENCE_S)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _work(self) -> None:
        """Whatever is delivered meanwhile is done after it. An error ends the call, and is `run`'s to raise."""
        self._working = True
        try:
            while self._inbox and not self._done:
                for action in self.session.handle(self._inbox.popleft(), now=self._loop.time()):
                    self._carry_out(action)
            self._arm()
        except Exception as error:  # noqa: BLE001 - the caller is a socket's callback
            self._fail(error)
            return
        if not self._done:
            self._working = False
        elif not self._over.done():
            self._over.set_result(None)

    def _fail(self, error: Exception) -> None:
        self._working = True
        if not self._over.done():
            self._over.set_exception(error)

    @property
    def _done(self) -> bool:
        return self.session.state is CallState.ENDED or self.session.let_go

    def _arm(self) -> None:
        deadline = self.session.deadline
        if self._timer:
            if self._due == deadline:
                return
            self._timer.cancel()
        self._due = deadline
        # Without a deadline (a call that was taken over) it is the carrier's turn to say something.
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.deliver(Tick())

    def _carry_out(self, action: Action) -> None:
        match action:
            case Play() | Mark() | Clear():
                if self._line is not None:
                    self._line(action)
                if self._tape is not None:
                    self._tape.sent(action, self._loop.time())
            case Tell(event):
                self._recorder.tell(event)
            case PressDigits() | Reconnect() | Apologise() | TakeOver():
                self._spawn(self._redirect(action))
            case HangUp():
                self._hang_up()
            case ReopenModel(turns):
                if self._config is not None:
                    self._open(self._config, turns)
            case _:
                self._tell_model(action)

    def _tell_model(self, action: Action) -> None:
        if self._model is not None:
            for frame in self._encoder.encode(action):
                self._model.put(frame)

    def _hang_up(self) -> None:
        self._hang_up_wanted = True
        if self._call_sid:
            self._hanging_up = self._spawn(hang_up_or_log(self._carrier, self._call_sid))

    async def _redirect(self, action: Action) -> None:
        try:
            await self._carrier.redirect(self._call_sid, self._detour(action))
        except CarrierError as error:
            log.warning("the call could not be redirected: code %s", error.code)
            match action:
                case PressDigits():
                    self.deliver(signals.DigitsFailed())
                case TakeOver():
                    self.deliver(signals.TakeOverFailed())
                case Reconnect():
                    pass  # it tries by itself
                case _:
                    await hang_up_or_log(self._carrier, self._call_sid)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # The model's socket

    async def _converse(self, outbox: Outbox[bytes]) -> None:
        """One model session, from opening its socket to its end."""
        try:
            async with self._open_model() as socket:
                outbox.open(socket.send)
                try:
                    code = await socket.read(self._model_says)
                finally:
                    outbox.close()
        except ModelError as error:
            self.deliver(signals.ModelLost(str(error), retryable=error.retryable))
        else:
            # 3000 to 4999 are the service's own words: a wrong key, an unknown model. Asking again changes nothing.
            self.deliver(signals.ModelLost("closed" if code in CLEAN else str(code), retryable=code < 3000))

    def _model_says(self, frame: bytes | memoryview) -> None:
        try:
            found = realtime.decode(frame)
        except ProtocolError:
            log.warning("the model sent a frame that is no event: left out")
            return
        for signal in found:
            if not (type(signal) in _OFTEN and self._go_on(signal)):
                self.deliver(signal)

    def _go_on(self, signal: Signal) -> bool:
        """Whether it was no more than the rest of what is being said."""
        if self._working:
            return False
        try:
            actions = self.session.going_on(signal, now=self._loop.time())
            for action in actions or ():
                self._carry_out(action)
        except Exception as error:  # noqa: BLE001 - the caller is a socket's callback
            self._fail(error)
            return True
        return actions is not None
