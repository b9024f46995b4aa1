"""Twilio's REST API, the few resources that a caller needs: calls, and what is to be known of the account.

Owns routes, authentication, the JSON of calls and of errors. What a call does is `call.py`, what the account's
resources hold `account.py`. Follows https://www.twilio.com/docs/voice/api/call-resource.
"""

import asyncio
import base64
import hmac
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import web

from sandbox.overheard import Overhear, nobody
from sandbox.twilio import account
from sandbox.twilio.account import ROOT
from sandbox.twilio.call import PRICE_PER_MINUTE, StandInCall
from sandbox.twilio.callbacks import Conditions
from sandbox.twilio.params import CallRequest, RefusedError, read_call, read_update

PathKind = Literal["create", "update", "fetch", "list", "account", "numbers", "caller_ids", "country"]


@dataclass
class _Failure:
    status: int
    code: int
    times: int


def call_resource(call: StandInCall) -> dict[str, Any]:
    """A call as the API shows it; duration and price only once it is completed."""
    request = call.request
    uri = f"{ROOT}/{call.account_sid}/Calls/{call.sid}"
    done = call.status == "completed"
    return {
        "sid": call.sid,
        "date_created": call.date(call.created_at),
        "date_updated": call.date(call.timeline[-1][0]),
        "parent_call_sid": call.parent_sid or None,
        "account_sid": call.account_sid,
        "to": request.to,
        "to_formatted": request.to,
        "from": request.from_,
        "from_formatted": request.from_,
        "phone_number_sid": None,
        "status": call.status,
        "start_time": call.date(call.answered_at),
        "end_time": call.date(call.ended_at),
        "duration": str(call.duration_s) if done else None,
        "price": f"{-PRICE_PER_MINUTE * math.ceil(call.duration_s / 60):.5f}" if done else None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "annotation": None,
        "api_version": "2010-04-01",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json", "streams": f"{uri}/Streams.json"},
    }


