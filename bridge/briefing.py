"""The agent's briefing: every instruction the model may get in one call, rendered from the spec before it begins.

Pure but for reading the templates. Owns what of a spec goes into a prompt: nothing else ever does, so what is not in
the spec cannot be said on the line.
"""

import msgspec

from bridge.call import CallSpec
from bridge.disclosure import announced
from prompts import library

# 3,500 characters of prompt and spec are plenty for a call; a longer one would be slow to read and easy to contradict.
_MAX_PROMPT = 12_000
_MAX_SAID = 2_000  # characters that are to be said in one go: more than a minute
_MAX_NAME = 200


class Briefing(msgspec.Struct, frozen=True):
    language: str  # ISO 639-1
    principal: str  # who the agent speaks for, fit to stand in a sentence
    prompt: str
    opening: str
    farewell: str
    wrap_up: str
    never_again: str
    still_there: str
    filler: str
    resume: str
    handover: str
    taken_back: str
    apology: str
    no_answer: str
    voicemail: str  # "" when no message is to be left
    waits_for_greeting: bool = False  # the persona lets the callee speak first


def brief(spec: CallSpec) -> Briefing:
    """Raises KeyError for a persona that is not in the catalogue."""
    language, principal = _language(spec.language), line(spec.on_behalf_of)[:_MAX_NAME]
    return Briefing(
        language=spec.language,
        principal=principal,
        prompt=_prompt(spec, language),
        opening=library.render(
            "opening",
            language=language,
            opening=line(announced(spec.opening, spec.language) if spec.record else spec.opening)[:_MAX_SAID],
            # A language without sentences of ours for them: the model makes its own.
            disclose=spec.disclose and spec.language not in library.languages(),
            record=spec.record and spec.language not in library.languages(),
        ),
        farewell=library.render("farewell", language=language),
        wrap_up=library.render("wrap_up", language=language),
        never_again=library.render("never_again", language=language),
        still_there=library.render("still_there", language=language),
        filler=library.render("filler", language=language),
        resume=library.render("resume", language=language),
        handover=library.render("handover", language=language, principal=principal),
        taken_back=library.render("taken_back", language=language, principal=principal),
        apology=library.phrases(spec.language).apology,
        no_answer=library.render("no_answer", principal=principal),
        voicemail=(
            library.render("voicemail", language=language, message=line(spec.voicemail_message)[:_MAX_SAID])
            if spec.voicemail_message
            else ""
        ),
        waits_for_greeting=library.personas()[spec.persona].waits_for_greeting,
    )


def _prompt(spec: CallSpec, language: str) -> str:
    """With a spec that is too long its words are cut, and never the rules that stand below them."""
    prompt, most = _rendered(spec, language, _MAX_PROMPT), _MAX_PROMPT
    while len(prompt) > _MAX_PROMPT:
        most //= 2
        prompt = _rendered(spec, language, most)
    return prompt


def _rendered(spec: CallSpec, language: str, most: int) -> str:
    """`most` characters of each entry of the spec, and the first entries of each list."""

    def lines(entries: tuple[str, ...]) -> list[str]:
        return [line(entry)[:most] for entry in entries[: most // 10]]

    return library.render(
        "agent",
        principal=line(spec.on_behalf_of)[:most],
        callee=line(spec.callee.name)[:most],
        goal=line(spec.goal)[:most],
        manner=library.personas()[spec.persona].manner.strip(),
        language=language,
        others=" or ".join(_language(code) for code in spec.may_switch_to[: most // 10]),
        facts=lines(spec.facts),
        may_agree=lines(spec.may_agree),
        questions=lines(spec.questions),
        record=spec.record,
    )


def _language(code: str) -> str:
    """Its English name; what is no code is a word from outside."""
    return line(library.language_name(code))[:_MAX_NAME]


def line(words: str) -> str:
    """Words from outside stay on one line and within it: they begin no section of a prompt, and nothing like one."""
    return " ".join(words.split()).replace("<<", "‹").replace(">>", "›").lstrip("#- ")
