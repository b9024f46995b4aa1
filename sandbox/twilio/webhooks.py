"""Twilio as a client of the product's web server: signed webhooks, and the socket of a media stream.

Owns signatures, the HTTP session and the way from the URL that Twilio was told to the address on loopback.
Must not know what a call is. Follows https://www.twilio.com/docs/usage/security#validating-requests.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

import aiohttp

from sandbox.overheard import Overhear, nobody
from sandbox.twilio.errors import TwilioAlertError
from sandbox.twilio.overrides import Overrides, parted

HTTP_RETRIEVAL_FAILURE = 11200
CONNECTION_REFUSED = 11202  # "your web server process is down so no process is listening on the port"
TOTAL_TIMEOUT = 11203
CONNECTION_FAILURE = 11205
INVALID_CONTENT_TYPE = 12300
TWIML_TOO_LARGE = 11750
STREAM_TIMEOUT = 31901
STREAM_REFUSED = 31902
STREAM_HANDSHAKE = 31920
TIMEOUT_S = 15.0  # of a stream's upgrade
WAY_S = 0.05  # to the product and back, between two attempts
_TWIML_TYPES = {"text/xml", "application/xml"}
_TWIML_LIMIT = 64 * 1024


def signature(auth_token: str, url: str, params: Mapping[str, str]) -> str:
    """X-Twilio-Signature: the full URL, then each POST parameter's name and value in alphabetical order,
    signed with HMAC-SHA1 and the auth token, in base64.
    """
    signed = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class _FailedError(Exception):
    """One attempt; `kind` is how a retry policy names it."""

    def __init__(self, kind: str, code: int, what: str) -> None:
        super().__init__(what)
        self.kind = kind
        self.code = code


class Webhooks:
    """Requests to the product. `rewrite` maps the URL that is signed to the one that is really called."""

    def __init__(self, auth_token: str, rewrite: Callable[[str], str], overhear: Overhear = nobody) -> None:
        self.overhear = overhear
        self._auth_token = auth_token
        self._rewrite = rewrite
        # Pacing is the loop's clock; aiohttp's own time-outs would add a second opinion.
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=None))

    async def close(self) -> None:
        await self._http.close()

    async def post(self, url: str, params: Mapping[str, str], method: str = "POST") -> None:
        """A callback whose answer does not matter. Raises TwilioAlertError (11200 unless it is below 400, 11202, 11203,
        11205).
        """
        await self._request(url, params, method)

    async def fetch_twiml(self, url: str, params: Mapping[str, str], method: str = "POST") -> str:
        """A TwiML document. Raises TwilioAlertError (also 11750, 12300)."""
        content_type, body = await self._request(url, params, method)
        if len(body) > _TWIML_LIMIT:  # 11750: "the response body is larger than 64 kB"
            raise TwilioAlertError(TWIML_TOO_LARGE, f"TwiML response body too large: {url}")
        if content_type not in _TWIML_TYPES:
            raise TwilioAlertError(INVALID_CONTENT_TYPE, f"Invalid Content-Type {content_type} from {url}")
        return body.decode()

    async def connect(self, url: str, *, signed: bool) -> aiohttp.ClientWebSocketResponse:
        """The socket of a media stream; its signature covers the wss:// URL without parameters.

        Raises TwilioAlertError (31901, 31902, 31920).
        """
        headers = {"X-Twilio-Signature": signature(self._auth_token, url, {})} if signed else {}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._http.ws_connect(self._rewrite(url), headers=headers)
        except aiohttp.WSServerHandshakeError as error:
            # 31920: "responds to the WebSocket connection request with an HTTP status other than 101".
            raise TwilioAlertError(
                STREAM_HANDSHAKE, f"Stream - WebSocket - Handshake Error: {error.status} from {url}"
            ) from error
        except aiohttp.ClientError as error:
            raise TwilioAlertError(STREAM_REFUSED, f"Stream - WebSocket - Connection Refused: {url}") from error
        except TimeoutError as error:
            raise TwilioAlertError(STREAM_TIMEOUT, f"Stream - WebSocket - Connection Timeout: {url}") from error

    async def _request(self, url: str, params: Mapping[str, str], method: str) -> tuple[str, bytes]:
        """Asked as often as its overrides have it, and for 15 s in all at most."""
        address, overrides = parted(url)
        data: Mapping[str, str] | None = params
        if method == "GET":
            address += ("&" if "?" in address else "?") + urlencode(params)
            data = None
        headers = {
            "X-Twilio-Signature": signature(self._auth_token, address, data or {}),
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),  # the same for all attempts
        }
        asking = partial(self._attempt, address, method, data, headers, overrides)
        try:
            async with asyncio.timeout(overrides.total_s):
                for _ in range(overrides.retries):
                    try:
                        return await asking()
                    except _FailedError as failed:
                        if failed.kind not in overrides.policy:
                            raise
                        await asyncio.sleep(WAY_S)
                return await asking()
        except _FailedError as failed:
            raise TwilioAlertError(failed.code, f"HTTP retrieval failure: {failed} from {address}") from failed
        except TimeoutError as error:
            raise TwilioAlertError(TOTAL_TIMEOUT, f"HTTP communication total time out triggered: {address}") from error

    async def _attempt(
        self,
        address: str,
        method: str,
        data: Mapping[str, str] | None,
        headers: Mapping[str, str],
        overrides: Overrides,
    ) -> tuple[str, bytes]:
        """Raises _FailedError."""
        self.overhear("webhook", "in", f"{method} {address}\n{urlencode(data or {})}")
        try:
            async with (
                asyncio.timeout(overrides.read_s),
                self._http.request(method, self._rewrite(address), data=data, headers=headers) as answer,
            ):
                body = await answer.read()
                self.overhear("webhook", "out", f"{answer.status} {answer.reason}\n{body.decode(errors='replace')}")
        except aiohttp.ClientConnectorError as error:
            raise _FailedError("ct", CONNECTION_REFUSED, "TCP connection refused") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _FailedError("rt", CONNECTION_FAILURE, f"HTTP connection failure: {error!r}") from error
        if answer.status >= 400:
            raise _FailedError(f"{answer.status // 100}xx", HTTP_RETRIEVAL_FAILURE, str(answer.status))
        return answer.content_type, body
