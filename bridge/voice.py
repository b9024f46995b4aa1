"""The agent's voice: what is asked of the model, and what of it the callee hears.

Pure. Joins the responses that are being made (`responder.py`) and the speech on the line (`speech.py`) on the call's
clock. When to speak and when to fall silent is `dialogue.py`'s to decide.
"""

from bridge import signals
from bridge.actions import Action, Respond, Tell
from bridge.clock import Clock
from bridge.responder import Responder
from bridge.speech import Speech
from bridge.transcript import Transcript


class Voice:
    def __init__(self, transcript: Transcript, clock: Clock) -> None:
        self._clock = clock
        self._speech = Speech(transcript)
        self._playout = self._speech.playout
        self._responder = Responder()

    # How things stand

    @property
    def busy(self) -> bool:
        """It is speaking, or about to."""
        return self._responder.busy or not self._playout.silent

    @property
    def making(self) -> bool:
        """A response is being made."""
        return self._responder.busy

    @property
    def on_line(self) -> bool:
        return self._playout.attached

    @property
    def failing(self) -> bool:
        return self._responder.failing(self._clock.now)

    @property
    def unwanted(self) -> bool:
        """The response that is being made has been given up."""
        return self._responder.unwanted

    @property
    def speaks_in_this_response(self) -> bool:
        return bool(self._playout.items(self._responder.active))

    def says(self, item_id: str) -> bool:
        """The item belongs to the response that is being made."""
        return item_id in self._playout.items(self._responder.active)

    @property
    def item(self) -> str:
        """What the callee is hearing, or would be: "" for nothing."""
        return self._playout.item

    @property
    def unheard_ms(self) -> int:
        return self._playout.unheard_ms

    def heard_ms(self, item_id: str) -> int:
        return self._playout.heard(item_id).heard_ms

    # Speaking

    def answer(self) -> list[Action]:
        """Have the model go on with the conversation as it stands."""
        return self._responder.ask(Respond())

    def say(self, words: str) -> list[Action]:
        """Have the model say what these instructions ask for, and nothing else."""
        return self._responder.ask(Respond(words, tools=False))

    def forget_wish(self) -> None:
        """Whatever was to be said after the response that is being made."""
        self._responder.forget()

    # Falling silent

    def clear(self) -> list[Action]:
        """Silence the line and keep what was not heard."""
        return self._speech.clear(self._clock.now, self._clock.at_ms)

    def resume(self) -> list[Action]:
        """Go on from where the line was silenced."""
        return self._speech.resume(self._clock.now, self._clock.at_ms)

    def give_up(self) -> list[Action]:
        """Stop the response that is being made, and drop what of it has not been heard."""
        active = self._responder.active
        return self._responder.cancel() + self._speech.give_up(active, self._clock.at_ms)

    def drop(self) -> list[Action]:
        """Silence the line, and drop what of the agent's words has not been heard."""
        return self.clear() + self._speech.give_up("", self._clock.at_ms)

    def take_back(self) -> list[Action]:
        """Stop a response of which nothing is on the line yet: nobody need ever know."""
        return self._responder.cancel() if self._playout.silent and self._responder.busy else []

    def cut_off(self) -> list[Action]:
        """The line is gone for good: the turns as far as they were heard. The model is not listening any more."""
        cut = self.detach() + self._speech.give_up(self._responder.active, self._clock.at_ms)
        return [action for action in cut if isinstance(action, Tell)]

    # The line

    def attach(self) -> list[Action]:
        return self._speech.attach(self._clock.now, self._clock.at_ms)

    def detach(self) -> list[Action]:
        return self._speech.detach(self._clock.now, self._clock.at_ms)

    def mark_returned(self, signal: signals.MarkReturned) -> list[Action]:
        return self._speech.returned(signal.name, self._clock.now, self._clock.at_ms)

    # The model

    def dropped(self, response_id: str) -> bool:
        """Of this response nothing more is to be heard."""
        return self._responder.unwanted and response_id == self._responder.active

    def audio(self, signal: signals.AgentAudio) -> list[Action]:
        return self._speech.audio(signal, self._clock.now, self._clock.at_ms)

    def going_on(self, signal: signals.Signal) -> list[Action] | None:
        """More of a sentence that is being said, its audio or its words; None for any other, which may change how
        things stand.
        """
        if self._responder.unwanted:
            return None
        if isinstance(signal, signals.AgentAudio) and self._playout.going_on(signal.item_id):
            return self._playout.queue(signal.response_id, signal.item_id, signal.payload, self._clock.now)
        return self.words(signal) if isinstance(signal, signals.AgentWords) and not signal.final else None

    def audio_done(self, signal: signals.AgentAudioDone) -> list[Action]:
        return self._speech.audio_done(signal.item_id, self._clock.at_ms)

    def words(self, signal: signals.AgentWords) -> list[Action]:
        return self._speech.words(signal, self._clock.at_ms)

    def response_began(self, signal: signals.ResponseBegan) -> list[Action]:
        return self._responder.began(signal.response_id)

    def response_ended(self, signal: signals.ResponseEnded) -> list[Action]:
        actions = self._responder.ended(signal.response_id, signal.status, self._clock.now)
        return actions + self._speech.response_over(signal.response_id, self._clock.at_ms)

    def response_refused(self) -> list[Action]:
        """Another response is being made: this one is asked for when that is over."""
        return self._responder.refused()

    def response_declined(self) -> list[Action]:
        """It will not be made, for whatever other reason: it is asked for again."""
        return self._responder.declined(self._clock.now)

    def lost(self) -> list[Action]:
        """The model is gone. What it has made is still heard, and no more of it will come."""
        over = self._speech.response_over(self._responder.active, self._clock.at_ms)
        self._speech.session_lost()
        self._responder.lost()
        return over
