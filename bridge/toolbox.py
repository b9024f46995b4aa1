"""What the model's tools do: ask the requester, press keys, wait on hold, leave a message, change the language.

Pure. Owns what the call waits for (an answer, a person back from hold, a machine's beep) and its deadlines. The talk
itself is `dialogue.py`'s, the call's end `session.py`'s; how a model calls tools is `tools.py`'s.
"""

import re
from collections.abc import Callable

import msgspec

from bridge import events, signals, tools
from bridge.actions import Action, AnswerTool, HearLanguage, Instruct, PressDigits, Tell
from bridge.briefing import Briefing, brief, line
from bridge.call import CallSpec, EndReason
from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.errors import ProtocolError
from bridge.hold import Hold
from bridge.inquiry import Inquiry
from bridge.menu import Menu
from bridge.phrases import phrasebook
from bridge.sensitive import sensitive
from bridge.standing import FRESH, Standing
from prompts import library

SUSPICION_S = 2.5  # a machine's verdict waits so long for words: call screening is no answering machine
GREETING_S = 3.0  # without a sound, an answering machine's greeting is over
PAUSE_S = 1.5  # after its last words, and the beep, a machine records
_NOT_ASKED = (
    "Not asked: it is about a password, a code or a card or bank number. Neither give nor take such a thing; say that "
    "you cannot."
)
_KEYS = re.compile(r"[0-9*#]{1,20}")

EndPolitely = Callable[[EndReason, str], list[Action]]
HangUp = Callable[[EndReason], list[Action]]


