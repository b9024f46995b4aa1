"""What the chat shows of a number that was looked up.

Pure: data in, rich text and buttons out. Owns the layout of the question whether it is the right one.
"""

from urllib.parse import urlsplit

from bot.buttons import Keyboard, call_button
from bot.chat import Chat
from bot.conversation import Draft
from bot.found import Found
from bot.masking import masked
from bot.plan import Missing
from bot.richtext import RichText, bold, clip, lines, plain
from bot.wording import Words
from bridge import numbers

_WHAT = 200  # UTF-16 units of a name or an address
_SOURCE = 500


def candidate(words: Words, found: Found, *, group: bool) -> RichText:
    """A number (E.164) with where it stands. In a group digits are hidden, which would break the page's address."""
    where = _where(found)
    source = clip(found.source, _SOURCE)
    if group and masked(source) != source:
        source = clip(urlsplit(found.source).netloc, _WHAT)
    parts = [bold(words("lookup-found")), plain(f"📞 {numbers.readable(found.number)}")]
    if where:
        parts.append(plain(where))
    return lines([*parts, plain(words("lookup-source", source=source))])


def candidate_buttons(words: Words, draft: Draft) -> Keyboard:
    use = call_button(words("lookup-use"), draft, "use")
    return ((use, call_button(words("lookup-other"), draft, "other")),)


def open_question(words: Words, found: Found) -> Missing:
    """The same question as the planner is told of it: without the number, which is not for it to agree to."""
    asked = " – ".join(part for part in (words("lookup-found"), _where(found)) if part)
    return Missing(question=asked, choices=[words("lookup-use"), words("lookup-other")])


def not_found(chat: Chat, what: str) -> Missing:
    """Asks for the number; and for the chat's town, without which nobody knows where to look."""
    asked = chat.words("lookup-none", what=clip(what, _WHAT))
    if not chat.town:
        asked = f"{asked} {chat.words('lookup-place')}"
    return Missing(question=asked, choices=[])


def failed(words: Words, what: str, reason: str) -> Missing:
    return Missing(question=words("lookup-failed", what=clip(what, _WHAT), reason=reason), choices=[])


def searching(words: Words, what: str) -> str:
    return words("lookup-searching", what=clip(what, _WHAT))


def _where(found: Found) -> str:
    return " · ".join(clip(part.strip(), _WHAT) for part in (found.name, found.address) if part.strip())
