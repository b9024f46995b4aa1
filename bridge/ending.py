"""Why a call is over: what the carrier's last word about it means, seen from where the call stood.

Pure. Owns the choice of the end reason, and what is of no use any more once the hang-up is ordered; when a call ends is
`session.py`'s.
"""

from bridge import signals
from bridge.call import EndReason

UNANSWERED = {
    "busy": EndReason.BUSY,
    "no-answer": EndReason.NO_ANSWER,
    "failed": EndReason.FAILED,
    "canceled": EndReason.REQUESTER_HUNG_UP,
}
OVER = (*UNANSWERED, "completed")
TOO_LATE = (
    signals.StreamStarted,
    signals.ModelReady,
    signals.ToolCalled,
    signals.TakeOverAsked,
    signals.TakeOverFailed,
    signals.Whispered,
)
AT_ONCE_S = 3.0  # a call that was over so soon after our last word of it was not ended by our absence


def reason_of(status: str, ordered: EndReason | None, *, machine: bool, said_goodbye: bool) -> EndReason:
    """`status` is Twilio's CallStatus of a call that is over; `ordered` is why we were hanging up, if we were."""
    if ordered:
        return ordered  # also where the callee was quicker to hang up than we
    if status in UNANSWERED:
        return UNANSWERED[status]
    if machine:
        return EndReason.VOICEMAIL
    return EndReason.GOODBYE if said_goodbye else EndReason.CALLEE_HUNG_UP


def unless_lost(reason: EndReason, *, alone_s: float) -> EndReason:
    """Of a call that ended so long after a former process had gone: with nobody to talk to, whoever hung up lost the
    line first.
    """
    alone = reason is EndReason.CALLEE_HUNG_UP and alone_s > AT_ONCE_S
    return EndReason.LINE_LOST if alone else reason
