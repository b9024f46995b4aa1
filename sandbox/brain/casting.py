"""Who speaks on a call, and how: persona, voice and languages, as a request wants them.

Owns these choices of the planner. Must not know of goals. Pure.
"""

import re

_LANGUAGES = {
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
}
_COUNTRIES = {"+49": "de", "+43": "de", "+33": "fr", "+34": "es", "+39": "it", "+351": "pt", "+55": "pt", "+31": "nl"}
_ALLOWED = re.compile(r"\b(?:may|can|could) (?:also )?(?:switch to|speak|go on in|talk in) ([\w ,]+)", re.IGNORECASE)
# The persona that fits, by words of the request or the callee's name.
_FITS = (
    ("firm", r"\b(?:complain|complaint|refund|cancel|bargain|negotiate|broken)\b"),
    ("patient", r"\b(?:dentist|doctor|dr|clinic|practice|gran|grand\w+|care|hospital)\b"),
    ("formal", r"\b(?:office|bank|law|lawyer|school|authority|embassy|council|insurance)\b"),
    ("cheerful", r"\b(?:hotel|surprise|gift|present|event|travel)\b"),
)


def persona(text: str, name: str, kind: str, drafted: str, instructions: str) -> str:
    """The one that is asked for, else the draft's, else one that fits, else the requester's own choice."""
    catalogue = re.search(r"The personas: (?P<keys>.+)", instructions)
    offered = [entry.strip() for entry in (catalogue["keys"] if catalogue else "").split("; ")]
    named = re.compile(rf"\b{re.escape(manner_named(text) or '-')}\b", re.IGNORECASE)
    if wanted := next((entry for entry in offered if named.search(entry.partition(":")[0])), ""):
        return _key(wanted)
    if drafted:
        return drafted
    preferred = re.search(r"where none fits clearly (?P<key>\w+)", instructions)
    fits = next((key for key, words in _FITS if re.search(words, f"{text} {name}", re.IGNORECASE)), "")
    for key in (fits, preferred["key"] if preferred else "", "warm" if kind == "person" else "brisk"):
        if any(_key(entry) == key for entry in offered):
            return key
    return _key(offered[0])


def _key(entry: str) -> str:
    """A persona's key, at the head of its entry: `brisk (Brisk professional: restaurants, shops)`."""
    match = re.match(r"\w+", entry)
    return match[0] if match else ""


def manner_named(text: str) -> str:
    """The manner that a message asks for: `use a warm persona`, `be firm`."""
    match = re.search(
        r"\b(?P<a>\w+) (?:persona|manner|tone)\b|\b(?:persona|manner|tone):? (?P<b>\w+)"
        r"|\b(?:be|sound) (?:more |very )?(?P<c>\w+)\b",
        text,
        re.IGNORECASE,
    )
    return next((word.lower() for word in match.groups() if word), "") if match else ""


def voice(text: str, instructions: str) -> str:
    """The one that a message asks for, or nothing."""
    listed = re.search(r"voice: one of (?P<voices>.+?)\. ", instructions)
    voices = re.findall(r"\w+", listed["voices"]) if listed else []
    asked = (
        v for v in voices if re.search(rf"\bvoice:? {v}\b|\b{v}(?:'s)? voice\b|\bvoice of {v}\b", text, re.IGNORECASE)
    )
    return next(asked, "")


def other_languages(text: str) -> list[str]:
    """Those that the agent may go on in: “you may speak Spanish if they do”."""
    allowed = _ALLOWED.search(text)
    names = re.findall(r"\w+", allowed[1].lower()) if allowed else []
    return [_LANGUAGES[name] for name in names if name in _LANGUAGES]


def language(text: str, number: str) -> str:
    """By the request's own words, then by the number's country."""
    names = "|".join(_LANGUAGES)
    spoken = rf"\b(?:in|speaks?|speaking|only|talks?) (?:only )?(?P<name>{names})\b"
    if said := re.search(spoken, _ALLOWED.sub(" ", text), re.IGNORECASE):
        return _LANGUAGES[said["name"].lower()]
    return next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "")
