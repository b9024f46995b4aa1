"""The WebSocket to OpenAI's Realtime API.

Owns the socket of one model session, from connecting to closing. Must not look into events: `realtime.py` does. The raw
socket is used rather than the SDK's client because an append there costs some fifty times as much.
Follows https://platform.openai.com/docs/guides/realtime-websocket.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import tenacity
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

from bridge.errors import ModelError

_MAX_EVENT = 16 * 1024 * 1024  # bytes; audio deltas are far smaller, session events hold the whole prompt
_OPEN_TIMEOUT_S = 10.0


@asynccontextmanager
async def open_model(base_url: str, api_key: str, model: str) -> AsyncIterator[ClientConnection]:
    """A connected socket, closed on leaving. `base_url` is the API's (http or https); two more tries are made for one
    that does not open for a passing reason. Raises ModelError.
    """
    url = f"{base_url.rstrip('/').replace('http', 'ws', 1)}/realtime?model={model}"
    socket = await _open(url, api_key)
    try:
        yield socket
    finally:
        await socket.close()


@tenacity.retry(
    retry=tenacity.retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
    wait=tenacity.wait_exponential(multiplier=0.2, max=2),
    stop=tenacity.stop_after_attempt(3),
    reraise=True,
)
async def _open(url: str, api_key: str) -> ClientConnection:
    try:
        return await connect(
            url,
            additional_headers={"Authorization": f"Bearer {api_key}"},
            compression=None,  # base64 of noise does not compress; trying costs more than the rest of the frame
            max_size=_MAX_EVENT,
            open_timeout=_OPEN_TIMEOUT_S,
            proxy=None,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        raise ModelError(f"{status}", retryable=status == 429 or status >= 500) from error
    except InvalidURI as error:
        raise ModelError("bad_url") from error
    except (InvalidHandshake, OSError, TimeoutError) as error:
        raise ModelError("unreachable", retryable=True) from error
