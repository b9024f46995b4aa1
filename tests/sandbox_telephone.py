"""A phone for tests: the rule-based mind on one end, a callee on the other, in frames and without a socket."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bot.plan import Plan
from bot.summary import Summary
from prompts import library
from sandbox.brain import RuleMind
from sandbox.callee import ScenarioCallee, phone_book
from sandbox.tones import FRAME, SILENCE, Ear, SpeechBegan, SpeechEnded, speak

BOOK = "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
END_CALL = {"type": "function", "name": "end_call", "parameters": {"type": "object"}}
DATE = "Sunday, 22 November 2026 (Europe/Berlin)"
PLANNER = library.render(
    "planner",
    requester="Shane",
    personas="; ".join(f"{persona.key} ({persona.name}: {persona.fits})" for persona in library.personas().values()),
    voices="alloy, ash, coral, marin",
    max_minutes=30,
    now="Sunday, 22 November 2026, 11:05 (Europe/Berlin)",
    language="English",
    persona_default="",
)
PLAN_SCHEMA = Plan.model_json_schema()
SUMMARY_SCHEMA = Summary.model_json_schema()


def planned(request: str, draft: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """`given` is as in `asked_for`."""
    text = asked_for(request, draft, **given)
    return dict(RuleMind().structured(name="Plan", schema=PLAN_SCHEMA, instructions=PLANNER, text=text))


def asked_for(
    request: str, draft: dict[str, Any] | None = None, *, contacts: Sequence[str] = (), recent: Sequence[str] = ()
) -> str:
    """What the planner is given. `recent` are the lines under RECENT CALLS."""
    before = msgspec.json.encode(draft).decode() if draft else "none"
    people = "\n".join(f"- {name}" for name in contacts) or "none"
    calls = "\n".join(recent) or "none"
    return f"CONTACTS\n{people}\nRECENT CALLS\n{calls}\nDRAFT\n{before}\nREQUEST\n{request}"


def agent_prompt(plan: dict[str, Any]) -> str:
    return library.render(
        "agent",
        principal=plan["on_behalf_of"],
        callee=plan["callee_name"] or plan["callee_number"],
        goal=plan["goal"],
        manner="Quick and courteous.",
        language="English",
        facts=plan["facts"],
        may_agree=plan["may_agree"],
        questions=plan["questions"],
        others="",
        record=False,
    )


@dataclass
class Telephone:
    """An agent with an ear and a mouth on one end, a callee on the other; both in steps of 20 ms."""

    plan: dict[str, Any]
    callee: ScenarioCallee
    items: list[dict[str, Any]] = field(default_factory=list)
    ended_with: list[str] = field(default_factory=list)
    opens_after_frames: int = 0
    frames: int = 0
    _ear: Ear = field(default_factory=Ear)
    _audio: bytes = b""
    _at: int = 0
    _quiet: int = 0

    @property
    def seconds(self) -> float:
        return self.frames / 50

    def run(self, most_seconds: float = 120) -> "Telephone":
        heard = SILENCE
        while not self.callee.hung_up and self.seconds < most_seconds and self._quiet < 250:
            if self.frames == self.opens_after_frames:
                self._think(library.render("opening", language="English", opening=self.plan["opening"], disclose=False))
            self.frames += 1
            heard = self.callee.step(self._say())
            for event in self._ear.feed(heard):
                self._hear(event)
            self._quiet = self._quiet + 1 if self.ended_with and not self._audio else 0
        return self

    def _say(self) -> bytes:
        frame = self._audio[self._at : self._at + FRAME] or SILENCE
        self._at += FRAME
        if self._at >= len(self._audio):
            self._audio = b""
        return frame

    def _hear(self, event: SpeechBegan | SpeechEnded) -> None:
        if isinstance(event, SpeechBegan):
            if self._audio:  # what was not heard was not said
                said = self.items[-1]["content"][0]
                said["transcript"] = said["transcript"][: self._at // (3 * FRAME)]
                self._audio = b""
            return
        self.items.append(heard_item(event.text))
        self._think(agent_prompt(self.plan))

    def _think(self, instructions: str) -> None:
        reply = RuleMind().reply(instructions=instructions, items=self.items, tools=[END_CALL], tool_choice="auto")
        for text in reply.texts:
            self.items.append(said_item(text))
            self._audio, self._at = speak(text), 0
        for call in reply.tool_calls:
            self.items.append({"type": "function_call", "name": call.name})
            self.ended_with.append(call.arguments["outcome"])

    def script(self) -> list[tuple[str, str]]:
        roles = {"user": "callee", "assistant": "agent"}
        return [
            (roles[item["role"]], item["content"][0]["transcript"]) for item in self.items if item["type"] == "message"
        ]

    @property
    def agent_said(self) -> list[str]:
        return [text for who, text in self.script() if who == "agent"]

    @property
    def callee_said(self) -> list[str]:
        return [said.text for said in self.callee.said]


def heard_item(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": text}]}


def said_item(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": text}]}


def telephone(plan: dict[str, Any], number: str, *, opens_after_ms: int = 0) -> Telephone:
    callee = phone_book()(number)
    assert isinstance(callee, ScenarioCallee)
    return Telephone(plan, callee, opens_after_frames=opens_after_ms // 20).run()


def reported(plan: dict[str, Any], call: Telephone) -> dict[str, Any]:
    return summed_up(plan, [f"{who}: {text}" for who, text in call.script()])


def summed_up(plan: dict[str, Any], transcript: Sequence[str]) -> dict[str, Any]:
    """The report of a call on Sunday, 22 November 2026. `transcript` are its lines, which are numbered here."""
    lines = "\n".join(f"{number} {line}" for number, line in enumerate(transcript, start=1))
    text = f"DATE\n{DATE}\nPLAN\n{msgspec.json.encode(plan).decode()}\nTRANSCRIPT\n{lines}"
    return dict(RuleMind().structured(name="Summary", schema=SUMMARY_SCHEMA, instructions="", text=text))
