"""A call as the agent has it in mind: its brief, and how far the conversation has come.

Owns the reading of the rendered agent prompt and of Realtime items. Must not decide what is said next (`talk.py`
does). Pure: everything is worked out anew from the items, so that a session seeded with old turns knows as much.

Items: https://platform.openai.com/docs/api-reference/realtime-client-events/conversation/item/create
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sandbox.brain.errand import Errand, Particulars, errand, particulars_in
from sandbox.brain.inquiry import Inquiry, inquiries_of
from sandbox.brain.lines import Line, last_of, lines_of, wordless
from sandbox.brain.voice import spoken_question
from sandbox.brain.whisper import whisper_of, whisper_question
from sandbox.brain.words import GOODBYE, NO, YES, Found, Time, covers, days, sentences, times

# What the agent prompt says where a list of the plan is empty.
_NOTHING = ("Nothing beyond the objective", "Only exactly what the objective", "Whether the objective was reached")
_REFUSED = re.compile(
    r"\b(full|fully booked|booked out|taken|closed|no longer|not possible|cannot|can't|nothing|unable|not available"
    r"|no (?:tables?|rooms?|appointments?|seats?|time|slots?))\b",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(
    r"\b(booked|confirmed|reserved|all set|done|cancel+ed|moved|rescheduled|ordered|scheduled|put you down"
    r"|see you (?:then|on|at|tomorrow|tonight|there)|look(?:ing)? forward"
    r"|reservad[oa]s?|confirmad[oa]s?|reserviert|bestätigt|réservée?s?|confirmée?s?|prenotat[oa]|confermat[oa])\b",
    re.IGNORECASE,
)
_ONLY_ASKED = re.compile(
    r"\b(shall|should|can|could|would|may) (I|we)\b|\bfully\b|\bbooked out\b|\bnot\b", re.IGNORECASE
)
CHECKS = re.compile(
    r"\b(?:is (?:that|this|it)|that is|that's) (?:right|correct)( now)?\?|, (?:right|correct)\?|^(?:right|correct)\?",
    re.IGNORECASE,
)
# A word of the bridge's own to the agent, and not the requester's.
_STAGE = re.compile(
    r"\b(line|connection|session|stream)\b.*\b(broke|broken|lost|gone|dropped|interrupted|restored|resumed|new)\b"
    r"|\bgo on\b.*\bfrom\b|\bdo not repeat\b|\bconversation so far\b|\bkeys could not be pressed\b",
    re.IGNORECASE | re.DOTALL,
)
_NO_ANSWER = re.compile(r"^(?:m+-?h+m+|u+h-?h+u+h|h+m+|m+|uh|um|hello\??|hi)[.!?]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Brief:
    """The rendered `prompts/agent.j2`, read back."""

    principal: str
    callee: str
    errand: Errand
    questions: tuple[str, ...]
    language: str = "English"


def brief_of(instructions: str) -> Brief:
    sections: dict[str, str] = {}
    for part in re.split(r"^# ", instructions, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        sections[title.strip().lower()] = body
    role = sections.get("role and objective", instructions)
    parties = re.search(r"assistant of (?P<who>.+?), on the phone with (?P<callee>.+?)\. ", role)
    goal = re.search(r"objective: (?P<goal>.+)", role)
    lists = [_listed(sections.get(f"what you {title}", "")) for title in ("may say", "may agree to", "bring back")]
    facts, may_agree, questions = lists
    matter = errand(goal["goal"].strip() if goal else "", facts, may_agree)
    if matter.kind == "ask" and not questions:
        asked = re.search(r"\b(?P<q>(?:whether|if|what|when|where|how|who|which|why)\b.+)", matter.goal)
        questions = [asked["q"] if asked else matter.goal]
    return Brief(
        principal=parties["who"] if parties else "my client",
        callee=parties["callee"] if parties else "",
        errand=matter,
        questions=tuple(questions),
        language=spoken[1] if (spoken := re.search(r"\bSpeak (\w+)", sections.get("language", ""))) else "English",
    )


def _listed(section: str) -> list[str]:
    entries = [line[2:].strip() for line in section.splitlines() if line.startswith("- ")]
    return [entry for entry in entries if entry and not entry.startswith(_NOTHING)]


@dataclass(frozen=True)
class Exchange:
    """What the agent said, and what the callee said to it in the lines `at`. `asked` is the question that was put."""

    agent: str
    callee: str
    asked: str = ""
    at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Offer:
    """A time or day that the callee puts forward, and whether it may be accepted."""

    time: Found | None
    day: str
    acceptable: bool


@dataclass
class Conversation:
    brief: Brief
    lines: Sequence[Line]
    whispers: list[str] = field(default_factory=list)  # not acted upon yet
    stage: str = ""  # what the bridge has told the agent since it last spoke
    inquiries: tuple[Inquiry, ...] = ()
    tools: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()  # ISO 639-1: those it may switch to
    wordless: int = 0  # the callee's last utterances, as far as they held no words

    @cached_property
    def said(self) -> list[str]:
        """The agent's utterances."""
        return [line.text for line in self.lines if line.who == "agent"]

    @cached_property
    def heard(self) -> str:
        """What the callee said since the agent's last turn."""
        return " ".join(line.text for line in self._unanswered if line.who == "callee").strip()

    @property
    def _unanswered(self) -> Sequence[Line]:
        return self.lines[last_of(self.lines, "agent", "turn") + 1 :]

    @property
    def latest(self) -> str:
        """The callee's last utterance, if it has not been answered."""
        return next((line.text for line in reversed(self._unanswered) if line.who == "callee"), "")

    @property
    def last_turn(self) -> str:
        """The tool with which the agent took its last turn silently, or nothing."""
        at = last_of(self.lines, "agent", "turn")
        return self.lines[at].text if at >= 0 and self.lines[at].who == "turn" else ""

    @property
    def last_said(self) -> str:
        return self.said[-1] if self.said else ""

    @cached_property
    def parted(self) -> bool:
        """The agent has said goodbye."""
        return any(GOODBYE.search(text) for text in self.said)

    @cached_property
    def exchanges(self) -> list[Exchange]:
        found: list[Exchange] = []
        agent, callee = "", ""
        at: tuple[int, ...] = ()
        for n, line in enumerate((*self.lines, Line("agent", ""))):
            if line.who == "callee":
                callee, at = f"{callee} {line.text}".strip(), (*at, n)
            elif line.who in {"agent", "turn"}:
                said = line.text if line.who == "agent" else ""
                if callee:
                    found.append(Exchange(agent, callee, self._asked_in(agent), at))
                    agent, callee, at = "", "", ()
                agent = f"{agent} {said}".strip()
        return found

    def _asked_in(self, agent: str) -> str:
        if "?" not in agent:
            return ""
        return next((q for q in reversed(self.brief.questions) if covers(agent, spoken_question(q))), "")

    @cached_property
    def answered(self) -> dict[str, Exchange]:
        """The exchange in which each question was answered, if it was."""
        return {e.asked: e for e in self.exchanges if e.asked and is_answer(e.callee)}

    @property
    def answers(self) -> dict[str, str]:
        """The callee's answer to each question that has one."""
        return {question: exchange.callee for question, exchange in self.answered.items()}

    @property
    def open_questions(self) -> list[str]:
        return [question for question in self.brief.questions if question not in self.answers]

    @cached_property
    def agreed(self) -> Particulars:
        """The wish, with what the callee offered and the agent could accept."""
        agreed = self.brief.errand.wish
        for exchange in self.exchanges:
            offer = None if exchange.asked else self.offer_in(exchange.callee, agreed)
            if offer and offer.acceptable:
                time = offer.time.time.like(agreed.time) if offer.time else agreed.time
                agreed = replace(agreed, time=time, day=offer.day or agreed.day)
        return agreed

    @property
    def offer(self) -> Offer | None:
        """What was just offered."""
        before = Conversation(self.brief, self.lines[: last_of(self.lines, "agent", "turn") + 1])
        return self.offer_in(self.heard, before.agreed)

    def offer_in(self, text: str, agreed: Particulars) -> Offer | None:
        """None where nothing new is put forward."""
        if CHECKS.search(text):
            return None
        clauses = [c for s in sentences(text) for c in re.split(r",? but |; ", s) if not _REFUSED.search(c)]
        wanted = Time(-1) if agreed.time is None else agreed.time
        new = [(found, _day_of(c)) for c in clauses for found in times(c) if found.time.like(agreed.time) != wanted]
        new_days = [day for c in clauses for day in days(c) if not agreed.day or not agreed.day.startswith(day)]
        if not new and not new_days:
            return None
        terms = self.brief.errand.terms
        for found, day in new:
            if terms.allow(found.time, day):
                return Offer(found, day, acceptable=True)
        if new:
            return Offer(new[0][0], new[0][1], acceptable=False)
        allowed = [day for day in new_days if terms.allow(None, day)]
        return Offer(None, (allowed or new_days)[0], acceptable=bool(allowed))

    @cached_property
    def confirmed(self) -> str:
        """The callee's own word that it is done, or nothing."""
        words = [word for e in self.exchanges if not e.asked and (word := confirmation_in(e.callee))]
        # "See you tonight" confirms, but the sentence with the particulars is the one to report.
        return max(reversed(words), key=lambda word: particulars_in(word).told, default="")

    @cached_property
    def refusals(self) -> int:
        """How often the callee said that it cannot be."""
        return sum(not e.asked and refused(e.callee) for e in self.exchanges)


