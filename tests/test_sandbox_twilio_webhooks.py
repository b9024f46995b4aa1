"""Facts about how the stand-in Twilio asks the product, and what it does where nobody answers.

After https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides and
https://www.twilio.com/docs/usage/security/availability-reliability, which the docstrings quote.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from sandbox.twilio import StandInCall
from sandbox.twilio.errors import TwilioAlertError
from sandbox.twilio.overrides import Overrides, parted
from sandbox.twilio.webhooks import Webhooks
from tests.test_sandbox_twilio import CALLEE, PUBLIC, WAIT, Phone, Product, pytestmark, run_ahead, world

__all__ = ["pytestmark"]
TOKEN = "an auth token"
Answer = Callable[[int], web.Response]  # to the request of that number


class Server:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str], str]] = []  # path and query, form, idempotency token
        self.signed = True

    async def _take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        self.signed = self.signed and RequestValidator(TOKEN).validate(PUBLIC + request.path_qs, form, signature)
        self.asked.append((request.path_qs, form, request.headers["I-Twilio-Idempotency-Token"]))
        answer = self.answer(len(self.asked))
        if answer.status == 599:
            await asyncio.sleep(60)
        return answer


@asynccontextmanager
async def asking(answer: Answer) -> AsyncIterator[tuple[Webhooks, Server]]:
    server, app = Server(answer), web.Application()
    app.router.add_route("*", "/{path:.*}", server._take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    webhooks = Webhooks(TOKEN, lambda url: url.replace(PUBLIC, address))
    try:
        yield webhooks, server
    finally:
        await webhooks.close()
        await runner.cleanup()


def failing(*statuses: int) -> Answer:
    """These, one after the other, and then 204. 599 is no answer at all."""
    return lambda number: web.Response(status=statuses[number - 1] if number <= len(statuses) else 204)


async def noted(asked: Awaitable[None]) -> int | None:
    """The code that Twilio would log."""
    try:
        await asked
    except TwilioAlertError as alert:
        return alert.error.code
    return None


# Overrides


@given(
    ct=st.integers(100, 10_000),
    rt=st.integers(100, 15_000),
    tt=st.integers(100, 15_000),
    rc=st.integers(0, 5),
    everything=st.booleans(),
)
def test_overrides_are_read_from_the_fragment(ct: int, rt: int, tt: int, rc: int, *, everything: bool) -> None:
    """In it are "key-value pairs; key and value are separated by =, pairs are separated by &"."""
    policy = "all" if everything else "ct,rt"
    address, found = parted(f"{PUBLIC}/a?b=c#ct={ct}&rt={rt}&tt={tt}&rc={rc}&rp={policy}&sni=y&e=ashburn")
    assert address == f"{PUBLIC}/a?b=c"
    assert (found.connect_s, found.read_s, found.total_s, found.retries) == (ct / 1000, rt / 1000, tt / 1000, rc)
    assert found.policy == ({"ct", "rt", "4xx", "5xx"} if everything else {"ct", "rt"})


def test_without_any_a_connection_is_tried_twice() -> None:
    """The page's column "Default": ct 5000, rt 15000, tt 15000, rc 1, rp ct."""
    assert parted(f"{PUBLIC}/a") == (f"{PUBLIC}/a", Overrides(5.0, 15.0, 15.0, 1, frozenset({"ct"})))


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        ("rp=some", 11243),  # "One or more retry policies specified in the 'rp' parameter … are invalid."
        ("rc=6", 11100),
        ("rc=-1", 11100),
        ("ct=99", 11100),
        ("rt=15001", 11100),
        ("tt=soon", 11100),
        ("retries=3", 11100),
    ],
)
def test_overrides_that_there_are_not_are_refused(fragment: str, code: int) -> None:
    with pytest.raises(TwilioAlertError) as refused:
        parted(f"{PUBLIC}/a#{fragment}")
    assert refused.value.error.code == code


# Asking again


@run_ahead
async def test_the_fragment_is_neither_signed_nor_sent() -> None:
    """They "do not make it into the signature computation and should be left out on your side as well"."""
    async with asking(failing()) as (webhooks, server):
        await webhooks.post(f"{PUBLIC}/status?a=b#rc=5&rp=all", {"CallSid": "CA1"})
        assert server.signed
        assert [path for path, *_ in server.asked] == ["/status?a=b"]


@pytest.mark.parametrize(
    ("statuses", "fragment", "asked", "code"),
    [
        pytest.param([500], "", 1, 11200, id="by itself only a connection is retried"),
        pytest.param([500], "#rp=5xx", 2, None, id="5xx: any 5xx response"),
        pytest.param([404], "#rp=5xx", 1, 11200, id="and no 4xx"),
        pytest.param([404, 502, 403], "#rc=5&rp=all", 4, None, id="all: all of the previous types"),
        pytest.param([500] * 9, "#rc=5&rp=all", 6, 11200, id="rc: the number of retries"),
        pytest.param([500] * 9, "#rc=0&rp=all", 1, 11200, id="none, where it is 0"),
        pytest.param([599], "#rt=3000&rp=rt", 2, None, id="rt: no response received within read timeout"),
        pytest.param([599], "#rt=3000", 1, 11205, id="which is no connection failure"),
        pytest.param([599] * 9, "#rc=5&rp=all", 1, 11203, id="15 s are the end of it"),
        pytest.param([599] * 9, "#rt=4000&rc=5&rp=all", 4, 11203, id="for all attempts together"),
        pytest.param([599] * 9, "#rt=1000&tt=2500&rc=5&rp=all", 3, 11203, id="tt: the total time allowed"),
    ],
)
@run_ahead
async def test_what_fails_is_asked_again_as_the_url_has_it(
    statuses: list[int], fragment: str, asked: int, code: int | None
) -> None:
    async with asking(failing(*statuses)) as (webhooks, server):
        assert await noted(webhooks.post(f"{PUBLIC}/status{fragment}", {"CallSid": "CA1"})) == code
        assert len(server.asked) == asked


