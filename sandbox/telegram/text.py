"""Text as Telegram counts and formats it: UTF-16 lengths, message entities, HTML markup, bot commands.

Owns the way from `text` + `parse_mode` or `entities` to the text and entities a message has. Pure. Must not
know chats or HTTP. The markup is scanned by hand, not by `html.parser`: Telegram's HTML is not the browsers'
(a bare `<` is an error, errors name a byte offset), and a lenient parser would let through what Telegram
refuses.

Follows https://core.telegram.org/bots/api#formatting-options and #messageentity; the wording of parse errors
is that of the public tests of TDLib (test/message_entities.cpp).
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from sandbox.telegram.error import BotApiError, JsonObject, bad_request, not_modelled

TEXT_LIMIT = 4096  # sendMessage: "Text of the message to be sent, 1-4096 characters after entities parsing"
CAPTION_LIMIT = 1024  # sendDocument: "Document caption, 0-1024 characters after entities parsing"
ENTITIES_LIMIT = 100  # formatting past the hundredth entity is dropped without a word


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


EXPLICIT_TYPES = word_set(
    "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link "
    "text_mention custom_emoji date_time"
)
# Found by Telegram itself; given explicitly they are taken and have no effect.
DETECTED_TYPES = word_set("mention hashtag cashtag bot_command url email phone_number")

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_SPACE = re.compile(r"[ \t\r\n\v]*")
_TAG_NAME = re.compile(r"[^ \t\r\n\v>]*")
_ATTRIBUTE_NAME = re.compile(r"[^ \t\r\n\v=>]*")
_BARE_VALUE = re.compile(r"[A-Za-z0-9.-]*")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_RUN = re.compile(r"[^<&]+")
# "All supported numerical HTML entities" and, of the named ones, "only &lt;, &gt;, &amp; and &quot;".
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_COMMAND = re.compile(r"(?<![\w/<>])/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?(?![\w/<>])")
_LINK_SCHEMES = frozenset({"http", "https", "ftp", "tg", "ton", "tonsite"})


class Formatted(NamedTuple):
    text: str
    entities: list[JsonObject]


def utf16_length(text: str) -> int:
    """MessageEntity: "Offset in UTF-16 code units"; lengths and limits are counted in the same."""
    return len(text) + sum(character > "\uffff" for character in text)


def checked_url(url: str) -> str:
    """The link as Telegram keeps it. Raises ValueError, in TDLib's words, for one that it does not take."""
    scheme, separator, _ = url.partition(":")
    if not separator or not scheme.isalpha():
        url = f"http://{url}"
    parts = urlsplit(url)
    if parts.scheme not in _LINK_SCHEMES:
        raise ValueError("Unsupported URL protocol")  # among them tel: and mailto:
    if parts.scheme in {"http", "https", "ftp"} and "." not in (parts.hostname or ""):
        raise ValueError("Wrong HTTP URL")  # localhost too: a link must work on the reader's own phone
    return url if parts.path or parts.query or parts.scheme == "tg" else f"{url}/"


@dataclass
class _Tag:
    name: str
    at: int  # byte offset in the markup
    start: int  # UTF-16 offset in the text
    piece: int  # index into the pieces of text
    attributes: dict[str, str] = field(default_factory=dict)


