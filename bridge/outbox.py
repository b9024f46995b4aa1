"""What waits to be written to a socket, in order, so that whoever decides never waits for a write.

Owns the queue between the call's session and one socket; the socket itself is its caller's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Message = TypeVar("Message")


class Outbox(Generic[Message]):
    def __init__(self) -> None:
        self._queue: asyncio.Queue[Message] = asyncio.Queue()

    def put(self, message: Message) -> None:
        self._queue.put_nowait(message)

    async def pump(self, send: Callable[[Message], Awaitable[None]]) -> None:
        """Write until cancelled, or until `send` raises because the socket is closed."""
        while True:
            await send(await self._queue.get())
