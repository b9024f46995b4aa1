"""A media stream's socket against another implementation of WebSockets, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bridge.stream_socket import StreamSocket

Serve = Callable[[StreamSocket], Awaitable[None]]
MAX_SIZE, EARLY = 1000, 3


@asynccontextmanager
async def connected(serve: Serve) -> AsyncIterator[ClientConnection]:
    """The other side of a socket that `serve` has."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def stream(request: web.Request) -> web.StreamResponse:
        if not StreamSocket.possible(request):
            return web.Response(status=426)
        socket = StreamSocket(request, max_size=MAX_SIZE, close_s=0.2, most_early=EARLY)
        try:
            response = await socket.open()
            await serve(socket)
            over.set_result(None)
        except BaseException as error:
            over.set_exception(error)
            raise
        finally:
            await socket.close()
        return response

    app = web.Application()
    app.router.add_get("/", stream)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with connect(f"ws://127.0.0.1:{runner.addresses[0][1]}/", compression=None, close_timeout=1) as client:
            yield client
        async with asyncio.timeout(5):
            await over
    finally:
        await runner.cleanup()


async def echo(socket: StreamSocket) -> None:
    await socket.read(socket.send, idle_s=5)


async def closed(client: ClientConnection) -> int:
    """The other side's code for it, whatever it says before."""
    with suppress(ConnectionClosed):
        while True:
            await client.recv()
    return client.close_code or 1006


@pytest.mark.parametrize("size", [0, 125, 126, MAX_SIZE - 1])
async def test_messages_of_any_length_come_and_go(size: int) -> None:
    async with connected(echo) as client:
        await client.send("a" * size)
        assert await client.recv() == "a" * size


async def test_a_long_message_goes_out_whole() -> None:
    async def serve(socket: StreamSocket) -> None:
        socket.send(b"b" * 70_000)
        await echo(socket)

    async with connected(serve) as client:
        assert await client.recv() == "b" * 70_000


async def test_fragments_are_one_message_and_a_ping_is_answered() -> None:
    async with connected(echo) as client:
        await client.send(["a", "b", "c"])
        assert await client.recv() == "abc"
        async with asyncio.timeout(5):
            await (await client.ping())


async def test_what_comes_before_it_is_read_waits() -> None:
    async def serve(socket: StreamSocket) -> None:
        assert await socket.first() == b"one"
        await asyncio.sleep(0.05)
        await echo(socket)

    async with connected(serve) as client:
        for word in ("one", "two", "three"):
            await client.send(word)
        assert [await client.recv(), await client.recv()] == ["two", "three"]


async def test_whoever_sends_too_much_before_is_told_goodbye() -> None:
    async def serve(socket: StreamSocket) -> None:
        await asyncio.sleep(0.05)
        for _ in range(EARLY + 1):
            assert await socket.first() == b"more"
        assert await socket.first() is None

    async with connected(serve) as client:
        for _ in range(50):
            await client.send("more")
        assert await closed(client) == 1000


@pytest.mark.parametrize(("message", "code"), [("a" * (MAX_SIZE + 1), 1009), (b"binary", 1000)])
async def test_what_is_no_message_of_a_stream_ends_it(message: str | bytes, code: int) -> None:
    async with connected(echo) as client:
        await client.send(message)
        assert await closed(client) == code


async def test_the_other_sides_goodbye_is_answered() -> None:
    async with connected(echo) as client:
        await client.close(1000)
        assert client.close_code == 1000


async def test_a_connection_that_breaks_off_is_over() -> None:
    async with connected(echo) as client:
        client.transport.abort()


async def test_silence_is_told() -> None:
    async def serve(socket: StreamSocket) -> None:
        with pytest.raises(TimeoutError):
            await socket.read(socket.send, idle_s=0.05)

    async with connected(serve) as client:
        assert await closed(client) == 1000


async def test_after_the_end_nothing_is_said() -> None:
    async def serve(socket: StreamSocket) -> None:
        socket.end()
        socket.send(b"too late")
        await socket.read(socket.send, idle_s=5)

    async with connected(serve) as client:
        assert await closed(client) == 1000


async def test_a_goodbye_that_nobody_answers_is_not_waited_for() -> None:
    async def serve(socket: StreamSocket) -> None:
        socket.end()
        await socket.read(socket.send, idle_s=5)

    async with connected(serve) as client:
        client.transport.pause_reading()
        await asyncio.sleep(0.4)
        client.transport.resume_reading()
        assert await closed(client) == 1000


async def test_a_request_for_something_else_is_refused() -> None:
    async def possible(request: web.Request) -> web.Response:
        return web.Response(text=str(StreamSocket.possible(request)))

    app = web.Application()
    app.router.add_get("/", possible)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        for headers in ({}, upgrade, upgrade | {"Sec-WebSocket-Key": "short"}):
            async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as told:
                assert await told.text() == "False"
    finally:
        await runner.cleanup()
