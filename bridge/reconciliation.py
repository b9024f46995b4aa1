"""Reconciliation: asks the carrier what it knows of a call whose own news got lost, until it is known.

Owns how often and how long it is asked. Decides nothing about the call: what was found goes to its session. Never
dials.
"""

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bridge import signals
from bridge.carrier import Carrier
from bridge.carrier_call import SETTLED_S, CarrierCall, ours
from bridge.errors import CarrierError
from bridge.journal import Journal

log = logging.getLogger(__name__)

_LOOK_AFTER_S = (0.0, 2.0, 3.0, 5.0, 10.0)
_SEEK_AFTER_S = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0)
_SEEK_MOST_S = SETTLED_S + 5.0
_LONG_AGO_S = 120.0  # after the confirmation: whatever was made of the dial is listed by now


def news(call: CarrierCall, *, now_unix: float) -> signals.CarrierKnows:
    ended_ago_s = 0.0 if call.ended_unix is None else max(0.0, now_unix - call.ended_unix)
    return signals.CarrierKnows(call.status, call.talk_s, ended_ago_s)


async def look(carrier: Carrier, journal: Journal, call_sid: str) -> signals.CarrierKnows | None:
    """What has become of a call; None where the carrier does not answer: then its webhooks and our deadlines decide."""
    for seconds in _LOOK_AFTER_S:
        await asyncio.sleep(seconds)
        try:
            return news(await carrier.look(call_sid), now_unix=journal.wall())
        except CarrierError as error:
            log.warning("the carrier did not tell what has become of a call: code %s", error.code)
    return None


async def seek(
    carrier: Carrier, journal: Journal, to: str, confirmed_unix: float, *, named: Callable[[], bool]
) -> CarrierCall | signals.NotDialed | signals.DialRefused | None:
    """The call that was made for a confirmation, if one was; None once it is `named` by somebody else."""
    unsure = signals.DialRefused("0", uncertain=True)
    loop = asyncio.get_running_loop()
    settled = loop.time() + min(SETTLED_S, max(0.0, confirmed_unix + _LONG_AGO_S - journal.wall()))
    try:
        async with asyncio.timeout(_SEEK_MOST_S):
            for seconds in _SEEK_AFTER_S:
                await asyncio.sleep(seconds)
                if named():
                    return None
                found = await _sighted(carrier, journal, to, confirmed_unix)
                if isinstance(found, CarrierCall):
                    return found
                if found == "none" and loop.time() >= settled:
                    return signals.NotDialed()
    except TimeoutError:
        log.warning("the carrier did not tell in time whether a call was made")
    return None if named() else unsure


async def _sighted(carrier: Carrier, journal: Journal, to: str, confirmed_unix: float) -> CarrierCall | str:
    try:
        found = await carrier.find(to)
    except CarrierError as error:
        log.warning("the carrier did not tell whether a call was made: code %s", error.code)
        return "unknown"
    try:
        others = await journal.sids([call.sid for call in found])
    except SQLAlchemyError:
        log.warning("the journal did not tell which of the carrier's calls are others of ours")
        return "unknown"
    return ours(found, confirmed_unix=confirmed_unix, others=others)
