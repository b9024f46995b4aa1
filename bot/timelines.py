"""/timeline: a call that is over, as a picture on a time axis.

Owns which call that is: the one whose message was replied to, else the last of this chat that was answered. Whoever is
let in to a chat sees its calls there, as in the live view; other chats' calls are never shown. The picture is made of
the journal each time, so nothing is kept, and what is deleted there is gone here too.
"""

import asyncio
from collections.abc import Mapping

from bot import timeline_view
from bot.conversation import Draft
from bot.post import Post
from bot.said import Handler, Said
from bot.store import Store
from bot.timeline_picture import picture
from bridge.journal import Journal
from bridge.timeline import Timeline, timeline

_BACK = 20  # calls, of which one may have been answered


class Timelines:
    def __init__(self, *, post: Post, store: Store, journal: Journal) -> None:
        self._post = post
        self._store = store
        self._journal = journal

    def by_name(self) -> Mapping[str, Handler]:
        return {"timeline": self._show}

    async def _show(self, said: Said) -> None:
        words, replied_to = said.words, said.request("").reply_to
        found = await self._wanted(said.place.chat_id, replied_to)
        if found is None:
            refusal = words("timeline-unknown" if replied_to else "timeline-none")
            await self._post.send(said.place, refusal, reply_to=said.reply_to)
            return
        draft, line = found
        png = await asyncio.to_thread(picture, words, timeline_view.rows(line))
        caption = timeline_view.caption(words, draft.plan.callee_name, line)
        await self._post.send_photo(said.place, png, caption=caption, reply_to=said.reply_to)

    async def _wanted(self, chat_id: int, replied_to: int) -> tuple[Draft, Timeline] | None:
        if replied_to:
            draft = await self._store.draft_of(chat_id, replied_to)
            candidates = [draft] if draft else []
        else:
            candidates = await self._store.placed(chat_id=chat_id, limit=_BACK)
        for draft in candidates:
            line = timeline(await self._journal.events(draft.id))
            if line.ending is not None and line.answered_ms is not None:
                return draft, line
        return None
