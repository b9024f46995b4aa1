"""One call of the stand-in: from queued to its final status.

Owns the state of a call and the tasks that make it up: ringing, the line, the TwiML program, machine
detection, the time limit. Must not know HTTP routes. Follows "Call resource",
https://www.twilio.com/docs/voice/api/call-resource (status values), and
https://www.twilio.com/docs/voice/answering-machine-detection.
"""

import asyncio
import math
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from sandbox.line import Callee, Pickup, Undecided
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.twilio import dial as dialling
from sandbox.twilio.callbacks import Callbacks, Conditions
from sandbox.twilio.errors import TwilioError
from sandbox.twilio.line import TelephoneLine
from sandbox.twilio.params import CallRequest, CallUpdate, RefusedError
from sandbox.twilio.program import Program
from sandbox.twilio.twiml import Dial
from sandbox.twilio.webhooks import Webhooks

SETUP_S = 0.2  # from the request to the first ring
HUMAN_S, MACHINE_S = 2.0, 4.0  # how long machine detection listens for each
PRICE_PER_MINUTE = 0.014
NO_AMD_CALLBACK = 21262
_SIP_CODES = {"completed": 200, "busy": 486, "no-answer": 487, "canceled": 487, "failed": 503}

Status = Literal["queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"]


async def put_down(task: asyncio.Task[None]) -> None:
    """End a task and wait for its end; a fault that it had comes out here."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


class StandInCall:
    """A call. `timeline` holds (loop time, what); audio is mu-law from the answer on, both sides of the
    same length.
    """

    def __init__(
        self,
        request: CallRequest,
        callee: Callee,
        *,
        account_sid: str,
        webhooks: Webhooks,
        conditions: Conditions,
        note: Callable[[TwilioError], None],
        place: Callable[[CallRequest, str], "StandInCall"],
        wall: Callable[[], float],
        parent_sid: str = "",
        speech: Speech = TONES,
    ) -> None:
        self.sid = "CA" + secrets.token_hex(16)
        self.parent_sid = parent_sid  # of a leg that `<Dial>` made: it runs no TwiML of its own
        self.request = request
        self.status: Status = "queued"
        self.timeline: list[tuple[float, str]] = []
        self.stream_sids: list[str] = []
        self.errors: list[TwilioError] = []
        self.answered_by: str | None = None
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.callee = callee
        self.line = TelephoneLine(callee)
        self.account_sid = account_sid
        self._note_everywhere = note
        self._loop = asyncio.get_running_loop()
        # Dates run with the loop's clock, which a test may fast-forward.
        self._epoch = wall() - self._loop.time()
        self.created_at = self._loop.time()
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self._callbacks = Callbacks(webhooks, conditions, self._note)
        self._webhooks = webhooks
        self._conditions = conditions
        self._place = place
        self._hung_up = asyncio.Event()
        self._redirected = asyncio.Event()
        self._next = request.document
        self._program = Program(
            account_sid=account_sid,
            call_sid=self.sid,
            line=self.line,
            webhooks=webhooks,
            params=self.params_now,
            note=self._note,
            tell=self._tell,
            spawn=self._callbacks.spawn,
            stream_sids=self.stream_sids,
            sign_streams=lambda: conditions.sign_streams,
            trial=lambda: conditions.account_type == "Trial",
            dial=self._dial,
            speech=speech,
            fallback=request.fallback,
        )
        self._tell("queued")

    @property
    def params(self) -> dict[str, list[str]]:
        """The form that the call was made with."""
        return self.request.params

    @property
    def direction(self) -> str:
        return "outbound-dial" if self.parent_sid else "outbound-api"

    @property
    def callee_audio(self) -> bytes:
        return bytes(self.line.callee_audio)

    @property
    def agent_audio(self) -> bytes:
        return bytes(self.line.agent_audio)

    @property
    def duration_s(self) -> int:
        """Whole seconds since the answer; 0 for a call that was not answered."""
        if self.answered_at is None:
            return 0
        return math.ceil((self.ended_at or self._loop.time()) - self.answered_at)

    def date(self, at: float | None) -> str | None:
        """A moment of the loop's clock in RFC 2822 form, as the API writes dates."""
        return None if at is None else format_datetime(self.moment(at))

    def moment(self, at: float) -> datetime:
        return datetime.fromtimestamp(self._epoch + at, UTC)

    def params_now(self) -> dict[str, str]:
        """The parameters of every request that Twilio makes about this call."""
        params = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "From": self.request.from_,
            "To": self.request.to,
            "Caller": self.request.from_,
            "Called": self.request.to,
            "CallStatus": self.status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
        }
        params |= {"ParentCallSid": self.parent_sid} if self.parent_sid else {}
        return params | ({"AnsweredBy": self.answered_by} if self.answered_by else {})

    def update(self, change: CallUpdate) -> None:
        """Redirect or hang up. Raises RefusedError 21220: "a realtime operation on a Call that was not
        in-progress".
        """
        if self.ended_at is not None or (change.document and self.status != "in-progress"):
            raise RefusedError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if change.document:
            self._next = change.document
            self._redirected.set()
        # "canceled: ... calls that are queued or ringing, but not affect calls already in progress;
        # completed: ... even if it's already in progress".
        elif change.status == "completed" or self.status != "in-progress":
            self.hang_up()

    def hang_up(self) -> None:
        """From Twilio's side; a call that has ended stays as it is."""
        self._hung_up.set()

    def digits(self, digits: str) -> None:
        """The callee presses keys; lost when no stream is attached."""
        self._tell(f"callee pressed {digits}")
        if self.line.stream:
            for digit in digits:
                self.line.stream.press(digit)

    async def run(self) -> None:
        """The whole call. When this is cancelled the call ends without another word to the product."""
        life = asyncio.create_task(self._live())
        hung_up = asyncio.create_task(self._wait(self._hung_up))
        try:
            await asyncio.wait({life, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            self._finish()
            await put_down(life)
            self._announce_end()
            await self._callbacks.drain()
        finally:
            await put_down(life)
            await put_down(hung_up)
            await self._callbacks.cancel()
            self.ended_at = self.ended_at or self._loop.time()
            self.ended.set()

    @staticmethod
    async def _wait(event: asyncio.Event) -> None:
        await event.wait()

    async def _live(self) -> None:
        self._notify("initiated", "initiated")
        await asyncio.sleep(SETUP_S)
        self._become("ringing")
        self._notify("ringing")
        pickup = await self._picked_up()
        if pickup.kind != "answer":
            self._become(pickup.kind)
            return
        self._become("in-progress")
        self.answered_at = self._loop.time()
        self.answered.set()
        self._notify("answered")
        await self._talk()

    async def _picked_up(self) -> Pickup:
        """What becomes of the ringing. Timeout: "The integer number of seconds that we should allow the phone to ring
        before assuming there is no answer."
        """
        timeout_s = self.request.timeout_s
        if isinstance(self.callee, Undecided):
            try:
                async with asyncio.timeout(timeout_s):
                    await self.callee.decide()
            except TimeoutError:
                return Pickup("no-answer")
            return self.callee.pickup
        pickup = self.callee.pickup
        if pickup.kind == "no-answer" or pickup.after_s >= timeout_s:
            await asyncio.sleep(timeout_s)
            return Pickup("no-answer")
        await asyncio.sleep(pickup.after_s)
        return pickup

    async def _talk(self) -> None:
        limit = self._loop.call_later(self.request.time_limit_s, self._time_is_up)
        line = asyncio.create_task(self.line.run())
        detection = asyncio.create_task(self._detect_machine())
        try:
            if self.parent_sid:
                await asyncio.wait({line})
                return
            if not self.request.async_amd:  # synchronous detection holds the TwiML back
                await asyncio.wait({detection, line}, return_when=asyncio.FIRST_COMPLETED)
            if self.request.send_digits:
                await self._program.press(self.request.send_digits)
            await self._run_programs(line)
        finally:
            limit.cancel()
            await put_down(detection)
            await put_down(line)

    def _time_is_up(self) -> None:
        self._tell("time limit")
        self._hung_up.set()

    async def _run_programs(self, line: asyncio.Task[None]) -> None:
        """One program after another, as updates redirect the call; ends with the last verb or the callee's
        hanging up.
        """
        while True:
            self._redirected.clear()
            program = asyncio.create_task(self._program.run(self._next))
            redirected = asyncio.create_task(self._wait(self._redirected))
            try:
                await asyncio.wait({program, line, redirected}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await put_down(redirected)
                await put_down(program)
            if line.done():
                self._tell("callee hung up")
                return
            if not self._redirected.is_set():
                return
            self._tell("redirected")

    async def _dial(self, dial: Dial) -> dict[str, str]:
        request = dialling.request_of(
            dial, self.request.from_, (self.request.from_, self.request.to), self._conditions.refused_prefixes
        )
        return await dialling.conduct(self.line, lambda: self._place(request, self.sid))

    async def _detect_machine(self) -> None:
        request, pickup = self.request, self.callee.pickup
        if not request.machine_detection or request.send_digits:  # SendDigits turns detection off
            return
        verdict, after_s = pickup.answered_by, HUMAN_S
        if verdict.startswith("machine"):
            to_end = request.machine_detection == "DetectMessageEnd"
            after_s = pickup.beep_after_s if to_end else MACHINE_S
            if (verdict == "machine_start") == to_end:
                verdict = "machine_end_beep" if to_end else "machine_start"
        # MachineDetectionTimeout: "how long we should attempt to detect an answering machine before ...
        # unknown".
        if after_s > request.machine_detection_timeout_s or verdict == "unknown":
            verdict, after_s = "unknown", request.machine_detection_timeout_s
        await asyncio.sleep(after_s)
        self.answered_by = verdict
        self._tell(f"answered by {verdict}")
        if not request.async_amd:
            return
        if not request.async_amd_status_callback:
            self._note(TwilioError(NO_AMD_CALLBACK, "No AMD status callback URL provided"))
            return
        params = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "AnsweredBy": verdict,
            "MachineDetectionDuration": str(round(after_s * 1000)),
        }
        method = request.async_amd_status_callback_method
        self._callbacks.spawn(self._webhooks.post(request.async_amd_status_callback, params, method))

    def _finish(self) -> None:
        """The call is over on the network, whatever its tasks still have to put away."""
        if self.status in {"queued", "ringing"}:
            self._become("canceled")
        elif self.status == "in-progress":
            self._become("completed")
        self.ended_at = self._loop.time()

    def _announce_end(self) -> None:
        duration_s = self.duration_s
        self._notify(
            "completed",
            CallDuration=str(duration_s),
            Duration=str(math.ceil(duration_s / 60)),
            SipResponseCode=str(self.callee.pickup.sip_code or _SIP_CODES[self.status]),
        )

    def _notify(self, event: str, status: str | None = None, **more: str) -> None:
        request = self.request
        if not request.status_callback or event not in request.status_callback_events:
            return
        params = self.params_now() | {"CallStatus": status or self.status, "Timestamp": self._now()} | more
        self._callbacks.status(request.status_callback, params, request.status_callback_method)

    def _now(self) -> str:
        return format_datetime(self.moment(self._loop.time()))

    def _become(self, status: Status) -> None:
        self.status = status
        self._tell(status)

    def _tell(self, what: str) -> None:
        self.timeline.append((self._loop.time(), what))

    def _note(self, error: TwilioError) -> None:
        self.errors.append(error)
        self._note_everywhere(error)
