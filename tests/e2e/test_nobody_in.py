"""Nobody comes in from outside: what is forged, replayed, too much, too large or too slow does nothing."""

import asyncio
import io
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import HEADERS_S, App
from bot.webhook import MAX_UPDATE, REMEMBERED
from bridge import media_stream, pending, web
from sandbox.telegram import Message
from sandbox.twilio import StandInCall
from sandbox.twilio.webhooks import signature
from sandbox.world import PUBLIC_URL, World
from tests.e2e.chat import REQUEST, connected, data_of, finished, is_card, order, place, running
from tests.e2e.test_webhooks import FORM, SECRET, path_of, posted, signed

pytestmark = pytest.mark.daily

ROUTES = {
    ("POST", "/twilio/status/{call_id}"): "signature",
    ("POST", "/twilio/amd/{call_id}"): "signature",
    ("POST", "/twilio/resume/{call_id}/{turn}"): "signature",
    ("POST", "/twilio/dialed/{call_id}/{turn}"): "signature",
    ("GET", "/twilio/stream"): "ticket",
    ("POST", "/telegram"): "secret",
    ("GET", "/healthz"): "open",
    ("HEAD", "/healthz"): "open",
}
WEBHOOKS = ("status", "amd", "resume", "dialed")
LATE = {"CallStatus": "completed", "SequenceNumber": "9", "AnsweredBy": "fax", "DialCallStatus": "completed"}


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    async with running(world, tmp_path, telegram_webhook_secret=SECRET) as app:
        yield app


def state_of(world: World, folder: Path) -> dict[str, Any]:
    """All that something could have been done to."""
    with closing(sqlite3.connect(f"file:{folder}/ringback.db?mode=ro", uri=True)) as database:
        rows = list(database.iterdump())
    return {
        "database": rows,
        "calls": {sid: (call.status, list(call.timeline)) for sid, call in world.twilio.calls.items()},
        "model sessions": len(world.openai.connections),
        "plans": len(world.openai.responses_requests),
        "messages": [request.method for request in world.telegram.requests],
    }


def tickets_of(twiml: str) -> list[str]:
    return re.findall(r'name="token" value="([^"]+)"', twiml)


def started(call_sid: str, **parameters: str) -> str:
    body = {"streamSid": "MZ0", "callSid": call_sid, "customParameters": parameters}
    return json.dumps({"event": "start", "streamSid": "MZ0", "start": body})


async def stream(app: App, *frames: str | bytes, **headers: str) -> aiohttp.WSMessage:
    """What comes back on a socket that begins so."""
    url = f"http://127.0.0.1:{app.port}/twilio/stream"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=headers) as socket:
        for frame in frames:
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        return await socket.receive(timeout=60)


