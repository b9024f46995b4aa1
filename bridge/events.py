"""What happened on a call: the facts that are journalled first and then told to whoever follows the call.

Pure, frozen. An event is a fact in the past; what is to be done is an action (`actions.py`), what comes in from the
world is a signal (`signals.py`). `at_ms` is milliseconds since the call was confirmed.
"""

from typing import Literal

import msgspec

from bridge.call import CallSpec, Ending, Turn, Usage


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=str.lower, kw_only=True):
    at_ms: int


class Confirmed(Event, frozen=True):
    """The requester confirmed the card. Written before anything is dialled: the one licence for one dial."""

    spec: CallSpec
    confirmed_unix: float


class Dialed(Event, frozen=True):
    """The carrier took the call."""

    call_sid: str


class Ringing(Event, frozen=True):
    pass


class Answered(Event, frozen=True):
    pass


class Streaming(Event, frozen=True):
    """A media stream is attached to the call. `ticket` is the number of the one that let it in (`tickets.py`)."""

    stream_sid: str
    ticket: int = 0


class FirstAudio(Event, frozen=True):
    """Our first audio was sent to the line, `after_ms` after the stream's start."""

    after_ms: int


class Detected(Event, frozen=True):
    """What answering machine detection made of whoever answered (Twilio's AnsweredBy)."""

    answered_by: str


class TurnChanged(Event, frozen=True):
    """A turn began, grew, was cut or is final; `after` is the id of the turn it follows ("" for the first)."""

    turn: Turn
    after: str


class BargedIn(Event, frozen=True):
    """The callee spoke over the agent. The line was cleared; `heard_ms` of the item had been heard."""

    item_id: str
    heard_ms: int


class BargeInResolved(Event, frozen=True):
    """How the interruption was taken: the agent yielded the floor, or went on from where it stopped."""

    outcome: Literal["yielded", "resumed"]


class ClosingBegan(Event, frozen=True):
    """A goodbye was said (or `end_call` called): the call will be hung up unless the callee goes on. With a `reason`
    (an EndReason) it will be in any case.
    """

    reason: str = ""


class ClosingCancelled(Event, frozen=True):
    """The callee went on after the goodbye."""


class QuestionAsked(Event, frozen=True):
    """The agent needs something from the requester, who has `patience_s` seconds. `question_id` names it."""

    question_id: str
    question: str
    choices: tuple[str, ...]
    patience_s: float


class QuestionClosed(Event, frozen=True):
    """The question has its answer, or will have none."""

    question_id: str
    answer: str
    how: Literal["answered", "timed_out", "call_ended"]


class HoldBegan(Event, frozen=True):
    """The agent waits, silently, until a person speaks to it."""


class HoldEnded(Event, frozen=True):
    """`person` tells whether somebody came back, or the wait was given up."""

    lasted_s: float
    person: bool


class DigitsPressed(Event, frozen=True):
    """Keys for a phone menu."""

    digits: str


class LanguageSwitched(Event, frozen=True):
    language: str


class CostRose(Event, frozen=True):
    """The call has cost so much so far, in whole cents. Told for each cent at most once, and no line of a bill. `usage`
    is what had been used by then.
    """

    cost_usd: float
    usage: Usage = Usage()


class MessageBegan(Event, frozen=True):
    """The agent leaves the spec's message on an answering machine. The turn that begins now holds what was left."""


class Whispered(Event, frozen=True):
    """The requester's instruction to the agent, in their own words."""

    text: str


class DoNotCallAsked(Event, frozen=True):
    """The callee asked never to be called again. Once a call."""


class ModelResumed(Event, frozen=True):
    """The model's session was lost, and a new one has taken over with the turns so far."""


class CarriedOver(Event, frozen=True):
    """A process has taken the call over from a former one, which is gone. The first event that it writes."""


class TakenOver(Event, frozen=True):
    """The requester's own phone takes the line over from the agent."""


class HangUpOrdered(Event, frozen=True):
    reason: str


class ModelTrouble(Event, frozen=True):
    """The model refused something we sent, or its socket closed. `code` is the model's; never any spoken words."""

    code: str


class Ended(Event, frozen=True):
    """The call is over. The last event of every call, exactly once."""

    ending: Ending


CallEvent = (
    Confirmed
    | Dialed
    | Ringing
    | Answered
    | Streaming
    | FirstAudio
    | Detected
    | TurnChanged
    | BargedIn
    | BargeInResolved
    | ClosingBegan
    | ClosingCancelled
    | QuestionAsked
    | QuestionClosed
    | HoldBegan
    | HoldEnded
    | DigitsPressed
    | LanguageSwitched
    | CostRose
    | MessageBegan
    | Whispered
    | DoNotCallAsked
    | ModelResumed
    | CarriedOver
    | TakenOver
    | HangUpOrdered
    | ModelTrouble
    | Ended
)
