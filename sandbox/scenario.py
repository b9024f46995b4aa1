"""What a callee is like, read from `sandbox/scenarios/*.toml`: when it picks up, and what it says to what.

Owns the language of scenarios. Pure but for reading its own folder. Must not know of audio or time: `callee.py` acts it
out.

A scenario has states and rules. A rule applies when the callee is in its `state` (any, if it names none), the agent's
words match one of `when` and none of `unless`, the notes it `lacks` are not taken yet, the notes in `where` look as
given, and every note its own words need is there. The first rule that applies is followed. A note is what the agent
said of something: `notices` names the things listened for in all the agent says (`NOTICED`), a rule that `asks` for one
takes a bare answer to it (`BARE`), and named groups in `when` are notes too. `{size}` in the callee's words says a note
again.

A rule with `pressed` answers keys instead of words; one with `after_ms` is followed by itself after so much quiet. In
`heedless` states words are lost on the other side: a recording runs, or music, or nobody is at the phone. Keys break
into what it says, and its quiet is counted from its own last sound.
"""

import math
import re
import string
import tomllib
from functools import cache, cached_property
from pathlib import Path

import msgspec

from sandbox.line import Pickup

_COUNT = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2}"
_CLOCK = r"\d{1,2}(?::\d\d)? ?[ap]m|\d{1,2}:\d\d|noon|midnight"
_DAY = r"(?:today|tonight|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_NO_NAME = "sure|yes|no|not|it|that|this|what|we|hello|one|could|would|thank|thanks|sorry|please|of|for|at|under"
_CAPITALISED = r"(?-i:[A-ZÀ-Ü][\w'-]+(?: [A-ZÀ-Ü][\w'-]+)*)"

NOTICED = {
    "size": rf"\b(?:(?:table |party )?(?:for|of) (?:a table of )?)(?P<size>{_COUNT})(?![\w:]| ?[ap]m)"
    rf"|\b(?P<people>{_COUNT}) (?:people|persons|guests|of us)\b",
    "time": rf"\b(?P<time>{_CLOCK})\b",
    "date": rf"\b(?P<date>(?:on |this |next )?{_DAY}(?: evening| night)?)\b",
    "day": rf"\b(?P<day>{_DAY})\b",
    "name": rf"\b(?:under|name is|name of) (?P<name>{_CAPITALISED})",
    "who": rf"\b(?:assistant of|calling for|on behalf of) (?P<who>{_CAPITALISED})",
}
"""What is listened for in anything the agent says, by the note it makes."""

BARE = {
    "size": rf"\b(?P<size>{_COUNT})\b",
    "time": rf"\b(?P<time>{_CLOCK}|\d{{1,2}})\b",
    "date": NOTICED["date"],
    "day": NOTICED["day"],
    "name": rf"^(?:(?:sure|yes|it is|that is)[, ]+)*(?!(?:{_NO_NAME})\b)(?P<name>{_CAPITALISED})",
}
"""What is taken for an answer when it was asked for."""