class _HtmlScanner:
    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.at = 0
        self.pieces: list[str] = []
        self.length = 0
        self.open: list[_Tag] = []
        self.entities: list[JsonObject] = []

    def scan(self) -> Formatted:
        while self.at < len(self.markup):
            if self.markup.startswith("</", self.at):
                self._end_tag()
            elif self.markup[self.at] == "<":
                self._start_tag()
            elif run := self._take(_RUN):
                self._write(run)
            else:
                self._write(self._reference())
        if self.open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return Formatted("".join(self.pieces), _in_order(self.entities))

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += utf16_length(text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.markup, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _byte(self, at: int) -> int:
        return len(self.markup[:at].encode())

    def _reference(self) -> str:
        match = _REFERENCE.match(self.markup, self.at)
        character = _referenced(match) if match else None
        if match is None or character is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return character

    def _start_tag(self) -> None:
        begin = self._byte(self.at)
        self.at += 1
        name = self._take(_TAG_NAME).lower()
        if self.at == len(self.markup):
            raise _unparsable(f"Unclosed start tag at byte offset {begin}")
        if name not in _TAGS:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {begin}')
        tag = _Tag(name, begin, self.length, len(self.pieces))
        while True:
            self._take(_SPACE)
            if self.at == len(self.markup):
                raise _unparsable(f"Unclosed start tag at byte offset {begin}")
            if self.markup[self.at] == ">":
                break
            self._attribute(tag)
        self.at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(tag)

    def _attribute(self, tag: _Tag) -> None:
        name = self._take(_ATTRIBUTE_NAME).lower()
        if not name:
            raise _unparsable(f'Empty attribute name in the tag "{tag.name}" at byte offset {tag.at}')
        self._take(_SPACE)
        if self.at == len(self.markup):
            raise _unparsable(f'Unclosed start tag "{tag.name}" at byte offset {tag.at}')
        if self.markup[self.at] != "=":
            if (tag.name, name) == ("blockquote", "expandable"):  # the one attribute without a value
                tag.attributes[name] = ""
                return
            raise _unparsable(
                f'Expected equal sign in declaration of an attribute of the tag "{tag.name}" at byte offset {tag.at}'
            )
        self.at += 1
        self._take(_SPACE)
        if self.at == len(self.markup):
            raise _unparsable(f'Unclosed start tag "{tag.name}" at byte offset {tag.at}')
        quote = self.markup[self.at]
        tag.attributes[name] = self._quoted(quote, tag) if quote in "'\"" else self._bare()

    def _quoted(self, quote: str, tag: _Tag) -> str:
        end = self.markup.find(quote, self.at + 1)
        if end < 0:
            raise _unparsable(f"Unclosed start tag at byte offset {tag.at}")
        raw = self.markup[self.at + 1 : end]
        self.at = end + 1
        return _REFERENCE.sub(lambda match: _referenced(match) or match.group(), raw)

    def _bare(self) -> str:
        begin = self._byte(self.at)
        value = self._take(_BARE_VALUE).lower()
        if self.at == len(self.markup) or self.markup[self.at] not in " \t\r\n\v>":
            raise _unparsable(f"Unexpected end of name token at byte offset {begin}")
        return value

    def _end_tag(self) -> None:
        begin = self._byte(self.at)
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_SPACE)
        if not self.markup.startswith(">", self.at):
            raise _unparsable(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        tag = self.open.pop()
        if name not in {"", tag.name}:
            raise _unparsable(f'Unmatched end tag at byte offset {begin}, expected "</{tag.name}>", found "</{name}>"')
        if self.length > tag.start:
            self._close(tag)

    def _close(self, tag: _Tag) -> None:
        entity: JsonObject = {
            "type": _TAGS[tag.name],
            "offset": tag.start,
            "length": self.length - tag.start,
        }
        if tag.name == "a":
            try:
                entity["url"] = checked_url(tag.attributes.get("href") or "".join(self.pieces[tag.piece :]))
            except ValueError:
                return  # a link that Telegram does not take becomes plain text, without an error
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
            if not entity["custom_emoji_id"].isdecimal():
                raise _unparsable("Invalid custom emoji identifier specified")
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code" and tag.attributes.get("class", "").startswith("language-"):
            entity["language"] = tag.attributes["class"].removeprefix("language-")
        self.entities.append(entity)


def _unparsable(what: str) -> BotApiError:
    return bad_request(f"can't parse entities: {what}")


def _referenced(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if 0xD800 <= code <= 0xDFFF:
        raise _unparsable(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code) if 0 < code < 0x10FFFF else None


def _in_order(entities: list[JsonObject]) -> list[JsonObject]:
    """Outer before inner. `<pre><code class="language-x">` is one `pre`; elsewhere a language is ignored."""
    blocks = {(e["offset"], e["length"]): e for e in entities if e["type"] == "pre"}
    kept = []
    for entity in entities:
        language = entity.pop("language", "") if entity["type"] == "code" else ""
        block = blocks.get((entity["offset"], entity["length"])) if language else None
        if block is not None:
            block["language"] = language
        else:
            kept.append(entity)
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def parse_html(markup: str) -> Formatted:
    """`parse_mode=HTML`. Raises BotApiError "can't parse entities: ..."."""
    return _HtmlScanner(markup).scan()


def checked_entities(text: str, entities: list[JsonObject]) -> list[JsonObject]:
    """Entities given by the bot. Raises BotApiError for one outside the text or cutting a surrogate pair."""
    coded = text.encode("utf-16-le")
    units = len(coded) // 2

    def within_a_pair(at: int) -> bool:
        return at < units and 0xDC <= coded[2 * at + 1] <= 0xDF  # the second half of a surrogate pair (RFC 2781, 2.1)

    for entity in entities:
        offset, length = entity.get("offset"), entity.get("length")
        if entity.get("type") not in EXPLICIT_TYPES | DETECTED_TYPES:
            raise not_modelled(f"unknown type of entity {entity.get('type')!r}")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise bad_request(f"receive an entity with incorrect offset {offset} or length {length}")
        end = offset + length
        if end > units:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {units}"
            )
        if within_a_pair(offset):
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {offset}")
        if within_a_pair(end):
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol at {end}"
            )
    return [entity for entity in entities if entity["type"] in EXPLICIT_TYPES]


def _trimmed(formatted: Formatted) -> Formatted:
    """Telegram drops white space at both ends: a text that differs only there is the same text."""
    text = formatted.text.strip()
    lead = utf16_length(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    units = utf16_length(text)
    entities = []
    for entity in formatted.entities:
        begin = max(0, entity["offset"] - lead)
        end = min(units, entity["offset"] + entity["length"] - lead)
        if begin < end:
            entities.append({**entity, "offset": begin, "length": end - begin})
    return Formatted(text, entities)


def formatted(text: str, *, parse_mode: str, entities: list[JsonObject] | None) -> Formatted:
    """The text and entities of a message. Lengths count after parsing: the caller checks them."""
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, sent as a JSON escape
        raise bad_request("text must be encoded in UTF-8") from None
    mode = parse_mode.lower()
    if mode == "html":
        result = parse_html(text)  # "entities ... can be specified instead of parse_mode": the mode wins
    elif mode in {"markdown", "markdownv2"}:
        raise not_modelled(f"parse_mode {parse_mode}: use HTML or entities")
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        result = Formatted(text, checked_entities(text, entities or []))
    result = _trimmed(result)
    return Formatted(result.text, result.entities[:ENTITIES_LIMIT])


def bot_commands(text: str) -> list[JsonObject]:
    """The `bot_command` entities that Telegram finds in what a person writes: /word, /word@some_bot."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _COMMAND.finditer(text)
    ]
