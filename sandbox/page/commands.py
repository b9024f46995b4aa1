"""What a person does on the page, as its messages over the feed.

Owns their form: whatever does not fit is refused before anything looks at it. Pure.
"""

import msgspec

from sandbox.page.own_phone import Answer


class _Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    pass


class Open(_Command, frozen=True, tag="open"):
    """Look into a room; a group is made when somebody first looks into it."""

    room: str


class _Written(_Command, frozen=True):
    """`by`: the id of the person who writes; `reply_to`: a message's id in the room."""

    room: str
    by: int
    reply_to: int | None = None


class Say(_Written, frozen=True, kw_only=True, tag="say"):
    text: str


class VoiceNote(_Written, frozen=True, kw_only=True, tag="voice"):
    """Either words to be spoken, or mu-law at 8 kHz in base64."""

    words: str = ""
    audio: bytes = b""


class ShareContact(_Written, frozen=True, kw_only=True, tag="contact"):
    phone: str
    name: str


class Edit(_Command, frozen=True, tag="edit"):
    room: str
    by: int
    message: int
    text: str


class Forward(_Command, frozen=True, tag="forward"):
    """A message of one room, sent on to another."""

    room: str
    message: int
    by: int
    to: str


class React(_Command, frozen=True, tag="react"):
    """`emoji`: "" takes it back."""

    room: str
    message: int
    by: int
    emoji: str


class Press(_Command, frozen=True, tag="press"):
    """`ref`: comes back with the answer."""

    room: str
    message: int
    by: int
    data: str
    ref: int


class Pick(_Command, frozen=True, tag="pick"):
    """Who answers calls; `once`: only the next one."""

    who: str
    once: bool = False


class PickUp(_Command, frozen=True, tag="pick_up"):
    line: int
    how: Answer


class Speak(_Command, frozen=True, tag="speak"):
    """Typed at one's own phone."""

    line: int
    text: str


class HangUp(_Command, frozen=True, tag="hang_up"):
    line: int


class LookOn(_Command, frozen=True, tag="look_on"):
    """Show the wires, or no longer."""

    wires: bool


Command = (
    Open | Say | VoiceNote | ShareContact | Edit | Forward | React | Press | Pick | PickUp | Speak | HangUp | LookOn
)

_decoder = msgspec.json.Decoder(Command)


def read(text: str) -> Command:
    """Raises msgspec.DecodeError for anything else."""
    command: Command = _decoder.decode(text)
    return command
