"""What a call looks like in the chat: the card, the live view, the report.

Pure: data in, rich text and buttons out. Owns layout; words that stand by themselves are `wording.py`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import wording
from bot.conversation import Draft
from bot.richtext import RichText, bold, clip, fitted, italic, lines, pages, plain
from bot.summary import Summary
from bridge import numbers
from bridge.call import VOICES, CallSpec, Ending, EndReason, Turn
from bridge.events import QuestionAsked, QuestionClosed
from prompts import library

PAGE = 6  # choices on one page of a catalogue
_LINE = 400  # UTF-16 units: longer facts are cut on the card; the agent gets them whole
_ENTRIES = 12  # of one list on the card; the agent gets them all


@dataclass(frozen=True)
class Button:
    """`data` is `c:<verb>:<call id>:<rev>`, at most 64 bytes (InlineKeyboardButton.callback_data)."""

    label: str
    data: str


Keyboard = tuple[tuple[Button, ...], ...]
NO_BUTTONS: Keyboard = ()


@dataclass(frozen=True)
class Press:
    """A button's data, read. Raises ValueError for data that is none of ours."""

    verb: str
    choice: str
    call_id: str
    rev: int

    @classmethod
    def read(cls, data: str) -> "Press":
        prefix, verb, call_id, rev = data.split(":")
        if prefix != "c" or not call_id:
            raise ValueError("not a button of ours")
        verb, _, choice = verb.partition("=")
        return cls(verb, choice, call_id, int(rev))


def _button(label: str, draft: Draft, verb: str, choice: str = "") -> Button:
    return Button(label, f"c:{verb}{'=' if choice else ''}{choice}:{draft.id}:{draft.rev}")


# The card


def card(draft: Draft, *, estimate_usd: float) -> RichText:
    plan = draft.plan
    persona = library.personas()[plan.persona]
    language = clip(library.language_name(plan.language), 40)
    head = [
        bold(f"📞 {clip(plan.callee_name, 100)}"),
        plain(f"{numbers.readable(plan.callee_number)} · for {clip(plan.on_behalf_of or draft.requester_name, 60)}"),
        plain(""),
        bold("Goal: ") + plain(clip(plan.goal, _LINE)),
    ]
    listed = [
        *_list("May say", plan.facts),
        *_list("May agree to", plan.may_agree),
        *_list("Will ask", plan.questions),
    ]
    foot = [bold("Opens with: ") + italic(f"“{clip(plan.opening, _LINE)}”")]
    if plan.voicemail_message:
        foot.append(bold("On a machine: ") + italic(f"“{clip(plan.voicemail_message, _LINE)}”"))
    foot += [
        plain(""),
        plain(f"🎭 {persona.name} · 🔊 {plan.voice} · {language}"),
        plain(f"⏱ at most {plan.max_minutes} min · 💵 about ${estimate_usd:.2f} if it takes that long"),
    ]
    return fitted(lines(head), listed, lines(foot))


def _list(title: str, entries: Sequence[str]) -> list[RichText]:
    if not entries:
        return []
    if len(entries) == 1:
        return [bold(f"{title}: ") + plain(clip(entries[0], _LINE))]
    shown = [plain(f"• {clip(entry, _LINE)}") for entry in entries[:_ENTRIES]]
    if more := len(entries) - len(shown):
        shown.append(plain(f"• … and {more} more"))
    return [bold(f"{title}:"), *shown]


def card_buttons(draft: Draft) -> Keyboard:
    return (
        (_button("📞 Call", draft, "call"),),
        (_button("🎭 Persona", draft, "personas"), _button("🔊 Voice", draft, "voices")),
        (_button("✏️ Edit", draft, "edit"), _button("✖️ Cancel", draft, "cancel")),
    )


def persona_buttons(draft: Draft, page: int) -> Keyboard:
    choices = [(persona.key, persona.name) for persona in library.personas().values()]
    return _catalogue(draft, choices, page, pick="persona", turn="personas", current=draft.plan.persona)


