"""Whole conversations of the rule-based mind with those who make it hard, in frames, with all the agent's tools.

The phone here does for a tool what the product does, only plainly: keys reach the callee, a question comes back
answered after a while, holding ends when somebody speaks.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from bridge import tools
from prompts import library
from sandbox.brain import RuleMind
from sandbox.brain_recorded import asks_to_hold, is_announcement
from sandbox.callee import MachineCallee, ScenarioCallee
from sandbox.mind import Reply, ToolCall
from sandbox.scenario import scenario
from sandbox.tones import FRAME, SILENCE, Ear, SpeechBegan, SpeechEnded, loudness, speak
from tests.sandbox_telephone import agent_prompt, heard_item, planned, said_item

BOOK = "call {number} and book a table for four at 7pm, 7 to 9 is fine, name Shane"
ASK = "call Mia on {number} and ask whether she is coming on Saturday"
CLINIC = "call City Clinic on {number} and book an appointment on Tuesday morning, name Shane"
OUTPUTS = {"press_digits": "Pressed. Listen to what comes.", "wait_on_hold": "Holding. Say nothing."}
Answer = Callable[[str], str]


def plan_for(name: str, request: str) -> dict[str, Any]:
    (number,) = scenario(name).numbers
    return {**planned(request.format(number=number)), "missing": ""}


@dataclass
class Phone:
    """The agent with its tools on one end, a callee on the other; in steps of 20 ms. `calls` are (ms, tool)."""

    plan: dict[str, Any]
    callee: ScenarioCallee | MachineCallee
    languages: tuple[str, ...] = ()
    answer: Answer = lambda _: ""
    answers_after_s: float = 20.0
    items: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[int, ToolCall]] = field(default_factory=list)
    spoke: list[tuple[int, str]] = field(default_factory=list)
    thoughts: int = 0
    now_ms: int = 0
    _held: bool = False
    _later: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    _ids: count = field(default_factory=count)
    _ear: Ear = field(default_factory=Ear)
    _audio: bytes = b""
    _at: int = 0

    def run(self, most_s: float = 180) -> "Phone":
        self._think(library.render("opening", language="English", opening=self.plan["opening"], disclose=False))
        ended_at = None
        while not self.callee.hung_up and self.now_ms < most_s * 1000:
            for event in self._ear.feed(self.callee.step(self._say())):
                self._hear(event)
            self.now_ms += 20
            for due in [each for each in self._later if each[0] <= self.now_ms]:
                self._later.remove(due)
                due[1]()
            ended = self.calls and self.calls[-1][1].name == "end_call" and not self._audio
            ended_at = (ended_at or self.now_ms) if ended else None
            if ended_at is not None and self.now_ms - ended_at > 5000:
                break
        return self

    @property
    def tools_called(self) -> list[str]:
        return [call.name for _, call in self.calls]

    @property
    def agent_said(self) -> list[str]:
        return [text for _, text in self.spoke]

    @property
    def callee_said(self) -> list[str]:
        return [said.text for said in self.callee.said]

    def _say(self) -> bytes:
        frame = self._audio[self._at : self._at + FRAME] or SILENCE
        self._at += FRAME
        if self._at >= len(self._audio):
            self._audio = b""
        return frame

    def _hear(self, event: SpeechBegan | SpeechEnded) -> None:
        if isinstance(event, SpeechBegan):
            if self._audio:  # what was not heard was not said
                said = self.items[max(n for n, item in enumerate(self.items) if item.get("role") == "assistant")]
                said["content"][0]["transcript"] = said["content"][0]["transcript"][: self._at // (3 * FRAME)]
                self._audio = b""
            return
        if self._held and (not event.text or is_announcement(event.text) or asks_to_hold(event.text)):
            return
        self._held = False
        self.items.append(heard_item(event.text))
        self._think(self._prompt())

    def _prompt(self) -> str:
        return agent_prompt(self.plan)

    def _think(self, instructions: str) -> None:
        self.thoughts += 1
        offered = [{"type": "function", **tool} for tool in tools.described(self.languages)]
        reply = RuleMind().reply(instructions=instructions, items=self.items, tools=offered, tool_choice="auto")
        for text in reply.texts:
            self.items.append(said_item(text))
            self.spoke.append((self.now_ms, text))
            self._audio, self._at = speak(text), 0
        for call in reply.tool_calls:
            tools.read(call.name, json.dumps(call.arguments))
            self.calls.append((self.now_ms, call))
            self._obey(call)

    def _obey(self, call: ToolCall) -> None:
        call_id = f"call_{next(self._ids)}"
        arguments = json.dumps(call.arguments)
        self.items.append({"type": "function_call", "name": call.name, "call_id": call_id, "arguments": arguments})
        match call.name:
            case "ask_requester":
                self._after(self.answers_after_s, lambda: self._output(call_id, self.answer(call.arguments["question"])))
            case "switch_language":
                self._after(0.1, lambda: self._output(call_id, "Go on in Spanish."))
            case "press_digits":
                self._after(1.2, lambda: self.callee.press(call.arguments["digits"]))
            case "wait_on_hold":
                self._held = True
            case "voicemail_reached":
                self._after(4.0, self._leave_message)

    def _after(self, seconds: float, deed: Callable[[], None]) -> None:
        self._later.append((self.now_ms + round(seconds * 1000), deed))

    def _output(self, call_id: str, output: str) -> None:
        self.items.append({"type": "function_call_output", "call_id": call_id, "output": output})
        self._think(self._prompt())

    def _leave_message(self) -> None:
        message = self.plan["voicemail_message"] or "Please call back."
        self._think(library.render("voicemail", language="English", message=message))

    def script(self) -> str:
        told = [(at, f"A: {text}") for at, text in self.spoke]
        told += [(at, f"   [{call.name} {call.arguments}]") for at, call in self.calls]
        told += [(said.began_ms, f"C: {said.text}") for said in self.callee.said]
        return "\n".join(f"{at / 1000:6.1f} {line}" for at, line in sorted(told, key=lambda each: each[0]))


def phoned(name: str, request: str = BOOK, **about: Any) -> Phone:
    one = scenario(name)
    callee = MachineCallee(one) if one.records_s else ScenarioCallee(one)
    return Phone(plan_for(name, request), callee, **about).run()
