"""How a webhook is to be asked: the connection overrides in its URL's fragment.

Pure. Owns their defaults and limits. Must not ask anybody. Follows
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

from sandbox.twilio.errors import TwilioAlertError

INVALID_URL = 11100
INVALID_RETRY_POLICY = 11243
_POLICIES = frozenset({"ct", "rt", "4xx", "5xx"})
_EDGES = {"sni", "e"}  # what there is no network for here
_LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}


@dataclass(frozen=True)
class Overrides:
    """Times are in seconds. `policy` names the failures that are retried, `retries` times at most, at once: that there
    is a pause between two attempts is not documented.
    """

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 15.0  # "a hard upper timeout of 15 seconds imposed by Twilio on all call-related HTTP requests"
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


def parted(url: str) -> tuple[str, Overrides]:
    """The URL that is asked, and signed ("these URL fragments do not make it into the signature computation"), and how.

    Raises TwilioAlertError 11243 for a retry policy that there is not, 11100 for the rest: the real service's codes for
    those are not documented.
    """
    address, fragment = urldefrag(url)
    given = dict(parse_qsl(fragment, keep_blank_values=True))
    if unknown := set(given) - set(_LIMITS) - _EDGES - {"rp"}:
        raise TwilioAlertError(INVALID_URL, f"unknown connection overrides: {', '.join(sorted(unknown))}")
    ordered = {name: _number(name, value) for name, value in given.items() if name in _LIMITS}
    policy = frozenset(given.get("rp", "ct").split(","))
    if not policy <= _POLICIES | {"all"}:
        raise TwilioAlertError(INVALID_RETRY_POLICY, f"HTTP retry policy is invalid: {given['rp']}")
    return address, Overrides(
        connect_s=ordered.get("ct", 5000) / 1000,
        read_s=ordered.get("rt", 15_000) / 1000,
        total_s=ordered.get("tt", 15_000) / 1000,
        retries=ordered.get("rc", 1),
        policy=_POLICIES if "all" in policy else policy,
    )


def _number(name: str, value: str) -> int:
    least, most = _LIMITS[name]
    if not value.isdecimal() or not least <= int(value) <= most:
        raise TwilioAlertError(INVALID_URL, f"{name} is a number from {least} to {most}, not {value}")
    return int(value)
