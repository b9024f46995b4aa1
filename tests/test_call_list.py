"""The list of calls: what it says of each, and that its buttons lead where they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import NO_BUTTONS
from bot.call_list import PAGE, Opened, Row, buttons, figures, page
from bot.chat import Chat
from bot.live import live_of
from bridge.call import Ending, EndReason
from bridge.events import Answered
from bridge.timeline import BargeIn, Span, Timeline
from tests.samples import ANSWERED, ENGLISH, any_text, check_keyboard, check_message, labels, short_text
from tests.samples import buttons as flat

NOON = 1795453200.0  # Monday 23 November 2026, 12:00 in New York
CHAT = Chat(101, zone="America/New_York")
GROUP = Chat(-1001, zone="Europe/Berlin")
BUSY = Ending(EndReason.BUSY, ring_s=3.0, talk_s=0.0, cost_usd=0.0)


def a_row(**changes: object) -> Row:
    fields = {"id": "Xy3_abcdefgh", "name": "Trattoria Roma", "at_unix": NOON, "ending": ANSWERED, **changes}
    return Row(**fields)  # type: ignore[arg-type]  # a test's own names


def row_of(**changes: object) -> str:
    return page(CHAT, [a_row(**changes)], NOON).text.splitlines()[1]


def test_a_list_without_calls_says_how_to_begin() -> None:
    assert page(CHAT, [], NOON).text == "No calls yet. Write what you want done."
    assert buttons(CHAT, [], 0, NOON, more=False) == NO_BUTTONS


def test_a_call_is_told_with_its_time_its_end_its_length_and_its_cost() -> None:
    expected = "• Mon, Nov 23, 12:00 PM · Trattoria Roma – 0:42, it ended with a goodbye, $0.12"
    assert row_of() == expected


def test_a_call_that_was_not_answered_has_no_length_and_what_cost_nothing_no_cost() -> None:
    assert row_of(ending=BUSY).endswith("Trattoria Roma – the line was busy")


def test_a_call_without_an_end_goes_on() -> None:
    assert row_of(ending=None).endswith("Trattoria Roma – going on now")


def test_a_call_that_goes_on_is_told_with_its_figures() -> None:
    live = live_of([Answered(at_ms=2000)])
    assert figures(ENGLISH, live, Timeline(ended_ms=2000)) == "connected 0:00, no replies yet, never interrupted"
    replies = tuple(Span(at_ms, at_ms + lasts_ms) for at_ms, lasts_ms in ((3000, 600), (9000, 800), (15_000, 1400)))
    line = Timeline(ended_ms=20_000, replies=replies, barge_ins=(BargeIn(9500, "yielded"),))
    assert "replies in 800 ms (95 %: 1,400 ms), interrupted once" in figures(ENGLISH, live, line)


def test_a_planned_call_says_so() -> None:
    assert row_of(ending=None, planned=True, at_unix=NOON + 86400).endswith(
        "Tue, Nov 24, 12:00 PM · Trattoria Roma – planned"
    )


def test_a_list_of_several_peoples_calls_says_who_asked() -> None:
    assert row_of(who="Ana").endswith(" · Trattoria Roma, for Ana – 0:42, it ended with a goodbye, $0.12")


def test_the_zone_of_the_times_is_told_once() -> None:
    text = page(CHAT, [a_row(), a_row()], NOON).text
    assert text.splitlines()[0] == "Calls"
    assert text.splitlines()[-1] == "Times are those of New York."


# Buttons


def test_only_a_planned_call_that_one_may_cancel_has_a_button() -> None:
    rows = [
        a_row(id="mine", planned=True, ending=None, may_cancel=True),
        a_row(id="theirs", planned=True, ending=None),
        a_row(id="over", may_cancel=True),
    ]
    keyboard = buttons(CHAT, rows, 2, NOON, more=False)
    assert labels(keyboard) == ["✖️ Trattoria Roma, Mon, Nov 23, 12:00 PM", "← Newer"]
    assert [button.data for button in flat(keyboard)] == ["l:2:mine", "l:1"]


@pytest.mark.parametrize(
    ("number", "more", "shown"),
    [(0, False, []), (0, True, ["l:1"]), (1, False, ["l:0"]), (3, True, ["l:2", "l:4"])],
)
def test_pages_lead_to_the_newer_and_the_older(number: int, more: bool, shown: list[str]) -> None:
    assert [button.data for button in flat(buttons(CHAT, [a_row()], number, NOON, more=more))] == shown


def test_no_number_is_shown_in_full_on_a_button_in_a_group() -> None:
    row = a_row(name="+1 415-555-2671", planned=True, ending=None, may_cancel=True)
    assert "71" in labels(buttons(GROUP, [row], 0, NOON, more=False))[0]
    assert "555" not in labels(buttons(GROUP, [row], 0, NOON, more=False))[0]
    assert "+1 415-555-2671" in labels(buttons(CHAT, [row], 0, NOON, more=False))[0]


def test_what_a_button_says_is_read_again() -> None:
    assert Opened.read("l:3") == Opened(3)
    assert Opened.read("l:3:Xy3_abcdefgh") == Opened(3, "Xy3_abcdefgh")


@pytest.mark.parametrize("data", ["", "l", "l:", "l:x", "l:-1", "l:1:2:3", "c:1", "l:9999999", "l:²"])
def test_what_is_none_of_its_buttons_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        Opened.read(data)


@given(
    st.lists(
        st.builds(
            Row,
            id=st.just("Xy3_abcdefgh"),
            name=any_text(),
            at_unix=st.floats(NOON - 3e7, NOON + 5e6),
            planned=st.booleans(),
            ending=st.sampled_from([None, ANSWERED, BUSY]),
            who=short_text(),
            may_cancel=st.booleans(),
        ),
        min_size=1,
        max_size=PAGE,
    ),
    st.integers(0, 999_999),
    st.sampled_from([CHAT, GROUP]),
)
def test_whatever_calls_are_named_telegram_takes_the_list(rows: list[Row], number: int, chat: Chat) -> None:
    check_message(page(chat, rows, NOON))
    check_keyboard(buttons(chat, rows, number, NOON, more=True))
    for button in flat(buttons(chat, rows, number, NOON, more=True)):
        assert Opened.read(button.data)
