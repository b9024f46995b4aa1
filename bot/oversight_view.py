"""The audit log and the do-not-call list in the chat.

Pure: data in, words and buttons out. Owns what the details of a deed are (see `DETAILS`); no number is shown in full.
"""

from collections.abc import Mapping, Sequence

from bot import when
from bot.buttons import Button, Keyboard
from bot.chat import Chat
from bot.ledger import Barred, Deed
from bot.masking import masked
from bot.richtext import RichText, bold, clip, lines, pages, plain
from bot.wording import Words
from bridge import numbers

PAGE = 10  # deeds on one page of the log
OWN_BUTTONS = "a:"
_NAME = 60

# What stands in the detail of a deed, one word each, the last one to the end. Of every other deed: `detail`.
DETAILS: Mapping[str, Sequence[str]] = {
    "allowed": ("someone", "role"),
    "denied": ("someone",),
    "invited": ("role",),
    "accepted": ("someone", "role"),
    "budget-person": ("someone", "detail"),
}


def people_in(deeds: Sequence[Deed]) -> set[int]:
    """Whose names the log needs."""
    named = {int(facts["someone"]) for deed in deeds if (facts := _facts(deed)).get("someone", "").isdecimal()}
    return named | {deed.actor_id for deed in deeds}


def audit(chat: Chat, deeds: Sequence[Deed], names: Mapping[int, str], groups: Mapping[int, str]) -> RichText:
    """One page; `names` of people by their ids, `groups` are titles."""
    words = chat.words
    if not deeds:
        return plain(words("audit-none"))
    rows = [plain(_row(chat, deed, names, groups)) for deed in deeds]
    return lines([bold(words("audit-title")), *rows])


def audit_buttons(words: Words, page: int, *, more: bool) -> Keyboard:
    """`more`: older deeds follow."""
    turn = []
    if page:
        turn.append(Button(words("calls-newer"), f"{OWN_BUTTONS}{page - 1}"))
    if more:
        turn.append(Button(words("calls-older"), f"{OWN_BUTTONS}{page + 1}"))
    return (tuple(turn),) if turn else ()


def _row(chat: Chat, deed: Deed, names: Mapping[int, str], groups: Mapping[int, str]) -> str:
    words = chat.words
    at = when.spoken(deed.unix, chat.zone, chat.language, deed.unix)
    facts = {"someone": "", "role": "", "detail": "", **_facts(deed)}
    someone = facts["someone"]
    what = words.maybe(
        f"audit-{deed.action}",
        someone=_name(int(someone), names) if someone.isdecimal() else clip(someone, _NAME),
        role=words.maybe(f"role-{facts['role']}") or clip(facts["role"], _NAME),
        detail=masked(clip(facts["detail"], _NAME)),
    )
    # An action of a version that is gone has no words any more.
    row = words(
        "audit-row",
        when=f"{at.date}, {at.time}",
        who=_name(deed.actor_id, names),
        what=what or clip(deed.action, _NAME),
    )
    return f"{row} · {clip(groups[deed.chat_id], _NAME)}" if groups.get(deed.chat_id) else row


def _facts(deed: Deed) -> dict[str, str]:
    kinds = DETAILS.get(deed.action, ("detail",))
    return dict(zip(kinds, deed.detail.split(" ", len(kinds) - 1), strict=False))


def _name(person_id: int, names: Mapping[int, str]) -> str:
    return clip(names.get(person_id, ""), _NAME) or str(person_id)


def never_called(chat: Chat, barred: Sequence[Barred]) -> list[RichText]:
    """The do-not-call list. Numbers in full: admins only, in private."""
    words = chat.words
    if not barred:
        return [plain(words("dnc-none"))]
    rows = [
        plain(f"• {words('dnc-row', number=numbers.readable(one.number), date=chat.date(one.since_unix), why=one.why)}")
        for one in barred
    ]
    return pages(bold(words("dnc-title")), rows)
