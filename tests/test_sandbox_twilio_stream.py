"""Facts about the stand-in Twilio's media streams: messages, playout to the callee, and how they end.

After https://www.twilio.com/docs/voice/media-streams/websocket-messages and
https://www.twilio.com/docs/api/errors.
"""

import asyncio
import base64
import json
from typing import Any

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from sandbox.tones import SILENCE
from sandbox.twilio import Conditions
from tests.test_sandbox_twilio import (
    CONNECT,
    PUBLIC,
    STREAM_URL,
    Phone,
    Product,
    listen,
    pytestmark,
    run_ahead,
    world,
)

__all__ = ["pytestmark"]
RECONNECT = CONNECT.replace("</Response>", f"<Redirect>{PUBLIC}/twiml</Redirect></Response>")
Message = dict[str, Any]


def media(audio: bytes) -> Message:
    return {"event": "media", "media": {"payload": base64.b64encode(audio).decode()}}


def mark(name: str) -> Message:
    return {"event": "mark", "mark": {"name": name}}


class Server:
    """The product's end of one stream: keeps what arrives, with the loop time, and begins with `opening`.

    A message gets the stream's own sid unless it brings another.
    """

    def __init__(self, product: Product, *opening: Message | bytes | str, close: int | None = None) -> None:
        self.messages: list[tuple[float, Message]] = []
        self.close_code: int | None = None
        self.sid = ""
        self.web_socket: web.WebSocketResponse
        self._opening = opening
        self._close = close
        product.talk = self.talk

    async def talk(self, web_socket: web.WebSocketResponse) -> None:
        self.web_socket = web_socket
        async for received in web_socket:
            message = json.loads(received.data)
            self.messages.append((asyncio.get_running_loop().time(), message))
            if message["event"] == "start":
                self.sid = message["streamSid"]
                await self._open()
        self.close_code = web_socket.close_code

    async def say(self, message: Message) -> None:
        await self.web_socket.send_json(message | {"streamSid": self.sid})

    def of(self, event: str) -> list[Message]:
        return [message for _, message in self.messages if message["event"] == event]

    async def _open(self) -> None:
        for message in self._opening:
            if isinstance(message, bytes):
                await self.web_socket.send_bytes(message)
            elif isinstance(message, str):
                await self.web_socket.send_str(message)
            else:
                await self.web_socket.send_json({"streamSid": self.sid} | message)
        if self._close is not None:
            await self.web_socket.close(code=self._close)


@run_ahead
async def test_a_stream_begins_with_connected_and_start_and_sends_the_callee_every_20_ms() -> None:
    async with world() as product:
        server = Server(product)
        parameter = "<Parameter name='token' value='s3cret'/>"
        twiml = f"<Response><Connect><Stream url='{STREAM_URL}'>{parameter}</Stream></Connect></Response>"
        call = await product.call(twiml, time_limit=10)
        await product.twilio.wait_ended(call.sid, 60)
        (_, connected), (_, start), *rest = server.messages
        assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        assert start == {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": call.stream_sids[0],
            "start": {
                "accountSid": product.twilio.account_sid,
                "streamSid": call.stream_sids[0],
                "callSid": call.sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"token": "s3cret"},
            },
        }
        frames = [(at, message) for at, message in rest if message["event"] == "media"]
        assert [m["sequenceNumber"] for _, m in rest] == [str(n) for n in range(2, len(rest) + 2)]
        assert [m["media"]["chunk"] for _, m in frames] == [str(n) for n in range(1, len(frames) + 1)]
        assert frames[-1][1]["media"]["timestamp"] == str((len(frames) - 1) * 20)
        assert len(frames) in {499, 500}
        first = frames[0][0]
        assert all(abs(at - first - n * 0.02) < 1e-6 for n, (at, _) in enumerate(frames))
        assert base64.b64decode(frames[0][1]["media"]["payload"]) == b"\x55" * 160
        assert rest[-1][1]["stop"] == {"accountSid": product.twilio.account_sid, "callSid": call.sid}
        assert server.close_code == 1000


