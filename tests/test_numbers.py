"""Which numbers may be dialled."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import numbers
from bridge.errors import NumberRefused, Unfit


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("+1 415 555 2671", None, "+14155552671"),
        ("+1 (415) 555-2671", None, "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("030 901820", "DE", "+4930901820"),
        ("+39 06 488 3931", None, "+39064883931"),
        ("+44 20 7946 0958", "US", "+442079460958"),
        ("+1 800 356 9377", None, "+18003569377"),
        ("+33 6 12 34 56 78", None, "+33612345678"),
    ],
)
def test_an_ordinary_number_is_dialled_as_e164(written: str, region: str | None, e164: str) -> None:
    assert numbers.dialable(written, region=region) == e164
    assert numbers.dialable(e164) == e164


@pytest.mark.parametrize(
    ("written", "region"),
    [
        *((number, None) for number in ("911", "112", "999", "000", "110", "119", "+112", " 9-1-1 ", "9.1.1")),
        ("+1 911", None),
        ("+44 999", None),
        ("911", "US"),
        ("133", "AT"),
        ("17", "FR"),
        ("085", "ES"),
        ("+43 133", None),
    ],
)
def test_an_emergency_number_is_never_dialled(written: str, region: str | None) -> None:
    with pytest.raises(NumberRefused, match=r"is an emergency number. I never call those") as refused:
        numbers.dialable(written, region=region)
    assert (refused.value.code, refused.value.written) == ("emergency", written.strip())


@pytest.mark.parametrize(("written", "region"), [("９１１", "US"), ("９１１", "IT"), ("１１２", None), ("٩١١", "US")])
def test_an_emergency_number_in_other_digits_is_not_dialled_either(written: str, region: str | None) -> None:
    with pytest.raises(NumberRefused):
        numbers.dialable(written, region=region)


@pytest.mark.parametrize(
    ("written", "reason", "code"),
    [
        ("+1 900 234 5678", "premium-rate", "premium"),
        ("+49 900 1234567", "premium-rate", "premium"),
        ("+49 180 1 2345", "shared-cost", "shared_cost"),
        ("+44 70 1234 5678", "personal", "personal"),
        ("+44 76 4012 3456", "pager", "pager"),
        ("+49 177 99 1234567", "voicemail", "voicemail"),
    ],
)
def test_a_costly_number_is_refused_with_its_reason(written: str, reason: str, code: str) -> None:
    with pytest.raises(NumberRefused, match=reason) as refused:
        numbers.dialable(written)
    assert refused.value.code == code


@pytest.mark.parametrize(("written", "region"), [("311", "US"), ("411", "US"), ("+1 211", None), ("116117", "DE")])
def test_a_short_number_is_refused(written: str, region: str | None) -> None:
    with pytest.raises(NumberRefused, match="short service number") as refused:
        numbers.dialable(written, region=region)
    assert refused.value.code == "short"


@pytest.mark.parametrize(
    ("written", "region", "hint"),
    [
        ("555", None, "with its country code"),
        ("415 555 2671", None, "with its country code"),
        ("call mum", None, "with its country code"),
        ("", None, "with its country code"),
        ("+1 415", None, "Check the digits"),
        ("+999 123456789", None, "Check the digits"),
        ("415 555 26", "US", "Check the digits"),
        ("+1 415 555 26711 99", None, "Check the digits"),
    ],
)
def test_a_malformed_number_is_refused_with_a_hint(written: str, region: str | None, hint: str) -> None:
    with pytest.raises(NumberRefused, match=hint) as refused:
        numbers.dialable(written, region=region)
    assert refused.value.code == ("no_country" if "country" in hint else "malformed")


def test_an_extension_cannot_be_dialled() -> None:
    with pytest.raises(NumberRefused, match="extension") as refused:
        numbers.dialable("+1 415 555 2671 ext. 12")
    assert refused.value.code == "extension"


def test_every_refusal_has_its_words() -> None:
    assert set(numbers._WHY) == set(get_args(Unfit))


@given(st.text(max_size=30), st.sampled_from([None, "US", "DE", "IT", "XX"]))
def test_anything_that_is_written_is_a_number_or_refused(written: str, region: str | None) -> None:
    try:
        number = numbers.dialable(written, region=region)
    except NumberRefused:
        return
    assert numbers.dialable(number) == number


@pytest.mark.parametrize(
    ("number", "region"), [("+14155552671", "US"), ("+39064883931", "IT"), ("+999", None), ("nonsense", None)]
)
def test_a_number_tells_its_country(number: str, region: str | None) -> None:
    assert numbers.region_of(number) == region


def test_a_number_is_shown_as_people_read_it() -> None:
    assert numbers.readable("+14155552671") == "+1 415-555-2671"
