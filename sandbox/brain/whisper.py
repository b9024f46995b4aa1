"""What the requester whispers to the agent during a call: read, and passed on.

Owns the reading of a whisper. Must not know how far the call has come. Pure.
"""

import re

from sandbox.brain.voice import spoken_question, third_person, to_you
from sandbox.brain.words import capital


def whisper_question(whisper: str) -> str:
    """`ask them whether they have a terrace` as the question of a plan; nothing if it asks for something else."""
    match = re.match(
        r"(?:please )?(?:also )?(?:ask|find out|check)(?: with)?(?: (?:them|him|her))? (?:too |also )?"
        r"(?P<q>(?:whether|if|what|when|where|how|who|which|why|about|for the)\b.+)",
        whisper,
        re.IGNORECASE,
    )
    if not match:
        return whisper if whisper.endswith("?") else ""
    return capital(re.sub(r"^(?:about|for) ", "", match["q"].rstrip(" .?")))


def whisper_of(text: str) -> str:
    """The requester's own words in a system message: what it quotes, else what follows its colon, else all of it."""
    if quoted := re.search(r"[\"“«](.+?)[\"”»]", text, re.DOTALL):
        return quoted[1].strip()
    _, colon, after = text.partition(": ")
    return (after if colon else text).strip()


def whisper_line(whisper: str, principal: str) -> str:
    """What the agent says when the requester has whispered."""
    if question := whisper_question(whisper):
        return spoken_question(third_person(question, principal))
    if asked := re.match(r"(?:please )?ask (?:them|him|her) to (?P<what>.+)", whisper, re.IGNORECASE):
        return f"Could you {third_person(to_you(asked['what']), principal).rstrip('.')}, please?"
    told = re.match(
        r"(?:please )?(?:also )?(?:tell (?:them|him|her)|let (?:them|him|her) know|mention|say)(?: that)? (?P<what>.+)",
        whisper,
        re.IGNORECASE,
    )
    if told:
        return f"{capital(third_person(to_you(told['what']), principal)).rstrip('.')}."
    if re.match(r"(?:please )?(?:accept|agree|take (?:it|that)|yes|ok)\b", whisper, re.IGNORECASE):
        return "That is fine, please go ahead with it."
    return f"{principal} would like me to add this: {third_person(whisper, principal).rstrip('.')}."
