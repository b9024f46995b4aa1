"""What a call costs."""

from pathlib import Path

import msgspec
import pytest

from bridge import prices
from bridge.call import Usage

OWN = """
as_of = "2027-01"
line_minute = 0.1
stream_minute = 0.0
transcription_minute = 0.6
[models.mine]
audio_in = 10.0
audio_in_cached = 1.0
audio_out = 20.0
text_in = 2.0
text_in_cached = 0.5
text_out = 4.0
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "prices.toml"
    file.write_text(OWN, "utf-8")
    return file


def test_the_default_list_is_dated_and_has_the_default_model() -> None:
    found = prices.load("gpt-realtime-2.1")
    assert found.as_of == "2026-11"
    assert (found.model.audio_in, found.model.audio_in_cached, found.model.audio_out) == (32.0, 0.40, 64.0)


def test_each_model_has_its_own_price() -> None:
    assert prices.load("gpt-realtime-2.1-mini").model.audio_out == 20.0


def test_a_model_without_a_price_costs_what_the_first_does() -> None:
    assert prices.load("gpt-realtime-9") == prices.load("gpt-realtime-2.1")


def test_every_token_and_every_minute_begun_is_billed(own: Path) -> None:
    found = prices.load("mine", own)
    million = 1_000_000
    usage = Usage(million, million, million, million, million, million, transcribed_s=30.0)
    assert found.cost(usage, talk_s=0.0) == pytest.approx(37.5 + 0.3)
    assert found.cost(Usage(), talk_s=60.0) == pytest.approx(0.1)
    assert found.cost(Usage(), talk_s=60.1) == pytest.approx(0.2)
    assert found.cost(Usage(), talk_s=0.0) == 0.0


def test_a_phone_that_joined_is_a_second_leg_without_a_stream() -> None:
    found = prices.load("gpt-realtime-2.1")
    assert found.cost(Usage(), talk_s=150.0, joined_s=100.0) == pytest.approx((3 + 2) * 0.014 + 0.004)
    assert found.cost(Usage(), talk_s=150.0) == pytest.approx(3 * 0.018)


def test_an_estimate_grows_with_the_length_of_the_call() -> None:
    found = prices.load("gpt-realtime-2.1")
    assert 0 < found.estimate(10) < found.estimate(60) < found.estimate(600) < 10


@pytest.mark.parametrize(
    "text", ["", "as_of = 3", OWN + "surprise = 1", "[", OWN.split("[models", maxsplit=1)[0] + "[models]"]
)
def test_what_is_no_price_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError):
        prices.load("mine", file)


def test_a_list_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-file"):
        prices.load("mine", tmp_path / "no-such-file")


def test_the_prices_of_a_model_are_those_of_its_usage() -> None:
    assert set(prices.ModelPrice.__struct_fields__) == set(Usage.__struct_fields__) - {"transcribed_s"}
    assert issubclass(msgspec.ValidationError, ValueError)
