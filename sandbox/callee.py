"""The callee on the sandbox's phone: a scenario acted out in sound, 20 ms at a time.

Owns how a person behaves on a line: when it starts to speak, when it waits, when it loses patience. What it says is the
scenario's (`scenario.py`). Pure: its clock is the number of frames it was stepped. Audio is as in `tones.py`.
"""

import re
from itertools import cycle

import msgspec

from sandbox.handset import Handset, Heard, Said
from sandbox.line import Answerer, Callee
from sandbox.scenario import BARE, NOTICED, Rule, Scenario, found, noted, scenario, scenarios
from sandbox.sounds import beep, cough, mumble, music
from sandbox.speech.speech import Speech
from sandbox.speech.toned import TONES

__all__ = ["Heard", "MachineCallee", "Said", "ScenarioCallee", "acted_out", "phone_book", "scenario"]

_PAUSES_MS = (460, 340, 580)  # from the other's last sound to the reply, in turns
_GIVES_WAY_MS = 400  # so much talk over its own words, and it lets the other speak
_HANGS_UP_AFTER_MS = 1200  # from its own last word
_ASKS_AFTER_MS, _GIVES_UP_AFTER_MS = 6000, 8000
_LETS_GO_ON_MS = 2000  # whom it has disturbed, it gives so long to go on
_WAITS_MS = 40_000  # when it was asked to wait
_MORE_KEYS_MS = 700  # so long a menu waits for another key
_BEEP_PAUSE_MS = 300

_GOODBYE = (
    r"\b(good ?bye|bye|take care|good night|have a (good|nice|great|lovely) \w+|adi[oó]s|auf wiederh[öo]ren|au revoir"
    r"|arrivederci)( now)?[.!]*$"
)
_SAY_AGAIN = r"\b(say (it|that) again|repeat that|did not catch|didn't catch|come again|what did you say|once more)\b"
_ASKED_TO_WAIT = r"\b(one|a|just a) (moment|second|minute)\b|\blet me (check|ask)\b|\bbear with me\b|\bun momento\b"
_MOST_WORDS_OF_A_PLEA = 12
_MOST_ASKINGS = 2
_AROUND_A_NAME = r"^\W*(?:(?:sure|yes|sorry|it is|that is|the name is|under)\W+)+|,? please\b"


