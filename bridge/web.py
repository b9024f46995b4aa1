"""The web face of the bridge: Twilio's webhooks, the media stream, health.

Owns the HTTP routes and what they refuse: a webhook without Twilio's signature, a body that is no form, is too large or
too slow, a stream without a single-use token, or with too many others that have shown none. Decides nothing about a
call. Follows https://www.twilio.com/docs/usage/webhooks/webhooks-security.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping

from aiohttp import web
from twilio.request_validator import RequestValidator

from bridge import media_stream, signals, twiml
from bridge.actions import Action, EndStream
from bridge.errors import ProtocolError
from bridge.media_stream import Media, Started
from bridge.pending import MOST, Pending, client_of
from bridge.runner import Runner
from bridge.signals import Signal
from bridge.stream_socket import StreamSocket
from bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024  # bytes; Twilio's callbacks are a few hundred
BODY_S = 5.0  # until all of it is there: Twilio gives up after so long, too (`twiml.insisting`)
HANDSHAKE_S = 10.0  # until the stream's start message
HANDSHAKE_FRAMES = 4  # `connected` and `start`, and room for one that is new to us
IDLE_S = 20.0  # media comes every 20 ms: a stream that is silent for so long is dead
CLOSE_S = 2.0  # for the other side's part of a goodbye
_LONGEST_NUMBER = 9  # digits
# Nothing here is a page, and nothing is to be kept (https://owasp.org/www-project-secure-headers/).
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "Ringback",  # and not of which versions it is made
    "X-Content-Type-Options": "nosniff",
}


async def protect(_: web.Request, response: web.StreamResponse) -> None:
    """The headers of every answer: a signal handler of aiohttp's `on_response_prepare`."""
    response.headers.update(_HEADERS)


class _NeverStarted(ProtocolError):
    """Whoever opened the stream left at once: so does who looks whether WebSockets get through (the doctor)."""


class TwilioRoutes:
    """`client_header`: in which the host's own proxy names the client; "" where there is none, and none is believed."""

    def __init__(self, switchboard: Switchboard, *, public_url: str, auth_token: str, client_header: str = "") -> None:
        self._switchboard = switchboard
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(auth_token)  # it compares in constant time
        self._client_header = client_header
        self._strangers = Pending()
        self._process = secrets.token_hex(8)  # whether PUBLIC_URL leads to this process, or to another one
        self._signed = Pending(most_of_one=MOST)  # the carrier's own: strangers do not stand in its way

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/twilio/status/{call_id}", self._status)
        app.router.add_post("/twilio/amd/{call_id}", self._detected)
        app.router.add_post("/twilio/resume/{call_id}/{turn}", self._resume)
        app.router.add_post("/twilio/dialed/{call_id}/{turn}", self._dialed)
        app.router.add_get("/twilio/stream", self._stream, allow_head=False)
        app.router.add_get("/healthz", self._health)
        app.on_response_prepare.append(protect)

    async def _health(self, _: web.Request) -> web.Response:
        """200 when calls can be taken."""
        process = {"Ringback-Process": self._process}
        if self._switchboard.accepting:
            return web.Response(text="ok", headers=process)
        return web.Response(status=503, text="draining", headers=process)

    async def _status(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request)
        sequence = form.get("SequenceNumber", "")
        signal = signals.CarrierStatus(
            status=form.get("CallStatus", ""),
            sequence=int(sequence) if sequence.isdecimal() and len(sequence) <= _LONGEST_NUMBER else 0,
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
        form = await self._signed_form(request)
        content = await self._connection(request, form)
        return web.Response(text=content, content_type="application/xml")

    async def _dialed(self, request: web.Request) -> web.Response:
        """The requester's phone was rung: after a talk the call is over, else the agent has it back."""
        form = await self._signed_form(request)
        if form.get("DialCallStatus") in ("completed", "answered"):
            content = twiml.hang_up()
        else:
            content = await self._connection(request, form)
        return web.Response(text=content, content_type="application/xml")

    async def _connection(self, request: web.Request, form: Mapping[str, str]) -> str:
        meant = request.match_info
        return await self._switchboard.connection(meant["call_id"], form["CallSid"], meant["turn"])

    async def _signed_form(self, request: web.Request) -> dict[str, str]:
        """The form of a request that Twilio signed. Raises 400 for no form, 403 for no signature, 408 for a slow body,
        413 for a large one.
        """
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPBadRequest(text="expected a form")
        try:
            async with asyncio.timeout(BODY_S):
                form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        except TimeoutError as error:
            raise web.HTTPRequestTimeout(text="too slow") from error
        except (ValueError, web.RequestPayloadError) as error:
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

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not StreamSocket.possible(request):
            return web.Response(status=426, headers={"Connection": "Upgrade", "Upgrade": "websocket"})
        pending, client = self._queue_of(request)
        if not pending.enter(client):
            log.warning("a media stream is turned away: too many wait already")
            return web.Response(status=503, headers={"Retry-After": "1"})
        socket = StreamSocket(
            request, max_size=media_stream.MAX_FRAME, close_s=CLOSE_S, most_early=HANDSHAKE_FRAMES + 1
        )
        try:
            try:
                response = await socket.open()
                async with asyncio.timeout(HANDSHAKE_S):
                    started = await self._read_start(socket)
                    runner, ticket = await self._switchboard.admit(started.call_sid, twiml.unpack(started.parameters))
            finally:
                pending.leave(client)
            await self._serve(socket, started, runner, ticket)
        except TimeoutError:
            log.warning("a media stream sent no start, or nothing more: closed")
        except ProtocolError as error:
            level = logging.INFO if isinstance(error, _NeverStarted) else logging.WARNING
            log.log(level, "media stream closed: %s", error)
        finally:
            await socket.close()
        return response

    def _queue_of(self, request: web.Request) -> tuple[Pending, str]:
        """Where a stream waits until its ticket is seen, and under which address. Raises 403 for a wrong signature:
        Twilio may leave that of the upgrade out, so the ticket is the gate, but a wrong one is nobody's.
        """
        told = request.headers.getall(self._client_header, []) if self._client_header else []
        client = client_of(request.remote or "", ",".join(told))
        if "X-Twilio-Signature" not in request.headers:
            return self._strangers, client
        self._check_signature(request, f"{self._public_url.replace('http', 'ws', 1)}{request.path}", {})
        return self._signed, client

    async def _read_start(self, socket: StreamSocket) -> Started:
        for _ in range(HANDSHAKE_FRAMES):
            message = await socket.first()
            if message is None:
                raise _NeverStarted("the media stream ended before it started")
            found = media_stream.decode(message)
            if isinstance(found, Started):
                return found
            if found is not None:
                raise ProtocolError("the media stream did not start with a start message")
        raise ProtocolError("the media stream sent much and no start message")

    async def _serve(self, socket: StreamSocket, started: Started, runner: Runner, ticket: int) -> None:
        def tell(action: Action) -> None:
            if isinstance(action, EndStream):
                socket.end()
            else:
                socket.send(media_stream.encode(action, started.stream_sid).encode())

        def receive(message: bytes) -> None:
            try:
                found = media_stream.decode(message)
            except ProtocolError as error:
                # One broken frame is 20 ms of a call, not the call.
                log.warning("left out a frame: %s", error)
                return
            if isinstance(found, Media):
                runner.hear(found.payload)
            elif isinstance(found, signals.StreamStopped):
                socket.stop()
            elif isinstance(found, Signal):
                runner.deliver(found)

        async with runner.attached(started.stream_sid, ticket, tell):
            await socket.read(receive, idle_s=IDLE_S)
