"""The card: what a call will be, before it is made, with the buttons that change or confirm it.

Pure: data in, rich text and buttons out. Owns the card's layout; the words are the catalogue's.
"""

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency

from bot.buttons import PAGE, Button, Keyboard, call_button, in_pairs
from bot.conversation import Draft
from bot.plan import Missing
from bot.richtext import RichText, bold, clip, fitted, italic, lines, plain
from bot.wording import Words
from bridge import numbers
from bridge.call import VOICES
from prompts import library

LINE = 400  # UTF-16 units: longer facts are cut on the card; the agent gets them whole
_ENTRIES = 12  # of one list on the card; the agent gets them all
_CHOICES = 8  # more would be no help


def dollars(words: Words, usd: float) -> str:
    """An amount in US dollars, as the language writes it: $0.29; 0,29 $."""
    written: str = format_currency(usd, "USD", locale=words.language, group_separator=False)
    return " ".join(written.split())


def money(words: Words, usd: float) -> str:
    """The same of what is to be paid: a cent at least, where it is not nothing."""
    return dollars(words, max(usd, 0.01) if usd else 0.0)


def language_name(words: Words, code: str) -> str:
    """What a language (ISO 639-1) is called in the language of the chat; the code itself where nobody knows it."""
    try:
        return Locale.parse(code).get_language_name(words.language) or code
    except (UnknownLocaleError, ValueError):
        return code


def card(words: Words, draft: Draft, *, estimate_usd: float, when: str = "", recorded: bool = False) -> RichText:
    """`when` is the time of a planned call in words."""
    plan = draft.plan
    language = clip(language_name(words, plan.language), 40)
    name = clip(plan.on_behalf_of or draft.requester_name, 60)
    head = [
        bold(f"📞 {clip(plan.callee_name, 100)}"),
        plain(words("card-for", number=numbers.readable(plan.callee_number), name=name)),
        plain(""),
        bold(f"{words('card-goal')} ") + plain(clip(plan.goal, LINE)),
    ]
    listed = [
        *_list(words, "card-facts", plan.facts),
        *_list(words, "card-agree", plan.may_agree),
        *_list(words, "card-questions", plan.questions),
    ]
    foot = [bold(f"{words('card-opening')} ") + italic(f"“{clip(plan.opening, LINE)}”")]
    if plan.voicemail_message:
        foot.append(bold(f"{words('card-voicemail')} ") + italic(f"“{clip(plan.voicemail_message, LINE)}”"))
    foot += [plain(""), plain(f"🎭 {persona_name(words, plan.persona)} · 🔊 {plan.voice} · {language}")]
    if when:
        foot.append(plain(words("card-at", when=when)))
    if plan.retries:
        foot.append(plain(words("card-retries", count=plan.retries, minutes=plan.retry_minutes)))
    if recorded:
        foot.append(plain(words("card-recorded")))
    foot.append(plain(words("card-limits", minutes=plan.max_minutes, cost=money(words, estimate_usd))))
    return fitted(lines(head), listed, lines(foot))


def _list(words: Words, title: str, entries: Sequence[str]) -> list[RichText]:
    if not entries:
        return []
    if len(entries) == 1:
        return [bold(f"{words(title)}: ") + plain(clip(entries[0], LINE))]
    shown = [plain(f"• {clip(entry, LINE)}") for entry in entries[:_ENTRIES]]
    if more := len(entries) - len(shown):
        shown.append(plain(f"• {words('card-more', count=more)}"))
    return [bold(f"{words(title)}:"), *shown]


def card_buttons(words: Words, draft: Draft) -> Keyboard:
    def button(label: str, verb: str) -> Button:
        return call_button(words(f"card-{label}"), draft, verb)

    first = (button("schedule", "call"), button("now", "now")) if draft.due_unix else (button("call", "call"),)
    return (
        first,
        (button("persona", "personas"), button("voice", "voices")),
        (button("rehearse", "rehearse"), button("edit", "edit"), button("cancel", "cancel")),
    )


