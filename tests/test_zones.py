"""The guess at a time zone: the number's own first, then where its country and the language's people live."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import known_zone
from bot.zones import MOST, likely
from tests.samples import short_text


@pytest.mark.parametrize(
    ("number", "language", "first"),
    [
        ("+14155550100", "en", ["America/Los_Angeles", "America/New_York", "America/Chicago"]),
        ("+12125550100", "", ["America/New_York", "America/Chicago"]),
        ("+18005550100", "", ["America/New_York"]),  # toll-free: anywhere in the country
        ("+493012345678", "de", ["Europe/Berlin"]),
        ("+442071234567", "de", ["Europe/London", "Europe/Berlin"]),
        ("+34911234567", "es", ["Europe/Madrid"]),
        ("+61412345678", "", ["Australia/Sydney"]),
        ("+5511987654321", "pt", ["America/Sao_Paulo"]),
    ],
)
def test_the_likeliest_zones_come_first(number: str, language: str, first: list[str]) -> None:
    assert list(likely(number, language))[: len(first)] == first


def test_a_number_of_no_country_leaves_the_language() -> None:
    assert likely("+80012345678", "de") == ("Europe/Berlin",)
    assert likely("", "") == ()
    assert likely("+80012345678", "tlh") == ()


@given(st.one_of(st.integers(10**6, 10**14).map(lambda digits: f"+{digits}"), short_text()), short_text())
def test_whatever_is_asked_about_each_zone_is_one_and_is_named_once(number: str, language: str) -> None:
    found = likely(number, language)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert all(known_zone(zone) == zone for zone in found)
