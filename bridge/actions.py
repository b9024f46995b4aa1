"""What a call's session wants done. Pure, frozen; the runner carries them out in order and decides nothing."""

import msgspec

from bridge.call import EndReason
from bridge.events import CallEvent


class Action(msgspec.Struct, frozen=True):
    pass


class Tell(Action, frozen=True):
    """Journal the event, then tell whoever follows the call."""

    event: CallEvent


# To the line


class Play(Action, frozen=True):
    """Base64 mu-law for the callee's ear."""

    payload: str


class Mark(Action, frozen=True):
    """To be returned once everything before it has been played."""

    name: str


class Clear(Action, frozen=True):
    """Silence the line at once. Returns every pending mark, played or not."""


class HangUp(Action, frozen=True):
    reason: EndReason


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


class AnswerTool(Action, frozen=True):
    call_id: str
    output: str