def voice_buttons(draft: Draft, page: int) -> Keyboard:
    choices = [(voice, voice) for voice in VOICES]
    return _catalogue(draft, choices, page, pick="voice", turn="voices", current=draft.plan.voice)


def _catalogue(
    draft: Draft, choices: list[tuple[str, str]], page: int, *, pick: str, turn: str, current: str
) -> Keyboard:
    count = -(-len(choices) // PAGE)
    page = page % count
    shown = [
        _button(f"{'✓ ' if key == current else ''}{name}", draft, pick, key)
        for key, name in choices[page * PAGE : (page + 1) * PAGE]
    ]
    rows = [tuple(shown[at : at + 2]) for at in range(0, len(shown), 2)]
    last = [_button("← Back", draft, "back")]
    if count > 1:
        last.append(_button(f"More ({page + 1}/{count})", draft, turn, str(page + 1)))
    return (*rows, tuple(last))


def cancelled_card(draft: Draft) -> RichText:
    return lines([bold(f"✖️ {clip(draft.plan.callee_name or 'Call', 100)}"), plain(wording.CANCELLED)])


def personas() -> RichText:
    parts = [bold("Personas"), plain("The manner and voice of the agent. I pick one that fits; change it on the card.")]
    for persona in library.personas().values():
        parts += [plain(""), bold(persona.name) + plain(f" · voice {persona.voice}"), plain(f"For {persona.fits}.")]
    return lines(parts)


# The live view


def live_pages(spec: CallSpec, status: str, turns: Sequence[Turn]) -> list[RichText]:
    """The call as it goes on: its status, and both sides' turns, over as many messages as they need."""
    head = lines([bold(f"📞 {clip(spec.callee.name, 100)}") + plain(f" · {status}")])
    spoken = [line for turn in turns if (line := _turn(spec, turn))]
    if not spoken:
        return [head]
    return pages(lines([head, plain("")]), spoken)


def _turn(spec: CallSpec, turn: Turn) -> RichText | None:
    if not turn.text:
        return None
    speaker = "🤖 Agent" if turn.party == "agent" else f"👤 {clip(spec.callee.name, 60)}"
    return bold(f"{speaker}: ") + plain(turn.text + (" —" if turn.interrupted else ""))


def live_buttons(draft: Draft) -> Keyboard:
    return ((_button("⏹ Hang up", draft, "hangup"), _button("🙋 Join the call", draft, "join")),)


# Questions during a call


def question(spec: CallSpec, asked: QuestionAsked, closed: QuestionClosed | None, left_s: int) -> RichText:
    parts = [bold(f"❓ {clip(spec.callee.name, 100)}: ") + plain(clip(asked.question, 1000))]
    if closed is None:
        parts.append(plain(f"⏳ {wording.QUESTION_OPEN} ({duration(left_s)})"))
    elif closed.how == "answered":
        parts.append(bold("You answered: ") + plain(clip(closed.answer, 1000)))
    else:
        parts.append(italic(wording.QUESTION_CLOSED[closed.how]))
    return lines(parts)


def question_buttons(draft: Draft, number: int, choices: Sequence[str]) -> Keyboard:
    """One button a choice; more than eight would be no help."""
    shown = [(clip(choice, 60), str(index)) for index, choice in enumerate(choices[:8]) if choice.strip()]
    return tuple((Button(label, f"c:answer={index}:{draft.id}:{number}"),) for label, index in shown)


# The report


def duration(seconds: float) -> str:
    """As on a phone: 0:42."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def report(spec: CallSpec, ending: Ending, summary: Summary | None) -> RichText:
    """Outcome first. What was agreed is the model's reading of the transcript; the facts of the line are the
    journal's.
    """
    parts: list[RichText] = []
    if summary:
        parts += [plain(f"• {clip(a.question, _LINE)} – {clip(a.answer, _LINE)}") for a in summary.answers]
        if summary.next_steps:
            parts += [bold("Next:"), *(plain(f"• {clip(step, _LINE)}") for step in summary.next_steps)]
    elif ending.answered and ending.outcome:
        parts.append(plain(f"The agent's own note: {clip(ending.outcome, _LINE)}"))
    if (advice := _advice(ending)) and not (summary and summary.achieved == "yes"):
        parts.append(plain(advice))
    facts = plain(f"{clip(spec.callee.name, 100)} · {_line_facts(ending)}")
    return fitted(bold(_headline(ending, summary)), parts, lines([plain(""), facts]))


def _headline(ending: Ending, summary: Summary | None) -> str:
    if summary and summary.headline.strip():
        mark = {"yes": "✅", "no": "❌", "unclear": "❔"}[summary.achieved]
        return f"{mark} {clip(summary.headline, _LINE)}"
    mark = "☎️" if ending.answered else "🔕"
    return f"{mark} {wording.OUTCOMES[ending.reason]}"


def _advice(ending: Ending) -> str:
    if ending.reason is EndReason.REFUSED:
        return clip(ending.detail, _LINE)
    return wording.ADVICE.get(ending.reason, "")


def _line_facts(ending: Ending) -> str:
    facts = []
    if ending.answered:
        facts.append(f"{duration(ending.talk_s)} on the phone")
    elif ending.reason not in (EndReason.REFUSED, EndReason.UNCERTAIN):
        facts.append(f"never answered, {round(ending.ring_s)} s")
    facts.append(wording.END_REASONS[ending.reason])
    cost = f"cost about ${max(ending.cost_usd, 0.01):.2f}" if ending.cost_usd else "no cost"
    # Nobody answered, and yet it cost something: say what.
    facts.append(f"{cost} (first words made while it rang)" if ending.cost_usd and not ending.answered else cost)
    return " · ".join(facts)


def report_buttons(draft: Draft, *, spoken: bool) -> Keyboard:
    again = _button("🔁 Call again", draft, "again")
    transcript = _button("📄 Full transcript", draft, "transcript")
    return ((again, transcript),) if spoken else ((again,),)


def transcript_file(spec: CallSpec, ending: Ending | None, turns: Sequence[Turn]) -> str:
    """The whole transcript as plain text; times are minutes and seconds since the call was confirmed."""
    rows = [f"{spec.callee.name}, {numbers.readable(spec.callee.number)}", f"Goal: {spec.goal}"]
    if ending:
        rows.append(_line_facts(ending))
    rows.append("")
    for turn in turns:
        if turn.text:
            speaker = "Agent" if turn.party == "agent" else spec.callee.name
            cut = " [interrupted]" if turn.interrupted else ""
            rows.append(f"[{duration(turn.started_ms / 1000)}] {speaker}: {turn.text}{cut}")
    return "\n".join(rows) + "\n"


# The list of calls


@dataclass(frozen=True)
class CallRow:
    callee: str
    requester: str
    confirmed_unix: float
    ending: Ending | None


def call_list(rows: Sequence[CallRow]) -> RichText:
    """Newest first, as many as one message holds; times are UTC."""
    parts = []
    for row in rows:
        when = datetime.fromtimestamp(row.confirmed_unix, UTC).strftime("%d %b %H:%M UTC")
        how = "going on now"
        if row.ending:
            talk = f"{duration(row.ending.talk_s)}, " if row.ending.answered else ""
            how = f"{talk}{wording.END_REASONS[row.ending.reason]}, ${row.ending.cost_usd:.2f}"
        parts.append(plain(f"• {when} · {clip(row.callee, 60)} – {how}"))
    return pages(bold("Calls"), parts)[0]


def people_list(people: Sequence[tuple[str, str, int]]) -> list[RichText]:
    """Role, name and id of everybody who may use the bot, over as many messages as it takes."""
    rows = [plain(f"• {clip(name, 100) or 'unknown'} · {person_id} · {role}") for role, name, person_id in people]
    return pages(bold("People"), rows)
