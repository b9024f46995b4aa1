"""Twilio's SDK, pointed at any address, and its errors as ours.

Owns the HTTP session to Twilio. Imported when Twilio is first asked (`carrier.py`): the SDK brings `requests` along,
which its asynchronous client never uses. Must not know what is asked.
"""

from typing import Any
from urllib.parse import urlsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bridge.errors import CarrierError

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
ERRORS = (TwilioException, aiohttp.ClientError, TimeoutError, OSError)


class RebasedClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """The SDK knows no other host than its own; this one sends everything to `base`."""

    def __init__(self, base: str) -> None:
        """Call it inside a running event loop: it opens its HTTP session at once."""
        super().__init__(timeout=None)
        self._base = base.rstrip("/")

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return await super().request(method, f"{self._base}{parts.path}{query}", *args, **kwargs)


def open_client(account_sid: str, auth_token: str, base: str) -> Client:
    """Its `http_client` is to be closed."""
    return Client(account_sid, auth_token, http_client=RebasedClient(base))


def carrier_error(error: BaseException) -> CarrierError:
    """What one of `ERRORS`, or an answer that cannot be read, means for a call."""
    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        advice = _ADVICE.get(error.code or 0, f"Twilio refused: error {error.code}, HTTP {error.status}.")
        retryable = error.status == 429 or error.status >= 500
        # A 5xx may come from behind the point where the call was made.
        return CarrierError(advice, code=error.code or error.status, retryable=retryable, sent=error.status >= 500)
    refused = isinstance(error, aiohttp.ClientConnectorError)
    return CarrierError("Twilio did not answer. Try again in a minute.", retryable=True, sent=not refused)
