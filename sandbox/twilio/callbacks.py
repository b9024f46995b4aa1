"""What Twilio tells the product about a call while it goes on: status callbacks and the verdict of machine
detection.

Owns their order on the wire, which is none: "they are sent in order, but their arrival is not guaranteed to
be" (https://www.twilio.com/docs/voice/api/call-resource, StatusCallbackEvent). Must not decide when
something happens.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.twilio.errors import TwilioAlertError, TwilioError
from sandbox.twilio.webhooks import HTTP_RETRIEVAL_FAILURE, Webhooks

CALLBACK_WARNING = 15003  # "Call Progress: Warning Response to Callback URL"
_SHUFFLE_S = 0.5
_DUPLICATE_S = 0.3


@dataclass
class Conditions:
    """What the outside world is like; may be changed at any time."""

    shuffle_callbacks: bool = False
    duplicate_callbacks: bool = False
    sign_streams: bool = True
    calls_per_s: float | None = None  # over it, 20429; None: any rate
    refused_prefixes: tuple[str, ...] = ()  # numbers that geo permissions do not allow
    account_type: str = "Full"
    account_status: str = "active"
    number_is: Literal["voice", "messaging", "caller_id", "unknown"] = "voice"  # what the account has it as


class Callbacks:
    """The callbacks of one call, each in a task of its own."""

    def __init__(self, webhooks: Webhooks, conditions: Conditions, note: Callable[[TwilioError], None]) -> None:
        self._webhooks = webhooks
        self._conditions = conditions
        self._note = note
        self._tasks: set[asyncio.Task[None]] = set()
        self._sequence = 0

    def status(self, url: str, params: dict[str, str], method: str) -> None:
        """One status callback; "SequenceNumber: the order in which the events were fired, starting from
        0".
        """
        params = params | {"SequenceNumber": str(self._sequence), "CallbackSource": "call-progress-events"}
        self._sequence += 1
        first = random.uniform(0, _SHUFFLE_S) if self._conditions.shuffle_callbacks else 0.0
        self.spawn(self._status(url, params, method, first))
        if self._conditions.duplicate_callbacks:
            self.spawn(self._status(url, params, method, first + _DUPLICATE_S))

    def spawn(self, callback: Coroutine[Any, Any, None]) -> None:
        """Let a webhook run beside the call; a failure of it is noted."""
        task = asyncio.create_task(self._noted(callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: callback.close())  # for one that was cancelled before it began

    async def drain(self) -> None:
        """Until every callback so far has been answered or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.drain()

    async def _status(self, url: str, params: dict[str, str], method: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        try:
            await self._webhooks.post(url, params, method)
        except TwilioAlertError as alert:
            if alert.error.code != HTTP_RETRIEVAL_FAILURE:
                raise
            # 15003: "Your application returned a 4xx or 5xx HTTP response to Twilio."
            raise TwilioAlertError(CALLBACK_WARNING, alert.error.message) from alert

    async def _noted(self, callback: Coroutine[Any, Any, None]) -> None:
        try:
            await callback
        except TwilioAlertError as alert:
            self._note(alert.error)
