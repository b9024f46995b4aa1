"""The carrier's REST API answers, but not as it should: nothing is believed that it did not say."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.carrier import TwilioCarrier
from bridge.carrier_call import Placement
from bridge.errors import CarrierError

PLACEMENT = Placement(
    to="+14155552671",
    twiml="<Response/>",
    twiml_url="",
    fallback_url="https://ringback.test/f",
    status_url="https://ringback.test/s",
    amd_url="https://ringback.test/a",
    ring_timeout_s=30,
    time_limit_s=600,
)
CREATED = '"date_created": "Sun, 22 Nov 2026 08:00:00 +0000"'
MALFORMED = ["", "{", "null", "[]", "5", '"CA1"', "{}", '{"sid": null}', '{"sid": 5}', '{"sid": ""}', "<html>", "\x00"]


class Stub:
    """Answers everything alike."""

    def __init__(self) -> None:
        self.answer = ""
        self.status = 200
        self.asked = 0

    async def handle(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(status=self.status, text=self.answer, content_type="application/json")


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
async def carrier(stub: Stub) -> AsyncIterator[TwilioCarrier]:
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", stub.handle)
    async with TestServer(site) as server:
        url = str(server.make_url("/"))
        made = TwilioCarrier(account_sid="AC1", auth_token="t", phone_number="+14155550100", api_url=url)
        yield made
        await made.close()


@pytest.mark.parametrize("answer", MALFORMED)
async def test_a_dial_whose_answer_cannot_be_read_may_have_been_made(
    carrier: TwilioCarrier, stub: Stub, answer: str
) -> None:
    stub.status, stub.answer = 201, answer
    with pytest.raises(CarrierError) as refused:
        await carrier.place(PLACEMENT)
    assert refused.value.sent
    assert stub.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        *MALFORMED,
        '{"sid": "CA1", "status": 5, "date_created": "Sun, 22 Nov 2026 08:00:00 +0000"}',
        '{"sid": "CA1", "status": "completed", "date_created": null}',
        f'{{"sid": "CA1", "status": "completed", {CREATED}, "duration": "long"}}',
        f'{{"sid": "CA1", "status": "completed", {CREATED}, "duration": "nan"}}',
        f'{{"sid": "CA1", "status": "completed", {CREATED}, "duration": "-1e999"}}',
        '{"sid": "CA1", "status": "completed", "date_created": "Mon, 99 Foo 2026 99:99:99 +0000"}',
        f'{{"sid": "CA1", "status": "completed", {CREATED}, "end_time": 5}}',
    ],
)
async def test_what_is_told_of_a_call_and_cannot_be_read_is_not_told(
    carrier: TwilioCarrier, stub: Stub, answer: str
) -> None:
    stub.answer = answer
    with pytest.raises(CarrierError):
        await carrier.look("CA1")
    stub.answer = f'{{"calls": [{answer or "5"}]}}'
    with pytest.raises(CarrierError):
        await carrier.find("+14155552671")


async def test_a_list_that_is_none_is_no_empty_list(carrier: TwilioCarrier, stub: Stub) -> None:
    for answer in ("null", "[]", "{}", '{"calls": null}', '{"calls": {"a": 1}}', '{"calls": 5}'):
        stub.answer = answer
        with pytest.raises(CarrierError):
            await carrier.find("+14155552671")


@pytest.mark.fast_clock
async def test_a_hang_up_whose_answer_cannot_be_read_is_asked_for_again(carrier: TwilioCarrier, stub: Stub) -> None:
    """It does no harm where it was done."""
    stub.answer = "null"
    with pytest.raises(CarrierError):
        await carrier.hang_up("CA1")
    assert stub.asked == 5
