"""OpenAI's models for text: one that answers a question in a given shape, and one that writes down a voice message.

Owns the client of OpenAI's HTTP API. Must not know what is asked. Follows
https://platform.openai.com/docs/api-reference/responses and /audio/createTranscription.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from bridge.errors import ModelError
from bridge.on_demand import on_demand

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Shape = TypeVar("Shape", bound=BaseModel)
TIMEOUT_S = 30.0


class TextModel:
    """Every failure is a ModelError; its code has words in the catalogues, its text is OpenAI's status or code."""

    def __init__(self, *, base_url: str, api_key: str, model: str, transcription_model: str) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._model = model
        self._transcription_model = transcription_model
        self._opened: AsyncOpenAI | None = None

    async def ask(
        self, shape: type[Shape], instructions: str, text: str, *, tools: Sequence[dict[str, Any]] = ()
    ) -> Shape:
        """The answer to `text` under `instructions`, as `shape`. Raises ModelError."""
        more: dict[str, Any] = {"tools": list(tools)} if tools else {}
        client = await self._client()
        with _failures():
            response = await client.responses.parse(
                model=self._model, instructions=instructions, input=text, text_format=shape, **more
            )
            parsed: Shape | None = response.output_parsed
        if parsed is None:
            raise ModelError("refused", code="model-refused")
        return parsed

    async def transcribe(self, audio: bytes, *, ending: str = "ogg") -> str:
        """The words of a voice message, in whatever language they are. Raises ModelError.

        `ending` is that of the file's name, by which OpenAI knows its format.
        """
        client = await self._client()
        with _failures():
            heard = await client.audio.transcriptions.create(
                model=self._transcription_model, file=(f"voice.{ending}", audio)
            )
            return str(heard.text).strip()

    async def _client(self) -> "AsyncOpenAI":
        await on_demand("openai")  # costs most of a second
        import openai  # noqa: PLC0415 - there by now

        if self._opened is None:
            self._opened = openai.AsyncOpenAI(
                base_url=self._base_url, api_key=self._api_key, timeout=TIMEOUT_S, max_retries=2
            )
        return self._opened

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()


@contextmanager
def _failures() -> Iterator[None]:
    import openai  # noqa: PLC0415 - there since its client is

    try:
        yield
    except (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError) as error:
        if error.code == "insufficient_quota":  # a 429 that no waiting helps
            raise ModelError(error.code, code="model-denied") from error
        raise ModelError("no answer", code="model-unreachable", retryable=True) from error
    except openai.APIStatusError as error:
        raise ModelError(str(error.status_code), code="model-denied") from error
    except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
        # Of another shape, or no answer of OpenAI's at all (a proxy's page): the SDK reads before it checks.
        raise ModelError("nonsense", code="model-nonsense", retryable=True) from error
