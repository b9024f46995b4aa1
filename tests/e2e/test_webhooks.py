"""The way in from outside: what the web server takes, and what it refuses without harm to a call."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from sandbox.twilio import StandInCall
from sandbox.twilio.webhooks import signature
from sandbox.world import PUBLIC_URL, World
from tests.e2e.chat import (
    REQUEST,
    answer_to,
    connected,
    data_of,
    finished,
    is_card,
    order,
    place,
    press,
    running,
)

SECRET = "sand-in_the_box-42"
FORM = "application/x-www-form-urlencoded"


@asynccontextmanager
async def posted(app: App, path: str, *, method: str = "POST", **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"http://127.0.0.1:{app.port}{path}", **more) as answer,
    ):
        yield answer


def signed(world: World, path: str, form: dict[str, str]) -> dict[str, str]:
    return {"X-Twilio-Signature": signature(world.twilio.auth_token, f"{PUBLIC_URL}{path}", form)}


@pytest.fixture
async def call(world: World, app: App) -> AsyncIterator[StandInCall]:
    """A call that is going on; afterwards it must have come to its good end."""
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    yield call
    assert "Booked: 7:45pm" in (await finished(world, live)).text


def path_of(call: StandInCall, what: str) -> str:
    """The two that give a document are asked in their turn."""
    turn = what in ("resume", "dialed")
    path = call.params["FallbackUrl" if turn else "StatusCallback"][0].removeprefix(PUBLIC_URL).partition("#")[0]
    return path.replace("resume" if turn else "status", what)


# Twilio


@pytest.mark.daily
async def test_a_webhook_without_a_good_signature_is_403_and_changes_nothing(
    world: World, app: App, call: StandInCall
) -> None:
    for what, form in (
        ("status", {"CallSid": call.sid, "CallStatus": "completed", "SequenceNumber": "9"}),
        ("amd", {"CallSid": call.sid, "AnsweredBy": "fax"}),
        ("resume", {"CallSid": call.sid}),
    ):
        path = path_of(call, what)
        good = signed(world, path, form)
        bad: tuple[dict[str, str], ...] = (
            {},
            {"X-Twilio-Signature": ""},
            {"X-Twilio-Signature": "x" * 28},
            {"X-Twilio-Signature": signature("wrong token", f"{PUBLIC_URL}{path}", form)},
            signed(world, path, form | {"CallSid": "CA0"}),
            signed(world, path.replace("status", "amd") + "x", form),
        )
        for headers in bad:
            async with posted(app, path, data=form, headers=headers) as answer:
                assert answer.status == 403
        # The same signature over another form, or with a parameter more.
        async with posted(app, path, data=form | {"Extra": "1"}, headers=good) as answer:
            assert answer.status == 403
        async with posted(app, f"{path}?x=1", data=form, headers=good) as answer:
            assert answer.status == 403


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"CallSid": "CA1"}', 400),
        ("text/plain", b"CallSid=CA1", 400),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 400),
        ("", b"", 400),
        (FORM, b"\xff\xfe%%%=&&&===", 400),
        (FORM, b"", 403),
        (FORM, b"a=" + b"x" * 100_000, 413),
    ],
)
async def test_a_webhook_that_is_no_form_is_a_4xx(
    world: World, app: App, content_type: str, body: bytes, status: int
) -> None:
    headers = {"Content-Type": content_type, "X-Twilio-Signature": "x"}
    for what in ("status/nobody", "amd/nobody", "resume/nobody/0"):
        async with posted(app, f"/twilio/{what}", data=body, headers=headers) as answer:
            assert answer.status == status


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_only_says_it_is_compressed_is_400(world: World, tmp_path: Path, encoding: str) -> None:
    headers = {"Content-Encoding": encoding, "X-Telegram-Bot-Api-Secret-Token": SECRET, "X-Twilio-Signature": "x"}
    async with running(world, tmp_path, telegram_webhook_secret=SECRET) as app:
        for path, kind in (("/twilio/status/x", FORM), ("/twilio/resume/x/0", FORM), ("/telegram", "application/json")):
            told = headers | {"Content-Type": kind}
            async with posted(app, path, data=b"\xff%%%=&&&===", headers=told, compress=False) as answer:
                assert answer.status == 400, path


async def test_a_get_on_a_webhook_is_405_and_an_unknown_path_is_404(world: World, app: App) -> None:
    for path in ("/twilio/status/x", "/twilio/amd/x", "/twilio/resume/x/0"):
        async with posted(app, path, method="GET") as answer:
            assert answer.status == 405
    for path in (
        "/",
        "/twilio",
        "/twilio/status",
        "/twilio/status/",
        "/twilio/resume/x",
        "/telegram",
        "/../../etc/passwd",
    ):
        async with posted(app, path) as answer:
            assert answer.status == 404


async def test_a_signed_form_without_a_call_is_400(world: World, app: App) -> None:
    form = {"CallStatus": "completed"}
    async with posted(app, "/twilio/status/x", data=form, headers=signed(world, "/twilio/status/x", form)) as answer:
        assert answer.status == 400


async def test_what_twilio_says_of_a_call_that_nobody_knows_does_no_harm(world: World, app: App) -> None:
    form = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "SequenceNumber": "no number"}
    async with posted(app, "/twilio/status/x", data=form, headers=signed(world, "/twilio/status/x", form)) as answer:
        assert answer.status == 204
    path = "/twilio/resume/x/0"
    async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
        assert (answer.status, answer.content_type) == (200, "application/xml")
        assert "<Hangup" in await answer.text()


async def test_what_is_said_of_another_call_does_not_end_this_one(world: World, app: App, call: StandInCall) -> None:
    path = path_of(call, "status")
    form = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "SequenceNumber": "99"}
    async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
        assert answer.status == 204


async def test_an_odd_or_late_status_does_not_disturb_the_call(world: World, app: App, call: StandInCall) -> None:
    path = path_of(call, "status")
    for status in ("", "exploded", "in-progress", "ringing", "queued", "initiated"):
        form = {"CallSid": call.sid, "CallStatus": status, "SequenceNumber": "-1", "Timestamp": "yesterday"}
        async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
            assert answer.status == 204


async def test_a_stream_that_does_not_begin_as_it_should_is_closed(world: World, app: App, call: StandInCall) -> None:
    start = {"event": "start", "start": {"callSid": call.sid, "customParameters": {"token": "guess"}}}
    beginnings: list[str | bytes] = [
        "hello",
        "[]",
        b"\x00\x01",
        json.dumps({"event": "media", "media": {"payload": "AAAA"}}),
        json.dumps({"event": "stop"}),
        json.dumps(start),
        json.dumps({"event": "start"}),
        json.dumps({"event": "start", "start": {"customParameters": {"token": ""}}}),
        "x" * 200_000,
    ]
    async with aiohttp.ClientSession() as http:
        for first in beginnings:
            async with http.ws_connect(f"http://127.0.0.1:{app.port}/twilio/stream") as stream:
                await (stream.send_str(first) if isinstance(first, str) else stream.send_bytes(first))
                assert (await stream.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


async def test_a_stream_that_says_nothing_is_closed_after_a_while(world: World, app: App) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"http://127.0.0.1:{app.port}/twilio/stream") as stream,
    ):
        assert (await stream.receive(timeout=30)).type is aiohttp.WSMsgType.CLOSE


async def test_a_stream_with_a_wrong_signature_is_not_let_in(world: World, app: App) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(
                f"http://127.0.0.1:{app.port}/twilio/stream", headers={"X-Twilio-Signature": "x" * 28}
            )
    assert refused.value.status == 403


# Telegram


@pytest.fixture
async def by_webhook(world: World, tmp_path: Path) -> AsyncIterator[App]:
    async with running(world, tmp_path, telegram_webhook_secret=SECRET) as app:
        yield app


async def test_all_works_by_webhook_too(world: World, by_webhook: App) -> None:
    assert world.telegram.updates.webhook.url == f"{PUBLIC_URL}/telegram"
    assert not world.telegram.requested("getUpdates")
    card = await order(world)
    await place(world, card)
    assert "Booked: 7:45pm" in (await finished(world, card)).text


async def test_an_update_without_the_secret_is_403_and_is_not_followed(world: World, by_webhook: App) -> None:
    card = await order(world)
    call = data_of(card, "Call")
    update = {
        "update_id": 1,
        "callback_query": {
            "id": "1",
            "from": world.requester.user.as_json(),
            "message": card.as_json(),
            "chat_instance": "1",
            "data": call,
        },
    }
    for secret in (None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "ünïcode"):
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with posted(by_webhook, "/telegram", json=update, headers=headers) as answer:
            assert answer.status == 403
    await asyncio.sleep(1)
    assert not world.twilio.calls


async def test_what_is_no_update_is_400_and_the_bot_goes_on(world: World, by_webhook: App) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    bodies = (b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b'"update"', b'{"update_id": 1, "message": 5}', b"[" * 5000)
    for body in bodies:
        async with posted(by_webhook, "/telegram", data=body, headers=headers) as answer:
            assert answer.status == 400
    async with posted(
        by_webhook, "/telegram", json={"update_id": 1, "event_of_tomorrow": {}}, headers=headers
    ) as answer:
        assert answer.status == 200
    assert is_card(await answer_to(world, REQUEST))


async def test_without_a_secret_there_is_no_webhook(world: World, app: App) -> None:
    assert not world.telegram.updates.webhook.url
    async with posted(app, "/telegram", json={"update_id": 1}) as answer:
        assert answer.status == 404


async def test_polling_takes_over_from_a_webhook_that_was_set_before(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, telegram_webhook_secret=SECRET):
        assert world.telegram.updates.webhook.url
    async with running(world, tmp_path):
        card = await order(world)
        assert await press(world, card, "Cancel")


# Health


async def test_healthz_is_200_while_calls_can_be_taken(world: World, app: App) -> None:
    async with posted(app, "/healthz", method="GET") as answer:
        assert answer.status == 200
