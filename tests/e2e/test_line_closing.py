"""Goodbyes: the farewell is heard whole and once, the callee may still go on, and a call that will not end is ended."""

from pathlib import Path

import pytest

from bridge.events import ClosingBegan, ClosingCancelled, Ended, HangUpOrdered
from sandbox.scenario import Rule
from sandbox.world import World
from tests.e2e.chat import Called, called, tell, told_by, turns
from tests.e2e.line import BOOKING, Says, answered_by, at_of, calls, measured, of_kind, said_by, somebody

REQUEST = f"call Bar Due on +1 415 555 0132 {BOOKING}"
BOOKED = "You are booked: 8pm, table for three, under Anna."
SILENCE = Rule(state="silence", after_ms=10**6, say="Hello?")


def story(folder: Path, *rules: Rule, mind: Says | None = None) -> Called:
    """A callee who books, follows the rules if there are any, and says nothing more."""
    books = Rule(state="start", say=BOOKED, goto="booked" if rules else "silence")
    who = somebody(books, *rules, SILENCE, heedless=("silence",), greeting="Bar Due, hello?")
    return tell(
        lambda world: called(world, folder, REQUEST),
        folder,
        answerer=answered_by(who),
        mind=mind or Says(["Thank you, goodbye!"]),
    )


def hung_up_after_ms(call: Called) -> float:
    """From the end of the agent's last words to the hang-up."""
    return at_of(call.events, HangUpOrdered)[0] - 2200 - said_by(call.call, "agent")[-1].ended_ms


@pytest.mark.daily
def test_the_farewell_is_heard_whole_and_the_line_stays_open_for_two_seconds(tmp_path: Path) -> None:
    call = story(tmp_path)
    assert said_by(call.call, "agent")[-1].text == "Thank you, goodbye!"
    measured("the farewell's end to the hang-up", hung_up_after_ms(call), most_ms=2050, least_ms=1950)
    assert "it ended with a goodbye" in call.end


@pytest.mark.daily
def test_thanks_in_these_two_seconds_do_not_keep_the_call_open(tmp_path: Path) -> None:
    call = story(tmp_path, Rule(state="booked", when=("bye",), say="Thanks, you too!", goto="silence"))
    thanks = said_by(call.call, "callee")[-1]
    assert thanks.text == "Thanks, you too!"
    ordered_ms = at_of(call.events, HangUpOrdered)[0] - 2200
    measured("the callee's last word to the hang-up", ordered_ms - thanks.ended_ms, most_ms=3000, least_ms=2000)
    assert at_of(call.events, ClosingCancelled) == []
    assert told_by(turns(call.live.text), "agent")[-1] == "Thank you, goodbye!"  # and none after it


def test_a_callee_who_goes_on_cancels_the_hang_up_and_is_answered(tmp_path: Path) -> None:
    mind = Says(["Thank you, goodbye!", "Outside, please. Goodbye!"])
    call = story(
        tmp_path,
        Rule(state="booked", when=("^Thank",), say="And inside or outside?"),
        Rule(state="booked", say="", goto="silence"),
        mind=mind,
    )
    kinds = [type(event) for event in call.events if isinstance(event, ClosingBegan | ClosingCancelled | Ended)]
    assert kinds == [ClosingBegan, ClosingCancelled, ClosingBegan, Ended]
    assert told_by(turns(call.live.text), "agent")[-2:] == ["Thank you, goodbye!", "Outside, please. Goodbye!"]


@pytest.mark.parametrize(
    "words",
    [
        "Bye the way, is there parking?",
        "We would like to buy a cake as well, by the way, is that possible?",
        "My friend said “goodbye and good luck” to you, do you remember?",
        "I do not want to say goodbye before you have my name.",
    ],
)
def test_what_only_sounds_like_a_goodbye_is_none(tmp_path: Path, words: str) -> None:
    mind = Says([words, "Thank you, goodbye!"])
    call = story(tmp_path, Rule(state="booked", unless=("^Thank",), say="Yes, of course."), mind=mind)
    conversation = turns(call.live.text)
    at = conversation.index(("agent", words))
    assert conversation[at + 1] == ("callee", "Yes, of course.")
    assert len(at_of(call.events, ClosingBegan)) == 1


def test_the_end_call_tool_without_a_farewell_gets_one(tmp_path: Path) -> None:
    call = story(tmp_path, mind=Says([calls("end_call", outcome="Booked for 8pm, as they said.")]))
    said = told_by(turns(call.live.text), "agent")
    assert said[1:] == ["Thank you, goodbye!"]
    assert of_kind(call.events, Ended)[0].ending.outcome == "Booked for 8pm, as they said."


def test_the_end_call_tool_with_a_farewell_gets_no_second_one(tmp_path: Path) -> None:
    mind = Says([calls("end_call", "Many thanks, have a nice evening!", outcome="Booked.")])
    assert told_by(turns(story(tmp_path, mind=mind).live.text), "agent")[1:] == ["Many thanks, have a nice evening!"]


async def test_a_callee_with_always_one_more_question_is_answered_until_they_part(
    world: World, app: object, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, f"call Chatterbox Diner on +1 415 555 0123 {BOOKING}")
    assert len(at_of(call.events, ClosingCancelled)) == 6
    assert call.report.text.startswith("✅ Booked")
    assert "it ended with a goodbye" in call.end


def test_a_call_that_will_not_end_is_ended_politely_at_its_cap(tmp_path: Path) -> None:
    call = tell(
        lambda world: called(world, tmp_path, f"call Chatterbox Diner on +1 415 555 0123 {BOOKING}"),
        tmp_path,
        max_call_minutes=1,
    )
    last = said_by(call.call, "agent")[-1]
    talk_s = of_kind(call.events, Ended)[0].ending.talk_s
    measured("the whole call, of one minute at most", talk_s * 1000, most_ms=60_000)
    assert last.text.endswith("I have to go now, thank you, goodbye!")
    assert talk_s * 1000 - last.ended_ms > 1900  # nothing of the farewell is clipped
    assert "it reached its time limit" in call.end
