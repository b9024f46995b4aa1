"""The audit log and the do-not-call list in the chat."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import oversight_view, wording
from bot.buttons import MAX_DATA
from bot.chat import Chat
from bot.ledger import Barred, Deed
from bot.oversight_view import DETAILS, PAGE
from tests.samples import ENGLISH, labels

BOT = Path(__file__).parent.parent / "bot"
AT = 1_795_471_200.0  # Monday, 23 November 2026, 17:00 in New York
CHAT = Chat(101, zone="America/New_York")
FAMILY = -1001234567890
NAMES = {101: "Shane", 102: "Mallory"}


def shown(*deeds: Deed, groups: dict[int, str] | None = None) -> list[str]:
    return oversight_view.audit(CHAT, deeds, NAMES, groups or {}).text.splitlines()


def test_a_deed_says_when_who_and_what() -> None:
    assert shown(Deed(AT, 101, 101, "allowed", "102 caller")) == [
        "Who did what",
        "Mon, Nov 23, 5:00 PM · Shane let Mallory in as caller",
    ]


@pytest.mark.parametrize(
    ("action", "detail", "what"),
    [
        ("called", "+1 4…71", "called +1 4…71"),
        ("hung-up", "", "ended a call"),
        ("denied", "102", "put Mallory out"),
        ("denied", "999", "put 999 out"),
        ("invited", "watcher", "made an invitation, as watcher"),
        ("accepted", "102 caller", "accepted Mallory’s invitation, as caller"),
        ("budget-person", "102 5usd/day 60min/day", "set Mallory’s budget: 5usd/day 60min/day"),
        ("budget-chat", "5usd/day", "set the group’s budget: 5usd/day"),
        ("number-barred", "+• •••-•••-••71", "put +• •••-•••-••71 on the do-not-call list"),
        ("gone-by-now", "whatever", "gone-by-now"),
    ],
)
def test_each_deed_has_its_words(action: str, detail: str, what: str) -> None:
    assert shown(Deed(AT, 101, 101, action, detail))[1].endswith(f"· Shane {what}")


def test_in_a_group_its_title_is_named() -> None:
    [_, row] = shown(Deed(AT, 101, FAMILY, "hung-up", ""), groups={FAMILY: "Family"})
    assert row.endswith("Shane ended a call · Family")


def test_no_number_is_shown_in_full_whatever_was_noted() -> None:
    [_, row] = shown(Deed(AT, 101, 101, "called", "+1 415-555-2671"))
    assert "2671" not in row


def test_nobody_did_anything_yet() -> None:
    assert shown() == ["Nothing yet."]


def test_the_names_that_a_page_needs_are_known() -> None:
    deeds = [
        Deed(AT, 101, 101, "allowed", "102 caller"),
        Deed(AT, 103, 101, "called", "104"),
        Deed(AT, 101, 101, "invited", "caller"),
        Deed(AT, 101, 101, "denied", "nobody"),
    ]
    assert oversight_view.people_in(deeds) == {101, 102, 103}


def test_pages_are_turned_both_ways() -> None:
    def turned(page: int, *, more: bool) -> list[str]:
        return labels(oversight_view.audit_buttons(ENGLISH, page, more=more))

    assert turned(0, more=False) == []
    assert turned(0, more=True) == ["Older →"]
    assert turned(1, more=True) == ["← Newer", "Older →"]
    assert turned(2, more=False) == ["← Newer"]


@given(
    st.lists(
        st.builds(
            Deed,
            st.floats(0, 4e9),
            st.integers(1, 2**52),
            st.integers(-(2**52), 2**52),
            st.sampled_from(["called", "allowed", "budget-person", "denied", "else"]),
            st.text(max_size=256),
        ),
        max_size=PAGE,
    ),
    st.integers(0, 10**6),
)
def test_a_page_of_whatever_was_noted_fits_into_a_message(deeds: list[Deed], page: int) -> None:
    names = {deed.actor_id: "N" * 256 for deed in deeds}
    groups = {deed.chat_id: "T" * 256 for deed in deeds if deed.chat_id < 0}
    assert oversight_view.audit(CHAT, deeds, names, groups).units <= 4096
    for row in oversight_view.audit_buttons(ENGLISH, page, more=True):
        assert all(len(button.data.encode()) <= MAX_DATA for button in row)


def test_who_is_never_called_is_listed_with_the_reason() -> None:
    barred = [Barred("+14155552671", AT, "callee"), Barred("+442079460123", AT, "admin")]
    [page] = oversight_view.never_called(CHAT, barred)
    assert page.text == (
        "Never called\n"
        "• +1 415-555-2671, since Mon, Nov 23 (they asked for it)\n"
        "• +44 20 7946 0123, since Mon, Nov 23 (by an admin)"
    )


def test_an_empty_list_says_how_to_fill_it() -> None:
    [page] = oversight_view.never_called(CHAT, [])
    assert "/donotcall add" in page.text


# Every deed has its words


def noted() -> dict[str, ast.expr]:
    """Where the chat's side notes something, and what it says that was done."""
    return {
        f"{path.name}:{call.lineno}": call.args[2]
        for path in sorted(BOT.glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func).endswith("ledger.note")
    }


def test_every_deed_that_is_noted_has_its_words_in_every_language() -> None:
    where = noted()
    assert len(where) > 15
    assert {place: ast.unparse(action) for place, action in where.items() if not isinstance(action, ast.Constant)} == {}
    actions = {str(ast.literal_eval(action)) for action in where.values()}
    assert set(DETAILS) <= actions
    for language in wording.languages():
        words = wording.words(language)
        assert [action for action in sorted(actions) if not words.maybe(f"audit-{action}")] == []
