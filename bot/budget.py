"""Budgets: what a person or a chat may spend on calls in a day and in a month, in US dollars and in minutes of talk.

Pure. Owns the notation and the sums. Knows neither who has which budget nor what was spent: both come in. A running
call counts as spent with all that it may still take; the caller adds it to `Spent`. Local days follow the tz database
(`zoneinfo`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

NOTATION = "5usd/day 50usd/month 30min/day 300min/month"
Limit = Literal["usd_day", "usd_month", "minutes_day", "minutes_month"]

_CENT = 0.01
_ROUNDING = 1e-6  # what sums of floats may be off by
_HEADROOM = 2.0  # a lively call costs more than its estimate
_LEAST_USD = 1.0  # and waiting on hold costs, but is not in a call's minutes

_NUMBER = r"\d{1,7}(?:[.,]\d{1,2})?"
_LIMIT = re.compile(
    r"(?<![\w$.+-])(?<!\d,)"
    rf"(?:(?:\$|usd)\s*(?P<before>{_NUMBER})|(?P<after>{_NUMBER})\s*(?:\$|usd)|(?P<minutes>\d{{1,7}})\s*min(?:ute)?s?)"
    r"\s*(?:/|\bper\b)\s*(?P<period>day|month)\b",
    re.IGNORECASE,
)


class BudgetMalformed(ValueError):
    """Words that are no budget. `part` is the first of them that could not be read, or that limits something twice."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part!r} is no limit: write {NOTATION} (any of them, in any order), or none")
        self.part = part


@dataclass(frozen=True)
class Budget:
    """Limits; None: without one. Dollars to the cent. As text it is in the notation that `parse` reads."""

    usd_day: float | None = None
    usd_month: float | None = None
    minutes_day: int | None = None
    minutes_month: int | None = None

    def __str__(self) -> str:
        money = ((self.usd_day, "day"), (self.usd_month, "month"))
        minutes = ((self.minutes_day, "day"), (self.minutes_month, "month"))
        parts = [f"{f'{usd:.2f}'.rstrip('0').rstrip('.')}usd/{period}" for usd, period in money if usd is not None]
        parts += [f"{count}min/{period}" for count, period in minutes if count is not None]
        return " ".join(parts) or "none"


@dataclass(frozen=True)
class Spent:
    """In this day and this month (see `since`): US dollars, and seconds of talk."""

    usd_day: float = 0.0
    usd_month: float = 0.0
    s_day: float = 0.0
    s_month: float = 0.0


@dataclass(frozen=True)
class Left:
    """What may still be spent, never below 0; None: no limit. With the limit that leaves no more than that."""

    usd: float | None = None
    minutes: float | None = None
    usd_limit: Limit = "usd_day"
    minutes_limit: Limit = "minutes_day"


@dataclass(frozen=True)
class Allowance:
    """What one call may take at most. `usd` 0.0: no limit. No minutes: it may not be made, because of `refused`."""

    minutes: int
    usd: float
    refused: Limit | Literal[""] = ""


def parse(text: str) -> Budget:
    """A budget from its notation, also "$5/day" or "5 USD per day"; "none", "off" and nothing limit nothing.

    Raises BudgetMalformed (a ValueError).
    """
    if text.strip().casefold() in {"", "none", "off"}:
        return Budget()
    usd: dict[str, float] = {}
    minutes: dict[str, int] = {}
    for found in _LIMIT.finditer(text):
        period = found["period"].casefold()
        if period in (minutes if found["minutes"] else usd):
            raise BudgetMalformed(found[0])
        if found["minutes"]:
            minutes[period] = int(found["minutes"])
        else:
            usd[period] = float((found["before"] or found["after"]).replace(",", "."))
    if unread := re.sub(r"[\s,;]+", " ", _LIMIT.sub(" ", text)).split():
        raise BudgetMalformed(unread[0])
    if not usd and not minutes:
        raise BudgetMalformed(text.strip())
    return Budget(usd.get("day"), usd.get("month"), minutes.get("day"), minutes.get("month"))


