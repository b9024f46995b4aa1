"""A finished call's report in the chat: outcome, calendar entry, recording; and what it cost, in the ledger.

Owns what happens once a call has ended. If the reporting model fails, the report from the journal still arrives; what
comes with it (silently, for the report has rung) never keeps it back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from telegram.error import BadRequest, TelegramError

from bot import booking, report_view
from bot.address_book import AddressBook
from bot.call_view import duration
from bot.chat import Chat, Place
from bot.conversation import Draft, Stage
from bot.ledger import Ledger
from bot.post import Post
from bot.report import Reporter
from bot.report_view import Finished
from bot.roster import Roster
from bot.store import Store, WallClock
from bridge import ogg
from bridge.errors import ModelError
from bridge.switchboard import Call

log = logging.getLogger(__name__)

MOST_BYTES = 50_000_000  # https://core.telegram.org/bots/api#sending-files: "50 MB for other files"

Afterwards = Callable[[Draft, Finished], Awaitable[None]]
Recordings = Callable[[str], Awaitable[Path | None]]


class Reporting:
    """`afterwards` is told of each call whose report was sent, and again if that was sent twice. `recording_of` finds
    what a former process recorded.
    """

    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        contacts: AddressBook,
        ledger: Ledger,
        reporter: Reporter,
        recording_of: Recordings,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._contacts = contacts
        self._ledger = ledger
        self._reporter = reporter
        self._recording_of = recording_of
        self._wall = wall
        self.afterwards: Afterwards | None = None

    async def report(self, draft: Draft, call: Finished, live: Call | None, *, reply_to: int) -> None:
        """`live` is the call, where this process made it."""
        chat = await self._roster.chat(draft.place.chat_id)
        await self._ledger.settle(draft.id, usd=call.ending.cost_usd, seconds=call.ending.talk_s)
        message_id = await self._store.message_of(draft, "report")
        if message_id:  # a former process had sent it, and came no further
            call = replace(call, summary=await self._store.summary(draft.id))
        else:
            call = await self._summed_up(draft, call, chat)
            try:
                message_id = await self._send(draft, call, chat, reply_to)
            except TelegramError as error:
                log.error("the report could not be sent: %s", type(error).__name__)  # noqa: TRY400 - may quote the chat
                return
            await self._store.remember(draft, message_id, "report")
        await self._go_on(draft, call)
        await self._store.advance(draft.id, Stage.PLACED, Stage.REPORTED)
        await self._attach_booking(draft.place, call, chat, message_id)
        if call.spec.record and call.ending.answered:
            await self._attach_recording(draft, call, live, chat, message_id)

    async def _go_on(self, draft: Draft, call: Finished) -> None:
        """What follows from a call. It comes before the call counts as reported: who dies in between does it again."""
        try:
            if self.afterwards:
                await self.afterwards(draft, call)
        except TelegramError as error:
            log.warning("what follows from a call could not be told: %s", type(error).__name__)

    async def _summed_up(self, draft: Draft, call: Finished, chat: Chat) -> Finished:
        try:
            summary = await self._reporter.summarise(call, booking.zone_of(call, chat))
        except ModelError:
            log.warning("the report goes out without a summary")
            return call
        if summary is None:
            return call
        await self._store.keep_summary(draft.id, summary)
        return replace(call, summary=summary)

    async def _send(self, draft: Draft, call: Finished, chat: Chat, reply_to: int) -> int:
        known = await self._contacts.knows(draft.place.chat_id, call.spec.callee.number)
        link = booking.link(call, chat)
        buttons = report_view.report_buttons(chat.words, draft, call, known=known, calendar=link)
        return await self._post.send(draft.place, report_view.report(chat.words, call), buttons, reply_to=reply_to)

    # What comes with it

    async def _attach_booking(self, place: Place, call: Finished, chat: Chat, message_id: int) -> None:
        entry = booking.entry(call, chat, self._wall())
        if not entry:
            return
        try:
            caption = booking.told(call, chat, self._wall())
            await self._post.send_file(
                place, "appointment.ics", entry, caption=caption, silent=True, reply_to=message_id
            )
        except TelegramError as error:
            log.warning("a calendar entry could not be sent: %s", type(error).__name__)

    async def _attach_recording(
        self, draft: Draft, call: Finished, live: Call | None, chat: Chat, message_id: int
    ) -> None:
        """It takes some seconds to be written. Where there is none the requester is told so: the card promised it."""
        file = await (live.recording() if live else self._recording_of(call.spec.id))
        try:
            audio = await asyncio.to_thread(file.read_bytes) if file else b""
        except OSError:  # deleted meanwhile
            audio = b""
        problem = "none" if not audio else "too-large" if len(audio) > MOST_BYTES else ""
        try:
            if not problem:
                await self._send_recording(draft.place, audio, chat, message_id)
                return
        except TelegramError as error:
            log.warning("a recording could not be sent: %s", type(error).__name__)
            problem = "refused"
        try:
            text = chat.words(f"report-recording-{problem}")
            await self._post.send(draft.place, text, silent=True, reply_to=message_id)
        except TelegramError as error:
            log.warning("and the chat could not be told: %s", type(error).__name__)

    async def _send_recording(self, place: Place, audio: bytes, chat: Chat, message_id: int) -> None:
        length_s = ogg.duration_s(audio)
        caption = chat.words("report-recording", time=duration(length_s))
        try:
            await self._post.send_voice(place, audio, duration_s=round(length_s), caption=caption, reply_to=message_id)
        except BadRequest:
            # Voice messages can be forbidden, by a person to everybody and by a group to its members.
            await self._post.send_file(place, "call.ogg", audio, caption=caption, silent=True, reply_to=message_id)
