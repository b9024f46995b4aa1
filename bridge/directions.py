"""What Twilio is told about one call: how to dial it, where its stream goes, and whom to ask and to tell.

Pure. Owns the addresses of a call's webhooks, and the tickets that its documents carry. The documents themselves are
`twiml.py`'s, the routes behind the addresses `web.py`'s.
"""

from bridge import hold, twiml
from bridge.actions import Action, Apologise, PressDigits, Reconnect, TakeOver
from bridge.call import CallSpec
from bridge.carrier_call import Placement
from bridge.errors import ProtocolError
from bridge.realtime import SessionConfig
from bridge.tickets import LIFE_S, Tickets

TIME_LIMIT_SLACK_S = 60  # Twilio's own limit lies beyond ours and the longest hold: for when we are gone


class Directions:
    """`now_unix` is when a document is given, in unix seconds: its tickets are good from then on."""

    def __init__(
        self, spec: CallSpec, config: SessionConfig, tickets: Tickets, *, public_url: str, phone_number: str
    ) -> None:
        self._spec = spec
        self._config = config
        self._tickets = tickets
        self._base = f"{public_url.rstrip('/')}/twilio"
        self._phone_number = phone_number

    def placement(self, now_unix: float) -> Placement:
        """The dial. Where the document is too long to go with it, Twilio asks for it once the call is answered."""
        spec = self._spec
        inline = self.connection(now_unix + spec.ring_timeout_s, most=twiml.MAX_INLINE)
        by_url = len(inline) > twiml.MAX_INLINE
        return Placement(
            to=spec.callee.number,
            twiml="" if by_url else inline,
            twiml_url=twiml.insisting(self._resume_url) if by_url else "",
            fallback_url=twiml.insisting(self._resume_url),
            status_url=twiml.insisting(f"{self._base}/status/{spec.id}"),
            amd_url=twiml.insisting(f"{self._base}/amd/{spec.id}"),
            ring_timeout_s=spec.ring_timeout_s,
            time_limit_s=self._time_limit_s,
        )

    def connection(self, now_unix: float, *, most: int = 0) -> str:
        """A stream of its own, and others after it: as many as fit into so many characters, where these are counted."""
        spec, config = self._spec, self._config
        parameters = twiml.CallParameters(
            self._tickets.issue(now_unix + LIFE_S), config.voice, spec.persona, spec.language, config.prompt
        )
        spares = self._spares(now_unix)
        document = twiml.connect(self._stream_url, self._resume_url, parameters, spares=spares)
        while most and len(document) > most and spares:
            spares.pop()
            document = twiml.connect(self._stream_url, self._resume_url, parameters, spares=spares)
        return document

    def detour(self, action: Action, now_unix: float) -> str:
        """What takes the call away from its stream."""
        match action:
            case PressDigits(digits):
                return self._stream_again(now_unix, digits=digits)
            case Reconnect():
                return self._stream_again(now_unix)
            case Apologise(text, language):
                return twiml.apologise(text, language)
            case TakeOver(number):
                return twiml.dial(number, self._phone_number, self._url("dialed"))
            case _:
                raise ProtocolError(f"{type(action).__name__} is not for the carrier", by="local")

    def _stream_again(self, now_unix: float, *, digits: str = "") -> str:
        """The process knows the call: its ticket is enough."""
        parameters = twiml.CallParameters(self._tickets.issue(now_unix + LIFE_S))
        spares = self._spares(now_unix)
        return twiml.connect(self._stream_url, self._resume_url, parameters, spares=spares, digits=digits)

    def wait(self, now_unix: float) -> str:
        """For the process that will have the call next."""
        spares = self._spares(now_unix)
        return twiml.wait(self._stream_url, self._resume_url, spares)

    def asked(self, turn: str) -> bool:
        """Whether a document is asked for in its turn (`Tickets.ask`)."""
        return self._tickets.ask(turn)

    def ask_again(self) -> str:
        """Without a ticket: for whoever asks while the call has its stream, or out of turn. The turn in it can only be
        asked for by the carrier.
        """
        return twiml.wait(self._stream_url, self._resume_url, ())

    def _spares(self, now_unix: float) -> list[str]:
        return [self._tickets.issue(now_unix + self._time_limit_s) for _ in twiml.WAITS_S]

    @property
    def _time_limit_s(self) -> int:
        return self._spec.max_duration_s + int(hold.CAP_S) + TIME_LIMIT_SLACK_S

    @property
    def _stream_url(self) -> str:
        return f"{self._base.replace('http', 'ws', 1)}/stream"

    @property
    def _resume_url(self) -> str:
        return self._url("resume")

    def _url(self, what: str) -> str:
        """To be taken once the document's tickets have been issued."""
        return f"{self._base}/{what}/{self._spec.id}/{self._tickets.turn}"