def left(budget: Budget, spent: Spent) -> Left:
    """The tightest of the day's and the month's limits."""
    usd, usd_limit = _tightest(
        (_rest(budget.usd_day, spent.usd_day), "usd_day"),
        (_rest(budget.usd_month, spent.usd_month), "usd_month"),
    )
    minutes, minutes_limit = _tightest(
        (_rest(budget.minutes_day, spent.s_day / 60), "minutes_day"),
        (_rest(budget.minutes_month, spent.s_month / 60), "minutes_month"),
    )
    return Left(usd, minutes, usd_limit, minutes_limit)


def narrower(*lefts: Left) -> Left:
    """What several budgets leave together, such as a person's and the chat's."""
    usd, usd_limit = _tightest((None, "usd_day"), *((one.usd, one.usd_limit) for one in lefts))
    minutes, minutes_limit = _tightest((None, "minutes_day"), *((one.minutes, one.minutes_limit) for one in lefts))
    return Left(usd, minutes, usd_limit, minutes_limit)


def verdict(left: Left) -> Limit | Literal[""]:
    """The limit that is used up: less than a cent or a minute is left of it. The one that lasts longest; "" if none."""
    used: list[Limit] = []
    if left.usd is not None and left.usd < _CENT - _ROUNDING:
        used.append(left.usd_limit)
    if left.minutes is not None and left.minutes < 1 - _ROUNDING:
        used.append(left.minutes_limit)
    used.sort(key=_lasts)
    return used[-1] if used else ""


def allowance(left: Left, *, planned_minutes: int, estimate_usd: float) -> Allowance:
    """Of a call planned for `planned_minutes` (1 or more), which would then cost about `estimate_usd`.

    Its minutes are those that the money is enough for, by the estimate. Its money is more than the estimate, so that
    no call is cut for being lively, but not all that is left, so that another call may be made beside it.
    """
    if used := verdict(left):
        return Allowance(0, 0.0, used)
    minutes = planned_minutes if left.minutes is None else min(planned_minutes, int(left.minutes + _ROUNDING))
    if left.usd is None:
        return Allowance(minutes, 0.0)
    minute_usd = estimate_usd / planned_minutes
    if minute_usd * minutes > left.usd:
        minutes = int(left.usd / minute_usd + _ROUNDING)
    if not minutes:
        return Allowance(0, 0.0, left.usd_limit)
    return Allowance(minutes, min(left.usd, max(_LEAST_USD, minute_usd * minutes * _HEADROOM)))


def since(now_unix: float, zone: str) -> tuple[float, float]:
    """When the local day and the local month began, in unix seconds. `zone` is an IANA name.

    Where the clock skips midnight, the day begins with the first moment there is (fold 0 of PEP 495).
    """
    today = datetime.fromtimestamp(now_unix, ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return today.timestamp(), today.replace(day=1).timestamp()


def renewed(now_unix: float, zone: str) -> tuple[float, float]:
    """When the next local day and the next local month begin, in unix seconds."""
    today = datetime.fromtimestamp(now_unix, ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    next_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (today + timedelta(days=1)).timestamp(), next_month.timestamp()


def _rest(limit: float | None, spent: float) -> float | None:
    return None if limit is None else max(0.0, limit - spent)


def _tightest(*limits: tuple[float | None, Limit]) -> tuple[float | None, Limit]:
    """The least of what is left. Of two that leave the same, the one that lasts longer."""
    amounts = [(amount, limit) for amount, limit in limits if amount is not None]
    return min(amounts, key=lambda one: (one[0], not _lasts(one[1])), default=limits[0])


def _lasts(limit: Limit) -> bool:
    """A month's limit stays used up when the day is over."""
    return limit.endswith("_month")
