"""The callee on the sandbox's phone: a scenario acted out in sound, 20 ms at a time.

Owns how a person behaves on a line: when it starts to speak, when it waits, when it loses patience. What it says is the
scenario's (`scenario.py`). Pure: its clock is the number of frames it was stepped. Audio is as in `tones.py`.
"""

import random
from dataclasses import dataclass
from functools import cache
from itertools import cycle

import msgspec

from sandbox.line import Answerer, Callee
from sandbox.scenario import BARE, NOTICED, Rule, Scenario, found, noted, scenario, scenarios
from sandbox.tones import FRAME, FRAME_MS, SILENCE, Ear, SpeechBegan, encode_sample, speak, tone

__all__ = ["Heard", "MachineCallee", "Said", "ScenarioCallee", "phone_book", "scenario"]

_PATIENCE_FRAMES = 15  # so much quiet, and the other has finished
_PAUSES_MS = (460, 340, 580)  # from the other's last sound to the reply, in turns
_GIVES_WAY_MS = 400  # so much talk over its own words, and it lets the other speak
_HANGS_UP_AFTER_MS = 1200  # from its own last word
_ASKS_AFTER_MS, _GIVES_UP_AFTER_MS = 6000, 8000
_LETS_GO_ON_MS = 2000  # whom it has disturbed, it gives so long to go on
_NOISE_MS = 200
_BEEP_MS, _BEEP_PAUSE_MS, _BEEP_HZ = 400, 300, 1000

_GOODBYE = r"\b(good ?bye|bye|take care|good night|have a (good|nice|great|lovely) \w+)( now)?[.!]*$"
_SAY_AGAIN = r"\b(say (it|that) again|repeat that|did not catch|didn't catch|come again)\b"
_WHO_IS_THERE = "Hello? Anyone there?"
_LOST = ("Sorry, what was that?", "I am sorry, I do not quite follow. What do you need?")


@dataclass(frozen=True)
class Said:
    """What was said, as far as it was said: an utterance that was given up is cut where it was."""

    text: str
    began_ms: int
    ended_ms: int


@dataclass(frozen=True)
class Heard:
    """An utterance of the agent as it arrived; "" for a sound without words."""

    text: str
    began_ms: int
    ended_ms: int


class Mouth:
    """Says one utterance at a time, frame by frame, and knows what of it is out."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.since_ms = 0
        self._text = ""
        self._audio = b""
        self._at = 0

    @property
    def busy(self) -> bool:
        return bool(self._audio)

    def say(self, text: str, now_ms: int, audio: bytes | None = None) -> None:
        """`audio` where it is not the sound of the text: a cough, a beep."""
        self._text, self._at, self.since_ms = text, 0, now_ms
        self._audio = speak(text) if audio is None else audio

    def frame(self, now_ms: int) -> bytes:
        if not self._audio:
            return SILENCE
        frame = self._audio[self._at : self._at + FRAME]
        self._at += FRAME
        if self._at >= len(self._audio):
            self._finish(self._text, now_ms)
        return frame

    def stop(self, now_ms: int) -> None:
        out = len(self._text) * self._at // len(self._audio)
        self._finish(self._text[:out], now_ms)

    def _finish(self, text: str, now_ms: int) -> None:
        if self._text:
            self.said.append(Said(text, self.since_ms, now_ms))
        self._audio = b""


class _Line:
    """What a person and a machine have in common: an ear, a mouth, a clock."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.pickup = scenario.pickup
        self.hung_up = False
        self.heard: list[Heard] = []
        self.pressed = ""
        self._ear = Ear(_PATIENCE_FRAMES)
        self._mouth = Mouth()

    @property
    def said(self) -> list[Said]:
        return self._mouth.said

    @property
    def now_ms(self) -> int:
        """Since the answer."""
        return self._ear.now_ms

    def press(self, digits: str) -> None:
        self.pressed += digits

    def step(self, heard: bytes) -> bytes:
        """20 ms of the agent's sound in, 20 ms of ours out. Silent once hung up."""
        if self.hung_up:
            return SILENCE
        for event in self._ear.feed(heard):
            if isinstance(event, SpeechBegan):
                self._listen(self.now_ms)
            else:
                self.heard.append(Heard(event.text, event.began_ms, event.at_ms))
                self._understand(event.text, event.at_ms)
        self._act()
        return self._mouth.frame(self.now_ms)

    def _listen(self, now_ms: int) -> None:
        """The agent has begun to speak."""

    def _understand(self, text: str, ended_ms: int) -> None:
        """The agent has finished."""

    def _act(self) -> None:
        raise NotImplementedError


