"""The parameters of a call as they arrive on the REST API, checked.

Owns what is accepted and with which code the rest is refused. Pure: a form in, a frozen request out.
Follows "Call resource", https://www.twilio.com/docs/voice/api/call-resource, and the Error Dictionary. The
stand-in's own strictness answers 400 with code 20001 and says so: where the real API ignores a parameter
("not recognized and were ignored. No harm done"), a test must see it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import urlsplit

from sandbox.twilio.program import Document

TWIML_LIMIT = 4000
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_EVENTS = {"initiated", "ringing", "answered", "completed"}
_CREATE = {
    "To", "From", "Url", "Method", "Twiml", "FallbackUrl", "FallbackMethod",
    "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod",
    "Timeout", "TimeLimit", "MachineDetection", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold",
    "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout", "AsyncAmd",
    "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "SendDigits", "Record", "CallReason",
}  # fmt: skip
_UPDATE = {"Url", "Method", "Twiml", "Status"}
_CHOICES = {
    "Method": {"GET", "POST"},
    "FallbackMethod": {"GET", "POST"},
    "StatusCallbackMethod": {"GET", "POST"},
    "AsyncAmdStatusCallbackMethod": {"GET", "POST"},
    "MachineDetection": {"Enable", "DetectMessageEnd"},
    "AsyncAmd": {"true", "false"},
    "Record": {"true", "false"},
    "Status": {"completed", "canceled"},
}


class RefusedError(Exception):
    """A request that Twilio would answer with an error of this HTTP status and code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


Form = Mapping[str, list[str]]
"""A decoded form body: the values of each name, in order."""


@dataclass(frozen=True)
class CallRequest:
    """A call to be made. Times are in seconds."""

    to: str
    from_: str
    document: Document
    status_callback: str = ""
    status_callback_events: frozenset[str] = frozenset({"completed"})
    status_callback_method: str = "POST"
    timeout_s: int = 60
    time_limit_s: int = 14_400
    machine_detection: Literal["", "Enable", "DetectMessageEnd"] = ""
    machine_detection_timeout_s: int = 30
    async_amd: bool = False
    async_amd_status_callback: str = ""
    async_amd_status_callback_method: str = "POST"
    send_digits: str = ""
    fallback: Document | None = None
    params: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CallUpdate:
    """A change to a call: either new instructions or a new status."""

    document: Document | None = None
    status: Literal["", "completed", "canceled"] = ""


def own(message: str) -> RefusedError:
    """A refusal that only the stand-in makes."""
    return RefusedError(400, 20001, f"{message} (this is the stand-in's own strictness, not Twilio's)")


def read_call(form: Form, phone_number: str, refused_prefixes: tuple[str, ...] = ()) -> CallRequest:
    """`POST .../Calls.json`. Raises RefusedError."""
    one = _Fields(form, _CREATE)
    to, from_ = one.get("To"), one.get("From")
    _check_numbers(to, from_, phone_number, refused_prefixes)
    events = frozenset(form.get("StatusCallbackEvent", ["completed"]))
    if not events <= _EVENTS:
        raise RefusedError(400, 21626, f"Invalid statusCallbackEvents: {', '.join(sorted(events - _EVENTS))}")
    if not (one.get("Twiml") or one.get("Url")):
        raise RefusedError(400, 21205, "Url parameter is required.")
    document = one.document()
    assert document is not None  # noqa: S101 - one of the two is there
    return CallRequest(
        to=to,
        from_=from_,
        document=document,
        status_callback=one.url("StatusCallback", 21609),
        status_callback_events=events,
        status_callback_method=one.choice("StatusCallbackMethod") or "POST",
        timeout_s=one.number("Timeout", 60, 600),
        time_limit_s=one.number("TimeLimit", 14_400, 14_400),
        machine_detection=cast("Literal['', 'Enable', 'DetectMessageEnd']", one.choice("MachineDetection")),
        machine_detection_timeout_s=one.number("MachineDetectionTimeout", 30, 59),
        async_amd=one.choice("AsyncAmd") == "true",
        async_amd_status_callback=one.url("AsyncAmdStatusCallback", 21609),
        async_amd_status_callback_method=one.choice("AsyncAmdStatusCallbackMethod") or "POST",
        send_digits=one.digits(),
        fallback=one.fallback(),
        params=dict(form),
    )


def read_update(form: Form) -> CallUpdate:
    """`POST .../Calls/{sid}.json`. Raises RefusedError."""
    one = _Fields(form, _UPDATE)
    document = one.document()
    status = cast("Literal['', 'completed', 'canceled']", one.choice("Status"))
    if bool(document) == bool(status):
        raise own("an update carries either instructions (Url or Twiml) or a Status")
    return CallUpdate(document, status)


def _check_numbers(to: str, from_: str, phone_number: str, refused_prefixes: tuple[str, ...]) -> None:
    if not to:
        raise RefusedError(400, 21201, "No 'To' number is specified")
    if not from_:
        raise RefusedError(400, 21213, "'From' phone number is required")
    if not _E164.fullmatch(from_):
        raise RefusedError(400, 21212, f"Invalid From Number (caller ID): {from_}")
    if from_ != phone_number:
        raise RefusedError(
            400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account. "
            "You may only make calls from phone numbers that you've verified or purchased from Twilio.",
        )  # fmt: skip
    if not _E164.fullmatch(to):
        raise RefusedError(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if to.startswith(refused_prefixes):
        raise RefusedError(
            400, 21215, f"Account not authorized to call {to}. Perhaps you need to enable some international "
            "permissions: https://www.twilio.com/console/voice/calls/geo-permissions/low-risk",
        )  # fmt: skip


class _Fields:
    """The form with its known names, one value each."""

    def __init__(self, form: Form, known: set[str]) -> None:
        if unknown := set(form) - known:
            raise own(f"unknown parameters: {', '.join(sorted(unknown))}")
        if twice := [n for n, values in form.items() if len(values) > 1 and n != "StatusCallbackEvent"]:
            raise own(f"given more than once: {', '.join(twice)}")
        self._values = {name: values[0] for name, values in form.items()}

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def choice(self, name: str) -> str:
        value = self.get(name)
        if value and value not in _CHOICES[name]:
            raise own(f"{name} is {' or '.join(sorted(_CHOICES[name]))}, not {value}")
        return value

    def number(self, name: str, default: int, limit: int) -> int:
        value = self.get(name) or str(default)
        if not value.isdecimal() or not 1 <= int(value) <= limit:
            raise own(f"{name} is a number from 1 to {limit}, not {value}")
        return int(value)

    def url(self, name: str, code: int) -> str:
        value = self.get(name)
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise RefusedError(400, code, f"{name} is not a valid URL: {value}")
        return value

    def digits(self) -> str:
        value = self.get("SendDigits")
        if not re.fullmatch(r"[0-9*#wW]*", value):
            raise own(f"SendDigits are 0-9, *, # and w, not {value}")
        return value

    def fallback(self) -> Document | None:
        url = self.url("FallbackUrl", 21205)
        return Document(url=url, method=self.choice("FallbackMethod") or "POST") if url else None

    def document(self) -> Document | None:
        """Twiml or Url: "Twiml and url parameters are mutually exclusive"."""
        twiml, url = self.get("Twiml"), self.url("Url", 21205)
        if twiml and url:
            raise own("Url and Twiml are mutually exclusive")
        if len(twiml) > TWIML_LIMIT:
            raise RefusedError(400, 32018, f"Twiml size exceeded maximum allowed value of {TWIML_LIMIT} characters")
        if not twiml and not url:
            return None
        return Document(twiml, url, self.choice("Method") or "POST")
