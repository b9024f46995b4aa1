"""Budgets in the chat."""

from bot import money_view
from bot.budget import Budget, Spent
from tests.samples import ENGLISH


def test_limits_are_shown_as_they_are_set() -> None:
    assert money_view.limits(ENGLISH, Budget(5.0, None, 30, None)) == "5usd/day 30min/day"
    assert money_view.limits(ENGLISH, Budget()) == "no limit"
    assert money_view.limits(ENGLISH, Budget(usd_day=0.0)) == "0usd/day"


def test_what_was_spent_is_shown_by_day_and_month() -> None:
    assert money_view.spent(ENGLISH, Spent(0.424, 1234.5, 61.0, 3600.0)) == (
        "$0.42 and 2 min today, $1234.50 and 60 min this month"
    )
    assert money_view.spent(ENGLISH, Spent()) == "$0.00 and 0 min today, $0.00 and 0 min this month"