@pytest.mark.parametrize("signed", [True, False])
@run_ahead
async def test_the_upgrade_is_signed_over_the_public_url_unless_left_out(signed: bool) -> None:
    async with world(conditions=Conditions(sign_streams=signed)) as product:
        call = await product.call(CONNECT, time_limit=1)
        await product.twilio.wait_ended(call.sid, 60)
        signature = product.stream_headers.get("X-Twilio-Signature", "")
        assert RequestValidator(product.twilio.auth_token).validate(STREAM_URL, {}, signature) is signed


@run_ahead
async def test_the_callee_hears_what_was_sent_and_marks_return_when_it_has_played() -> None:
    async with world() as product:
        server = Server(product, mark("none"), media(b"\x11" * 1000), mark("end"))
        call = await product.call(CONNECT, time_limit=2)
        await product.twilio.wait_ended(call.sid, 60)
        assert product.phone.heard.strip(b"\xff") == b"\x11" * 1000
        assert call.agent_audio == product.phone.heard
        returned = {m["mark"]["name"]: at for at, m in server.messages if m["event"] == "mark"}
        started = next(at for at, m in server.messages if m["event"] == "start")
        assert returned["none"] == started
        assert returned["end"] - started == pytest.approx(7 * 0.02, abs=0.021)


@run_ahead
async def test_clear_silences_the_line_and_returns_all_marks() -> None:
    async with world() as product:
        server = Server(product)
        call = await product.call(CONNECT, time_limit=6)
        await asyncio.sleep(3)
        for name in "ab":
            await server.say(media(b"\x11" * 8000))
            await server.say(mark(name))
        await asyncio.sleep(0.5)
        assert server.of("mark") == []
        await server.say({"event": "clear"})
        await asyncio.sleep(0.02)
        assert [m["mark"]["name"] for m in server.of("mark")] == ["a", "b"]
        await product.twilio.wait_ended(call.sid, 60)
        assert len(product.phone.heard.strip(b"\xff")) == pytest.approx(4000, abs=160)


@run_ahead
async def test_keys_that_the_callee_presses_arrive_one_by_one() -> None:
    async with world() as product:
        server = Server(product)
        call = await product.call(CONNECT)
        await asyncio.sleep(3)
        product.twilio.digits(call.sid, "1#")
        await asyncio.sleep(0.1)
        assert [m["dtmf"] for m in server.of("dtmf")] == [
            {"track": "inbound_track", "digit": "1"}, {"track": "inbound_track", "digit": "#"},
        ]  # fmt: skip


@run_ahead
async def test_an_update_ends_the_stream_sends_keypad_tones_and_connects_a_new_one() -> None:
    async with world() as product:
        first = Server(product)
        call = await product.call(CONNECT)
        await asyncio.sleep(3)
        second = Server(product)
        await product.client.calls(call.sid).update_async(
            twiml=CONNECT.replace("<Connect>", "<Play digits='ww42'/><Connect>", 1)
        )
        await asyncio.sleep(0.5)
        assert ([m["event"] for _, m in first.messages[-1:]], product.phone.pressed) == (["stop"], "")
        await asyncio.sleep(2)
        assert product.phone.pressed == "42"
        assert call.stream_sids == [first.sid, second.sid]
        assert first.sid != second.sid
        assert product.twilio.errors == []


@run_ahead
async def test_when_the_server_closes_the_next_verb_runs() -> None:
    async with world(Phone(hangs_up_after_s=5)) as product:
        Server(product, close=1000)
        product.documents = ["<Response><Say>Goodbye</Say></Response>"]
        call = await product.call(RECONNECT)
        await product.twilio.wait_ended(call.sid, 60)
        assert [p["CallSid"] for p in product.fetched] == [call.sid]
        assert product.phone.heard.strip(SILENCE) != b""
        assert call.errors == []