@run_ahead
async def test_attempts_at_one_request_can_be_told_from_other_requests() -> None:
    """There is "a new HTTP header (I-Twilio-Idempotency-Token), a unique string"."""
    async with asking(failing(500)) as (webhooks, server):
        for _ in range(2):
            await webhooks.post(f"{PUBLIC}/status#rp=all", {"CallSid": "CA1"})
        first, again, other = [token for *_, token in server.asked]
        assert first == again != other


@run_ahead
async def test_where_nobody_listens_the_connection_is_refused() -> None:
    """11202: "your web server process is down so no process is listening on the port"."""
    webhooks = Webhooks(TOKEN, lambda url: url.replace(PUBLIC, "http://127.0.0.1:1"))
    try:
        with pytest.raises(TwilioAlertError) as refused:
            await webhooks.post(f"{PUBLIC}/status#rc=5&rp=all", {})
        assert refused.value.error.code == 11202
    finally:
        await webhooks.close()


# The fallback


BROKEN = f"{PUBLIC}/broken"  # where the product has no page, and fails
REDIRECT = f"<Response><Redirect>{BROKEN}</Redirect></Response>"
PAUSE = "<Response><Pause length='3'/></Response>"


async def through(product: Product, twiml: str, *documents: str, fallback: str = "/twiml") -> StandInCall:
    """A call to its end; `documents` are what the product answers at `/twiml`."""
    product.documents = list(documents)
    call = await product.call(twiml, status_callback=None, fallback_url=f"{PUBLIC}{fallback}" if fallback else None)
    return await product.twilio.wait_ended(call.sid, 100)


@run_ahead
async def test_where_a_document_cannot_be_had_the_fallback_is_asked() -> None:
    """If Twilio "is unable to retrieve or execute TwiML from your web server, a request is immediately made to the
    number's Fallback URL. Twilio will submit the ErrorCode and ErrorUrl parameters".
    """
    async with world() as product:
        call = await through(product, REDIRECT, PAUSE)
        [form] = product.fetched
        assert (form["ErrorCode"], form["ErrorUrl"], form["CallSid"]) == ("11200", BROKEN, call.sid)
        assert call.duration_s == 4  # the fallback's pause, and the ways there and back
        assert "fallback" in [what for _, what in call.timeline]


@run_ahead
async def test_where_a_document_cannot_be_run_too() -> None:
    async with world() as product:
        call = await through(product, "<Nonsense/>", PAUSE)
        assert [form["ErrorCode"] for form in product.fetched] == ["12200"]
        assert [error.code for error in call.errors] == [12200]


@run_ahead
async def test_a_fallback_that_fails_is_the_end_of_the_call() -> None:
    async with world() as product:
        call = await through(product, REDIRECT, fallback="/broken")
        assert (call.status, [error.code for error in call.errors]) == ("completed", [11200, 11200])


@run_ahead
async def test_a_fallback_is_asked_again_for_what_fails_later() -> None:
    async with world() as product:
        call = await through(product, REDIRECT, REDIRECT, REDIRECT, PAUSE)
        assert len(product.fetched) == 3
        assert [error.code for error in call.errors] == [11200] * 3


@run_ahead
async def test_without_a_fallback_the_call_ends() -> None:
    async with world() as product:
        call = await through(product, REDIRECT, fallback="")
        assert (call.status, product.fetched) == ("completed", [])


# REST


@run_ahead
async def test_an_answer_can_be_lost_after_the_call_was_made_or_before() -> None:
    async with world(Phone()) as product:
        for done in (True, False):
            product.twilio.lose_next("create", done=done)
            with pytest.raises(Exception, match=r"(?i)disconnected|reset|closed"):
                await product.client.calls.create_async(to=CALLEE, from_=product.twilio.phone_number, twiml=WAIT)
            assert len(product.twilio.calls) == 1
        found = await product.client.calls.list_async(to=CALLEE, from_=product.twilio.phone_number)
        assert [call.sid for call in found] == list(product.twilio.calls)


@run_ahead
async def test_start_times_are_days_and_a_call_that_has_not_begun_has_none() -> None:
    """Filters take "a date as YYYY-MM-DD in UTC", and a start time is "empty if the call has not yet been dialed"."""
    async with world(Phone(), wall=lambda: 1_795_334_400.0) as product:
        made = await product.client.calls.create_async(to=CALLEE, from_=product.twilio.phone_number, twiml=WAIT)
        list_async = product.client.calls.list_async
        assert await list_async(start_time_after="2026-11-22") == []
        await asyncio.sleep(10)
        assert made.date_created.isoformat() == "2026-11-22T08:00:00+00:00"
        for day, after, before in (
            ("2026-11-21", True, False),
            ("2026-11-22", True, True),
            ("2026-11-23", False, True),
        ):
            assert len(await list_async(start_time_after=day)) == after
            assert len(await list_async(start_time_before=day)) == before
            assert len(await list_async(start_time=day)) == (day == "2026-11-22")
