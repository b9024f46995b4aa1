"""On hold, in a talk: nothing is said, nothing is paid for, and whoever comes back is answered at once."""

import pytest

from bridge import signals
from bridge.actions import Action, Clear, Forget, HangUp, Instruct, Play, Respond, Tell
from bridge.call import EndReason
from bridge.events import HoldBegan, HoldEnded, TurnChanged
from bridge.hold import CAP_S, MUSIC_MS, WORDLESS
from bridge.silence import SILENCE_S
from sandbox.tones import spoken_ms
from tests.fakes import Talk, a_talk, nothing_of, of

ANSWER = Respond()
QUEUE = "Your call is important to us. Please stay on the line."
LONG_S = MUSIC_MS / 1000


def on_hold(**changes: object) -> Talk:
    talk = a_talk(**changes)
    talk.callee_says("One moment, please.")
    talk.tool("wait_on_hold")
    return talk


# While it lasts


def test_what_led_to_the_hold_is_a_turn_though_its_words_come_later() -> None:
    """The model hears before the transcription is there."""
    talk = a_talk()
    item = talk.callee_begins()
    talk.wait(1)
    talk.callee_ends(item)
    talk.tool("wait_on_hold")
    wanted = talk.words(item, "Let me get my colleague for you, please stay there.")
    assert talk.script[-1] == "callee: Let me get my colleague for you, please stay there."
    assert nothing_of(wanted, HoldEnded, Forget, Respond)


def test_what_the_agent_says_with_the_tool_is_still_heard() -> None:
    talk = a_talk()
    talk.callee_says("One moment, please.")
    talk.tool("wait_on_hold", says="Of course, I will wait.")
    talk.wait(5)
    assert talk.script[-1] == "agent: Of course, I will wait."


def test_who_breaks_in_as_the_hold_begins_does_not_leave_the_agent_mute() -> None:
    talk = a_talk()
    talk.callee_says("One moment, please.")
    talk.response_begins()
    talk.speaks("Of course, I will gladly wait for you.")
    talk.wait(0.5)
    item = talk.callee_begins()
    talk.feed(signals.ToolCalled("fc", "wait_on_hold", "{}"))
    talk.response_ends()
    talk.wait(0.5)
    talk.callee_ends(item)
    talk.words(item, "Mm-hmm. One moment.")
    assert len(of(HoldBegan, talk.actions)) == 1
    assert of(Respond, talk.wait(20)) == []
    assert of(Respond, talk.callee_says("Hello?")) == [ANSWER]
    talk.agent_says("Hello, I am here.")
    assert of(Play, talk.actions[-8:]) != []


def test_a_wish_that_waited_for_the_response_is_dropped_by_the_hold() -> None:
    talk = a_talk()
    talk.callee_says("One moment, please.")
    talk.response_begins()
    talk.feed(signals.QuestionAnswered("fc", "Yes"), signals.ToolCalled("fc", "pay", "{}"))  # which wants an answer
    talk.feed(signals.ToolCalled("fc", "wait_on_hold", "{}"))
    assert of(Respond, talk.response_ends()) == []


@pytest.mark.parametrize("words", ["", QUEUE, "Thank you for your patience.", "Just a moment, please."])
def test_what_is_not_said_to_us_is_forgotten(words: str) -> None:
    talk = on_hold()
    wanted = talk.callee_says(words, seconds=3)
    assert len(of(Forget, wanted)) == 1
    assert nothing_of(wanted, TurnChanged, Respond)


def test_a_minute_of_music_and_announcements_costs_no_response() -> None:
    talk = on_hold()
    wanted: list[Action] = []
    for _ in range(6):
        wanted += talk.callee_says("", seconds=6) + talk.callee_says(QUEUE, seconds=4)
    assert nothing_of(wanted, Respond, Play, Clear)


@pytest.mark.parametrize("what", ["whisper", "answer", "time out"])
def test_the_requester_wakes_nobody_on_hold(what: str) -> None:
    talk = a_talk()
    talk.tool("ask_requester", says="One moment.", question="Is eight all right?", choices=[])
    talk.wait(3)
    talk.callee_says("One moment, please.")
    talk.tool("wait_on_hold")
    if what == "whisper":
        wanted = talk.feed(signals.Whispered("Ask for parking."))
        assert of(Instruct, wanted) == [Instruct("Ask for parking.")]
    elif what == "answer":
        wanted = talk.feed(signals.QuestionAnswered("fc", "Yes"))
    else:
        wanted = talk.wait(60)
    assert of(Respond, wanted) == []
    assert of(Respond, talk.callee_says("Are you still there?")) == [ANSWER]


