"""Tickets: what opens a media stream of a call, each of them once.

Pure. A ticket names its call and its number, and carries a proof that it is ours, so that a process that never issued
it can tell; which numbers have been used up is in the journal (`Streaming.ticket`). The signature of a media stream's
upgrade may be absent, so the ticket is the gate. It travels as a `<Parameter>`, never in an address.
"""

import base64
import hashlib
import hmac

A_PROCESS = 1000  # numbers: another process begins beyond those that a former one may have issued


class Tickets:
    """Of one call. `key` is a secret of the deployment's; `used` is the number of the last one that was redeemed, and
    `process` how many had the call before.
    """

    def __init__(self, key: str, call_id: str, *, used: int = -1, process: int = 0) -> None:
        self._key = key
        self._call_id = call_id
        self._used = used
        self._next = process * A_PROCESS

    def issue(self) -> str:
        number = self._next
        self._next += 1
        return f"{self._call_id}.{number}.{_proof(self._key, self._call_id, number)}"

    def redeem(self, ticket: str) -> int | None:
        """Its number; None for one that is not ours, or is used up, or was issued before one that is."""
        number = _number(ticket)
        if number <= self._used or call_of(ticket, self._key) != self._call_id:
            return None
        self._used = number
        return number


def call_of(ticket: str, key: str) -> str:
    """The call that it is of; "" for one that is not ours."""
    number = _number(ticket)
    rest, _, proof = ticket.rpartition(".")
    call_id = rest.rpartition(".")[0]
    ours = _proof(key, call_id, number)
    genuine = number >= 0 and hmac.compare_digest(_bytes(proof), _bytes(ours))
    return call_id if genuine else ""


def _number(ticket: str) -> int:
    """-1 for what is no ticket."""
    digits = ticket.rpartition(".")[0].rpartition(".")[2]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else -1


def _proof(key: str, call_id: str, number: int) -> str:
    digest = hmac.new(_bytes(key), _bytes(f"stream {number} {call_id}"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode("ascii")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # whatever comes from outside