def scheduled_card(words: Words, draft: Draft, when: str) -> RichText:
    """A planned call. `when` is its time in words."""
    plan = draft.plan
    name = clip(plan.on_behalf_of or draft.requester_name, 60)
    return lines(
        [
            bold(f"📞 {clip(plan.callee_name, 100)}"),
            plain(words("card-for", number=numbers.readable(plan.callee_number), name=name)),
            bold(f"{words('card-goal')} ") + plain(clip(plan.goal, LINE)),
            plain(""),
            plain(f"🕘 {words('card-scheduled', when=when)}"),
        ]
    )


def scheduled_buttons(words: Words, draft: Draft) -> Keyboard:
    return ((call_button(words("card-now"), draft, "now"), call_button(words("card-cancel"), draft, "unplan")),)


def retry_buttons(words: Words, draft: Draft) -> Keyboard:
    """Of a call that is tried again by itself."""
    stop = call_button(words("retry-cancel"), draft, "unplan", "retry")
    return ((call_button(words("card-now"), draft, "now"), stop),)


def persona_name(words: Words, key: str) -> str:
    return words.maybe(f"persona-{key}") or library.personas()[key].name


def persona_buttons(words: Words, draft: Draft, page: int) -> Keyboard:
    choices = [(key, persona_name(words, key)) for key in library.personas()]
    return _catalogue(words, draft, choices, page, pick="persona", turn="personas", current=draft.plan.persona)


def voice_buttons(words: Words, draft: Draft, page: int) -> Keyboard:
    choices = [(voice, voice) for voice in VOICES]
    return _catalogue(words, draft, choices, page, pick="voice", turn="voices", current=draft.plan.voice)


def _catalogue(
    words: Words, draft: Draft, choices: list[tuple[str, str]], page: int, *, pick: str, turn: str, current: str
) -> Keyboard:
    count = -(-len(choices) // PAGE)
    page = page % count
    shown = [
        call_button(f"{'✓ ' if key == current else ''}{name}", draft, pick, key)
        for key, name in choices[page * PAGE : (page + 1) * PAGE]
    ]
    last = [call_button(words("card-back"), draft, "back")]
    if count > 1:
        last.append(call_button(words("card-page", page=page + 1, count=count), draft, turn, str(page + 1)))
    return (*in_pairs(shown), tuple(last))


def closed_card(words: Words, draft: Draft, line: str, *, mark: str = "✖️") -> RichText:
    """A card that is no longer open, with what became of it."""
    return lines([bold(f"{mark} {clip(draft.plan.callee_name or words('call'), 100)}"), plain(line)])


def personas(words: Words) -> RichText:
    parts = [bold(words("personas-title")), plain(words("personas-intro"))]
    for key, persona in library.personas().items():
        fits = words.maybe(f"persona-{key}-fits") or persona.fits
        title = bold(persona_name(words, key)) + plain(f" {words('persona-voice', voice=persona.voice)}")
        parts += [plain(""), title, plain(words("persona-fits", fits=fits))]
    return lines(parts)


# What is still missing


def questions(words: Words, missing: Sequence[Missing]) -> RichText:
    """Everything that is still needed for a call, in one message."""
    asked = [plain(clip(item.question, 1000)) for item in missing]
    if len(asked) == 1 and asked[0].text.strip():
        return asked[0]
    return lines([plain(words("ask-several")), *(plain(f"{number}. ") + text for number, text in enumerate(asked, 1))])


def choice_buttons(draft: Draft, missing: Sequence[Missing]) -> Keyboard:
    """A button for each choice; with several questions each says which one it answers."""
    several = len(missing) > 1
    found: list[Button] = []
    for number, item in enumerate(missing):
        for index, choice in enumerate(item.choices[:_CHOICES]):
            if choice.strip():
                label = f"{number + 1}. {choice}" if several else choice
                found.append(call_button(clip(label, 60), draft, "fill", f"{number}.{index}"))
    return in_pairs(found[:_CHOICES])
