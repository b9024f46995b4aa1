"""Heard words, written as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.speech.writing import written


@pytest.mark.parametrize(
    ("heard", "as_written"),
    [
        ("I could offer you 745.", "I could offer you 7:45."),
        ("You are booked at 30pm, table for six.", "You are booked: 8:30pm, table for six."),
        ("I have a table at 45 p.m. only", "I have a table 8:45pm only"),
        ("at 12pm", "at 12pm"),
        ("at 7 45, please", "at 7:45, please"),
        ("at 7.45 please", "at 7:45 please"),
        ("745pm table for four", "7:45pm table for four"),
        ("full at 7 p.m.", "full at 7pm."),
        ("Wednesday at 10 a.m. Would that suit?", "Wednesday at 10am. Would that suit?"),
        ("at 7 p.m. please", "at 7pm please"),
        ("at seven pm", "at 7pm"),
        ("at 10 AM", "at 10am"),
        ("seven forty-five is free", "7:45 is free"),
        ("nine thirty", "9:30"),
        ("six oh five", "6:05"),
        ("half past seven", "7:30"),
        ("a quarter to one", "12:45"),
        ("quarter past eight", "8:15"),
        ("at seven o'clock", "at 7:00"),
        ("1130 is free", "11:30 is free"),
        ("Your book, 7:45", "You are booked, 7:45"),
        ("Alright, bye", "All right, bye"),
        ("the A.I. assistant", "the AI assistant"),
        ("Undershane, please.", "Under Shane, please."),
        ("All right, you are booked. 8pm, table for three.", "All right, you are booked: 8pm, table for three."),
        ("Under prayer, please.", "Under Prayer, please."),
        ("We are under construction. Under what?", "We are under construction. Under what?"),
        ("Who is this? Who is this? Who is this?", "Who is this?"),
        ("8pm for three is fine, and the name.", "8pm for three is fine, and the name?"),
        ("Very good, under what name, please.", "Very good, under what name, please?"),
        ("And at what time.", "And at what time?"),
        ("Certainly. For how many.", "Certainly. For how many?"),
        ("Is that right.", "Is that right?"),
        ("Hello, anyone there.", "Hello, anyone there?"),
        ("I could do Wednesday. With that suit.", "I could do Wednesday. Would that suit?"),
    ],
)
def test_what_a_recogniser_spells_otherwise_is_written_as_people_write_it(heard: str, as_written: str) -> None:
    assert written(heard) == as_written


@pytest.mark.parametrize(
    "text",
    [
        "A table for four people, please.",
        "For appointments press 2. For anything else press 0.",
        "My number is 415 555 2671.",
        "It costs $145.",
        "There are 120 people.",
        "I understand. We will be underway at noon.",
        "What is your book about?",
        "It is 2026.",
        "seven twenty-four",
        "Yes, yes.",
        "7:45 or 8:15",
        "What we need is a table.",
        "How funny.",
        "I am here, and the table is for four at the window.",
        "It is free.",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert written(text) == text


WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """a I you at for table seven 7 745 7:45 pm p.m. forty-five half past quarter to your book all right alright
        under Undershane Yes. Who? o'clock 1130 am A.I. - , .""",
    )
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60))
def test_what_is_written_is_not_written_otherwise(heard: str) -> None:
    assert written(written(heard)) == written(heard)


@given(st.integers(1, 12), st.sampled_from(range(0, 60, 5)), st.sampled_from(["", "am", "pm"]))
def test_any_way_to_spell_a_time_is_the_same_time(hour: int, minute: int, half: str) -> None:
    spellings = [f"{hour}{sign}{minute:02}{half}" for sign in (":", ".", " ", "")]
    assert {written(f"at {spelling}, please") for spelling in spellings} == {f"at {hour}:{minute:02}{half}, please"}


@given(st.text(alphabet=st.characters(whitelist_categories=["Lu", "Ll", "Zs"]), max_size=40))
def test_words_without_numbers_are_neither_lost_nor_added(text: str) -> None:
    words = [word for word in text.split() if word.isalpha()]
    assert all(
        word in written(" ".join(words)).split() for word in words if word.lower() not in {"alright", "canceled"}
    )
