"""/calls: the calls that somebody may see, planned and past, newest first.

Owns whose calls those are, and the presses under the list (`l:`). In a group it is the group's calls; in private one's
own, everybody's for an admin, the groups' for a watcher. How the list looks is `call_list.py`'s.
"""

from collections.abc import Mapping
from typing import TypedDict

from bot import call_list
from bot.buttons import Answer, Keyboard, Tap
from bot.call_list import PAGE, Opened, Row
from bot.calls import Calls
from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.people import People
from bot.people_view import not_theirs
from bot.post import Post
from bot.richtext import RichText
from bot.roster import Roster
from bot.said import Handler, Said
from bot.schedule import Schedule
from bot.store import Store, WallClock


class _Whose(TypedDict, total=False):
    requester_id: int
    chat_id: int
    groups: bool


class History:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        people: People,
        schedule: Schedule,
        calls: Calls,
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._people = people
        self._schedule = schedule
        self._calls = calls
        self._wall = wall

    def by_name(self) -> Mapping[str, Handler]:
        return {"calls": self._list}

    async def _list(self, said: Said) -> None:
        await self._post.send(said.place, *await self._page(said.place, said.person_id, 0), reply_to=said.reply_to)

    async def press(self, tap: Tap) -> Answer:
        """A button under the list; the owner of `l:`."""
        words = (await self._roster.chat(tap.place.chat_id)).words
        try:
            opened = Opened.read(tap.data)
        except ValueError:
            return Answer(words("gone-button"))

        async def show() -> None:
            await self._post.redraw(tap.place, tap.message_id, *await self._page(tap.place, tap.person_id, opened.page))

        if not opened.cancelled:
            return Answer(then=show)
        draft = await self._store.draft(opened.cancelled)
        if draft is None or (tap.place.group and draft.place.chat_id != tap.place.chat_id):
            return Answer(words("gone-button"))
        if not self._people.may_steer(tap.person_id, draft.requester_id):
            return Answer(not_theirs(words, draft, tap.person_id))
        if not await self._schedule.unplan(draft, by=tap.person_id):
            return Answer(words("gone-button"), show)

        async def cancelled() -> None:
            own = (await self._roster.chat(draft.place.chat_id)).words
            await self._schedule.close_card(draft, own("card-cancelled"))
            await show()

        return Answer(words("card-cancelled"), cancelled)

    async def _page(self, place: Place, viewer: int, number: int) -> tuple[RichText, Keyboard]:
        chat, now = await self._roster.chat(place.chat_id), self._wall()
        found = await self._store.history(**self._whose(place, viewer), limit=PAGE + 1, skip=number * PAGE)
        if number and not found:  # there were more when the button was made
            return await self._page(place, viewer, 0)
        rows = [await self._row(draft, at_unix, place, viewer) for draft, at_unix in found[:PAGE]]
        more = len(found) > PAGE
        return call_list.page(chat, rows, now), call_list.buttons(chat, rows, number, now, more=more)

    def _whose(self, place: Place, viewer: int) -> _Whose:
        if place.group:
            return {"chat_id": place.chat_id}
        if self._people.is_admin(viewer):
            return {}
        return {"requester_id": viewer} if self._people.may_call(viewer) else {"groups": True}

    async def _row(self, draft: Draft, at_unix: float, place: Place, viewer: int) -> Row:
        planned = draft.stage is Stage.SCHEDULED
        call = None if planned else await self._calls.finished(draft)
        live = ""
        if not planned and call is None and self._people.is_admin(viewer):
            words = (await self._roster.chat(place.chat_id)).words
            found = await self._calls.going_on(draft)
            live = call_list.figures(words, *found) if found else ""
        return Row(
            id=draft.id,
            name=draft.plan.callee_name,
            at_unix=at_unix,
            planned=planned,
            ending=call.ending if call else None,
            live=live,
            who="" if draft.requester_id == viewer and not place.group else draft.requester_name,
            # In a group everybody sees the same buttons; the press is what counts.
            may_cancel=place.group or self._people.may_steer(viewer, draft.requester_id),
        )
