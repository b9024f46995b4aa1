"""The planner by rules: a request, and what was planned so far, as the plan of one call.

Owns the `Plan` that the planner prompt (`prompts/planner.j2`) asks of a model; its field names are that prompt's. Pure.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.brain.errand import Errand, Particulars, errand, kind_of, particulars_in
from sandbox.brain.matter import matter
from sandbox.brain.request import Request, is_business, is_family, minutes_in, read_request, term, wishes
from sandbox.brain.voice import third_person, to_you
from sandbox.brain.words import capital, content_words, shown_day, time_range, with_preposition

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
_OPENINGS = {
    "en": "Hello, this is the AI assistant of {who}.",
    "de": "Guten Tag, hier ist der KI-Assistent von {who}. Ich rufe im Auftrag von {who} an.",
    "fr": "Bonjour, ici l'assistant IA de {who}. J'appelle de la part de {who}.",
    "es": "Hola, soy el asistente de IA de {who}. Llamo de parte de {who}.",
    "it": "Buongiorno, sono l'assistente IA di {who}. Chiamo per conto di {who}.",
}
_ALLOWED = re.compile(r"\b(?:may|can|could) (?:also )?(?:switch to|speak|go on in|talk in) ([\w ,]+)", re.IGNORECASE)
_SILENT = re.compile(r"\b(?:no|without a) (?:voicemail|message)\b", re.IGNORECASE)
# The persona that fits, by words of the request or the callee's name.
_FITS = (
    ("firm", r"\b(?:complain|complaint|refund|cancel|bargain|negotiate|broken)\b"),
    ("patient", r"\b(?:dentist|doctor|dr|clinic|practice|gran|grand\w+|care|hospital)\b"),
    ("formal", r"\b(?:office|bank|law|lawyer|school|authority|embassy|council|insurance)\b"),
    ("cheerful", r"\b(?:hotel|surprise|gift|present|event|travel)\b"),
)


def plan(*, instructions: str, text: str) -> dict[str, Any]:
    """Raises json.JSONDecodeError for a draft that is neither JSON nor "none"."""
    draft, message = _parts(text)
    requester = _requester(instructions)
    request = read_request(message, requester)
    if not _asks_for_a_call(request, draft):
        return {**draft, "missing": "", "not_a_call": True}
    whole = request.calls and request.callee_number
    if draft and whole and (request.questions or request.told or _goal_of(request, requester, request.wish)):
        draft = {}  # a whole new request
    return _planned(request, draft, requester, instructions)


def _parts(text: str) -> tuple[dict[str, Any], str]:
    match = re.search(r"DRAFT\s*\n(?P<draft>.*?)\n\s*REQUEST\s*\n(?P<message>.*)", text, re.DOTALL)
    if not match:
        return {}, text
    draft = match["draft"].strip()
    return ({} if draft in {"", "none", "null"} else dict(json.loads(draft))), match["message"].strip()


def _requester(instructions: str) -> str:
    match = re.search(r"requester's name: (?P<name>.+?)\.?\s*$", instructions, re.MULTILINE)
    return match["name"] if match else "my client"


def _asks_for_a_call(request: Request, draft: Mapping[str, Any]) -> bool:
    if request.calls or request.callee_number or kind_of(request.action) in {"book", "move", "cancel", "order"}:
        return True
    if not draft:
        return False
    changes = request.may_agree or request.questions or request.told or request.dropped or request.behalf
    asks_for_words = bool(draft.get("missing")) and not draft.get("goal") and len(request.text.split()) > 1
    manner = _manner_named(request.text) or _SILENT.search(request.text) or minutes_in(request.text)
    return bool(changes or request.wish != Particulars() or asks_for_words or manner)


# The plan, field by field


def _planned(request: Request, draft: Mapping[str, Any], requester: str, instructions: str) -> dict[str, Any]:
    who = request.behalf or draft.get("on_behalf_of") or requester
    name = request.callee_name or draft.get("callee_name", "")
    number = request.callee_number or draft.get("callee_number", "")
    before = errand(draft.get("goal", ""), draft.get("facts", ()), draft.get("may_agree", ()))
    wish = request.wish.over(before.wish)
    questions = _questions(request, draft)
    goal = _goal(request, before, wish, who, name or "them", questions)
    may_agree = _may_agree(request, before, wish)
    facts = _facts(request, before, wish, goal)
    planned = errand(goal, facts, may_agree)
    language = _language(request.text, number) or draft.get("language") or "en"
    silent = _SILENT.search(request.text) or (draft.get("goal") and not draft.get("voicemail_message"))
    return {
        "callee_name": name,
        "callee_number": number,
        "callee_kind": _callee_kind(name, planned),
        "on_behalf_of": who,
        "goal": goal,
        "facts": list(facts),
        "may_agree": list(may_agree),
        "questions": questions,
        "language": language,
        "other_languages": _other_languages(request.text) or draft.get("other_languages", []),
        "persona": _persona(request.text, name, planned, draft, instructions),
        "voice": _voice(request.text, instructions) or draft.get("voice", ""),
        "opening": _opening(planned, tuple(questions), who, language) if goal else "",
        "voicemail_message": "" if silent or not goal else _voicemail(planned, tuple(questions), who),
        "max_minutes": min(minutes_in(request.text) or draft.get("max_minutes") or 10, _most_minutes(instructions)),
        "missing": _missing(name, number, goal),
        "not_a_call": False,
    }


def _questions(request: Request, draft: Mapping[str, Any]) -> list[str]:
    unwanted = content_words(" ".join(request.dropped))
    kept = [q for q in draft.get("questions", ()) if not content_words(q) & unwanted]
    return list(dict.fromkeys([*kept, *request.questions]))


def _goal(request: Request, before: Errand, wish: Particulars, who: str, callee: str, questions: list[str]) -> str:
    """The draft's goal with what has changed in it, or a new one."""
    if not before.goal:
        new = _goal_of(request, who, wish)
        if not new and request.questions:
            new = f"Ask {callee} {_listed(questions)}."
        elif not new and request.told:
            new = _telling(callee, request.told)
        return new
    if _is_table(before):
        return _table(wish)
    if before.kind == "ask" and questions:
        return f"Ask {callee} {_listed(questions)}."
    if before.kind == "tell" and request.told:
        return _telling(callee, [*before.facts, *request.told])
    return _amended(before.goal, before.wish, wish)


