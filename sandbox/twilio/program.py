"""Runs TwiML on an answered call: verb after verb, document after document.

Owns the order of verbs and the life of a stream within `<Connect>`. Must not decide how a call ends: it
returns when there is nothing left to run. Follows https://www.twilio.com/docs/voice/twiml ("Twilio executes
the remaining TwiML instructions only after your server closes the WebSocket connection", page Stream).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from sandbox.speech.speech import Speech
from sandbox.twilio.errors import TwilioAlertError, TwilioError
from sandbox.twilio.line import TelephoneLine
from sandbox.twilio.overrides import INVALID_URL
from sandbox.twilio.stream import MediaStream
from sandbox.twilio.twiml import Connect, Dial, Hangup, Pause, Play, Redirect, Say, Stream, Verb, parse
from sandbox.twilio.webhooks import Webhooks

TRIAL_FEATURE = 10002
DIGIT_S = 0.2  # a key tone and the gap behind it
FETCH_S = 0.05  # the way to the product and back; also what keeps a loop of redirects from standing still in time


@dataclass(frozen=True)
class Document:
    """Where the next instructions come from: `twiml` itself, or a URL to ask, which is told `more` than usual. `last`
    is a fallback, after which there is no other.
    """

    twiml: str = ""
    url: str = ""
    method: str = "POST"
    more: dict[str, str] = field(default_factory=dict)
    last: bool = False


@dataclass(frozen=True)
class Program:
    """TwiML on one call. `params` are the request parameters that every webhook carries now."""

    account_sid: str
    call_sid: str
    line: TelephoneLine
    webhooks: Webhooks
    params: Callable[[], dict[str, str]]
    note: Callable[[TwilioError], None]
    tell: Callable[[str], None]
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    stream_sids: list[str]
    sign_streams: Callable[[], bool]
    trial: Callable[[], bool]
    dial: Callable[[Dial], Awaitable[dict[str, str]]]
    speech: Speech
    fallback: Document | None = None

    async def run(self, document: Document) -> None:
        """Until there are no more verbs. Errors are noted, and the fallback is asked what to do, if there is one: "If
        Twilio is unable to retrieve or execute TwiML from your web server, a request is immediately made to the
        number's Fallback URL" (https://www.twilio.com/docs/usage/security/availability-reliability).
        """
        here: Document | None = document
        base = ""
        while here is not None:
            last = here.last
            try:
                twiml = here.twiml
                if not twiml:
                    base = self._absolute(base, here.url)
                    twiml = await self._fetch(base, here.method, here.more)
                here = await self._execute(parse(twiml))
            except TwilioAlertError as alert:
                self.note(alert.error)
                here = None if last else self._fall_back(alert.error, base)

    def _fall_back(self, error: TwilioError, url: str) -> Document | None:
        if self.fallback is None:
            return None
        self.tell("fallback")
        # "Twilio will submit the ErrorCode and ErrorUrl parameters".
        return replace(self.fallback, more={"ErrorCode": str(error.code), "ErrorUrl": url}, last=True)

    async def press(self, digits: str) -> None:
        """Keypad tones to the callee: "w" is half a second's pause, "W" a whole one's."""
        self.tell(f"digits {digits}")
        for digit in digits:
            if digit in "wW":
                await asyncio.sleep(0.5 if digit == "w" else 1.0)
            else:
                self.line.callee.press(digit)
                await asyncio.sleep(DIGIT_S)

    async def _execute(self, verbs: list[Verb]) -> Document | None:
        """Runs one document; returns the one that it hands over to."""
        for verb in verbs:
            match verb:
                case Connect(stream, action, method):
                    await self._connect(stream)
                    if action:
                        return Document(url=action, method=method)
                case Redirect(url, method):
                    return Document(url=url, method=method)
                case Dial(action=action, method=method):
                    told = await self._dial(verb)
                    if action:
                        return Document(url=action, method=method, more=told)
                case Hangup():
                    return None
                case Say() | Play() | Pause():
                    await self._perform(verb)
        return None

    async def _perform(self, verb: Say | Play | Pause) -> None:
        match verb:
            case Say(text):
                spoken = self.speech.speak_soon(text)
                await self.line.announce(spoken.result() if spoken.done() else await asyncio.wrap_future(spoken))
            case Play(digits=digits) if digits:
                await self.press(digits)
            case Play(url=url):
                self.tell(f"play {url}")
            case Pause(length_s):
                await asyncio.sleep(length_s)

    def _absolute(self, base: str, url: str) -> str:
        absolute = urljoin(base, url)
        if urlsplit(absolute).scheme not in {"http", "https"}:
            raise TwilioAlertError(INVALID_URL, f"Invalid URL format: {url}")
        return absolute

    async def _fetch(self, url: str, method: str, more: dict[str, str]) -> str:
        await asyncio.sleep(FETCH_S)
        return await self.webhooks.fetch_twiml(url, self.params() | more, method)

    async def _dial(self, verb: Dial) -> dict[str, str]:
        """A number that cannot be dialled is noted; the verbs behind it still run."""
        self.tell(f"dial {verb.number}")
        try:
            return await self.dial(verb)
        except TwilioAlertError as alert:
            self.note(alert.error)
            return {"DialCallStatus": "failed"}

    async def _connect(self, noun: Stream) -> None:
        """One stream, until it ends. A stream that fails is noted; the verbs behind it still run."""
        if self.trial():
            raise TwilioAlertError(TRIAL_FEATURE, "Trial accounts do not support <Stream>")
        try:
            web_socket = await self.webhooks.connect(noun.url, signed=self.sign_streams())
        except TwilioAlertError as alert:
            self.note(alert.error)
            self._report(noun, "", "stream-error", alert.error.message)
            return
        stream = MediaStream(
            web_socket,
            account_sid=self.account_sid,
            call_sid=self.call_sid,
            parameters=noun.parameters,
            note=self.note,
            overhear=self.webhooks.overhear,
        )
        self.stream_sids.append(stream.sid)
        self.line.stream = stream
        self.tell(f"stream {stream.sid} started")
        self._report(noun, stream.sid, "stream-started")
        try:
            await stream.run()
        finally:
            self.line.stream = None
            self.tell(f"stream {stream.sid} ended")
            self._report(noun, stream.sid, "stream-error" if stream.failed else "stream-stopped", stream.failed)

    def _report(self, noun: Stream, sid: str, event: str, error: str = "") -> None:
        if not noun.status_callback:
            return
        params = {
            "AccountSid": self.account_sid,
            "CallSid": self.call_sid,
            "StreamSid": sid,
            "StreamName": noun.name,
            "StreamEvent": event,
        } | ({"StreamError": error} if error else {})
        self.spawn(self.webhooks.post(noun.status_callback, params, noun.status_callback_method))
