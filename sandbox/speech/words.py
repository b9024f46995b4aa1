"""The words of an utterance, which may take longer to make out than the utterance took to hear.

Owns the waiting for them. Must not know how they are made out.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future


class Words:
    """In order, whatever part is known first. Parts that hold no words leave nothing."""

    def __init__(self, *parts: "str | Future[str]") -> None:
        self._parts = parts

    @classmethod
    def of(cls, several: "Iterable[Words]") -> "Words":
        return cls(*(part for words in several for part in words._parts))  # noqa: SLF001 - its own kind

    @property
    def known(self) -> bool:
        return all(isinstance(part, str) or part.done() for part in self._parts)

    @property
    def text(self) -> str:
        """What is known so far."""
        done = (part if isinstance(part, str) else part.result() for part in self._parts if _is_known(part))
        return " ".join(filter(None, done))

    async def made_out(self) -> str:
        """All of them. Does not give way where they are known, so that nothing happens in between."""
        for part in self._parts:
            if not isinstance(part, str) and not part.done():
                await asyncio.wrap_future(part)
        return self.text


def _is_known(part: "str | Future[str]") -> bool:
    return isinstance(part, str) or part.done()
