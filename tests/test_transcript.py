"""The order of the turns, and how everyone outside keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.call import Turn
from bridge.events import Ringing, TurnChanged
from bridge.transcript import Transcript, cut, finished, follow, rebuild


def turn(item: str, text: str = "") -> Turn:
    return Turn(item, "callee", text or item, 0)


def changed(after: str, item: str, text: str = "") -> TurnChanged:
    return TurnChanged(at_ms=0, turn=turn(item, text), after=after)


def test_turns_stand_in_the_order_of_their_items_not_of_their_words() -> None:
    transcript = Transcript()
    transcript.place("question", "")
    transcript.place("answer", "question")
    assert transcript.put(turn("answer")) == ""
    assert transcript.put(turn("question")) == ""
    assert transcript.put(turn("answer", "more")) == "question"
    assert [(known.id, known.text) for known in transcript.turns()] == [("question", "question"), ("answer", "more")]


def test_items_without_words_keep_their_place() -> None:
    transcript = Transcript()
    for item, after in (("a", ""), ("tool", "a"), ("c", "tool"), ("b", "a")):
        transcript.place(item, after)
    assert transcript.put(turn("a")) == ""
    assert transcript.put(turn("c")) == "a"
    assert transcript.put(turn("b")) == "a"
    assert [known.id for known in transcript.turns()] == ["a", "b", "c"]


def test_an_item_is_placed_once() -> None:
    transcript = Transcript()
    transcript.place("a", "")
    transcript.place("b", "a")
    transcript.place("a", "b")
    transcript.put(turn("b"))
    assert transcript.put(turn("a")) == ""


def test_what_stands_after_something_unknown_stands_at_the_end() -> None:
    transcript = Transcript()
    transcript.put(turn("a"))
    transcript.place("b", "nobody knows")
    assert transcript.put(turn("b")) == "a"


def test_a_turn_is_known_once_it_has_words() -> None:
    transcript = Transcript()
    transcript.place("a", "")
    assert transcript.get("a") is None
    transcript.put(turn("a"))
    assert transcript.get("a") == turn("a")


@given(st.data())
def test_whoever_follows_has_the_same_turns_in_the_same_order_at_any_moment(data: st.DataObject) -> None:
    transcript, followed, events = Transcript(), list[Turn](), list[object]()
    items = [f"i{number}" for number in range(data.draw(st.integers(1, 8)))]
    for item in items:
        transcript.place(item, data.draw(st.sampled_from(["", "unknown", *items])))
    for number in range(data.draw(st.integers(0, 20))):
        told = turn(data.draw(st.sampled_from([*items, "never placed"])), f"words {number}")
        event = TurnChanged(at_ms=0, turn=told, after=transcript.put(told))
        followed = follow(followed, event)
        events += [event, Ringing(at_ms=0)]
        assert followed == transcript.turns()
    assert rebuild(events) == followed


def test_a_turn_after_one_that_was_missed_is_not_lost() -> None:
    assert follow([turn("a")], changed("missed", "b")) == [turn("b"), turn("a")]


@pytest.mark.parametrize(
    ("heard_ms", "kept"),
    [
        (0, ""),
        (100, ""),
        (400, "For four"),
        (500, "For four"),
        (800, "For four people"),
        (999, "For four people, at"),
        (1000, "For four people, at 7."),
        (2000, "For four people, at 7."),
    ],
)
def test_the_words_that_were_heard_are_whole_words(heard_ms: int, kept: str) -> None:
    assert cut("For four people, at 7.", heard_ms, 1000) == kept


def test_of_an_item_without_audio_nothing_was_heard() -> None:
    assert cut("For four.", 0, 0) == ""


@given(st.text(), st.integers(0, 5000), st.integers(0, 5000))
def test_what_was_heard_is_the_beginning_of_what_was_said(text: str, heard_ms: int, total_ms: int) -> None:
    assert text.startswith(cut(text, heard_ms, total_ms))


def test_a_finished_turn_is_final() -> None:
    assert finished(turn("a"), text="b", ended_ms=9, interrupted=True) == Turn(
        "a", "callee", "b", 0, ended_ms=9, final=True, interrupted=True
    )


def test_what_is_heard_first_stands_before_what_was_made_first() -> None:
    transcript = Transcript()
    transcript.place("opening", "")
    transcript.place_before("greeting", "opening")
    transcript.place_before("again", "opening")
    transcript.place_before("greeting", "opening")
    transcript.place_before("stray", "nobody knows")
    transcript.place("again", "opening")
    for item in ("opening", "greeting", "again"):
        transcript.put(turn(item))
    assert [known.id for known in transcript.turns()] == ["greeting", "again", "opening"]
