"""Was it meant to stop the agent?"""

import pytest

from bridge.interruption import LONG_S, WORDS_PATIENCE_S, Interruption, Verdict
from bridge.phrases import phrasebook

ENGLISH = phrasebook("en")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("", Verdict.RESUME), ("Mm-hmm.", Verdict.RESUME), ("Wait!", Verdict.YIELD), ("Yes, but when?", Verdict.YIELD)],
)
def test_its_words_decide(text: str, verdict: Verdict) -> None:
    assert Interruption("a", 10.0).words("a", text, ENGLISH) is verdict


def test_a_long_utterance_needs_no_words() -> None:
    interruption = Interruption("a", 10.0)
    assert interruption.deadline is None
    assert interruption.committed(10.0 + LONG_S) is Verdict.YIELD


def test_a_short_one_waits_for_its_words() -> None:
    interruption = Interruption("a", 10.0)
    assert interruption.committed(11.0) is None
    assert interruption.deadline == 11.0 + WORDS_PATIENCE_S


@pytest.mark.parametrize(("length", "verdict"), [(0.7, Verdict.RESUME), (0.75, Verdict.YIELD)])
def test_words_that_do_not_come_are_judged_by_its_length(length: float, verdict: Verdict) -> None:
    interruption = Interruption("a", 10.0)
    assert interruption.overdue(60.0) is None
    interruption.committed(10.0 + length)
    assert interruption.overdue(10.0 + length + WORDS_PATIENCE_S - 0.1) is None
    assert interruption.overdue(10.0 + length + WORDS_PATIENCE_S) is verdict


def test_it_goes_on_when_the_callee_speaks_again() -> None:
    interruption = Interruption("a", 10.0)
    interruption.committed(10.5)
    interruption.goes_on("b")
    assert interruption.items == ["a", "b"]
    assert interruption.deadline is None
    assert interruption.words("a", "Mhm.", ENGLISH) is None
    assert interruption.words("a", "Wait!", ENGLISH) is Verdict.YIELD
    assert interruption.words("b", "Mhm.", ENGLISH) is Verdict.RESUME
