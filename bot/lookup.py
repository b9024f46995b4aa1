"""Looking up the number of a business that a request only names, on the web, near the chat's town.

Owns the look-up's prompt and its tool. What is found is shown to the requester with its source, and dialled only when
they agree. Follows https://platform.openai.com/docs/guides/tools-web-search (without `user_location` it searches the
US).
"""

from typing import Any
from urllib.parse import urlsplit

from bot.chat import Chat
from bot.found import Found
from bot.text_model import TextModel
from bridge import numbers
from bridge.errors import NumberRefused
from prompts import library

_MAX_WORDS = 300  # characters; nobody searches with more


class Lookup:
    def __init__(self, model: TextModel, *, region: str | None) -> None:
        self._model = model
        self._region = region

    async def find(self, what: str, chat: Chat) -> Found | None:
        """A number that can be dialled (as E.164) and where it stands; None if there is none. Raises ModelError."""
        place = ", ".join(part for part in (chat.town, chat.country) if part)
        location: dict[str, Any] = {"type": "approximate", "timezone": chat.zone}
        if chat.town:
            location["city"] = chat.town
        if chat.country:
            location["country"] = chat.country
        found = await self._model.ask(
            Found,
            library.render("lookup"),
            f"ASKED FOR\n{_one_line(what)}\nNEAR\n{_one_line(place) or 'none'}",
            tools=[{"type": "web_search", "user_location": location}],
        )
        try:
            number = numbers.dialable(found.number, region=chat.country or self._region)
        except NumberRefused:
            return None
        if not _is_page(found.source):
            return None  # nobody could check it
        return found.model_copy(update={"number": number})


def _one_line(written: str) -> str:
    """Words from outside begin no section of their own."""
    return " ".join(written.split())[:_MAX_WORDS]


def _is_page(source: str) -> bool:
    try:
        address = urlsplit(source.strip())
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)
