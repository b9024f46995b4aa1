"""Who waits at the door: media streams that have not shown their ticket yet, counted by the address they come from.

Pure. Owns the limits and the reading of an address. A stream that was let in is not counted here any more: how many
calls go on at once is not this module's business.
"""

from collections import Counter
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# A stream shows its ticket in its second message, so the carrier has one waiting for a few ms; all calls of a machine
# come back at once after a restart, from a handful of the carrier's addresses.
MOST_OF_ONE = 16
# A waiting socket costs some 100 kB at most (one frame of `media_stream.MAX_FRAME`, and its buffers): 6 MB of 512.
MOST = 64
_OF_ONE_HOST = 64  # bits: whoever has one IPv6 address has all that begin like it


class Pending:
    """`most_of_one`: of one address; `most`: of all."""

    def __init__(self, *, most_of_one: int = MOST_OF_ONE, most: int = MOST) -> None:
        self._most_of_one = most_of_one
        self._most = most
        self._waiting: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Whether there is room for one more. Whoever came in leaves again."""
        if len(self) >= self._most or self._waiting.get(address, 0) >= self._most_of_one:
            return False
        self._waiting[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._waiting[address] -= 1
        if not self._waiting[address]:
            del self._waiting[address]

    def __len__(self) -> int:
        return self._waiting.total()


def client_of(peer: str, told: str) -> str:
    """The address a connection is counted under: what the host's own proxy tells of it, else the peer's. `told` is the
    header that the settings name, or "": the last address in it, because the ones before may be the client's invention.
    """
    last = told.rpartition(",")[2].strip()
    return _host(last) or _host(peer) or peer


def _host(text: str) -> str:
    """Nothing for what is no address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), _OF_ONE_HOST), strict=False))
    return str(address)
