"""`<Dial>` on an answered call: another phone is rung, and the two hear each other until either hangs up.

Owns the dialled leg from its request to its end, as the parent call sees it. The leg is a call of its own
(`call.py`); must not decide what the parent does afterwards. Follows https://www.twilio.com/docs/voice/twiml/dial
and .../number.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Protocol

from sandbox.tones import tone
from sandbox.twilio.errors import TwilioAlertError
from sandbox.twilio.line import TelephoneLine
from sandbox.twilio.params import CallRequest
from sandbox.twilio.program import Document
from sandbox.twilio.twiml import Dial

INVALID_CALLER_ID = 13214
INVALID_NUMBER = 13224
NO_PERMISSION = 13227
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_RING, _RING_PAUSE_S = tone((450, 500)) * 100, 4.0  # what the parent hears meanwhile: 2 s on, 4 s off


class Leg(Protocol):
    """What a dialled call shows of itself."""

    sid: str
    line: TelephoneLine
    answered: asyncio.Event
    ended: asyncio.Event

    @property
    def status(self) -> str: ...

    @property
    def duration_s(self) -> int: ...

    def hang_up(self) -> None: ...


def request_of(dial: Dial, parent_from: str, numbers: Sequence[str], refused_prefixes: tuple[str, ...]) -> CallRequest:
    """The call to be made. Raises TwilioAlertError (13214, 13224, 13227).

    `numbers` may be shown to the dialled party: "callerId must be the calling number, called number, or a validated
    outgoing number" (13214).
    """
    caller_id = dial.caller_id or parent_from
    if caller_id not in numbers:
        raise TwilioAlertError(INVALID_CALLER_ID, f"Dial: Invalid callerId value: {caller_id}")
    if not _E164.fullmatch(dial.number):
        raise TwilioAlertError(INVALID_NUMBER, f"Dial: Invalid phone number: {dial.number}")
    if dial.number.startswith(refused_prefixes):
        raise TwilioAlertError(NO_PERMISSION, f"Dial: No International Permission: {dial.number}")
    return CallRequest(
        to=dial.number,
        from_=caller_id,
        document=Document(),
        timeout_s=dial.timeout_s,
        time_limit_s=dial.time_limit_s,
        status_callback=dial.status_callback,
        status_callback_events=dial.status_callback_events,
        status_callback_method=dial.status_callback_method,
    )


async def conduct(line: TelephoneLine, place: Callable[[], Leg]) -> dict[str, str]:
    """Ring the other phone and join the lines until either hangs up; what an `action` URL is told of it.

    Cancelled when the parent ends or is redirected: then the dialled leg is hung up.
    """
    leg = place()
    try:
        await _picked_up(line, leg)
        if not leg.ended.is_set():
            line.join(leg.line)
            await leg.ended.wait()
    finally:
        line.part()
        leg.hang_up()
    told = {"DialCallSid": leg.sid, "DialCallStatus": leg.status, "DialBridged": str(leg.answered.is_set()).lower()}
    return told | ({"DialCallDuration": str(leg.duration_s)} if leg.answered.is_set() else {})


async def _picked_up(line: TelephoneLine, leg: Leg) -> None:
    """Until the other phone is answered, or will not be."""
    ringing = asyncio.create_task(_ring(line))
    waits = [asyncio.create_task(event.wait()) for event in (leg.answered, leg.ended)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (ringing, *waits):
            task.cancel()
        await asyncio.wait({ringing, *waits})


async def _ring(line: TelephoneLine) -> None:
    while True:
        await line.announce(_RING)
        await asyncio.sleep(_RING_PAUSE_S)
