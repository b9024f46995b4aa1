"""The report by rules: what a transcript says of a plan.

Owns the `Summary` that the report prompt (`prompts/report.j2`) asks of a model. Only what the callee said counts. Pure.
"""

import json
import re
from typing import Any

from sandbox.brain.conversation import Brief, Conversation, is_answer
from sandbox.brain.errand import Errand, Particulars, errand, particulars_in
from sandbox.brain.lines import Line
from sandbox.brain.recorded import asks_to_hold, is_announcement, is_recorded, is_screening, is_voicemail, options_in
from sandbox.brain.words import capital, sentences, shown_day

_LINE = re.compile(r"^(?P<who>agent|callee)\b[^:\n]*: ?(?P<text>.*)$", re.IGNORECASE)
_DONE = {"book": "Booked", "move": "Moved", "cancel": "Cancelled", "order": "Ordered"}
_TAKEN_IN = re.compile(
    r"\b(good to know|thanks for|thank you for|got it|i understand|understood|i will|no problem|that is fine"
    r"|of course)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b((?:can|will) call (you )?back|would have to call|can let you know|pass (that|it) on|will tell)\b",
    re.IGNORECASE,
)


def summary(*, instructions: str, text: str) -> dict[str, Any]:
    """Raises json.JSONDecodeError for a plan that is not JSON."""
    del instructions  # the rules are written to them
    plan, lines = _parts(text)
    matter = errand(plan.get("goal", ""), plan.get("facts", ()), plan.get("may_agree", ()))
    questions = tuple(plan.get("questions", ()))
    callee = plan.get("callee_name") or plan.get("callee") or ""
    name = callee.get("name", "") if isinstance(callee, dict) else str(callee)
    talk = Conversation(Brief(str(plan.get("on_behalf_of", "")), name, matter, questions), lines)
    answers = [{"question": q, "answer": talk.answers.get(q, "not said")} for q in questions]
    achieved = _achieved(talk)
    return {
        "headline": _headline(talk, achieved, name),
        "achieved": achieved,
        "answers": answers,
        "next_steps": _next_steps(talk, achieved),
    }


def _parts(text: str) -> tuple[dict[str, Any], list[Line]]:
    head, _, transcript = text.partition("TRANSCRIPT")
    found = re.search(r"\{.*\}", head, re.DOTALL)
    plan = json.loads(found[0]) if found else {}
    found_lines = (_LINE.match(raw.strip()) for raw in transcript.splitlines())
    return plan, [Line(match["who"].lower(), match["text"].strip()) for match in found_lines if match]


def _achieved(talk: Conversation) -> str:
    matter, kind = talk.brief.errand, talk.brief.errand.kind
    if kind == "ask":
        return "yes" if talk.answers else _told(talk)
    if kind in {"tell", "other"}:
        return _told(talk)
    if talk.confirmed:
        return "yes"
    offers = [talk.offer_in(e.callee, matter.wish) for e in talk.exchanges]
    refused = talk.refusals or any(put and not put.acceptable for put in offers)
    return "no" if refused or not talk.exchanges else "unclear"


def _told(talk: Conversation) -> str:
    """Without a question to answer: whether the callee took part at all after the matter was said."""
    answers = [e.callee for e in talk.exchanges if e.agent and is_answer(e.callee)]
    if any(_TAKEN_IN.search(answer) for answer in answers):
        return "yes"
    return "unclear" if answers else "no"


def _headline(talk: Conversation, achieved: str, name: str) -> str:
    matter = talk.brief.errand
    if achieved == "yes" and matter.kind in _DONE:
        particulars = _shown(particulars_in(talk.confirmed), matter)
        return f"{_DONE[matter.kind]}: {particulars}." if particulars else f"{_DONE[matter.kind]}: {talk.confirmed}"
    said = _callee_said(talk)
    if achieved == "yes" and not talk.answers:
        return f"{'Told' if matter.kind == 'tell' else 'Done'}. They said: {said}"
    if achieved == "yes":
        answers = " ".join(talk.answers.values())
        return f"{name}: {answers}" if name else answers
    if not said:
        return "The call ended before anything was settled." if talk.exchanges else "Nobody said anything."
    verb = {"book": "Not booked", "move": "Not moved", "cancel": "Not cancelled", "order": "Not ordered"}.get(
        matter.kind
    )
    return f"{verb or ('Not settled' if achieved == 'no' else 'They said')}: {said}"


def _shown(confirmed: Particulars, matter: Errand) -> str:
    """`7:45pm, table for 4, under Shane`, of what the callee confirmed."""
    time = confirmed.time.like(matter.wish.time) if confirmed.time else None
    when = " ".join(
        part for part in (shown_day(confirmed.day), f"at {time}" if confirmed.day and time else str(time or "")) if part
    )
    size = f"{'table ' if 'table' in matter.thing else ''}for {confirmed.size}" if confirmed.size else ""
    name = f"under {confirmed.name}" if confirmed.name else ""
    return capital(", ".join(part for part in (when, size, name) if part))


def _callee_said(talk: Conversation) -> str:
    """The callee's last words of substance."""
    for exchange in reversed(talk.exchanges):
        kept = [s for s in sentences(exchange.callee) if len(s.split()) > 2 and not s.endswith("?") and not _idle(s)]
        kept = [s for s in kept if not re.match(r"you are welcome|thank|goodbye|bye|see you", s, re.IGNORECASE)]
        if kept:
            return " ".join(kept)
    return ""


def _idle(sentence: str) -> bool:
    """A recording's words, or those of somebody who waits or lets wait."""
    recorded = is_announcement(sentence) or is_recorded(sentence) or is_screening(sentence) or is_voicemail(sentence)
    return recorded or bool(options_in(sentence)) or asks_to_hold(sentence) or "take your time" in sentence.lower()


def _next_steps(talk: Conversation, achieved: str) -> list[str]:
    steps = []
    confirmed = particulars_in(talk.confirmed)
    if achieved == "yes" and talk.brief.errand.kind in {"book", "move"} and (confirmed.time or confirmed.day):
        agreed = _shown(Particulars(time=confirmed.time, day=confirmed.day), talk.brief.errand)
        steps.append(f"Be there: {agreed}.")
    replies = [exchange.agent for exchange in talk.exchanges[1:]] + [talk.last_said]
    for before, after in zip(talk.exchanges, replies, strict=False):
        promised = _PROMISE.search(after) and not re.search(r"\bgoodbye|bye\b", after)
        if promised and before.callee.endswith("?"):
            steps.append(f"Call them back about this: {sentences(before.callee)[-1]}")
    if achieved == "no" and talk.refusals:
        steps.append("Try another time or another day.")
    return steps