class ScenarioCallee(_Line):
    """A person. Greets, listens, waits a moment, answers by the scenario's rules, and says goodbye."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.state = scenario.start
        self.notes: dict[str, str] = {}
        self._greets = bool(scenario.greeting)
        self._pauses = cycle(_PAUSES_MS)
        self._lost = cycle(_LOST)
        self._unanswered: list[str] = []
        self._digits = ""
        self._reply_at_ms = 0
        self._agent_since_ms = 0
        self._last_sound_ms = 0  # of either side
        self._disturbed_ms = -_LETS_GO_ON_MS
        self._followed: dict[int, int] = {}  # how often a rule was followed while listening
        self._in_utterance: set[int] = set()
        self._asked = ""  # the note it waits for
        self._asked_who_is_there = False
        self._leaving = False
        self._last_words = scenario.greeting

    def press(self, digits: str) -> None:
        super().press(digits)
        self._digits += digits

    def _listen(self, now_ms: int) -> None:
        self._agent_since_ms = now_ms
        self._in_utterance.clear()

    def _understand(self, text: str, ended_ms: int) -> None:
        self._last_sound_ms = self.now_ms
        self._take_notes(text)
        self._asked_who_is_there = self._asked_who_is_there and not text
        # Words that ended under its own are noted down, but not answered.
        if not self._mouth.busy:
            self._unanswered.append(text)
            self._reply_at_ms = max(ended_ms + next(self._pauses), self._disturbed_ms + _LETS_GO_ON_MS)

    def _act(self) -> None:
        if self._mouth.busy or self._ear.speaking:
            self._last_sound_ms = self.now_ms
        if self._mouth.busy:
            self._give_way()
        elif self._leaving:
            self.hung_up = self.now_ms - self._last_sound_ms >= _HANGS_UP_AFTER_MS
        elif self._ear.speaking:
            self._speak_over()
        elif self._digits:
            self._answer_digits()
        elif self._unanswered:
            if self.now_ms >= self._reply_at_ms:
                self._reply()
        elif self._greets:
            self._greet()
        else:
            self._wonder()

    def _greet(self) -> None:
        if self.now_ms >= self.scenario.greeting_after_ms:
            self._greets = False
            self._say(self.scenario.greeting)

    def _give_way(self) -> None:
        started_over_us = self._ear.speaking and self._agent_since_ms > self._mouth.since_ms
        if self.scenario.gives_way and started_over_us and self.now_ms - self._agent_since_ms >= _GIVES_WAY_MS:
            self._mouth.stop(self.now_ms)

    def _speak_over(self) -> None:
        for number, rule in enumerate(self.scenario.rules):
            after_ms = rule.noise_after_ms if rule.interrupt_after_ms is None else rule.interrupt_after_ms
            if (
                after_ms is not None
                and number not in self._in_utterance
                and self._followed.get(number, 0) < rule.times
                and self.now_ms - self._agent_since_ms >= after_ms
                and rule.fits(self.state, self.notes)
            ):
                self._in_utterance.add(number)
                self._followed[number] = self._followed.get(number, 0) + 1
                self._interrupt(rule)
                return

    def _interrupt(self, rule: Rule) -> None:
        self._disturbed_ms = self.now_ms
        self._reply_at_ms = self.now_ms + _LETS_GO_ON_MS
        if rule.noise_after_ms is not None:
            self._mouth.say("", self.now_ms, cough())
            return
        self._follow(rule)
        self.hung_up = rule.hang_up and not rule.say

    def _answer_digits(self) -> None:
        digits, self._digits = self._digits, ""
        for rule in self.scenario.rules:
            if rule.pressed and found(rule.pressed, digits) and rule.fits(self.state, self.notes):
                self._follow(rule)
                return

    def _reply(self) -> None:
        words = " ".join(text for text in self._unanswered if text)
        self._unanswered.clear()
        if not words:
            return
        self._greets = False
        if found(_SAY_AGAIN, words):
            self._say(self._last_words)
        elif rule := self._rule_for(words):
            self._follow(rule)
        elif found(_GOODBYE, words):
            self._leave(self.scenario.farewell)
        else:
            self._mouth.say(next(self._lost), self.now_ms)

    def _rule_for(self, words: str) -> Rule | None:
        """The first that applies; one without words only changes the state, and the search goes on from there."""
        for rule in self.scenario.rules:
            if rule.while_listening or rule.pressed or not rule.answers(words):
                continue
            caught = self.notes.copy()
            for pattern in rule.when:
                caught |= noted(pattern, words)
            if not rule.fits(self.state, caught):
                continue
            self.notes = caught | rule.notes
            if rule.say or rule.hang_up:
                return rule
            self.state = rule.goto
        return None

    def _follow(self, rule: Rule) -> None:
        self.notes |= rule.notes
        self.state = rule.goto or self.state
        self._asked = rule.asks
        words = rule.say.format_map(self.notes)
        if rule.hang_up:
            self._leave(words)
        else:
            self._say(words)

    def _leave(self, words: str) -> None:
        self._leaving = True
        self._say(words)

    def _say(self, words: str) -> None:
        self._last_words = words
        self._mouth.say(words, self.now_ms)

    def _wonder(self) -> None:
        quiet_ms = self.now_ms - self._last_sound_ms
        if self._asked_who_is_there:
            self.hung_up = quiet_ms >= _GIVES_UP_AFTER_MS
        elif quiet_ms >= _ASKS_AFTER_MS:
            self._asked_who_is_there = True
            self._mouth.say(_WHO_IS_THERE, self.now_ms)

    def _take_notes(self, text: str) -> None:
        for note in self.scenario.notices:
            self.notes |= noted(NOTICED[note], text)
        if self._asked and self._asked not in self.notes:
            self.notes |= noted(BARE[self._asked], text)


class MachineCallee(_Line):
    """An answering machine: its greeting, a beep, then it records what it hears and hangs up when the tape is full."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.beeped_ms: int | None = None
        self._greeted = False
        self._next_ms = scenario.greeting_after_ms

    def _act(self) -> None:
        if self._mouth.busy:
            self._next_ms = self.now_ms + _BEEP_PAUSE_MS
        elif self.beeped_ms is not None:
            self.hung_up = self.now_ms - self.beeped_ms >= self.scenario.records_s * 1000
        elif self.now_ms >= self._next_ms and not self._greeted:
            self._greeted = True
            self._mouth.say(self.scenario.greeting, self.now_ms)
        elif self.now_ms >= self._next_ms:
            self._mouth.say("", self.now_ms, tone((_BEEP_HZ,)) * (_BEEP_MS // FRAME_MS))
            self.beeped_ms = self.now_ms + _BEEP_MS


@cache
def cough() -> bytes:
    """200 ms of noise, always the same. No character sounds like it."""
    dice = random.Random(1)
    return bytes(encode_sample(dice.randint(-9000, 9000)) for _ in range(_NOISE_MS * 8))


def phone_book() -> Answerer:
    """Everybody who can be phoned. A number of nobody's is answered like the restaurant, under no name."""
    by_number = {number: one for one in scenarios().values() for number in one.numbers}
    stranger = msgspec.structs.replace(scenario("restaurant"), greeting="Hello, how can I help?", numbers=())

    def answer(number: str) -> Callee:
        callee = by_number.get(number, stranger)
        return MachineCallee(callee) if callee.records_s else ScenarioCallee(callee)

    return answer
