"""The web face of the bridge: Twilio's webhooks, the media stream, health.

Owns the HTTP routes and what they refuse: a webhook without Twilio's signature, a body that is no form, a stream
without a single-use token. Decides nothing about a call. Follows
https://www.twilio.com/docs/usage/webhooks/webhooks-security.
"""

import asyncio
import logging
from collections.abc import Mapping

from aiohttp import WSMsgType, web
from twilio.request_validator import RequestValidator

from bridge import media_stream, signals, twiml
from bridge.actions import Action, EndStream
from bridge.errors import ProtocolError
from bridge.media_stream import Media, Started
from bridge.outbox import Outbox
from bridge.runner import Runner
from bridge.signals import Signal
from bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024  # bytes; Twilio's callbacks are a few hundred
HANDSHAKE_S = 10.0  # until the stream's start message
IDLE_S = 20.0  # media comes every 20 ms: a stream that is silent for so long is dead


class TwilioRoutes:
    def __init__(self, switchboard: Switchboard, *, public_url: str, auth_token: str) -> None:
        self._switchboard = switchboard
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(auth_token)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/twilio/status/{call_id}", self._status)
        app.router.add_post("/twilio/amd/{call_id}", self._detected)
        app.router.add_post("/twilio/resume/{call_id}", self._resume)
        app.router.add_post("/twilio/dialed/{call_id}", self._dialed)
        app.router.add_get("/twilio/stream", self._stream)
        app.router.add_get("/healthz", self._health)

    async def _health(self, _: web.Request) -> web.Response:
        """200 when calls can be taken."""
        if self._switchboard.accepting:
            return web.Response(text="ok")
        return web.Response(status=503, text="draining")

    async def _status(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request)
        sequence = form.get("SequenceNumber", "")
        signal = signals.CarrierStatus(
            status=form.get("CallStatus", ""),
            sequence=int(sequence) if sequence.isdecimal() else 0,
            sip_code=form.get("SipResponseCode", ""),
        )
        return await self._told(request, form, signal)

    async def _detected(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request)
        signal = signals.AnswererDetected(form.get("AnsweredBy", "unknown"))
        return await self._told(request, form, signal)

    async def _told(self, request: web.Request, form: Mapping[str, str], signal: Signal) -> web.Response:
        heard = await self._switchboard.carrier_says(request.match_info["call_id"], form.get("CallSid", ""), signal)
        return web.Response(
            status=204 if heard else 503
        )  # Twilio asks again, and the next process may be there by then

    async def _resume(self, request: web.Request) -> web.Response:
        await self._signed_form(request)
        content = await self._switchboard.connection(request.match_info["call_id"])
        return web.Response(text=content, content_type="application/xml")

    async def _dialed(self, request: web.Request) -> web.Response:
        """The requester's phone was rung: after a talk the call is over, else the agent has it back."""
        form = await self._signed_form(request)
        talked = form.get("DialCallStatus") in ("completed", "answered")
        content = twiml.hang_up() if talked else await self._switchboard.connection(request.match_info["call_id"])
        return web.Response(text=content, content_type="application/xml")

    async def _signed_form(self, request: web.Request) -> dict[str, str]:
        """The form of a request that Twilio signed. Raises 400 for no form, 403 for no signature, 413 for a large
        body.
        """
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPBadRequest(text="expected a form")
        try:
            form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        except ValueError as error:
            raise web.HTTPBadRequest(text="this is no form") from error
        self._check_signature(request, f"{self._public_url}{request.path_qs}", form)
        if not form.get("CallSid"):
            raise web.HTTPBadRequest(text="CallSid is missing")
        return form

    def _check_signature(self, request: web.Request, url: str, form: Mapping[str, str]) -> None:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not self._validator.validate(url, form, signature):
            raise web.HTTPForbidden(text="not signed by Twilio")

    # The media stream

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        # Twilio may leave the signature of the upgrade out, so the token is the gate; a wrong one is still refused.
        if "X-Twilio-Signature" in request.headers:
            url = f"{self._public_url.replace('http', 'ws', 1)}{request.path}"
            self._check_signature(request, url, {})
        socket = web.WebSocketResponse(max_msg_size=media_stream.MAX_FRAME, compress=False)
        await socket.prepare(request)
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                started = await self._read_start(socket)
            runner, ticket = await self._switchboard.admit(started.call_sid, twiml.unpack(started.parameters))
            await self._serve(socket, started, runner, ticket)
        except TimeoutError:
            log.warning("a media stream sent no start, or nothing more: closed")
        except ProtocolError as error:
            log.warning("media stream closed: %s", error)
        finally:
            await socket.close()
        return socket

    async def _read_start(self, socket: web.WebSocketResponse) -> Started:
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                raise ProtocolError("the media stream ended before it started")
            found = media_stream.decode(message.data)
            if isinstance(found, Started):
                return found
            if found is not None:
                raise ProtocolError("the media stream did not start with a start message")

    async def _serve(self, socket: web.WebSocketResponse, started: Started, runner: Runner, ticket: int) -> None:
        outbox: Outbox[Action] = Outbox()

        async def send(action: Action) -> None:
            if isinstance(action, EndStream):
                await socket.close()
            else:
                await socket.send_str(media_stream.encode(action, started.stream_sid))

        writing = asyncio.get_running_loop().create_task(outbox.pump(send))
        try:
            async with runner.attached(started.stream_sid, ticket, outbox.put):
                await self._read(socket, runner)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _read(self, socket: web.WebSocketResponse, runner: Runner) -> None:
        while True:
            message = await socket.receive(timeout=IDLE_S)
            if message.type is not WSMsgType.TEXT:
                return
            try:
                found = media_stream.decode(message.data)
            except ProtocolError as error:
                # One broken frame is 20 ms of a call, not the call.
                log.warning("left out a frame: %s", error)
                continue
            if isinstance(found, Media):
                runner.hear(found.payload)
            elif isinstance(found, signals.StreamStopped):
                return
            elif isinstance(found, Signal):
                runner.deliver(found)
