"""A question to the requester, and its answer."""

from bridge.inquiry import PATIENCE_S, Inquiry


def test_one_question_is_open_at_a_time() -> None:
    inquiry = Inquiry()
    assert not inquiry.open
    assert inquiry.ask("a", 10.0)
    assert inquiry.open
    assert not inquiry.ask("b", 11.0)
    assert inquiry.question_id == "a"


def test_a_question_is_closed_once_and_by_its_own_name() -> None:
    inquiry = Inquiry()
    assert not inquiry.close("")
    inquiry.ask("a", 10.0)
    assert not inquiry.close("b")
    assert inquiry.close("a")
    assert not inquiry.close("a")
    assert inquiry.ask("b", 20.0)


def test_an_answer_may_take_so_long() -> None:
    inquiry = Inquiry()
    assert not inquiry.overdue(1000.0)
    inquiry.ask("a", 10.0)
    assert not inquiry.overdue(10.0 + PATIENCE_S - 0.1)
    assert inquiry.overdue(10.0 + PATIENCE_S)
