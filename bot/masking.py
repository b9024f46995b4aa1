"""Phone numbers in any text made unreadable but for their last two digits.

Pure. Owns the recognition; where it cannot be sure it hides. Seven digits or more with what people put between them are
a number, six after a plus. Dates, times and prices stay as they are. A digit becomes a dot for each of its UTF-16
units, so that the offsets of Telegram's entities stay right (https://core.telegram.org/api/entities).
"""

import re

from bot.richtext import units

# Spaces of all widths, invisible marks (contacts are copied with them), hyphens and dashes.
_BLANK = "\t \u00a0\u2000-\u200f\u202a-\u202f\u2060-\u2069\u3000"
_JOIN = rf"[{_BLANK}().\[\]/\-\u2010-\u2015\u2212]"
_NUMBER = re.compile(
    # Read out digit by digit: only then are commas part of it.
    rf"(?:[+＋]{_JOIN}{{0,2}})?(?<!\d)\d(?:(?:{_JOIN}|,){{1,4}}\d(?!\d)){{6,}}"
    rf"|[+＋]{_JOIN}{{0,2}}\d(?:{_JOIN}{{0,4}}\d){{5,}}"
    rf"|(?<!\d)\d{{3}},[{_BLANK}]?\d{{3}},[{_BLANK}]?\d{{4}}(?!\d)"
    rf"|\d(?:{_JOIN}{{0,4}}\d){{6,}}"
)

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_CURRENCY = r"(?:USD|EUR|GBP|CHF)"
_HOUR = r"(?:[01]?\d|2[0-4])"


def _date(name: str) -> str:
    """The pattern of a date in figures; `name` keeps its groups apart from those of another."""
    return (
        rf"(?:{_YEAR}(?P<{name}1>[-./]){_MONTH}(?P={name}1){_DAY}"
        rf"|(?:{_DAY}\.?[-–])?{_DAY}(?P<{name}2>[-/]|\.[ ]?){_MONTH}(?P={name}2)(?:{_YEAR}|\d\d)"
        rf"|{_MONTH}(?P<{name}3>[-/]){_DAY}(?P={name}3)(?:{_YEAR}|\d\d))"
    )


_KEPT = re.compile(
    rf"(?<!\d)(?<!\d[-./]){_date('from')}(?:[ ]?[-–/][ ]?{_date('to')})?(?![-./]?\d)"
    r"|(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?!:?\d)"
    # With a dot only where it is plain that a time is meant.
    rf"|(?<![\d.]){_HOUR}\.[0-5]\d(?:[ ]?[-–][ ]?{_HOUR}\.[0-5]\d(?![.\d])|(?=[ ]?(?:Uhr|h|hrs|[ap]\.?m)\b))"
    # A large price in groups of thousands. Phone numbers are grouped so as well, but name no currency.
    rf"|(?:[$€£¥]|\b{_CURRENCY})[ ]?[1-9]\d{{0,2}}(?P<before>[.,' ])\d{{3}}(?:(?P=before)\d{{3}})*(?![ .,'/-]?\d)"
    r"|(?<![\d+])(?<![\d+][ .,'/-])[1-9]\d{0,2}(?P<after>[.,' ])\d{3}(?:(?P=after)\d{3})*"
    rf"[ ]?(?:[$€£¥]|{_CURRENCY}\b)"
)


def masked(text: str) -> str:
    """The text with dots for the digits of phone numbers, of the same length in UTF-16 units."""
    shown: list[str] = []
    done = 0
    for kept in _KEPT.finditer(text):
        shown += (_NUMBER.sub(_dots, text[done : kept.start()]), kept[0])
        done = kept.end()
    return "".join((*shown, _NUMBER.sub(_dots, text[done:])))


def _dots(number: re.Match[str]) -> str:
    *_, first_shown, _ = re.finditer(r"\d", number[0])
    hidden, shown = number[0][: first_shown.start()], number[0][first_shown.start() :]
    return re.sub(r"\d", lambda digit: "•" * units(digit[0]), hidden) + shown
