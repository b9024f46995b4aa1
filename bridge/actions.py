"""What a call's session wants done. Pure, frozen; the runner carries them out in order and decides nothing."""

import msgspec

from bridge.call import EndReason, Turn
from bridge.events import CallEvent


class Action(msgspec.Struct, frozen=True):
    pass


class Tell(Action, frozen=True):
    """Journal the event, then tell whoever follows the call."""

    event: CallEvent


# To the line


class Play(Action, frozen=True, gc=False):
    """Base64 mu-law for the callee's ear."""

    payload: str


class Mark(Action, frozen=True, gc=False):
    """To be returned once everything before it has been played."""

    name: str


class Clear(Action, frozen=True):
    """Silence the line at once. Returns every pending mark, played or not."""


class EndStream(Action, frozen=True):
    """Close the media stream. The call lives on, and its TwiML with it."""


class HangUp(Action, frozen=True):
    reason: EndReason


class PressDigits(Action, frozen=True):
    """Keypad tones to the other side: the stream ends for them, and a new one follows."""

    digits: str


class Reconnect(Action, frozen=True):
    """Connect the call with a media stream now: the carrier would try by itself, but perhaps seconds later."""


class Apologise(Action, frozen=True):
    """Have the carrier's own voice say this, in this language (ISO 639-1), then hang up: ours is lost."""

    text: str
    language: str


class TakeOver(Action, frozen=True):
    """Connect the callee with this number (E.164); the media stream ends."""

    number: str


# To the model


class Respond(Action, frozen=True):
    """Make the model speak. `instructions` replace the session's for this one response; `tools` lets it call them."""

    instructions: str = ""
    tools: bool = True


class CancelResponse(Action, frozen=True):
    response_id: str


class Truncate(Action, frozen=True):
    """The callee heard only the first `heard_ms` of an agent's item."""

    item_id: str
    heard_ms: int


class Instruct(Action, frozen=True):
    """A system message into the conversation."""

    text: str


class CalleeWrites(Action, frozen=True):
    """The callee's words, written: in a rehearsal nobody is on the line."""

    text: str


class Forget(Action, frozen=True):
    """Take an item out of the conversation: it said nothing, and would be billed with every response."""

    item_id: str


class HearLanguage(Action, frozen=True):
    """Transcribe the callee in another language (ISO 639-1) from now on."""

    language: str


class ReopenModel(Action, frozen=True):
    """The model's session is gone: open another, and seed it with the turns so far."""

    turns: tuple[Turn, ...]


class AnswerTool(Action, frozen=True):
    call_id: str
    output: str
