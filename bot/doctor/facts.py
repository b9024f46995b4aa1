"""What the doctor's probes bring back: answers of services, and how things stand on this machine.

Pure data, frozen. Nothing here is judged, and nothing here holds a key or a token.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Why = Literal["refused", "unknown_host", "timed_out", "certificate", "broken"]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. `body` is its decoded JSON, or {} where it is none; `skew_s` how much our clock is ahead of its
    Date header, None without one.
    """

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    text: str = ""
    skew_s: float | None = None


@dataclass(frozen=True)
class Trouble:
    """No answer. `detail` is the system's own word for it, without addresses."""

    why: Why
    detail: str = ""


Reply = Answer | Trouble


@dataclass(frozen=True)
class Certificate:
    """The one that `PUBLIC_URL` shows, once it was found to be good for its host."""

    expires_unix: float


@dataclass(frozen=True)
class Reach:
    """How `PUBLIC_URL` was found. `listener`: who answers on `PORT` here; `socket`: whether a WebSocket gets through,
    None where that was not tried.
    """

    listener: Literal["ringback", "doctor", "other", "any_port"]
    public: Reply
    here: Reply | None = None  # what the Ringback that runs on this machine answers
    nonce: str = ""  # what the doctor's own listener answers
    socket: bool | None = None
    listener_error: str = ""


@dataclass(frozen=True)
class Database:
    """`problem` is why it could not be looked into; `exists` False for a file that will be made at the first start."""

    kind: Literal["sqlite", "postgresql"]
    exists: bool = True
    problem: str = ""
    revision: str = ""  # "" for a database without ours
    ours: bool = True  # False: it holds no table of Ringback's
    head: str = ""  # the revision that this version wants
    known: bool = True  # False: this version has never heard of the database's revision
    writable: bool = True
    journal_mode: str = ""
    free_bytes: int | None = None