def _telling(callee: str, told: Sequence[str]) -> str:
    if wishes(told[0]):
        return f"Wish {callee} a {told[0][:1].lower()}{told[0][1:]}."
    return f"Tell {callee} that {' and that '.join(told)}."


def _goal_of(request: Request, who: str, wish: Particulars) -> str:
    """The matter that a request has in its own words; nothing if it only asks or tells."""
    action = request.action.strip(" .")
    if not action or (kind_of(action) == "other" and (request.questions or request.told)):
        return ""
    kind = kind_of(action)
    if kind == "book" and _is_table(errand(action, (), ())):
        return _table(wish)
    action = re.sub(
        r"^(?:i (?:want|need|would like)|we (?:want|need|would like))(?: to)? (?=\w)", "", action, flags=re.IGNORECASE
    )
    if kind == "book" and re.match(r"(?:an?|the) ", action, re.IGNORECASE):
        action = f"book {action}"
    return f"{capital(third_person(action, who))}."


def _is_table(matter_: Errand) -> bool:
    return matter_.kind == "book" and matter_.thing.lower() in {"a table", "the table", "table"}


def _table(wish: Particulars) -> str:
    size = f" for {wish.size} {'person' if wish.size == 1 else 'people'}" if wish.size else ""
    name = f" under the name {wish.name}" if wish.name else ""
    return f"Book a table{size}{wish.when()}{name}."


def _amended(goal: str, old: Particulars, new: Particulars) -> str:
    """A goal in free words, with changed particulars exchanged in it or added at its end."""
    goal = goal.rstrip(".")
    changes = [
        (str(old.time or ""), str(new.time or "")),
        (shown_day(old.day), shown_day(new.day)),
        (old.name, new.name),
    ]
    for was, now in changes:
        if was and now and was != now:
            goal = re.sub(rf"\b{re.escape(was)}\b", now, goal, flags=re.IGNORECASE)
    if new.time and not old.time:
        goal += f" at {new.time}"
    if new.day and not old.day:
        goal += f" {with_preposition(new.day)}"
    return f"{goal}."


def _listed(questions: list[str]) -> str:
    return " and ".join(question[:1].lower() + question[1:].rstrip("?") for question in questions)


def _may_agree(request: Request, before: Errand, wish: Particulars) -> tuple[str, ...]:
    new = [term(clause, wish) for clause in request.may_agree]
    ranged = any(time_range(entry) for entry in new)
    # A new span of times takes the place of the old one; so does another wish than the span was for.
    kept = [entry for entry in before.terms.lines if not (ranged and time_range(entry))]
    return tuple(dict.fromkeys([*kept, *new]))


def _facts(request: Request, before: Errand, wish: Particulars, goal: str) -> tuple[str, ...]:
    """One fact an entry: the particulars first, then what else was told."""
    kept = [fact for fact in before.facts if particulars_in(fact.replace(":", " at", 1)) == Particulars()]
    labelled = (
        (wish.size and "table" in goal.lower(), f"Table for {wish.size} {'person' if wish.size == 1 else 'people'}"),
        (wish.size and "table" not in goal.lower(), f"For {wish.size} people"),
        (wish.time, f"Time: {wish.time}"),
        (wish.day, f"Date: {shown_day(wish.day)}"),
        (wish.name, f"Name: {wish.name}"),
        (wish.phone, f"Phone number: {wish.phone}"),
    )
    facts = [fact for there, fact in labelled if there] if kind_of(goal) != "ask" else []
    return tuple(dict.fromkeys([*facts, *kept, *request.told, *_remarks(request, goal)]))


