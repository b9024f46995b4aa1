"""Named one-shot deadlines."""

from bridge.timers import Timer, Timers


def test_the_deadline_is_the_earliest() -> None:
    timers = Timers()
    assert timers.deadline is None
    timers.set(Timer.RINGING, 5.0)
    timers.set(Timer.WRAP_UP, 3.0)
    assert timers.deadline == 3.0


def test_each_timer_expires_once_the_earliest_first() -> None:
    timers = Timers()
    timers.set(Timer.RINGING, 5.0)
    timers.set(Timer.WRAP_UP, 3.0)
    timers.set(Timer.TIME_LIMIT, 9.0)
    assert timers.expired(2.9) == []
    assert timers.expired(5.0) == [Timer.WRAP_UP, Timer.RINGING]
    assert timers.expired(5.0) == []
    assert timers.running(Timer.TIME_LIMIT)


def test_a_timer_can_be_set_anew_and_dropped() -> None:
    timers = Timers()
    timers.set(Timer.STREAM_GONE, 1.0)
    timers.set(Timer.STREAM_GONE, 7.0)
    assert timers.expired(1.0) == []
    timers.drop(Timer.STREAM_GONE)
    timers.drop(Timer.STREAM_GONE)
    assert not timers.running(Timer.STREAM_GONE)
    assert timers.expired(7.0) == []


def test_a_timer_that_is_paused_has_as_long_to_go_afterwards() -> None:
    timers = Timers()
    timers.set(Timer.WRAP_UP, 10.0)
    timers.set(Timer.HANG_UP, 11.0)
    timers.pause(4.0, Timer.WRAP_UP, Timer.TIME_LIMIT)
    assert timers.deadline == 11.0
    timers.go_on(100.0)
    timers.go_on(200.0)
    timers.drop(Timer.HANG_UP)
    assert timers.deadline == 106.0
