"""Facts about text on the stand-in Telegram: UTF-16, HTML markup, entities, commands.

After https://core.telegram.org/bots/api#formatting-options and
https://core.telegram.org/bots/api#messageentity.
"""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.error import BotApiError, JsonObject
from sandbox.telegram.text import (
    EXPLICIT_TYPES,
    Formatted,
    bot_commands,
    checked_url,
    formatted,
    parse_html,
    utf16_length,
)

NESTABLE = {
    "b": "bold",
    "em": "italic",
    "ins": "underline",
    "s": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
}
Piece = tuple[str, list["Piece"]] | str  # a tag with what is in it, or text

texts = st.text(max_size=8)
pieces: st.SearchStrategy[Piece] = st.recursive(
    texts,
    lambda inner: st.tuples(st.sampled_from(sorted(NESTABLE)), st.lists(inner, max_size=3)),
    max_leaves=12,
)


def written(piece: Piece) -> str:
    if isinstance(piece, str):
        return html.escape(piece)
    tag, inner = piece
    return f"<{tag}>{''.join(map(written, inner))}</{tag}>"


def plain(piece: Piece) -> str:
    return piece if isinstance(piece, str) else "".join(map(plain, piece[1]))


def spans(piece: Piece, at: int = 0) -> list[tuple[str, int, int]]:
    """(type, offset, length) of every tag with text in it."""
    if isinstance(piece, str):
        return []
    own = (NESTABLE[piece[0]], at, utf16_length(plain(piece)))
    found = [own] if own[2] else []
    for inner in piece[1]:
        found += spans(inner, at)
        at += utf16_length(plain(inner))
    return found


def refusal(markup: str) -> str:
    with pytest.raises(BotApiError) as caught:
        parse_html(markup)
    assert caught.value.code == 400
    return caught.value.description.removeprefix("Bad Request: can't parse entities: ")


@given(st.text())
def test_a_length_is_that_of_the_utf16_encoding(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@given(st.lists(pieces, max_size=4))
def test_html_gives_the_text_and_an_entity_for_each_tag_around_it(content: list[Piece]) -> None:
    whole: Piece = ("b", ["|", *content])
    result = parse_html(written(whole))
    assert result.text == plain(whole)
    entities = sorted((e["type"], e["offset"], e["length"]) for e in result.entities)
    assert entities == sorted(spans(whole))


@given(st.text(alphabet=st.sampled_from("ab <>/&;='\"#x2🏟-lgt\n")))
def test_any_markup_is_parsed_or_refused_in_telegram_s_words(markup: str) -> None:
    try:
        result = parse_html(markup)
    except BotApiError as caught:
        words = caught.description
    else:
        words = "Bad Request: can't parse entities: none"
        units = utf16_length(result.text)
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= units for e in result.entities)
    assert words.startswith("Bad Request: can't parse entities: ")


@given(st.text(alphabet=st.sampled_from("<b></b>&amp; x")), st.integers(0, 20))
def test_a_cut_in_the_middle_of_a_bold_text_is_refused(inside: str, cut: int) -> None:
    markup = f"<b>{html.escape(inside)}</b>"
    kept = markup[: 3 + min(cut, len(html.escape(inside)))]
    assert refusal(kept) == 'Can\'t find end tag corresponding to start tag "b"'


