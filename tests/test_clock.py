"""The clock of one call."""

from bridge.clock import Clock


def test_it_tells_milliseconds_since_the_call_was_confirmed() -> None:
    clock = Clock(1000.0, 1000.0)
    assert clock.at_ms == 0
    clock.advance(1001.234)
    assert clock.at_ms == 1234


def test_it_never_goes_back() -> None:
    clock = Clock(1000.0, 1002.0)
    clock.advance(1001.0)
    assert clock.now == 1002.0
