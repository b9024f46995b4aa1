"""Twilio's REST API: place a call, redirect it, hang it up, ask what has become of it.

Owns the HTTP session to Twilio. Must not decide whether to dial: it is told, once. Follows
https://www.twilio.com/docs/voice/api/call-resource. The SDK's own retries stay off: they repeat POSTs, and a repeated
POST to Calls is a second call.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import aiohttp
import tenacity
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bridge.carrier_call import CarrierCall, Placement
from bridge.errors import CarrierError

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

TIMEOUT_S = 15.0
_ADVICE = {
    # https://www.twilio.com/docs/api/errors
    20003: "Twilio did not accept the account's credentials. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
    20429: "Twilio is getting too many requests from this account. Try again in a minute.",
    21210: "The number calls are made from is not verified with Twilio. Check TWILIO_PHONE_NUMBER.",
    21212: "The number calls are made from is not a Twilio number. Check TWILIO_PHONE_NUMBER.",
    13224: "Twilio says that this is not a number it can call.",
    21211: "Twilio says that this is not a number it can call.",
    13227: "This Twilio account may not call that country. Allow it under Voice, Geo Permissions.",
    21215: "This Twilio account may not call that country. Allow it under Voice, Geo Permissions.",
    21216: "Twilio does not allow calls to this number.",
    21219: "A trial account can only call numbers that are verified with Twilio.",
}
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


class _RebasedClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """The SDK knows no other host than its own; this one sends everything to `base`."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=None)
        self._base = base.rstrip("/")

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return await super().request(method, f"{self._base}{parts.path}{query}", *args, **kwargs)


class TwilioCarrier:
    def __init__(self, *, account_sid: str, auth_token: str, phone_number: str, api_url: str) -> None:
        """Call it inside a running event loop: the SDK's client opens its HTTP session at once."""
        self._http = _RebasedClient(api_url)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._phone_number = phone_number

    async def place(self, placement: Placement) -> str:
        what = {"twiml": placement.twiml} if placement.twiml else {"url": placement.twiml_url}
        return await self._ask(
            self._client.calls.create_async(
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
        await self._ask(self._client.calls(call_sid).update_async(twiml=twiml), _nothing)

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
            await self._ask(self._client.calls(call_sid).update_async(status="completed"), _nothing)
        except CarrierError as error:
            if error.code != _LIVE_ENDED:
                raise

    async def look(self, call_sid: str) -> CarrierCall:
        return await self._ask(self._client.calls(call_sid).fetch_async(), _known)

    async def find(self, to: str) -> list[CarrierCall]:
        # Not by StartTime: it counts in days, and a call that is not dialled yet has none ("Empty if the call has not
        # yet been dialed", Call resource).
        asked = self._client.calls.list_async(to=to, from_=self._phone_number, limit=50)
        return await self._ask(asked, lambda found: [_known(call) for call in found])

    async def close(self) -> None:
        await self._http.close()

    async def _ask(self, request: Any, read: Callable[[Any], Answer]) -> Answer:
        """Raises CarrierError, also for no answer in time (the SDK's own time-out does nothing when asynchronous) and
        for one that cannot be read.
        """
        try:
            return read(await asyncio.wait_for(request, TIMEOUT_S))
        except (TwilioRestException, TwilioServiceException) as error:
            advice = _ADVICE.get(error.code or 0, f"Twilio refused: error {error.code}, HTTP {error.status}.")
            retryable = error.status == 429 or error.status >= 500
            # A 5xx may come from behind the point where the call was made.
            raise CarrierError(
                advice, code=error.code or error.status, retryable=retryable, sent=error.status >= 500
            ) from error
        except (TimeoutError, TwilioException, aiohttp.ClientError, OSError, *_UNREADABLE) as error:
            refused = isinstance(error, aiohttp.ClientConnectorError)
            raise CarrierError(
                "Twilio did not answer. Try again in a minute.", retryable=True, sent=not refused
            ) from error


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
