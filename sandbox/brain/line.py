"""What the agent does about the line itself: menus, holding, answering machines, screening, another language.

Owns these rules of the agent; each does nothing where its tool is not offered. What is recognised is
`recorded.py`'s. Pure.
"""

import re
from collections.abc import Sequence

from sandbox.brain.abroad import TONGUES, code_of, in_tongue, introduced, language_of
from sandbox.brain.conversation import Conversation
from sandbox.brain.lines import Line
from sandbox.brain.recorded import (
    Option,
    asks_to_hold,
    best_option,
    is_announcement,
    is_recorded,
    is_screening,
    is_voicemail,
    options_in,
)
from sandbox.brain.topics import answers_to, requests_in
from sandbox.brain.turn import Next, Rule, fresh, silently, was_said, ways_to_say_it
from sandbox.mind import ToolCall

MUSIC = 2  # so many sounds without words, one after another, are music
MOST_KEYS = 4  # in one menu
_GREETS = re.compile(r"\b(hello|hi|hey|good (morning|afternoon|evening)|speaking)\b|\bhelp\b.*\?", re.IGNORECASE)
_MOST_WORDS_OF_A_GREETING = 12
_ON_THE_WAY = frozenset({"wait_on_hold", "press_digits", "keep_listening"})


def screening(talk: Conversation) -> Next | None:
    if not is_screening(talk.latest):
        return None
    who, matter = talk.brief.principal, ways_to_say_it(talk)
    ways = (f"This is the AI assistant of {who}. {matter[0]}", f"I am the AI assistant of {who}. {matter[1]}")
    return Next(fresh(talk, ways))


def voicemail(talk: Conversation) -> Next | None:
    if not is_voicemail(talk.latest) or "voicemail_reached" not in talk.tools:
        return None
    called = any(line == Line("turn", "voicemail_reached") for line in talk.lines)
    return Next("") if called else silently(talk, "voicemail_reached")


def menu(talk: Conversation) -> Next | None:
    """Presses what fits; listens on while that has not been read; gives up when nothing has helped so often."""
    if "press_digits" not in talk.tools or not options_in(talk.latest):
        return None
    options, tried = _menu(talk.lines)
    left = [option for option in options if option not in tried]
    if choice := best_option(left, talk.brief.errand):
        return silently(talk, "press_digits", digits=choice.key)
    again = best_option(options, talk.brief.errand)
    if again is None:
        return silently(talk, "keep_listening")
    if len([option for option in tried if option in options]) >= MOST_KEYS:
        return Next("", "Not reached. The phone menu begins again whatever is pressed.")
    return silently(talk, "press_digits", digits=again.key)


def _menu(lines: Sequence[Line]) -> tuple[list[Option], list[Option]]:
    """What has been read out since a key was last pressed, and what was pressed at any time."""
    options: list[Option] = []
    tried: list[Option] = []
    for line in lines:
        if line.text == "press_digits" and line.who == "turn":
            tried += [option for option in options if option.key == line.detail]
            options = []
        elif line.who == "callee":
            options += options_in(line.text)
    return options, tried


def announced(talk: Conversation) -> Next | None:
    """A queue talks, or a recording has only begun."""
    if is_announcement(talk.latest):
        return silently(talk, "wait_on_hold")
    return silently(talk, "keep_listening") if is_recorded(talk.latest) else None


def told_to_wait(talk: Conversation) -> Next | None:
    if not asks_to_hold(talk.latest) or "wait_on_hold" not in talk.tools:
        return None
    return Next(
        fresh(talk, ("Of course, thank you.", "Sure.", "Yes, of course.")), calls=(ToolCall("wait_on_hold", {}),)
    )


def music(talk: Conversation) -> Next | None:
    """A sound without words, and not the first. One that only broke the agent off may be a cough."""
    broke_off = bool(talk.heard) or not talk.lines or talk.lines[-1].who == "agent"
    enough = MUSIC + 1 if broke_off else 1 if talk.last_turn in _ON_THE_WAY else MUSIC
    return silently(talk, "wait_on_hold") if talk.wordless >= enough else None


def somebody_new(talk: Conversation) -> Next | None:
    """A person comes on, after a menu, a queue or a screening: who is calling is said again."""
    greeted = _GREETS.search(talk.heard) and len(talk.heard.split()) <= _MOST_WORDS_OF_A_GREETING
    if talk.last_turn not in _ON_THE_WAY or not greeted or talk.offer:
        return None
    if answers_to(requests_in(talk.heard), talk.brief) or any(
        talk.offer_in(e.callee, talk.agreed) for e in talk.exchanges
    ):
        return None
    return Next(f"Hello, this is the AI assistant of {talk.brief.principal}. {fresh(talk, ways_to_say_it(talk))}")


def lost_line(talk: Conversation) -> Next | None:
    """The bridge tells that the line was gone, and the callee has said nothing since: goes on where it stopped."""
    if "could not be pressed" in talk.stage:
        return Next("Could I speak to a person, please?")
    if not talk.stage or talk.heard or not talk.said:
        return None
    broken_off = bool(talk.lines) and next(line for line in reversed(talk.lines) if line.who == "agent").broken_off
    if broken_off:
        return Next(fresh(talk, ways_to_say_it(talk)[1:]))
    return Next("I am back." if "orry" in talk.stage else "")


def other_language(talk: Conversation) -> Next | None:
    """Goes on in the callee's language where it may, and says what it speaks where it may not."""
    if talk.last_turn == "switch_language" and not talk.heard:
        return _switched(talk)
    code = language_of(talk.latest)
    if not code:
        return None
    if code == code_of(talk.brief.language) or code in _switches(talk):
        return in_tongue(code, talk)
    if code in talk.languages:
        return silently(talk, "switch_language", language=code)
    return _only_mine(talk, code)


def _switched(talk: Conversation) -> Next:
    code = _switches(talk)[-1] if _switches(talk) else ""
    return introduced(code, talk) if code in TONGUES else _only_mine(talk, "")


def _only_mine(talk: Conversation, code: str) -> Next:
    language = talk.brief.language
    ways = (f"I am sorry, I only speak {language}.", f"Sorry, I speak nothing but {language}.")
    if talk.parted:
        return Next("", f"Not reached. They said: {talk.heard}")
    if was_said(talk, ways[1]):
        name = TONGUES[code].name if code else "another language"
        return Next(f"I will let {talk.brief.principal} know. Thank you, goodbye!", f"Not reached. They speak {name}.")
    return Next(f"{fresh(talk, ways)} {fresh(talk, ways_to_say_it(talk))}")


def _switches(talk: Conversation) -> list[str]:
    return [line.detail for line in talk.lines if line == Line("turn", "switch_language", line.detail) and line.detail]


LINE_RULES: tuple[Rule, ...] = (
    screening,
    voicemail,
    menu,
    announced,
    told_to_wait,
    music,
    lost_line,
    other_language,
    somebody_new,
)
