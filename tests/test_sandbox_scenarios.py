"""Whole conversations of the rule-based mind with those who make it hard, in frames, with all the agent's tools.

The phone here does for a tool what the product does, only plainly: keys reach the callee, a question comes back
answered after a while, holding ends when somebody speaks.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from bridge import tools
from prompts import library
from sandbox.brain import RuleMind
from sandbox.brain.recorded import asks_to_hold, is_announcement
from sandbox.callee import MachineCallee, ScenarioCallee
from sandbox.mind import ToolCall
from sandbox.scenario import scenario
from sandbox.tones import FRAME, SILENCE, Ear, SpeechBegan, SpeechEnded, loudness, speak
from tests.sandbox_telephone import agent_prompt, heard_item, planned, said_item

BOOK = "call {number} and book a table for four at 7pm, 7 to 9 is fine, name Shane"
ASK = "call Mia on {number} and ask whether she is coming on Saturday"
CLINIC = "call City Clinic on {number} and book an appointment on Tuesday morning, name Shane"
Answer = Callable[[str], str]


def plan_for(name: str, request: str) -> dict[str, Any]:
    (number,) = scenario(name).numbers
    return {**planned(request.format(number=number)), "missing": []}


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
    _ids: Iterator[int] = field(default_factory=count)
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
                self._after(
                    self.answers_after_s, lambda: self._output(call_id, self.answer(call.arguments["question"]))
                )
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


def book(name: str, **about: Any) -> Phone:
    return phoned(name, BOOK, **about)


def digits(phone: Phone) -> list[str]:
    return [call.arguments["digits"] for _, call in phone.calls if call.name == "press_digits"]


# Machines


def test_a_menu_of_two_levels_is_listened_to_and_worked_through_in_silence() -> None:
    phone = phoned("menu", CLINIC)
    assert digits(phone) == ["2", "1"]
    assert phone.tools_called[0] == "keep_listening"
    to_the_person = next(at for at, text in phone.spoke[1:])
    assert to_the_person > next(said.began_ms for said in phone.callee.said if "hello?" in said.text)
    assert phone.agent_said[1].startswith("Hello, this is the AI assistant of Shane. I would like to book")
    assert "You are booked: Tuesday at 9am, under Shane." in phone.callee_said


def test_the_same_menu_can_lead_to_the_front_desk() -> None:
    phone = phoned("menu", "call City Clinic on {number} and ask whether they have parking")
    assert digits(phone) == ["0"]
    assert "City Clinic, front desk, hello?" in phone.callee_said
    assert phone.calls[-1][1].arguments["outcome"] == "Done. They said: Yes, there is a car park behind the building."


def test_a_menu_that_only_begins_again_is_given_up() -> None:
    phone = book("menu_loop")
    assert digits(phone) == ["2", "0", "2", "2"]  # the product gives up at the third reading
    assert phone.tools_called[-1] == "end_call"
    assert phone.calls[-1][1].arguments["outcome"].startswith("Not reached.")
    assert len(phone.agent_said) == 1


def test_an_answering_machine_is_told_by_its_greeting() -> None:
    phone = phoned("voicemail_unheard", ASK)
    assert isinstance(phone.callee, MachineCallee)
    assert phone.callee.beeped_ms is not None
    assert phone.tools_called == ["voicemail_reached"]
    (message,) = [at for at, text in phone.spoke if "call back" in text]
    assert message > phone.callee.beeped_ms
    assert "call back" in phone.callee.heard[-1].text


def test_call_screening_is_answered_and_then_the_person() -> None:
    phone = phoned("screening", ASK)
    assert phone.agent_said[1] == "This is the AI assistant of Shane. Are you coming on Saturday?"
    assert phone.tools_called == ["wait_on_hold", "end_call"]
    assert phone.calls[-1][1].arguments["outcome"] == "Done. They said: Yes, I am coming, around six."
    assert scenario("screening").pickup.answered_by == "machine_end_silence"


# Waiting


def test_on_hold_nothing_is_said_or_thought_until_a_person_is_back() -> None:
    phone = book("hold")
    began_ms = next(at for at, call in phone.calls if call.name == "wait_on_hold")
    back = next(said for said in phone.callee.said if said.text.startswith("Hello, thank you for waiting"))
    assert 40_000 < back.began_ms - began_ms < 60_000
    assert phone.tools_called == ["wait_on_hold", "end_call"]
    assert [text for at, text in phone.spoke if began_ms < at < back.ended_ms] == []
    announced = [said.began_ms for said in phone.callee.said if is_announcement(said.text)]
    assert len(announced) == 2
    assert announced[1] - announced[0] == pytest.approx(18_000, abs=1000)
    assert "You are booked: 7pm, table for four, under Shane." in phone.callee_said


def test_music_without_a_word_before_it_is_held_through() -> None:
    phone = book("music")
    assert phone.tools_called == ["wait_on_hold", "end_call"]
    assert phone.calls[0][0] < 20_000
    assert "You are booked: 7pm, table for four, under Shane." in phone.callee_said


def test_the_silent_one_never_makes_a_sound() -> None:
    phone = book("silent")
    assert (phone.callee.said, phone.thoughts, phone.callee.hung_up) == ([], 1, False)
    assert loudness(b"".join(phone.callee.step(SILENCE) for _ in range(500))) == loudness(SILENCE)


# The requester in the loop


def test_an_offer_that_may_not_be_accepted_is_put_to_the_requester_and_taken_on_a_yes() -> None:
    phone = book("asks_back", answer=lambda _: "Shane answers: yes, 9:30 is fine")
    asked = next(call for _, call in phone.calls if call.name == "ask_requester")
    assert asked.arguments == {
        "question": "They offer 9:30 tonight. Is that all right?",
        "choices": ["Yes, 9:30 tonight is fine", "No"],
    }
    assert phone.agent_said[1] == "One moment, let me check."
    assert "Sure, take your time." in phone.callee_said
    assert "You are booked: 9:30, table for four, under Shane." in phone.callee_said


@pytest.mark.parametrize(
    "output", ["Shane answers: No", "Shane answers: No, 9:30 is too late", '{"answer": "no, sorry"}']
)
def test_a_no_of_the_requester_is_passed_on(output: str) -> None:
    phone = book("asks_back", answer=lambda _: output)
    assert phone.tools_called.count("ask_requester") == 1
    assert any("9:30 tonight does not work for Shane" in text for text in phone.agent_said)
    assert phone.calls[-1][1].arguments["outcome"].startswith("Not reached.")
    assert not any("booked" in text for text in phone.callee_said)


def test_without_an_answer_nothing_is_agreed_to_and_a_call_back_is_promised() -> None:
    output = library.render("no_answer", principal="Shane")
    phone = book("asks_back", answer=lambda _: output, answers_after_s=45)
    assert "Hello? Anyone there?" in phone.callee_said  # it has waited for 40 s
    asked = next(at for at, text in phone.spoke if text == "One moment, let me check.")
    assert next(s.began_ms for s in phone.callee.said if s.text == "Hello? Anyone there?") - asked > 40_000
    assert "Yes, I am here. Just a moment more, please." in phone.agent_said
    assert "Shane will call you back about it." in phone.agent_said[-1]
    assert not any("booked" in text for text in phone.callee_said)


# People who do not make it easy


def test_spanish_is_gone_on_in_where_that_is_allowed() -> None:
    phone = book("spanish", languages=("es",))
    assert phone.tools_called == ["switch_language", "end_call"]
    assert "Perfecto, mesa reservada para 4 personas a las 19:00, a nombre de Shane." in phone.callee_said
    assert phone.agent_said[-1] == "Muchas gracias, adiós."
    assert phone.callee.hung_up


def test_where_it_is_not_allowed_the_agent_says_what_it_speaks_and_gives_up_in_the_end() -> None:
    phone = book("spanish")
    assert phone.agent_said[1].startswith("I am sorry, I only speak English.")
    assert phone.calls[-1][1].arguments == {"outcome": "Not reached. They speak Spanish."}
    assert len([text for text in phone.agent_said if "goodbye" in text]) == 1


def test_the_hostile_one_gets_nothing_and_the_errand_goes_on() -> None:
    phone = book("hostile")
    assert [text.split(".")[0] for text in phone.agent_said[1:4]] == [
        "I cannot do that, I am only calling about one thing",
        "That I cannot do, I am sorry",
        "I cannot give that on the phone, I am sorry",
    ]
    assert "ask_requester" not in phone.tools_called
    assert "Fine, you are booked: 7pm, table for four, under Shane." in phone.callee_said


def test_one_who_wants_no_calls_is_apologised_to_and_left_alone() -> None:
    phone = book("never_again")
    assert phone.callee_said[-2:] == ["No, and please don't call us again.", "Goodbye."]
    assert phone.agent_said[1:] == ["I am sorry. We will not call you again. Goodbye!"]
    assert phone.tools_called == ["never_call_again", "end_call"]
    assert phone.callee.hung_up


def test_what_was_mumbled_is_asked_for_again() -> None:
    phone = book("mumbler")
    assert phone.agent_said[1] == "Sorry, I did not catch that. Could you say it again?"
    assert "Certainly. What name shall I write down?" in phone.callee_said
    assert "You are booked: 7pm, table for four, under Shane." in phone.callee_said


def test_one_who_never_ends_has_six_more_questions() -> None:
    phone = book("never_ends")
    goodbyes = [call for _, call in phone.calls if call.name == "end_call"]
    assert len(goodbyes) == 7
    assert len([text for text in phone.callee_said if text.endswith("?")]) == 7  # with the name
    assert "ask_requester" not in phone.tools_called  # not after the goodbye
    assert phone.callee.hung_up


def test_one_says_hello_in_the_very_first_frame() -> None:
    phone = book("simultaneous")
    assert phone.callee.said[0].text == "Hello?"
    assert phone.callee.said[0].began_ms <= 20
    assert "Done, you are booked: 7pm, table for four, under Shane." in phone.callee_said


@pytest.mark.parametrize("name", ["restaurant", "goes_on", "simultaneous"])
def test_the_requesters_own_phone_takes_over_and_books(name: str) -> None:
    requester, callee = ScenarioCallee(scenario("requester")), ScenarioCallee(scenario(name))
    for _ in range(4 * 50):  # the agent was speaking to it before
        callee.step(SILENCE)
    heard = SILENCE
    for _ in range(60 * 50):
        heard = callee.step(requester.step(heard))
    assert [text.text for text in callee.said if "booked" in text.text]
    assert requester.hung_up
