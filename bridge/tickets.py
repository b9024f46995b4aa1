"""Tickets: what opens a media stream of a call, each of them once, and not for long; and the turns at which a document
of the call's may be asked for, each of them once too.

Pure. A ticket names its call, its number and when it ends, and carries a proof that it is ours, so that a process that
never issued it can tell; which numbers have been used up is in the journal (`Streaming.ticket`). The signature of a
media stream's upgrade may be absent, so the ticket is the gate. It travels as a `<Parameter>`, never in an address.
A turn is a number in an address: Twilio's signature is over that, so nobody else can ask for another than was seen.
"""

import base64
import hashlib
import hmac

# The stream of a document comes at once, but for what the document does first (it presses keys) and the carrier's own
# delays. Those further on in it (`twiml.WAITS_S`) come when the one before has ended, so they last as long as the call.
LIFE_S = 60.0
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
        self._asked: set[int] = set()  # turns

    def issue(self, until_unix: float) -> str:
        """One that lets a stream in until then."""
        number, until = self._next, round(until_unix)
        self._next += 1
        return f"{self._call_id}.{number}.{until}.{_proof(self._key, self._call_id, number, until)}"

    def redeem(self, ticket: str, now_unix: float) -> int | None:
        """Its number; None for one that is not ours, or too old, or used up, or was issued before one that is."""
        if call_of(ticket, self._key, now_unix) != self._call_id:
            return None
        number = _number(ticket.split(".")[1])
        if number <= self._used:
            return None
        self._used = number
        return number

    @property
    def turn(self) -> int:
        """For the address that is asked once the tickets that were issued by now have led to nothing."""
        return self._next

    def ask(self, turn: str) -> bool:
        """Whether it is asked for the first time, and no later ticket was used. Else somebody asks again: the carrier,
        who got no answer, or whoever has seen it ask.
        """
        number = _number(turn)
        if number <= self._used or number in self._asked:
            return False
        self._asked.add(number)
        self._next = max(self._next, number + 1)
        return True


def call_of(ticket: str, key: str, now_unix: float) -> str:
    """The call that it is of; "" for one that is not ours, or too old."""
    call_id, number, until, proof = _parts(ticket)
    ours = _proof(key, call_id, number, until)
    genuine = number >= 0 and hmac.compare_digest(_bytes(proof), _bytes(ours))
    return call_id if genuine and now_unix <= until else ""


def _parts(ticket: str) -> tuple[str, int, int, str]:
    parts = ticket.split(".")
    if len(parts) != 4:
        return "", -1, -1, ""
    call_id, number, until, proof = parts
    return call_id, _number(number), _number(until), proof


def _number(digits: str) -> int:
    """-1 for what is none of ours."""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 12 else -1


def _proof(key: str, call_id: str, number: int, until: int) -> str:
    digest = hmac.new(_bytes(key), _bytes(f"stream {number} {until} {call_id}"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode("ascii")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # whatever comes from outside
