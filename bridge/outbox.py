"""What is written to a socket, in order, so that whoever decides never waits for a write.

Owns what waits until the socket is open; from then on nothing waits here. The socket itself is its caller's.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

Message = TypeVar("Message")


class Outbox(Generic[Message]):
    """`put` takes a message, at any time."""

    put: Callable[[Message], object]

    def __init__(self) -> None:
        self._waiting: list[Message] = []
        self.put = self._waiting.append

    def open(self, send: Callable[[Message], object]) -> None:
        """Everything goes to `send`, what has waited first."""
        self.put = send
        for message in self._waiting:
            send(message)
        self._waiting.clear()

    def close(self) -> None:
        """The socket is gone: what is put in now goes nowhere."""
        self.put = _nowhere


def _nowhere(_: object) -> None:
    pass
