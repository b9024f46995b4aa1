"""A rehearsal's lines, as the chat shows them.

Pure: lines in, rich text and buttons out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.buttons import Button, Keyboard, call_button
from bot.cards import language_name
from bot.conversation import Draft
from bot.richtext import RichText, bold, clip, pages, plain
from bot.wording import Words
from bridge.rehearsal import Asked, Line, Over, Pressed, Refused, Said, Switched, Waits

NO_ANSWER = "none"  # instead of the number of a choice
_LINE = 3000  # UTF-16 units: an agent's turn is a few sentences
_QUESTION = 1000
_OUTCOME = 500
_CHOICES = 8  # more would be no help


@dataclass(frozen=True)
class Shown:
    """What the agent said and did in one go: messages (none where it only hung up), and what that leaves open.

    `asked` is a question to the requester themselves; `refused` says that nothing was passed on to the agent; `outcome`
    is there once the agent has hung up, "" if it told none.
    """

    pages: tuple[RichText, ...]
    asked: Asked | None = None
    refused: bool = False
    outcome: str | None = None


def shown(words: Words, told: Sequence[Line]) -> Shown:
    parts = [part for line in told if (part := _line(words, line))]
    return Shown(
        tuple(pages(parts[0], parts[1:])) if parts else (),
        asked=next((line for line in told if isinstance(line, Asked)), None),
        refused=any(isinstance(line, Refused) for line in told),
        outcome=next((line.outcome for line in told if isinstance(line, Over)), None),
    )


def _line(words: Words, line: Line) -> RichText | None:
    match line:
        case Said(text):
            return bold(f"{words('live-agent')} ") + plain(clip(text, _LINE))
        case Asked(question):
            return plain(words("rehearse-asks", question=clip(question, _QUESTION)))
        case Pressed(digits):
            return plain(words("rehearse-pressed", digits=digits))
        case Waits():
            return plain(words("rehearse-waits"))
        case Switched(language):
            return plain(words("rehearse-language", language=language_name(words, language)))
        case Refused(what):
            return plain(words("whisper-refused", what=words(f"sensitive-{what}")))
        case _:
            return None


def title(words: Words, draft: Draft) -> RichText:
    parts = [words("rehearse-began", name=clip(draft.plan.callee_name, 100))]
    if draft.place.group:
        parts.append(words("rehearse-in-group"))
    return plain(" ".join(parts))


def over(words: Words, outcome: str) -> str:
    return words("rehearse-over", outcome=clip(outcome, _OUTCOME)).strip()


def buttons(words: Words, draft: Draft, asked: Asked | None, number: int) -> Keyboard:
    """Stop; above it the answers to the open question, the rehearsal's `number`th."""
    rows: list[tuple[Button, ...]] = []
    if asked:
        choices = [(str(index), choice) for index, choice in enumerate(asked.choices[:_CHOICES]) if choice.strip()]
        answers = [*choices, (NO_ANSWER, words("rehearse-no-answer"))]
        rows = [(call_button(clip(label, 60), draft, "asked", index, rev=number),) for index, label in answers]
    return (*rows, (call_button(words("rehearse-stop"), draft, "stop"),))
