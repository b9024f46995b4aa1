"""What passes on the wires between the product and its stand-ins, for whoever looks on.

Owns the contract between the stand-ins, which tell of every message as it stands on the wire, and an onlooker (the
page's wire panel). Must not keep or change anything.
"""

from typing import Literal, Protocol

Wire = Literal["rest", "webhook", "stream", "realtime"]
"""Twilio's REST API, its webhooks, its media streams; OpenAI's Realtime socket."""
Way = Literal["out", "in"]
"""Seen from the product: what it said, and what it was told."""


class Overhear(Protocol):
    def __call__(self, wire: Wire, way: Way, text: str, /) -> None:
        """Called for each message, in order, before it is acted upon."""


def nobody(wire: Wire, way: Way, text: str, /) -> None:
    """Nobody looks on."""
