"""Rehearsals in the chat: the requester plays the callee in writing before anyone is dialled.

Owns the rehearsals that go on, one in a place; the agent's part is the bridge's (`bridge/rehearsal.py`). Nothing here
dials or rings, and nothing of it is kept but what it cost.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot import cards, conversation, rehearsal_view
from bot.buttons import NO_BUTTONS, Answer, Press, Tap
from bot.chat import Chat, Place
from bot.conversation import Draft, Rules, Stage
from bot.drafting import Drafting, Request, new_id
from bot.ledger import Ledger
from bot.people_view import not_theirs
from bot.permits import Permits
from bot.post import Post
from bot.richtext import RichText
from bot.roster import Roster
from bot.store import Store, WallClock
from bot.wording import Words
from bridge.errors import ModelError
from bridge.rehearsal import Asked, Line, Rehearsal
from bridge.switchboard import Switchboard

log = logging.getLogger(__name__)

IDLE_S = 300.0  # a rehearsal that nobody goes on with
CLOSING_S = 10.0  # for the last words of those that go on when the process ends


@dataclass(frozen=True)
class _Heard:
    """What the requester wrote or tapped: as the callee, or as themselves (`answer`) to the agent's question."""

    text: str
    message_id: int = 0
    answer: bool = False


@dataclass
class _Scene:
    """One rehearsal. Whoever ends it from outside puts into `ending` how it ended, in words."""

    draft: Draft
    chat: Chat
    rehearsal: Rehearsal
    ending: "asyncio.Future[str]"
    inbox: "asyncio.Queue[_Heard]" = field(default_factory=asyncio.Queue)
    asked: Asked | None = None  # what the agent wants to know of the requester themselves
    questions: int = 0  # asked so far: a button belongs to one of them
    messages: set[int] = field(default_factory=set)
    newest: int = 0  # of them; it has the buttons


