"""The door: who is let in, and what is said to those who are not.

Owns the refusals at the door. A stranger is refused once, and a group that nobody has allowed asks for an admin once;
after that both are met with silence. What somebody may do inside is decided in `people.py`.
"""

from bot.buttons import Tap
from bot.chat import Chat
from bot.groups import OWN_BUTTONS, Groups
from bot.people import People
from bot.post import Post
from bot.said import Said


class Door:
    def __init__(self, *, post: Post, people: People, groups: Groups) -> None:
        self._post = post
        self._people = people
        self._groups = groups

    def lets(self, chat: Chat, person_id: int) -> bool:
        """Whether somebody may use us in a chat."""
        return self._people.may_watch(person_id) and (chat.allowed or not chat.group)

    async def admits(self, said: Said, command: str) -> bool:
        """The same, of a message; who may not is told why, the first time. An admin may open the door to a group."""
        opened = command == "allow" and self._people.is_admin(said.person_id)
        if opened or self.lets(said.chat, said.person_id):
            return True
        if said.place.group and not said.chat.allowed:
            await self._groups.knock(said.place, said.message.chat.title or "")
        elif self._people.first_refusal(said.person_id, said.place.chat_id):
            refusal = self._refusal(said.chat, said.person_id)
            await self._post.send(said.place, refusal, reply_to=said.reply_to)
        return False

    def refuses(self, chat: Chat, tap: Tap) -> str:
        """Why a press counts for nothing, or "". An admin may still end what goes on in a group that was put out."""
        if not self._people.may_watch(tap.person_id):
            return self._refusal(chat, tap.person_id)
        if self.lets(chat, tap.person_id) or tap.data.startswith(OWN_BUTTONS) or self._people.is_admin(tap.person_id):
            return ""
        return chat.words("refused-group")

    def _refusal(self, chat: Chat, person_id: int) -> str:
        """With the id that an admin needs; in a group others would read it."""
        if chat.group:
            return chat.words("refusal-group", link=self._post.link)
        return chat.words("refusal", id=str(person_id))
