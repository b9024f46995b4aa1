"""People in the chat: how they are named, and who may use us.

Pure: data in, words out. In a group nobody's id is shown, for it would be read by all (and masked like a number).
"""

from collections.abc import Sequence

from bot.chat import Chat, Place
from bot.conversation import Draft
from bot.richtext import RichText, bold, clip, lines, pages, plain
from bot.roster import Role
from bot.wording import Words

_NAME = 100  # UTF-16 units


def id_for(place: Place, person_id: int) -> str:
    """A person's id as it stands in a command that is suggested."""
    return "<id>" if place.group else str(person_id)


def not_theirs(words: Words, draft: Draft, person_id: int) -> str:
    """To somebody who may not steer a call: whose it is, or that they may not steer their own any more."""
    if person_id == draft.requester_id:
        return words("refused-role", id=id_for(draft.place, person_id))
    return words("not-yours", name=clip(draft.requester_name, _NAME))


def not_yours_to_change(words: Words, draft: Draft) -> str:
    """To somebody who replied to the card or the question of somebody else's call."""
    return words("not-yours-reply", name=clip(draft.requester_name, _NAME))


def named(place: Place, name: str, person_id: int) -> str:
    """A person, as an admin who wrote their id knows them again."""
    shown = clip(name, _NAME)
    if place.group:
        return shown or str(person_id)
    return f"{shown} ({person_id})" if shown else str(person_id)


def listed(words: Words, people: Sequence[tuple[Role, str, int]], groups: Sequence[Chat]) -> list[RichText]:
    """Everybody who may use us, and where."""
    rows = [
        plain(f"• {clip(name, _NAME) or words('people-unknown')} · {person_id} · {words(f'role-{role}')}")
        for role, name, person_id in people
    ]
    if groups:
        rows.append(lines([plain(""), bold(words("people-groups"))]))
        rows += [plain(f"• {clip(group.title, _NAME) or words('people-unknown')} · {group.id}") for group in groups]
    return pages(bold(words("people-title")), rows)