def _remarks(request: Request, goal: str) -> list[str]:
    """What stands beside the matter of a booking: "it is a birthday", "one of us is allergic to nuts"."""
    if not goal.startswith("Book a table"):
        return []
    clauses = (clause.strip() for clause in request.action.split(","))
    return [
        capital(third_person(clause, request.behalf or "the guest"))
        for clause in clauses
        if len(clause.split()) > 2 and particulars_in(clause) == Particulars() and kind_of(clause) == "other"
    ]


def _callee_kind(name: str, matter_: Errand) -> str:
    if is_family(name) or re.search(r"\b(?:she|he)\b", matter_.goal):
        return "person"
    many = re.search(r"\b(?:they|their)\b", matter_.goal, re.IGNORECASE)
    if is_business(name) or many or matter_.kind not in {"ask", "tell", "other"}:
        return "business"
    return "person" if name and len(name.split()) <= 2 and not name.startswith("the ") else "business"


def _persona(text: str, name: str, matter_: Errand, draft: Mapping[str, Any], instructions: str) -> str:
    catalogue = re.search(r"The personas: (?P<keys>.+)", instructions)
    offered = [entry.strip() for entry in (catalogue["keys"] if catalogue else "").split("; ")]
    named = re.compile(rf"\b{re.escape(_manner_named(text) or '-')}\b", re.IGNORECASE)
    if wanted := next((entry for entry in offered if named.search(entry.partition(":")[0])), ""):
        return _key(wanted)
    if draft.get("persona"):
        return str(draft["persona"])
    fits = next((key for key, words in _FITS if re.search(words, f"{text} {name}", re.IGNORECASE)), "")
    for key in (fits, "warm" if _callee_kind(name, matter_) == "person" else "brisk"):
        if any(_key(entry) == key for entry in offered):
            return key
    return _key(offered[0])


def _key(entry: str) -> str:
    """A persona's key, at the head of its entry: `brisk (Brisk professional: restaurants, shops)`."""
    match = re.match(r"\w+", entry)
    return match[0] if match else ""


def _manner_named(text: str) -> str:
    """The manner that a message asks for: `use a warm persona`, `be firm`."""
    match = re.search(
        r"\b(?P<a>\w+) (?:persona|manner|tone)\b|\b(?:persona|manner|tone):? (?P<b>\w+)"
        r"|\b(?:be|sound) (?:more |very )?(?P<c>\w+)\b",
        text,
        re.IGNORECASE,
    )
    return next((word.lower() for word in match.groups() if word), "") if match else ""


def _voice(text: str, instructions: str) -> str:
    listed = re.search(r"voice: one of (?P<voices>.+?)\. ", instructions)
    voices = re.findall(r"\w+", listed["voices"]) if listed else []
    asked = (
        v for v in voices if re.search(rf"\bvoice:? {v}\b|\b{v}(?:'s)? voice\b|\bvoice of {v}\b", text, re.IGNORECASE)
    )
    return next(asked, "")


def _other_languages(text: str) -> list[str]:
    """Those that the agent may go on in: “you may speak Spanish if they do”."""
    allowed = _ALLOWED.search(text)
    names = re.findall(r"\w+", allowed[1].lower()) if allowed else []
    return [_LANGUAGES[name] for name in names if name in _LANGUAGES]


def _language(text: str, number: str) -> str:
    """By the request's own words, then by the number's country."""
    names = "|".join(_LANGUAGES)
    spoken = rf"\b(?:in|speaks?|speaking|only|talks?) (?:only )?(?P<name>{names})\b"
    if said := re.search(spoken, _ALLOWED.sub(" ", text), re.IGNORECASE):
        return _LANGUAGES[said["name"].lower()]
    return next((code for prefix, code in _COUNTRIES.items() if number.startswith(prefix)), "")


def _most_minutes(instructions: str) -> int:
    match = re.search(r"max_minutes:.*?at most (?P<n>\d+)", instructions)
    return int(match["n"]) if match else 60


def _opening(planned: Errand, questions: tuple[str, ...], who: str, language: str) -> str:
    greeting = _OPENINGS.get(language, _OPENINGS["en"]).format(who=who)
    return (
        f"{greeting} {matter(planned, questions, who)[0]}"
        if language not in _OPENINGS or language == "en"
        else greeting
    )


def _voicemail(planned: Errand, questions: tuple[str, ...], who: str) -> str:
    greeting = _OPENINGS["en"].format(who=who)
    if planned.kind == "ask" and questions:
        asked = to_you(_listed(list(questions)))
        return f"{greeting} {who} would like to know {asked}, please call back. Goodbye!"
    said = matter(planned, questions, who)[0].rstrip(".")
    return f"{greeting} {said}. {'Goodbye!' if planned.kind == 'tell' else 'Thank you, goodbye!'}"


def _missing(name: str, number: str, goal: str) -> str:
    wanted = []
    if not number:
        wanted.append(f"what is the number of {name}" if name else "which number should I call")
    if not goal:
        wanted.append("what should I say or ask")
    return f"{capital(', and '.join(wanted))}?" if wanted else ""
