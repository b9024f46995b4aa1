"""The commands for everybody who may use us: /call, /calls, /hangup, /personas, /help.

Owns what they answer. Those of the admins are `admin.py`'s.
"""

from collections.abc import Mapping

from bot import cards, short_answers
from bot.calls import Calls
from bot.desk import Desk
from bot.people import People
from bot.post import Post
from bot.richtext import clip
from bot.said import Handler, Said

_COMMAND = 40  # UTF-16 units of one that is not known


class Commands:
    def __init__(self, *, post: Post, people: People, desk: Desk, calls: Calls) -> None:
        self._post = post
        self._people = people
        self._desk = desk
        self._calls = calls

    def by_name(self) -> Mapping[str, Handler]:
        return {"help": self._help, "call": self._call, "hangup": self._hangup, "personas": self._personas}

    async def unknown(self, said: Said) -> None:
        """No command of ours, and nobody's request either, but for a /cancel, which other bots have taught people. In a
        group it may be for somebody else.
        """
        if said.place.group:
            return
        if short_answers.calls_off(said.words, said.text):
            await self._desk.request(said.request(said.text))
        else:
            command = clip(said.text.split()[0], _COMMAND)
            await self._post.send(said.place, said.words("unknown-command", command=command))

    async def _help(self, said: Said) -> None:
        words = said.words
        parts = [words("help")]
        if said.place.group:
            parts.append(words("help-group"))
        if self._people.is_admin(said.person_id):
            parts.append(words("help-admin"))
        await self._post.send(said.place, "\n\n".join(parts))

    async def _call(self, said: Said) -> None:
        await self._desk.request(said.request(said.argument, new=True))

    async def _hangup(self, said: Said) -> None:
        answer = await self._calls.hang_up_running(said.place, said.person_id)
        await self._post.send(said.place, answer, reply_to=said.reply_to)

    async def _personas(self, said: Said) -> None:
        await self._post.send(said.place, cards.personas(said.words))
