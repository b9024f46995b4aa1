"""What the planner asks the requester for, all at once, with answers to choose from where few are likely.

Owns the questions. Must not know how they are put into a chat. Pure.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.brain.errand import ANY_TIME, Errand
from sandbox.brain.whom import Whom

THE_SAME = "The same as last time"  # an answer that `given.recent_meant` understands
_SIZES = ("2 people", "3 people", "4 people", "6 people")
_TIMES = ("6pm", "7pm", "8pm", "9pm")


def missing(planned: Errand, callee: Whom, *, reachable: bool) -> list[dict[str, Any]]:
    """`reachable`: there is a number, or a way to one."""
    asked = (*_of_the_callee(callee, reachable=reachable), *_of_the_matter(planned, again=bool(callee.recent)))
    return [{"question": question, "choices": list(choices)} for question, choices in asked]


def _of_the_callee(callee: Whom, *, reachable: bool) -> Iterator[tuple[str, Sequence[str]]]:
    if callee.clashing:
        yield f"Which {callee.name} do you mean?", callee.clashing[:4]
    elif not reachable:
        yield f"What is the number of {callee.name}?" if callee.name else "Which number should I call?", ()


def _of_the_matter(planned: Errand, *, again: bool) -> Iterator[tuple[str, Sequence[str]]]:
    if not planned.goal:
        yield "What should I say or ask?", (THE_SAME,) if again else ()
    if planned.is_table and not planned.wish.size:
        yield "A table for how many people?", _SIZES
    if planned.is_table and not planned.wish.time and not any(ANY_TIME.search(line) for line in planned.terms.lines):
        yield "A table for what time?", _TIMES
