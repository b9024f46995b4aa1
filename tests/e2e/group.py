"""What people do and see in a group, in the words of the tests."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.telegram import Chat, Message, Person
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import HUMAN_S, is_card, is_report, press

FAMILY = -1001234567890


@dataclass(frozen=True)
class Group:
    world: World
    chat: Chat

    def from_bot(self) -> list[Message]:
        return [message for message in self.chat.messages if message.sender == "bot"]

    async def say(self, text: str, *, by: Person, reply_to: Message | None = None, topic: int | None = None) -> Message:
        """Write anything; the first message of the bot after it."""
        said = await self.said(text, by=by, reply_to=reply_to, topic=topic)
        return await self.chat.wait_for(lambda m: m.sender == "bot", after=said)

    async def said(
        self, text: str, *, by: Person, reply_to: Message | None = None, topic: int | None = None
    ) -> Message:
        """Write anything."""
        await asyncio.sleep(HUMAN_S)
        return by.say(text, chat=self.chat, reply_to=reply_to, topic=topic)

    async def order(self, text: str, *, by: Person, topic: int | None = None) -> Message:
        """Write a request; its card."""
        said = await self.said(f"/call@ringback_bot {text}", by=by, topic=topic)
        return await self.chat.wait_for(is_card, after=said)

    async def place(self, card: Message, *, by: Person) -> StandInCall:
        before = set(self.world.twilio.calls)
        assert await press(self.world, card, "Call", by=by) == "Dialling"
        await self.chat.wait_for(lambda m: m is card and set(self.world.twilio.calls) - before)
        return next(call for sid, call in self.world.twilio.calls.items() if sid not in before)

    async def connected(self, live: Message) -> None:
        await self.chat.wait_for(lambda m: m is live and "connected" in m.text)

    async def finished(self, live: Message, timeout: float = 300) -> Message:  # noqa: ASYNC109 - as in the sandbox's own waits
        """The report, once the live view shows the end too."""
        report = await self.chat.wait_for(is_report, after=live, timeout=timeout)
        await self.chat.wait_for(lambda m: m.id < report.id and " · ended" in m.text and not m.keyboard)
        return report

    async def shown(self, words: str) -> Message:
        return await self.chat.wait_for(lambda m: m.sender == "bot" and words in m.text)


async def a_group(world: World, members: Iterable[Person], *, forum: bool = False, chat_id: int = FAMILY) -> Group:
    """A group that the first member made, and that they as an admin have let in."""
    members = list(members)
    chat = world.telegram.group(chat_id, "Family", members, forum=forum)
    asked = await chat.wait_for(lambda m: m.sender == "bot")
    await press(world, asked, "Allow this group", by=members[0])
    await chat.wait_for(lambda m: m is asked and "may use me now" in m.text)
    return Group(world, chat)


def told(world: World, chat: Chat) -> list[str]:
    """Everything that a group, or who pressed in it, was sent: words, buttons, their addresses, and files."""
    presses = {press.id for press in world.telegram.cloud.presses.values() if press.message.chat is chat}
    found = [
        str(request.params)
        for request in world.telegram.requests
        if request.params.get("chat_id") == str(chat.id) or request.params.get("callback_query_id") in presses
    ]
    return found + [
        m.file.data.decode("utf-8", "replace") for m in chat.messages if m.file and m.file.kind == "document"
    ]


def shows(text: str, number: str) -> bool:
    """Whether a number can be read in it, however it is written."""
    return "".join(re.findall(r"\d", number))[-10:] in re.sub(r"[^0-9a-zA-Z]", "", unquote(text))