class Toolbox:
    def __init__(
        self,
        spec: CallSpec,
        clock: Clock,
        dialogue: Dialogue,
        *,
        end_politely: EndPolitely,
        hang_up: HangUp,
        standing: Standing = FRESH,
    ) -> None:
        self.outcome = ""  # what the model told end_call
        self._spec = spec
        self._clock = clock
        self._dialogue = dialogue
        self._end_politely = end_politely
        self._hang_up = hang_up
        self._language = standing.language or spec.language
        self._phrases = phrasebook(self._language)
        self._hold = Hold(since=clock.at(standing.on_hold_ms), total_s=standing.held_s)
        self._inquiry = Inquiry.of(standing.question, clock)
        self._question = line(standing.question.question if standing.question else "")
        self._orphaned = self._inquiry.open  # the model session that asked it is gone
        dialogue.patient = self._inquiry.open
        dialogue.hushed = self._hold.active
        heard = [turn.text for turn in standing.turns if turn.party == "callee"]
        self._menu = Menu.of(heard, self._phrases)
        self._screened = any(map(self._phrases.is_screening, heard))
        self._refused = standing.refused  # the callee has asked never to be called again
        self._heard_machine = standing.message
        self._message_due: float | None = None  # when a suspected machine is taken for one

    @property
    def deadline(self) -> float | None:
        times = (self._hold.deadline, self._inquiry.due, self._message_due)
        return min([at for at in times if at is not None], default=None)

    @property
    def machine(self) -> bool:
        """An answering machine has picked up, as far as anybody can tell."""
        return self._heard_machine or self._message_due is not None

    @property
    def holding(self) -> bool:
        return self._hold.active

    @property
    def _briefing(self) -> Briefing:
        return self._dialogue.briefing

    def wait_no_more(self) -> list[Action]:
        """The call ends, or others go on with it: neither a machine nor a person on hold is waited for."""
        self._message_due = None
        return self._end_hold(person=False)

    # The model calls a tool

    def called(self, signal: signals.ToolCalled) -> list[Action]:
        try:
            request = tools.read(signal.name, signal.arguments)
        except ProtocolError as error:
            return [AnswerTool(signal.call_id, str(error)), *self._dialogue.answer()]
        if self._dialogue.ending and not isinstance(request, tools.EndCall | tools.NeverCallAgain):
            return [AnswerTool(signal.call_id, "Too late: the call is being ended.")]
        match request:
            case tools.EndCall(outcome):
                self.outcome = outcome
                self._dialogue.end_called(self._briefing.farewell)
                return [AnswerTool(signal.call_id, "The call is being ended.")]
            case tools.AskRequester(question, choices):
                return self._ask(signal.call_id, question, choices)
            case tools.PressDigits(digits):
                return self._press(signal.call_id, digits)
            case tools.WaitOnHold():
                return [AnswerTool(signal.call_id, "Holding. Say nothing."), *self._begin_hold()]
            case tools.VoicemailReached():
                return [AnswerTool(signal.call_id, "Say nothing more."), *self._voicemail()]
            case tools.NeverCallAgain():
                return self._never_again(signal.call_id)
            case tools.SwitchLanguage(language):
                return self._switch(signal.call_id, language)
        self._dialogue.listen()
        return [AnswerTool(signal.call_id, "Listening.")]

    # The requester in the loop

    def _ask(self, question_id: str, question: str, choices: tuple[str, ...]) -> list[Action]:
        if sensitive(question, *choices):
            return [AnswerTool(question_id, _NOT_ASKED), *self._dialogue.answer()]
        if not self._inquiry.ask(question_id, self._clock.now):
            return [AnswerTool(question_id, "Another question is still open."), *self._dialogue.answer()]
        self._question, self._orphaned = line(question), False
        self._dialogue.patient = True
        asked = events.QuestionAsked(
            at_ms=self._clock.at_ms,
            question_id=question_id,
            question=question,
            choices=choices,
            patience_s=self._inquiry.patience_s,
        )
        told = self._dialogue.hushed or self._dialogue.voice.speaks_in_this_response
        return [Tell(asked), *([] if told else self._dialogue.voice.say(self._briefing.filler))]

    def answered(self, signal: signals.QuestionAnswered) -> list[Action]:
        output = f"{self._briefing.principal} answers: {line(signal.answer)}"
        return self._close(signal.question_id, signal.answer, "answered", output)

    def _close(self, question_id: str, answer: str, how: str, output: str) -> list[Action]:
        if not self._inquiry.close(question_id):
            return []
        self._dialogue.patient = False
        closed = events.QuestionClosed(
            at_ms=self._clock.at_ms,
            question_id=question_id,
            answer=answer,
            how=how,  # type: ignore[arg-type]  # one of its three words
        )
        reply: Action = AnswerTool(question_id, output)
        if self._orphaned:
            # "the server will check that a function_call item with the same ID exists in the conversation history"
            # (Realtime, conversation.item.create): there is none in a session that was made since.
            reply = Instruct(f"You had asked: {self._question} {output}")
        return [Tell(closed), reply, *self._dialogue.answer()]

    def model_lost(self) -> None:
        self._orphaned = self._inquiry.open

    def model_back(self) -> list[Action]:
        """A new session knows the turns. Tell it what else the old one knew."""
        told: list[Action] = []
        if self._language != self._spec.language:
            name = library.language_name(self._language)
            told += [HearLanguage(self._language), Instruct(f"The conversation has gone on in {name}. Speak {name}.")]
        if self._inquiry.open:
            told.append(Instruct(f"You have asked {self._briefing.principal}: {self._question} The answer will come."))
        return told

    def call_ended(self) -> list[Action]:
        """The question that is open will have no answer; nobody is on hold any more."""
        told = self._close(self._inquiry.question_id, "", "call_ended", "")
        return [action for action in told + self._end_hold(person=False) if isinstance(action, Tell)]

    # Keys, and the menus they are for

    def _press(self, call_id: str, digits: str) -> list[Action]:
        keys = re.sub(r"[\s,-]", "", digits)
        if not _KEYS.fullmatch(keys) or sensitive(keys):
            return [AnswerTool(call_id, "These are no keys for a menu."), *self._dialogue.answer()]
        self._dialogue.listen()
        return [
            *self._dialogue.voice.drop(),  # the menu goes on: what was still to be said to it is of no use
            AnswerTool(call_id, "Pressed. Listen to what comes."),
            Tell(events.DigitsPressed(at_ms=self._clock.at_ms, digits=keys)),
            PressDigits(keys),
        ]

    def digits_failed(self) -> list[Action]:
        return [Instruct("The keys could not be pressed. Ask for a person instead."), *self._dialogue.answer()]

    # What the callee says

    def callee_began(self, signal: signals.CalleeBegan) -> list[Action]:
        if self._message_due is not None:
            self._message_due = self._clock.now + 60  # the greeting is still going on
        return self._dialogue.callee_began(signal)

    def callee_committed(self, signal: signals.CalleeCommitted) -> list[Action]:
        if self._message_due is not None:
            self._message_due = self._clock.now + (PAUSE_S if self._heard_machine else SUSPICION_S)
        return self._dialogue.callee_committed(signal)

    def callee_words(self, signal: signals.CalleeWords) -> list[Action]:
        if not self._dialogue.hearing.knows(signal.item_id):
            return []
        actions = self._heard_on_hold(signal) if self._hold.active else self._heard(signal)
        return actions + (self._note_refusal() if self._refuses(signal.text) else [])

    def _heard(self, signal: signals.CalleeWords) -> list[Action]:
        text = signal.text
        self._hold.heard(text, self._phrases, lasted_ms=self._dialogue.hearing.lasted_ms(signal.item_id))
        actions = self._dialogue.callee_words(signal)
        if text and self._phrases.is_screening(text):
            self._screened = True
            return actions + self._no_machine()
        if text and self._phrases.is_menu(text):
            actions += self._no_machine()
            if self._menu.heard(text, self._phrases) and not self._dialogue.closing:
                actions += self._end_politely(EndReason.MENU_LOOP, self._briefing.farewell)
            return actions
        if self._hold.music() and not (self._dialogue.closing or self.machine):
            return actions + self._dialogue.hush() + self._begin_hold()
        return actions

    # Never again

    def _refuses(self, text: str) -> bool:
        """A person asks never to be called again: no recording's words, and no machine's."""
        phrases = self._phrases
        recorded = phrases.is_announcement(text) or phrases.is_menu(text) or phrases.is_screening(text)
        return phrases.is_refusal(text) and not (recorded or self.machine)

    def _never_again(self, call_id: str) -> list[Action]:
        """By the model's own ear."""
        if self.machine or self._hold.active:
            return [AnswerTool(call_id, "That was a recording, and nobody's wish.")]
        self._dialogue.end_called(self._briefing.never_again)
        return [AnswerTool(call_id, "Noted. Apologise and say goodbye."), *self._note_refusal()]

    def _note_refusal(self) -> list[Action]:
        if self._refused:
            return []
        self._refused = True
        return [Tell(events.DoNotCallAsked(at_ms=self._clock.at_ms))]

    # On hold

    def _begin_hold(self) -> list[Action]:
        if self.machine or not self._hold.begin(self._clock.now):
            return []
        return [*self._dialogue.hold_back(), Tell(events.HoldBegan(at_ms=self._clock.at_ms))]

    def _end_hold(self, *, person: bool) -> list[Action]:
        if not self._hold.active:
            return []
        lasted_s = round(self._hold.end(self._clock.now), 3)
        self._dialogue.hushed = False
        return [Tell(events.HoldEnded(at_ms=self._clock.at_ms, lasted_s=lasted_s, person=person))]

    def _heard_on_hold(self, signal: signals.CalleeWords) -> list[Action]:
        """Music and announcements are forgotten, so that nobody pays for them; a person is answered at once."""
        if not self._dialogue.hearing.undecided(signal.item_id):
            return self._dialogue.callee_words(signal)  # said, and answered, before the hold began
        if not self._hold.back(signal.text, self._phrases):
            return self._dialogue.forget(signal.item_id)
        return self._end_hold(person=True) + self._dialogue.take_up(signal)

    # Machines

    def detected(self, answered_by: str) -> list[Action]:
        """What answering machine detection says. It cannot tell call screening, a phone menu or a queue from an
        answering machine; a menu may be a machine's own ("or press 1"), if it beeps.
        """
        if not answered_by.startswith(("machine", "fax")) or self._screened or self._hold.active:
            return []
        if answered_by == "fax":
            self._heard_machine = True
            return self._hang_up(EndReason.VOICEMAIL)
        if answered_by == "machine_end_beep":
            return self._leave_message()
        if self._menu.known:
            return []
        self._message_due = self._clock.now + SUSPICION_S
        return self._dialogue.hush()

    def _voicemail(self) -> list[Action]:
        """By the model's own ear: the greeting is being read, and the beep is yet to come."""
        self._heard_machine = True
        if not self._briefing.voicemail:
            return self._hang_up(EndReason.VOICEMAIL)
        self._message_due = self._clock.now + GREETING_S
        return self._dialogue.hold_back()

    def _leave_message(self) -> list[Action]:
        """Once, after the beep; or none, as the spec says."""
        self._heard_machine = True
        self._message_due = None
        self._dialogue.hushed = False
        if not self._briefing.voicemail:
            return self._hang_up(EndReason.VOICEMAIL)
        actions = self._end_politely(EndReason.VOICEMAIL, self._briefing.voicemail)
        return [*actions, Tell(events.MessageBegan(at_ms=self._clock.at_ms))]

    def _no_machine(self) -> list[Action]:
        """It is call screening, or a menu: answer it."""
        if self._message_due is None or self._heard_machine:
            return []
        self._message_due = None
        self._dialogue.hushed = False
        return self._dialogue.answer()

    # Languages

    def _switch(self, call_id: str, language: str) -> list[Action]:
        if language not in (*self._spec.may_switch_to, self._spec.language):
            name = library.language_name(self._spec.language)
            return [
                AnswerTool(call_id, f"Not allowed. Say that you only speak {name}."),
                *self._dialogue.answer(),
            ]
        self._language = language
        self._phrases = phrasebook(language)
        self._dialogue.understand(self._phrases, brief(msgspec.structs.replace(self._spec, language=language)))
        return [
            HearLanguage(language),
            Tell(events.LanguageSwitched(at_ms=self._clock.at_ms, language=language)),
            AnswerTool(call_id, f"Go on in {library.language_name(language)}."),
            *self._dialogue.answer(),
        ]

    # Time

    def settle(self) -> list[Action]:
        now = self._clock.now
        actions: list[Action] = []
        if self._hold.expected() and self._dialogue.silent_too_long:
            actions += self._begin_hold()
        if self._hold.deadline is not None and now >= self._hold.deadline:
            actions += self._end_hold(person=False)
            actions += self._end_politely(EndReason.HOLD_LIMIT, self._briefing.farewell)
        if self._inquiry.overdue(now):
            actions += self._close(self._inquiry.question_id, "", "timed_out", self._briefing.no_answer)
        if self._message_due is not None and now >= self._message_due:
            actions += self._leave_message()
        return actions
