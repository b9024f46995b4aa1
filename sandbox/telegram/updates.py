"""How the bot hears: the queue of updates, long polling and the webhook.

Owns update ids, `allowed_updates`, confirmation by offset, the conflict of two polls, and delivery to a
webhook with retries. Must not know chats: an update is a kind and a payload. The tasks that deliver end with
`close`.

Follows https://core.telegram.org/bots/api#getting-updates.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from sandbox.telegram.error import JsonObject, conflict

KEPT_S = 24 * 60 * 60  # "Incoming updates are stored on the server ... not longer than 24 hours"
LONGEST_POLL_S = 50
WEBHOOK_TIMEOUT_S = 60.0
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# getUpdates: "an empty list to receive all update types except chat_member, message_reaction, and
# message_reaction_count"
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Pending:
    id: int
    chat_id: int
    born: float  # seconds on the loop's clock
    body: JsonObject


@dataclass
class Webhook:
    url: str = ""
    secret_token: str = field(default="", repr=False)
    max_connections: int = 40
    certificate: bool = False
    last_error: str = ""
    last_error_date: int = 0


class UpdateQueue:
    def __init__(self, rewrite: Callable[[str], str] = str) -> None:
        """`rewrite` maps the URL of the webhook to the one that is really called."""
        self.pending: list[Pending] = []
        self.delivered: list[JsonObject] = []  # to the webhook, in order
        self.allowed: frozenset[str] = frozenset()  # empty: the default
        self.webhook = Webhook()
        self.epoch = 0.0  # unix seconds at the loop's zero, for dates of errors
        self._ids = itertools.count(900_000_001)
        self._poll: asyncio.Future[None] | None = None
        self._deliveries: dict[int, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None
        self._rewrite = rewrite

    def put(self, kind: str, payload: JsonObject) -> None:
        """Queue one update. One of a kind that the bot did not ask for is never made."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return
        chat = payload["chat"] if "chat" in payload else payload["message"]["chat"]
        number = next(self._ids)
        born = asyncio.get_running_loop().time()
        self.pending.append(Pending(number, chat["id"], born, {"update_id": number, kind: payload}))
        if self.webhook.url:
            self._deliver(chat["id"])
        elif self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def poll(self, *, offset: int, limit: int, timeout_s: int) -> list[JsonObject]:
        """One getUpdates. Raises BotApiError 409 when a webhook is set or another poll takes its place."""
        if self.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._forget(offset)
        if not self.pending and timeout_s > 0:
            waiting = self._poll = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(min(timeout_s, LONGEST_POLL_S)):
                    await waiting
            except TimeoutError:
                pass  # "Timeout in seconds for long polling": an empty answer then
            finally:
                if self._poll is waiting:
                    self._poll = None
        return [update.body for update in self.pending[: limit if 1 <= limit <= 100 else 100]]

    def _forget(self, offset: int) -> None:
        """`offset`: "An update is considered confirmed as soon as getUpdates is called with an offset higher
        than its update_id"; negative: "starting from -offset update from the end of the updates queue".
        """
        oldest = asyncio.get_running_loop().time() - KEPT_S
        self.pending = [update for update in self.pending if update.born > oldest]
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [update for update in self.pending if update.id >= offset]

    def _end_poll(self, reason: str | None) -> None:
        if self._poll is not None and not self._poll.done():
            if reason is None:
                self._poll.set_result(None)
            else:
                self._poll.set_exception(conflict(reason))

    async def set_webhook(self, webhook: Webhook, *, drop_pending: bool) -> None:
        """What setWebhook and deleteWebhook (an empty url) do. What is pending goes to the new place."""
        if webhook.url:
            self._end_poll("terminated by setWebhook request")
        await self._stop_deliveries()
        self.webhook = webhook
        if drop_pending:
            self.pending.clear()
        if webhook.url:
            for chat_id in {update.chat_id for update in self.pending}:
                self._deliver(chat_id)

    def _deliver(self, chat_id: int) -> None:
        """Updates of one chat go one after another, chats side by side."""
        task = self._deliveries.get(chat_id)
        if task is None or task.done():
            self._deliveries[chat_id] = asyncio.create_task(self._deliver_chat(chat_id))

    async def _deliver_chat(self, chat_id: int) -> None:
        wait_s = FIRST_RETRY_S
        while update := next((u for u in self.pending if u.chat_id == chat_id), None):
            trouble = await self._post(update)
            if not trouble:
                self.delivered.append(update.body)
                self.pending = [other for other in self.pending if other is not update]
                wait_s = FIRST_RETRY_S
                continue
            # "In case of an unsuccessful request (a request with response HTTP status code different from
            # 2XY), we will repeat the request and give up after a reasonable amount of attempts."
            loop = asyncio.get_running_loop()
            self.webhook.last_error, self.webhook.last_error_date = trouble, int(self.epoch + loop.time())
            if loop.time() - update.born > KEPT_S:
                self.pending.remove(update)
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_RETRY_S, wait_s * 2)

    async def _post(self, update: Pending) -> str:
        """Deliver once. Empty: accepted; else what getWebhookInfo tells of it."""
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_TIMEOUT_S))
        secret = self.webhook.secret_token
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            async with self._http.post(
                self._rewrite(self.webhook.url), json=update.body, headers=headers, allow_redirects=False
            ) as answer:
                if 200 <= answer.status < 300:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError as error:
            return f"Connection failed: {type(error).__name__}"

    async def _stop_deliveries(self) -> None:
        tasks = list(self._deliveries.values())
        self._deliveries.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """End every poll and delivery."""
        self._end_poll(None)
        await self._stop_deliveries()
        if self._http is not None:
            await self._http.close()
            self._http = None
