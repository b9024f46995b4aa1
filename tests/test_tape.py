"""The tape of a call: what is on it is what a recording would have been told, as far as the tape goes."""

import base64
import struct

from hypothesis import given
from hypothesis import strategies as st

from bridge.actions import Clear, Mark, Play
from bridge.recording import Recording
from bridge.tape import LATEST_MS, Tape, recorded

BEGAN = 1000.0
FRAME_MS = 20
FRAME = 8 * FRAME_MS
QUIET = b"\xff"


def payload(audio: bytes) -> str:
    return base64.b64encode(audio).decode()


def frame(number: int) -> bytes:
    return bytes([number % 250]) * FRAME


def a_tape(*numbers: int, from_ms: int = 0) -> Tape:
    """A stream that begins then, and a frame of the callee's after each 20 ms of it."""
    tape = Tape(BEGAN)
    tape.stream_started(BEGAN + from_ms / 1000)
    for at, number in enumerate(numbers, 1):
        tape.heard(payload(frame(number)), BEGAN + (from_ms + at * FRAME_MS) / 1000)
    return tape


def test_without_a_tape_there_is_nothing() -> None:
    assert recorded([]).sides() == (b"", b"")
    assert recorded([b""]).sides() == (b"", b"")


def test_each_entry_is_taken_once() -> None:
    tape = a_tape(1, 2)
    assert tape.taken()
    assert tape.taken() == b""


def test_what_is_no_base64_is_left_out() -> None:
    tape = a_tape()
    for broken in ("a", "é", "abc"):
        tape.heard(broken, BEGAN)
        tape.sent(Play(broken), BEGAN)
    tape.stream_stopped(BEGAN + 0.02)
    assert recorded([tape.taken()]).sides() == (QUIET * FRAME, QUIET * FRAME)


def test_marks_are_no_sound() -> None:
    tape = a_tape(1)
    before = tape.taken()
    tape.sent(Mark("0:1"), BEGAN)
    assert before
    assert tape.taken() == b""


def test_the_tapes_of_two_processes_are_one_call_with_silence_where_nobody_was() -> None:
    """The first process was killed: it could not say that its stream ended, and it does with its last word."""
    first, second = a_tape(1, 2, 3), a_tape(4, 5, from_ms=500)
    second.stream_stopped(BEGAN + 0.54)
    callee, agent = recorded([first.taken(), second.taken()]).sides()
    assert callee == frame(1) + frame(2) + frame(3) + QUIET * (8 * 440) + frame(4) + frame(5)
    assert agent == QUIET * len(callee)


def test_of_a_process_that_was_killed_nothing_is_played_after_its_last_entry() -> None:
    first, second = a_tape(), a_tape(from_ms=500)
    first.sent(Play(payload(frame(7) * 50)), BEGAN)
    first.heard(payload(frame(1)), BEGAN + 0.02)
    second.stream_stopped(BEGAN + 1)
    agent = recorded([first.taken(), second.taken()]).sides()[1]
    assert agent == frame(7) + QUIET * (8 * 980)


def test_what_comes_later_than_any_call_lasts_is_left_out() -> None:
    """The clock was set wrong while the machine was started again."""
    tape = a_tape(1, 2)
    tape.heard(payload(frame(3)), BEGAN + 60 * 86_400)
    tape.stream_started(BEGAN + LATEST_MS / 1000 + 0.001)
    assert recorded([tape.taken()]).sides()[0] == frame(1) + frame(2)


def test_an_entry_of_a_kind_that_nobody_knows_is_passed_over() -> None:
    tape = a_tape(1, 2).taken()
    strange = struct.pack("<IBI", 40, 9, 3) + b"abc"
    assert recorded([tape + strange]).sides() == recorded([tape]).sides()


@given(cut=st.integers(0, 5 * (9 + FRAME)))
def test_of_a_tape_that_was_broken_off_all_whole_entries_are_good(cut: int) -> None:
    tape = a_tape(*range(1, 6)).taken()
    callee, agent = recorded([tape[: len(tape) - cut]]).sides()
    whole = max(0, 5 - -(-cut // (9 + FRAME)))
    assert callee == b"".join(map(frame, range(1, whole + 1)))
    assert len(agent) == len(callee)


STEPS = st.lists(
    st.tuples(st.sampled_from(["hear", "play", "clear", "start", "stop"]), st.integers(0, 700), st.integers(1, 4000)),
    max_size=30,
)


@given(STEPS, st.sets(st.integers(0, 29)))
def test_a_recording_made_of_a_tape_is_what_it_would_have_been_at_once(
    steps: list[tuple[str, int, int]], takes: set[int]
) -> None:
    """However it was written, bit by bit."""
    tape, at_once, now_ms, written = Tape(BEGAN), Recording(), 0, b""
    for number, (what, pause, size) in enumerate(steps):
        now_ms += pause
        now, audio = BEGAN + now_ms / 1000, bytes([size % 250]) * size
        match what:
            case "hear":
                tape.heard(payload(audio), now)
                at_once.heard(audio, now)
            case "play":
                tape.sent(Play(payload(audio)), now)
                at_once.played(audio, now)
            case "clear":
                tape.sent(Clear(), now)
                at_once.cleared(now)
            case "start":
                tape.stream_started(now)
                at_once.stream_started(now)
            case "stop":
                tape.stream_stopped(now)
                at_once.stream_stopped(now)
        if number in takes:
            written += tape.taken()
    at_once.stream_stopped(BEGAN + now_ms / 1000)
    assert recorded([written + tape.taken()]).sides() == at_once.sides()
