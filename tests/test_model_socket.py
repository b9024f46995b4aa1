"""The model's socket against another implementation of WebSockets, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bridge.errors import ModelError
from bridge.model_socket import LOST, ModelSocket, open_model

Talk = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def opened(talk: Talk) -> AsyncIterator[ModelSocket]:
    async with serve(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_model(f"http://127.0.0.1:{port}/v1", "key", "a-model") as socket:
            yield socket


async def heard(talk: Talk) -> tuple[list[bytes], int]:
    """Every event that came, and the code at the end."""
    events: list[bytes] = []
    async with opened(talk) as socket:
        code = await socket.read(lambda event: events.append(bytes(event)))
    return events, code


async def test_events_come_in_order_those_too_that_came_before_anybody_read() -> None:
    async def talk(server: ServerConnection) -> None:
        for number in range(3):
            await server.send(f'{{"n":{number}}}')
        await server.recv()
        await server.send("{}")

    events: list[bytes] = []
    async with opened(talk) as socket:
        await asyncio.sleep(0.05)
        socket.send(b'{"type":"go on"}')
        code = await socket.read(lambda event: events.append(bytes(event)))
    assert events == [b'{"n":0}', b'{"n":1}', b'{"n":2}', b"{}"]
    assert code == 1000


async def test_an_event_in_several_frames_is_one() -> None:
    async def talk(server: ServerConnection) -> None:
        await server.send(['{"delta"', ':"', "A" * 70_000, '"}'])

    assert await heard(talk) == ([b'{"delta":"' + b"A" * 70_000 + b'"}'], 1000)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4001])
async def test_the_services_own_code_is_told(code: int) -> None:
    async def talk(server: ServerConnection) -> None:
        await server.close(code, "a reason")

    assert await heard(talk) == ([], code)


async def test_a_connection_that_breaks_off_is_lost() -> None:
    async def talk(server: ServerConnection) -> None:
        server.transport.abort()

    assert await heard(talk) == ([], LOST)


async def test_nothing_is_sent_or_handed_on_once_it_is_closed() -> None:
    said_goodbye = asyncio.Event()

    async def talk(server: ServerConnection) -> None:
        await server.wait_closed()
        assert server.close_code == 1000
        said_goodbye.set()

    async with opened(talk) as socket:
        pass
    socket.send(b"{}")
    async with asyncio.timeout(5):
        await said_goodbye.wait()


@pytest.mark.parametrize(("status", "retryable"), [(401, False), (404, False), (429, True), (503, True)])
async def test_a_refusal_says_whether_to_try_again(status: int, retryable: bool) -> None:
    asked: list[str] = []

    def refuse(server: ServerConnection, request: Request) -> Response:
        asked.append(f"{request.path} {request.headers['Authorization']}")
        return server.respond(status, "no")

    async def nobody(_: ServerConnection) -> None:
        raise AssertionError

    async with serve(nobody, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ModelError, match=str(status)) as refused:
            async with open_model(f"http://127.0.0.1:{port}/v1", "key", "a-model"):
                pass
    assert refused.value.retryable is retryable
    assert asked == ["/v1/realtime?model=a-model Bearer key"] * (3 if retryable else 1)


@pytest.mark.parametrize(("url", "message"), [("http://127.0.0.1:1/v1", "unreachable"), ("nowhere", "bad_url")])
async def test_an_address_where_nobody_is(url: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        async with open_model(url, "key", "a-model"):
            pass
