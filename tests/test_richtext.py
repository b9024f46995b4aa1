"""Rich text: measured in UTF-16 units as Telegram measures it, cut at characters, split between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.richtext import Entity, RichText, bold, clip, fitted, italic, lines, pages, plain, units
from tests.samples import any_text, check_message


def words(text: str) -> str:
    return "".join(text.split())


def test_lengths_are_counted_in_utf16_units() -> None:
    assert [units(text) for text in ("abc", "é", "😀", "👨‍👩‍👧", "\ud83d")] == [3, 1, 2, 8, 1]


def test_entities_stand_at_utf16_offsets() -> None:
    text = plain("😀 ") + bold("two") + plain(" ") + italic("three")
    assert text.entities == (Entity("bold", 3, 3), Entity("italic", 7, 5))
    assert text.units == 12


def test_a_run_of_white_space_is_not_formatted() -> None:
    assert bold("  ").entities == ()


def test_what_telegram_refuses_is_left_out() -> None:
    assert plain("a\x00b\x07c\x7fd\ud83de").text == "abcd\ufffde"
    assert plain("line\n\ttab").text == "line\n\ttab"
    assert plain("\ud83d\ude00").text == "😀"


def test_lines_stand_one_under_the_other() -> None:
    assert lines([]).text == ""
    assert lines([bold("a"), plain(""), plain("b")]).text == "a\n\nb"


def test_a_text_that_fits_is_not_clipped() -> None:
    assert clip("😀😀", 4) == "😀😀"


def test_a_clipped_text_ends_with_an_ellipsis() -> None:
    assert clip("a word", 4) == "a w…"
    assert clip("a  bcd", 4) == "a…"
    assert clip("😀😀😀", 4) == "😀…"


@given(any_text(), st.integers(1, 80))
def test_clipping_never_cuts_inside_a_character(text: str, limit: int) -> None:
    sound = plain(text).text
    clipped = clip(sound, limit)
    clipped.encode()  # no half of a pair
    assert units(clipped) <= limit
    assert clipped == sound or sound.startswith(clipped.removesuffix("…"))
    assert units(clip(text, limit)) <= limit


def test_parts_fill_one_message_before_the_next() -> None:
    found = pages(plain("head"), [plain("one"), plain("two"), plain("three")], limit=8)
    assert [page.text for page in found] == ["head\none", "two", "three"]


def test_a_long_part_is_split_between_words() -> None:
    found = pages(plain("head"), [bold("Agent: ") + plain("one two three four")], limit=12)
    assert [page.text for page in found] == ["head", "Agent: one ", "two three ", "four"]
    assert found[1].entities == (Entity("bold", 0, 7),)


def test_a_word_too_long_for_one_message_is_cut_at_a_character() -> None:
    assert [page.text for page in pages(plain("h"), [plain("x" + "😀" * 4)], limit=4)] == ["h", "x😀", "😀😀", "😀"]


def test_a_run_that_ends_with_the_page_begins_the_next_one() -> None:
    found = pages(plain("head"), [bold("12345678") + plain("next")], limit=8)
    assert [page.text for page in found] == ["head", "12345678", "next"]


def test_white_space_makes_no_message_of_its_own() -> None:
    assert [page.text for page in pages(plain("head"), [plain(" " * 50)], limit=20)] == ["head"]


@given(any_text(), st.lists(st.builds(lambda name, text: bold(f"{name}: ") + plain(text), any_text(), any_text())))
def test_every_page_is_a_message_and_no_word_is_lost(head: str, parts: list[RichText]) -> None:
    found = pages(plain("📞 " + clip(head, 100)), parts)
    for page in found:
        check_message(page)
    whole = plain("📞 " + clip(head, 100)).text + "".join(part.text for part in parts)
    assert words("".join(page.text for page in found)) == words(whole)


@given(st.lists(st.text("abcdefg", min_size=1, max_size=19), min_size=1), st.integers(20, 60))
def test_no_word_that_fits_is_torn(spoken: list[str], limit: int) -> None:
    found = pages(plain("head"), [plain(" ".join(spoken))], limit=limit)
    assert [word for page in found for word in page.text.split()] == ["head", *spoken]


def test_what_fits_is_shown_whole_between_head_and_foot() -> None:
    assert fitted(plain("head"), [plain("a"), plain("b")], plain("foot"), limit=20).text == "head\na\nb\nfoot"


def test_an_ellipsis_stands_for_what_does_not_fit() -> None:
    assert fitted(plain("head"), [plain("a"), plain("b" * 9)], plain("foot"), limit=20).text == "head\na\n…\nfoot"


@given(st.lists(any_text()), st.integers(40, 4096))
def test_head_and_foot_are_always_there(parts: list[str], limit: int) -> None:
    shown = fitted(bold("the head"), [plain(part) for part in parts], italic("the foot"), limit=limit)
    assert shown.units <= limit
    assert shown.text.startswith("the head")
    assert shown.text.endswith("the foot")


@pytest.mark.parametrize("text", ["", "😀", "plain"])
def test_an_unstyled_text_has_no_entities(text: str) -> None:
    assert plain(text).entities == ()
