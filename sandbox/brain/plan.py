"""The planner by rules: a request, and what was planned so far, as the plan of one call.

Owns the `Plan` that the planner prompt (`prompts/planner.j2`) asks of a model; its field names are that prompt's. Pure.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.brain import casting
from sandbox.brain.dates import moment_in
from sandbox.brain.errand import Errand, Particulars, errand, kind_of
from sandbox.brain.given import Given, Meant, addressed, given_in, recent_meant, with_names
from sandbox.brain.goal import facts_of, goal_of, listed, may_agree_of, own_goal, questions_of
from sandbox.brain.matter import matter
from sandbox.brain.missing import missing
from sandbox.brain.request import Request, minutes_in, read_request
from sandbox.brain.timing import Retries, When, moved, resolved, wholly
from sandbox.brain.voice import to_you
from sandbox.brain.whom import Whom, callee_kind, is_another, lookup, other_town, whom
from sandbox.brain.words import plain

_OPENINGS = {
    "en": "Hello, this is the AI assistant of {who}.",
    "de": "Guten Tag, hier ist der KI-Assistent von {who}. Ich rufe im Auftrag von {who} an.",
    "fr": "Bonjour, ici l'assistant IA de {who}. J'appelle de la part de {who}.",
    "es": "Hola, soy el asistente de IA de {who}. Llamo de parte de {who}.",
    "it": "Buongiorno, sono l'assistente IA di {who}. Chiamo per conto di {who}.",
}
_SILENT = re.compile(r"\b(?:no|without a) (?:voicemail|message)\b", re.IGNORECASE)
_MAKE_IT = re.compile(r"^\W*(?:(?:no|actually|better|rather|make (?:it|that))\b[, ]*)+", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:just|only) (?:this )?once\b", re.IGNORECASE)


def plan(*, instructions: str, text: str) -> dict[str, Any]:
    """Raises json.JSONDecodeError for a draft that is neither JSON nor "none"."""
    given = given_in(text)
    requester = _requester(instructions)
    meant = recent_meant(given)
    message = with_names(meant.message if meant else given.message, given.contacts)
    request = read_request(message, requester)
    request.calls = request.calls or meant is not None or addressed(message, given.contacts)
    if not _asks_for_a_call(request, given):
        return {**given.draft, "not_a_call": True}
    callee = whom(request, given.draft, given.contacts, meant)
    draft = _before(request, given.draft, requester, callee, meant)
    return _planned(request, draft, requester, callee, instructions)


def _requester(instructions: str) -> str:
    match = re.search(r"requester's name: (?P<name>.+?)\.?\s*$", instructions, re.MULTILINE)
    return match["name"] if match else "my client"


def _asks_for_a_call(request: Request, given: Given) -> bool:
    if request.calls or request.callee_number or kind_of(request.action) in {"book", "move", "cancel", "order"}:
        return True
    draft = given.draft
    if not draft:
        return False
    changes = request.may_agree or request.questions or request.told or request.dropped or request.behalf
    asks_for_words = bool(draft.get("missing")) and not draft.get("goal") and len(request.text.split()) > 1
    manner = (
        casting.manner_named(request.text)
        or casting.language(request.text, "")
        or _SILENT.search(request.text)
        or minutes_in(request.text)
    )
    later = request.when.said or _time_alone(request).said or request.retries != Retries() or _ONCE.search(request.text)
    chosen = plain(request.text) in map(plain, given.contacts)
    elsewhere = draft.get("lookup") and (is_another(request.text) or other_town(request.text))
    changed = request.wish != Particulars()
    return bool(changes or changed or asks_for_words or manner or later or chosen or elsewhere)


def _before(
    request: Request, draft: Mapping[str, Any], requester: str, callee: Whom, meant: Meant | None
) -> Mapping[str, Any]:
    """What the request builds upon: the draft, the plan of an earlier call, or nothing."""
    own = bool(request.questions or request.told or own_goal(request, requester, request.wish))
    if meant:
        # "Call them again and ask ..." is about another matter; "the same, but ask ..." is not.
        same = meant.same and not (own and request.text.startswith("call them"))
        return meant.call.plan if same else {}
    another = request.callee_number or plain(callee.name) != plain(draft.get("callee_name", ""))
    return {} if request.calls and own and another else draft


# The plan, field by field


def _planned(
    request: Request, draft: Mapping[str, Any], requester: str, callee: Whom, instructions: str
) -> dict[str, Any]:
    who = request.behalf or draft.get("on_behalf_of") or requester
    before = errand(draft.get("goal", ""), draft.get("facts", ()), draft.get("may_agree", ()))
    timing, wish = _timing(request, draft, before, moment_in(instructions))
    wish = wish.over(before.wish)
    questions = questions_of(request, draft, before.wish)
    goal = goal_of(request, before, wish, who, callee.name or "them", questions)
    may_agree = may_agree_of(request, before, wish)
    facts = facts_of(request, before, wish, goal)
    planned = errand(goal, facts, may_agree)
    language = casting.language(request.text, callee.number) or draft.get("language") or "en"
    silent = _SILENT.search(request.text) or (draft.get("voicemail_message") == "" and draft.get("goal"))
    kind = callee_kind(callee.name, planned)
    search = lookup(callee, planned, request.text, draft)
    return {
        "callee_name": callee.name,
        "callee_number": callee.number,
        "callee_kind": kind,
        "on_behalf_of": who,
        "goal": goal,
        "facts": list(facts),
        "may_agree": list(may_agree),
        "questions": questions,
        "language": language,
        "other_languages": casting.other_languages(request.text) or draft.get("other_languages", []),
        "persona": casting.persona(request.text, callee.name, kind, draft.get("persona", ""), instructions),
        "voice": casting.voice(request.text, instructions) or draft.get("voice", ""),
        "opening": _opening(planned, tuple(questions), who, language) if goal else "",
        "voicemail_message": "" if silent or not goal else _voicemail(planned, tuple(questions), who),
        "max_minutes": min(minutes_in(request.text) or draft.get("max_minutes") or 10, _most_minutes(instructions)),
        "contact": callee.contact,
        "recent": callee.recent,
        "lookup": search,
        **timing,
        "missing": missing(planned, callee, reachable=callee.reachable or bool(search)),
        "not_a_call": False,
    }


def _timing(
    request: Request, draft: Mapping[str, Any], before: Errand, now: datetime | None
) -> tuple[dict[str, Any], Particulars]:
    """When to call and how often; and what the request then says of the matter."""
    when, wish = request.when, request.wish
    planned_for, alone = draft.get("call_at", ""), _time_alone(request)
    untimed = planned_for and not (before.wish.time or before.wish.day or when.said)
    if alone.after or untimed or _is_asked_when_to_call(draft):
        # "At ten" about a call that is planned for later, and whose matter knows no time; "in an hour" about any call.
        when = alone
        wish = Particulars(wish.size, name=wish.name, phone=wish.phone) if when.said else wish
    call_at = resolved(moved(when, planned_for), now) if when.said and now else planned_for
    retries = request.retries
    return {
        "call_at": "" if request.at_once else call_at,
        "repeats": not _ONCE.search(request.text) and (when.repeats or draft.get("repeats", False)),
        "retries": retries.times or draft.get("retries", 0),
        "retry_minutes": retries.minutes or draft.get("retry_minutes", 0),
    }, wish


def _is_asked_when_to_call(draft: Mapping[str, Any]) -> bool:
    return any("when to call" in entry["question"] for entry in draft.get("missing", ()))


def _time_alone(request: Request) -> When:
    """The time of a message that says nothing else: `make it 10am`, `in an hour`."""
    return wholly(_MAKE_IT.sub("", request.text))


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
        asked = to_you(listed(list(questions)))
        return f"{greeting} {who} would like to know {asked}, please call back. Goodbye!"
    said = matter(planned, questions, who)[0].rstrip(".")
    return f"{greeting} {said}. {'Goodbye!' if planned.kind == 'tell' else 'Thank you, goodbye!'}"
