"""The errors of Ringback, one tree. Pure.

    RingbackError
    ├── PlanError             a request could not be made into a spec
    ├── NumberRefused         a number that is not dialled; `code` says why: emergency, premium, short, malformed, …
    ├── ProtocolError         a peer, or we, broke a wire protocol; `by` is "remote" or "local"
    ├── CarrierError          Twilio refused or did not answer; `code`, `retryable`, `advice`
    ├── ModelError            the model's service refused or did not answer; `retryable`
    ├── JournalError          the journal cannot be written, or what is in it cannot be read
    │   └── CallElsewhere     another process has the call, and writes its journal
    ├── Restarting            no new calls: the process is about to be replaced
    └── AlreadyPlaced         this spec has been dialled (or may have been): never dial it again

Busy, no answer, voicemail and refused are end reasons of a call, not errors.
"""

from typing import Literal


class RingbackError(Exception):
    """The root. Its text is fit for people: what is wrong and what to do."""


class PlanError(RingbackError):
    pass


Unfit = Literal[
    "emergency",
    "short",
    "malformed",
    "no_country",
    "extension",
    "premium",
    "shared_cost",
    "personal",
    "pager",
    "voicemail",
]
"""Why a number is not dialled. `no_country`: it may be one, had it its country code."""


class NumberRefused(RingbackError):
    """`written` is the number as it was given, for whoever words the refusal in another language."""

    def __init__(self, message: str, *, code: Unfit, written: str) -> None:
        super().__init__(message)
        self.code = code
        self.written = written


class ProtocolError(RingbackError):
    def __init__(self, message: str, *, by: Literal["remote", "local"] = "remote") -> None:
        super().__init__(message)
        self.by = by


class CarrierError(RingbackError):
    """`code` is Twilio's error code (0: no answer from Twilio).

    `sent` says whether the request may have reached Twilio, so that a dial may have happened all the same.
    """

    def __init__(self, message: str, *, code: int = 0, retryable: bool = False, sent: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.sent = sent


class ModelError(RingbackError):
    """`code` names the trouble for whoever words it in another language, "" where nobody does."""

    def __init__(self, message: str, *, retryable: bool = False, code: str = "") -> None:
        super().__init__(message)
        self.retryable = retryable
        self.code = code


class JournalError(RingbackError):
    pass


class CallElsewhere(JournalError):
    pass


class Restarting(RingbackError):
    pass


class AlreadyPlaced(RingbackError):
    pass
