"""The callee's phone on the page: who answers the next call, and what goes over its line.

Owns the choice of who answers (`answer` is the world's `answerer`) and the lines that are watched. Must not know of
browsers: `look` tells what is new since the last look, several times a second.
"""

import asyncio
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.callee import acted_out, phone_book
from sandbox.handset import Handset
from sandbox.line import Callee
from sandbox.page.captions import Caption, Captions
from sandbox.page.commands import HangUp, Pick, PickUp, Speak
from sandbox.page.own_phone import OwnPhone
from sandbox.scenario import scenario, scenarios
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES
from sandbox.tones import FRAME
from sandbox.twilio import StandInCall

YOU, BY_NUMBER = "you", ""
_HANDS_OVER = "requester"  # the requester's own phone, which joins a call: whoever is picked, it stays theirs
MOST_LINES = 250  # the audio's first byte is its line


@dataclass(eq=False)
class Line:
    """A call as it is watched. `id` counts from 1; `at`: so much of its audio has been told."""

    id: int
    call: StandInCall
    captions: Captions = field(default_factory=Captions)
    at: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> OwnPhone | None:
        return self.call.callee if isinstance(self.call.callee, OwnPhone) else None

    @property
    def over(self) -> bool:
        return self.call.ended_at is not None

    def view(self) -> dict[str, Any]:
        """The line as the page knows it; `talked_s`: whole seconds since the answer."""
        call = self.call
        now = call.ended_at or asyncio.get_running_loop().time()
        return {
            "id": self.id,
            "number": call.request.to,
            "who": call.callee.scenario.name if isinstance(call.callee, Handset) else YOU,
            "status": call.status,
            "talked_s": 0 if call.answered_at is None else int(now - call.answered_at),
            "over": self.over,
        }

    @property
    def quiet(self) -> bool:
        """It is over, and all of it has been told."""
        return self.over and bool(self.told.get("over")) and self.captions.settled

    def words(self) -> list[Caption]:
        callee = self.call.callee
        return self.captions.look(callee.utterances(over=self.over)) if isinstance(callee, Handset | OwnPhone) else []

    def audio(self) -> tuple[bytes, bytes]:
        """Both sides since the last time, in whole frames."""
        line = self.call.line
        end = len(line.callee_audio) // FRAME * FRAME
        said, heard = bytes(line.callee_audio[self.at : end]), bytes(line.agent_audio[self.at : end])
        self.at = end
        return said, heard


class Phone:
    def __init__(self, speech: Speech = TONES) -> None:
        self.who = BY_NUMBER
        self.once = False
        self.lines: dict[int, Line] = {}
        self._speech = speech
        self._by_number = phone_book(speech)
        self._requesters = scenario(_HANDS_OVER).numbers

    def pick(self, who: str, *, once: bool) -> None:
        """Who answers: a scenario by its name, `YOU`, or whoever has the number. Raises ValueError for anybody else."""
        if who not in {YOU, BY_NUMBER, *scenarios()}:
            raise ValueError(f"there is no scenario {who!r}")
        self.who, self.once = who, once

    def answer(self, number: str) -> Callee:
        """The callee behind a number that is dialled now."""
        who = BY_NUMBER if number in self._requesters else self.who
        if who != BY_NUMBER and self.once:
            self.who, self.once = BY_NUMBER, False
        if who == YOU:
            return OwnPhone(number, self._speech)
        return self._by_number(number) if who == BY_NUMBER else acted_out(scenario(who), self._speech)

    def obey(self, command: Pick | PickUp | Speak | HangUp) -> None:
        """Raises ValueError for what cannot be done."""
        match command:
            case Pick(who=who, once=once):
                self.pick(who, once=once)
            case PickUp(line=line, how=how):
                self.own(line).answer(how)
            case Speak(line=line, text=words):
                self.own(line).say(words)
            case HangUp(line=line):
                self.own(line).hang_up()

    def own(self, line_id: int) -> OwnPhone:
        """The phone in the hands of the page. Raises ValueError for a line that is none, or is over."""
        line = self.lines.get(line_id)
        if line is None or line.own is None or line.over:
            raise ValueError("that call is not yours to answer")
        return line.own

    def choice(self) -> dict[str, Any]:
        return {"kind": "choice", "who": self.who, "once": self.once}

    def look(self, calls: Collection[StandInCall]) -> tuple[list[dict[str, Any]], list[bytes]]:
        """What is new: messages for the page, and audio. Audio is the line's id in one byte, then what the callee said
        and what the agent said, of the same length, in mu-law.
        """
        watched = {line.call for line in self.lines.values()}
        for call in calls:
            if call not in watched and len(self.lines) < MOST_LINES:
                number = len(self.lines) + 1
                self.lines[number] = Line(number, call)
        told: list[dict[str, Any]] = []
        audio: list[bytes] = []
        for line in self.lines.values():
            if line.quiet:
                continue
            view = line.view()
            said, heard = line.audio()
            told += [_caption_view(line, caption) for caption in line.words()]
            if said:
                audio.append(bytes([line.id]) + said + heard)
            if view != line.told:
                told.append({"kind": "line", "line": view})
                line.told = view
        return told, audio


def _caption_view(line: Line, caption: Caption) -> dict[str, Any]:
    return {"kind": "caption", "line": line.id, "number": caption.number, **asdict(caption.utterance)}