def is_answer(text: str) -> bool:
    """Not merely a question back, a hello or an mm-hm."""
    parts = sentences(text)
    if not parts or _NO_ANSWER.match(text.strip()):
        return False
    if not parts[-1].endswith("?"):
        return True
    first = parts[0]
    return not first.endswith("?") and bool(YES.match(first) or NO.match(first))


def confirmation_in(text: str) -> str:
    """The sentence with which a callee confirms, or nothing."""
    for sentence in sentences(text):
        if _CONFIRMED.search(sentence) and not sentence.endswith("?") and not _ONLY_ASKED.search(sentence):
            return sentence
    return ""


def refused(text: str) -> bool:
    return bool(_REFUSED.search(text) or re.search(r"\banother day\b|^no\b", text, re.IGNORECASE))


def conversation(
    instructions: str,
    items: Sequence[Mapping[str, Any]],
    tools: frozenset[str] = frozenset(),
    languages: tuple[str, ...] = (),
) -> Conversation:
    """The brief and the lines; what the requester whispered or answered becomes part of the brief."""
    brief, lines, inquiries = brief_of(instructions), lines_of(items), inquiries_of(items)
    told = [line for line in lines if line.who == "requester" and not _STAGE.search(line.text)]
    brief = _widened(brief, [whisper_of(line.text) for line in told])
    brief = _granted(brief, lines, inquiries)
    since = lines[last_of(lines, "agent") + 1 :]
    return Conversation(
        brief,
        lines,
        whispers=[whisper_of(line.text) for line in since if line in told],
        stage=" ".join(line.text for line in since if line.who == "requester" and line not in told),
        inquiries=inquiries,
        tools=tools,
        languages=languages,
        wordless=wordless(items),
    )


