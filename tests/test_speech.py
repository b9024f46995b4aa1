"""The agent's items as audio and as turns, kept in step."""

from bridge import signals
from bridge.actions import Action, Truncate
from bridge.call import Turn
from bridge.events import TurnChanged
from bridge.speech import Speech
from bridge.transcript import Transcript
from sandbox.tones import payload, speak
from tests.fakes import of


def audio(item: str, text: str, response: str = "r") -> signals.AgentAudio:
    return signals.AgentAudio(response, item, payload(speak(text)))


def words(item: str, text: str, *, final: bool = False) -> signals.AgentWords:
    return signals.AgentWords("r", item, text, final=final)


def turns(happened: list[Action]) -> list[Turn]:
    return [changed.turn for changed in of(TurnChanged, happened)]


def streaming() -> Speech:
    speech = Speech(Transcript())
    speech.attach(0.0, 0)
    return speech


def test_a_turn_appears_when_its_audio_goes_to_the_line() -> None:
    speech = Speech(Transcript())
    assert speech.words(words("a", "For four."), 0) == []
    assert turns(speech.audio(audio("a", "For four."), 0.0, 0)) == []
    assert turns(speech.attach(2.0, 2000)) == [Turn("a", "agent", "For four.", 2000)]


def test_many_words_are_one_event() -> None:
    speech = streaming()
    speech.audio(audio("a", "For four people, please."), 0.0, 0)
    assert speech.words(words("a", "For "), 100) == []
    assert speech.words(words("a", "four "), 200) == []
    assert turns(speech.words(words("a", "people, "), 300)) == [Turn("a", "agent", "For four people,", 0)]
    assert speech.words(words("a", "please"), 400) == []
    final = turns(speech.words(words("a", "For four people, please.", final=True), 401))
    assert final == [Turn("a", "agent", "For four people, please.", 0)]
    assert speech.text("a") == "For four people, please."
    assert speech.text("unknown") == ""


def test_a_turn_is_final_when_it_has_been_heard_to_its_end() -> None:
    speech = streaming()
    speech.audio(audio("a", "Yes."), 0.0, 0)
    speech.words(words("a", "Yes.", final=True), 0)
    assert turns(speech.audio_done("a", 10)) == []
    assert turns(speech.returned("0:1", 0.24, 240)) == [Turn("a", "agent", "Yes.", 0, ended_ms=240, final=True)]
    assert speech.words(words("a", "No."), 300) == []
    assert speech.audio_done("a", 300) == []


def test_words_that_are_final_after_the_audio_was_heard_make_the_turn_final() -> None:
    speech = streaming()
    speech.audio(audio("a", "Yes."), 0.0, 0)
    speech.audio_done("a", 0)
    assert turns(speech.returned("0:1", 0.24, 240)) == []
    assert turns(speech.words(words("a", "Yes.", final=True), 250))[0].final


def test_a_turn_that_was_heard_to_its_end_when_the_stream_ended_is_final() -> None:
    speech = streaming()
    speech.audio(audio("a", "Yes."), 0.0, 0)
    speech.words(words("a", "Yes.", final=True), 0)
    speech.audio_done("a", 0)
    assert turns(speech.detach(0.24, 240))[0].final


def test_a_response_that_is_over_completes_its_items() -> None:
    speech = streaming()
    speech.audio(audio("a", "For four"), 0.0, 0)
    speech.words(words("a", "For four"), 0)
    speech.audio(audio("b", "Other", response="r2"), 0.0, 0)
    speech.response_over("r", 0)
    assert [turn.id for turn in turns(speech.returned("0:2", 1.0, 1000))] == ["a"]


def test_giving_up_cuts_the_turn_and_truncates_the_item() -> None:
    speech = streaming()
    speech.audio(audio("a", "For four people."), 0.0, 0)
    speech.words(words("a", "For four people.", final=True), 0)
    speech.clear(0.5, 500)
    wanted = speech.give_up("", 900)
    assert of(Truncate, wanted) == [Truncate("a", 480 + 20)]
    cut = Turn("a", "agent", "For four", 0, ended_ms=900, final=True, interrupted=True)
    assert turns(wanted) == [cut]


def test_what_is_given_up_before_it_was_on_the_line_is_no_turn() -> None:
    speech = Speech(Transcript())
    speech.audio(audio("a", "For four."), 0.0, 0)
    assert speech.give_up("r", 0) == [Truncate("a", 0)]
    assert speech.transcript.turns() == []


def test_an_item_of_which_less_than_a_millisecond_is_left_was_heard() -> None:
    speech = streaming()
    speech.audio(signals.AgentAudio("r", "a", payload(b"\x00" * 1603)), 0.0, 0)
    speech.words(words("a", "Yes.", final=True), 0)
    speech.audio_done("a", 0)
    assert turns(speech.clear(0.2, 200)) == []
    assert turns(speech.give_up("", 300)) == [Turn("a", "agent", "Yes.", 0, ended_ms=300, final=True)]


def test_a_turn_is_final_once_also_when_it_is_given_up() -> None:
    speech = streaming()
    speech.audio(audio("a", "Yes."), 0.0, 0)
    speech.words(words("a", "Yes.", final=True), 0)
    speech.audio_done("a", 0)
    speech.returned("0:1", 0.24, 240)
    speech.audio(audio("b", "At seven."), 0.24, 240)
    speech.clear(0.3, 300)
    assert [turn.id for turn in turns(speech.give_up("r", 300))] == ["b"]
