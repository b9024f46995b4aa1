"""The codec of Twilio's Media Streams (bidirectional, over WebSocket).

Pure. Owns the JSON of the stream; payloads pass through as the base64 they came in. Must not keep state. Follows
https://www.twilio.com/docs/voice/media-streams/websocket-messages: numbers are strings, and of our messages Twilio
takes only media, mark and clear, each with the stream's `streamSid`.
"""

import re

import msgspec

from bridge import actions, signals
from bridge.errors import ProtocolError
from bridge.signals import Signal

MAX_FRAME = 64 * 1024  # bytes; a media message of 20 ms is under 400


class Media(msgspec.Struct, frozen=True, gc=False):
    """20 ms of the callee: base64 of 160 bytes of mu-law."""

    payload: str


class Started(msgspec.Struct, frozen=True):
    stream_sid: str
    call_sid: str
    parameters: dict[str, str]


class _MediaBody(msgspec.Struct):
    payload: str
    track: str = "inbound"


class _Format(msgspec.Struct, rename="camel"):
    encoding: str = ""
    sample_rate: int = 0


class _Start(msgspec.Struct, rename="camel"):
    stream_sid: str = ""
    call_sid: str = ""
    custom_parameters: dict[str, str] = {}
    media_format: _Format | None = None


class _Mark(msgspec.Struct):
    name: str


class _Dtmf(msgspec.Struct):
    digit: str


class _Message(msgspec.Struct, rename="camel"):
    event: str
    stream_sid: str = ""
    media: _MediaBody | None = None
    start: _Start | None = None
    mark: _Mark | None = None
    dtmf: _Dtmf | None = None


_decoder = msgspec.json.Decoder(_Message, strict=False)
_base64 = re.compile("[A-Za-z0-9+/]*={0,2}")  # what goes on as it is must not end the text that it goes into


def decode(frame: str | bytes) -> Media | Started | Signal | None:
    """One message; None for one that needs nothing done (`connected`, or an event we have never heard of).

    Raises ProtocolError (remote) for what is no message of a media stream, or one of another audio format.
    """
    try:
        message = _decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ProtocolError("the media stream sent a frame that is no message") from error
    if message.event == "media" and message.media is not None:
        return _heard(message.media) if message.media.track == "inbound" else None
    match message:
        case _Message(event="start", start=_Start() as start):
            return _started(start, message.stream_sid)
        case _Message(event="mark", mark=_Mark(name)):
            return signals.MarkReturned(name)
        case _Message(event="dtmf", dtmf=_Dtmf(digit)):
            return signals.DigitPressed(digit)
        case _Message(event="stop"):
            return signals.StreamStopped()
        case _Message(event="media" | "start" | "mark" | "dtmf"):
            raise ProtocolError(f"the media stream sent a {message.event} message without its content")
        case _:
            return None


def _heard(media: _MediaBody) -> Media:
    if not _base64.fullmatch(media.payload):
        raise ProtocolError("the media stream sent audio that is no base64")
    return Media(media.payload)


def _started(start: _Start, stream_sid: str) -> Started:
    # Twilio's only format today; anything else would be noise in the callee's ear.
    form = start.media_format
    if form is not None and (form.encoding, form.sample_rate) != ("audio/x-mulaw", 8000):
        raise ProtocolError("the media stream is not 8 kHz mu-law")
    return Started(start.stream_sid or stream_sid, start.call_sid, start.custom_parameters)


def encode(action: actions.Action, stream_sid: str) -> str:
    """A message for the line. Raises ProtocolError (local) for an action that is not the line's."""
    match action:
        case actions.Play(payload):
            return f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"{payload}"}}}}'
        case actions.Mark(name):
            return f'{{"event":"mark","streamSid":"{stream_sid}","mark":{{"name":"{name}"}}}}'
        case actions.Clear():
            return f'{{"event":"clear","streamSid":"{stream_sid}"}}'
        case _:
            raise ProtocolError(f"{type(action).__name__} is not for the line", by="local")