def _widened(brief: Brief, whispers: Sequence[str]) -> Brief:
    questions = tuple(q for whisper in whispers if (q := whisper_question(whisper)) and q not in brief.questions)
    terms = brief.errand.terms
    terms = replace(terms, lines=(*terms.lines, *(w for w in whispers if not whisper_question(w))))
    return replace(brief, questions=(*brief.questions, *questions), errand=replace(brief.errand, terms=terms))


def _granted(brief: Brief, lines: Sequence[Line], inquiries: Sequence[Inquiry]) -> Brief:
    """With what the requester has answered: terms where it was about an offer, else facts."""
    for inquiry in inquiries:
        if not inquiry.answer:
            continue
        put = Conversation(brief, lines).offer_in(inquiry.heard, brief.errand.wish)
        matter = brief.errand
        if put is None:
            brief = replace(brief, errand=replace(matter, facts=(*matter.facts, inquiry.answer)))
            continue
        words = f"{put.day} at {put.time.words}".strip() if put.time else put.day
        agreed = (words,) if inquiry.consents else ()
        terms = replace(matter.terms, lines=(*matter.terms.lines, *agreed, *inquiry.grants))
        brief = replace(brief, errand=replace(matter, terms=terms))
    return brief


def _day_of(clause: str) -> str:
    return next(iter(days(clause)), "")
