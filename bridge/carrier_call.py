"""A call as it is asked of the carrier, and as the carrier knows it afterwards; and which of its calls is ours.

Pure data, and one decision on it. Follows https://www.twilio.com/docs/voice/api/call-resource.
"""

from collections.abc import Container, Iterable
from typing import Literal

import msgspec

SETTLED_S = 20.0  # so long after its dial a call that the carrier does not list was never made
_EARLY_S = 30.0  # the clocks of two machines differ
_LATE_S = 60.0
_OVER = ("completed", "busy", "no-answer", "failed", "canceled")


class Placement(msgspec.Struct, frozen=True):
    """What Twilio is asked to dial. Exactly one of `twiml` and `twiml_url`; `fallback_url` is asked where a document
    cannot be had.
    """

    to: str
    twiml: str
    twiml_url: str
    fallback_url: str
    status_url: str
    amd_url: str
    ring_timeout_s: int
    time_limit_s: int


class CarrierCall(msgspec.Struct, frozen=True):
    """`status` is Twilio's CallStatus. `talk_s` is in whole seconds, once it is over; 0 where nobody answered."""

    sid: str
    status: str
    created_unix: float
    talk_s: float = 0.0
    ended_unix: float | None = None

    @property
    def over(self) -> bool:
        return self.status in _OVER


def ours(
    found: Iterable[CarrierCall], *, confirmed_unix: float, others: Container[str]
) -> CarrierCall | Literal["none", "several"]:
    """Which of the calls to one number was made for a confirmation. `others` are the sids of other calls of ours."""
    fitting = [
        call for call in found if -_EARLY_S <= call.created_unix - confirmed_unix <= _LATE_S and call.sid not in others
    ]
    if len(fitting) > 1:
        return "several"
    return fitting[0] if fitting else "none"
