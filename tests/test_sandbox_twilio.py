"""Facts about the stand-in Twilio's REST API, driven with Twilio's own SDK.

Also the product's side of a call for these tests: a web server that checks every signature, on a loop whose
clock runs ahead whenever nothing happens.

After https://www.twilio.com/docs/voice/api/call-resource and
https://www.twilio.com/docs/api/errors.
"""

import asyncio
import functools
import re
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, ParamSpec

import pytest
from aiohttp import WSMsgType, web
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sandbox.line import Callee, Pickup
from sandbox.twilio import Conditions, StandInCall, TwilioStandIn

# The SDK (9.13) still authenticates with aiohttp's BasicAuth.
pytestmark = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]

PUBLIC = "https://ringback.example"
STREAM_URL = "wss://ringback.example/media"
CONNECT = f"<Response><Connect><Stream url='{STREAM_URL}'/></Connect></Response>"
WAIT = "<Response><Pause length='5'/></Response>"
CALLEE = "+14155552671"
P = ParamSpec("P")
EVENTS = ["initiated", "ringing", "answered", "completed"]


class _RunAheadSelector(selectors.DefaultSelector):
    """When no socket is ready, the wait for the next timer is over at once."""

    ahead_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.ahead_s += timeout
        return ready


class _RunAheadLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._sandbox_selector = _RunAheadSelector()
        super().__init__(self._sandbox_selector)

    def time(self) -> float:
        return self._sandbox_selector.ahead_s


def run_ahead(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an async test on a clock that does not wait."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_RunAheadLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


class Phone:
    """A callee that says one byte over and over, and keeps what it heard."""

    def __init__(self, pickup: Pickup | None = None, hangs_up_after_s: float = 1e9) -> None:
        self.pickup = pickup or Pickup("answer")
        self.hung_up = False
        self.heard = b""
        self.pressed = ""
        self._steps = round(hangs_up_after_s * 50)

    def step(self, heard: bytes) -> bytes:
        self.heard += heard
        self._steps -= 1
        self.hung_up = self._steps <= 0
        return b"\x55" * 160

    def press(self, digits: str) -> None:
        self.pressed += digits


Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


class Product:
    """Our side: webhooks at /status, /amd and /twiml, and the media stream at /media."""

    def __init__(self, twilio: TwilioStandIn, phone: Phone) -> None:
        self.twilio = twilio
        self.phone = phone
        self.status: list[dict[str, str]] = []
        self.amd: list[dict[str, str]] = []
        self.fetched: list[dict[str, str]] = []
        self.documents: list[str] = []
        self.media_type = "text/xml"
        self.answer_status = 200
        self.stream_headers: dict[str, str] = {}
        self.talk: Talk = listen
        self.client: Client

    async def _webhook(self, request: web.Request) -> web.Response:
        params = {name: str(value) for name, value in (await request.post()).items()}
        signed = request.headers["X-Twilio-Signature"]
        assert RequestValidator(self.twilio.auth_token).validate(PUBLIC + request.path_qs, params, signed)
        kind = request.path.strip("/")
        {"status": self.status, "amd": self.amd, "twiml": self.fetched}[kind].append(params)
        text = self.documents.pop(0) if kind == "twiml" and self.documents else "<Response/>"
        return web.Response(text=text, content_type=self.media_type, status=self.answer_status)

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        self.stream_headers = dict(request.headers)
        web_socket = web.WebSocketResponse()
        await web_socket.prepare(request)
        await self.talk(web_socket)
        return web_socket

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/media", self._media)
        app.router.add_post("/{kind}", self._webhook)
        return app

    async def call(self, twiml: str | None = WAIT, **more: Any) -> StandInCall:
        """Place a call with the SDK."""
        about = {
            "to": CALLEE,
            "from_": self.twilio.phone_number,
            "twiml": twiml,
            "status_callback": f"{PUBLIC}/status",
            "status_callback_event": EVENTS,
        } | more
        call = await self.client.calls.create_async(**{k: v for k, v in about.items() if v is not None})
        assert call.sid is not None
        return self.twilio.calls[call.sid]


async def listen(web_socket: web.WebSocketResponse) -> None:
    async for message in web_socket:
        assert message.type is WSMsgType.TEXT


class _Rewriting(AsyncTwilioHttpClient):  # type: ignore[misc]  # as above
    """The SDK's client with only the host changed."""

    def __init__(self, api_url: str) -> None:
        super().__init__()
        self._api_url = api_url

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        ours = re.sub("https://(api|voice).twilio.com", self._api_url, url)
        return await super().request(method, ours, *args, **kwargs)


@asynccontextmanager
async def world(
    phone: Phone | None = None, *, others: Mapping[str, Callee] | None = None, **stand_in: Any
) -> AsyncIterator[Product]:
    """The stand-in and the product, each on its port. `others` answer at numbers of their own."""
    phone = phone or Phone()
    book = others or {}
    address = ""

    def rewrite(url: str) -> str:
        return url.replace(PUBLIC, f"http://{address}").replace("wss://ringback.example", f"ws://{address}")

    async with TwilioStandIn(lambda to: book.get(to, phone), public_url_rewrite=rewrite, **stand_in) as twilio:
        product = Product(twilio, phone)
        runner = web.AppRunner(product.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        address = f"{host}:{port}"
        async with _Rewriting(twilio.url) as http:
            product.client = Client(twilio.account_sid, twilio.auth_token, http_client=http)
            try:
                yield product
            finally:
                await runner.cleanup()


@run_ahead
async def test_a_call_is_created_as_the_api_answers_and_priced_when_completed() -> None:
    async with world(Phone(hangs_up_after_s=61)) as product:
        made = await product.client.calls.create_async(
            to=CALLEE, from_=product.twilio.phone_number, twiml="<Response><Pause length='70'/></Response>"
        )
        assert (made.status, made.direction, made.price, made.duration) == (
            "queued",
            "outbound-api",
            None,
            None,
        )
        assert made.date_created is not None
        call = await product.twilio.wait_ended(made.sid, 100)
        assert "callee hung up" in [what for _, what in call.timeline]
        ended = await product.client.calls(made.sid).fetch_async()
        assert (ended.status, ended.duration, ended.price, ended.price_unit) == (
            "completed", "61", "-0.02800", "USD",
        )  # fmt: skip
        assert len(call.callee_audio) == len(call.agent_audio) == 61 * 8000


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"to": "5551234"}, 21211),
        ({"from_": "call me"}, 21212),
        ({"from_": "+14155550199"}, 21210),
        ({"to": "+8613800000000"}, 21215),
        ({"twiml": None}, 21205),
        ({"twiml": None, "url": "not a url"}, 21205),
        ({"url": f"{PUBLIC}/twiml"}, 20001),
        ({"twiml": "x" * 4001}, 32018),
        ({"status_callback_event": ["sometimes"]}, 21626),
        ({"caller_id": "+14155550100"}, 20001),
        ({"timeout": 601}, 20001),
    ],
)
@run_ahead
async def test_a_request_that_is_not_right_is_refused_with_its_code(about: dict[str, Any], code: int) -> None:
    async with world(conditions=Conditions(refused_prefixes=("+86",))) as product:
        with pytest.raises(TwilioRestException) as caught:
            await product.call(**about)
        assert (caught.value.status, caught.value.code) == (400, code)
        assert product.twilio.calls == {}


