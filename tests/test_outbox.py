"""What is written before a socket is open waits for it, in order."""

from bridge.outbox import Outbox


def test_what_was_put_in_before_it_opened_goes_first() -> None:
    outbox: Outbox[int] = Outbox()
    sent: list[int] = []
    outbox.put(1)
    outbox.put(2)
    outbox.open(sent.append)
    outbox.put(3)
    assert sent == [1, 2, 3]


def test_what_is_put_in_after_the_end_goes_nowhere() -> None:
    outbox: Outbox[int] = Outbox()
    sent: list[int] = []
    outbox.open(sent.append)
    outbox.close()
    outbox.put(1)
    assert sent == []
