"""The report of a finished call, and its transcript as a file.

Pure: data in, rich text and buttons out. Owns their layout. What was agreed is the model's reading of the transcript;
the facts of the line are the journal's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.buttons import Button, Keyboard, call_button
from bot.call_view import duration
from bot.cards import LINE, money
from bot.conversation import Draft
from bot.richtext import RichText, bold, clip, fitted, lines, plain, units
from bot.summary import Summary
from bot.wording import Words
from bridge import numbers
from bridge.call import CallSpec, Ending, EndReason, Turn

WORDS = 10  # so many footnotes have a button each
RETRIED = (EndReason.BUSY, EndReason.NO_ANSWER)
_NEVER_RANG = (EndReason.REFUSED, EndReason.UNCERTAIN, EndReason.NOT_DIALED)
_ALERT = 200  # answerCallbackQuery: "Text of the notification. … 0-200 characters"


@dataclass(frozen=True)
class Finished:
    """A call that is over. `turns` are the spoken ones, as the summary counts them from 1; `began_unix` is when it was
    confirmed; `message` is what became of the spec's message on an answering machine.
    """

    spec: CallSpec
    ending: Ending
    turns: tuple[Turn, ...]
    summary: Summary | None = None
    do_not_call: bool = False  # they asked not to be called again
    message: Literal["", "left", "cut"] = ""
    began_unix: float = 0.0
    whispers: tuple[str, ...] = ()  # what the requester told the agent meanwhile


def spoken(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Turns with words, in the order in which the report numbers them."""
    return tuple(turn for turn in turns if turn.text)


def report(words: Words, call: Finished) -> RichText:
    """Outcome first."""
    summary, ending = call.summary, call.ending
    parts: list[RichText] = []
    if summary:
        parts += [_answer(words, call, a.question, a.answer, a.turn, certain=a.certain) for a in summary.answers]
        if summary.next_steps:
            steps = [plain(f"• {clip(step.text, LINE)}{_note(call, step.turn)}") for step in summary.next_steps]
            parts += [bold(words("report-next")), *steps]
    elif ending.answered and ending.outcome:
        parts.append(plain(words("report-note", note=clip(ending.outcome, LINE))))
    if call.do_not_call:
        parts.append(plain(words("advice-do-not-call")))
    elif (advice := _advice(words, call)) and not (summary and summary.achieved == "yes"):
        parts.append(plain(advice))
    facts = plain(f"{clip(call.spec.callee.name, 100)} · {line_facts(words, ending)}")
    return fitted(bold(_headline(words, call)), parts, lines([plain(""), facts]))


def _answer(words: Words, call: Finished, question: str, answer: str, turn: int, *, certain: bool) -> RichText:
    doubt = "" if certain else f" {words('report-unclear')}"
    return plain(f"• {clip(question, LINE)} – {clip(answer, LINE)}{doubt}{_note(call, turn)}")


def _note(call: Finished, turn: int) -> str:
    """The number of the footnote that holds a turn's words."""
    notes = footnotes(call)
    return f" [{notes.index(turn) + 1}]" if turn in notes else ""


def footnotes(call: Finished) -> list[int]:
    """The turns that the report rests on, each once, in the order in which it names them."""
    if call.summary is None:
        return []
    named = [call.summary.turn, *(a.turn for a in call.summary.answers), *(s.turn for s in call.summary.next_steps)]
    return [turn for turn in dict.fromkeys(named) if 1 <= turn <= len(call.turns)][:WORDS]


def words_of(words: Words, call: Finished, note: int) -> str:
    """The words behind a footnote (counted from 1), as short as an alert must be; "" where there are none."""
    notes = footnotes(call)
    if not 1 <= note <= len(notes):
        return ""
    turn = call.turns[notes[note - 1] - 1]
    speaker = words("transcript-agent") if turn.party == "agent" else call.spec.callee.name
    head = f"[{_time(call, turn)}] {clip(speaker, 40)}: "
    return f"{head}“{clip(turn.text, _ALERT - units(head) - 2)}”"


