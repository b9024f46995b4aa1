"""TwiML, read strictly: the verbs this product may use, with the attributes that Twilio documents for them.

Owns the schema and the limits. Pure: text in, verbs out; running them is `program.py`. Where the real
service would log a schema warning (12200) and go on with what it understood, the stand-in refuses the
document: TwiML that is not run as it was meant must be seen. Follows
https://www.twilio.com/docs/voice/twiml and its pages for each verb.
"""

import re
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from sandbox.twilio.errors import TwilioAlertError

DOCUMENT_PARSE_FAILURE = 12100
SCHEMA_VALIDATION = 12200
STREAM_HANDSHAKE = 31920
STREAM_URL_SCHEMA = 31922
STREAM_TRACK = 31941
PARAMETER_LIMIT = 500  # "the combined length of each <Parameter> name and value must be under 500 characters"

_ATTRIBUTES = {
    "Response": set(),
    "Connect": {"action", "method"},
    "Stream": {"url", "name", "track", "statusCallback", "statusCallbackMethod"},
    "Parameter": {"name", "value"},
    "Redirect": {"method"},
    "Say": {"voice", "language", "loop"},
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Hangup": set[str](),
    "Dial": {"action", "method", "timeout", "timeLimit", "callerId", "answerOnBridge"},
    "Number": {"statusCallback", "statusCallbackEvent", "statusCallbackMethod"},
}
_CHILDREN = {
    "Response": {"Connect", "Redirect", "Say", "Play", "Pause", "Hangup", "Dial"},
    "Connect": {"Stream"},
    "Stream": {"Parameter"},
    "Dial": {"Number"},
}
_WITH_TEXT = {"Redirect", "Say", "Play", "Dial", "Number"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Stream:
    """A bidirectional media stream (`<Connect><Stream>`)."""

    url: str
    name: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    status_callback: str = ""
    status_callback_method: str = "POST"


@dataclass(frozen=True)
class Connect:
    """Blocks until the stream has ended; then `action`, if given, is fetched, else the next verb runs."""

    stream: Stream
    action: str = ""
    method: str = "POST"


@dataclass(frozen=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Say:
    text: str


@dataclass(frozen=True)
class Play:
    """Either a sound file or keypad digits; `w` is a pause of 0.5 s."""

    url: str = ""
    digits: str = ""


@dataclass(frozen=True)
class Pause:
    length_s: float = 1.0


@dataclass(frozen=True)
class Hangup:
    pass


@dataclass(frozen=True)
class Dial:
    """Connects the call with another phone. `timeout`: "how long (in seconds) to let the call ring"."""

    number: str
    caller_id: str = ""
    timeout_s: int = 30
    time_limit_s: int = 14_400
    action: str = ""
    method: str = "POST"
    status_callback: str = ""
    status_callback_events: frozenset[str] = frozenset({"completed"})
    status_callback_method: str = "POST"


Verb = Connect | Redirect | Say | Play | Pause | Hangup | Dial


def parse(text: str) -> list[Verb]:
    """The verbs of a document, in order. Raises TwilioAlertError with the code that Twilio would log."""
    try:
        root = ET.fromstring(text.strip())  # noqa: S314 - the product's own document, on loopback
    except ET.ParseError as error:
        raise TwilioAlertError(DOCUMENT_PARSE_FAILURE, f"Document parse failure: {error}") from error
    if root.tag != "Response":
        _schema(f"the root element is <{root.tag}>, not <Response>")
    _check(root)
    return [_verb(element) for element in root]


def _schema(what: str) -> NoReturn:
    raise TwilioAlertError(SCHEMA_VALIDATION, f"Schema validation: {what}")


def _check(element: ET.Element) -> None:
    """Only known elements and attributes, each in its place."""
    if unknown := set(element.attrib) - _ATTRIBUTES[element.tag]:
        _schema(f"<{element.tag}> has no attribute {', '.join(sorted(unknown))}")
    if (element.text or "").strip() and element.tag not in _WITH_TEXT:
        _schema(f"<{element.tag}> holds no text")
    for child in element:
        if child.tag not in _CHILDREN.get(element.tag, set()):
            _schema(f"<{child.tag}> is not known inside <{element.tag}>")
        if (child.tail or "").strip():
            _schema(f"text after <{child.tag}>")
        _check(child)


def _verb(element: ET.Element) -> Verb:
    text = (element.text or "").strip()
    match element.tag:
        case "Connect":
            return _connect(element)
        case "Redirect":
            if not text:
                _schema("<Redirect> needs a URL")
            return Redirect(text, _method(element, "method"))
        case "Say":
            if not text:
                _schema("<Say> needs text")
            return Say(text * int(_number(element, "loop", 1)))
        case "Play":
            return _play(element, text)
        case "Pause":
            return Pause(_number(element, "length", 1))
        case "Dial":
            return _dial(element, text)
        case _:
            return Hangup()


def _number(element: ET.Element, name: str, default: int) -> float:
    value = element.get(name, str(default))
    if not value.isdecimal():
        _schema(f"<{element.tag} {name}> is not a number: {value}")
    return float(value)


def _method(element: ET.Element, name: str) -> str:
    method = element.get(name, "POST")
    if method not in {"GET", "POST"}:
        _schema(f"<{element.tag} {name}> is GET or POST, not {method}")
    return method


def _play(element: ET.Element, text: str) -> Play:
    digits = element.get("digits", "")
    if bool(digits) == bool(text):
        _schema("<Play> needs either a URL or digits")
    if digits and not re.fullmatch(r"[0-9*#A-DwW]+", digits):
        _schema(f"<Play digits> are 0-9, *, #, A-D and w, not {digits}")
    return Play(url=text, digits=digits * int(_number(element, "loop", 1)))


def _dial(element: ET.Element, text: str) -> Dial:
    """Either a number as its text, or one `<Number>`; the real service takes up to ten at once."""
    nouns = list(element)
    if len(nouns) + bool(text) != 1:
        _schema("<Dial> holds exactly one number")
    noun = nouns[0] if nouns else ET.Element("Number")
    return Dial(
        text or (noun.text or "").strip(),
        element.get("callerId", ""),
        int(_number(element, "timeout", 30)),
        int(_number(element, "timeLimit", 14_400)),
        element.get("action", ""),
        _method(element, "method"),
        noun.get("statusCallback", ""),
        frozenset(noun.get("statusCallbackEvent", "completed").split()),
        _method(noun, "statusCallbackMethod"),
    )


def _connect(element: ET.Element) -> Connect:
    nouns = list(element)
    if len(nouns) != 1:
        _schema("<Connect> holds exactly one <Stream>")
    return Connect(_stream(nouns[0]), element.get("action", ""), _method(element, "method"))


def _stream(element: ET.Element) -> Stream:
    url = element.get("url", "")
    parts = urlsplit(url)
    # 31922: "wss is the only supported protocol". On loopback there is no TLS to be had, so ws:// passes
    # there.
    if parts.scheme != "wss" and not (parts.scheme == "ws" and parts.hostname in _LOOPBACK):
        raise TwilioAlertError(STREAM_URL_SCHEMA, f"Stream - WebSocket - URL Schema Not Supported: {url}")
    # 31920, possible causes: "The <Stream> url includes query string parameters. <Stream> does not support
    # query strings".
    if parts.query or "?" in url:
        raise TwilioAlertError(STREAM_HANDSHAKE, f"Stream - WebSocket - Handshake Error: a query string in {url}")
    # 31941: "Value different of inbound_track is used with verb Connect".
    if (track := element.get("track", "inbound_track")) != "inbound_track":
        raise TwilioAlertError(STREAM_TRACK, f"Stream - Invalid Track configuration: {track}")
    return Stream(
        url,
        element.get("name", ""),
        dict(_parameter(child) for child in element),
        element.get("statusCallback", ""),
        _method(element, "statusCallbackMethod"),
    )


def _parameter(element: ET.Element) -> tuple[str, str]:
    name, value = element.get("name"), element.get("value")
    if not name or value is None:
        _schema("<Parameter> needs a name and a value")
    # No code of its own is documented for this limit.
    if len(name) + len(value) >= PARAMETER_LIMIT:
        _schema(f"<Parameter> {name}: {len(name) + len(value)} characters in all, not under {PARAMETER_LIMIT}")
    return name, value