async def raw(app: App, request: bytes, *, for_s: float) -> tuple[bytes, float]:
    """What is answered to bytes, and after how long the connection is closed."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", app.port)
    try:
        writer.write(request)
        async with asyncio.timeout(for_s):
            return await reader.read(), loop.time() - began
    finally:
        writer.close()


# The doors


def test_every_route_is_known_and_says_who_may_come_in() -> None:
    assert set(ROUTES.values()) == {"signature", "ticket", "secret", "open"}
    assert [route for route, gate in ROUTES.items() if gate == "open"] == [("GET", "/healthz"), ("HEAD", "/healthz")]


async def test_the_app_serves_these_routes_and_no_other(world: World, app: App) -> None:
    served = [(route.method, route.resource.canonical) for route in app.site.router.routes() if route.resource]
    assert sorted(served) == sorted(ROUTES)


async def test_with_a_token_for_metrics_there_is_one_more_route_and_it_wants_that(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, metrics_token="swordfish") as app:
        served = {(route.method, route.resource.canonical) for route in app.site.router.routes() if route.resource}
        assert served - set(ROUTES) == {("GET", "/metrics"), ("HEAD", "/metrics")}
        for method in ("GET", "HEAD"):
            async with posted(app, "/metrics", method=method) as answer:
                assert answer.status == 401


async def test_no_route_but_health_does_anything_without_authority(world: World, app: App, tmp_path: Path) -> None:
    before = state_of(world, tmp_path)
    expected = {"signature": 403, "ticket": 426, "secret": 403, "open": 200}
    for (method, path), gate in ROUTES.items():
        data = {"data": {"CallSid": "CA0", **LATE}} if gate == "signature" else {}
        async with posted(app, path.format(call_id="x", turn="0"), method=method, **data) as answer:
            assert answer.status == expected[gate], path
    assert state_of(world, tmp_path) == before


async def test_every_answer_keeps_itself_to_itself(world: World, app: App) -> None:
    for method, path in (("GET", "/healthz"), ("POST", "/twilio/status/x"), ("GET", "/"), ("PUT", "/healthz")):
        async with posted(app, path, method=method) as answer:
            assert answer.headers["Server"] == "Ringback"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "Traceback" not in await answer.text()


async def test_another_method_is_405_and_says_which_are_allowed(world: World, app: App) -> None:
    for (method, path), gate in ROUTES.items():
        for other in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            async with posted(app, path.format(call_id="x", turn="0"), method=other) as answer:
                assert answer.status == 405
                assert gate == "open" or answer.headers["Allow"] == method


# Forged


async def test_what_is_forged_does_nothing(world: World, app: App, tmp_path: Path) -> None:
    card = await order(world)
    await asyncio.sleep(5)
    before = state_of(world, tmp_path)
    call_id = data_of(card, "Call").split(":")[2]
    for what in WEBHOOKS:
        turn = "/0" if what in ("resume", "dialed") else ""
        path, form = f"/twilio/{what}/{call_id}{turn}", {"CallSid": "CA" + "0" * 32, **LATE}
        forged = signature("guessed", f"{PUBLIC_URL}{path}", form)
        for headers in ({}, {"X-Twilio-Signature": forged}, {"X-Twilio-Signature": "\udcff" * 28}):
            async with posted(app, path, data=form, headers=headers) as answer:
                assert answer.status == 403
        # Even Twilio's own word opens nothing for a call that was never placed.
        async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
            assert answer.status in (200, 204)
            assert "<Stream" not in await answer.text()
    for token in ("", "x", f"{call_id}.0.{2**40}.proof", f"{call_id}.0.{2**33}.{'A' * 24}", "...", "\udcff", "é" * 300):
        assert (await stream(app, started("CA0", token=token.encode(errors="replace").decode()))).type in _CLOSED
    for label in ("Call", "Cancel", "Edit", "Voice"):
        assert await _post_update(app, _pressed(world, card, label), secret="guessed") == 403
    for kind in ("message", "edited_message", "my_chat_member"):
        assert await _post_update(app, {"update_id": 1, kind: {"text": REQUEST}}, secret="") == 403
    await asyncio.sleep(30)
    assert state_of(world, tmp_path) == before


_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)


FRAMES: list[tuple[str | bytes, ...]] = [
    ('{"event":"connected"}',) * 50,
    ('{"event":"tomorrow"}',) * 50,
    ('{"event":"connected"}', '{"event":"media","media":{"payload":"AAAA"}}'),
    ('{"event":"connected"}', '{"event":"mark","mark":{"name":"0:1"}}'),
    ('{"event":"connected"}', '{"event":"dtmf","dtmf":{"digit":"1"}}'),
    ('{"event":"connected"}', '{"event":"stop"}'),
    ('{"event":"connected"}', '{"event":"start","start":{"customParameters":"token"}}'),
    ("x" * (media_stream.MAX_FRAME + 1),),
    (b"\x00" * 10,),
]


async def test_no_kind_of_frame_does_anything_before_the_ticket(world: World, app: App, tmp_path: Path) -> None:
    before = state_of(world, tmp_path)
    for frames in FRAMES:
        assert (await stream(app, *frames)).type in _CLOSED, frames[-1]
        assert state_of(world, tmp_path) == before, frames[-1]


# Replayed


async def test_what_is_replayed_during_a_call_does_nothing(world: World, app: App) -> None:
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    used, *spares = tickets_of(call.params["Twiml"][0])
    for what in ("resume", "dialed"):
        path, form = path_of(call, what), {"CallSid": call.sid, "DialCallStatus": "busy"}
        async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
            assert (answer.status, "<Stream" in await answer.text()) == (200, False)
        form = {"CallSid": "CA" + "0" * 32, "DialCallStatus": "busy"}
        async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
            assert "<Hangup" in await answer.text()
    for ticket in (used, *spares):
        for sid in (call.sid, "", "CA" + "0" * 32):
            assert (await stream(app, started(sid, token=ticket))).type in _CLOSED
    for _ in range(2):
        for status, number in (("in-progress", "2"), ("ringing", "1")):
            await _said(world, app, call, "status", CallStatus=status, SequenceNumber=number)
        await _said(world, app, call, "amd", AnsweredBy="human")
        await _said(world, app, call, "status", CallStatus="ringing", SequenceNumber="9" * 5000)
    assert "Booked: 7:45pm" in (await finished(world, live)).text
    assert len([entry for _, entry in call.timeline if "started" in entry]) == 1
    assert len(world.openai.connections) == 1
    assert len(world.twilio.calls) == 1


async def test_what_was_asked_once_gets_no_ticket_when_it_is_replayed_without_a_stream(world: World, app: App) -> None:
    """While it rings, as in the seconds between two streams."""
    live = await order(world)
    call = await place(world, live)
    path, form = path_of(call, "resume"), {"CallSid": call.sid}
    told = []
    for _ in range(3):
        async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
            told.append(await answer.text())
    assert ["<Stream" in document for document in told] == [True, False, False]
    # What is told instead leads on, but only who can sign another address.
    turns = [re.findall(r"/resume/[^/]+/(\d+)", document)[-1] for document in told]
    assert int(turns[2]) == int(turns[1]) > int(path.rpartition("/")[2])
    other = f"{path.rpartition('/')[0]}/{turns[2]}"
    async with posted(app, other, data=form, headers=signed(world, path, form)) as answer:
        assert answer.status == 403
    assert "Booked: 7:45pm" in (await finished(world, live)).text


async def test_what_is_replayed_after_a_call_does_nothing(world: World, app: App, tmp_path: Path) -> None:
    live = await order(world)
    call_data = data_of(live, "Call")
    call = await place(world, live)
    await finished(world, live)
    await asyncio.sleep(60)
    before = state_of(world, tmp_path)
    for what in WEBHOOKS:
        answer = await _said(world, app, call, what, **LATE)
        assert "<Stream" not in answer
    for ticket in tickets_of(call.params["Twiml"][0]):
        assert (await stream(app, started(call.sid, token=ticket))).type in _CLOSED
    for update in list(world.telegram.updates.delivered):
        assert await _post_update(app, update) == 200
    await asyncio.sleep(60)
    assert state_of(world, tmp_path) == before
    assert any(call_data in json.dumps(update) for update in world.telegram.updates.delivered)


async def test_a_message_that_telegram_sends_again_is_planned_once(world: World, app: App) -> None:
    card = await order(world)
    plans = len(world.openai.responses_requests)
    said = next(update for update in world.telegram.updates.delivered if "message" in update)
    for _ in range(3):
        assert await _post_update(app, said) == 200
    await asyncio.sleep(30)
    assert len(world.openai.responses_requests) == plans
    assert [m for m in world.requester.chat.messages if is_card(m)] == [card]


async def test_a_press_that_telegram_sends_again_dials_once(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    pressed = next(update for update in world.telegram.updates.delivered if "callback_query" in update)
    await asyncio.gather(*(_post_update(app, pressed) for _ in range(5)))
    await finished(world, live)
    assert len(world.twilio.calls) == 1


async def test_only_so_many_updates_are_remembered(world: World, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """And those that Telegram may repeat are: it sends 100 at a time at most."""
    assert REMEMBERED > 100
    monkeypatch.setattr("bot.webhook.REMEMBERED", 8)
    card = await order(world)
    said = next(update for update in world.telegram.updates.delivered if "message" in update)
    for number in range(2_000_000, 2_000_007):
        assert await _post_update(app, {"update_id": number, "event_of_tomorrow": {}}) == 200
    assert await _post_update(app, said) == 200  # among the last eight
    await asyncio.sleep(10)
    assert [m for m in world.requester.chat.messages if is_card(m)] == [card]
    for number in range(2_000_007, 2_000_020):
        assert await _post_update(app, {"update_id": number, "event_of_tomorrow": {}}) == 200
    plans = len(world.openai.responses_requests)
    assert await _post_update(app, said) == 200  # long ago, and forgotten
    await asyncio.sleep(10)
    assert len(world.openai.responses_requests) > plans


async def test_an_update_without_a_number_is_400(world: World, app: App) -> None:
    numberless: tuple[Any, ...] = (None, [], {}, "1", 1.5)
    for update_id in numberless:
        assert await _post_update(app, {"update_id": update_id, "message": None}) == 400, update_id


# Too much, too large, too slow


async def test_an_update_is_413_when_it_is_larger_than_any_of_telegrams(world: World, app: App) -> None:
    assert await _post_update(app, {"update_id": 1, "rest": "x" * (MAX_UPDATE // 2)}) == 200
    assert await _post_update(app, {"update_id": 2, "rest": "x" * MAX_UPDATE}) == 413
    # Without the secret nothing of it is read.
    assert await _post_update(app, {"update_id": 2, "rest": "x" * MAX_UPDATE}, secret="guessed") == 403


async def test_a_body_that_is_slow_is_408(world: World, app: App) -> None:
    head = f"POST /twilio/status/x HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 500\r\n\r\nCallSid="
    answer, took_s = await raw(app, head.encode(), for_s=60)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert web.BODY_S <= took_s <= web.BODY_S + 5


async def test_a_connection_without_a_whole_request_is_closed(world: World, app: App) -> None:
    for request in (b"", b"GET /heal", b"POST /telegram HTTP/1.1\r\nHost: x\r\nX-Never-Ending: "):
        answer, took_s = await raw(app, request, for_s=120)
        assert (request, answer) == (request, b"")
        assert took_s == pytest.approx(HEADERS_S, abs=2)


async def test_a_socket_that_never_starts_is_closed(world: World, app: App) -> None:
    loop = asyncio.get_running_loop()
    for frames in ((), ('{"event":"connected","protocol":"Call","version":"1.0.0"}',)):
        began = loop.time()
        assert (await stream(app, *frames)).type in _CLOSED
        assert loop.time() - began == pytest.approx(web.HANDSHAKE_S, abs=1)


async def _waiting(app: App, http: aiohttp.ClientSession, **headers: str) -> aiohttp.ClientWebSocketResponse | int:
    try:
        return await http.ws_connect(f"http://127.0.0.1:{app.port}/twilio/stream", headers=headers)
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


async def test_one_address_cannot_fill_the_door_and_twilio_comes_in_all_the_same(world: World, app: App) -> None:
    live = await order(world)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        sockets = [await _waiting(app, http) for _ in range(pending.MOST_OF_ONE + 5)]
        assert sockets[pending.MOST_OF_ONE :] == [503] * 5
        # A header that no setting names is not believed.
        assert await _waiting(app, http, **{"Fly-Client-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}) == 503
        call = await place(world, live)
        await connected(world, live)
        assert call.status == "in-progress"
        for socket in sockets[: pending.MOST_OF_ONE]:
            assert isinstance(socket, aiohttp.ClientWebSocketResponse)
            await socket.close()
        assert isinstance(await _waiting(app, http), aiohttp.ClientWebSocketResponse)
        assert "Booked: 7:45pm" in (await finished(world, live)).text


async def test_behind_a_proxy_that_is_named_each_client_has_its_own_room(world: World, tmp_path: Path) -> None:
    async with (
        running(world, tmp_path, client_address_header="Fly-Client-IP") as app,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
    ):
        clients = [f"203.0.113.{n % 4}" for n in range(pending.MOST)]
        sockets = [await _waiting(app, http, **{"Fly-Client-IP": client}) for client in clients]
        assert 503 not in sockets
        # And all of them together only so much.
        assert await _waiting(app, http, **{"Fly-Client-IP": "203.0.113.99"}) == 503


# How it is done


def _pressed(world: World, card: Message, label: str) -> dict[str, Any]:
    query = {"id": "1", "from": world.requester.user.as_json(), "message": card.as_json(), "chat_instance": "1"}
    return {"update_id": 1, "callback_query": query | {"data": data_of(card, label)}}


async def _post_update(app: App, update: Any, *, secret: str = SECRET) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
    body = io.BytesIO(json.dumps(update).encode())
    async with posted(app, "/telegram", data=body, headers=headers) as answer:
        return answer.status


async def _said(world: World, app: App, call: StandInCall, what: str, **more: str) -> str:
    path, form = path_of(call, what), {"CallSid": call.sid, **more}
    async with posted(app, path, data=form, headers=signed(world, path, form)) as answer:
        assert answer.status in (200, 204)
        return await answer.text()
