"""The TwiML of a call, and the call's own parameters inside it.

Pure. Owns what Twilio is told to do: connect the call to our media stream, and come back for more when the stream ends,
because a call outlives its stream, and the process too. Follows https://www.twilio.com/docs/voice/twiml/stream (a
`<Parameter>`'s name and value together are under 500 characters; no query string on the URL) and
https://www.twilio.com/docs/voice/api/call-resource (inline TwiML is at most 4,000 characters).
"""

import base64
import zlib
from collections.abc import Sequence

import msgspec
from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

from bridge.errors import ProtocolError

MAX_INLINE = 4000
_MAX_PARAMETER = 499
_PART = "prompt."
_MAX_PROMPT = 256 * 1024  # bytes; what says that it is longer is none of ours
# How long the call waits before each stream that it tries once the first has ended. Nobody is there for some seconds
# where the process is being restarted; a stream that cannot be had is no error that would end the call, and the time
# between two retries of a webhook is not documented.
WAITS_S = (1, 1, 1, 2, 3)
_LAST_WAIT_S = 4  # then we are asked what next: where nobody answers that either, the call is over
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: five retries of whatever fails (404 and 502
# are what tunnels and proxies answer for a process that is not there); 5 s for an answer, so that several fit into the
# 15 s that Twilio takes for all of them. The fragment is no part of the signature, and does not reach us.
_INSISTING = "#rc=5&rp=all&rt=5000"
# https://www.twilio.com/docs/voice/twiml/say#attributes-language
_SPOKEN = {"en": "en-US", "es": "es-ES", "fr": "fr-FR", "de": "de-DE", "it": "it-IT", "pt": "pt-PT"}


class CallParameters(msgspec.Struct, frozen=True):
    """Everything about a call that its media stream carries."""

    token: str  # single use, opens the stream
    voice: str = ""  # "" in the streams that follow: the process knows the spec
    persona: str = ""
    language: str = ""
    prompt: str = ""


def insisting(url: str) -> str:
    """The webhook's address, with which Twilio asks again where nobody answers."""
    return url + _INSISTING


def connect(
    stream_url: str, resume_url: str, parameters: CallParameters, *, spares: Sequence[str] = (), digits: str = ""
) -> str:
    """Connect the call to a media stream; when that ends, to another with the first of the tokens in `spares` that gets
    through, and then ask `resume_url` what next.

    `digits` are pressed first: keypad tones cannot go over the stream (https://www.twilio.com/docs/voice/twiml/play#digits;
    each w waits for half a second).
    """
    response = VoiceResponse()
    if digits:
        response.play(digits=f"ww{digits}")
    _stream(response, stream_url, parameters)
    return _come_back(response, stream_url, resume_url, spares)


def wait(stream_url: str, resume_url: str, spares: Sequence[str]) -> str:
    """The process that has the call is going: wait for the next one, as if a stream had ended."""
    return _come_back(VoiceResponse(), stream_url, resume_url, spares)


def _come_back(response: VoiceResponse, stream_url: str, resume_url: str, spares: Sequence[str]) -> str:
    for seconds, token in zip(WAITS_S, spares, strict=False):
        response.pause(length=seconds)
        _stream(response, stream_url, CallParameters(token))
    response.pause(length=_LAST_WAIT_S if spares else 1)
    response.redirect(insisting(resume_url), method="POST")
    return str(response)


def _stream(response: VoiceResponse, url: str, parameters: CallParameters) -> None:
    link = Connect()
    stream = link.stream(url=url)
    for name, value in pack(parameters).items():
        stream.parameter(name=name, value=value)
    response.append(link)


def apologise(text: str, language: str) -> str:
    """Twilio's own voice says it, then hangs up."""
    response = VoiceResponse()
    response.say(text, language=_SPOKEN.get(language, "en-US"))
    response.hangup()
    return str(response)


def dial(number: str, caller_id: str, after_url: str) -> str:
    """Connect the call with a phone; `after_url` is told how that went (https://www.twilio.com/docs/voice/twiml/dial)."""
    response = VoiceResponse()
    link = Dial(timeout=25, caller_id=caller_id, action=insisting(after_url), method="POST")
    link.number(number)
    response.append(link)
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def pack(parameters: CallParameters) -> dict[str, str]:
    """As `<Parameter>` names and values; the prompt compressed (RFC 1950), in base64, in numbered parts."""
    packed = {
        "token": parameters.token,
        "voice": parameters.voice,
        "persona": parameters.persona,
        "language": parameters.language,
    }
    packed = {name: value for name, value in packed.items() if value}
    # Half as long when compressed: the streams after the first one fit into the document too.
    rest = base64.b64encode(zlib.compress(parameters.prompt.encode(), 9)).decode() if parameters.prompt else ""
    number = 1
    while rest:
        name = f"{_PART}{number}"
        size = _MAX_PARAMETER - len(name)
        packed[name], rest = rest[:size], rest[size:]
        number += 1
    return packed


def unpack(parameters: dict[str, str]) -> CallParameters:
    """Raises ProtocolError (remote) for a prompt that cannot be read, or when one is missing: the token, or any of the
    others where one is there.
    """
    try:
        if set(parameters) == {"token"}:
            return CallParameters(parameters["token"])
        count = sum(1 for name in parameters if name.startswith(_PART))
        packed = "".join(parameters[f"{_PART}{number}"] for number in range(1, count + 1))
        return CallParameters(
            token=parameters["token"],
            voice=parameters["voice"],
            persona=parameters["persona"],
            language=parameters["language"],
            prompt=_unpacked(packed),
        )
    except KeyError as error:
        raise ProtocolError(f"the media stream came without its parameter {error}") from error


def _unpacked(packed: str) -> str:
    if not packed:
        return ""
    try:
        reader = zlib.decompressobj()
        prompt = reader.decompress(base64.b64decode(packed, validate=True), _MAX_PROMPT)
        if not reader.eof:
            raise ProtocolError("the media stream's prompt is cut off, or too long")
        return prompt.decode()
    except (ValueError, zlib.error) as error:
        raise ProtocolError("the media stream's prompt cannot be read") from error
