"""The parameters of one Bot API request, whatever the encoding they came in.

Owns reading: strings, numbers, flags, JSON values and uploaded files out of a query string, a form, a
multipart form or a JSON body. Must not know methods.

Follows https://core.telegram.org/bots/api#making-requests (four ways of passing parameters) and
#sending-files.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram.error import BotApiError, bad_request

UPLOAD_LIMIT = 50 * 1024 * 1024  # "10 MB max size for photos, 50 MB for other files"
_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True)
class Upload:
    name: str
    mime_type: str
    data: bytes = field(repr=False)


@dataclass
class Params:
    """Form values are strings and structures in them JSON strings; a JSON body has both plain."""

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def names(self) -> set[str]:
        attached = {name for name in self.uploads if f"attach://{name}" in {str(v) for v in self.values.values()}}
        return set(self.values) | (set(self.uploads) - attached)

    def string(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.string(name).lower() in _TRUE

    def integer(self, name: str, default: int = 0) -> int:
        value = self.string(name)
        try:
            return int(value) if value else default
        except ValueError:
            raise bad_request(f"parameter {name} must be an integer") from None

    def structure(self, name: str) -> Any:
        """A JSON-serialised parameter, decoded; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent in the field itself or by `attach://<field>`."""
        if name in self.uploads:
            return self.uploads[name]
        value = self.string(name)
        return self.uploads.get(value.removeprefix("attach://")) if value.startswith("attach://") else None

    def readable(self) -> dict[str, Any]:
        """For the record of requests: structures decoded, files as `Upload`."""
        return {name: _decoded(value) for name, value in self.values.items()} | dict(self.uploads)


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value  # a text that only looks like JSON
    return value


async def read_params(request: web.Request) -> Params:
    """All ways at once. Raises BotApiError for a body that cannot be read."""
    params = Params(dict(request.query))
    if request.method != "POST" or not request.can_read_body:
        return params
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad_request("can't parse the request body as JSON") from None
        if not isinstance(body, dict):
            raise bad_request("the JSON body must be an Object")
        params.values.update(body)
    elif request.content_type == "multipart/form-data":
        await _read_multipart(request, params)
    elif request.content_type == "application/x-www-form-urlencoded":
        params.values.update({name: str(value) for name, value in (await request.post()).items()})
    return params


async def _read_multipart(request: web.Request, params: Params) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse the multipart body")
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            params.values[part.name] = data.decode()
            continue
        if len(data) > UPLOAD_LIMIT:
            raise BotApiError(413, "Request Entity Too Large")
        mime_type = part.headers.get("Content-Type", "application/octet-stream")
        params.uploads[part.name] = Upload(part.filename, mime_type, data)
