"""A stand-in for Twilio Programmable Voice on loopback: REST API, webhooks, media streams and the phone
network behind.

Owns the server and its calls. Callees are plugged in by number (`sandbox.line`). It speaks the real
protocol, signatures included, so that the product points `TWILIO_API_URL` here and changes nothing else.
One concept each in the modules beside this one.
"""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.line import Answerer, Callee, Pickup
from sandbox.overheard import Overhear, nobody
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.twilio.call import StandInCall, put_down
from sandbox.twilio.callbacks import Conditions
from sandbox.twilio.errors import TwilioError
from sandbox.twilio.params import CallRequest
from sandbox.twilio.rest import PathKind, RestApi
from sandbox.twilio.webhooks import Webhooks

__all__ = ["Answerer", "Callee", "Conditions", "Pickup", "StandInCall", "TwilioError", "TwilioStandIn"]

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "sandbox-auth-token"  # noqa: S105 - opens nothing


class TwilioStandIn:
    """`async with TwilioStandIn(answerer) as twilio:` serves at `twilio.url` (for TWILIO_API_URL).

    `public_url_rewrite` maps a URL that Twilio was told (and signs) to the one it really connects to; `wall` tells the
    time of day, in unix seconds, from which the dates of its resources come. In `speech` it says what `<Say>` holds.
    """

    def __init__(
        self,
        answerer: Answerer,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        phone_number: str = "+14155550100",
        public_url_rewrite: Callable[[str], str] | None = None,
        conditions: Conditions | None = None,
        wall: Callable[[], float] = time.time,
        overhear: Overhear = nobody,
        speech: Speech = TONES,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.phone_number = phone_number
        self.conditions = conditions or Conditions()
        self.calls: dict[str, StandInCall] = {}
        self.errors: list[TwilioError] = []
        self.url = ""
        self._answerer = answerer
        self._wall = wall
        self._overhear = overhear
        self._speech = speech
        self._rewrite = public_url_rewrite or (lambda url: url)
        self._tasks: list[asyncio.Task[None]] = []
        self._rest = RestApi(
            account_sid=account_sid,
            auth_token=auth_token,
            phone_number=phone_number,
            conditions=self.conditions,
            calls=self.calls,
            place=self._place,
            overhear=overhear,
        )

    async def __aenter__(self) -> Self:
        self._webhooks = Webhooks(self.auth_token, self._rewrite, self._overhear)
        self._runner = web.AppRunner(self._rest.application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Every live call is ended quietly; a fault inside one comes out here."""
        try:
            await asyncio.gather(*(put_down(task) for task in self._tasks))
        finally:
            await self._webhooks.close()
            await self._runner.cleanup()

    @property
    def requests(self) -> list[tuple[str, str]]:
        """The method and path of every request, in order."""
        return self._rest.requests

    def fail_next(self, path_kind: PathKind, status: int, code: int, times: int = 1) -> None:
        """The next `times` requests of this kind are refused with an HTTP status and a Twilio code."""
        self._rest.fail_next(path_kind, status, code, times)

    def lose_next(self, path_kind: PathKind, *, done: bool) -> None:
        """The next request of this kind gets no answer: its connection breaks, after what it asked for was `done`, or
        before.
        """
        self._rest.lose_next(path_kind, done=done)

    def digits(self, call_sid: str, digits: str) -> None:
        """The callee presses keys."""
        self.calls[call_sid].digits(digits)

    def drop_stream(self, call_sid: str) -> None:
        """Cut the call's media stream without a close frame."""
        if stream := self.calls[call_sid].line.stream:
            stream.drop()

    async def wait_ended(self, call_sid: str, timeout: float) -> StandInCall:  # noqa: ASYNC109 - its public face
        """The call when it is over and every callback about it has been answered. Raises TimeoutError."""
        call = self.calls[call_sid]
        async with asyncio.timeout(timeout):
            await call.ended.wait()
        return call

    def children(self, call_sid: str) -> list[StandInCall]:
        """The legs that `<Dial>` has made for a call, in order."""
        return [call for call in self.calls.values() if call.parent_sid == call_sid]

    def _place(self, request: CallRequest, parent_sid: str = "") -> StandInCall:
        call = StandInCall(
            request,
            self._answerer(request.to),
            account_sid=self.account_sid,
            webhooks=self._webhooks,
            conditions=self.conditions,
            note=self.errors.append,
            place=self._place,
            wall=self._wall,
            parent_sid=parent_sid,
            speech=self._speech,
        )
        self.calls[call.sid] = call
        self._tasks.append(asyncio.create_task(call.run()))
        return call
