"""A stand-in for OpenAI's API on loopback: Realtime (GA) over WebSocket, Responses with structured output
and web search, and the transcription of files.

Owns the server, its keys and models, and the faults that a test may order. What a connection or a request
means is next door (`realtime.py`, `responses.py`, `transcriptions.py`); what the model says comes from a `Mind`.

Follows https://platform.openai.com/docs/api-reference/introduction (authentication, errors),
.../guides/error-codes and .../guides/realtime-websocket.
"""

import asyncio
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from sandbox.mind import Mind
from sandbox.openai.events import new_id
from sandbox.openai.realtime import Conduct, RealtimeConnection, Rejection
from sandbox.openai.response import Failure
from sandbox.openai.responses import (
    Answer,
    ApiError,
    answered,
    check_request,
    is_text_model,
    model_not_found,
)
from sandbox.openai.transcriptions import MAX_BODY_BYTES, Form, too_large, transcribed
from sandbox.overheard import Overhear, nobody
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES

MODELS = (
    *("gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-2", "gpt-realtime"),
    *("gpt-6", "gpt-6-luna", "gpt-transcribe", "gpt-realtime-whisper"),
)
_MAX_MESSAGE_BYTES = 24 * 1024 * 1024  # 15 MiB of audio in base64, and its envelope
_CREATED = 1780000000
_PARTING_S = 3.0
_SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"


