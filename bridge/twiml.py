"""The TwiML of a call, and the call's own parameters inside it.

Pure. Owns what Twilio is told to do: connect the call to our media stream, and come back for more when the stream ends,
because a call outlives its stream. Follows https://www.twilio.com/docs/voice/twiml/stream (a `<Parameter>`'s name and
value together are under 500 characters; no query string on the URL) and
https://www.twilio.com/docs/voice/api/call-resource (inline TwiML is at most 4,000 characters).
"""

import msgspec
from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

from bridge.errors import ProtocolError

MAX_INLINE = 4000
_MAX_PARAMETER = 499
_PART = "prompt."
# https://www.twilio.com/docs/voice/twiml/say#attributes-language
_SPOKEN = {"en": "en-US", "es": "es-ES", "fr": "fr-FR", "de": "de-DE", "it": "it-IT", "pt": "pt-PT"}


class CallParameters(msgspec.Struct, frozen=True):
    """Everything about a call that its media stream carries."""

    token: str  # single use, opens the stream
    voice: str
    persona: str
    language: str
    prompt: str


def connect(stream_url: str, resume_url: str, parameters: CallParameters, *, digits: str = "") -> str:
    """Connect the call to a media stream; when that ends, ask `resume_url` what next.

    `digits` are pressed first: keypad tones cannot go over the stream (https://www.twilio.com/docs/voice/twiml/play#digits;
    each w waits for half a second).
    """
    response = VoiceResponse()
    if digits:
        response.play(digits=f"ww{digits}")
    link = Connect()
    stream = link.stream(url=stream_url)
    for name, value in pack(parameters).items():
        stream.parameter(name=name, value=value)
    response.append(link)
    response.redirect(resume_url, method="POST")
    return str(response)


def apologise(text: str, language: str) -> str:
    """Twilio's own voice says it, then hangs up."""
    response = VoiceResponse()
    response.say(text, language=_SPOKEN.get(language, "en-US"))
    response.hangup()
    return str(response)


def dial(number: str, caller_id: str, after_url: str) -> str:
    """Connect the call with a phone; `after_url` is told how that went (https://www.twilio.com/docs/voice/twiml/dial)."""
    response = VoiceResponse()
    link = Dial(timeout=25, caller_id=caller_id, action=after_url, method="POST")
    link.number(number)
    response.append(link)
    return str(response)


def hang_up() -> str:
    response = VoiceResponse()
    response.hangup()
    return str(response)


def pack(parameters: CallParameters) -> dict[str, str]:
    """As `<Parameter>` names and values; the prompt in numbered parts."""
    packed = {
        "token": parameters.token,
        "voice": parameters.voice,
        "persona": parameters.persona,
        "language": parameters.language,
    }
    rest, number = parameters.prompt, 1
    while rest:
        name = f"{_PART}{number}"
        size = min(len(rest), _MAX_PARAMETER - len(name))
        # A part must not begin or end with white space, which may be trimmed on the way.
        while 1 < size < len(rest) and (rest[size - 1].isspace() or rest[size].isspace()):
            size -= 1
        packed[name], rest = rest[:size], rest[size:]
        number += 1
    return packed


def unpack(parameters: dict[str, str]) -> CallParameters:
    """Raises ProtocolError (remote) when one is missing."""
    try:
        count = sum(1 for name in parameters if name.startswith(_PART))
        prompt = "".join(parameters[f"{_PART}{number}"] for number in range(1, count + 1))
        return CallParameters(
            token=parameters["token"],
            voice=parameters["voice"],
            persona=parameters["persona"],
            language=parameters["language"],
            prompt=prompt,
        )
    except KeyError as error:
        raise ProtocolError(f"the media stream came without its parameter {error}") from error