class ScenarioCallee(Handset):
    """A person. Greets, listens, waits a moment, answers by the scenario's rules, and says goodbye."""

    def __init__(self, scenario: Scenario, speech: Speech = TONES) -> None:
        super().__init__(scenario, speech)
        self.state = scenario.start
        self.notes: dict[str, str] = {}
        self._greets = bool(scenario.greeting)
        self._pauses = cycle(_PAUSES_MS)
        self._lost = cycle(scenario.lost)
        self._unanswered: list[str] = []
        self._digits = ""
        self._pressed_ms = 0
        self._reply_at_ms = 0
        self._agent_since_ms = 0
        self._last_sound_ms = 0  # of either side
        self._own_last_ms = 0  # its own last sound, or when it came into its state
        self._patience_ms = _ASKS_AFTER_MS
        self._disturbed_ms = -_LETS_GO_ON_MS
        self._followed: dict[int, int] = {}  # how often each rule was
        self._in_utterance: set[int] = set()
        self._asked = ""  # the note it waits for
        self._askings = 0  # so often it was asked for, one time after another
        self._asked_who_is_there = False
        self._leaving = False
        self._last_words = scenario.greeting

    def press(self, digits: str) -> None:
        super().press(digits)
        self._digits += digits
        self._pressed_ms = self.now_ms

    def _listen(self, now_ms: int) -> None:
        self._agent_since_ms = now_ms
        self._in_utterance.clear()

    @property
    def _heedless(self) -> bool:
        """A recording is running, or music, or nobody is at the phone: words are lost on it."""
        return self.state in self.scenario.heedless

    def _understand(self, text: str, ended_ms: int) -> None:
        self._last_sound_ms = self.now_ms
        self._take_notes(text)
        self._asked_who_is_there = self._asked_who_is_there and not text
        # Words that ended under its own are noted down, but not answered.
        if not self._mouth.busy:
            self._unanswered.append(text)
            self._reply_at_ms = max(ended_ms + next(self._pauses), self._disturbed_ms + _LETS_GO_ON_MS)

    def _act(self) -> None:
        if self._mouth.busy:
            self._own_last_ms = self.now_ms
        if self._mouth.busy or self._heedless or self._ear.speaking:
            self._last_sound_ms = self.now_ms
        if self._leaving and not self._mouth.busy:
            self.hung_up = self.now_ms - self._own_last_ms >= _HANGS_UP_AFTER_MS
        elif self._heedless:
            self._run_on()
        else:
            self._attend()

    def _attend(self) -> None:
        """What a person does."""
        if self._mouth.busy:
            self._give_way()
        elif self._ear.speaking:
            self._speak_over()
        elif self._puzzling:
            return
        elif self._digits:
            self._answer_digits()
        elif self._unanswered:
            if self.now_ms >= self._reply_at_ms:
                self._reply()
        elif self._greets:
            self._greet()
        elif rule := self._rule_by_itself():
            self._follow(rule)
        else:
            self._wonder()

    def _run_on(self) -> None:
        """What a recording does: keys break into it, nothing else."""
        if self._digits:
            self._answer_digits()
        elif self._mouth.busy:
            return
        elif self._greets:
            self._greet()
        elif rule := self._rule_by_itself():
            self._follow(rule)

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
                and self.now_ms - self._agent_since_ms >= after_ms
                and self._may_follow(rule)
            ):
                self._in_utterance.add(number)
                self._interrupt(rule)
                return

    def _interrupt(self, rule: Rule) -> None:
        self._disturbed_ms = self.now_ms
        self._reply_at_ms = self.now_ms + _LETS_GO_ON_MS
        if rule.noise_after_ms is not None:
            self._count(rule)
            self._mouth.say("", self.now_ms, cough())
            return
        self._follow(rule)
        self.hung_up = rule.hang_up and not rule.say

    def _answer_digits(self) -> None:
        for rule in self.scenario.rules:
            if rule.pressed and found(rule.pressed, self._digits) and self._may_follow(rule):
                if self._mouth.busy:
                    self._mouth.stop(self.now_ms)
                if self.now_ms - self._pressed_ms >= _MORE_KEYS_MS:
                    self._digits = ""
                    self._follow(rule)
                return
        self._digits = ""

    def _reply(self) -> None:
        words = " ".join(text for text in self._unanswered if text)
        self._unanswered.clear()
        if not words:
            return
        self._greets = False
        self._patience_ms = _ASKS_AFTER_MS
        if found(_SAY_AGAIN, words):
            self._say(self._last_words)
        elif self._is_asked_to_wait(words):
            self._patience_ms = _WAITS_MS
            self._mouth.say(self.scenario.waits, self.now_ms)
        elif rule := self._rule_for(self._taken(words)):
            self._follow(rule)
        elif found(_GOODBYE, words):
            self._leave(self.scenario.farewell)
        else:
            self._mouth.say(next(self._lost), self.now_ms)

    def _taken(self, words: str) -> str:
        """A name that is not made out the second time either is written down as it sounds; nobody asks for ever."""
        if self._asked == "name" and "name" not in self.notes and self._askings >= _MOST_ASKINGS:
            name = re.sub(_AROUND_A_NAME, "", words, flags=re.IGNORECASE).strip(" ,.!")
            self.notes["name"] = name[:1].upper() + name[1:] or "?"
        return words

    @staticmethod
    def _is_asked_to_wait(words: str) -> bool:
        short = len(words.split()) <= _MOST_WORDS_OF_A_PLEA and "?" not in words
        return short and found(_ASKED_TO_WAIT, words) is not None

    def _may_follow(self, rule: Rule, notes: dict[str, str] | None = None) -> bool:
        often = self._followed.get(id(rule), 0)
        return often < rule.most and rule.fits(self.state, self.notes if notes is None else notes)

    def _count(self, rule: Rule) -> None:
        self._followed[id(rule)] = self._followed.get(id(rule), 0) + 1

    def _rule_by_itself(self) -> Rule | None:
        since = self._own_last_ms if self._heedless else self._last_sound_ms
        for rule in self.scenario.rules:
            if rule.after_ms is not None and self.now_ms - since >= rule.after_ms and self._may_follow(rule):
                return rule
        return None

    def _rule_for(self, words: str) -> Rule | None:
        """The first that applies; one without words only changes the state, and the search goes on from there."""
        for rule in self.scenario.rules:
            if not rule.to_words or not rule.answers(words):
                continue
            caught = self.notes.copy()
            for pattern in rule.when:
                caught |= noted(pattern, words)
            if not self._may_follow(rule, caught):
                continue
            self.notes = caught | rule.notes
            if rule.say or rule.hang_up or rule.music_s:
                return rule
            self.state = rule.goto
        return None

    def _follow(self, rule: Rule) -> None:
        self._count(rule)
        self.notes |= rule.notes
        self.state = rule.goto or self.state
        self._askings = self._askings + 1 if rule.asks == self._asked else 1
        self._asked = rule.asks
        self._own_last_ms = self.now_ms
        words = rule.say.format_map(self.notes)
        if rule.hang_up:
            self._leave(words)
        elif rule.music_s:
            self._mouth.say("", self.now_ms, music(rule.music_s))
        elif rule.mumbled:
            self._last_words = words
            self._mouth.say("", self.now_ms, mumble(words))
        else:
            self._say(words)

    def _leave(self, words: str) -> None:
        self._leaving = True
        self._say(words)

    def _say(self, words: str) -> None:
        self._last_words = words or self._last_words
        self._mouth.say(words, self.now_ms)

    def _wonder(self) -> None:
        quiet_ms = self.now_ms - self._last_sound_ms
        if self._asked_who_is_there:
            self.hung_up = quiet_ms >= _GIVES_UP_AFTER_MS
        elif quiet_ms >= self._patience_ms:
            self._asked_who_is_there = True
            self._mouth.say(self.scenario.who_is_there, self.now_ms)

    def _take_notes(self, text: str) -> None:
        for note in self.scenario.notices:
            self.notes |= noted(NOTICED[note], text)
        if self._asked and self._asked not in self.notes:
            self.notes |= noted(BARE[self._asked], text)


class MachineCallee(Handset):
    """An answering machine: its greeting, a beep, then it records what it hears and hangs up when the tape is full."""

    def __init__(self, scenario: Scenario, speech: Speech = TONES) -> None:
        super().__init__(scenario, speech)
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
            self._mouth.say("", self.now_ms, beep())
            self.beeped_ms = self.now_ms + len(beep()) // 8


def phone_book(speech: Speech = TONES) -> Answerer:
    """Everybody who can be phoned. A number of nobody's is answered like the restaurant, under no name."""
    by_number = {number: one for one in scenarios().values() for number in one.numbers}
    stranger = msgspec.structs.replace(scenario("restaurant"), greeting="Hello, how can I help?", numbers=())

    def answer(number: str) -> Callee:
        return acted_out(by_number.get(number, stranger), speech)

    return answer


def acted_out(scenario: Scenario, speech: Speech = TONES) -> Handset:
    """The person or the machine that a scenario tells of."""
    for words in scenario.lines:
        speech.speak_soon(words, scenario.name)  # while it rings: what is said often is at hand then
    return MachineCallee(scenario, speech) if scenario.records_s else ScenarioCallee(scenario, speech)
