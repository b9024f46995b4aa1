"""The canary's errand: the plan of a call by which a deployment proves itself, and the consent to ring a phone for it.

Pure. Owns what is asked for before a real phone rings, and how the words of prompts/canary.toml become a plan. Must not
dial.
"""

from collections.abc import Callable

from bot.plan import Plan
from bridge import numbers
from bridge.errors import NumberRefused
from prompts import library

NONCE_WORDS = 4
_PAUSE_S = 600  # between two canaries that a script calls

Tell = Callable[[str], None]
Ask = Callable[[str], str]


def plan(number: str, nonce: tuple[str, ...], *, on_behalf_of: str) -> Plan:
    """Of the call to `number` (E.164), in which the words of `nonce` are to be heard back."""
    canary = library.canary()
    made = Plan.to_callee(canary.callee, number, on_behalf_of=on_behalf_of, missing=[])
    filled = {
        "nonce": ", ".join(nonce),
        "question": canary.question,
        "choices": ", ".join(canary.choices),
        "reading": canary.reading,
    }
    return made.model_copy(
        update={
            "goal": canary.goal,
            "facts": [step.format(**filled) for step in canary.steps],
            "opening": canary.opening,
            "language": "en",
            "persona": canary.persona,
            "max_minutes": canary.max_minutes,
        }
    )


def scripted_ids(now_unix: float) -> tuple[str, str]:
    """The id of a call that a script asks for, and that of the ten minutes before. A host that starts a command again
    when it has failed must not ring the phone again and again: an id is dialled once.
    """
    window = int(now_unix // _PAUSE_S)
    return f"canary-{window}", f"canary-{window - 1}"


def consent(number: str, *, cost_usd: float, yes_call: str, ask: Ask | None, tell: Tell) -> bool:
    """Whether the phone may be rung: asked for twice at a terminal (`ask`), or given once and for this very number by a
    script (`yes_call`). `number` is E.164.
    """
    if yes_call:
        if _same(yes_call, number):
            return True
        tell("--yes-call names another number. Nothing was dialled.")
        return False
    if ask is None:
        tell("There is no terminal to ask at. A script says --yes-call with the same number. Nothing was dialled.")
        return False
    tell(
        f"This places a REAL call to {numbers.readable(number)}, from the number of this deployment.\n"
        f"It rings that phone, and costs money: about ${cost_usd:.2f} at Twilio and OpenAI. Let it be your own phone.\n"
        "On the phone: repeat four words, interrupt when you are asked to, and say goodbye.\n"
        "Meanwhile a question comes to the chat of the first admin, and here: answer it there or here."
    )
    if not _same(ask("Type the number again: "), number):
        tell("That is another number. Nothing was dialled.")
        return False
    if ask('Type "call" to ring it now: ').strip().casefold() != "call":
        tell("Nothing was dialled.")
        return False
    return True


def _same(written: str, number: str) -> bool:
    try:
        return numbers.dialable(written, region=numbers.region_of(number)) == number
    except NumberRefused:
        return False
