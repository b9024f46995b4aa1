"""Whose words they are: "ask if she's coming to my party" as the plan has it, and as it is said on the phone.

Owns pronouns and the making of questions. Must not know of calls. Pure.
"""

import re

from sandbox.brain.words import capital

_CONTRACTIONS = (
    (r"\b(I)'m\b", r"\1 am"),
    (r"\b(he|she|it|there|that|what|where|how|when)'s (been|got)\b", r"\1 has \2"),
    (r"\b(he|she|it|there|that|what|where|how|when)'s\b", r"\1 is"),
    (r"\b(you|they|we)'re\b", r"\1 are"),
    (r"\b(\w+)'ll\b", r"\1 will"),
    (r"\b(I|you|they|we)'ve\b", r"\1 have"),
    (r"\b(\w+)'d\b", r"\1 would"),
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"\b(\w+)n't\b", r"\1 not"),
)
_TO_YOU = (
    (r"\b(?:she|he) (?:is|was)(?= )", "you are"),
    (r"\b(?:she|he) has\b", "you have"),
    (r"\b(?:she|he) does\b", "you do"),
    (r"\b(?:she|he) (\w+?)es\b(?<=[osxh]es)", r"you \1"),
    (r"\b(?:she|he) (\w+[^s ])s\b", r"you \1"),
    (r"\b(?:she|he|they)\b", "you"),
    (r"\b(?:is|does) you\b", "are you"),
    (r"\b(?:their|his)\b", "your"),
    (r"\bher(?= \w)(?! (?:to|that|if|whether|about|when|on|at|for)\b)", "your"),
    (r"\b(?:theirs|hers)\b", "yours"),
    (r"\b(?:them|him|her)\b", "you"),
)
_MODALS = r"are|were|can|will|could|would|should|may|might|must"
_TENSES = {"has": "have", "is": "are"}


def full(text: str) -> str:
    """Without contractions."""
    text = text.replace("’", "'")
    for pattern, words in _CONTRACTIONS:
        text = re.sub(pattern, words, text, flags=re.IGNORECASE)
    return text


def third_person(text: str, principal: str) -> str:
    """The requester's own words about themselves, as others say them: `my party` becomes `Shane's party`."""
    changes = (
        (r"\bI am\b", f"{principal} is"),
        (r"\bI was\b", f"{principal} was"),
        (r"\bI have\b", f"{principal} has"),
        (r"\bI (will|would|can|could|should|must|may|might|cannot)\b", rf"{principal} \1"),
        (r"\bI (\w+[^s\W])\b", rf"{principal} \1s"),
        (r"\b(?:I|me|myself)\b", principal),
        (r"\b(?:my|mine|our|ours)\b", f"{principal}'s"),
        (r"\bus\b", "them"),
        (r"\bwe\b", "they"),
    )
    text = full(text)
    for pattern, words in changes:
        text = re.sub(pattern, words, text, flags=re.IGNORECASE)
    return text


def to_you(text: str) -> str:
    """Words about the callee, as they are said to the callee."""
    text = full(text)
    for pattern, words in _TO_YOU:
        text = re.sub(pattern, words, text, flags=re.IGNORECASE)
    return text


def spoken_question(question: str) -> str:
    """`Whether they have parking` as `Do you have parking?`"""
    said = to_you(question.strip().rstrip(".?"))
    if question.strip().endswith("?"):
        return capital(said) + "?"
    if match := re.match(r"(?:whether|if) (?P<rest>.+)", said, re.IGNORECASE):
        return capital(_inverted(match["rest"])) + "?"
    if re.match(r"(what|when|where|which|who|why|how|the|your|a|an)\b", said, re.IGNORECASE):
        return f"Could you tell me {said[:1].lower()}{said[1:]}?"
    return f"Could you tell me about {said[:1].lower()}{said[1:]}?"


def _inverted(clause: str) -> str:
    """`you have parking` as `do you have parking`."""
    if match := re.match(rf"(?P<who>you|it|this|that|there) (?P<verb>{_MODALS}|is|was)\b ?(?P<rest>.*)", clause):
        return f"{match['verb']} {match['who']} {match['rest']}".strip()
    if match := re.match(r"you have (?P<rest>(?:been|got|received|seen|heard|had|already)\b.*)", clause):
        return f"have you {match['rest']}"
    if match := re.match(r"you (?P<rest>.+)", clause):
        return f"do you {match['rest']}"
    return f"could you tell me whether {clause}"
