"""The scene of a rehearsal: the callee's words come in writing, and the agent answers as on the phone."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import signals
from bridge.actions import Action, AnswerTool, CalleeWrites, Respond
from bridge.briefing import brief
from bridge.call import Usage
from bridge.errors import ModelError
from bridge.scene import MOST_RESPONSES, Asked, Line, Over, Pressed, Refused, Said, Scene, Switched, Waits
from bridge.signals import Signal
from tests.fakes import a_spec, a_talk, of

CARD = "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"
BYE = "Thank you, goodbye!"


class Play:
    """A scene, and the model before it. `wanted` is all that was asked of the model and not made yet."""

    def __init__(self, **changes: object) -> None:
        self.spec = a_spec(**changes)
        self.briefing = brief(self.spec)
        self.scene = Scene(self.spec, self.briefing)
        self.now = 50.0
        self.actions: list[Action] = []
        self._names = itertools.count(1)
        self._response = ""

    def feed(self, *arriving: Signal) -> list[Action]:
        wanted = [action for signal in arriving for action in self.scene.handle(signal, now=self.now)]
        self.actions += wanted
        return wanted

    def begins(self) -> None:
        self._response = f"resp_{next(self._names)}"
        self.feed(signals.ResponseBegan(self._response))

    def says(self, text: str) -> None:
        item = f"item_{next(self._names)}"
        self.feed(
            signals.AgentWords(self._response, item, text[:3]),
            signals.AgentWords(self._response, item, text, final=True),
        )

    def calls(self, name: str, **arguments: object) -> list[Action]:
        call_id = f"fc_{next(self._names)}"
        return self.feed(signals.ToolCalled(call_id, name, msgspec.json.encode(arguments).decode()))

    def ends(self, status: str = "completed", **fields: Any) -> list[Action]:
        return self.feed(signals.ResponseEnded(self._response, status, **fields))

    def agent(self, *said: str, tool: str = "", **arguments: object) -> list[Action]:
        """A whole response: what it is answered with."""
        begun = len(self.actions)
        self.begins()
        for text in said:
            self.says(text)
        if tool:
            self.calls(tool, **arguments)
        self.ends()
        return self.actions[begun:]

    def callee(self, text: str) -> list[Action]:
        wanted = self.scene.say(text, now=self.now)
        self.actions += wanted
        return wanted

    def requester(self, text: str) -> list[Action]:
        wanted = self.scene.answer(text)
        self.actions += wanted
        return wanted

    @property
    def settled(self) -> bool:
        return self.scene.settled

    def lines(self) -> list[Line]:
        assert self.settled
        return self.scene.take()


def a_play(**changes: object) -> Play:
    """The opening has been said."""
    play = Play(**changes)
    play.feed(signals.ModelReady())
    play.scene.begin()
    play.agent(play.spec.opening)
    assert play.lines() == [Said(play.spec.opening)]
    return play


def outputs(wanted: list[Action]) -> list[str]:
    return [action.output for action in of(AnswerTool, wanted)]


# The talk


def test_the_agent_begins_with_its_opening_as_on_the_phone() -> None:
    play = Play()
    assert not play.settled
    play.feed(signals.ModelReady())
    assert play.settled
    assert play.scene.begin() == [Respond(play.briefing.opening, tools=False)]
    assert not play.settled
    assert play.agent("Good evening.") == []
    assert play.lines() == [Said("Good evening.")]


def test_an_opening_that_ends_with_a_goodbye_does_not_end_the_call() -> None:
    play = Play()
    play.feed(signals.ModelReady())
    play.scene.begin()
    play.agent("Just a greeting from Anna. Goodbye!")
    assert play.lines() == [Said("Just a greeting from Anna. Goodbye!")]


def test_the_callees_words_are_answered_at_once() -> None:
    play = a_play()
    assert play.callee(" At what time?\n") == [CalleeWrites("At what time?"), Respond()]
    assert not play.settled
    assert play.agent("At seven.", "Is that possible?") == []
    assert play.lines() == [Said("At seven."), Said("Is that possible?")]


def test_a_response_without_words_leaves_the_turn_to_the_callee() -> None:
    play = a_play()
    play.callee("Hm.")
    assert play.agent(" \n") == []
    assert play.lines() == [Waits("listening")]


def test_silence_is_not_put_to_the_model() -> None:
    play = a_play()
    assert play.callee("  ") == []
    assert play.lines() == [Waits("listening")]


@pytest.mark.parametrize(("text", "what"), [(f"My card is {CARD}", "card"), (f"Pay to {IBAN}", "bank")])
def test_numbers_that_must_not_be_are_not_passed_on(text: str, what: str) -> None:
    play = a_play()
    assert play.callee(text) == []
    assert play.lines() == [Refused(what)]  # type: ignore[arg-type]  # one of its three words


def test_a_callee_who_asks_for_a_card_number_is_rehearsed() -> None:
    play = a_play()
    asked = "May I have your card number and the security code, please?"
    assert of(CalleeWrites, play.callee(asked)) == [CalleeWrites(asked)]


def test_what_was_used_is_counted() -> None:
    play = a_play()
    play.callee("Yes?")
    play.begins()
    play.ends(usage=Usage(text_in=100, text_out=9))
    play.callee("Yes?")
    play.begins()
    play.ends(usage=Usage(text_in=110, text_out=7))
    assert play.scene.usage == Usage(text_in=210, text_out=16)


# The end


def test_a_goodbye_of_the_agents_is_the_end() -> None:
    play = a_play()
    play.callee("We are closed for good.")
    assert play.agent(f"I see. {BYE}") == []
    assert play.lines() == [Said(f"I see. {BYE}"), Over()]


def test_ending_the_call_with_a_goodbye_needs_no_other() -> None:
    play = a_play()
    play.callee("See you at seven.")
    wanted = play.agent(BYE, tool="end_call", outcome="Booked.")
    assert outputs(wanted) == ["The call is being ended."]
    assert not of(Respond, wanted)
    assert play.lines() == [Said(BYE), Over("Booked.")]


@pytest.mark.parametrize("said", [(), ("Great.",)])
def test_ending_the_call_without_a_goodbye_gets_one_first(said: tuple[str, ...]) -> None:
    play = a_play()
    play.callee("See you at seven.")
    wanted = play.agent(*said, tool="end_call", outcome="Booked.")
    assert of(Respond, wanted) == [Respond(play.briefing.farewell, tools=False)]
    assert play.agent("Take care!") == []
    assert play.lines() == [*map(Said, said), Said("Take care!"), Over("Booked.")]


def test_who_is_never_to_be_called_again_is_told_goodbye() -> None:
    play = a_play()
    play.callee("Never call me again!")
    assert of(Respond, play.agent(tool="never_call_again")) == [Respond(play.briefing.never_again, tools=False)]
    play.agent(f"I am sorry. {BYE}")
    assert play.lines() == [Said(f"I am sorry. {BYE}"), Over()]


def test_a_recording_has_no_wish_never_to_be_called_again() -> None:
    play = a_play()
    play.callee("Please hold.")
    play.begins()
    play.calls("wait_on_hold")
    assert outputs(play.calls("never_call_again")) == ["That was a recording, and nobody's wish."]
    assert play.ends() == []
    assert play.lines() == [Waits("on_hold")]


@pytest.mark.parametrize("words", ["Thanks, bye!", "Goodbye, Marco.", ""])
def test_thanks_over_a_goodbye_let_the_agent_go(words: str) -> None:
    play = a_play()
    play.callee("See you at seven.")
    play.agent(BYE, tool="end_call", outcome="Booked.")
    play.lines()
    assert play.callee(words) == []
    assert play.lines() == [Over("Booked.")]


def test_callee_interrupting_goodbye_keeps_the_call_open() -> None:
    play = a_play()
    play.callee("See you at seven.")
    play.agent(BYE, tool="end_call", outcome="Booked.")
    play.lines()
    assert of(Respond, play.callee("Wait, under what name?"))
    assert play.agent("Berg.") == []
    assert play.lines() == [Said("Berg.")]


# Machines


def test_a_machine_is_left_the_message_and_nothing_brings_the_agent_back() -> None:
    play = a_play(voicemail_message="Please call Anna Berg.")
    play.callee("You have reached Trattoria Roma. Leave a message after the beep.")
    wanted = play.agent(tool="voicemail_reached")
    assert outputs(wanted) == ["Say nothing more."]
    assert of(Respond, wanted) == [Respond(play.briefing.voicemail, tools=False)]
    play.agent("Please call Anna Berg.")
    assert play.lines() == [Said("Please call Anna Berg."), Over()]
    assert play.callee("Hello? Who is this?") == []
    assert play.lines() == [Over()]


def test_a_machine_is_left_the_message_also_after_a_goodbye() -> None:
    play = a_play(voicemail_message="Please call Anna Berg.")
    play.callee("Leave a message after the beep.")
    assert of(Respond, play.agent(BYE, tool="voicemail_reached")) == [Respond(play.briefing.voicemail, tools=False)]


def test_without_a_message_a_machine_is_hung_up_on() -> None:
    play = a_play()
    play.callee("Leave a message after the beep.")
    assert not of(Respond, play.agent(tool="voicemail_reached"))
    assert play.lines() == [Over()]


def test_keys_are_pressed_and_the_menu_goes_on() -> None:
    play = a_play()
    play.callee("For reservations, press 1.")
    assert outputs(play.agent(tool="press_digits", digits="1, 2")) == ["Pressed. Listen to what comes."]
    assert play.lines() == [Pressed("12")]


@pytest.mark.parametrize("digits", ["", "one", CARD])
def test_what_are_no_keys_are_not_pressed(digits: str) -> None:
    play = a_play()
    play.callee("For reservations, press 1.")
    assert of(Respond, play.agent(tool="press_digits", digits=digits)) == [Respond()]
    play.agent("I would like to speak to somebody.")
    assert play.lines() == [Said("I would like to speak to somebody.")]


def test_a_menu_is_listened_to() -> None:
    play = a_play()
    play.callee("Welcome to Trattoria Roma.")
    assert not of(Respond, play.agent(tool="keep_listening"))
    assert play.lines() == [Waits("listening")]


# On hold


def test_on_hold_only_a_person_is_answered() -> None:
    play = a_play()
    play.callee("One moment, please.")
    assert not of(Respond, play.agent("Of course.", tool="wait_on_hold"))
    assert play.lines() == [Said("Of course."), Waits("on_hold")]
    assert play.callee("Your call is very important to us.") == []
    assert play.lines() == [Waits("on_hold")]
    assert play.callee("") == []
    assert play.lines() == [Waits("on_hold")]
    assert of(Respond, play.callee("Hello, are you still there?"))
    play.agent("Yes.")
    assert play.lines() == [Said("Yes.")]


def test_nothing_is_said_on_hold_whatever_else_was_called() -> None:
    play = a_play()
    play.callee("One moment, please.")
    play.begins()
    play.calls("press_digits", digits="none")
    play.calls("wait_on_hold")
    assert play.ends() == []
    assert play.lines() == [Waits("on_hold")]


def test_an_answer_that_comes_on_hold_is_kept_for_the_person() -> None:
    play = a_play()
    play.callee("Would nine do? One moment.")
    play.begins()
    play.calls("ask_requester", question="Is nine all right?", choices=[])
    play.says("Sure.")
    play.calls("wait_on_hold")
    play.ends()
    assert play.lines() == [Said("Sure."), Waits("on_hold"), Asked("Is nine all right?")]
    wanted = play.requester("yes")
    assert outputs(wanted) == ["Anna Berg answers: yes"]
    assert not of(Respond, wanted)
    assert play.lines() == [Waits("on_hold")]


# The requester in the loop


def asking(play: Play, *said: str) -> list[Action]:
    play.callee("Seven is full. Would nine do?")
    return play.agent(*said, tool="ask_requester", question="Is nine all right?", choices=["Yes", "No"])


def test_a_question_waits_for_its_answer_and_comes_last() -> None:
    play = a_play()
    assert asking(play, "One moment, let me check.") == []
    assert play.lines() == [Said("One moment, let me check."), Asked("Is nine all right?", ("Yes", "No"))]
    (answer, respond) = play.requester(" yes,\nbut not later ")
    assert isinstance(answer, AnswerTool)
    assert answer.output == "Anna Berg answers: yes, but not later"
    assert respond == Respond()


def test_a_question_without_a_word_to_the_callee_gets_one() -> None:
    play = a_play()
    assert asking(play) == [Respond(play.briefing.filler, tools=False)]
    assert play.agent("Let me check.") == []
    assert play.lines() == [Said("Let me check."), Asked("Is nine all right?", ("Yes", "No"))]


def test_no_answer_is_an_answer() -> None:
    play = a_play()
    asking(play, "Let me check.")
    assert outputs(play.requester("  ")) == [play.briefing.no_answer]


def test_an_answer_to_no_question_is_nothing() -> None:
    play = a_play()
    assert play.requester("yes") == []
    assert play.lines() == []
    asking(play, "Let me check.")
    play.requester("yes")
    play.agent("Nine is fine.")
    play.lines()
    assert play.requester("no") == []


def test_an_answer_that_must_not_be_passed_on_leaves_the_question_open() -> None:
    play = a_play()
    asking(play, "Let me check.")
    play.lines()
    assert play.requester(CARD) == []
    assert play.lines() == [Refused("card")]
    assert outputs(play.requester("yes"))


def test_the_callee_may_speak_while_a_question_is_open() -> None:
    play = a_play()
    asking(play, "Let me check.")
    play.lines()
    assert of(Respond, play.callee("Are you there?"))
    assert outputs(play.agent(tool="ask_requester", question="And ten?")) == ["Another question is still open."]
    play.agent("Still checking.")
    assert play.lines() == [Said("Still checking.")]


def test_a_question_about_a_secret_is_not_asked() -> None:
    play = a_play()
    play.callee("How will you pay?")
    play.begins()
    wanted = play.calls("ask_requester", question="What is your card number?", choices=[])
    assert outputs(wanted)[0].startswith("Not asked: it is about a password")
    assert play.ends() == [Respond()]
    play.agent("I cannot give that.")
    assert play.lines() == [Said("I cannot give that.")]


# Languages


def test_a_language_that_is_allowed_is_gone_on_in() -> None:
    play = a_play(may_switch_to=("it",))
    play.callee("Parla italiano?")
    wanted = play.agent(tool="switch_language", language="it")
    assert outputs(wanted) == ["Go on in Italian."]
    assert of(Respond, wanted) == [Respond()]
    play.agent("Buonasera.")
    assert play.lines() == [Switched("it"), Said("Buonasera.")]
    play.callee("A dopo.")
    assert play.agent("Grazie, arrivederci!") == []
    assert play.lines() == [Said("Grazie, arrivederci!"), Over()]


def test_a_language_that_is_not_allowed_is_declined() -> None:
    play = a_play()
    play.callee("Parla italiano?")
    assert outputs(play.agent(tool="switch_language", language="it"))[0].startswith("Not allowed.")
    play.agent("I only speak English.")
    assert play.lines() == [Said("I only speak English.")]


# Tools


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("end_call", {"outcome": "Booked."}),
        ("press_digits", {"digits": "1#"}),
        ("press_digits", {"digits": "all"}),
        ("wait_on_hold", {}),
        ("keep_listening", {}),
        ("voicemail_reached", {}),
        ("never_call_again", {}),
        ("switch_language", {"language": "it"}),
        ("switch_language", {"language": "xx"}),
        ("ask_requester", {"question": "What is the password?"}),
        ("ask_requester", {"question": "At nine?"}),
        ("ask_requester", {"question": 9}),
        ("pay", {}),
    ],
)
def test_a_tool_is_answered_as_on_the_phone(tool: str, arguments: dict[str, object]) -> None:
    phone, play = a_talk(may_switch_to=("it",)), a_play(may_switch_to=("it",))
    play.callee("Hello?")
    assert outputs(play.agent("Hm.", tool=tool, **arguments)) == outputs(phone.tool(tool, says="Hm.", **arguments))


def test_an_answer_is_given_back_as_on_the_phone() -> None:
    phone, play = a_talk(), a_play()
    phone.tool("ask_requester", says="Hm.", question="At nine?", choices=[])
    asking(play, "Hm.")
    assert outputs(play.requester("yes")) == outputs(phone.feed(signals.QuestionAnswered("fc", "yes")))


def test_a_model_that_only_calls_tools_comes_to_an_end() -> None:
    play = a_play()
    play.callee("Hello?")
    made = 0
    while not play.settled:
        made += 1
        play.agent(tool="pay")
    assert made == MOST_RESPONSES
    assert play.lines() == [Waits("listening")]
    assert of(Respond, play.callee("Hello?"))


# Trouble


def test_a_response_that_fails_is_asked_for_again_and_its_words_are_forgotten() -> None:
    play = a_play()
    play.callee("At what time?")
    play.begins()
    play.says("At sev")
    play.calls("keep_listening")
    assert play.ends("failed", detail="server_error") == [Respond()]
    play.agent("At seven.")
    assert play.lines() == [Waits("listening"), Said("At seven.")]


def test_a_model_that_fails_and_fails_ends_the_rehearsal() -> None:
    play = a_play()
    play.callee("At what time?")
    for _ in range(2):
        play.begins()
        play.ends("failed", detail="server_error")
    play.begins()
    with pytest.raises(ModelError, match=r"fails to answer \(server_error\)") as trouble:
        play.ends("failed", detail="server_error")
    assert (trouble.value.code, trouble.value.retryable) == ("failing", True)


def test_a_response_that_is_declined_is_asked_for_again() -> None:
    play = a_play()
    play.callee("At what time?")
    declined = signals.ModelObjected("rate_limit_exceeded", to_response=True)
    assert play.feed(declined) == [Respond()]
    assert play.feed(declined) == [Respond()]
    with pytest.raises(ModelError, match="rate_limit_exceeded"):
        play.feed(declined)


def test_a_model_that_refuses_what_it_is_told_ends_the_rehearsal() -> None:
    with pytest.raises(ModelError, match=r"refused the rehearsal \(model_not_found\)") as trouble:
        Play().feed(signals.ModelObjected("model_not_found"))
    assert (trouble.value.code, trouble.value.retryable) == ("denied", False)


def test_an_error_of_the_servers_own_is_waited_out() -> None:
    play = a_play()
    play.callee("At what time?")
    assert play.feed(signals.ModelObjected("server_error")) == []
    play.agent("At seven.")
    assert play.lines() == [Said("At seven.")]


def test_a_response_nobody_waited_for_is_told_with_the_next() -> None:
    """Whoever wrote has gone before the answer came, and writes again."""
    play = a_play()
    play.callee("At what time?")
    assert play.callee("Hello?") == [CalleeWrites("Hello?")]
    assert play.agent("At seven.") == [Respond()]
    play.agent("Yes, I am here.")
    assert play.lines() == [Said("At seven."), Said("Yes, I am here.")]


TOOLS = st.sampled_from(
    [
        ("", {}),
        ("end_call", {"outcome": "x"}),
        ("ask_requester", {"question": "?"}),
        ("press_digits", {"digits": "1"}),
        ("press_digits", {"digits": "x"}),
        ("wait_on_hold", {}),
        ("keep_listening", {}),
        ("voicemail_reached", {}),
        ("never_call_again", {}),
        ("switch_language", {"language": "it"}),
        ("pay", {}),
    ]
)
RESPONSES = st.tuples(st.lists(st.sampled_from(["Yes.", BYE, ""]), max_size=2), TOOLS)
WORDS = st.sampled_from(["Hello?", "Hold on, please.", "Bye!", "", "Wait!", CARD])
INPUTS = st.tuples(st.booleans(), WORDS)


@given(st.lists(INPUTS, max_size=6), st.lists(RESPONSES, min_size=1, max_size=12))
def test_whatever_the_model_does_every_input_comes_to_an_end(
    inputs: list[tuple[bool, str]], responses: list[tuple[list[str], tuple[str, dict[str, object]]]]
) -> None:
    play, made = a_play(may_switch_to=("it",)), itertools.cycle(responses)
    for is_callee, text in inputs:
        asked = len(play.actions)
        (play.callee if is_callee else play.requester)(text)
        for said, (tool, arguments) in itertools.islice(made, MOST_RESPONSES + 2):
            if play.settled:
                break
            play.agent(*said, tool=tool, **arguments)
        lines = play.lines()
        assert lines or not is_callee
        assert sum(isinstance(line, Over) for line in lines) <= 1
        assert len(of(Respond, play.actions[asked:])) <= MOST_RESPONSES + 2
