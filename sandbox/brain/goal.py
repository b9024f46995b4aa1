"""The matter of a call as the planner writes it: goal, facts, terms and questions, new or amended.

Owns these fields of a plan. Must not know who is called or when. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.brain.errand import Errand, Particulars, errand, kind_of, particulars_in
from sandbox.brain.request import Request, term, wishes
from sandbox.brain.voice import third_person
from sandbox.brain.words import capital, content_words, shown_day, time_range, with_preposition


def questions_of(request: Request, draft: Mapping[str, Any], before: Particulars) -> list[str]:
    """Those of the draft, for another day if the request names one, and the new ones."""
    unwanted = content_words(" ".join(request.dropped))
    kept = [q for q in draft.get("questions", ()) if not content_words(q) & unwanted]
    if before.day and request.wish.day:
        was, now = with_preposition(before.day), with_preposition(request.wish.day)
        kept = [re.sub(rf"\b{re.escape(was)}\b", now, question, flags=re.IGNORECASE) for question in kept]
    return list(dict.fromkeys([*kept, *request.questions]))


def goal_of(request: Request, before: Errand, wish: Particulars, who: str, callee: str, questions: list[str]) -> str:
    """The draft's goal with what has changed in it, or a new one."""
    if not before.goal:
        new = own_goal(request, who, wish)
        if not new and request.questions:
            new = f"Ask {callee} {listed(questions)}."
        elif not new and request.told:
            new = _telling(callee, request.told)
        return new
    if before.is_table:
        return _table(wish)
    if before.kind == "ask" and questions:
        return f"Ask {callee} {listed(questions)}."
    if before.kind == "tell" and request.told:
        return _telling(callee, [*before.facts, *request.told])
    return _amended(before.goal, before.wish, wish)


def _telling(callee: str, told: Sequence[str]) -> str:
    if wishes(told[0]):
        return f"Wish {callee} a {told[0][:1].lower()}{told[0][1:]}."
    return f"Tell {callee} that {' and that '.join(told)}."


def own_goal(request: Request, who: str, wish: Particulars) -> str:
    """The matter that a request has in its own words; nothing if it only asks or tells."""
    action = request.action.strip(" .")
    if not action or (kind_of(action) == "other" and (request.questions or request.told)):
        return ""
    kind = kind_of(action)
    if kind == "book" and errand(action, (), ()).is_table:
        return _table(wish)
    action = re.sub(
        r"^(?:i (?:want|need|would like)|we (?:want|need|would like))(?: to)? (?=\w)", "", action, flags=re.IGNORECASE
    )
    if kind == "book" and re.match(r"(?:an?|the) ", action, re.IGNORECASE):
        action = f"book {action}"
    return f"{capital(third_person(action, who))}."


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


def listed(questions: list[str]) -> str:
    return " and ".join(question[:1].lower() + question[1:].rstrip("?") for question in questions)


def may_agree_of(request: Request, before: Errand, wish: Particulars) -> tuple[str, ...]:
    new = [term(clause, wish) for clause in request.may_agree]
    ranged = any(time_range(entry) for entry in new)
    # A new span of times takes the place of the old one; so does another wish than the span was for.
    kept = [entry for entry in before.terms.lines if not (ranged and time_range(entry))]
    return tuple(dict.fromkeys([*kept, *new]))


def facts_of(request: Request, before: Errand, wish: Particulars, goal: str) -> tuple[str, ...]:
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
