"""The scene of a rehearsal: the requester plays the callee in writing, and the agent answers as on the phone.

Pure: signals in, actions out, and the lines that the requester gets to see. Owns whose turn it is and what the model's
tools do where there is no line to press keys or wait on; they are answered in the words of `toolbox.py`. The model's
socket is `rehearsal.py`'s.
"""

import re
from typing import Literal

import msgspec

from bridge import signals, tools
from bridge.actions import Action, AnswerTool, CalleeWrites, Respond
from bridge.briefing import Briefing, brief, line
from bridge.call import CallSpec, Usage
from bridge.errors import ModelError, ProtocolError
from bridge.hold import Hold
from bridge.inquiry import Inquiry
from bridge.phrases import phrasebook
from bridge.responder import Responder
from bridge.sensitive import Sensitive, sensitive
from bridge.signals import Signal
from prompts import library

DENIED = "OpenAI refused the rehearsal ({detail}). Check OPENAI_API_KEY, its credit and REALTIME_MODEL."
MOST_RESPONSES = 5  # to one input: a model that only calls tools comes to an end
_NOT_ASKED = (
    "Not asked: it is about a password, a code or a card or bank number. Neither give nor take such a thing; say that "
    "you cannot."
)
_KEYS = re.compile(r"[0-9*#]{1,20}")


class Line(msgspec.Struct, frozen=True):
    """What the agent said or did."""


class Said(Line, frozen=True):
    text: str


class Asked(Line, frozen=True):
    """The agent needs something from the requester, whose part is not the callee's; comes last of its lines."""

    question: str
    choices: tuple[str, ...] = ()


class Pressed(Line, frozen=True):
    digits: str


class Waits(Line, frozen=True):
    """It says nothing, and it is the callee's turn again."""

    reason: Literal["on_hold", "listening"]


class Switched(Line, frozen=True):
    """It goes on in this language (ISO 639-1)."""

    language: str


class Over(Line, frozen=True):
    """It hangs up here. `outcome` is what it told its `end_call` tool, "" if it told nothing."""

    outcome: str = ""


class Refused(Line, frozen=True):
    """Nothing was passed on to the agent: the words hold what it neither gives nor takes."""

    what: Sensitive


