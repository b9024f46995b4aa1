"""Fake phones under load: Twilio's REST and its media streams, a stamped frame every 20 ms.

Owns the line's side of every call, in a process of its own: what is sent, what is played and when, what is cleared. A
phone is rung by the bridge (`Calls.json`, then signed callbacks and the stream of its TwiML), or it rings a bridge that
waits for incoming streams. Must not know which bridge it talks to.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from xml.etree import ElementTree as ET

import aiohttp
import msgspec
from aiohttp import web
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from sandbox.twilio.webhooks import signature
from tests.bench import frames, wire

AUTH_TOKEN = "a token of the bench"
RING_S = 0.2
STEP_S = frames.MS / 1000


class _Media(msgspec.Struct, frozen=True):
    payload: str = ""


class _Mark(msgspec.Struct, frozen=True):
    name: str = ""


class _Message(msgspec.Struct):
    event: str
    media: _Media = _Media()
    mark: _Mark = _Mark()


_decoder = msgspec.json.Decoder(_Message)


class Phone(WSListener):
    """One call's stream, from its start to its stop."""

    def __init__(self, number: int, call_sid: str, parameters: dict[str, str], saw: wire.PhonesSaw) -> None:
        self._number = number
        self._call_sid = call_sid
        self._stream_sid = f"MZ{number:032x}"
        self._parameters = parameters
        self._saw = saw
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._began = 0.0
        self._began_ns = 0
        self._sending = False
        self._silent_until = 0.0  # when all that it has been sent is played
        self._playing: list[tuple[float, int, int]] = []  # (when it begins, session, reply) of each frame
        self._marks: dict[str, asyncio.TimerHandle] = {}
        self._heard: dict[tuple[int, int], int] = {}
        self._dead: set[tuple[int, int]] = set()
        self.gone = asyncio.Event()

    # The socket

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "customParameters": self._parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        self._began, self._began_ns = self._loop.time(), time.monotonic_ns()
        self._send({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": self._stream_sid})
        self._saw.sent[self._number] = 0
        self._sending = True
        self._speak()

    def on_ws_disconnected(self, _: WSTransport) -> None:
        self._transport, self._sending = None, False
        self.gone.set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                transport.disconnect()
            return
        now_ns = time.monotonic_ns()
        message = _decoder.decode(frame.get_payload_as_memoryview())
        match message.event:
            case "media":
                self._play(message.media.payload, now_ns)
            case "mark":
                name = message.mark.name
                self._marks[name] = self._loop.call_at(self._silent_until, self._return, name)
            case "clear":
                self._clear(now_ns)

    def _send(self, message: dict[str, object]) -> None:
        if self._transport:
            self._transport.send(WSMsgType.TEXT, msgspec.json.encode(message))

    # What it says

    def _speak(self) -> None:
        if not self._sending:
            return
        sent = self._saw.sent[self._number]
        payload = frames.encode(self._number, 0, sent, time.monotonic_ns())
        media = {"track": "inbound", "chunk": str(sent + 1), "timestamp": str(sent * frames.MS), "payload": payload}
        self._send({"event": "media", "sequenceNumber": str(sent + 2), "media": media, "streamSid": self._stream_sid})
        self._saw.sent[self._number] = sent + 1
        self._loop.call_at(self._began + (sent + 1) * STEP_S, self._speak)

    # What it hears

    def _play(self, payload: str, now_ns: int) -> None:
        if self._began_ns:
            self._saw.first_audio_ms.append((now_ns - self._began_ns) / 1e6)
            self._began_ns = 0
        now = self._loop.time()
        for found in frames.decode(payload):
            begins = max(now, self._silent_until)
            self._silent_until = begins + STEP_S
            if found is None:
                self._saw.damaged += 1
                continue
            reply = (found.speaker, found.reply)
            self._playing.append((begins, *reply))
            if reply in self._dead:
                self._saw.leaked += 1
                continue
            expected = self._heard.get(reply, 0)
            self._saw.missing += max(found.number - expected, 0)
            self._saw.damaged += found.number < expected
            self._heard[reply] = found.number + 1
            if found.reply:  # the first is made while the phone rings
                self._saw.latency_us.append((now_ns - found.sent_ns) // 1000)

    def _return(self, name: str) -> None:
        del self._marks[name]
        self._send({"event": "mark", "streamSid": self._stream_sid, "mark": {"name": name}})

    def _clear(self, now_ns: int) -> None:
        """What is buffered is not played; every mark comes back at once."""
        now = self._loop.time()
        if self._playing:
            reply = self._playing[-1][1:]
            played = (min(max(now - begins, 0.0), STEP_S) for begins, *of in self._playing if tuple(of) == reply)
            self._saw.clears.append(wire.Clear(*reply, now_ns, 1000 * sum(played)))
            self._dead.add(reply)
        self._playing.clear()
        self._silent_until = now
        for name, timer in list(self._marks.items()):
            timer.cancel()
            self._return(name)

    # Its end

    async def hang_up(self) -> None:
        """All that it has said has time to arrive."""
        self._sending = False
        await asyncio.sleep(0.3)
        for (session, reply), heard in self._heard.items():
            self._saw.heard[f"{session}/{reply}"] = heard
        stop = {"callSid": self._call_sid}
        self._send({"event": "stop", "streamSid": self._stream_sid, "stop": stop})
        if self._transport:
            self._transport.disconnect()
        await self.gone.wait()


class Exchange:
    """All phones of a run."""

    def __init__(self) -> None:
        self.saw = wire.PhonesSaw({}, [], [], {}, [])
        self._numbers = itertools.count()
        self._phones: list[tuple[Phone, Callable[[], None]]] = []
        self._tasks: set[asyncio.Task[object]] = set()
        self._http = aiohttp.ClientSession()

    async def ring(self, url: str, call_sid: str, parameters: dict[str, str], over: Callable[[], None]) -> None:
        number = next(self._numbers)
        await asyncio.sleep(STEP_S * (number * 7 % 20) / 20)  # they do not all speak at the same moment
        phone = Phone(number, call_sid, parameters, self.saw)
        await ws_connect(lambda: phone, url)
        self._phones.append((phone, over))
        wire.tell(talking=len(self._phones))

    async def hang_up(self) -> None:
        phones, self._phones = self._phones, []
        await asyncio.gather(*(phone.hang_up() for phone, _ in phones))
        for _, over in phones:
            over()
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        await self._http.close()

    def begin(self, call_sid: str, form: dict[str, str]) -> None:
        """A call that was asked for by REST."""
        self.spawn(self._dialled(call_sid, form))

    def spawn(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _dialled(self, call_sid: str, form: dict[str, str]) -> None:
        statuses = itertools.count()

        async def status(what: str) -> None:
            fields = {"CallSid": call_sid, "CallStatus": what, "SequenceNumber": str(next(statuses))}
            await self._post(form["StatusCallback"], fields)

        await asyncio.sleep(RING_S)
        await status("ringing")
        await asyncio.sleep(RING_S)
        await status("in-progress")
        self.spawn(self._post(form["AsyncAmdStatusCallback"], {"CallSid": call_sid, "AnsweredBy": "human"}))
        document = form.get("Twiml") or await self._post(form["Url"], {"CallSid": call_sid})
        stream = ET.fromstring(document).find(".//Stream")  # noqa: S314 - our own bridge's
        assert stream is not None
        parameters = {each.attrib["name"]: each.attrib["value"] for each in stream.iter("Parameter")}
        await self.ring(stream.attrib["url"], call_sid, parameters, lambda: self.spawn(status("completed")))

    async def _post(self, url: str, fields: dict[str, str]) -> str:
        url = url.partition("#")[0]
        headers = {"X-Twilio-Signature": signature(AUTH_TOKEN, url, fields)}
        async with self._http.post(url, data=fields, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.text()


async def main(rest_port: int) -> None:
    exchange = Exchange()
    sids = itertools.count(1)

    async def create(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        call_sid = f"CA{next(sids):032x}"
        exchange.begin(call_sid, form)
        return web.json_response({"sid": call_sid, "status": "queued"}, status=201)

    app = web.Application()
    app.router.add_post("/2010-04-01/Accounts/{account}/Calls.json", create)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", rest_port).start()
    wire.tell(ready=True)

    async def obey(words: list[str]) -> bool:
        match words:
            case ["dial", url, count]:
                dialled = [f"CA{next(sids):032x}" for _ in range(int(count))]
                await asyncio.gather(*(exchange.ring(url, sid, {}, lambda: None) for sid in dialled))
            case ["hang_up"]:
                await exchange.hang_up()
                wire.tell(hung_up=True)
            case ["report"]:
                wire.tell(saw=msgspec.to_builtins(exchange.saw))
                return True
        return False

    await wire.commands(obey)
    await exchange.close()
    await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rest_port", type=int)
    wire.run(main(parser.parse_args().rest_port))
