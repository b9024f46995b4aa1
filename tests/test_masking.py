"""Phone numbers made unreadable in any text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import masked
from bot.richtext import units
from tests.samples import any_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call +1 415 555 2671 now", "call +• ••• ••• ••71 now"),
        ("(415) 555-2671", "(•••) •••-••71"),
        ("+49 (0)30 – 901820", "+•• (•)•• – ••••20"),
        ("0049 30 901820", "•••• •• ••••20"),
        ("030/901820.", "•••/••••20."),
        ("06.12.34.56.78", "••.••.••.••.78"),
        ("tel:4155552671, https://wa.me/14155552671", "tel:••••••••71, https://wa.me/•••••••••71"),
        ("+290 234", "+••• •34"),
        ("\u202a+49\u00a0171 1234567\u202c", "\u202a+••\u00a0••• •••••67\u202c"),
        ("4 1 5, 5 5 5, 2 6 7 1", "• • •, • • •, • • 7 1"),
        ("+4 9, 3 0, 9 0 1 8 2 0", "+• •, • •, • • • • 2 0"),
        ("415, 555, 2671", "•••, •••, ••71"),
        ("415 555 2671\n415 555 2672", "••• ••• ••71\n••• ••• ••72"),
        ("٠٣٠٩٠١٨٢٠", "•••••••٢٠"),
        ("order 12345678901234567890", "order ••••••••••••••••••90"),
    ],
)
def test_a_phone_number_keeps_its_last_two_digits(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_digit_of_two_units_becomes_two_dots() -> None:
    assert masked("𝟎𝟑𝟎𝟗𝟎𝟏𝟖") == "•" * 10 + "𝟏𝟖"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22 11:05",
        "2026-11-22T11:05:00",
        "2026/11/22 4 people",
        "22.11.2026 19.30 Uhr",
        "22. 11. 2026",
        "22/11/2026",
        "11/22/2026 7pm",
        "22.11.26 19 Uhr",
        "22-25.11.2026",
        "22.–25.11.2026",
        "2026-11-22/2026-11-25",
        "20.11.2026 - 22.11.2026",
        "19:00-21:00 on 22 November 2026",
        "Nov 22, 2026, 4 people",
        "18:30 2026",
        "11.05-12.30",
        "at 11.05 am 2026",
        "1:05 12:33:10",
        "in 2026",
        "€1.250.000 or $1,250,000.50",
        "EUR 1 250 000",
        "1'250'000 CHF",
        "1.250.000 €",
        "15.000 EUR",
        "$12.50",
        "10, 11, 12, 13",
        "tables for 2, 4, 6 or 8",
        "116117",
        "+5 more, +100 %",
        "page 12 of 123456",
        "",
    ],
)
def test_dates_times_prices_and_short_numbers_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("18:30 415 555 2671 2026-11-22", "18:30 ••• ••• ••71 2026-11-22"),
        ("22.11.2026 +49 30 901820, 19:00", "22.11.2026 +•• •• ••••20, 19:00"),
        ("$5 415 555 2671", "$• ••• ••• ••71"),
        ("+1 250 000 €", "+• ••• •00 €"),
        ("0 250 000 €", "• ••• •00 €"),
    ],
)
def test_a_number_beside_a_date_or_a_price_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("text", ["13.13.2026", "2026-13-01-22", "030-12-11-2026", "12.11.2026-5551"])
def test_what_only_resembles_a_date_is_hidden(text: str) -> None:
    assert "•" in masked(text)


@given(any_text() | st.text("0123456789+-./(), :€T𝟏\n", max_size=60))
def test_no_offset_moves(text: str) -> None:
    shown = masked(text)
    assert units(shown) == units(text)
    assert [i for i, c in enumerate(shown) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"] or "𝟏" in text
    assert re.sub(r"[\d•]", "", shown) == re.sub(r"[\d•]", "", text)


LIKE_A_DATE = re.compile(r"(?:\d{1,2}\.?[-–])?\d{1,4}[-./] ?\d{1,2}[-./] ?\d{2,4}|\d\d?\.\d\d ?[-–] ?\d\d?\.\d\d")


@given(st.text("0123456789 -./()+", max_size=60) | st.text("12 -.", max_size=40))
def test_no_seven_digits_in_a_row_stay_readable(text: str) -> None:
    shown = LIKE_A_DATE.sub("x", masked(text))
    assert not re.search(r"\d(?:[ \-./()]{0,4}\d){6}", shown)


@given(st.from_regex(r"\A(\+|00)[1-9][0-9]{0,2}([ \-/]?[0-9]){6,11}\Z", fullmatch=True))
def test_an_international_number_is_hidden_whatever_its_groups(number: str) -> None:
    dots = [c for c in masked(f"Ring {number} please") if c == "•"]
    assert len(dots) == sum(c.isdecimal() for c in number) - 2
