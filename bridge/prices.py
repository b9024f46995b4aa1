"""What a call costs, from what was used and a dated list of prices (`prices.toml`, or the operator's own file).

Pure but for reading the list. Owns no prices: they are data. US dollars throughout.
"""

import tomllib
from math import ceil
from pathlib import Path

import msgspec

from bridge.call import Usage

_DEFAULT = Path(__file__).with_name("prices.toml")


class ModelPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Per million tokens."""

    audio_in: float
    audio_in_cached: float
    audio_out: float
    text_in: float
    text_in_cached: float
    text_out: float


class Prices(msgspec.Struct, frozen=True):
    """The prices of one model's calls."""

    as_of: str
    model: ModelPrice
    line_minute: float
    stream_minute: float
    transcription_minute: float

    def cost(self, usage: Usage, *, talk_s: float, joined_s: float = 0.0) -> float:
        """Of a call so far. Twilio bills each minute begun; `joined_s` of the talk had the requester's own phone on a
        second leg, and no media stream.
        """
        tokens: float = sum(getattr(usage, kind) * getattr(self.model, kind) for kind in ModelPrice.__struct_fields__)
        legs, stream = ceil(talk_s / 60) + ceil(joined_s / 60), ceil((talk_s - joined_s) / 60)
        line = legs * self.line_minute + stream * self.stream_minute
        return round(tokens / 1_000_000 + line + usage.transcribed_s / 60 * self.transcription_minute, 4)

    def estimate(self, max_duration_s: int) -> float:
        """Of a call of that length in which both parties speak half of the time, in turns of ten seconds.

        The callee's audio is 10 tokens a second and ours 20; each response is billed the whole conversation again,
        nearly all of it cached (https://platform.openai.com/docs/guides/realtime-costs).
        """
        turns = max(1, max_duration_s // 20)
        heard, said = 10 * max_duration_s // 2, 20 * max_duration_s // 2
        usage = Usage(
            audio_in=heard + said,
            audio_in_cached=(heard + said) * turns // 2,
            text_in=1000,
            text_in_cached=1000 * turns,
            audio_out=said,
            text_out=said // 4,
            transcribed_s=max_duration_s / 2,
        )
        return self.cost(usage, talk_s=max_duration_s)


class _PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    as_of: str
    line_minute: float
    stream_minute: float
    transcription_minute: float
    models: dict[str, ModelPrice]


def load(model: str, file: Path | None = None) -> Prices:
    """The prices for calls on `model`; of the first model of the list where that one has no price of its own.

    Raises OSError for a file that cannot be read, and ValueError (msgspec.ValidationError, tomllib.TOMLDecodeError) for
    one that is no price list.
    """
    found = msgspec.convert(tomllib.loads((file or _DEFAULT).read_text("utf-8")), _PriceList)
    if not found.models:
        raise ValueError("the price list has no models")
    price = found.models.get(model) or next(iter(found.models.values()))
    return Prices(found.as_of, price, found.line_minute, found.stream_minute, found.transcription_minute)
