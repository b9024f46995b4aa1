"""Budgets in the chat: what may be spent, and what has been.

Pure: data in, words out.
"""

from bot.budget import Budget, Spent
from bot.cards import dollars
from bot.wording import Words


def limits(words: Words, budget: Budget) -> str:
    """In the notation that sets them."""
    return words("budget-none") if budget == Budget() else str(budget)


def spent(words: Words, so_far: Spent) -> str:
    return words(
        "budget-spent",
        day=dollars(words, so_far.usd_day),
        dayminutes=_minutes(so_far.s_day),
        month=dollars(words, so_far.usd_month),
        monthminutes=_minutes(so_far.s_month),
    )


def _minutes(seconds: float) -> str:
    """Of talk: each minute begun counts in full here, so that nothing seems to be free."""
    return str(-int(-seconds // 60))
