"""Heard words as people write them: times as `7:45` and `7pm`, questions with their mark, each sentence once, and a
few words that sound like others.

Owns what a recogniser's spelling is turned into before anybody reads it. Nothing is made up: what is not known stays as
it is. Pure.
"""

import re

_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOUR = rf"(?:{'|'.join(_HOURS)}|1[0-2]|0?[1-9])"
_TENS = {"ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_MINUTES = {"oh five": 5, "fifteen": 15} | _TENS | {f"{tens} five": n + 5 for tens, n in _TENS.items() if n > 10}
_MINUTE = "|".join(sorted(_MINUTES, key=len, reverse=True)).replace(" ", "[ -]")
_HALF = r"(?P<half>[ap])\.? ?m\b\.?"
_NOT_COUNTED = r"(?! ?(?:people|persons|guests|dollars|euros|pounds|minutes|times|percent|%))"

_SPELT = re.compile(rf"\b(?P<hour>{_HOUR})[ -](?P<minute>{_MINUTE})\b(?![ -](?:{'|'.join(_HOURS)})\b)", re.IGNORECASE)
_PAST = re.compile(rf"\b(?P<part>half|(?:a )?quarter) (?P<way>past|to) (?P<hour>{_HOUR})\b", re.IGNORECASE)
_WITH_HALF = re.compile(rf"(?<![\w:.-])(?P<hour>{_HOUR})(?:[:. ]?(?P<minute>[0-5]\d))? ?{_HALF}", re.IGNORECASE)
_DIGITS = re.compile(
    rf"(?<![\w:.,+$€£-])(?P<hour>1[0-2]|[1-9])[:. ]?(?P<minute>[0-5][05])(?![\w:]|[.,-]\d| \d){_NOT_COUNTED}"
)
_AT_FOR_EIGHT = re.compile(
    r"\bat (?=(?:1[3-9]|[2-5]\d) ?[ap]\.? ?m\b)", re.IGNORECASE
)  # "at 30pm": there is no such hour
_O_CLOCK = re.compile(rf"\b(?P<hour>{_HOUR}) o['’]? ?clock\b", re.IGNORECASE)
_UNDER = re.compile(
    r"\bUnder(?!stand|stood|neath|take|took|way|ground|go|line|water|cover|wear|lying)(?P<name>[a-z]{3,})\b"
)
_NO_NAME = "an|the|this|that|these|those|what|which|my|your|our|his|her|their|any|some|control|construction|pressure|no"
_UNDER_A_NAME = re.compile(rf"\b(?P<under>[Uu]nder) (?!(?:{_NO_NAME})\b)(?P<name>[a-z]{{3,}})(?=,? please\b|[.!?]|$)")
_SOUNDS_LIKE = (
    (
        re.compile(
            r"\byou(?:r|['’]re) book(?:ed)?\b(?=[,.:;]|$| (?:for|at|on|in|today|tonight|tomorrow|table|\w+day\b|\d))",
            re.IGNORECASE,
        ),
        "you are booked",
    ),
    (re.compile(r"\byou are booked\.? (?=\d)", re.IGNORECASE), "you are booked: "),
    (re.compile(r"\bwith(?:out| that) suit\b", re.IGNORECASE), "would that suit"),
    (re.compile(r"\balright\b", re.IGNORECASE), "all right"),
    (re.compile(r"\bA\.I\.(?=\W)"), "AI"),
    (re.compile(r"\bcanceled\b", re.IGNORECASE), "cancelled"),
)
_AUX = "is|are|was|were|do|does|did|can|could|will|would|shall|should|may|have|has"
_ASKS = re.compile(
    rf"(?:(?:[^,]+, )?(?:and |so |or |but )?"
    rf"(?:(?:what|which|who|whose|how|when|where|why) (?:{_AUX}|name|time|day|date|many|much|about|else|late|number)"
    r"|(?:for|at|in|on|under) (?:what|which|how|whose)"
    rf"|(?:{_AUX}) (?:i|you|we|they|he|she|it|that|this|there|any\w+))\b.*"
    r"|(?:.*, )?and (?:the|your|a|what|at what|for how) \w+(?: \w+)?(?:,? please)?"
    r"|.*\b(?:under|in) (?:what|which) name(?:,? please)?|.*\bany(?:one|body) there)\.",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=\S)")


def written(text: str) -> str:
    """As a person would have written it down."""
    text = re.sub(r"\s+", " ", text).strip()
    text = _PAST.sub(_past, text)
    text = _SPELT.sub(lambda m: f"{_number(m['hour'])}:{_MINUTES[m['minute'].lower().replace('-', ' ')]:02}", text)
    text = _AT_FOR_EIGHT.sub("8:", text)
    text = _WITH_HALF.sub(_with_half, text)
    text = _DIGITS.sub(lambda m: f"{m['hour']}:{m['minute']}", text)
    text = _O_CLOCK.sub(lambda m: f"{_number(m['hour'])}:00", text)
    for pattern, words in _SOUNDS_LIKE:
        text = pattern.sub(lambda m, words=words: _cased(words, m[0]), text)  # type: ignore[misc]
    text = _UNDER.sub(lambda m: f"Under {m['name'].capitalize()}", text)
    text = _UNDER_A_NAME.sub(lambda m: f"{m['under']} {m['name'].capitalize()}", text)
    return _in_sentences(text)


def _number(hour: str) -> int:
    return int(hour) if hour.isdigit() else _HOURS.index(hour.lower()) + 1


def _past(match: re.Match[str]) -> str:
    minutes = 30 if match["part"].lower() == "half" else 15
    hour = _number(match["hour"])
    if match["way"].lower() == "to":
        hour, minutes = (hour - 2) % 12 + 1, 60 - minutes
    return f"{hour}:{minutes:02}"


def _with_half(match: re.Match[str]) -> str:
    """`7 p.m.` as `7pm`; the dot stays where it ends a sentence, too."""
    minute = f":{match['minute']}" if match["minute"] else ""
    rest = match.string[match.end() :]
    ends = match[0].endswith(".") and (not rest or re.match(r" [A-Z]", rest))
    return f"{_number(match['hour'])}{minute}{match['half'].lower()}m{'.' if ends else ''}"


def _cased(words: str, was: str) -> str:
    return words[:1].upper() + words[1:] if was[:1].isupper() else words


def _in_sentences(text: str) -> str:
    """Questions as such, and without sentences that were said just before, which is how a recogniser stammers."""
    kept: list[str] = []
    for sentence in _SENTENCE.split(text):
        if not kept or _bare(sentence) != _bare(kept[-1]):
            kept.append(f"{sentence[:-1]}?" if _ASKS.fullmatch(sentence) else sentence)
    return " ".join(kept)


def _bare(sentence: str) -> str:
    return re.sub(r"\W", "", sentence).lower()
