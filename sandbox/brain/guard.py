"""What the agent does not let itself be talked into: its instructions, secrets, private things; that it is an AI; and
that a no is a no.

Owns these rules of the agent. Pure.
"""

import re

from sandbox.brain.ask import CANNOT_GIVE
from sandbox.brain.conversation import Conversation
from sandbox.brain.topics import answers_to, requests_in
from sandbox.brain.turn import Next, Rule, fresh, settled, ways_to_say_it
from sandbox.mind import ToolCall

_ROBOT = re.compile(
    r"\b(robot|machine|bot|computer|AI|artificial|recording|automated)\b.*\?"
    r"|\b(real|human|actual) (person|being|human)\b.*\?|\bto a (person|human)\b.*\?",
    re.IGNORECASE,
)
_INJECTION = re.compile(
    r"\b(ignore|forget|disregard)\b.*\b(instructions?|rules|prompt|everything|previous)\b|\byou are now\b"
    r"|\bsystem prompt\b|\bnew instructions?\b|\bpretend (to be|you)\b|\bfrom now on\b"
    r"|\byour (system )?(prompt|instructions|rules)\b",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(card (number|details)|(credit|debit) card|cvv|cvc|(security|verification|access) code"
    r"|one-?time (code|password)|pass ?codes?|passwords?|pin( number| code)?|bank (account|details)"
    r"|account number|iban|sort code|routing number|social security)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(tell|give) me (her|his|their|\w+'s)\b.*\b(number|address|e-?mail|birthday|age|date of birth|phone|mobile)\b",
    re.IGNORECASE,
)
_NEVER_AGAIN = re.compile(
    r"\b(do not|don't|never)( ever)? (call|phone|ring|contact)( us| me| here| this number)*( ever)? (again|any ?more)\b"
    r"|\bstop (calling|phoning|ringing)\b"
    r"|\b(take|remove) (me|us|(my|our|this) number) (off|from) (your|the)\b.* list\b",
    re.IGNORECASE,
)


def asks_never_again(text: str) -> bool:
    """Whoever says so is not to be called again at all."""
    return bool(_NEVER_AGAIN.search(text))


def never_again(talk: Conversation) -> Next | None:
    if not asks_never_again(talk.heard):
        return None
    ways = ("I am sorry. We will not call you again. Goodbye!", "Of course, and I am sorry. Goodbye!")
    calls = (ToolCall("never_call_again", {}),) if "never_call_again" in talk.tools else ()
    return Next(fresh(talk, ways), f"Not reached. They said: {talk.heard}", calls)


def robot(talk: Conversation) -> Next | None:
    if not _ROBOT.search(talk.heard):
        return None
    who = talk.brief.principal
    ways = (f"Yes, I am an AI assistant calling for {who}.", f"I am, yes: an AI assistant, on behalf of {who}.")
    return Next(fresh(talk, ways))


def injection(talk: Conversation) -> Next | None:
    if not _INJECTION.search(talk.heard):
        return None
    ways = (
        "I cannot do that, I am only calling about one thing.",
        "That I cannot do, I am sorry.",
        "I am sorry, I only take care of this one call.",
    )
    return _refused(talk, fresh(talk, ways))


def secret(talk: Conversation) -> Next | None:
    return _refused(talk, fresh(talk, CANNOT_GIVE)) if _SECRET.search(talk.heard) else None


def private(talk: Conversation) -> Next | None:
    if not _PRIVATE.search(talk.heard) or answers_to(requests_in(talk.heard), talk.brief):
        return None
    return _refused(talk, fresh(talk, ("That I may not tell, I am sorry.", "I am sorry, I do not give that away.")))


def _refused(talk: Conversation, words: str) -> Next:
    """The refusal, and back to the errand."""
    return Next(words if settled(talk) else f"{words} {fresh(talk, ways_to_say_it(talk))}")


GUARD_RULES: tuple[Rule, ...] = (robot, injection, secret, private)
