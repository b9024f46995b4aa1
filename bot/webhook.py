"""Telegram's updates by POST, where a secret is set for that.

Owns the route's refusals, and that an update is followed once: Telegram sends one again where our answer got lost.
Knows no meaning of an update. Follows https://core.telegram.org/bots/api#setwebhook (the secret token) and
https://core.telegram.org/bots/api#update (`update_id`).
"""

import asyncio
import hmac
from collections import OrderedDict

from aiohttp import web
from telegram import Bot, Update

# Text is at most 4,096 characters, but its entities, the message it answers and the keyboards of both come along. Only
# Telegram gets as far as this, and it repeats what is refused, before anything new: so there is room.
MAX_UPDATE = 1024 * 1024  # bytes
BODY_S = 10.0  # until all of it is there
REMEMBERED = 4096  # updates: Telegram repeats the last ones that it sent, 100 at a time at most
# What aiohttp, the JSON decoder and PTB make of one.
_NO_UPDATE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
    web.RequestPayloadError,  # it says that it is compressed, and is not
)


class TelegramWebhook:
    """`updates` gets each update once."""

    def __init__(self, bot: Bot, updates: "asyncio.Queue[object]", secret: str) -> None:
        self._bot = bot
        self._updates = updates
        self._secret = secret.encode()
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def receive(self, request: web.Request) -> web.Response:
        """403 without the secret, before anything is read; 400 for no update, 408 for a slow one, 413 a large one."""
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(BODY_S):
                told = await request.clone(client_max_size=MAX_UPDATE).json()
            update = Update.de_json(told, self._bot)
            is_new = self._is_new(update.update_id)
        except TimeoutError:
            return web.Response(status=408)
        except _NO_UPDATE:
            return web.Response(status=400, text="this is no update")
        if is_new:
            await self._updates.put(update)
        return web.Response()

    def _is_new(self, update_id: int) -> bool:
        if not isinstance(update_id, int):
            raise TypeError("an update's id is a number")
        if update_id in self._seen:
            return False
        self._seen[update_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True
