"""The report by rules: what a transcript says of a plan.

Owns the `Summary` that the report prompt (`prompts/report.j2`) asks of a model. Only what the callee said counts. Pure.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.brain.conversation import Brief, Conversation, Exchange, is_answer, refused
from sandbox.brain.dates import date_of, moment, moment_in
from sandbox.brain.errand import Errand, Particulars, errand, particulars_in
from sandbox.brain.guard import asks_never_again
from sandbox.brain.lines import Line
from sandbox.brain.recorded import asks_to_hold, is_announcement, is_recorded, is_screening, is_voicemail, options_in
from sandbox.brain.whisper import whisper_question
from sandbox.brain.words import capital, sentences, shown_day

_LINE = re.compile(r"^(?:(?P<number>\d+) )?(?P<who>agent|callee)\b[^:\n]*: ?(?P<text>.*)$", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(i (?:think|guess|believe|suppose)|may ?be|perhaps|probably|possibly|might|should be|as far as i know"
    r"|(?:not|am not) (?:quite |really |entirely |so |100% )?(?:sure|certain)|if i remember)\b",
    re.IGNORECASE,
)
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


@dataclass(frozen=True)
class _Heard:
    """Words of the callee's, and the number of the line that they stand in; 0 for none."""

    words: str = ""
    turn: int = 0

    @property
    def certain(self) -> bool:
        return not _HEDGED.search(self.words)


def summary(*, instructions: str, text: str) -> dict[str, Any]:
    """Raises json.JSONDecodeError for a plan that is not JSON."""
    del instructions  # the rules are written to them
    plan, lines, numbers = _parts(text)
    matter = errand(plan.get("goal", ""), plan.get("facts", ()), plan.get("may_agree", ()))
    whispered = [question for words in plan.get("whispered", ()) if (question := whisper_question(words))]
    questions = tuple(dict.fromkeys((*plan.get("questions", ()), *whispered)))
    callee = plan.get("callee_name") or plan.get("callee") or ""
    name = callee.get("name", "") if isinstance(callee, dict) else str(callee)
    talk = Conversation(Brief(str(plan.get("on_behalf_of", "")), name, matter, questions), lines)
    achieved = _achieved(talk)
    basis = _basis(talk, achieved, numbers)
    return {
        "headline": _headline(talk, achieved, name),
        "achieved": achieved,
        "turn": basis.turn,
        "certain": basis.certain and achieved != "unclear",
        "answers": [_answer(talk, question, numbers) for question in questions],
        "next_steps": [{"text": step, "turn": turn} for step, turn in _next_steps(talk, achieved, numbers)],
        "appointment": _appointment(talk, achieved, name, moment_in(text.partition("PLAN")[0])),
    }


def _parts(text: str) -> tuple[dict[str, Any], list[Line], list[int]]:
    """The plan, the lines of the transcript, and their numbers."""
    head, _, transcript = text.partition("TRANSCRIPT")
    found = re.search(r"\{.*\}", head, re.DOTALL)
    plan = json.loads(found[0]) if found else {}
    matches = [match for raw in transcript.splitlines() if (match := _LINE.match(raw.strip()))]
    spoken = [(int(match["number"] or n), match) for n, match in enumerate(matches, start=1) if match["text"].strip()]
    lines = [Line(match["who"].lower(), match["text"].strip()) for _, match in spoken]
    return plan, lines, [number for number, _ in spoken]


def _heard(talk: Conversation, exchange: Exchange | None, words: str, numbers: list[int]) -> _Heard:
    """The line of an exchange that has certain words, or else the last one that answers at all."""
    if exchange is None:
        return _Heard()
    lines = [(talk.lines[at].text, numbers[at]) for at in exchange.at]
    having = [(text, number) for text, number in lines if words and words in text]
    answering = [(text, number) for text, number in lines if is_answer(text)]
    text, number = (having or answering or lines)[-1]
    return _Heard(text, number)


def _answer(talk: Conversation, question: str, numbers: list[int]) -> dict[str, Any]:
    exchange = talk.answered.get(question)
    heard = _heard(talk, exchange, "", numbers)
    said = exchange.callee if exchange else "not said"
    return {"question": question, "answer": said, "turn": heard.turn, "certain": not _HEDGED.search(said)}


def _basis(talk: Conversation, achieved: str, numbers: list[int]) -> _Heard:
    """What the outcome rests on."""
    if achieved == "yes" and talk.brief.errand.kind in _DONE:
        words = talk.confirmed
    elif achieved == "yes" and talk.answered:
        return _heard(talk, next(reversed(talk.answered.values())), "", numbers)
    else:
        words = next(iter(sentences(_callee_said(talk))), "")
    exchange = next((e for e in reversed(talk.exchanges) if words and words in e.callee), None)
    return _heard(talk, exchange, words, numbers)


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


def _next_steps(talk: Conversation, achieved: str, numbers: list[int]) -> list[tuple[str, int]]:
    """With the numbers of the lines that they rest on."""
    steps = []
    confirmed = particulars_in(talk.confirmed)
    if achieved == "yes" and talk.brief.errand.kind in {"book", "move"} and (confirmed.time or confirmed.day):
        agreed = _shown(Particulars(time=confirmed.time, day=confirmed.day), talk.brief.errand)
        steps.append((f"Be there: {agreed}.", _basis(talk, achieved, numbers).turn))
    replies = [exchange.agent for exchange in talk.exchanges[1:]] + [talk.last_said]
    for before, after in zip(talk.exchanges, replies, strict=False):
        promised = _PROMISE.search(after) and not re.search(r"\bgoodbye|bye\b", after)
        if promised and before.callee.endswith("?"):
            question = sentences(before.callee)[-1]
            steps.append((f"Call them back about this: {question}", _heard(talk, before, question, numbers).turn))
    if achieved == "no" and talk.refusals and not any(asks_never_again(e.callee) for e in talk.exchanges):
        no = next(e for e in reversed(talk.exchanges) if not e.asked and refused(e.callee))
        steps.append(("Try another time or another day.", _heard(talk, no, "", numbers).turn))
    return steps


def _appointment(talk: Conversation, achieved: str, name: str, called: datetime | None) -> dict[str, Any] | None:
    """What was booked for a certain time; without a day it is the day of the call."""
    matter, confirmed = talk.brief.errand, particulars_in(talk.confirmed)
    time, day = confirmed.time or talk.agreed.time, confirmed.day or talk.agreed.day
    if achieved != "yes" or matter.kind not in {"book", "move"} or time is None or called is None:
        return None
    on = date_of(day, called.date()) if day else called.date()
    if on is None:
        return None
    size = confirmed.size or matter.wish.size
    what = (
        f"Table for {size}" if matter.is_table and size else capital(re.sub(r"^(?:an?|the|\w+'s) ", "", matter.thing))
    )
    doctor = re.search(r"\b(?:dentist|doctor|dr|clinic|practice)\b", f"{name} {matter.goal}", re.IGNORECASE)
    return {
        "title": f"{what} at {name}" if name else what,
        "start": moment(on, time.like(matter.wish.time).minutes).isoformat(timespec="minutes"),
        "minutes": 120 if matter.is_table else 30 if doctor else 60,
        "place": name,
    }