class Scene:
    """`now` in seconds of any steady clock. `handle` raises ModelError when the rehearsal cannot go on."""

    def __init__(self, spec: CallSpec, briefing: Briefing) -> None:
        self.usage = Usage()
        self._spec = spec
        self._briefing = briefing
        self._phrases = phrasebook(spec.language)
        self._responder = Responder()
        self._inquiry = Inquiry()
        self._hold = Hold()
        self._ready = False  # the model's session is configured
        self._opening = False  # the response that is being made is the opening
        self._left = 0  # responses that the last input may still have
        self._lines: list[Line] = []
        self._made: list[Line] = []  # of the response that is being made
        self._wish = False  # a tool was answered, and the talk goes on
        self._leave: Over | None = None  # how it will be over, once the last words are said
        self._last_words = ""  # instructions for them
        self._over: Over | None = None
        self._for_good = False  # a machine cannot call the agent back

    @property
    def settled(self) -> bool:
        """The agent has said and done all that it will before it hears more."""
        return self._ready and not self._responder.busy

    def take(self) -> list[Line]:
        """The lines since the last time. A question comes last: it waits for an answer."""
        lines, self._lines = self._lines, []
        return sorted(lines, key=lambda line: isinstance(line, Asked))

    # What the requester writes

    def begin(self) -> list[Action]:
        """Have the agent say its opening."""
        self._opening = True
        return self._responder.ask(Respond(self._briefing.opening, tools=False))

    def say(self, text: str, *, now: float) -> list[Action]:
        """The callee's words. Over a goodbye they count as on the phone: thanks let the agent go, others do not.

        A callee who asks for a card number is worth rehearsing: only numbers themselves are refused.
        """
        words = text.strip()
        if (found := sensitive(words)) and found != "secret":
            self._lines.append(Refused(found))
        elif self._over and (self._for_good or self._lets_go(words)):
            self._lines.append(self._over)
        elif self._hold.active and not self._hold.back(words, self._phrases):
            self._lines.append(Waits("on_hold"))
        elif not words:
            self._lines.append(Waits("listening"))
        else:
            self._hold.end(now)
            self._over = None
            return [CalleeWrites(words), *self._go_on(MOST_RESPONSES)]
        return []

    def answer(self, text: str) -> list[Action]:
        """The requester's answer to the open question; "": there is none. Nothing, where no question is open."""
        if not self._inquiry.open:
            return []
        if found := sensitive(text):
            self._lines.append(Refused(found))
            return []
        words, question_id = line(text), self._inquiry.question_id
        self._inquiry.close(question_id)
        output = f"{self._briefing.principal} answers: {words}" if words else self._briefing.no_answer
        if self._hold.active:
            self._lines.append(Waits("on_hold"))  # nobody is there to be told
            return [AnswerTool(question_id, output)]
        return [AnswerTool(question_id, output), *self._go_on(MOST_RESPONSES)]

    def _lets_go(self, words: str) -> bool:
        return not words or self._phrases.is_parting(words) or self._phrases.ends_with_goodbye(words)

    # What the model does

    def handle(self, signal: Signal, *, now: float) -> list[Action]:
        match signal:
            case signals.ModelReady():
                self._ready = True
            case signals.ResponseBegan(response_id):
                return self._responder.began(response_id)
            case signals.AgentWords(_, _, text, True) if text.strip():
                self._made.append(Said(text.strip()))
            case signals.ToolCalled(call_id, name, arguments):
                return [AnswerTool(call_id, output) for output in self._called(call_id, name, arguments, now)]
            case signals.ResponseEnded():
                return self._ended(signal, now)
            case signals.ModelObjected(code, True):
                return self._unless_failing(self._responder.declined(now), code, now)
            case signals.ModelObjected(code) if code != "server_error":
                # All else that we send is the session and its items: without them it is another conversation. What
                # a server's own error breaks off is told apart, by the response's end or the socket's.
                raise ModelError(DENIED.format(detail=code), code="denied")
            case _:
                pass
        return []

    def _ended(self, signal: signals.ResponseEnded, now: float) -> list[Action]:
        self.usage += signal.usage
        again = self._responder.ended(signal.response_id, signal.status, now)
        made, self._made = self._made, []
        if signal.status == "failed":
            # What it had begun to say it will say anew.
            self._lines += [line for line in made if not isinstance(line, Said)]
            return self._unless_failing(again, signal.detail, now)
        self._lines += made
        onward = again + self._onward(made)
        if not (onward or self._lines):
            self._lines.append(Waits("listening"))
        return onward

    def _unless_failing(self, again: list[Action], code: str, now: float) -> list[Action]:
        if self._responder.failing(now):
            text = f"The voice model fails to answer ({code}). Try again in a minute."
            raise ModelError(text, retryable=True, code="failing")
        return again

    def _onward(self, made: list[Line]) -> list[Action]:
        """What follows a response: the last words and the end, an answer to tools that were called, or the callee."""
        opening, self._opening = self._opening, False
        wish, self._wish = self._wish, False
        said = [line.text for line in made if isinstance(line, Said)]
        parted = bool(said) and self._phrases.ends_with_goodbye(said[-1])
        if self._leave:
            return self._take_leave(self._leave, parted=parted)
        if wish and not self._hold.active:
            return self._go_on(self._left)
        if not said and any(isinstance(line, Asked) for line in made):
            return self._responder.ask(Respond(self._briefing.filler, tools=False))
        if parted and not opening:
            self._end(Over())
        return []

    def _go_on(self, left: int) -> list[Action]:
        self._left = max(0, left - 1)
        return self._responder.ask(Respond()) if left else []

    def _take_leave(self, over: Over, *, parted: bool) -> list[Action]:
        """A call that is ended without a goodbye gets one first."""
        words, self._last_words = self._last_words, ""
        if not words or (parted and not self._for_good):
            self._end(over)
            return []
        return self._responder.ask(Respond(words, tools=False))

    def _end(self, over: Over) -> None:
        self._leave, self._over = None, over
        self._lines.append(over)

    # Its tools: each gives the output that answers the call, or none as long as a question is open

    def _called(self, call_id: str, name: str, arguments: str, now: float) -> list[str]:
        try:
            request = tools.read(name, arguments)
        except ProtocolError as error:
            return self._told(str(error))
        match request:
            case tools.EndCall(outcome):
                self._leave, self._last_words = Over(outcome), self._briefing.farewell
                return ["The call is being ended."]
            case tools.NeverCallAgain():
                return self._never_again()
            case tools.AskRequester(question, choices):
                return self._ask(call_id, question, choices, now)
            case tools.PressDigits(digits):
                return self._press(digits)
            case tools.WaitOnHold():
                self._hold.begin(now)
                self._made.append(Waits("on_hold"))
                return ["Holding. Say nothing."]
            case tools.VoicemailReached():
                self._leave, self._last_words, self._for_good = Over(), self._briefing.voicemail, True
                return ["Say nothing more."]
            case tools.SwitchLanguage(language):
                return self._switch(language)
        self._made.append(Waits("listening"))
        return ["Listening."]

    def _told(self, output: str) -> list[str]:
        """An output that the agent has something to say to."""
        self._wish = True
        return [output]

    def _ask(self, question_id: str, question: str, choices: tuple[str, ...], now: float) -> list[str]:
        if sensitive(question, *choices):
            return self._told(_NOT_ASKED)
        if not self._inquiry.ask(question_id, now):
            return self._told("Another question is still open.")
        self._made.append(Asked(question, choices))
        return []

    def _never_again(self) -> list[str]:
        if self._hold.active or self._for_good:
            return ["That was a recording, and nobody's wish."]
        self._leave, self._last_words = Over(), self._briefing.never_again
        return ["Noted. Apologise and say goodbye."]

    def _press(self, digits: str) -> list[str]:
        keys = re.sub(r"[\s,-]", "", digits)
        if not _KEYS.fullmatch(keys) or sensitive(keys):
            return self._told("These are no keys for a menu.")
        self._made.append(Pressed(keys))
        return ["Pressed. Listen to what comes."]

    def _switch(self, language: str) -> list[str]:
        if language not in (*self._spec.may_switch_to, self._spec.language):
            name = library.language_name(self._spec.language)
            return self._told(f"Not allowed. Say that you only speak {name}.")
        self._phrases = phrasebook(language)
        self._briefing = brief(msgspec.structs.replace(self._spec, language=language))
        self._made.append(Switched(language))
        return self._told(f"Go on in {library.language_name(language)}.")
