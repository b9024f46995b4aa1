"""When to ask whether the callee is still there."""

from bridge.silence import LISTENING_S, SILENCE_PROMPTS, SILENCE_S, Silence


def test_it_is_time_to_ask_when_nobody_has_spoken_for_too_long() -> None:
    silence = Silence()
    assert not silence.watch(10.0, quiet=True)
    assert silence.deadline == 10.0 + SILENCE_S
    assert not silence.watch(17.9, quiet=True)
    assert silence.watch(18.0, quiet=True)
    assert silence.deadline is None


def test_whoever_speaks_starts_it_anew() -> None:
    silence = Silence()
    silence.watch(10.0, quiet=True)
    assert not silence.watch(17.0, quiet=False)
    assert silence.deadline is None
    assert not silence.watch(18.0, quiet=True)
    assert silence.deadline == 18.0 + SILENCE_S


def test_it_is_hopeless_after_the_last_time_of_asking() -> None:
    silence = Silence()
    for number in range(SILENCE_PROMPTS + 1):
        assert not silence.hopeless
        silence.watch(100.0 * number, quiet=True)
        assert silence.watch(100.0 * number + SILENCE_S, quiet=True)
    assert silence.hopeless
    silence.broken()
    assert not silence.hopeless


def test_a_silence_that_is_expected_may_be_longer_once() -> None:
    silence = Silence()
    silence.extend(0.0)
    silence.watch(10.0, quiet=True)
    assert silence.deadline == 10.0 + LISTENING_S
    silence.extend(12.0)
    assert silence.deadline == 12.0 + LISTENING_S
    assert silence.watch(12.0 + LISTENING_S, quiet=True)
    silence.watch(50.0, quiet=True)
    assert silence.deadline == 50.0 + SILENCE_S
