"""The tools the voice model may call, and what it said when it called one.

Pure. Owns their names, their descriptions (which the model reads) and the decoding of their arguments. What a tool
does is decided in `session.py` and `dialogue.py`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from bridge.errors import ProtocolError


class ToolRequest(msgspec.Struct, frozen=True):
    pass


class EndCall(ToolRequest, frozen=True):
    outcome: str = ""


class AskRequester(ToolRequest, frozen=True):
    question: str
    choices: tuple[str, ...] = ()


class PressDigits(ToolRequest, frozen=True):
    digits: str


class WaitOnHold(ToolRequest, frozen=True):
    pass


class KeepListening(ToolRequest, frozen=True):
    pass


class VoicemailReached(ToolRequest, frozen=True):
    pass


class NeverCallAgain(ToolRequest, frozen=True):
    pass


class SwitchLanguage(ToolRequest, frozen=True):
    language: str


_REQUESTS: dict[str, type[ToolRequest]] = {
    "end_call": EndCall,
    "ask_requester": AskRequester,
    "press_digits": PressDigits,
    "wait_on_hold": WaitOnHold,
    "keep_listening": KeepListening,
    "voicemail_reached": VoicemailReached,
    "never_call_again": NeverCallAgain,
    "switch_language": SwitchLanguage,
}


def read(name: str, arguments: str) -> ToolRequest:
    """What the model asks for. Raises ProtocolError (remote), whose text tells the model what was wrong."""
    kind = _REQUESTS.get(name)
    if kind is None:
        raise ProtocolError(f"There is no tool {name!r}.")
    try:
        return msgspec.json.decode(arguments or "{}", type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError(f"The arguments of {name} are not as described.") from error


def described(languages: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Every tool as name, description and JSON schema. `languages` (ISO 639-1): those the agent may switch to."""
    found = [*_of_the_talk(), *_of_the_line()]
    if languages:
        found.append(
            _tool(
                "switch_language",
                "Go on in another language, when the callee speaks it and not yours.",
                language={"type": "string", "enum": list(languages), "description": "ISO 639-1 code."},
            )
        )
    return found


def _of_the_talk() -> list[dict[str, Any]]:
    return [
        _tool(
            "end_call",
            "End the phone call. Call it together with your goodbye, once everything is settled or cannot be settled.",
            outcome=_text("In one sentence: what was achieved, as the callee confirmed it."),
        ),
        _tool(
            "ask_requester",
            "Ask the person you call for, when the callee needs a decision or a fact that you were not given. Say "
            "first, in one short sentence, that you need a moment to check.",
            question=_text("The question, short, with what the callee offers."),
            choices={
                "type": "array",
                "items": {"type": "string"},
                "description": "Two to four likely answers, each a few words; empty if there are none.",
            },
        ),
        _tool(
            "never_call_again",
            "Call it only when the person you speak to asks not to be called again at all (“take us off your list”, "
            "“stop calling”). A bad time, a wrong number, a refusal or “call later” is no such wish. Apologise and say "
            "goodbye with it.",
        ),
    ]


def _of_the_line() -> list[dict[str, Any]]:
    return [
        _tool(
            "press_digits",
            "Press keys in a phone menu, only when a recorded voice asks for it. Say nothing with it.",
            digits=_text("The keys: 0 to 9, * and #."),
        ),
        _tool(
            "wait_on_hold",
            "Call it when you are asked to hold, or hear only music or announcements. You are called back when a "
            "person speaks. Say nothing while holding.",
        ),
        _tool(
            "keep_listening",
            "Say nothing now and keep listening: a menu or an announcement is being read, or nobody spoke to you.",
        ),
        _tool(
            "voicemail_reached",
            "Call it when you hear an answering machine's greeting. It is not for call screening, which asks for your "
            "name and reason: answer that.",
        ),
    ]


def _tool(name: str, description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "parameters": {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}
