"""A stand-in for Telegram: a real Bot API server on loopback, with people who write to the bot.

Owns the HTTP face (paths, tokens, status codes), the record of requests and the faults to provoke. Must not
decide what a method does (`messages.py`, `account.py`) nor hold chats (`chat.py`).

Follows https://core.telegram.org/bots/api#making-requests.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from sandbox.telegram import limits
from sandbox.telegram.account import AccountMethods
from sandbox.telegram.chat import Change, Chat, Cloud, Message, Press, User
from sandbox.telegram.error import BotApiError, too_many_requests
from sandbox.telegram.flood import FloodGate, FloodLimits
from sandbox.telegram.messages import MessageMethods
from sandbox.telegram.params import UPLOAD_LIMIT, Params, read_params
from sandbox.telegram.person import Person
from sandbox.telegram.updates import UpdateQueue

__all__ = ["BotRequest", "Change", "Chat", "FloodLimits", "Message", "Person", "Press", "TelegramStandIn"]

TOKEN = "7000000001:AAE-ringback-on-the-sandbox-0123456"  # noqa: S105 - opens nothing but this stand-in
_FAULTS = {400: "Bad Request", 403: "Forbidden", 500: "Internal Server Error", 502: "Bad Gateway"}


@dataclass
class BotRequest:
    """One request of the bot. `ok` is None while it is under way (a long poll)."""

    method: str
    params: dict[str, Any]
    time: float  # seconds on the loop's clock
    ok: bool | None = None
    description: str = ""  # of the refusal
    verb: str = "POST"  # of HTTP


@dataclass
class _Fault:
    method: str
    status: int
    times: int
    description: str
    retry_after: int
    done: bool


class TelegramStandIn:
    """`async with TelegramStandIn() as telegram:` - `TELEGRAM_API_URL` is its `url`, `TELEGRAM_BOT_TOKEN` its
    `token`.

    `flood` False (or limits of one's own) changes flood control, `privacy_mode` False shows the bot all group
    talk. `webhook_rewrite` maps the webhook's URL to the one that is really called.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        bot_username: str = "ringback_bot",
        flood: bool | FloodLimits = True,
        privacy_mode: bool = True,
        webhook_rewrite: Callable[[str], str] = str,
    ) -> None:
        self.token = token
        self.url = ""
        self.requests: list[BotRequest] = []
        limited = FloodLimits() if flood is True else flood
        self.updates = UpdateQueue(webhook_rewrite)
        bot = User(int(token.partition(":")[0]), "Ringback", bot_username, is_bot=True)
        self.cloud = Cloud(bot, self.updates.put, privacy_mode=privacy_mode)
        self.messages = MessageMethods(self.cloud, FloodGate(limited or None))
        self.account = AccountMethods(self.cloud, self.updates, self.messages)
        self._methods = _methods(self.messages, self.account)
        self._people: dict[int, Person] = {}
        self._faults: list[_Fault] = []
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2 * UPLOAD_LIMIT)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_route("*", "/{anything:.*}", self._nowhere)
        # A client that hangs up ends its long poll, as on the real server.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.updates.close()
        for press in self.cloud.presses.values():
            press.answered.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    def person(
        self,
        user_id: int,
        first_name: str,
        *,
        username: str | None = None,
        language_code: str = "en",
        met: bool = True,
    ) -> Person:
        """A person with a private chat. `met` False: the bot may not write before the person did."""
        if user_id not in self._people:
            user = User(user_id, first_name, username, language_code)
            chat = Chat(self.cloud, user_id, "private", members={user_id: user}, met=met)
            self.cloud.chats[user_id] = chat
            self._people[user_id] = Person(self.cloud, user, chat)
        return self._people[user_id]

    def group(
        self,
        chat_id: int,
        title: str,
        members: Iterable[Person],
        *,
        forum: bool = False,
        username: str | None = None,
        small: bool = False,
    ) -> Chat:
        """A supergroup (ids are like -1001234567890), made by the first member, who adds the bot. `small`: a plain
        group (ids are like -4518810793), which may become one.
        """
        people = {person.id: person.user for person in members}
        chat = Chat(self.cloud, chat_id, "group" if small else "supergroup", title, people, username, forum)
        self.cloud.chats[chat_id] = chat
        self.cloud.tell_of_membership(chat, next(iter(people.values())), "left", "member")
        return chat

    def upgrade(self, group: Chat, chat_id: int) -> Chat:
        """A small group becomes a supergroup: two service messages tell of it, one in each
        (https://core.telegram.org/bots/api#message, `migrate_to_chat_id`).
        """
        chat = Chat(self.cloud, chat_id, "supergroup", group.title, group.members)
        self.cloud.chats[chat_id] = group.upgraded_to = chat
        owner = next(iter(group.members.values()))
        for where, fact in ((group, {"migrate_to_chat_id": chat.id}), (chat, {"migrate_from_chat_id": group.id})):
            self.cloud.tell("message", self.cloud.new_message(where, owner).as_json() | fact)
        return chat

    def listen(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back at each change of any chat; the returned function ends it."""
        return self.cloud.listen(callback)

    def fail_next(
        self,
        method: str,
        status: int,
        times: int = 1,
        *,
        description: str = "",
        retry_after: int = 3,
        done: bool = False,
    ) -> None:
        """Fail the next requests of a method ("*": of any). Status 0 hangs up without an answer.

        `done` True does what was asked and loses only the answer: what a retry does then is the bot's
        problem.
        """
        self._faults.append(_Fault(method, status, times, description, retry_after, done))

    def requested(self, method: str) -> list[BotRequest]:
        """The requests of one method, in order."""
        return [request for request in self.requests if request.method == method]

    async def _nowhere(self, request: web.Request) -> web.Response:
        del request
        return _refused(BotApiError(404, "Not Found"))

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return _refused(BotApiError(401, "Unauthorized"))
        wanted = request.match_info["path"]
        file = next((file for file in self.cloud.files.values() if file.path == wanted), None)
        if file is None:
            return _refused(BotApiError(404, "Not Found"))
        return web.Response(body=file.data, content_type="application/octet-stream")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        # "All methods in the Bot API are case-insensitive."
        asked = request.match_info["method"]
        method = next((name for name in self._methods if name.lower() == asked.lower()), asked)
        record = BotRequest(method, {}, self.cloud.now(), verb=request.method)
        self.requests.append(record)
        try:
            self._admit(request.match_info["token"], method)
            params = await read_params(request)
            record.params = params.readable()
            fault = self._fault(method)
            if fault is None or fault.done:
                result = await self._call(method, params)
            if fault is not None:
                return self._faulty(request, record, fault)
        except BotApiError as refusal:
            record.ok, record.description = False, refusal.description
            return _refused(refusal)
        record.ok = True
        return web.json_response({"ok": True, "result": result})

    def _admit(self, token: str, method: str) -> None:
        if ":" not in token:
            raise BotApiError(404, "Not Found")
        if token != self.token:
            raise BotApiError(401, "Unauthorized")
        if method not in self._methods:
            raise BotApiError(404, "Not Found")
        # logOut: "will not be able to log in back to the cloud Bot API server for 10 minutes"
        if self.account.logged_out:
            raise BotApiError(400, "Logged out")

    async def _call(self, method: str, params: Params) -> Any:
        limits.check_parameters(method, params.names())
        result = self._methods[method](params)
        return await result if inspect.isawaitable(result) else result

    def _fault(self, method: str) -> _Fault | None:
        for fault in self._faults:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def _faulty(self, request: web.Request, record: BotRequest, fault: _Fault) -> web.Response:
        if fault.status == 0:
            record.ok, record.description = False, "hung up"
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.status == 429:
            raise too_many_requests(fault.retry_after)
        raise BotApiError(fault.status, fault.description or _FAULTS.get(fault.status, "Provoked"))


def _refused(refusal: BotApiError) -> web.Response:
    return web.json_response(refusal.as_json(), status=refusal.code)


def _methods(*owners: object) -> dict[str, Callable[[Params], Any]]:
    """The methods by their documented names: `sendMessage` is the `send_message` of one of the owners."""
    return {
        name: getattr(owner, snake)
        for name in limits.PARAMETERS
        for snake in ["".join(f"_{c.lower()}" if c.isupper() else c for c in name)]
        for owner in owners
        if hasattr(owner, snake)
    }
