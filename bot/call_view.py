"""A call as it goes on, in the chat: the live view and the agent's questions.

Pure: data in, rich text and buttons out. Owns their layout; the words are the catalogue's.
"""

from collections.abc import Sequence

from bot.buttons import Keyboard, call_button
from bot.conversation import Draft
from bot.richtext import RichText, bold, clip, italic, lines, pages, plain
from bot.wording import Words
from bridge.call import CallSpec, Turn
from bridge.events import QuestionAsked, QuestionClosed


def duration(seconds: float) -> str:
    """As on a phone: 0:42."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def live_pages(words: Words, spec: CallSpec, status: str, turns: Sequence[Turn]) -> list[RichText]:
    """The call as it goes on: its status, and both sides' turns, over as many messages as they need."""
    head = lines([bold(f"📞 {clip(spec.callee.name, 100)}") + plain(f" · {status}")])
    spoken = [line for turn in turns if (line := _turn(words, spec, turn))]
    if not spoken:
        return [head]
    return pages(lines([head, plain("")]), spoken)


def _turn(words: Words, spec: CallSpec, turn: Turn) -> RichText | None:
    if not turn.text:
        return None
    callee = words("live-callee", name=clip(spec.callee.name, 60))
    speaker = words("live-agent") if turn.party == "agent" else callee
    return bold(f"{speaker} ") + plain(turn.text + (" —" if turn.interrupted else ""))


def live_buttons(words: Words, draft: Draft) -> Keyboard:
    stop = call_button(words("live-stop"), draft, "hangup")
    return ((stop, call_button(words("live-join"), draft, "join")),)


def question(
    words: Words, spec: CallSpec, asked: QuestionAsked, closed: QuestionClosed | None, left_s: int
) -> RichText:
    parts = [bold(f"❓ {clip(spec.callee.name, 100)}: ") + plain(clip(asked.question, 1000))]
    if closed is None:
        parts.append(plain(words("question-left", time=duration(left_s))))
    elif closed.how == "answered":
        parts.append(bold(f"{words('question-answer')} ") + plain(clip(closed.answer, 1000)))
    else:
        parts.append(italic(words(f"question-{closed.how}")))
    return lines(parts)


def question_buttons(draft: Draft, number: int, choices: Sequence[str]) -> Keyboard:
    """One button a choice; more than eight would be no help."""
    shown = [(clip(choice, 60), str(index)) for index, choice in enumerate(choices[:8]) if choice.strip()]
    return tuple((call_button(label, draft, "answer", index, rev=number),) for label, index in shown)
