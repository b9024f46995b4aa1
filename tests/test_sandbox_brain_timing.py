"""When to call, by rules: the words of a request about the call itself, told from those about its matter."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.brain.dates import date_of, moment, moment_in
from sandbox.brain.timing import Retries, leading, resolved, take_retries, wholly
from tests.sandbox_telephone import BOOK, planned

NOW = moment(date(2026, 11, 22), 11 * 60 + 5)  # a Sunday


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("tomorrow at 9 and ask", "2026-11-23T09:00"),
        ("at 9 tomorrow", "2026-11-23T09:00"),
        ("tomorrow at 9 in the evening", "2026-11-23T21:00"),
        ("on Friday at 3pm to ask", "2026-11-27T15:00"),
        ("Friday night.", "2026-11-27T18:00"),
        ("at 18:30, tell them", "2026-11-22T18:30"),
        ("at 10am and", "2026-11-23T10:00"),  # has passed today
        ("at 9", "2026-11-22T21:00"),  # the next nine o'clock
        ("at noon", "2026-11-22T12:00"),
        ("today at 10am and", ""),  # has passed: now
        ("on Sunday at 9am", "2026-11-29T09:00"),
        ("on Sunday at 9pm", "2026-11-22T21:00"),
        ("next Sunday at 9pm", "2026-11-29T21:00"),
        ("next Monday at half past nine", "2026-11-23T09:30"),
        ("on Tuesday at 3", "2026-11-24T15:00"),  # nobody is called at 3 in the morning
        ("this evening and", "2026-11-22T18:00"),
        ("this morning at 9 and", "2026-11-23T09:00"),
        ("tonight and", "2026-11-22T18:00"),
        ("today and", ""),
        ("tomorrow morning and", "2026-11-23T09:00"),
        ("tomorrow", "2026-11-23T09:00"),
        ("on the 5th of December at noon", "2026-12-05T12:00"),
        ("on November 22 at 9am", ""),
        ("in 2 hours and", "2026-11-22T13:05"),
        ("in half an hour", "2026-11-22T11:35"),
        ("in an hour and a half and", "2026-11-22T12:35"),
        ("in 20 minutes.", "2026-11-22T11:25"),
        ("in three days", "2026-11-25T11:05"),
        ("every Monday at 9 and", "2026-11-23T09:00"),
        ("every day at 8am", "2026-11-23T08:00"),
        ("weekly and", ""),
    ],
)
def test_a_time_to_call_is_worked_out(words: str, at: str) -> None:
    when, rest = leading(words)
    assert rest != words
    assert resolved(when, NOW) == at


@pytest.mark.parametrize(
    "words",
    [
        "for tomorrow at 7pm",
        "tomorrow at 7pm, table for 2",
        "tonight 8pm table for 2",
        "tonight, table for 4",
        "and book a table for tomorrow at 7pm",
        "table for two at 7pm",
        "",
    ],
)
def test_the_time_of_a_booking_is_none_to_call(words: str) -> None:
    when, rest = leading(words)
    assert (when.said, rest) == (False, words)


def test_words_that_say_more_than_a_time_are_not_wholly_a_time() -> None:
    assert wholly("every Monday at 9.").repeats
    assert not wholly("every Monday in Rome").said


@pytest.mark.parametrize(
    ("words", "retries", "rest"),
    [
        ("call Mom. Try again every 15 minutes if busy, up to 3 times", Retries(3, 15), "call Mom."),
        ("if it is busy, try again in 10 minutes", Retries(3, 10), ""),
        ("ask if they have parking and if nobody answers try again twice", Retries(2, 15), "ask if they have parking"),
        ("call Mom, retry once", Retries(1, 15), "call Mom"),
        ("if there is no answer, keep trying every half an hour until they pick up", Retries(3, 30), ""),
        ("retry every hour", Retries(3, 60), ""),
        ("try again in 10 minutes", Retries(), "try again in 10 minutes"),
        ("call them again at 5", Retries(), "call them again at 5"),
        ("ask if she is busy", Retries(), "ask if she is busy"),
    ],
)
def test_how_often_to_try_again(words: str, retries: Retries, rest: str) -> None:
    found, left = take_retries(words)
    assert (found, left.strip()) == (retries, rest)


# In a request


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            "call Mia +14155550108 tomorrow at 9 and ask if she is home",
            {"call_at": "2026-11-23T09:00", "goal": "Ask Mia whether she is home."},
        ),
        (
            "Tomorrow at 9 please call +14155550108 and ask if she is home",
            {"call_at": "2026-11-23T09:00", "callee_number": "+14155550108", "questions": ["Whether she is home"]},
        ),
        (
            "call Mia in 2 hours on +14155550108 and tell her that I'm late",
            {"call_at": "2026-11-22T13:05", "callee_number": "+14155550108", "goal": "Tell Mia that Shane is late."},
        ),
        (
            "call Trattoria Roma on +1 415 555 2671 tomorrow at 9 and book a table for four on Saturday at 7pm",
            {"call_at": "2026-11-23T09:00", "goal": "Book a table for 4 people at 7pm on Saturday."},
        ),
        (
            "call the salon +14155550111 at 18:30 and book a haircut for Thursday at 3pm",
            {"call_at": "2026-11-22T18:30", "goal": "Book a haircut for Thursday at 3pm."},
        ),
        (  # as the planner gets "/call today at 2pm call …"
            "call today at 2pm call Luigi on +1 415 555 0102 and book a table for two for 7pm",
            {"call_at": "2026-11-22T14:00", "callee_name": "Luigi", "goal": "Book a table for 2 people at 7pm."},
        ),
        (
            "call Trattoria Roma on +1 415 555 2671 and book a table for four tomorrow at 7pm",
            {"call_at": "", "goal": "Book a table for 4 people at 7pm tomorrow."},
        ),
        (
            "call Mia +14155550108 every Monday at 9 and ask how she is",
            {"call_at": "2026-11-23T09:00", "repeats": True, "goal": "Ask Mia how she is."},
        ),
        (
            "Every Monday at 9 call Mia +14155550108 and ask how she is",
            {"call_at": "2026-11-23T09:00", "repeats": True, "questions": ["How she is"]},
        ),
        (
            "call Mia +14155550108 and ask how she is, every Monday at 9",
            {"call_at": "2026-11-23T09:00", "repeats": True, "questions": ["How she is"]},
        ),
        (
            "call Mia +14155550108 and ask whether they meet every Monday",
            {"call_at": "", "repeats": False, "questions": ["Whether they meet every Monday"]},
        ),
        (
            "call Mia +14155550108 and ask if she is home, try again every 15 minutes if busy, up to 3 times",
            {"retries": 3, "retry_minutes": 15, "questions": ["Whether she is home"], "call_at": ""},
        ),
        ("call Mia now on +14155550108 and ask if she is home", {"call_at": "", "callee_number": "+14155550108"}),
    ],
)
def test_a_request_says_when_to_call(request_: str, expected: dict[str, Any]) -> None:
    plan = planned(request_)
    assert {name: plan[name] for name in expected} == expected
    assert plan["missing"] == []


@pytest.mark.parametrize(
    ("amendment", "expected"),
    [
        ("call tomorrow at 10", {"call_at": "2026-11-23T10:00"}),
        ("call them at 10 tomorrow instead", {"call_at": "2026-11-23T10:00"}),
        ("schedule the call for Tuesday at 9", {"call_at": "2026-11-24T09:00"}),
        ("call in half an hour", {"call_at": "2026-11-22T11:35"}),
        ("every Monday at 9", {"call_at": "2026-11-23T09:00", "repeats": True}),
        ("try again every 10 minutes if nobody answers", {"retries": 3, "retry_minutes": 10}),
    ],
)
def test_a_draft_may_be_put_off(amendment: str, expected: dict[str, Any]) -> None:
    draft = planned(BOOK)
    assert planned(amendment, draft) == {**draft, **expected}


def test_a_draft_that_was_put_off_is_changed_or_called_at_once() -> None:
    draft = planned("call tomorrow at 10", planned(BOOK))
    assert planned("make it 8pm", draft)["call_at"] == "2026-11-23T10:00"
    assert planned("make it 8pm", draft)["facts"] == ["Table for 4 people", "Time: 8pm", "Name: Shane"]
    assert planned("call now", draft)["call_at"] == ""
    weekly = planned("every Monday", draft)
    assert (weekly["repeats"], planned("just once", weekly)["repeats"]) == (True, False)


def test_a_new_time_for_a_matter_that_has_none_is_the_calls() -> None:
    draft = planned("call Mia +14155550108 tomorrow at 9 and tell her that I'm late")
    for words, at in (
        ("at 10 on Tuesday", "2026-11-24T10:00"),
        ("make it 10am", "2026-11-23T10:00"),
        ("call at 3 instead", "2026-11-23T15:00"),
        ("on Tuesday", "2026-11-24T09:00"),
        ("tomorrow evening", "2026-11-23T18:00"),
        ("in an hour", "2026-11-22T12:05"),
    ):
        later = planned(words, draft)
        assert (later["call_at"], later["goal"]) == (at, "Tell Mia that Shane is late."), words


# The calendar


@pytest.mark.parametrize(
    ("text", "moment_"),
    [
        ("It is Sunday, 22 November 2026, 11:05 (Europe/Berlin), where", NOW),
        ("DATE\nSunday, 22 November 2026 (Europe/Berlin)", NOW.replace(hour=0, minute=0)),
        ("no date", None),
    ],
)
def test_the_date_of_a_prompt_is_read(text: str, moment_: datetime | None) -> None:
    assert moment_in(text) == moment_


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("weekend", "2026-11-28"),
        ("saturday evening", "2026-11-28"),
        ("sunday", "2026-11-22"),
        ("next sunday", "2026-11-29"),
        ("21st", "2026-12-21"),
        ("22nd of november", "2026-11-22"),
        ("march 3", "2027-03-03"),
        ("31st", "2026-12-31"),
        ("30th february", None),
        ("soon", None),
    ],
)
def test_a_day_in_words_is_the_next_such_day(day: str, found: str | None) -> None:
    assert date_of(day, NOW.date()) == (date.fromisoformat(found) if found else None)


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["monday", "next friday", "5th", "may 5", "today"])
)
def test_no_day_in_words_is_in_the_past_nor_a_year_away(today: date, day: str) -> None:
    found = date_of(day, today)
    assert found is not None
    assert today <= found < today + timedelta(days=366)


@given(st.text(alphabet="aeinor t:0123459,", max_size=30))
def test_any_words_may_be_looked_through_for_a_time(words: str) -> None:
    when, rest = leading(f"tomorrow {words}")
    at = resolved(when, NOW)
    assert words.endswith(rest.lstrip()) or not when.said
    assert not at or datetime.fromisoformat(at) > NOW
