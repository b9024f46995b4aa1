"""The language model that plans and reports: one question, one answer in a given shape.

Owns the client of OpenAI's Responses API. Must not know what is asked.
"""

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from bot import wording
from bridge.errors import ModelError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Shape = TypeVar("Shape", bound=BaseModel)
TIMEOUT_S = 30.0


class TextModel:
    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._model = model
        self._client: AsyncOpenAI | None = None

    async def ask(self, shape: type[Shape], instructions: str, text: str) -> Shape:
        """The answer to `text` under `instructions`, as `shape`. Raises ModelError, in words for people."""
        import openai  # noqa: PLC0415 - costs most of a second: not before it is needed

        if self._client is None:
            self._client = openai.AsyncOpenAI(
                base_url=self._base_url, api_key=self._api_key, timeout=TIMEOUT_S, max_retries=2
            )
        try:
            response = await self._client.responses.parse(
                model=self._model, instructions=instructions, input=text, text_format=shape
            )
        except (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError) as error:
            if error.code == "insufficient_quota":  # a 429 that no waiting helps
                raise ModelError(wording.MODEL_DENIED.format(status=error.code)) from error
            raise ModelError(wording.MODEL_UNREACHABLE, retryable=True) from error
        except openai.APIStatusError as error:
            raise ModelError(wording.MODEL_DENIED.format(status=error.status_code)) from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            # Of another shape, or no answer of OpenAI's at all (a proxy's page): the SDK reads before it checks.
            raise ModelError(wording.MODEL_NONSENSE, retryable=True) from error
        if response.output_parsed is None:
            raise ModelError(wording.MODEL_REFUSED)
        return response.output_parsed

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
