"""The dialogue: who speaks, what an interruption is, when a goodbye is a goodbye.

Pure: signals in, actions out. Owns the floor and the rules of the talk between agent and callee; the call around it
(its states, its limits, its end) is `session.py`'s. `docs/conversation.md` explains each rule and its source.
"""

from typing import Literal

from bridge import events, signals
from bridge.actions import Action, Forget, Instruct, Tell
from bridge.briefing import Briefing
from bridge.call import Turn
from bridge.clock import Clock
from bridge.hearing import Hearing
from bridge.interruption import Interruption, Verdict
from bridge.leave import Leave
from bridge.opening import Opening
from bridge.phrases import Phrasebook
from bridge.silence import Silence
from bridge.transcript import Transcript
from bridge.voice import Voice

LAST_SYLLABLES_MS = 800  # of the agent's sentence: a backchannel over them is an answer to it

Floor = Literal["nobody", "callee", "agent"]


class Dialogue:
    def __init__(
        self, briefing: Briefing, phrases: Phrasebook, clock: Clock, opening: Opening, transcript: Transcript
    ) -> None:
        self.briefing = briefing
        self._phrases = phrases
        self._clock = clock
        self._transcript = transcript
        self.voice = Voice(self._transcript, clock)
        self._interruption: Interruption | None = None
        self._barged_in = False  # the interruption silenced words, not only the making of them
        self._opening = opening
        self.hearing = Hearing(self._transcript)
        self._leave = Leave(self.voice, self.hearing, self._transcript, clock)
        self._closing = self._leave.closing
        self._guess = ""  # the callee's item that is being answered before its words are known
        self._silence = Silence()
        self.owes_answer = False  # the callee is waiting for it, and the model is gone
        self.hushed = False  # nothing is answered: on hold, or a machine is talking
        self.patient = False  # the callee has been told to wait: silence is no question

    # What the session asks

    @property
    def turns(self) -> list[Turn]:
        return self._transcript.turns()

    @property
    def floor(self) -> Floor:
        if self.hearing.speaking:
            return "callee"
        return "agent" if self.voice.busy else "nobody"

    @property
    def closing(self) -> bool:
        return self._closing.active

    @property
    def ending(self) -> bool:
        """The call ends, whatever anybody says."""
        return self._closing.active and self._closing.forced

    @property
    def over(self) -> bool:
        """The goodbyes are said and waited out: hang up."""
        return self._closing.due(self._clock.now)

    @property
    def callee_said_goodbye(self) -> bool:
        last = next((turn for turn in reversed(self.turns) if turn.party == "callee"), None)
        return last is not None and self._phrases.ends_with_goodbye(last.text)

    @property
    def deadline(self) -> float | None:
        interruption = self._interruption.deadline if self._interruption else None
        times = (self._closing.deadline, interruption, self._silence.deadline, self._opening.deadline)
        return min([at for at in times if at is not None], default=None)

    @property
    def silent_too_long(self) -> bool:
        return self._silence.deadline is not None and self._clock.now >= self._silence.deadline

    # What the session wants

    def answer(self) -> list[Action]:
        """Have the model go on with the conversation as it stands, if it is its turn to speak."""
        waits = self.hushed or self._closing.active or self.hearing.speaking  # their last word will ask for an answer
        return [] if waits else self.voice.answer()

    def take_up(self, signal: signals.CalleeWords) -> list[Action]:
        """Words that are answered at once, whatever they are."""
        self.hearing.unsure.discard(signal.item_id)
        return self.callee_words(signal) + self.answer()

    def forget(self, item_id: str) -> list[Action]:
        """An utterance that was none."""
        self.hearing.unsure.discard(item_id)
        return [Forget(item_id)]

    def stop(self) -> list[Action]:
        """Fall silent at once; of an opening, too, no more is to be heard."""
        self._interruption = None
        self._opening.greeting_over(self._clock.now)
        self._opening.end(self._clock.at_ms)
        return self.voice.clear() + self._fall_silent()

    def hush(self) -> list[Action]:
        """Fall silent, and answer nothing until it is over; no goodbye counts that was said."""
        actions = self.stop()
        self._closing.cancel()
        self.hushed = True
        return actions

    def hold_back(self) -> list[Action]:
        """Answer nothing until it is over. What is being said is still said, unless the callee is breaking in."""
        actions = self.stop() if self._interruption else []
        self.voice.forget_wish()
        self._leave.forget()
        self._closing.cancel()
        self.hushed = True
        return actions

    def listen(self) -> None:
        """Nothing to say for now; a longer silence than usual is expected."""
        self._silence.extend(self._clock.now)

    def understand(self, phrases: Phrasebook, briefing: Briefing) -> None:
        """The talk goes on in another language."""
        self._phrases = phrases
        self.briefing = briefing

    def end_politely(self, words: str, reason: str) -> list[Action]:
        """Say what these instructions ask for, once, and be over then, whatever the callee says meanwhile."""
        self.hushed = False
        return self.stop() + self.voice.say(words) + self._leave.begin(forced=True, reason=reason)

    def insist(self) -> None:
        """The call ends, whatever the callee says from now on, and without another word of ours."""
        self._interruption = None
        self._opening.end(self._clock.at_ms)
        self._closing.insist()

    def whisper(self, text: str) -> list[Action]:
        """An instruction from the requester; acted on at once where nobody is speaking, else at the next turn."""
        act_now = self._opening.over and self.floor == "nobody"
        told = Tell(events.Whispered(at_ms=self._clock.at_ms, text=text))
        return [told, Instruct(text), *(self.answer() if act_now else [])]

    # The line

    def stream_started(self) -> list[Action]:
        if not self._opening.line_open(self._clock.now):
            return []  # this persona lets the callee speak first
        return self.voice.attach()

    def stream_stopped(self) -> list[Action]:
        self._opening.line_gone()
        return self.voice.detach()

    # The callee

    def callee_began(self, signal: signals.CalleeBegan) -> list[Action]:
        self.hearing.began(signal.item_id, self._clock.at_ms)
        if self.hushed:
            pass
        elif self._closing.active:
            # The farewell is never clipped: what the callee says over it is weighed when their words are known.
            self._closing.callee_began(signal.item_id)
        elif not self._opening.over:
            if self._opening.greeting_began(signal.item_id, self._clock.now):
                self._transcript.place_before(signal.item_id, self._opening.item_id)
        elif self._interruption:
            self._interruption.goes_on(signal.item_id)
        else:
            return self._interrupted(signal.item_id) if self.voice.busy else []
        self.hearing.unsure.add(signal.item_id)
        return []

    def _interrupted(self, item_id: str) -> list[Action]:
        playing = self.voice.item
        actions = self.voice.clear()
        if not self.voice.busy:
            # They answer as its last sound fades away: nothing is left that could be interrupted.
            return actions + self.voice.resume()
        self._interruption = Interruption(item_id, self._clock.now)
        self.hearing.unsure.add(item_id)
        self._barged_in = bool(playing)
        if not playing:
            # A response is being made and nothing of it has been said: just keep it back until we know more.
            return []
        heard_ms = self.voice.heard_ms(playing)
        return [*actions, Tell(events.BargedIn(at_ms=self._clock.at_ms, item_id=playing, heard_ms=heard_ms))]

    def callee_committed(self, signal: signals.CalleeCommitted) -> list[Action]:
        self.hearing.committed(signal.item_id, self._clock.at_ms)
        if self.hushed:
            return []
        if self._closing.active:
            self._closing.callee_committed(signal.item_id, self._clock.now)
            return []
        if self._interruption:
            verdict = self._interruption.committed(self._clock.now)
            return self._decide(verdict) if verdict else []
        self._opening.greeting_over(self._clock.now)
        if signal.item_id in self.hearing.unsure and not self._opening.answered(self._clock.at_ms):
            return []
        self.hearing.unsure.discard(signal.item_id)
        self._guess = signal.item_id
        return self.voice.answer()

    def callee_words(self, signal: signals.CalleeWords) -> list[Action]:
        """The transcription of an utterance."""
        unsure = signal.item_id in self.hearing.unsure
        self.hearing.unsure.discard(signal.item_id)
        told: list[Action] = []
        if signal.text:
            self._silence.broken()
            told.append(self.hearing.turn(signal.item_id, signal.text, self._clock.at_ms))
        if self.hushed:
            return told
        if self._closing.active:
            if unsure and self._closing.callee_words(signal.item_id, signal.text, self._phrases, self._clock.now):
                return told + self._leave.cancelled()
            return told
        if self._interruption and signal.item_id in self._interruption.items:
            verdict = self._interruption.words(signal.item_id, signal.text, self._phrases)
            return told + (self._decide(verdict) if verdict else [])
        if unsure:
            if signal.item_id == self._opening.greeting:
                # The opening, which comes after it, answers a greeting, but not a menu.
                wanted = self._phrases.is_menu(signal.text)
            else:
                wanted = self._opening.wants_answer(signal.text, self._phrases)
            return told + (self.voice.answer() if wanted else [])
        # Without words it was noise, and a reply to it is being made.
        return told if signal.text or signal.item_id != self._guess else self.voice.take_back()

    def _decide(self, verdict: Verdict) -> list[Action]:
        """The interruption is over: the agent yields the floor, or goes on from where it stopped."""
        items = self._interruption.items if self._interruption else []
        # A "yes" over its last syllables answers the sentence: what is left of it is said, and then the talk goes on.
        words_came = any(self._transcript.get(item_id) for item_id in items)
        answers = (
            words_came
            and self._barged_in
            and not self.voice.making  # else these are its first syllables, and the rest is still being made
            and self.voice.unheard_ms <= LAST_SYLLABLES_MS
        )
        self._interruption = None
        told: list[Action] = []
        if self._barged_in:
            told.append(Tell(events.BargeInResolved(at_ms=self._clock.at_ms, outcome=verdict.value)))
        if verdict is Verdict.RESUME:
            # Words that come later than our patience lasts are answered after what is said now.
            resumed = self.voice.resume()
            return told + resumed + (self.voice.answer() if answers else [])
        self.hearing.unsure.difference_update(items)
        told += self._fall_silent()
        return told if self.hearing.speaking else told + self.voice.answer()

    def _fall_silent(self) -> list[Action]:
        """Stop the response that is being made and give up what of it has not been heard."""
        self._leave.forget()
        return self.voice.give_up()

    # The model

    def model_ready(self) -> list[Action]:
        """The agent speaks first: its opening is made while the phone still rings, and waits for the line."""
        return self.voice.say(self.briefing.opening) if self._opening.ask() and not self.hushed else []

    def item_added(self, signal: signals.ItemAdded) -> list[Action]:
        self._transcript.place(signal.item_id, signal.after)
        return []

    def response_ended(self, signal: signals.ResponseEnded) -> list[Action]:
        actions = self.voice.response_ended(signal)
        if not self._opening.item_id and not self.voice.making:
            self._opening.end(self._clock.at_ms)  # the model had nothing to say
        return actions

    def agent_audio(self, signal: signals.AgentAudio) -> list[Action]:
        if self.voice.dropped(signal.response_id):
            return []
        self._opening.audio(signal.item_id)
        return self.voice.audio(signal)

    def agent_words(self, signal: signals.AgentWords) -> list[Action]:
        if self.voice.dropped(signal.response_id):
            return []
        if signal.item_id != self._opening.item_id:
            self._leave.agent_words(signal, self._phrases)
        return self.voice.words(signal)

    def end_called(self, farewell: str) -> None:
        if not self.hushed:
            self._leave.end_called(farewell)

    def model_lost(self) -> list[Action]:
        """Its session is gone. What it has made already is still played; what it owed is asked for again later."""
        waiting = self.hearing.speaking or self._interruption is not None or bool(self.hearing.unsure)
        self.owes_answer = self.owes_answer or self.voice.making or waiting
        opening = self._opening.item_id
        if self.voice.says(opening) and not self._transcript.get(opening):
            # Nobody has heard any of it: it is made anew, and whole.
            self.voice.give_up()
            self._opening.item_id = ""
        self._closing.deaf()
        self._interruption = None
        self.hearing.deaf()
        return self.voice.lost()

    def model_back(self) -> list[Action]:
        """A new session has been told the turns so far."""
        owed, self.owes_answer = self.owes_answer, False
        if self._opening.lost():
            return self.model_ready()
        actions = self.voice.resume()
        if owed and not (self._closing.active or self.hushed or self.voice.making):
            # In the conversation, not in the place of the prompt: the facts are needed to go on.
            actions += [Instruct(self.briefing.resume), *self.voice.answer()]
        return actions

    # Time

    def settle(self) -> list[Action]:
        """What follows from where things stand now, whatever it was that happened."""
        actions: list[Action] = []
        if self._opening.greeted(self._clock.now):
            actions += self.voice.attach()
        opening = self._transcript.get(self._opening.item_id)
        if opening is not None and opening.final:
            self._opening.end(self._clock.at_ms)
        actions += self._leave.settle(interrupted=self._interruption is not None)
        if self._interruption and (verdict := self._interruption.overdue(self._clock.now)):
            actions += self._decide(verdict)
        return actions + self._watch_silence()

    def _watch_silence(self) -> list[Action]:
        quiet = (
            self.voice.on_line
            and self._opening.over
            and self.floor == "nobody"
            and not (self._closing.active or self._interruption or self.hushed or self.patient)
        )
        if self._silence.watch(self._clock.now, quiet=quiet) and not self._silence.hopeless:
            return self.voice.say(self.briefing.still_there)
        return []

    @property
    def gone_silent(self) -> bool:
        """The callee has been asked often enough whether they are there."""
        return self._silence.hopeless and not self._closing.active
