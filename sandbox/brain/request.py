"""A requester's free wording, taken apart: whom to call and when, what for, what may be agreed to, what to ask.

Owns the sorting of a message into clauses. What becomes of them is `plan.py`'s. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.brain.dates import WEEKDAYS
from sandbox.brain.errand import Particulars, name_in, particulars_in
from sandbox.brain.timing import Retries, When, leading, take_retries, wholly
from sandbox.brain.voice import full, third_person
from sandbox.brain.words import CAPITALISED, capital, count, time_range

_CONTACT = re.compile(r"^Shared contact: *(?P<name>.*?),? *(?P<number>\+?[\d ().-]{5,})$", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(
    r"(?<![\w.])\(?\+?\d[\d ().-]{5,}\d(?!\d|\s?[ap]\.?m\b|\.?:\d|\s(?:people|persons|guests|of us)\b)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")
_CALL = r"\b(?:call|ring|phone|telephone|dial|give)\b(?: up)?"
_TWICE = re.compile(rf"^call (?=.+{_CALL})", re.IGNORECASE)
_SHORT = re.compile(rf"{_CALL} (?P<number>\d{{3,6}})(?![\d:.]|\s?[ap]\.?m\b)", re.IGNORECASE)
_NAME_ENDS = (
    r"(?= (?:a (?:call|ring|bell)|on|at|and|to|about|for|that|if|whether|tonight|today|tomorrow|please|instead|back"
    r"|or|in|with|table)\b"
    r"|'s number|[,.;:!?()#\n]|\s*$| (?-i:every|each|daily|weekly|this|next|again|now|right now)\b"
    rf"| (?:{'|'.join(WEEKDAYS)})(?= (?:at|morning|afternoon|evening|and|to)\b))"
)
_PRONOUN = re.compile(
    r"(?:them|it|him|her|me|us|this|that|there|someone|somebody|again|back|a|the|now|right now|every|each)?",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^\W*(?:please )?(?:schedule|place|make|plan|postpone|do) (?:the|this|that|my) call(?: (?:for|to|until))?\b",
    re.IGNORECASE,
)
_NUMBER_MARK = re.compile(r"^[\s,]*\(?\s*(?:on|at|under)?(?: the number)? ?#\)?", re.IGNORECASE)
_FAMILY = (
    "mum|mom|mother|dad|father|sister|brother|wife|husband|son|daughter|gran|grandma|grandmother|grandpa|grandfather"
    "|aunt|uncle|cousin|friend|girlfriend|boyfriend|partner|neighbour|neighbor|boss|colleague|flatmate|roommate|landlord"
)
_BUSINESS = (
    "restaurant|trattoria|ristorante|bistro|pizzeria|bar|pub|caf[eé]|diner|grill|kitchen|hotel|dentist|doctor|dr|clinic"
    "|practice|salon|barber|hairdresser|shop|store|garage|bank|office|school|pharmacy|vet|gym|spa|company|airline|taxi|insurance"
    "|embassy|theatre|theater|cinema|museum|bakery|plumber|electrician|support|service|reception|surgery"
)
_WHO = rf"(?:my (?:\w+ )?(?:{_FAMILY})(?: {CAPITALISED})?|the [\w ]+?|{CAPITALISED})"
_ELSEWHERE = (
    rf"(?P<name>{CAPITALISED})[ ,:(]*(?:on |at )?#",
    rf"#[ ,:]*\(?(?P<name>{CAPITALISED})\)?",
    (
        rf"\b(?:ask|tell|remind|wish|thank|congratulate) (?P<name>{_WHO})"
        r"(?= (?:if|whether|that|to|what|when|where|how|who|a|an|for)\b)"
    ),
    rf"\b(?:at|with) (?P<name>{CAPITALISED})",
)
_ASK = re.compile(
    r"^(?:please )*(?:ask|find out|check|see|enquire|inquire)\b"
    rf"(?: (?:them|him|her|{_WHO}))?(?: (?:also|too|please))?,? "
    r"(?P<q>(?:if|whether|what|when|where|which|who|why|how|about)\b.+?)(?: (?:too|also|as well|please))*$",
    re.IGNORECASE,
)
_DO_NOT_ASK = re.compile(
    r"\b(?:do not|drop|remove|forget)\b.*?\b(?:ask(?:ing)?|question)?(?: about| whether| if)? (?P<what>.+)",
    re.IGNORECASE,
)
_TELL = re.compile(
    rf"^(?:please )*(?:tell (?:them|him|her|{_WHO})|let (?:them|him|her|{_WHO}) know|mention|say)"
    r"(?: also)?(?: that)? (?P<what>.+)$",
    re.IGNORECASE,
)
_TERM = re.compile(
    r"\b(?:fine|ok|okay|works?|all right|alright|flexible|possible|either way|good too|acceptable|give or take)\b"
    r"|\bany ?(?:other )?(?:time|day|date|weekday)\b|\bbetween \d|\bwould (?:also )?do\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[;\n]+|(?<!\b[ap]\.m)[.!?]+(?:\s+|$)|, (?!\d{4})"
    r"|,? \b(?:and|but|then)\b (?=(?:also |please )*(?:ask|find out|check|tell|let|mention|say|use|be|under|name|book"
    r"|make|any|whether|if|what|when|where|how|who|which|\d)\b)"
    r"| \((?=[^)]*\))|\)",
    re.IGNORECASE,
)
_JOINERS = re.compile(r"^(?:(?:and|also|then|but)\b[ ,]*)+", re.IGNORECASE)
_BARE_QUESTION = re.compile(r"^(?:whether|if|what|when|where|how|who|which)\b.+", re.IGNORECASE)
_GREETING = re.compile(r"^(?:happy|merry|good luck)\b", re.IGNORECASE)


@dataclass
class Request:
    """What a message says; empty where it says nothing."""

    text: str
    calls: bool = False  # it asks for a phone call in so many words
    callee_name: str = ""
    callee_number: str = ""
    behalf: str = ""
    may_agree: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)  # questions not to ask after all
    told: list[str] = field(default_factory=list)  # what to say, beside the matter itself
    action: str = ""  # the matter, in the requester's words
    wish: Particulars = field(default_factory=Particulars)
    when: When = field(default_factory=When)  # to place the call
    at_once: bool = False  # not later after all
    retries: Retries = field(default_factory=Retries)


def read_request(message: str, requester: str) -> Request:
    """`requester` stands for I and my."""
    request = Request(message)
    request.retries, text = take_retries(full(message))
    text = _take_contact(request, _ORDER.sub("call them", _said_once(text)))
    text = _take_number(request, text)
    text = _take_callee(request, text)
    clauses = (_JOINERS.sub("", part.strip(" ,#:")) for part in _CLAUSES.split(text) if part)
    rest = [clause for clause in clauses if clause and not any(taken(request, clause, requester) for taken in _SORTING)]
    action = re.sub(
        r"^(?:(?:and|to|please|then|about|for me|hi|hello|hey)\b[ ,]*)+", "", ", ".join(rest), flags=re.IGNORECASE
    )
    request.action = _with_name(re.sub(r"\s*#\s*", " ", action).strip(" ,"), request.callee_name)
    corrected = re.sub(r"\bnot (?:on |at |for )?[\w:]+,? (?:but )?", "", request.action)
    request.wish = particulars_in(corrected).over(Particulars(name=request.wish.name))
    return request


def _said_once(text: str) -> str:
    """`/call today at 2pm call Luigi` says twice that somebody is to be called; the time stands between."""
    twice = _TWICE.match(text)
    between = re.split(_CALL, text[twice.end() :], maxsplit=1, flags=re.IGNORECASE)[0] if twice else ""
    return text[twice.end() :] if twice and wholly(_without_courtesy(between)).said else text


def _with_name(action: str, name: str) -> str:
    """`wish her a happy birthday` with the name of her who is called."""
    if not name or is_business(name):
        return action
    action = re.sub(r"\b(wish (?:him|her|them)) (?=happy|merry)", r"\1 a ", action, flags=re.IGNORECASE)
    return re.sub(r"\b(wish|congratulate|thank|remind) (?:him|her|them)\b", rf"\1 {name}", action, flags=re.IGNORECASE)


def is_family(name: str) -> bool:
    return bool(re.search(rf"\b(?:{_FAMILY})\b", name, re.IGNORECASE))


def is_business(name: str) -> bool:
    return bool(re.search(rf"\b(?:{_BUSINESS})\b", name, re.IGNORECASE))


def _take_contact(request: Request, text: str) -> str:
    if contact := _CONTACT.search(text):
        request.callee_name, request.callee_number = contact["name"].strip(), contact["number"].strip()
        return _CONTACT.sub("", text)
    return text


def _take_number(request: Request, text: str) -> str:
    """The first phone number, as it was written; `#` marks its place."""
    for match in _NUMBER.finditer(text):
        written = match[0].strip()
        written = written.removeprefix("(") if written.count("(") > written.count(")") else written
        if sum(c.isdigit() for c in written) >= 7 and not _DATE.fullmatch(written):
            request.callee_number = request.callee_number or written
            return f"{text[: match.start()]}#{text[match.end() :]}"
    if short := _SHORT.search(text):
        request.callee_number = short["number"]
        return f"{text[: short.start('number')]}#{text[short.end('number') :]}"
    return text


def _take_callee(request: Request, text: str) -> str:
    """The name and the time to call, and the text without the order to call."""
    called = re.search(rf"{_CALL}(?P<name>.*?){_NAME_ENDS}(?: a (?:call|ring|bell)\b)?", text, re.IGNORECASE)
    name, around = "", text
    if called:
        request.calls = True
        name, around = called["name"].strip(), f"{text[: called.start()]} {text[called.end() :]}"
        text = f"{_before(request, text[: called.start()])} {_after(request, text[called.end() :])}"
    if _PRONOUN.fullmatch(name):
        found = (re.search(pattern, around) for pattern in _ELSEWHERE)
        name = next((match["name"] for match in found if match), "")
    if name and not _PRONOUN.fullmatch(name):
        request.callee_name = request.callee_name or _shown_name(name)
    text = _NUMBER_MARK.sub(" ", text)
    return re.sub(r"\b(?:the|their|her|his) number is #|\bnumber: ?#", " ", text, flags=re.IGNORECASE)


def _before(request: Request, text: str) -> str:
    """What stands before the order to call, without a time to call: "tomorrow at 9 please call ..."."""
    text = _without_courtesy(text)
    request.when = wholly(text)
    return "" if request.when.said else text


def _after(request: Request, text: str) -> str:
    """What stands behind the callee's name, without the number's place and a time to call, in either order."""
    text = re.sub(r"^[\s,]*(?:(?:back|again|instead)\b ?)+", " ", text, flags=re.IGNORECASE)
    text = _NUMBER_MARK.sub(" ", text)
    if now := re.match(r"[\s,]*(?:right )?now\b", text, re.IGNORECASE):
        request.at_once = True
        return text[now.end() :]
    when, rest = leading(text)
    if not when.said:
        return text
    request.when = when
    return _NUMBER_MARK.sub(" ", re.sub(r"^[\s,]*instead\b", "", rest, flags=re.IGNORECASE))


def _without_courtesy(text: str) -> str:
    return re.sub(
        r"\b(?:please|can you|could you|would you|i (?:want|would like|need) you to|hi|hello|hey)\b[ ,!]*",
        "",
        text,
        flags=re.IGNORECASE,
    )


def _shown_name(name: str) -> str:
    """`my mum` as `Mum`; others as they were written."""
    if is_family(name) or re.match(r"(?:my|our) ", name):
        return capital(re.sub(r"^(?:my|our) ", "", name))
    return name


# Clauses, sorted by the first of these that takes them


def _question(request: Request, clause: str, requester: str) -> bool:
    asked = _ASK.match(clause)
    words = asked["q"] if asked else ""
    if not asked and _BARE_QUESTION.match(clause) and not _TERM.search(clause):
        words = clause
    if words:
        question = re.sub(r"^if\b", "whether", third_person(words, requester), flags=re.IGNORECASE)
        request.questions.append(capital(re.sub(r"^about ", "", question)))
    return bool(words)


def _dropped(request: Request, clause: str, _requester: str) -> bool:
    dropped = re.match(r"(?:do not|drop|remove|forget)\b", clause, re.IGNORECASE) and _DO_NOT_ASK.search(clause)
    if dropped:
        request.dropped.append(dropped["what"])
    return bool(dropped)


def _telling(request: Request, clause: str, requester: str) -> bool:
    told = _TELL.match(clause)
    if told:
        request.told.append(capital(third_person(told["what"], requester)))
    return told is not None


def _term(request: Request, clause: str, _requester: str) -> bool:
    """What may be agreed to. A clause that also orders something is not one."""
    if not _TERM.search(clause) or re.search(r"\b(?:book|reserve|make it|move|cancel)\b", clause, re.IGNORECASE):
        return False
    request.may_agree.append(clause)
    return True


def _named(request: Request, clause: str, _requester: str) -> bool:
    """`name Shane`, `under Ana`, `on behalf of Ana`: alone in its clause, or within the matter."""
    behalf = re.search(rf"\bon behalf of (?P<name>{CAPITALISED})", clause)
    name = behalf["name"] if behalf else name_in(clause)
    if not name:
        return False
    request.behalf = name
    if not behalf:
        request.wish = Particulars(name=name)
    return bool(
        re.match(
            r"(?:and |please )*(?:under|(?:the |my )?name|in the name|on behalf|make it under)\b", clause, re.IGNORECASE
        )
    )


def _manner(_request: Request, clause: str, _requester: str) -> bool:
    """How to speak: read from the whole message by the planner."""
    return bool(
        re.search(r"\b(?:persona|tone|voice\b(?!mail)|manner)\b", clause, re.IGNORECASE)
        or re.match(r"(?:please )?(?:be|sound|speak|talk) (?:\w+ )?\w+$", clause, re.IGNORECASE)
        or re.match(r"(?:at most|max(?:imum)?|no longer than|no more than|up to) \w+ min", clause, re.IGNORECASE)
        or re.search(
            r"\b(?:no|without a) (?:voicemail|message)\b|\b(?:he|she|they) (?:only )?speaks?\b", clause, re.IGNORECASE
        )
    )


def _recurring(request: Request, clause: str, _requester: str) -> bool:
    """`every Monday at 9`, as a clause of its own."""
    when = wholly(clause)
    if not when.repeats or request.when.said:
        return when.repeats
    request.when = when
    return True


_SORTING: tuple[Callable[[Request, str, str], bool], ...] = (
    _recurring,
    _manner,
    _dropped,
    _question,
    _telling,
    _term,
    _named,
)


def wishes(told: str) -> bool:
    """`happy birthday` and the like: said as it is, not that it is so."""
    return bool(_GREETING.match(told))


def term(clause: str, like: Particulars) -> str:
    """A clause of terms as an entry of the plan: `7 to 9 is fine` as `Any time from 7pm to 9pm`."""
    if span := time_range(clause, like.time):
        return f"Any time from {span[0]} to {span[1]}"
    return capital(clause)


def minutes_in(text: str) -> int | None:
    """How long the call may last, if the message says so."""
    match = re.search(
        r"\b(?:at most|max(?:imum)?|no longer than|no more than|up to) (?P<n>\w+) min", text, re.IGNORECASE
    )
    return count(match["n"]) if match and not re.search(r"\b(?:earlier|later)\b", text) else None
