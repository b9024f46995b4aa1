"""A rehearsal: the requester plays the callee in writing before anyone is dialled.

Owns one model session in text, from opening its socket to its end, and its time limits. Decides nothing of the talk:
`scene.py` does. Must not dial, and must not write into the journal.
"""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self

from bridge import realtime
from bridge.actions import Action
from bridge.briefing import Briefing
from bridge.call import CallSpec
from bridge.errors import ModelError, ProtocolError
from bridge.model_socket import CLEAN
from bridge.outbox import Outbox
from bridge.prices import Prices
from bridge.runner import OpenModel
from bridge.scene import DENIED, Asked, Line, Over, Pressed, Refused, Said, Scene, Switched, Waits
from bridge.signals import Signal

__all__ = ["Asked", "Line", "Over", "Pressed", "Refused", "Rehearsal", "Said", "Switched", "Waits"]

ANSWER_S = 30.0  # for the agent to answer one input
LIFE_S = 15 * 60.0  # of a whole rehearsal: one that is forgotten must not hold a socket for ever

_TROUBLE = {
    "lost": "The connection to the voice model was lost. Begin the rehearsal again.",
    "unreachable": "The voice model could not be reached. Try again in a minute.",
    "denied": DENIED,
    "slow": "The voice model did not answer in time. Begin the rehearsal again in a minute.",
    "closed": "This rehearsal has been stopped.",
    "expired": "A rehearsal takes a quarter of an hour at most. Begin another one to go on.",
}

log = logging.getLogger(__name__)


class Rehearsal:
    """Async context manager; entering it opens the model's session. One input is answered at a time.

    Everything, entering too, raises ModelError, in words for people, when the model refuses ("denied"), is "lost",
    "unreachable", too "slow" or "failing", or when the rehearsal's time is up ("expired"). It is over then: its socket
    is closed, and whatever else is asked raises the same.
    """

    def __init__(
        self,
        spec: CallSpec,
        briefing: Briefing,
        config: realtime.SessionConfig,
        open_model: OpenModel,
        prices: Prices,
    ) -> None:
        self._id = spec.id
        self._scene = Scene(spec, briefing)
        self._open_model = open_model
        self._prices = prices
        self._loop = asyncio.get_running_loop()
        self._encoder = realtime.Encoder()
        self._outbox: Outbox[bytes] = Outbox()
        self._outbox.put(self._encoder.text_session(config))
        self._inbox: asyncio.Queue[Signal | ModelError] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._broken: ModelError | None = None
        self._conversing: asyncio.Task[None] | None = None

    @property
    def cost_usd(self) -> float:
        """Of the model, so far."""
        return self._prices.cost(self._scene.usage, talk_s=0)

    async def begin(self) -> list[Line]:
        """The agent's opening."""
        return await self._exchange(self._scene.begin)

    async def say(self, text: str) -> list[Line]:
        """The callee's words, and what the agent says and does then; at least one line."""
        return await self._exchange(lambda: self._scene.say(text, now=self._loop.time()))

    async def answer(self, text: str) -> list[Line]:
        """The requester's answer to the question that is open, "" for none. No lines where no question is open."""
        return await self._exchange(lambda: self._scene.answer(text))

    # Its life

    async def __aenter__(self) -> Self:
        self._conversing = self._loop.create_task(self._converse(), name=f"rehearsal {self._id}")
        try:
            await self._exchange(list)
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()
        used = self._scene.usage
        log.info(
            "rehearsal %s ended: tokens_in=%d tokens_out=%d cost_usd=%.4f",
            self._id,
            used.text_in + used.text_in_cached,
            used.text_out,
            self.cost_usd,
        )

    async def _close(self) -> None:
        self._inbox.put_nowait(_trouble("closed"))  # for whoever still waits for an answer
        if self._conversing is not None:
            self._conversing.cancel()
            await asyncio.gather(self._conversing, return_exceptions=True)

    async def _exchange(self, begin: Callable[[], list[Action]]) -> list[Line]:
        """One input, until the agent has said and done all that it will."""
        async with self._turn:
            if self._broken:
                raise self._broken
            try:
                async with asyncio.timeout(ANSWER_S):
                    self._tell_model(begin())
                    while not self._scene.settled:
                        signal = await self._inbox.get()
                        if isinstance(signal, ModelError):
                            raise signal
                        self._tell_model(self._scene.handle(signal, now=self._loop.time()))
            except TimeoutError:
                raise self._break(_trouble("slow")) from None
            except ModelError as error:
                raise self._break(error) from None
            return self._scene.take()

    def _break(self, error: ModelError) -> ModelError:
        self._broken = error
        if self._conversing is not None:
            self._conversing.cancel()
        return error

    # The model's socket

    def _tell_model(self, actions: list[Action]) -> None:
        for action in actions:
            for frame in self._encoder.encode(action):
                self._outbox.put(frame)

    async def _converse(self) -> None:
        """The model's session, from opening its socket to its end. What ended it comes last into the inbox."""
        try:
            async with asyncio.timeout(LIFE_S), self._open_model() as socket:
                self._outbox.open(socket.send)
                code = await socket.read(self._model_says)
            # 3000 to 4999 are the service's own words: a wrong key, an unknown model. Asking again changes nothing.
            ended = _trouble("lost" if code in CLEAN or code < 3000 else "denied", str(code))
        except ModelError as error:
            ended = _trouble("unreachable" if error.retryable else "denied", str(error))
        except TimeoutError:
            ended = _trouble("expired")
        self._inbox.put_nowait(ended)

    def _model_says(self, frame: bytes | memoryview) -> None:
        try:
            found = realtime.decode_text(frame)
        except ProtocolError:
            log.warning("the model sent a frame that is no event: left out")
            return
        for signal in found:
            self._inbox.put_nowait(signal)


def _trouble(code: str, detail: str = "") -> ModelError:
    return ModelError(_TROUBLE[code].format(detail=detail), retryable=code != "denied", code=code)