# The cases and words of TDLib's own tests (test/message_entities.cpp).
@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        (
            "🏟 🏟&lt;<i    aba>",
            'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13',
        ),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ('<a href="x"', "Unclosed start tag at byte offset 0"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (
            "🏟 🏟&lt;<i>a</em   >",
            'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"',
        ),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "&#57311;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_bad_html_is_refused_with_the_place_in_bytes(markup: str, words: str) -> None:
    assert refusal(markup) == words


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("&lt;&gt;&amp;&quot;&laquo;&#12345678;", '<>&"&laquo;&#12345678;', []),
        ("🏟 🏟<i>🏟 &lt🏟</i>", "🏟 🏟🏟 <🏟", [("italic", 5, 6)]),
        ("<i>a</>", "a", [("italic", 0, 1)]),
        ("x<b></b>", "x", []),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ('<a href="tel:+14155552671">call</a>', "call", []),
        ("<pre><code class='language-py'>a</code></pre>", "a", [("pre", 0, 1)]),
        ("<pre> <code class='language-py'>a</code></pre>", " a", [("pre", 0, 2), ("code", 1, 1)]),
    ],
)
def test_good_html_is_read_as_tdlib_reads_it(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    result = parse_html(markup)
    assert result.text == text
    assert [(e["type"], e["offset"], e["length"]) for e in result.entities] == entities


def test_a_link_keeps_its_address_and_code_its_language() -> None:
    assert parse_html('<a href="telegram.org?&lt;">x</a>').entities[0]["url"] == "http://telegram.org?<"
    assert parse_html("<a>telegram.org</a>").entities[0]["url"] == "http://telegram.org/"
    assert parse_html("<pre><code class='language-py'>x</code></pre>").entities[0]["language"] == "py"


@pytest.mark.parametrize("url", ["http://localhost:8080/x", "https://intranet"])
def test_a_link_to_a_host_without_a_dot_is_no_link(url: str) -> None:
    with pytest.raises(ValueError, match="Wrong HTTP URL"):
        checked_url(url)


def test_white_space_at_the_ends_is_dropped_and_entities_move_along() -> None:
    result = formatted("  \n<b> hi </b>\n ", parse_mode="HTML", entities=None)
    assert result == Formatted("hi", [{"type": "bold", "offset": 0, "length": 2}])


@given(st.text(), st.data())
def test_an_entity_stays_in_the_text_or_is_refused(text: str, data: st.DataObject) -> None:
    units = utf16_length(text)
    offset = data.draw(st.integers(-1, units + 1))
    length = data.draw(st.integers(0, units + 1))
    kind = data.draw(st.sampled_from(sorted(EXPLICIT_TYPES)))
    entity: JsonObject = {"type": kind, "offset": offset, "length": length}
    encoded = text.encode("utf-16-le")
    try:
        formatted(text, parse_mode="", entities=[entity])
    except BotApiError:
        return
    assert 0 <= offset < offset + length <= units
    encoded[2 * offset : 2 * (offset + length)].decode("utf-16-le")  # whole characters


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "bold", "offset": 2, "length": 3}, "ends after the end of the text at UTF-16 offset 3"),
        ({"type": "bold", "offset": 1, "length": 2}, "begins in a middle of a UTF-16 symbol"),
        ({"type": "bold", "offset": 0, "length": 1}, "ends in a middle of a UTF-16 symbol"),
        ({"type": "bold", "offset": -1, "length": 1}, "incorrect offset -1"),
        ({"type": "loud", "offset": 0, "length": 2}, "unknown type of entity 'loud'"),
    ],
)
def test_a_wrong_entity_is_refused_by_name(entity: JsonObject, words: str) -> None:
    with pytest.raises(BotApiError, match=words):
        formatted("😀!", parse_mode="", entities=[entity])


def test_formatting_past_the_hundredth_entity_is_dropped() -> None:
    assert len(formatted("<b>x</b> " * 120, parse_mode="HTML", entities=None).entities) == 100


def test_a_broken_surrogate_pair_and_other_parse_modes_are_refused() -> None:
    for text, mode in [("\ud83d", ""), ("*x*", "MarkdownV2"), ("x", "wiki")]:
        with pytest.raises(BotApiError):
            formatted(text, parse_mode=mode, entities=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", [(0, 6)]),
        ("😀 /call@ringback_bot now", [(3, 18)]),
        ("and/or 1/2 http://x/y", []),
        ("/a /b", [(0, 2), (3, 2)]),
        ("/call/now", []),
    ],
)
def test_commands_are_found_as_telegram_finds_them(text: str, found: list[tuple[int, int]]) -> None:
    assert [(e["offset"], e["length"]) for e in bot_commands(text)] == found