def _time(call: Finished, turn: Turn) -> str:
    """When it was said, since the answer: where it is to be heard on the recording."""
    return duration(max(0.0, turn.started_ms / 1000 - call.ending.ring_s))


def _headline(words: Words, call: Finished) -> str:
    summary = call.summary
    if summary and summary.headline.strip():
        mark = {"yes": "✅", "no": "❌", "unclear": "❔"}[summary.achieved]
        doubt = "" if summary.certain else f" {words('report-unclear')}"
        return f"{mark} {clip(summary.headline, LINE)}{doubt}{_note(call, summary.turn)}"
    mark = "☎️" if call.ending.answered else "🔕"
    return f"{mark} {words(f'outcome-{call.ending.reason}')}"


def _advice(words: Words, call: Finished) -> str:
    reason = call.ending.reason
    if reason is EndReason.REFUSED:
        code = call.ending.detail
        return words.maybe(f"carrier-{code}") or words("carrier-other", code=code)
    if reason is EndReason.VOICEMAIL and call.message:
        return words(f"advice-voicemail-{call.message}")
    return words.maybe(f"advice-{reason}")


def line_facts(words: Words, ending: Ending) -> str:
    facts = []
    if ending.answered:
        facts.append(words("report-facts-talk", time=duration(ending.talk_s)))
    elif ending.reason not in _NEVER_RANG:
        facts.append(words("report-facts-ring", seconds=round(ending.ring_s)))
    facts.append(words(f"end-{ending.reason}"))
    if not ending.cost_usd:
        facts.append(words("report-no-cost"))
    else:
        # Nobody answered, and yet it cost something: say what.
        kind = "report-cost" if ending.answered else "report-cost-ringing"
        facts.append(words(kind, cost=money(words, ending.cost_usd)))
    return " · ".join(facts)


def report_buttons(words: Words, draft: Draft, call: Finished, *, known: bool, calendar: str = "") -> Keyboard:
    """`known` says that the number is among the chat's contacts; `calendar` is an address that adds what was booked."""

    def button(label: str, verb: str, choice: str = "") -> Button:
        return call_button(words(label), draft, verb, choice)

    rows: list[tuple[Button, ...]] = []
    count = len(footnotes(call))
    if count:
        notes = [call_button(words("report-words", number=n), draft, "words", str(n)) for n in range(1, count + 1)]
        rows += [tuple(notes[at : at + 5]) for at in range(0, count, 5)]
    # Not where it is tried again by itself: that has a message of its own.
    if call.ending.reason in RETRIED and not call.do_not_call and not draft.plan.retries:
        fifteen = call_button(words("retry-minutes", minutes=15), draft, "retry", "15")
        rows.append((button("retry-now", "retry", "0"), fifteen, button("retry-hour", "retry", "60")))
    again = button("report-again", "again")
    rows.append((again, button("report-transcript", "transcript")) if call.turns else (again,))
    more = [] if known or call.do_not_call else [button("report-save-contact", "contact")]
    if calendar:
        more.append(Button(words("report-calendar"), url=calendar))
    return (*rows, tuple(more)) if more else tuple(rows)


def transcript_file(words: Words, call: Finished) -> str:
    """The whole transcript as plain text; times are minutes and seconds since the answer."""
    spec = call.spec
    rows = [f"{spec.callee.name}, {numbers.readable(spec.callee.number)}", words("transcript-goal", goal=spec.goal)]
    rows += [line_facts(words, call.ending), ""]
    for turn in call.turns:
        speaker = words("transcript-agent") if turn.party == "agent" else spec.callee.name
        cut = f" {words('transcript-interrupted')}" if turn.interrupted else ""
        rows.append(f"[{_time(call, turn)}] {speaker}: {turn.text}{cut}")
    return "\n".join(rows) + "\n"
