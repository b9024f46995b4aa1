"""The dialogue: who speaks, what an interruption is, when a goodbye is a goodbye.

Pure: signals in, actions out. Owns the floor and the rules of the talk between agent and callee; the call around it
(its states, its limits, its end) is `session.py`'s. `docs/conversation.md` explains each rule and its source.
"""

from typing import Literal

from bridge import events, signals
from bridge.actions import Action, Instruct, Respond, Tell
from bridge.briefing import Briefing
from bridge.call import Turn
from bridge.clock import Clock
from bridge.closing import Closing
from bridge.hearing import Hearing
from bridge.interruption import Interruption, Verdict
from bridge.opening import Opening
from bridge.phrases import Phrasebook
from bridge.responder import Responder
from bridge.silence import Silence
from bridge.speech import Speech
from bridge.transcript import Transcript

LAST_SYLLABLES_MS = 800  # of the agent's sentence: a backchannel over them is an answer to it

Floor = Literal["nobody", "callee", "agent"]


class Dialogue:
    def __init__(
        self, briefing: Briefing, phrases: Phrasebook, clock: Clock, *, waits_for_greeting: bool = False
    ) -> None:
        self._briefing = briefing
        self._phrases = phrases
        self._clock = clock
        self._transcript = Transcript()
        self._speech = Speech(self._transcript)
        self._responder = Responder()
        self._closing = Closing()
        self._interruption: Interruption | None = None
        self._barged_in = False  # the interruption silenced words, not only the making of them
        self._opening = Opening(waits=waits_for_greeting)
        self._farewell_item = ""  # an item that ends with a goodbye, until its first words are on the line
        self._end_called = False  # the model has called end_call in the response being made
        self._hearing = Hearing(self._transcript)
        self._guess = ""  # the callee's item that is being answered before its words are known
        self._silence = Silence()
        self._owes_answer = False  # the model was lost while the callee was waiting for it
        self.hushed = False  # nothing is answered: on hold, or a machine is talking
        self.patient = False  # the callee has been told to wait: silence is no question

    # What the session asks

    @property
    def turns(self) -> list[Turn]:
        return self._transcript.turns()

    @property
    def floor(self) -> Floor:
        if self._hearing.speaking:
            return "callee"
        return "agent" if self._agent_busy else "nobody"

    @property
    def _agent_busy(self) -> bool:
        return self._responder.busy or not self._speech.playout.silent

    @property
    def closing(self) -> bool:
        return self._closing.active

    @property
    def over(self) -> bool:
        """The goodbyes are said and waited out: hang up."""
        return self._closing.due(self._clock.now)

    @property
    def model_failing(self) -> bool:
        return self._responder.failing(self._clock.now)

    @property
    def callee_said_goodbye(self) -> bool:
        last = next((turn for turn in reversed(self.turns) if turn.party == "callee"), None)
        return last is not None and self._phrases.ends_with_goodbye(last.text)

    @property
    def deadline(self) -> float | None:
        interruption = self._interruption.deadline if self._interruption else None
        times = (self._closing.deadline, interruption, self._silence.deadline, self._opening.deadline)
        return min((at for at in times if at is not None), default=None)

    @property
    def silent_too_long(self) -> bool:
        return self._silence.deadline is not None and self._clock.now >= self._silence.deadline

    @property
    def speaks_in_this_response(self) -> bool:
        return bool(self._speech.playout.items(self._responder.active))

    def lasted_ms(self, item_id: str) -> int:
        """How long a callee's utterance was, with the quiet that ended it."""
        return self._hearing.lasted_ms(item_id)

    # What the session wants

    def answer(self) -> list[Action]:
        """Have the model go on with the conversation as it stands."""
        return self._responder.ask(Respond())

    def say(self, words: str) -> list[Action]:
        """Have the model say what these instructions ask for, and nothing else."""
        return self._responder.ask(Respond(words, tools=False))

    def stop(self) -> list[Action]:
        """Fall silent at once."""
        self._interruption = None
        return self._speech.clear(self._clock.now, self._clock.at_ms) + self._fall_silent()

    def hush(self) -> list[Action]:
        """Fall silent, and answer nothing until it is over; no goodbye counts that was said."""
        actions = self.stop()
        self._closing.cancel()
        self.hushed = True
        return actions

    def listen(self) -> None:
        """Nothing to say for now; a longer silence than usual is expected."""
        self._silence.extend(self._clock.now)

    def understand(self, phrases: Phrasebook) -> None:
        """The talk goes on in another language."""
        self._phrases = phrases

    def end_politely(self, words: str) -> list[Action]:
        """Say what these instructions ask for, once, and be over then, whatever the callee says meanwhile."""
        self._opening.end(self._clock.at_ms)
        self.hushed = False
        return self.stop() + self.say(words) + self._begin_closing(forced=True)

    def insist(self) -> None:
        """The call ends, whatever the callee says from now on, and without another word of ours."""
        self._interruption = None
        self._opening.end(self._clock.at_ms)
        self._closing.insist()

    def whisper(self, text: str) -> list[Action]:
        """An instruction from the requester; acted on at once where nobody is speaking, else at the next turn."""
        act_now = self._opening.over and self.floor == "nobody" and not self.closing
        return [Instruct(text), *(self._responder.ask(Respond()) if act_now else [])]

    def cut_off(self) -> list[Action]:
        """The line is gone for good: the turns as far as they were heard."""
        cut = self._speech.detach(self._clock.now, self._clock.at_ms)
        cut += self._speech.give_up(self._responder.active, self._clock.at_ms)
        return [action for action in cut if isinstance(action, Tell)]  # the model is not listening any more

    # The line

    def stream_started(self) -> list[Action]:
        if not self._opening.line_open(self._clock.now):
            return []  # this persona lets the callee speak first
        return self._speech.attach(self._clock.now, self._clock.at_ms)

    def stream_stopped(self) -> list[Action]:
        return self._speech.detach(self._clock.now, self._clock.at_ms)

    def mark_returned(self, signal: signals.MarkReturned) -> list[Action]:
        return self._speech.returned(signal.name, self._clock.now, self._clock.at_ms)

    # The callee

    def callee_began(self, signal: signals.CalleeBegan) -> list[Action]:
        self._hearing.began(signal.item_id, self._clock.at_ms)
        if self.hushed:
            self._hearing.unsure.add(signal.item_id)
            return []
        if self._closing.active:
            # The farewell is never clipped: what the callee says over it is weighed when their words are known.
            self._closing.callee_began(signal.item_id)
            self._hearing.unsure.add(signal.item_id)
            return []
        if not self._opening.over:
            self._opening.greeting_began(self._clock.now)
            self._hearing.unsure.add(signal.item_id)
            return []
        if self._interruption:
            self._interruption.goes_on(signal.item_id)
            self._hearing.unsure.add(signal.item_id)
            return []
        return self._interrupted(signal.item_id) if self._agent_busy else []

    def _interrupted(self, item_id: str) -> list[Action]:
        playing = next(iter(self._speech.playout.unheard), "")
        actions = self._speech.clear(self._clock.now, self._clock.at_ms)
        if not self._agent_busy:
            # They answer as its last sound fades away: nothing is left that could be interrupted.
            return actions + self._speech.resume(self._clock.now, self._clock.at_ms)
        self._interruption = Interruption(item_id, self._clock.now)
        self._hearing.unsure.add(item_id)
        self._barged_in = bool(playing)
        if not playing:
            # A response is being made and nothing of it has been said: just keep it back until we know more.
            return []
        heard_ms = self._speech.playout.heard(playing).heard_ms
        return [*actions, Tell(events.BargedIn(at_ms=self._clock.at_ms, item_id=playing, heard_ms=heard_ms))]

    def callee_committed(self, signal: signals.CalleeCommitted) -> list[Action]:
        self._hearing.committed(signal.item_id, self._clock.at_ms)
        if self.hushed:
            return []
        if self._closing.active:
            self._closing.callee_committed(signal.item_id, self._clock.now)
            return []
        if self._interruption:
            verdict = self._interruption.committed(self._clock.now)
            return self._decide(verdict) if verdict else []
        self._opening.greeting_over(self._clock.now)
        if signal.item_id in self._hearing.unsure and not self._opening.answered(self._clock.at_ms):
            return []
        self._hearing.unsure.discard(signal.item_id)
        self._guess = signal.item_id
        return self._responder.ask(Respond())

    def callee_words(self, signal: signals.CalleeWords) -> list[Action]:
        """A transcription. Without speech detected before it, it is an invention and no turn."""
        if not self._hearing.knows(signal.item_id):
            return []
        unsure = signal.item_id in self._hearing.unsure
        self._hearing.unsure.discard(signal.item_id)
        told: list[Action] = []
        if signal.text:
            self._silence.broken()
            told.append(self._hearing.turn(signal.item_id, signal.text, self._clock.at_ms))
        if self.hushed:
            return told
        if self._closing.active:
            if unsure and self._closing.callee_words(signal.item_id, signal.text, self._phrases, self._clock.now):
                return told + self._closing_cancelled()
            return told
        if self._interruption and signal.item_id in self._interruption.items:
            verdict = self._interruption.words(signal.item_id, signal.text, self._phrases)
            return told + (self._decide(verdict) if verdict else [])
        if unsure:
            wanted = self._opening.wants_answer(signal.text, self._phrases)
            return told + (self._responder.ask(Respond()) if wanted else [])
        return told if signal.text or signal.item_id != self._guess else self._take_back()

    def _take_back(self) -> list[Action]:
        """It was noise, and a reply to it is being made: if nothing of that is on the line, nobody need ever know."""
        if self._speech.playout.silent and self._responder.busy:
            return self._responder.cancel()
        return []

    def _decide(self, verdict: Verdict) -> list[Action]:
        """The interruption is over: the agent yields the floor, or goes on from where it stopped."""
        items = self._interruption.items if self._interruption else []
        # A "yes" over its last syllables answers the sentence: what is left of it is said, and then the talk goes on.
        words_came = any(self._transcript.get(item_id) for item_id in items)
        answers = words_came and self._barged_in and self._speech.playout.unheard_ms <= LAST_SYLLABLES_MS
        self._interruption = None
        told: list[Action] = []
        if self._barged_in:
            told.append(Tell(events.BargeInResolved(at_ms=self._clock.at_ms, outcome=verdict.value)))
        if verdict is Verdict.RESUME:
            # Words that come later than our patience lasts are answered after what is said now.
            resumed = self._speech.resume(self._clock.now, self._clock.at_ms)
            return told + resumed + (self._responder.ask(Respond()) if answers else [])
        self._hearing.unsure.difference_update(items)
        told += self._fall_silent()
        return told if self._hearing.speaking else told + self._responder.ask(Respond())

    def _fall_silent(self) -> list[Action]:
        """Stop the response that is being made and give up what of it has not been heard."""
        self._farewell_item = ""
        self._end_called = False
        active = self._responder.active
        return self._responder.cancel() + self._speech.give_up(active, self._clock.at_ms)

    # The model

    def model_ready(self) -> list[Action]:
        """The agent speaks first: its opening is made while the phone still rings, and waits for the line."""
        return self._responder.ask(Respond(self._briefing.opening, tools=False)) if self._opening.ask() else []

    def item_added(self, signal: signals.ItemAdded) -> list[Action]:
        self._transcript.place(signal.item_id, signal.after)
        return []

    def response_began(self, signal: signals.ResponseBegan) -> list[Action]:
        return self._responder.began(signal.response_id)

    def response_ended(self, signal: signals.ResponseEnded) -> list[Action]:
        actions = self._responder.ended(signal.response_id, signal.status, self._clock.now)
        if not self._opening.item_id and not self._responder.busy:
            self._opening.end(self._clock.at_ms)  # the model had nothing to say
        return actions + self._speech.response_over(signal.response_id, self._clock.at_ms)

    def _unwanted(self, response_id: str) -> bool:
        return self._responder.unwanted and response_id == self._responder.active

    def agent_audio(self, signal: signals.AgentAudio) -> list[Action]:
        if self._unwanted(signal.response_id):
            return []
        self._opening.audio(signal.item_id)
        return self._speech.audio(signal, self._clock.now, self._clock.at_ms)

    def agent_audio_done(self, signal: signals.AgentAudioDone) -> list[Action]:
        return self._speech.audio_done(signal.item_id, self._clock.at_ms)

    def agent_words(self, signal: signals.AgentWords) -> list[Action]:
        if self._unwanted(signal.response_id):
            return []
        turn = self._transcript.get(signal.item_id)
        heard_no_more = turn is not None and turn.interrupted
        if signal.final and not heard_no_more and self._phrases.ends_with_goodbye(signal.text):
            self._farewell_item = signal.item_id if signal.item_id != self._opening.item_id else ""
        return self._speech.words(signal, self._clock.at_ms)

    def end_called(self) -> None:
        if not self._responder.unwanted:
            self._end_called = True

    def model_refused_response(self) -> list[Action]:
        return self._responder.refused()

    def response_refused(self) -> list[Action]:
        """The wish for a response was refused, for another reason than that one is being made: it is made again."""
        return self._responder.declined(self._clock.now)

    def model_lost(self) -> None:
        """Its session is gone. What it has made already is still played; what it owed is asked for again later."""
        waiting = self._hearing.speaking or self._interruption is not None or bool(self._hearing.unsure)
        self._owes_answer = self._owes_answer or self._responder.busy or waiting
        self._speech.response_over(self._responder.active, self._clock.at_ms)
        self._responder.lost()
        self._closing.deaf()
        self._interruption = None
        self._hearing.deaf()

    def model_back(self) -> list[Action]:
        """A new session has been told the turns so far."""
        owed, self._owes_answer = self._owes_answer, False
        if self._opening.lost():
            return self.model_ready()
        actions = self._speech.resume(self._clock.now, self._clock.at_ms)
        if owed and not (self._closing.active or self.hushed):
            actions += self.say(self._briefing.resume)
        return actions

    # The closing

    def _begin_closing(self, *, forced: bool = False) -> list[Action]:
        if not self._closing.begin(forced=forced):
            return []
        return [Tell(events.ClosingBegan(at_ms=self._clock.at_ms))]

    def _closing_cancelled(self) -> list[Action]:
        self._hearing.unsure.clear()  # one answer to all that was said
        told: list[Action] = [Tell(events.ClosingCancelled(at_ms=self._clock.at_ms))]
        return told + self._responder.ask(Respond())

    # Time

    def settle(self) -> list[Action]:
        """What follows from where things stand now, whatever it was that happened."""
        actions: list[Action] = []
        if self._opening.greeted(self._clock.now):
            actions += self._speech.attach(self._clock.now, self._clock.at_ms)
        opening = self._transcript.get(self._opening.item_id)
        if opening is not None and opening.final:
            self._opening.end(self._clock.at_ms)
        if self._farewell_item and not self._interruption and self._transcript.get(self._farewell_item):
            self._farewell_item = ""
            actions += self._begin_closing()
        if self._end_called and not (self._interruption or self._responder.busy):
            actions += self._take_leave()
        if self._closing.active:
            actions += self._settle_closing()
        if self._interruption and (verdict := self._interruption.overdue(self._clock.now)):
            actions += self._decide(verdict)
        return actions + self._watch_silence()

    def _take_leave(self) -> list[Action]:
        """The model has ended the call: if it did so without a goodbye, have it say one first."""
        self._end_called = False
        if self._closing.active or self._farewell_item:
            return []
        return self.say(self._briefing.farewell) + self._begin_closing()

    def _settle_closing(self) -> list[Action]:
        if not self._agent_busy:
            self._closing.played_out(self._clock.now)
        if not self._closing.words_overdue(self._clock.now):
            return []
        self._closing.cancel()
        return self._closing_cancelled()

    def _watch_silence(self) -> list[Action]:
        quiet = (
            self._speech.playout.attached
            and self._opening.over
            and self.floor == "nobody"
            and not (self._closing.active or self._interruption or self.hushed or self.patient)
        )
        if self._silence.watch(self._clock.now, quiet=quiet) and not self._silence.hopeless:
            return self.say(self._briefing.still_there)
        return []

    @property
    def gone_silent(self) -> bool:
        """The callee has been asked often enough whether they are there."""
        return self._silence.hopeless and not self._closing.active
