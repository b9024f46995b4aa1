"""The list of calls, a page at a time: those that are planned, those that go on and those that were.

Pure: data in, rich text and buttons out. Owns the layout and the shape of its buttons' data: `l:<page>` turns to a
page, `l:<page>:<draft id>` cancels a planned call on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import when
from bot.buttons import Button, Keyboard
from bot.call_view import duration
from bot.cards import money
from bot.chat import Chat
from bot.live import LiveCall
from bot.masking import masked
from bot.richtext import RichText, bold, clip, lines, plain
from bot.wording import Words
from bridge.call import Ending
from bridge.timeline import Timeline

PAGE = 8
_NAME, _LABEL = 100, 24  # UTF-16 units


@dataclass(frozen=True)
class Row:
    """One call. `at_unix` is when it was placed or will be; `ending` None: it is planned, or it goes on.

    `live` are the figures of one that goes on, for who may see them. `who` asked for it, where the list is of several
    people's calls.
    """

    id: str
    name: str
    at_unix: float
    planned: bool = False
    ending: Ending | None = None
    live: str = ""
    who: str = ""
    may_cancel: bool = False


@dataclass(frozen=True)
class Opened:
    """What a button of the list opens. Raises ValueError for data that is none of ours."""

    page: int
    cancelled: str = ""  # the draft that is to be cancelled first

    @classmethod
    def read(cls, data: str) -> "Opened":
        prefix, page, *draft_id = data.split(":")
        if prefix != "l" or not (page.isdecimal() and len(page) < 7) or len(draft_id) > 1:
            raise ValueError("not a button of this list")
        return cls(int(page), *draft_id)


def page(chat: Chat, rows: Sequence[Row], now_unix: float) -> RichText:
    """`rows` are those of this page."""
    words = chat.words
    if not rows:
        return plain(words("calls-none"))
    zone = when.spoken(now_unix, chat.zone, chat.language, now_unix).zone_name
    shown = [plain(f"• {_row(words, chat, row, now_unix)}") for row in rows]
    return lines([bold(words("calls-title")), *shown, plain(words("calls-zone", zone=zone))])


def buttons(chat: Chat, rows: Sequence[Row], number: int, now_unix: float, *, more: bool) -> Keyboard:
    """`number` is the page's, from 0; `more` says that there is one after it."""
    words = chat.words
    cancel: list[tuple[Button, ...]] = []
    for row in rows:
        if row.planned and row.may_cancel:
            label = words("calls-cancel", name=clip(row.name, _LABEL), when=_when(chat, row.at_unix, now_unix))
            # The text of a group's message is masked on its way; that of a button is not.
            cancel.append((Button(masked(label) if chat.group else label, f"l:{number}:{row.id}"),))
    turn: list[Button] = []
    if number:
        turn.append(Button(words("calls-newer"), f"l:{number - 1}"))
    if more:
        turn.append(Button(words("calls-older"), f"l:{number + 1}"))
    return (*cancel, tuple(turn)) if turn else tuple(cancel)


def figures(words: Words, live: LiveCall, line: Timeline) -> str:
    """Of a call that goes on: how it stands, how quick the agent is, how often it was interrupted."""
    return words(
        "calls-figures",
        status=live.status(words, line.ended_ms),
        replies=len(line.replies),
        half=line.reply_ms(0.5) or 0,
        most=line.reply_ms(0.95) or 0,
        bargeins=len(line.barge_ins),
    )


def _row(words: Words, chat: Chat, row: Row, now_unix: float) -> str:
    at, name, how = _when(chat, row.at_unix, now_unix), clip(row.name, _NAME), _how(words, row)
    if row.who:
        return words("calls-row-of", when=at, name=name, who=clip(row.who, _NAME), how=how)
    return words("calls-row", when=at, name=name, how=how)


def _how(words: Words, row: Row) -> str:
    if row.planned:
        return words("calls-planned")
    ending = row.ending
    if ending is None:
        return row.live or words("calls-running")
    parts = [duration(ending.talk_s)] if ending.answered else []
    parts.append(words(f"end-{ending.reason}"))
    if ending.cost_usd:
        parts.append(money(words, ending.cost_usd))
    return ", ".join(parts)


def _when(chat: Chat, at_unix: float, now_unix: float) -> str:
    """Without the zone, which stands under the list."""
    spoken = when.spoken(at_unix, chat.zone, chat.language, now_unix)
    return f"{spoken.date}, {spoken.time}"
