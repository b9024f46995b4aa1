"""The rules of the talk: who speaks first, what an interruption is, what is answered. Each test is one rule."""

from bridge import signals
from bridge.actions import Action, Clear, Instruct, Play, Respond
from bridge.events import BargeInResolved, FirstAudio, Whispered
from sandbox.tones import speak, spoken_ms
from tests.fakes import OPENING, Talk, a_talk, an_answered_talk, nothing_of, of

LONG = "We have a table for four at seven or at a quarter to eight, which one do you prefer?"
ANSWER = Respond()


def outcomes(happened: list[Action]) -> list[str]:
    return [resolved.outcome for resolved in of(BargeInResolved, happened)]


def talking(after_s: float = 1.0) -> tuple[Talk, str]:
    """The agent is in the middle of a long sentence; its item."""
    talk = a_talk()
    item = talk.agent_says(LONG)
    talk.wait(after_s)
    return talk, item


# The opening


def test_the_opening_is_made_while_the_phone_rings_and_held_until_the_stream_is_there() -> None:
    talk = Talk()
    assert talk.feed(signals.ModelReady()) == [Respond(talk.briefing.opening, tools=False)]
    talk.status("ringing")
    talk.agent_says(OPENING)
    assert of(Play, talk.actions) == []
    talk.wait(5)
    assert of(FirstAudio, talk.stream())[0].after_ms == 0
    talk.wait(spoken_ms(OPENING) / 1000)
    assert talk.heard == speak(OPENING)
    assert talk.script == [f"agent: {OPENING}"]


def test_a_model_that_is_ready_again_makes_no_second_opening() -> None:
    talk = a_talk()
    assert talk.feed(signals.ModelReady()) == []


def test_a_hello_over_the_opening_neither_stops_it_nor_is_answered() -> None:
    talk = an_answered_talk()
    wanted = talk.callee_says("Good evening, Trattoria Roma.")
    assert nothing_of(wanted, Clear, Respond)
    talk.wait(3)
    assert talk.heard == speak(OPENING)
    assert talk.has_floor("nobody")


def test_a_question_over_the_opening_is_answered_after_it() -> None:
    talk = an_answered_talk()
    wanted = talk.callee_says("Hello? Who is calling, please?")
    assert of(Clear, wanted) == []
    assert of(Respond, wanted) == [ANSWER]
    talk.agent_says("It is the assistant of Anna Berg.")
    talk.wait(10)
    assert talk.heard == speak(OPENING) + speak("It is the assistant of Anna Berg.")


def test_an_utterance_that_goes_on_long_after_the_opening_answers_it() -> None:
    talk = an_answered_talk()
    talk.wait(2.5)
    item = talk.callee_begins()
    talk.wait(2)
    assert of(Respond, talk.callee_ends(item)) == [ANSWER]
    assert of(Respond, talk.words(item, "Hello")) == []


def test_a_model_without_an_opening_is_waited_for_no_longer() -> None:
    talk = Talk()
    talk.feed(signals.ModelReady())
    talk.stream()
    talk.response_begins()
    talk.response_ends()
    assert of(Respond, talk.callee_says("Hello?")) == [ANSWER]


def test_the_callee_who_speaks_when_nobody_does_is_answered_before_the_words_are_known() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    assert talk.has_floor("callee")
    talk.wait(3)
    assert of(Respond, talk.callee_ends(item)) == [ANSWER]
    assert talk.has_floor("agent")
    assert of(Respond, talk.words(item, "For how many?")) == []
    assert talk.script[1:] == ["callee: For how many?"]


def test_a_transcription_without_speech_is_an_invention_and_no_turn() -> None:
    talk = a_talk()
    assert talk.words("item_99", "Thanks for watching!") == []


# The order of the turns


def test_turns_stand_in_the_order_of_the_conversation_however_late_their_words_come() -> None:
    talk = a_talk()
    item = talk.callee_begins()
    talk.callee_ends(item)
    talk.agent_is_heard("For four.")
    talk.words(item, "For how many?")
    assert talk.script[1:] == ["callee: For how many?", "agent: For four."]


# The requester's whisper


def test_a_whisper_is_acted_on_at_once_where_nobody_speaks() -> None:
    talk = a_talk()
    wanted = talk.feed(signals.Whispered("Ask for parking."))
    assert of(Instruct, wanted) == [Instruct("Ask for parking.")]
    assert of(Respond, wanted) == [ANSWER]


def test_a_whisper_while_somebody_speaks_waits_for_the_next_turn() -> None:
    talk = a_talk()
    talk.callee_begins()
    wanted = talk.feed(signals.Whispered("Ask for parking."))
    assert of(Instruct, wanted) == [Instruct("Ask for parking.")]
    assert of(Respond, wanted) == []


def test_what_was_whispered_is_written_down() -> None:
    talk = a_talk()
    wanted = talk.feed(signals.Whispered("Ask for parking."))
    assert of(Whispered, wanted) == [Whispered(at_ms=talk.session.at_ms(talk.now), text="Ask for parking.")]


# The model's troubles


def test_a_response_that_fails_is_asked_for_again() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    talk.response_begins()
    assert of(Respond, talk.response_ends("failed")) == [ANSWER]


def test_a_response_that_fails_midway_leaves_no_turn_open() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    talk.response_begins()
    talk.speaks("For four", done=False)
    talk.response_ends("failed")
    talk.wait(2)
    assert talk.turns[-1].text == "For four"
    assert talk.turns[-1].final


def test_a_response_that_was_refused_is_asked_for_when_the_active_one_has_ended() -> None:
    talk = a_talk()
    talk.callee_says("For how many?")
    assert talk.feed(signals.ModelObjected("conversation_already_has_active_response")) == []
    talk.response_begins()
    assert of(Respond, talk.response_ends()) == [ANSWER]


def test_the_line_tells_who_has_the_floor() -> None:
    talk, _ = talking()
    assert talk.has_floor("agent")
    talk.callee_begins()
    assert talk.has_floor("callee")
