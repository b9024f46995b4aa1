"""What reaches a call's session from the world: the carrier, the media stream, the model, the requester.

Pure, frozen, and neutral: the codecs (`twiml.py`, `media_stream.py`, `realtime.py`) make them from the wire, so that
another carrier or model engine changes nothing here.
"""

import msgspec

from bridge.call import Usage


class Signal(msgspec.Struct, frozen=True):
    pass


# The carrier


class CarrierStatus(Signal, frozen=True):
    """A status callback. `status` is Twilio's CallStatus; `sequence` orders callbacks, which may overtake each
    other.
    """

    status: str
    sequence: int
    sip_code: str = ""


class AnswererDetected(Signal, frozen=True):
    """Answering machine detection has made up its mind: Twilio's AnsweredBy."""

    answered_by: str


class DialRefused(Signal, frozen=True):
    """The carrier did not take the call. `detail` is its error code, "0" for no answer; `uncertain` when it may have
    taken it and we cannot know.
    """

    detail: str
    uncertain: bool = False


class DialUnclear(Signal, frozen=True):
    """The carrier's answer to the dial got lost: whether there is a call is being asked."""


class NotDialed(Signal, frozen=True):
    """The carrier was asked, and has never heard of the call."""


class CarrierKnows(Signal, frozen=True):
    """What the carrier answered when it was asked about the call. `status` is Twilio's CallStatus; of a call that is
    over, how long it was talked (0: it does not tell) and how long ago that ended.
    """

    status: str
    talk_s: float = 0.0
    ended_ago_s: float = 0.0


class CarriedOn(Signal, frozen=True):
    """The call is gone on with, from where a former process left it. The first of its signals."""


class Reachable(Signal, frozen=True):
    """The carrier can reach this process from now on."""


class LetGo(Signal, frozen=True):
    """Another process will go on with the call: no more is done here."""


# The media stream


class StreamStarted(Signal, frozen=True):
    """`ticket` is the number of the one that let it in (`tickets.py`)."""

    stream_sid: str
    ticket: int = 0


class StreamStopped(Signal, frozen=True):
    pass


class MarkReturned(Signal, frozen=True, gc=False):
    name: str


class DigitPressed(Signal, frozen=True):
    digit: str


# The model


class ModelReady(Signal, frozen=True):
    """The session is configured as asked."""


class CalleeBegan(Signal, frozen=True):
    """The model hears speech on the line; `item_id` is the item it will become."""

    item_id: str


class CalleePaused(Signal, frozen=True):
    item_id: str


class CalleeCommitted(Signal, frozen=True):
    """The utterance is over and in the conversation: a response may now answer it."""

    item_id: str


class ItemAdded(Signal, frozen=True):
    """Where an item stands in the conversation: right after `after` ("" at the start)."""

    item_id: str
    after: str


class CalleeWords(Signal, frozen=True):
    """A final transcription of a callee's utterance; "" when no words were found in it."""

    item_id: str
    text: str


class AgentWords(Signal, frozen=True, gc=False):
    """More words of an agent's item; with `final`, all of them."""

    response_id: str
    item_id: str
    text: str
    final: bool = False


class AgentAudio(Signal, frozen=True, gc=False):
    """Audio of an agent's item: base64 of 8 kHz mu-law, passed on untouched."""

    response_id: str
    item_id: str
    payload: str


class AgentAudioDone(Signal, frozen=True):
    item_id: str


class ToolCalled(Signal, frozen=True):
    """`arguments` is the model's JSON, not yet looked at."""

    call_id: str
    name: str
    arguments: str


class ResponseBegan(Signal, frozen=True):
    response_id: str


class ResponseEnded(Signal, frozen=True):
    """`status`: completed, cancelled, failed or incomplete; `detail` the model's code where it failed."""

    response_id: str
    status: str
    usage: Usage = Usage()
    detail: str = ""


class Transcribed(Signal, frozen=True):
    """Seconds of callee audio that were transcribed, for the bill."""

    seconds: float


class ModelObjected(Signal, frozen=True):
    """The model refused something we sent; `to_response`: our wish for a response, which will not begin now."""

    code: str
    to_response: bool = False


class ModelLost(Signal, frozen=True):
    """The model's session is gone. `retryable`: another one may be had."""

    code: str
    retryable: bool = True


class DigitsFailed(Signal, frozen=True):
    """The carrier did not press the keys."""


class TakeOverFailed(Signal, frozen=True):
    """The carrier did not connect the callee with the requester's phone."""


# The requester


class HangUpAsked(Signal, frozen=True):
    """The requester wants the call over. A second one means at once."""


class Whispered(Signal, frozen=True):
    """An instruction from the requester to the agent during the call."""

    text: str


class QuestionAnswered(Signal, frozen=True):
    """The requester's answer to a question of the agent's."""

    question_id: str
    answer: str


class TakeOverAsked(Signal, frozen=True):
    """The requester wants to speak to the callee themselves, on the phone with this number (E.164)."""

    number: str
