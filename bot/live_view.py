"""The live view: a call's messages in a chat, kept up to date by a latest-wins coalescer.

Owns the view's messages and its edit budget: Telegram allows about one message or edit a second in a private chat
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this), so there is one edit at most every
`interval_s`, always of the newest state; on a 429 it holds as long as it is told to. Where a group becomes a
supergroup, what was shown cannot be edited any more: the view begins anew there. Nothing here makes the phone ring.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.buttons import NO_BUTTONS, Keyboard
from bot.chat import Place
from bot.post import Outgoing, retry_after_s
from bot.richtext import RichText, plain

log = logging.getLogger(__name__)

INTERVAL_S = 1.2
GROUP_INTERVAL_S = 4.5  # of the twenty messages a minute that a group takes, this leaves some for others
TICK_S = 5.0  # the running time is refreshed this often when nothing else happens
TROUBLE_S = 3.0
LAST_EFFORTS = 40  # tries for the final state before it is left as it is
_NOTHING_YET = plain("…")

Render = Callable[[], tuple[list[RichText], Keyboard]]
Sent = Callable[[Place, int], Awaitable[None]]


class LiveView:
    """`render` gives the pages as they should be now; the buttons go on the last one. `sent` is told of each message
    that is begun, and where. `messages` are those that it begins with; none where they are gone.
    """

    def __init__(
        self,
        post: Outgoing,
        place: Place,
        messages: Sequence[int],
        render: Render,
        sent: Sent,
        *,
        interval_s: float = 0.0,
    ) -> None:
        self._post = post
        self._place = place
        self._render = render
        self._sent = sent
        self._interval_s = interval_s or (GROUP_INTERVAL_S if place.group else INTERVAL_S)
        self._messages: list[int] = list(messages)
        self._shown: list[tuple[RichText, Keyboard] | None] = [None] * len(messages)
        self._changed = asyncio.Event()
        self._final = False
        self._latest = -1  # the page that was brought up to date last

    @property
    def first(self) -> int:
        """The message that others may reply to; 0 where there is none."""
        return self._messages[0] if self._messages else 0

    @property
    def messages(self) -> list[int]:
        return list(self._messages)

    def changed(self) -> None:
        self._changed.set()

    def finish(self) -> None:
        """What is rendered from now on is the last state."""
        self._final = True
        self._changed.set()

    async def run(self) -> None:
        """Until the final state is shown, completely, or cannot be."""
        efforts = 0
        while True:
            final = self._final
            self._changed.clear()
            wait = self._interval_s
            try:
                progress = await self._show_one()
            except RetryAfter as error:
                wait, progress = retry_after_s(error), True
            except ChatMigrated as error:
                self._move(error.new_chat_id)
                progress = True
            except (BadRequest, Forbidden) as error:
                log.warning("the live view cannot be shown: %s", type(error).__name__)
                return
            except NetworkError:
                wait, progress = TROUBLE_S, True
            if final and (not progress or efforts >= LAST_EFFORTS):
                return
            efforts += final
            if not progress and not self._final:
                await self._news()
            else:
                await asyncio.sleep(wait)

    def _move(self, chat_id: int) -> None:
        self._place = replace(self._place, chat_id=chat_id)
        self._messages, self._shown, self._latest = [], [], -1

    async def _news(self) -> None:
        try:
            async with asyncio.timeout(TICK_S):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _show_one(self) -> bool:
        """Bring one message that is behind up to date. False when none is. Each in its turn: the clock on the first
        page runs on, and would keep the others waiting for ever.
        """
        pages, keyboard = self._render()
        # An interruption can cut a turn across the border of two messages: the last one then stands empty.
        pages = [*pages, *[_NOTHING_YET] * (len(self._messages) - len(pages))]
        wanted = [(page, NO_BUTTONS) for page in pages[:-1]] + [(pages[-1], keyboard)]
        shown = [*self._shown, None]  # the next page is a new message
        behind = [index for index, (now, then) in enumerate(zip(wanted, shown, strict=False)) if now != then]
        if not behind:
            return False
        index = next((index for index in behind if index > self._latest), behind[0])
        self._latest = index
        if index == len(self._messages):
            self._messages.append(await self._post.send(self._place, *wanted[index], silent=True))
            self._shown.append(wanted[index])
            await self._sent(self._place, self._messages[index])
        else:
            await self._post.edit(self._place, self._messages[index], *wanted[index])
            self._shown[index] = wanted[index]
        return True
