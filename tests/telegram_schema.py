"""What we send to Telegram, held against a schema that is not ours: aiogram's models of the Bot API.

Owns the reading of those models, nothing else; the limits that a type cannot tell are the stand-in's. aiogram 3.31
follows Bot API 10.3 (`aiogram.__api_version__`). Its models keep fields that they do not know (`extra="allow"`): here
such a field is a problem, at every depth.
"""

from collections.abc import Iterator
from typing import Any
from unittest import mock

from pydantic import BaseModel, ValidationError

from sandbox.telegram.params import Upload
from sandbox.telegram.server import BotRequest

# At its import aiogram builds all of its models, for longer than most tests take: each is built when it is asked for.
with mock.patch.object(BaseModel, "model_rebuild") as _building:
    import aiogram.methods
    from aiogram.methods import TelegramMethod
    from aiogram.types import BufferedInputFile
_NAMES = next((names for call in _building.call_args_list if (names := call.kwargs.get("_types_namespace"))), None)


def problem_of(request: BotRequest) -> str | None:
    """The first thing in a request that the schema does not allow; None if it is right."""
    kind = _method(request.method)
    if kind is None:
        return f"{request.method} is no method of the Bot API"
    params = {name: _sent(value) for name, value in request.params.items()}
    try:
        read = kind.model_validate(params, strict=False)
    except ValidationError as refusal:
        first = refusal.errors(include_url=False)[0]
        return f"{request.method}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return next((f"{request.method}: {path} is not in the Bot API" for path in _unknown(read)), None)


def _method(name: str) -> type[TelegramMethod[Any]] | None:
    kind: type[TelegramMethod[Any]] | None = getattr(aiogram.methods, name[:1].upper() + name[1:], None)
    if kind is not None and _NAMES is not None:  # else somebody imported it before, and has had them all built
        kind.model_rebuild(_types_namespace=_NAMES)
    return kind


def _sent(value: Any) -> Any:
    return BufferedInputFile(value.data, value.name) if isinstance(value, Upload) else value


def _unknown(value: Any, path: str = "") -> Iterator[str]:
    """Where a model holds a field that it does not name."""
    if isinstance(value, BaseModel):
        yield from (f"{path}{name}" for name in value.model_extra or {})
        for name in value.model_fields_set - (value.model_extra or {}).keys():
            yield from _unknown(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for part in value:
            yield from _unknown(part, path)
