"""Placed calls, as the chat steers them and looks back on them.

Owns what may be done with a call once its card is confirmed: whisper, answer, hang up, join, read the transcript.
"""

from bot import booking, report_view
from bot.address_book import AddressBook
from bot.buttons import Answer, Press, Tap
from bot.chat import Place
from bot.conversation import Draft, refused_number
from bot.drafting import Request
from bot.ledger import Ledger
from bot.live import LiveCall, live_of
from bot.masking import masked
from bot.people import People
from bot.people_view import not_theirs
from bot.permits import Permits
from bot.post import Post
from bot.questions import Question, Questions
from bot.report_view import Finished
from bot.roster import Roster
from bot.store import Store
from bot.wording import Words
from bridge import numbers
from bridge.errors import NumberRefused
from bridge.journal import Journal
from bridge.switchboard import Call, Switchboard, spec_of
from bridge.timeline import Timeline, timeline


class Calls:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        roster: Roster,
        contacts: AddressBook,
        ledger: Ledger,
        people: People,
        permits: Permits,
        switchboard: Switchboard,
        journal: Journal,
        questions: Questions,
    ) -> None:
        self._post = post
        self._store = store
        self._roster = roster
        self._contacts = contacts
        self._ledger = ledger
        self._people = people
        self._permits = permits
        self._switchboard = switchboard
        self._journal = journal
        self._questions = questions

    # While it is going on: words

    async def words(self, draft: Draft, request: Request) -> None:
        """A reply to a call's message: an answer to its open question, else a whisper to the agent."""
        call = self._switchboard.call(draft.id)
        words = (await self._roster.chat(draft.place.chat_id)).words
        if call is None:
            await self._post.send(draft.place, words("whisper-late"), reply_to=request.message_id)
            return
        if not self._people.may_steer(request.person_id, draft.requester_id):
            refusal = not_theirs(words, draft, request.person_id)
            await self._post.send(draft.place, refusal, reply_to=request.message_id)
            return
        question = self._questions.open_in(draft.place, request.reply_to)
        if question and question.message_id == request.reply_to:
            await self.reply(question, request)
        elif found := call.say(request.text):
            refused = words("whisper-refused", what=words(f"sensitive-{found}"))
            await self._post.send(draft.place, refused, reply_to=request.message_id)
        else:
            await self._ledger.note(request.person_id, draft.place.chat_id, "whispered")
            await self._post.acknowledge(draft.place, request.message_id)

    def asked_by(self, place: Place, message_id: int) -> Question | None:
        """The open question that this very message asked."""
        question = self._questions.open_in(place, message_id)
        return question if question and message_id and question.message_id == message_id else None

    def waiting(self, place: Place, person_id: int, *, replied_to: int = 0) -> Question | None:
        """The open question in a place that this person may answer: the one they replied to, else the newest."""
        question = self._questions.open_in(place, replied_to)
        if question and self._people.may_steer(person_id, question.draft.requester_id):
            return question
        return None

    async def reply(self, question: Question, request: Request) -> None:
        """A typed answer."""
        words = question.words
        if found := self._questions.answer(question, request.text):
            refused = words("whisper-refused", what=words(f"sensitive-{found}"))
            await self._post.send(question.draft.place, refused, reply_to=request.message_id)
        else:
            await self._post.acknowledge(question.draft.place, request.message_id)

    # While it is going on: presses

    async def pressed_answer(self, draft: Draft, press: Press, _: Tap, words: Words) -> Answer:
        chosen = self._questions.chosen(draft, press.rev, press.choice)
        if chosen is None:
            return Answer(words("question-gone"))
        question, answer = chosen
        if found := self._questions.answer(question, answer):
            return Answer(words("whisper-refused", what=words(f"sensitive-{found}")))
        return Answer(words("answered", answer=answer))

    async def pressed_hang_up(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        call = self._switchboard.call(draft.id)
        if call is None:
            return Answer(words("call-over"))
        call.hang_up()
        await self._ledger.note(tap.person_id, draft.place.chat_id, "hung-up")
        return Answer(words("hanging-up"))

    async def hang_up_running(self, place: Place, person_id: int) -> str:
        """End the newest running call in this chat that the person may steer."""
        words = (await self._roster.chat(place.chat_id)).words
        found = await self._running(place, person_id)
        if found is None:
            anybodys = await self._running(place)
            return not_theirs(words, anybodys[0], person_id) if anybodys else words("no-call")
        found[1].hang_up()
        await self._ledger.note(person_id, place.chat_id, "hung-up")
        return words("hanging-up-command")

    async def pressed_join(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        """Ring the phone of whoever pressed, to take the line over."""
        call = self._switchboard.call(draft.id)
        if call is None:
            return Answer(words("call-over"))
        if not call.connected:
            return Answer(words("join-later"))
        person = await self._roster.person(tap.person_id)
        if person.phone:
            if refusal := self._permits.country(person.phone, words):
                return Answer(refusal.reason)
            call.take_over(person.phone)
            await self._ledger.note(tap.person_id, draft.place.chat_id, "joined")
            return Answer(words("joining"))
        if tap.place.group:
            return Answer(words("join-in-private"))
        texts = words("join-needs-number"), words("share-contact")
        return Answer(then=lambda: self._post.ask_for_contact(tap.place, *texts))

    async def own_contact(self, place: Place, person_id: int, number: str) -> bool:
        """Somebody shared their own contact. True when it was for joining a call that is going on."""
        words = (await self._roster.chat(place.chat_id)).words
        found = await self._running(place, person_id)
        if found is None:
            return False
        try:
            phone = numbers.dialable(number)
        except NumberRefused as refusal:
            await self._post.send(place, refused_number(words, refusal))
            return True
        if abroad := self._permits.country(phone, words):
            await self._post.send(place, abroad.reason)
            return True
        await self._roster.keep_phone(person_id, phone)
        await self._post.thank_for_contact(place, words("number-kept", number=numbers.readable(phone)))
        if found[1].connected:
            found[1].take_over(phone)
            await self._ledger.note(person_id, place.chat_id, "joined")
        return True

    async def goes_on(self, place: Place, person_id: int) -> bool:
        """Whether a call goes on in this chat that somebody may steer."""
        return await self._running(place, person_id) is not None

    async def _running(self, place: Place, person_id: int = 0) -> tuple[Draft, Call] | None:
        """The newest call of a chat that goes on: one that a person may steer, or anybody's."""
        for draft in await self._store.placed(chat_id=place.chat_id, limit=50):
            if not person_id or self._people.may_steer(person_id, draft.requester_id):
                call = self._switchboard.call(draft.id)
                if call is not None:
                    return draft, call
        return None

    # Afterwards

    async def pressed_transcript(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        async def send() -> None:
            call = await self.finished(draft)
            if call is None or not call.turns:
                await self._post.send(draft.place, words("no-transcript"))
                return
            content = report_view.transcript_file(words, call)
            if draft.place.group:
                content = masked(content)
            await self._post.send_file(
                draft.place, "transcript.txt", content.encode(), silent=True, reply_to=tap.message_id
            )

        return Answer(then=send)

    async def pressed_words(self, draft: Draft, press: Press, _: Tap, words: Words) -> Answer:
        """The words that a statement of the report rests on."""
        call = await self.finished(draft)
        note = int(press.choice) if press.choice.isdecimal() else 0
        found = report_view.words_of(words, call, note) if call else ""
        return Answer(found or words("report-words-gone"), alert=True)

    async def pressed_contact(self, draft: Draft, _: Press, tap: Tap, words: Words) -> Answer:
        await self._contacts.keep(draft.place.chat_id, draft.plan.callee_name, draft.plan.callee_number)
        await self._ledger.note(tap.person_id, draft.place.chat_id, "contact-kept")

        async def redraw() -> None:
            """Without the button that has been pressed."""
            if call := await self.finished(draft):
                link = booking.link(call, await self._roster.chat(draft.place.chat_id))
                buttons = report_view.report_buttons(words, draft, call, known=True, calendar=link)
                await self._post.redraw(draft.place, tap.message_id, report_view.report(words, call), buttons)

        return Answer(words("contact-kept", name=draft.plan.callee_name), redraw)

    async def going_on(self, draft: Draft) -> tuple[LiveCall, Timeline] | None:
        """A call as it stands now; None for one that is over, or has not been confirmed."""
        events = await self._journal.events(draft.id)
        if not events or self._switchboard.call(draft.id) is None:
            return None
        live = live_of(events)
        now_ms = round((self._journal.wall() - live.began_unix) * 1000)
        return None if live.ending else (live, timeline(events, now_ms))

    async def finished(self, draft: Draft) -> Finished | None:
        """A call of the past as its journal and its report have it; None for one that goes on or left nothing."""
        events = await self._journal.events(draft.id)
        if not events:
            return None
        return live_of(events).finished(spec_of(events), await self._store.summary(draft.id))