@run_ahead
async def test_a_wrong_token_and_an_unknown_call_are_refused() -> None:
    async with world() as product:
        with pytest.raises(TwilioRestException) as caught:
            await product.client.calls("CA" + "0" * 32).fetch_async()
        assert (caught.value.status, caught.value.code) == (404, 20404)
        product.client.auth = (product.twilio.account_sid, "wrong")
        with pytest.raises(TwilioRestException) as caught:
            await product.call()
        assert (caught.value.status, caught.value.code) == (401, 20003)


@run_ahead
async def test_calls_faster_than_the_rate_and_ordered_failures_are_refused() -> None:
    async with world(conditions=Conditions(calls_per_s=1)) as product:
        await product.call()
        with pytest.raises(TwilioRestException) as caught:
            await product.call()
        assert (caught.value.status, caught.value.code) == (429, 20429)
        await asyncio.sleep(1)
        product.twilio.fail_next("create", 503, 20500)
        with pytest.raises(TwilioRestException) as caught:
            await product.call()
        assert caught.value.status == 503
        await product.call()


@run_ahead
async def test_calls_the_account_and_its_number_can_be_read() -> None:
    async with world(Phone(Pickup("busy"))) as product:
        sids = [(await product.call()).sid for _ in range(3)]
        listed = await product.client.calls.list_async(to=CALLEE, page_size=2)
        assert [call.sid for call in listed] == sids[::-1]
        assert await product.client.calls.list_async(status="completed") == []
        account = await product.client.api.accounts(product.twilio.account_sid).fetch_async()
        assert (account.type, account.status) == ("Full", "active")
        (number,) = await product.client.incoming_phone_numbers.list_async()
        assert (number.phone_number, number.capabilities["voice"]) == (product.twilio.phone_number, True)