@run_ahead
async def test_a_server_that_closes_with_an_error_is_noted_and_the_next_verb_runs() -> None:
    async with world() as product:
        Server(product, close=1011)
        call = await product.call(RECONNECT)
        await product.twilio.wait_ended(call.sid, 60)
        assert ([error.code for error in call.errors], len(product.fetched)) == ([31921], 1)


@run_ahead
async def test_a_dropped_stream_has_no_close_frame_and_the_call_goes_on() -> None:
    async with world() as product:
        server = Server(product)
        product.documents = [CONNECT]
        call = await product.call(RECONNECT)
        await asyncio.sleep(3)
        again = Server(product)
        product.twilio.drop_stream(call.sid)
        await asyncio.sleep(1)
        assert (server.close_code, server.of("stop")) == (1006, [])
        assert call.stream_sids == [server.sid, again.sid]
        assert call.errors == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00\x01", 31950),
        ("not json", 31951),
        ("[]", 31951),
        ({"event": "dtmf"}, 31951),
        ({"event": ["media"]}, 31951),
        ({"event": "media"}, 31951),
        ({"event": "media", "media": {"payload": "AAAA", "track": "outbound"}}, 31951),
        ({"event": "media", "media": {"payload": "*no base64*"}}, 31951),
        ({"event": "mark", "mark": {}}, 31951),
        ({"event": "clear", "mark": {"name": "x"}}, 31951),
        ({"event": "clear", "streamSid": "MZ" + "0" * 32}, 31951),
    ],
)
@run_ahead
async def test_a_message_outside_the_protocol_is_noted_and_ends_the_stream(
    message: Message | bytes | str, code: int
) -> None:
    async with world() as product:
        server = Server(product, message)
        call = await product.call(RECONNECT)
        await product.twilio.wait_ended(call.sid, 60)
        assert [error.code for error in product.twilio.errors] == [code]
        assert (server.close_code, len(product.fetched)) == (1002, 1)


@pytest.mark.parametrize(
    "frame",
    [
        b"\x09\x00",  # a ping without FIN: "The WebSocket control frame was fragmented."
        b"\x83\x00",  # an opcode that there is not
        b"\x81\x02\xc3\x28",  # a text that is not UTF-8
    ],
)
@run_ahead
async def test_what_is_no_websocket_frame_is_noted_and_ends_the_stream(frame: bytes) -> None:
    """https://www.twilio.com/docs/api/errors/31924"""
    async with world() as product:

        async def talk(web_socket: web.WebSocketResponse) -> None:
            async for received in web_socket:
                if json.loads(received.data)["event"] == "start":
                    assert web_socket._req is not None
                    assert web_socket._req.transport is not None
                    web_socket._req.transport.write(frame)

        product.talk = talk
        call = await product.call(RECONNECT)
        await product.twilio.wait_ended(call.sid, 60)
        assert [error.code for error in product.twilio.errors] == [31924]
        assert len(product.fetched) == 1


@pytest.mark.parametrize(("url", "code"), [(f"{STREAM_URL}/nowhere", 31920), ("ws://127.0.0.1:9/media", 31902)])
@run_ahead
async def test_a_stream_that_cannot_be_opened_is_noted_and_the_next_verb_runs(url: str, code: int) -> None:
    async with world() as product:
        product.talk = listen
        twiml = RECONNECT.replace(f"'{STREAM_URL}'", f"'{url}' name='main' statusCallback='{PUBLIC}/status'")
        call = await product.call(twiml, status_callback=None)
        await product.twilio.wait_ended(call.sid, 60)
        assert ([error.code for error in call.errors], len(product.fetched)) == ([code], 1)
        assert [(p["StreamEvent"], p["StreamName"]) for p in product.status] == [("stream-error", "main")]


@run_ahead
async def test_a_trial_account_has_no_streams() -> None:
    async with world(conditions=Conditions(account_type="Trial")) as product:
        call = await product.call(CONNECT)
        await product.twilio.wait_ended(call.sid, 60)
        assert ([error.code for error in call.errors], call.stream_sids) == ([10002], [])