class Rehearsals:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        ledger: Ledger,
        permits: Permits,
        drafting: Drafting,
        switchboard: Switchboard,
        rules: Callable[[Chat], Rules],
        wall: WallClock,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._ledger = ledger
        self._permits = permits
        self._drafting = drafting
        self._switchboard = switchboard
        self._rules = rules
        self._wall = wall
        self._going_on: dict[Place, _Scene] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    # What the requester says

    async def takes(self, request: Request) -> bool:
        """Who rehearses here speaks as the callee, unless it is a new request or about another card or call."""
        scene = self._going_on.get(request.place)
        if scene is None or request.new:
            return False
        if request.reply_to in scene.messages:
            return True
        if scene.draft.requester_id != request.person_id:
            return False
        if request.reply_to and await self._store.draft_of(request.place.chat_id, request.reply_to):
            return False
        await self.recheck(request.place)
        return not scene.ending.done()

    async def words(self, request: Request) -> None:
        scene = self._going_on.get(request.place)
        if scene is None:
            return
        if request.person_id != scene.draft.requester_id:
            refusal = not_theirs(scene.chat.words, scene.draft, request.person_id)
            await self._post.send(request.place, refusal, silent=True, reply_to=request.message_id)
            return
        scene.inbox.put_nowait(_Heard(request.text, request.message_id))

    async def pressed_answer(self, draft: Draft, press: Press, _: Tap, words: Words) -> Answer:
        """The requester's own answer, tapped; or that there would be none."""
        scene = self._of(draft)
        if scene is None or scene.asked is None or press.rev != scene.questions:
            return Answer(words("question-gone"))
        choices = {str(index): choice for index, choice in enumerate(scene.asked.choices)}
        answer = choices.get(press.choice, "")
        if not answer and press.choice != rehearsal_view.NO_ANSWER:
            return Answer(words("question-gone"))
        scene.asked = None
        scene.inbox.put_nowait(_Heard(answer, answer=True))
        return Answer(words("answered", answer=answer) if answer else "")

    # Its life

    async def begin(self, draft: Draft) -> str:
        """Why not, in words, or ""."""
        chat = await self._roster.chat(draft.place.chat_id)
        if self._closed:
            return _broken_off(chat.words, "closed")
        if refusal := await self._permits.rehearsal(draft, chat, at_unix=self._wall()):
            return refusal.reason
        if draft.place in self._going_on:
            return chat.words("rehearse-busy")
        spec = conversation.to_spec(draft, self._rules(chat), max_minutes=draft.plan.max_minutes)
        loop = asyncio.get_running_loop()
        scene = _Scene(draft, chat, self._switchboard.rehearse(spec), loop.create_future())
        self._going_on[draft.place] = scene
        task = loop.create_task(self._play(scene), name=f"rehearse {draft.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return ""

    async def recheck(self, place: Place) -> None:
        """The draft that is rehearsed here may have been changed, called or cancelled: that ends its rehearsal."""
        scene = self._going_on.get(place)
        if scene is None:
            return
        now = await self._store.draft(scene.draft.id)
        if now is None or not now.stage.open:
            self._end(scene, scene.chat.words("rehearse-stopped"))
        elif now.stage is not Stage.CONFIRMING or now.rev != scene.draft.rev:
            self._end(scene, scene.chat.words("rehearse-changed"))

    async def pressed_stop(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        if await self.stop(draft):
            return Answer()
        return Answer(words("gone-button"), lambda: self._post.retire(draft.place, tap.message_id))

    async def stop(self, draft: Draft) -> bool:
        """False where this draft is not being rehearsed."""
        scene = self._of(draft)
        if scene is None:
            return False
        self._end(scene, scene.chat.words("rehearse-stopped"))
        return True

    async def close(self) -> None:
        """The requester is told, and gets the card back: it is still good after the restart."""
        self._closed = True
        for scene in list(self._going_on.values()):
            self._end(scene, _broken_off(scene.chat.words, "closed"))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _of(self, draft: Draft) -> _Scene | None:
        scene = self._going_on.get(draft.place)
        return scene if scene and scene.draft.id == draft.id else None

    def _end(self, scene: _Scene, ending: str) -> None:
        """At once, whatever the agent is about to say. What is written from now on is the chat's again."""
        if not scene.ending.done():
            scene.ending.set_result(ending)
        self._leave(scene)

    def _leave(self, scene: _Scene) -> None:
        if self._going_on.get(scene.draft.place) is scene:
            del self._going_on[scene.draft.place]

    # One rehearsal

    async def _play(self, scene: _Scene) -> None:
        """The top frame of a rehearsal's task."""
        place = scene.draft.place
        try:
            ending = await self._until_over(scene)
            self._leave(scene)
            if scene.newest:
                await self._post.retire(place, scene.newest)
            await self._post.send(place, ending, silent=True)
            await self._show_card_again(scene)
        except TelegramError as error:
            log.warning("a rehearsal could not be shown: %s", type(error).__name__)
        except Exception:
            log.exception("a rehearsal failed")
        finally:
            self._leave(scene)

    async def _until_over(self, scene: _Scene) -> str:
        """How it ended, in words."""
        talking = asyncio.get_running_loop().create_task(self._talk(scene))
        try:
            await asyncio.wait({talking, scene.ending}, return_when=asyncio.FIRST_COMPLETED)
            return scene.ending.result() if scene.ending.done() else talking.result()
        except ModelError as error:
            return _broken_off(scene.chat.words, error.code)
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            await self._charge(scene)

    async def _charge(self, scene: _Scene) -> None:
        """A new id each time: a card may be rehearsed more than once."""
        draft = scene.draft
        if usd := scene.rehearsal.cost_usd:
            await self._ledger.spend(new_id(), person_id=draft.requester_id, chat_id=draft.place.chat_id, usd=usd)

    async def _talk(self, scene: _Scene) -> str:
        """Until the agent hangs up, or nobody goes on."""
        words, place = scene.chat.words, scene.draft.place
        await self._send(scene, [rehearsal_view.title(words, scene.draft)])
        async with scene.rehearsal:
            lines, reply_to = await scene.rehearsal.begin(), 0
            while True:
                outcome = await self._show(scene, lines, reply_to)
                if outcome is not None:
                    return rehearsal_view.over(words, outcome)
                try:
                    async with asyncio.timeout(IDLE_S):
                        heard = await scene.inbox.get()
                except TimeoutError:
                    return words("rehearse-timed-out")
                await self._post.typing(place)
                as_requester = heard.answer or scene.asked is not None
                lines = await (scene.rehearsal.answer if as_requester else scene.rehearsal.say)(heard.text)
                reply_to = heard.message_id if place.group else 0

    async def _show(self, scene: _Scene, lines: list[Line], reply_to: int) -> str | None:
        """What the agent says and does, as messages. The outcome when it hangs up."""
        shown = rehearsal_view.shown(scene.chat.words, lines)
        if shown.asked:
            scene.questions += 1
        if not shown.refused:  # else the question is still open
            scene.asked = shown.asked
        await self._send(scene, shown.pages, reply_to)
        return shown.outcome

    async def _send(self, scene: _Scene, pages: Sequence[RichText], reply_to: int = 0) -> None:
        """The buttons go on the last message, and off the one before."""
        words, place, before = scene.chat.words, scene.draft.place, scene.newest
        for number, page in enumerate(pages, 1):
            last = number == len(pages)
            buttons = rehearsal_view.buttons(words, scene.draft, scene.asked, scene.questions) if last else NO_BUTTONS
            scene.newest = await self._post.send(place, page, buttons, silent=True, reply_to=reply_to)
            scene.messages.add(scene.newest)
        if before and scene.newest != before:
            await self._post.retire(place, before)

    async def _show_card_again(self, scene: _Scene) -> None:
        """The card is what the rehearsal was for: it comes back under it, unless a newer one is there already."""
        now = await self._store.draft(scene.draft.id)
        if now is None or now.stage is not Stage.CONFIRMING:
            return
        old = await self._store.message_of(now, "card") or 0
        if old > scene.newest > 0:
            return
        chat = await self._roster.chat(now.place.chat_id)
        shown = self._drafting.card(now, chat), cards.card_buttons(chat.words, now)
        message_id = await self._post.send(now.place, *shown, silent=True)
        await self._store.remember(now, message_id, "card")
        if old:
            await self._post.retire(now.place, old)


def _broken_off(words: Words, code: str) -> str:
    return words("rehearse-failed", reason=words.maybe(f"rehearse-{code}") or words("rehearse-lost"))
