"""What a call is about, put into words: for the opening, and for every time that it must be said again.

Owns the wordings of each kind of errand. Must not know how far the call has come. Pure.
"""

import re

from sandbox.brain.errand import Errand
from sandbox.brain.voice import spoken_question, to_you
from sandbox.brain.words import capital


def matter(errand: Errand, questions: tuple[str, ...], principal: str) -> tuple[str, ...]:
    """What the call is about, in several wordings."""
    wish = errand.wish.spoken(errand.thing)
    goal = errand.goal.rstrip(".")
    lowered = goal[:1].lower() + goal[1:]
    if errand.kind == "book":
        return (
            f"I would like to book {wish}, please.",
            f"It is about {wish}. Is that possible?",
            f"I am calling for {principal}: could you book {wish}?",
            f"What we need is {wish}. Can you do that?",
        )
    if errand.kind == "ask" and questions:
        question = spoken_question(questions[0])
        softly = question[:1].lower() + question[1:]
        return (
            question,
            f"{principal} would like to know: {softly}",
            f"I only wanted to ask this: {softly}",
            f"Once more, the question is: {softly}",
        )
    if errand.kind == "tell":
        told = _message(goal, principal)
        return told, f"I am calling to pass this on: {told}", f"The message from {principal} is this. {told}"
    return (
        f"I would like to {lowered}, please.",
        f"I am calling for {principal}, to {lowered}.",
        f"Could you help me with that? It is to {lowered}.",
    )


def _message(goal: str, principal: str) -> str:
    wished = re.match(
        r"(?P<verb>wish|congratulate|thank) (?:\S+ ){0,3}?(?P<rest>(?:an?|on|for|all|the)\b.+)", goal, re.IGNORECASE
    )
    if wished:
        verb = {"wish": "wishes", "congratulate": "congratulates", "thank": "thanks"}[wished["verb"].lower()]
        return f"{principal} {verb} you {wished['rest']}."
    message = re.search(r"\b(?:that|know|say|about|to)\b (?P<rest>.+)", goal, re.IGNORECASE)
    reminds = goal.lower().startswith("remind")
    rest = to_you(message["rest"]) if message else goal
    return f"{principal} asked me to remind you to {rest}." if reminds else f"{capital(rest)}."
