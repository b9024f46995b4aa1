"""A mind without a model: rules that plan, talk and report for the stand-in OpenAI server.

Owns the choice of which rules answer what is asked of a model, by the shape of the prompt. Must not know of sockets,
audio or time. Pure, and without memory: all that counts is in what it is given.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.brain.conversation import conversation
from sandbox.brain.lines import lines_of
from sandbox.brain.lookup import found
from sandbox.brain.plan import plan
from sandbox.brain.report import summary
from sandbox.brain.schema import fitted
from sandbox.brain.talk import next_words
from sandbox.mind import Reply, ToolCall

_EXACTLY = re.compile(r"<<(?P<line>.*?)>>", re.DOTALL)
_GOODBYE_ONLY = re.compile(r"\bsay goodbye\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\b[Ii]n (?P<language>[A-Z]\w+|[a-z]{2})\b")
_FILLER = re.compile(r"\bneed a moment\b", re.IGNORECASE)
_HANDOVER = re.compile(r"\bthat (?P<who>.+?) is joining\b")
_RESUME = re.compile(r"\bgo on\b.*\bfrom where\b", re.IGNORECASE | re.DOTALL)
_STILL_THERE = re.compile(r"\bstill there\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Manners:
    """What is said in a language whatever the call is about."""

    goodbye: str
    hurried_goodbye: str
    sorry: str
    still_there: str
    filler: str
    handover: str
    again: str
    back: str


_MANNERS = {
    "english": _Manners(
        "Thank you, goodbye!",
        "I have to go now, thank you, goodbye!",
        "I am sorry, we will not call you again, goodbye!",
        "Are you still there?",
        "One moment, let me check.",
        "{who} is joining the call now, please stay on the line.",
        "Sorry, one moment. What did you say last?",
        "Sorry, one moment. I am back.",
    ),
    "german": _Manners(
        "Vielen Dank, auf Wiederhören!",
        "Ich muss leider los, vielen Dank, auf Wiederhören!",
        "Entschuldigung, wir rufen nicht mehr an, auf Wiederhören!",
        "Sind Sie noch da?",
        "Einen Moment, ich frage nach.",
        "{who} kommt jetzt dazu, bitte bleiben Sie dran.",
        "Entschuldigung, einen Moment. Was sagten Sie zuletzt?",
        "Entschuldigung, einen Moment. Da bin ich wieder.",
    ),
    "french": _Manners(
        "Merci beaucoup, au revoir!",
        "Je dois vous laisser, merci beaucoup, au revoir!",
        "Pardon, nous ne vous appellerons plus, au revoir!",
        "Vous êtes toujours là?",
        "Un instant, je vérifie.",
        "{who} rejoint l'appel, ne quittez pas s'il vous plaît.",
        "Pardon, un instant. Que disiez-vous?",
        "Pardon, un instant. Me revoilà.",
    ),
    "spanish": _Manners(
        "Muchas gracias, adiós!",
        "Tengo que irme, muchas gracias, adiós!",
        "Perdone, no le llamaremos más, adiós!",
        "¿Sigue usted ahí?",
        "Un momento, lo consulto.",
        "{who} se une ahora a la llamada, no cuelgue, por favor.",
        "Perdone, un momento. ¿Qué decía?",
        "Perdone, un momento. Ya estoy aquí.",
    ),
    "italian": _Manners(
        "Grazie mille, arrivederci!",
        "Ora devo andare, grazie mille, arrivederci!",
        "Mi scusi, non la chiameremo più, arrivederci!",
        "È ancora lì?",
        "Un momento, controllo.",
        "{who} si unisce ora alla chiamata, resti in linea per favore.",
        "Scusi, un momento. Che cosa diceva?",
        "Scusi, un momento. Eccomi di nuovo.",
    ),
}
_CODES = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian"}
_STRUCTURED = {"Plan": plan, "Summary": summary, "Found": found}


class RuleMind:
    """Implements `sandbox.mind.Mind`. Speaks English; says lines it is given as they are."""

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        offered = [] if tool_choice == "none" else [tool for tool in tools if tool.get("type") == "function"]
        if exact := _EXACTLY.search(instructions):
            return Reply((exact["line"].strip(),))
        if _STILL_THERE.search(instructions) and "# Role" not in instructions:
            return Reply((_language(instructions).still_there,))
        if _GOODBYE_ONLY.search(instructions) and "# Role" not in instructions:
            return self._part(instructions, items)
        if "# Role" not in instructions and (line := _stage_line(instructions, items)):
            return Reply((line,))
        return self._talk(instructions, items, offered)

    def structured(self, *, name: str, schema: Mapping[str, Any], instructions: str, text: str) -> Mapping[str, Any]:
        rules = _STRUCTURED.get(name)
        value = rules(instructions=instructions, text=text) if rules else {}
        fit = fitted(value, schema)
        return fit if isinstance(fit, Mapping) else {"value": fit}

    def _talk(
        self, instructions: str, items: Sequence[Mapping[str, Any]], offered: Sequence[Mapping[str, Any]]
    ) -> Reply:
        tools = frozenset(str(tool["name"]) for tool in offered)
        talk = conversation(instructions, items, tools, _languages(offered))
        words = next_words(talk)
        texts = (words.text,) if words.text else ()
        ends = "end_call" in tools and words.outcome is not None and not _end_is_called(items)
        return Reply(texts, (*words.calls, *((ToolCall("end_call", {"outcome": words.outcome}),) if ends else ())))

    def _part(self, instructions: str, items: Sequence[Mapping[str, Any]]) -> Reply:
        """`prompts/farewell.j2`, `wrap_up.j2` and `never_again.j2`."""
        manners = _language(instructions)
        if "apologise" in instructions:
            return Reply((manners.sorry,))
        said = {line.text for line in lines_of(items) if line.who == "agent"}
        hurried = "have to go" in instructions and manners.hurried_goodbye not in said
        text = manners.hurried_goodbye if hurried else manners.goodbye
        return Reply((text,))


def _languages(offered: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Those that `switch_language` may be called with (ISO 639-1)."""
    schemas = (tool.get("parameters", {}) for tool in offered if tool["name"] == "switch_language")
    return tuple(code for schema in schemas for code in schema["properties"]["language"]["enum"])


def _stage_line(instructions: str, items: Sequence[Mapping[str, Any]]) -> str:
    """`prompts/filler.j2`, `handover.j2` and `resume.j2`, where they are all that is given."""
    manners = _language(instructions)
    if _FILLER.search(instructions):
        return manners.filler
    if joining := _HANDOVER.search(instructions):
        return manners.handover.format(who=joining["who"])
    if _RESUME.search(instructions):
        lines = lines_of(items)
        waits = bool(lines) and lines[-1].who == "callee"
        return manners.again if waits else manners.back
    return ""


def _language(instructions: str) -> _Manners:
    """The language that a prompt names, English if it names none that is known."""
    named = _LANGUAGE.search(instructions)
    language = named["language"].lower() if named else "english"
    return _MANNERS.get(_CODES.get(language, language), _MANNERS["english"])


def _end_is_called(items: Sequence[Mapping[str, Any]]) -> bool:
    """Since the agent last spoke: an end that was taken back may be called again."""
    for item in reversed(items):
        if item.get("type") == "function_call" and item.get("name") == "end_call":
            return True
        if item.get("type") == "message" and item.get("role") == "assistant":
            return False
    return False