class RestApi:
    """The web application. `place` starts a call that has been checked."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        phone_number: str,
        conditions: Conditions,
        calls: dict[str, StandInCall],
        place: Callable[[CallRequest], StandInCall],
        overhear: Overhear = nobody,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._phone_number = phone_number
        self._conditions = conditions
        self._calls = calls
        self._place = place
        self._overhear = overhear
        self._failures: dict[PathKind, _Failure] = {}
        self._losses: dict[str, bool] = {}
        self._next_call_at = -math.inf
        self.requests: list[tuple[str, str]] = []  # method and path, in order

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._aloud, self._answer])
        own = f"{ROOT}/{{account}}"
        app.router.add_post(f"{own}/Calls.json", self._create, name="create")
        app.router.add_get(f"{own}/Calls.json", self._list, name="list")
        app.router.add_post(f"{own}/Calls/{{call}}.json", self._update, name="update")
        app.router.add_get(f"{own}/Calls/{{call}}.json", self._fetch, name="fetch")
        app.router.add_get(f"{own}/IncomingPhoneNumbers.json", self._numbers, name="numbers")
        app.router.add_get(f"{own}/OutgoingCallerIds.json", self._caller_ids, name="caller_ids")
        app.router.add_get(f"{own}.json", self._account, name="account")
        # On a host of its own in the world, voice.twilio.com; and there the credentials alone name the account.
        app.router.add_get("/v1/DialingPermissions/Countries/{iso_code}", self._country, name="country")
        return app

    def fail_next(self, path_kind: PathKind, status: int, code: int, times: int = 1) -> None:
        self._failures[path_kind] = _Failure(status, code, times)

    def lose_next(self, path_kind: PathKind, *, done: bool) -> None:
        self._losses[path_kind] = done

    @web.middleware
    async def _aloud(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self._overhear("rest", "out", f"{request.method} {request.path_qs}\n{await request.text()}")
        answer = await handler(request)
        body = answer.text if isinstance(answer, web.Response) else ""
        self._overhear("rest", "in", f"{answer.status} {answer.reason}\n{body}")
        return answer

    @web.middleware
    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        try:
            self._admit(request)
            lost = self._losses.pop(request.match_info.route.name or "", None)
            answer = web.Response() if lost is False else await handler(request)
            if lost is not None and request.transport:
                request.transport.abort()
        except RefusedError as refused:
            body = {
                "code": refused.code,
                "message": refused.message,
                "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
                "status": refused.status,
            }
            return web.json_response(body, status=refused.status)
        return answer

    def _admit(self, request: web.Request) -> None:
        """Authentication ("AccountSid:AuthToken"), the path, and failures that were ordered."""
        credentials = base64.b64encode(f"{self._account_sid}:{self._auth_token}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Basic {credentials}"):
            raise RefusedError(401, 20003, "Authenticate")
        if isinstance(request.match_info.http_exception, web.HTTPException):
            raise _not_found(request)
        if request.match_info.get("account", self._account_sid) != self._account_sid:
            raise _not_found(request)
        for kind, failure in self._failures.items():
            if kind == request.match_info.route.name and failure.times > 0:
                failure.times -= 1
                raise RefusedError(failure.status, failure.code, "a failure that was ordered from the stand-in")

    async def _create(self, request: web.Request) -> web.Response:
        form = await _form(request)
        wanted = read_call(form, self._phone_number, self._conditions.refused_prefixes)
        now = asyncio.get_running_loop().time()
        if self._conditions.calls_per_s:
            if now < self._next_call_at:
                raise RefusedError(429, 20429, "Too Many Requests")
            self._next_call_at = now + 1 / self._conditions.calls_per_s
        return web.json_response(call_resource(self._place(wanted)), status=201)

    async def _update(self, request: web.Request) -> web.Response:
        call = self._call(request)
        call.update(read_update(await _form(request)))
        return web.json_response(call_resource(call))

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(call_resource(self._call(request)))

    async def _list(self, request: web.Request) -> web.Response:
        calls = [call for call in reversed(self._calls.values()) if _matches(call, request)]
        return _page(request, "calls", [call_resource(call) for call in calls])

    async def _account(self, _request: web.Request) -> web.Response:
        return web.json_response(account.account(self._account_sid, self._conditions))

    async def _numbers(self, request: web.Request) -> web.Response:
        found = account.incoming_numbers(self._account_sid, self._phone_number, self._conditions)
        return _page(request, "incoming_phone_numbers", _with_number(found, request))

    async def _caller_ids(self, request: web.Request) -> web.Response:
        found = account.caller_ids(self._account_sid, self._phone_number, self._conditions)
        return _page(request, "outgoing_caller_ids", _with_number(found, request))

    async def _country(self, request: web.Request) -> web.Response:
        found = account.country(request.match_info["iso_code"], self._conditions)
        if found is None:
            raise _not_found(request)
        return web.json_response(found)

    def _call(self, request: web.Request) -> StandInCall:
        if not (call := self._calls.get(request.match_info["call"])):
            raise _not_found(request)
        return call


def _not_found(request: web.Request) -> RefusedError:
    return RefusedError(404, 20404, f"The requested resource {request.path} was not found")


def _with_number(entries: list[dict[str, Any]], request: web.Request) -> list[dict[str, Any]]:
    """The documented filter PhoneNumber, which takes a part of a number too."""
    return [entry for entry in entries if request.query.get("PhoneNumber", "") in entry["phone_number"]]


async def _form(request: web.Request) -> dict[str, list[str]]:
    form = await request.post()
    return {name: [str(value) for value in form.getall(name)] for name in form}


def _matches(call: StandInCall, request: web.Request) -> bool:
    """The documented filters of a list of calls: To, From, Status, StartTime, StartTime> and StartTime<, each of these
    "as YYYY-MM-DD in UTC"; a call that has not begun has no StartTime, and no such filter finds it.
    """
    query = request.query
    started = "" if call.answered_at is None else call.moment(call.answered_at).date().isoformat()
    facts = {
        "To": call.request.to,
        "From": call.request.from_,
        "Status": call.status,
        "ParentCallSid": call.parent_sid,
    }
    days = {name: query[name][:10] for name in ("StartTime", "StartTime>", "StartTime<") if name in query}
    return (
        all(query.get(name, fact) == fact for name, fact in facts.items())
        and (bool(started) or not days)
        and days.get("StartTime", started) == started
        and days.get("StartTime>", started) <= started <= days.get("StartTime<", started)
    )


def _page(request: web.Request, key: str, records: list[dict[str, Any]]) -> web.Response:
    """One page of a list, in the shape of the 2010 API."""
    page, size = int(request.query.get("Page", "0")), int(request.query.get("PageSize", "50"))

    def uri(number: int) -> str:
        return f"{request.path}?{urlencode({**request.query, 'Page': number, 'PageSize': size})}"

    shown = records[page * size : (page + 1) * size]
    body = {
        key: shown,
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(len(shown) - 1, 0),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if len(records) > (page + 1) * size else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }
    return web.json_response(body)