FOLDER = Path(__file__).parent / "scenarios"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One thing the callee does. `say` may be empty: a rule with only `goto` moves on without a word."""

    state: str = ""
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    where: dict[str, str] = {}
    notes: dict[str, str] = {}  # written down as the rule is followed
    pressed: str = ""  # keypad digits, instead of words
    say: str = ""
    asks: str = ""  # the note its words ask for
    goto: str = ""
    hang_up: bool = False
    after_ms: int | None = None
    music_s: float = 0.0  # instead of words: music on hold for so long
    mumbled: bool = False  # no word can be made out; asked to, it says them again clearly
    # What is done while the agent speaks, so many milliseconds after its utterance began.
    interrupt_after_ms: int | None = None
    noise_after_ms: int | None = None
    times: int | None = None  # how often in a call; by itself once while the agent speaks, else as often as it applies

    @property
    def while_listening(self) -> bool:
        return self.interrupt_after_ms is not None or self.noise_after_ms is not None

    @property
    def to_words(self) -> bool:
        return not (self.while_listening or self.pressed) and self.after_ms is None

    @property
    def most(self) -> float:
        if self.times is not None:
            return self.times
        return 1 if self.while_listening else math.inf

    @cached_property
    def needs(self) -> frozenset[str]:
        """The notes its words are made of."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.say) if name)

    def fits(self, state: str, notes: dict[str, str]) -> bool:
        return (
            self.state in {"", state}
            and self.needs <= notes.keys()
            and not any(note in notes for note in self.lacks)
            and all(note in notes and found(look, notes[note]) for note, look in self.where.items())
        )

    def answers(self, words: str) -> bool:
        return (not self.when or any(found(pattern, words) for pattern in self.when)) and not any(
            found(pattern, words) for pattern in self.unless
        )


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    about: str  # one line for people
    numbers: tuple[str, ...]  # E.164
    request: str = ""  # what one could write to have it called
    pickup: Pickup = Pickup("answer")
    greeting: str = ""
    farewell: str = "Goodbye!"
    start: str = "start"
    notices: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    gives_way: bool = True  # stops speaking when the agent starts over its words
    greeting_after_ms: int = 500
    records_s: float = 0.0  # a machine: beeps after its greeting, and listens so long
    heedless: tuple[str, ...] = ()
    language: str = "en"  # ISO 639-1, of its words
    who_is_there: str = "Hello? Anyone there?"
    waits: str = "Sure, take your time."  # to who asks for a moment
    lost: tuple[str, ...] = ("Sorry, what was that?", "I am sorry, I do not quite follow. What do you need?")

    @property
    def lines(self) -> list[str]:
        """What it can say whatever it has heard, in the order of need."""
        said = [rule.say for rule in self.rules if rule.say and not rule.needs and not rule.mumbled]
        return list(dict.fromkeys(filter(None, [self.greeting, *said, self.farewell])))

    def check(self) -> None:
        """Raises ValueError for a state or a note that is not there, re.error for a pattern that is none."""
        states = {rule.state for rule in self.rules} | {self.start}
        if stray := {rule.goto for rule in self.rules if rule.goto} - states:
            raise ValueError(f"{self.name}: no rule has the state {', '.join(sorted(stray))}")
        if stray := set(self.heedless) - states:
            raise ValueError(f"{self.name}: no rule has the heedless state {', '.join(sorted(stray))}")
        asked = {rule.asks for rule in self.rules if rule.asks}
        if unknown := (set(self.notices) - NOTICED.keys()) | (asked - BARE.keys()):
            raise ValueError(f"{self.name}: nothing is known of {', '.join(sorted(unknown))}")
        for rule in self.rules:
            for pattern in (*rule.when, *rule.unless, *rule.where.values(), rule.pressed):
                re.compile(pattern)


def found(pattern: str, words: str) -> re.Match[str] | None:
    return re.search(pattern, words, re.IGNORECASE)


def noted(pattern: str, words: str) -> dict[str, str]:
    """The notes that a pattern takes from words; `people` is another way to say `size`."""
    match = found(pattern, words)
    caught = {note: value for note, value in match.groupdict().items() if value} if match else {}
    if "people" in caught:
        caught["size"] = caught.pop("people")
    return caught


@cache
def scenarios() -> dict[str, Scenario]:
    """All of them by name. Raises msgspec.ValidationError for a file that is not a scenario."""
    read = (_read(path) for path in sorted(FOLDER.glob("*.toml")))
    return {scenario.name: scenario for scenario in read}


def scenario(name: str) -> Scenario:
    """Raises KeyError for a name that is not there."""
    return scenarios()[name]


def _read(path: Path) -> Scenario:
    raw = tomllib.loads(path.read_text("utf-8"))
    # msgspec lets a dataclass have strange keys; a scenario may have none anywhere.
    if strange := raw.get("pickup", {}).keys() - Pickup.__dataclass_fields__.keys():
        raise msgspec.ValidationError(f"{path.name}: pickup has no {', '.join(sorted(strange))}")
    scenario = msgspec.convert(raw, Scenario)
    scenario.check()
    return scenario
