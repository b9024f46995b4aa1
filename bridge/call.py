"""The nouns of a call: what one needs (`CallSpec`), the states it goes through, its turns and how it ended.

Pure data, frozen. Must not know of chats, sockets or clocks. Times of a call are milliseconds since it was confirmed.
"""

from enum import StrEnum
from typing import Literal

import msgspec

VOICES = ("alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse")
"""The Realtime model's voices (OpenAI, Realtime session object: `audio.output.voice`)."""

Party = Literal["callee", "agent"]


class Callee(msgspec.Struct, frozen=True):
    """The person or business phoned. `number` is E.164."""

    name: str
    number: str
    kind: Literal["business", "person"] = "business"


class CallSpec(msgspec.Struct, frozen=True):
    """Everything one call needs. It travels with the call: nothing here is fixed anywhere else."""

    id: str
    callee: Callee
    on_behalf_of: str
    goal: str
    facts: tuple[str, ...]
    may_agree: tuple[str, ...]
    questions: tuple[str, ...]
    language: str  # ISO 639-1
    persona: str
    voice: str
    opening: str
    voicemail_message: str = ""
    max_duration_s: int = 600
    ring_timeout_s: int = 30
    may_switch_to: tuple[str, ...] = ()  # ISO 639-1: languages the agent may go on in if the callee speaks them
    disclose: bool = True  # that an AI is speaking is said in the first sentence
    max_cost_usd: float = 0.0  # the agent takes its leave before the call costs more; 0: no limit
    record: bool = False  # both sides are kept as one file, and the opening says so


class CallState(StrEnum):
    """Forward only. CLOSING means that the hang-up has been ordered and cannot be taken back."""

    DIALING = "dialing"
    RINGING = "ringing"
    CONNECTED = "connected"
    CLOSING = "closing"
    ENDED = "ended"

    def precedes(self, other: "CallState") -> bool:
        return _ORDER[self] < _ORDER[other]


_ORDER = {state: number for number, state in enumerate(CallState)}


class EndReason(StrEnum):
    """Why a call is over. Every one is worded for people in `bot/wording.py` and explained in docs/glossary.md."""

    GOODBYE = "goodbye"
    CALLEE_HUNG_UP = "callee_hung_up"
    REQUESTER_HUNG_UP = "requester_hung_up"
    TIME_LIMIT = "time_limit"
    MONEY_LIMIT = "money_limit"
    SILENCE = "silence"
    MENU_LOOP = "menu_loop"
    HOLD_LIMIT = "hold_limit"
    TAKEN_OVER = "taken_over"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    REFUSED = "refused"
    FAILED = "failed"
    MODEL_LOST = "model_lost"
    LINE_LOST = "line_lost"
    UNCERTAIN = "uncertain"
    NOT_DIALED = "not_dialed"


class Turn(msgspec.Struct, frozen=True):
    """One party's utterance. `text` of an interrupted agent turn is what the callee really heard of it."""

    id: str
    party: Party
    text: str
    started_ms: int
    ended_ms: int | None = None
    final: bool = False
    interrupted: bool = False


class Usage(msgspec.Struct, frozen=True):
    """Tokens of model responses, as `response.done` counts them, and seconds of callee audio transcribed."""

    audio_in: int = 0
    audio_in_cached: int = 0
    text_in: int = 0
    text_in_cached: int = 0
    audio_out: int = 0
    text_out: int = 0
    transcribed_s: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            *(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__),
        )


class Ending(msgspec.Struct, frozen=True):
    """The facts of the line, once a call is over. They come from the line and the journal, never from a model.

    `ring_s` from dialling to the answer (or to the end), `talk_s` from the answer to the end; `detail` is the
    carrier's code where it refused ("0": it did not answer) or failed the call.
    """

    reason: EndReason
    ring_s: float
    talk_s: float
    usage: Usage = Usage()
    cost_usd: float = 0.0
    detail: str = ""
    outcome: str = ""  # what the agent told its end_call tool

    @property
    def answered(self) -> bool:
        return self.talk_s > 0
