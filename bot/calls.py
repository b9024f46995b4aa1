"""Placed calls, as the chat steers them and looks back on them.

Owns what may be done with a call once its card is confirmed: whisper, answer, hang up, join, read the transcript, list.
"""

from bot import cards, wording
from bot.conversation import Draft
from bot.people import People
from bot.post import Post
from bot.questions import Question, Questions
from bot.richtext import RichText
from bot.store import Store
from bridge import numbers
from bridge.errors import NumberRefused
from bridge.events import Ended
from bridge.journal import Journal
from bridge.switchboard import Call, Switchboard, spec_of
from bridge.transcript import rebuild


class Calls:
    def __init__(
        self,
        *,
        post: Post,
        store: Store,
        people: People,
        switchboard: Switchboard,
        journal: Journal,
        questions: Questions,
    ) -> None:
        self._post = post
        self._store = store
        self._people = people
        self._switchboard = switchboard
        self._journal = journal
        self._questions = questions

    # While it is going on

    async def words(self, draft: Draft, person_id: int, text: str, *, message_id: int, replied_to: int) -> None:
        """A reply to a call's message: an answer to its open question, else a whisper to the agent."""
        call = self._switchboard.call(draft.id)
        if call is None:
            await self._post.send(draft.chat_id, wording.WHISPER_LATE)
            return
        if not self._people.may_steer(person_id, draft.requester_id):
            return
        question = self._questions.open_in(draft.chat_id, replied_to)
        if question and question.message_id == replied_to:
            await self.reply(question, text, message_id=message_id)
            return
        if found := call.say(text):
            await self._post.send(draft.chat_id, wording.WHISPER_REFUSED.format(what=found))
        else:
            await self._post.acknowledge(draft.chat_id, message_id)

    def waiting(self, chat_id: int, person_id: int, *, replied_to: int = 0) -> Question | None:
        """The open question in a chat that this person may answer: the one they replied to, else the newest."""
        question = self._questions.open_in(chat_id, replied_to)
        if question and self._people.may_steer(person_id, question.draft.requester_id):
            return question
        return None

    async def reply(self, question: Question, text: str, *, message_id: int) -> None:
        """A typed answer."""
        if found := self._questions.answer(question, text):
            await self._post.send(question.draft.chat_id, wording.WHISPER_REFUSED.format(what=found))
        else:
            await self._post.acknowledge(question.draft.chat_id, message_id)

    def choose(self, draft: Draft, number: int, choice: str) -> str:
        """A tapped answer. The notice for who tapped."""
        chosen = self._questions.chosen(draft, number, choice)
        if chosen is None:
            return wording.QUESTION_GONE
        question, answer = chosen
        if found := self._questions.answer(question, answer):
            return wording.WHISPER_REFUSED.format(what=found)
        return wording.ANSWERED.format(answer=answer)

    def hang_up(self, draft: Draft) -> str:
        call = self._switchboard.call(draft.id)
        if call is None:
            return wording.CALL_OVER
        call.hang_up()
        return wording.HANGING_UP

    async def hang_up_running(self, chat_id: int, person_id: int) -> str:
        """End the person's newest running call in this chat; an admin's command reaches anybody's."""
        found = await self._running(chat_id, person_id)
        if found is None:
            return wording.NO_CALL
        found[1].hang_up()
        return wording.HANGING_UP.replace("Press again", "Send /hangup again")

    async def join(self, draft: Draft, person_id: int) -> str:
        """Ring the phone of whoever pressed, to take the line over. The notice; "" when their number is asked for."""
        call = self._switchboard.call(draft.id)
        if call is None:
            return wording.CALL_OVER
        if not call.connected:
            return wording.JOIN_LATER
        person = await self._store.person(person_id)
        if person is None or not person.phone:
            return ""
        call.take_over(person.phone)
        return wording.JOINING

    async def ask_for_phone(self, chat_id: int) -> None:
        await self._post.ask_for_contact(chat_id, wording.JOIN_NEEDS_NUMBER, wording.SHARE_CONTACT)

    async def own_contact(self, chat_id: int, person_id: int, number: str) -> bool:
        """Somebody shared their own contact. True when it was for joining a call that is going on."""
        found = await self._running(chat_id, person_id)
        if found is None:
            return False
        try:
            phone = numbers.dialable(number)
        except NumberRefused as refusal:
            await self._post.send(chat_id, str(refusal))
            return True
        await self._store.keep_phone(person_id, phone)
        await self._post.thank_for_contact(chat_id, wording.NUMBER_KEPT.format(number=numbers.readable(phone)))
        if found[1].connected:
            found[1].take_over(phone)
        return True

    async def _running(self, chat_id: int, person_id: int) -> tuple[Draft, Call] | None:
        for draft in await self._store.placed(limit=50):
            if draft.chat_id == chat_id and self._people.may_steer(person_id, draft.requester_id):
                call = self._switchboard.call(draft.id)
                if call is not None:
                    return draft, call
        return None

    # Afterwards

    async def send_transcript(self, draft: Draft, message_id: int) -> None:
        events = await self._journal.events(draft.id)
        turns = rebuild(events)
        if not any(turn.text for turn in turns):
            await self._post.send(draft.chat_id, wording.NO_TRANSCRIPT)
            return
        ending = next((event.ending for event in events if isinstance(event, Ended)), None)
        content = cards.transcript_file(spec_of(events), ending, turns)
        await self._post.send_file(draft.chat_id, "transcript.txt", content, reply_to=message_id)

    async def recent(self, person_id: int) -> RichText | str:
        """The person's newest calls, and how each went; an admin sees everybody's."""
        requester = None if self._people.is_admin(person_id) else person_id
        drafts = await self._store.placed(requester)
        if not drafts:
            return wording.NO_CALLS
        return cards.call_list([await self._row(draft) for draft in drafts])

    async def _row(self, draft: Draft) -> cards.CallRow:
        events = await self._journal.events(draft.id)
        ending = next((event.ending for event in events if isinstance(event, Ended)), None)
        confirmed = getattr(events[0], "confirmed_unix", 0.0) if events else 0.0
        return cards.CallRow(draft.plan.callee_name, draft.requester_name, confirmed, ending)