# How it ends


def test_a_person_is_answered_once_and_before_anything_else() -> None:
    talk = on_hold()
    talk.wait(30)
    wanted = talk.callee_says("Hello, are you still there?")
    assert [type(action) for action in wanted] == [Tell, Tell, Respond]
    assert of(HoldEnded, wanted)[0].person
    talk.agent_is_heard("Yes, I am here.")
    assert of(Respond, talk.wait(3)) == []  # and not a second time for its question mark


def test_the_talk_goes_on_as_usual_afterwards() -> None:
    talk = on_hold()
    talk.callee_says("Hello?")
    talk.agent_is_heard("Hello, a table for four, please.")
    assert of(Respond, talk.callee_says("At what time?")) == [ANSWER]


def test_the_limit_is_for_all_holds_together() -> None:
    talk = on_hold()
    talk.wait(CAP_S - 100)
    talk.callee_says("Hello? One more thing.")
    talk.agent_is_heard("Yes?")
    talk.callee_says("Please hold.")
    talk.tool("wait_on_hold")
    assert nothing_of(talk.wait(95), Respond)
    assert of(Respond, talk.wait(10)) == [Respond(talk.briefing.farewell, tools=False)]
    talk.agent_is_heard("I will call again. Goodbye.")
    talk.wait(3)
    talk.status("completed")
    assert talk.ending.reason is EndReason.HOLD_LIMIT


def test_time_on_hold_is_no_time_of_the_call() -> None:
    talk = on_hold(max_duration_s=120)
    talk.wait(300)
    talk.callee_says("Hello?")
    talk.agent_is_heard("A table for four, please.")
    assert nothing_of(talk.wait(5), Respond, HangUp)
    assert of(HangUp, talk.wait(200)) == [HangUp(EndReason.TIME_LIMIT)]


def test_who_hangs_up_during_a_hold_hangs_up_politely_and_once() -> None:
    talk = on_hold()
    talk.wait(60)
    wanted = talk.feed(signals.HangUpAsked())
    assert of(Respond, wanted) == [Respond(talk.briefing.farewell, tools=False)]
    assert not of(HoldEnded, wanted)[0].person
    assert nothing_of(talk.callee_says("Hello? I am back!"), Respond)
    talk.agent_says("Goodbye.")
    wanted = talk.callee_says("Hello?") + talk.wait(CAP_S)
    assert of(HangUp, wanted) == [HangUp(EndReason.REQUESTER_HUNG_UP)]
    assert of(Respond, wanted) == []


# The session's own ear


def test_who_asks_us_to_wait_and_falls_silent_has_put_us_on_hold() -> None:
    talk = a_talk()
    talk.callee_says("Let me check that for you.")
    talk.agent_is_heard("Thank you.")
    wanted = talk.wait(SILENCE_S + 60)
    assert len(of(HoldBegan, wanted)) == 1
    assert nothing_of(wanted, Respond)


def test_a_callee_who_was_not_heard_to_ask_is_asked_whether_they_are_there() -> None:
    talk = a_talk()
    wanted = talk.wait(SILENCE_S)
    assert of(Respond, wanted) == [Respond(talk.briefing.still_there, tools=False)]
    assert nothing_of(wanted, HoldBegan)


def test_three_long_sounds_without_words_are_music() -> None:
    talk = a_talk()
    for number in range(WORDLESS):
        assert nothing_of(talk.actions, HoldBegan), number
        talk.callee_says("", seconds=LONG_S)
    assert len(of(HoldBegan, talk.actions)) == 1
    assert nothing_of(talk.callee_says("", seconds=5), Respond)


def test_music_stops_the_agent_who_speaks_to_it() -> None:
    talk = a_talk()
    for _ in range(WORDLESS - 1):
        talk.callee_says("", seconds=LONG_S)
    text = "We would like a table for four at seven."
    talk.agent_says(text)
    talk.callee_says("", seconds=LONG_S)
    talk.wait(spoken_ms(text) / 1000)
    assert talk.turns[-1].interrupted


def test_a_cough_begins_no_hold_however_often() -> None:
    talk = a_talk()
    for _ in range(3 * WORDLESS):
        talk.callee_says("", seconds=0.3)
    assert nothing_of(talk.actions, HoldBegan)


def test_an_invention_is_no_word_of_a_person() -> None:
    talk = on_hold()
    assert talk.words("item_99", "Thanks for watching!") == []
    assert nothing_of(talk.actions, HoldEnded)
