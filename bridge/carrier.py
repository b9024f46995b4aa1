"""Twilio's REST API: place a call, redirect it, hang it up, ask what has become of it.

Owns the requests (`twilio_client.py` the HTTP session). Must not decide whether to dial: it is told, once. Follows
https://www.twilio.com/docs/voice/api/call-resource. The SDK's own retries stay off: they repeat POSTs, and a repeated
POST to Calls is a second call.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import tenacity

from bridge.carrier_call import CarrierCall, Placement
from bridge.errors import CarrierError
from bridge.on_demand import on_demand

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

TIMEOUT_S = 15.0
# What the SDK and `_known` make of an answer that is not what is documented.
_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
_LIVE_ENDED = 21220  # "Call is not in-progress. Cannot redirect.": it is over already


class Carrier(Protocol):
    async def place(self, placement: Placement) -> str:
        """The call's sid. Raises CarrierError; its `sent` says that a call may have been placed all the same."""

    async def redirect(self, call_sid: str, twiml: str) -> None:
        """Give a call in progress other TwiML: its media stream ends. Raises CarrierError."""

    async def hang_up(self, call_sid: str) -> None:
        """End a call, ringing or in progress; a call that is over already is no error. Raises CarrierError."""

    async def look(self, call_sid: str) -> CarrierCall:
        """What has become of a call. Raises CarrierError."""

    async def find(self, to: str) -> list[CarrierCall]:
        """The last calls to a number (E.164). Raises CarrierError."""

    async def close(self) -> None: ...


async def hang_up_or_log(carrier: Carrier, call_sid: str) -> None:
    """For where nobody could do better: the session ends the call by its own deadline, Twilio by its time limit."""
    try:
        await carrier.hang_up(call_sid)
    except CarrierError as error:
        log.error("hang-up did not reach Twilio: code %s", error.code)  # noqa: TRY400 - the code says it all


class TwilioCarrier:
    def __init__(self, *, account_sid: str, auth_token: str, phone_number: str, api_url: str) -> None:
        self._account = account_sid, auth_token, api_url
        self._phone_number = phone_number
        self._client: Any = None  # of the SDK, once it is asked for the first time

    async def place(self, placement: Placement) -> str:
        what = {"twiml": placement.twiml} if placement.twiml else {"url": placement.twiml_url}
        return await self._ask(
            lambda calls: calls.create_async(
                to=placement.to,
                from_=self._phone_number,
                fallback_url=placement.fallback_url,
                fallback_method="POST",
                status_callback=placement.status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
                timeout=placement.ring_timeout_s,
                time_limit=placement.time_limit_s,
                # Never hold the opening for detection: its result comes by callback, while the agent speaks.
                machine_detection="DetectMessageEnd",
                async_amd="true",
                async_amd_status_callback=placement.amd_url,
                async_amd_status_callback_method="POST",
                **what,
            ),
            _sid,
        )

    async def redirect(self, call_sid: str, twiml: str) -> None:
        await self._ask(lambda calls: calls(call_sid).update_async(twiml=twiml), _nothing)

    async def hang_up(self, call_sid: str) -> None:
        # A hang-up must reach Twilio, and asking for it twice does no harm: so this one is repeated.
        async for attempt in tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, CarrierError) and error.retryable),
            wait=tenacity.wait_exponential(multiplier=0.5, max=4),
            stop=tenacity.stop_after_attempt(5),
            reraise=True,
        ):
            with attempt:
                await self._complete(call_sid)

    async def _complete(self, call_sid: str) -> None:
        try:
            # "completed" ends a call that is ringing as well as one in progress.
            await self._ask(lambda calls: calls(call_sid).update_async(status="completed"), _nothing)
        except CarrierError as error:
            if error.code != _LIVE_ENDED:
                raise

    async def look(self, call_sid: str) -> CarrierCall:
        return await self._ask(lambda calls: calls(call_sid).fetch_async(), _known)

    async def find(self, to: str) -> list[CarrierCall]:
        # Not by StartTime: it counts in days, and a call that is not dialled yet has none ("Empty if the call has not
        # yet been dialed", Call resource).
        def found(calls: list[Any]) -> list[CarrierCall]:
            return [_known(call) for call in calls]

        return await self._ask(lambda calls: calls.list_async(to=to, from_=self._phone_number, limit=50), found)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.http_client.close()

    async def _ask(self, request: Callable[[Any], Any], read: Callable[[Any], Answer]) -> Answer:
        """What Twilio answers to a request of its `calls`. Raises CarrierError, also for no answer in time (the SDK's
        own time-out does nothing when asynchronous) and for one that cannot be read.
        """
        await on_demand("bridge.twilio_client")
        from bridge import twilio_client as twilio  # noqa: PLC0415 - there by now

        if self._client is None:
            self._client = twilio.open_client(*self._account)
        try:
            return read(await asyncio.wait_for(request(self._client.calls), TIMEOUT_S))
        except (*twilio.ERRORS, *_UNREADABLE) as error:
            raise twilio.carrier_error(error) from error


def _nothing(_: Any) -> None:
    """Of an answer that is only a yes."""


def _sid(call: Any) -> str:
    return _word(call.sid)


def _known(call: Any) -> CarrierCall:
    """Dates come in UTC, to the second; `duration` is empty for a call that nobody answered, or is not over."""
    return CarrierCall(
        sid=_sid(call),
        status=_word(call.status),
        created_unix=call.date_created.timestamp(),
        talk_s=float(int(call.duration or 0)),
        ended_unix=call.end_time.timestamp() if call.end_time else None,
    )


def _word(told: Any) -> str:
    if not isinstance(told, str) or not told:
        raise ValueError("this is not what Twilio's documentation has here")
    return told