class OpenAIStandIn:
    """Async context manager. `conduct` holds how the model behaves, and may be changed at any time.

    On leaving, faults of the mind that would have passed for faults of the model are raised.
    """

    def __init__(
        self,
        mind: Mind,
        *,
        api_key: str = "sk-sandbox",
        first_audio_ms: int = 250,
        transcription_ms: int = 300,
        expire_after_s: float = 3600.0,
        overhear: Overhear = nobody,
        speech: Speech = TONES,
    ) -> None:
        self.mind = mind
        self.overhear = overhear
        self.api_key = api_key
        self.conduct = Conduct(first_audio_ms, transcription_ms, expire_after_s, speech=speech)
        self.connections: list[RealtimeConnection] = []
        self.rejected: list[Rejection] = []
        self.responses_requests: list[dict[str, Any]] = []
        self.transcription_requests: list[Form] = []
        self.requests: list[tuple[str, str]] = []  # method and path, in order
        self.no_access: set[str] = set()  # models that are there, and that the key's project may not use
        self.base_url = ""
        self.refuses_keys_in_band = False  # True: a wrong key is told by an `error` event and close 3000, not by 401
        self._api_key = api_key
        self._closes: deque[tuple[int, str]] = deque()
        self._upgrade_failures: deque[ApiError] = deque()
        self._http_failures: deque[ApiError] = deque()
        self._answers: deque[Answer] = deque()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._errors], client_max_size=MAX_BODY_BYTES)
        app.router.add_get("/v1/realtime", self._realtime)
        app.router.add_post("/v1/responses", self._responses)
        app.router.add_post("/v1/audio/transcriptions", self._transcriptions)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/models/{model}", self._model)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self.connections:
            if not connection.closed.is_set():
                connection.close(1001, "going away")
        for connection in self.connections:
            await _ended(connection)
        if self._runner is not None:
            await self._runner.cleanup()
        faults = [fault for connection in self.connections for fault in connection.mind_faults]
        if faults and raised is None:
            raise ExceptionGroup("the mind failed", faults)

    # Faults on demand

    def close_next(self, code: int = 1011, reason: str = "") -> None:
        """The next connection to be opened is closed right after its `session.created`. 1006: with no close
        frame.
        """
        self._closes.append((code, reason))

    def close(self, connection: RealtimeConnection, code: int = 1011, reason: str = "") -> None:
        """Closes a connection after all that was sent so far, whatever is being made on it."""
        connection.close(code, reason)

    def drop(self, connection: RealtimeConnection) -> None:
        """Cuts a connection with no close frame: the client sees 1006."""
        connection.drop()

    def expire(self, connection: RealtimeConnection) -> None:
        """Ends a connection as after 60 minutes: `session_expired`, close 1001."""
        connection.expire()

    def fail_next_upgrade(self, status: int = 503, times: int = 1) -> None:
        self._upgrade_failures.extend([_failure(status)] * times)

    def fail_next_http(self, status: int, times: int = 1, code: str | None = None) -> None:
        """The next Responses or transcription requests are answered with 429 (and `retry-after`), 500 or any
        other error.
        """
        self._http_failures.extend([_failure(status, code)] * times)

    def fail_next_response(
        self, code: str = "server_error", message: str = _SERVER_ERROR, *, times: int = 1, after_ms: int = 0
    ) -> None:
        """The next Realtime responses end `failed`, after so much of their audio."""
        kind = "server_error" if code == "server_error" else "invalid_request_error"
        failure = Failure({"type": kind, "code": code, "message": message}, after_ms)
        self.conduct.failures.extend([failure] * times)

    def answer_next(self, text: str, *, refusal: bool = False, incomplete: bool = False) -> None:
        """The next Responses request is answered with this text, whatever was asked."""
        self._answers.append(Answer(text, refusal=refusal, incomplete=incomplete))

    def slow(self, seconds: float) -> None:
        """From now on first audio takes so much longer; 0 ends it."""
        self.conduct.slower_s = seconds

    def send_raw(self, text: str) -> None:
        """Puts a text on every open connection."""
        for connection in self.connections:
            if not connection.closed.is_set():
                connection.send_raw(text)

    # Routes

    @web.middleware
    async def _errors(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        try:
            if request.path != "/v1/realtime":
                self._check_key(request)
            response = await handler(request)
        except ApiError as error:
            response = web.json_response(error.body, status=error.status, headers=error.headers)
        except web.HTTPRequestEntityTooLarge:
            response = web.json_response(too_large(request.content_length).body, status=413)
        except web.HTTPException as error:
            text = f"Invalid URL ({request.method} {request.path})" if error.status == 404 else error.reason
            body = ApiError(error.status, text).body
            response = web.json_response(body, status=error.status)
        if not response.prepared:
            response.headers["x-request-id"] = new_id("req")
        return response

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not given.startswith("Bearer "):
            raise ApiError(401, "You didn't provide an API key.")
        key = given.removeprefix("Bearer ")
        if not hmac.compare_digest(key.encode(), self._api_key.encode()):
            text = (
                f"Incorrect API key provided: {key[:3]}***. "
                "You can find your API key at https://platform.openai.com/account/api-keys."
            )
            raise ApiError(401, text, code="invalid_api_key")

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        refusal: ApiError | None = None
        try:
            self._check_key(request)
        except ApiError as error:
            if not self.refuses_keys_in_band:
                raise
            refusal = error
        if self._upgrade_failures:
            raise self._upgrade_failures.popleft()
        model = request.query.get("model")
        if not model:
            raise ApiError(
                400,
                "Missing required parameter: 'model'.",
                param="model",
                code="missing_required_parameter",
            )
        socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE_BYTES, compress=False, timeout=2.0)
        await socket.prepare(request)
        if model in self.no_access:
            refusal = refusal or model_not_found(model)
        if refusal := refusal or _refused_model(model, request):
            await _refuse(socket, refusal)
            return socket
        connection = RealtimeConnection(model, self.mind, self.conduct, self.rejected)
        connection.overhear = self.overhear
        self.connections.append(connection)
        if self._closes:
            code, reason = self._closes.popleft()
            connection.close_after_greeting(code, reason)
        await connection.serve(socket, request.transport)
        return socket

    async def _responses(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
        except ValueError:
            raise ApiError(400, "We could not parse the JSON body of your request.") from None
        self.responses_requests.append(body)
        if self._http_failures:
            raise self._http_failures.popleft()
        checked = check_request(body)
        await asyncio.sleep(self.conduct.thinking_s)
        if checked["model"] in self.no_access:
            raise model_not_found(checked["model"])
        answer = self._answers.popleft() if self._answers else None
        return web.json_response(answered(checked, self.mind, answer))

    async def _transcriptions(self, request: web.Request) -> web.Response:
        if request.content_type != "multipart/form-data":
            raise ApiError(400, "Could not parse multipart form")
        fields, filename, audio = [], "", b""
        for name, value in (await request.post()).items():
            if isinstance(value, str):
                fields.append((name, value))
            elif name == "file" and isinstance(value, web.FileField):
                filename, audio = value.filename, value.file.read()
        form = Form(fields, filename, audio)
        self.transcription_requests.append(form)
        if self._http_failures:
            raise self._http_failures.popleft()
        heard = await transcribed(form, self.conduct.speech)
        return web.Response(text=f"{heard.body['text']}\n") if heard.as_text else web.json_response(heard.body)

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [_described(model) for model in MODELS]})

    async def _model(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        if model in self.no_access or (model not in MODELS and not is_text_model(model)):
            raise model_not_found(model)
        return web.json_response(_described(model))


async def _ended(connection: RealtimeConnection) -> None:
    """A client that no longer reads is cut off."""
    try:
        async with asyncio.timeout(_PARTING_S):
            await connection.closed.wait()
    except TimeoutError:
        connection.drop()
        await connection.closed.wait()


def _described(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": "system"}


def _refused_model(model: str, request: web.Request) -> ApiError | None:
    if "realtime=v1" in request.headers.get("OpenAI-Beta", ""):
        text = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
        return ApiError(400, text, code="beta_api_shape_disabled")
    return None if model.startswith("gpt-realtime") else model_not_found(model)


async def _refuse(socket: web.WebSocketResponse, refusal: ApiError) -> None:
    """A connection that is refused after the upgrade: an `error` event, and a close whose reason is
    `type.code`.
    """
    error = refusal.body["error"]
    codes = {"model_not_found": 4004, "invalid_api_key": 3000}
    event = {"type": "error", "event_id": new_id("event"), "error": {**error, "event_id": None}}
    await socket.send_str(json.dumps(event))
    reason = f"{error['type']}.{error['code'] or 'invalid_api_key'}"
    await socket.close(code=codes.get(error["code"] or "invalid_api_key", 4000), message=reason.encode())


def _failure(status: int, code: str | None = None) -> ApiError:
    if status == 429:
        text, kind = "Rate limit reached for requests. Please try again in 1s.", "requests"
        if code == "insufficient_quota":
            text, kind = "You exceeded your current quota, please check your plan and billing details.", code
        return ApiError(429, text, kind=kind, code=code or "rate_limit_exceeded", headers={"retry-after": "1"})
    if status >= 500:
        return ApiError(status, _SERVER_ERROR, kind="server_error", code=code)
    return ApiError(status, f"Refused with {status}.", code=code)
