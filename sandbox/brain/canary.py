"""The agent on a canary call: the steps of prompts/canary.toml, one after another.

Owns this rule of the agent, which does nothing on any other call. Pure.
"""

import re

from sandbox.brain.conversation import Conversation
from sandbox.brain.turn import Next, silently
from sandbox.brain.words import GOODBYE
from sandbox.mind import ToolCall

_REPEAT = re.compile(r'"(?P<line>Please repeat after me: (?P<words>[^".]+)\.)"')
_ASK = re.compile(r'ask_requester with the question "(?P<question>[^"]+)" and the choices (?P<choices>[^.]+)\.')
_READ = re.compile(r'say "(?P<line>Please interrupt me[^"]+)".*"(?P<reading>[^"]+)"', re.DOTALL)
_MOST_TRIES = 2  # to have the words repeated


def canary(talk: Conversation) -> Next | None:
    steps = " ".join(fact for fact in talk.brief.errand.facts if fact.startswith("Step "))
    repeat, ask, read = _REPEAT.search(steps), _ASK.search(steps), _READ.search(steps)
    if not (repeat and ask and read):
        return None
    if any(GOODBYE.search(text) for text in talk.said):
        return Next("", "The line works.")
    if talk.inquiries:
        return _after_the_question(talk, read["line"], read["reading"])
    tries = sum(repeat["line"] in text for text in talk.said)
    if not talk.heard:
        return Next("")
    if tries == 0 or (tries < _MOST_TRIES and not _repeated(talk, repeat["words"])):
        return Next(repeat["line"])
    choices = [choice.strip() for choice in ask["choices"].split(",")]
    call = ToolCall("ask_requester", {"question": ask["question"], "choices": choices})
    return Next("Thank you. One moment, please.", calls=(call,))


def _after_the_question(talk: Conversation, line: str, reading: str) -> Next:
    inquiry = talk.inquiries[-1]
    if inquiry.answer is None:
        return silently(talk, "keep_listening") or Next("")
    if not any(line in text for text in talk.said):  # also when they have spoken over its beginning
        answer = f"The answer is {inquiry.answer}." if inquiry.answer else "There is no answer."
        return Next(f"{answer} {line} {reading}.")
    return Next("Thank you very much, that was all. Goodbye!", "The line works.")


def _repeated(talk: Conversation, words: str) -> bool:
    wanted, heard = words.lower().replace(",", "").split(), re.findall(r"\w+", talk.heard.lower())
    return all(word in heard for word in wanted)
