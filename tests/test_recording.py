"""The recording of a call: what was played on the line, and nothing else."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.recording import Recording
from tests.fakes import FakeLine

START = 1000.0
FRAME = 160  # bytes: 20 ms
QUIET = b"\xff"


def frame(number: int) -> bytes:
    """A frame that is like no other near it, and no silence."""
    return bytes([number % 250]) * FRAME


def ms(milliseconds: float) -> bytes:
    """Silence."""
    return QUIET * int(milliseconds * 8)


@dataclass
class Line:
    """A recording, and a clock that a test moves."""

    recording: Recording
    now: float = START

    def wait(self, milliseconds: float) -> "Line":
        self.now += milliseconds / 1000
        return self

    def starts(self) -> "Line":
        self.recording.stream_started(self.now)
        return self

    def stops(self) -> "Line":
        self.recording.stream_stopped(self.now)
        return self

    def hears(self, audio: bytes) -> "Line":
        self.recording.heard(audio, self.now)
        return self

    def hears_on(self, *numbers: int) -> "Line":
        """Frames of the callee, each as it has been said."""
        for number in numbers:
            self.wait(20).hears(frame(number))
        return self

    def plays(self, audio: bytes) -> "Line":
        self.recording.played(audio, self.now)
        return self

    def clears(self) -> "Line":
        self.recording.cleared(self.now)
        return self

    @property
    def callee(self) -> bytes:
        return self.recording.sides()[0]

    @property
    def agent(self) -> bytes:
        return self.recording.sides()[1]


@pytest.fixture
def line() -> Line:
    return Line(Recording()).starts()


# Both sides on one clock


def test_nothing_is_recorded_where_nobody_answered() -> None:
    assert Line(Recording()).wait(1000).hears(frame(1)).plays(frame(2)).stops().recording.sides() == (b"", b"")


def test_both_sides_are_as_long_as_the_line_was_open(line: Line) -> None:
    line.plays(frame(1)).wait(500).stops()
    assert line.agent == frame(1) + ms(480)
    assert line.callee == ms(500)


def test_the_agent_is_heard_from_when_its_audio_was_sent(line: Line) -> None:
    line.wait(100).plays(frame(1)).wait(100).plays(frame(2)).wait(100).stops()
    assert line.agent == ms(100) + frame(1) + ms(80) + frame(2) + ms(80)


def test_audio_that_is_sent_at_once_is_played_one_after_another(line: Line) -> None:
    line.plays(frame(1)).plays(frame(2)).wait(10).plays(frame(3)).wait(90).stops()
    assert line.agent == frame(1) + frame(2) + frame(3) + ms(40)


def test_the_callee_is_heard_frame_after_frame(line: Line) -> None:
    line.hears_on(1, 2, 3).stops()
    assert line.callee == frame(1) + frame(2) + frame(3)


# What was not played


def test_what_a_clear_drops_was_not_played(line: Line) -> None:
    line.plays(frame(1) + frame(2) + frame(3)).wait(30).clears().wait(30).stops()
    assert line.agent == frame(1) + frame(2)[:80] + ms(30)


def test_after_a_clear_the_line_plays_at_once(line: Line) -> None:
    line.plays(frame(1) * 50).wait(40).clears().wait(20).plays(frame(2)).wait(40).stops()
    assert line.agent == frame(1) * 2 + ms(20) + frame(2) + ms(20)


def test_the_end_of_a_stream_drops_what_it_had_buffered(line: Line) -> None:
    line.plays(frame(1) * 50).wait(40).stops().wait(60).starts().plays(frame(2)).wait(20).stops()
    assert line.agent == frame(1) * 2 + ms(60) + frame(2)


def test_a_newer_stream_drops_what_the_older_had_buffered(line: Line) -> None:
    line.plays(frame(1) * 50).wait(40).starts().plays(frame(2)).wait(40).stops()
    assert line.agent == frame(1) * 2 + frame(2) + ms(20)


def test_without_a_stream_nothing_is_recorded(line: Line) -> None:
    line.hears_on(1).stops().hears_on(2).plays(frame(3)).clears().stops()
    assert line.recording.sides() == (frame(1), ms(20))


# A call outlives its stream


def test_between_two_streams_there_is_silence(line: Line) -> None:
    line.hears_on(1).stops().wait(2000).starts().hears_on(2).stops()
    assert line.callee == frame(1) + ms(2000) + frame(2)


def test_the_recording_ends_with_the_last_stream(line: Line) -> None:
    """The requester's own phone has taken the call over, for instance."""
    line.hears_on(1).stops().wait(600_000)
    assert line.recording.sides() == (frame(1), ms(20))


# The network


def test_frames_that_come_late_and_all_at_once_are_in_their_places(line: Line) -> None:
    line.hears_on(1, 2).wait(2000)
    for number in range(3, 103):
        line.hears(frame(number))
    line.hears_on(103).stops()
    assert line.callee == b"".join(map(frame, range(1, 104)))


def test_frames_that_are_a_little_late_leave_no_gap(line: Line) -> None:
    line.hears_on(1).wait(180).hears_on(2).stops()
    assert line.callee == frame(1) + frame(2) + ms(180)


def test_what_was_lost_is_silence(line: Line) -> None:
    line.hears_on(1).wait(3000).hears_on(2, 3).stops()
    assert line.callee == frame(1) + ms(3000) + frame(2) + frame(3)


def test_a_stream_that_begins_late_is_heard_to_its_end(line: Line) -> None:
    line.hears(frame(1)).hears(frame(2)).hears_on(3).wait(40).stops()
    assert line.callee == frame(1) + frame(2) + frame(3)


def test_two_streams_at_once_do_not_make_the_call_longer(line: Line) -> None:
    for number in range(1000):
        line.hears_on(number).hears(frame(number))
    line.stops()
    assert len(line.callee) == 1000 * FRAME


# Whatever happens

STEPS = st.lists(
    st.tuples(st.sampled_from(["hear", "play", "clear", "start", "stop"]), st.integers(0, 700), st.integers(1, 4000)),
    max_size=30,
)


@given(STEPS)
def test_both_sides_are_of_equal_length_and_no_longer_than_the_call(steps: list[tuple[str, int, int]]) -> None:
    line = Line(Recording())
    for what, pause, size in steps:
        line.wait(pause)
        match what:
            case "hear":
                line.hears(b"\x01" * size)
            case "play":
                line.plays(b"\x02" * size)
            case "clear":
                line.clears()
            case "start":
                line.starts()
            case "stop":
                line.stops()
    callee, agent = line.recording.sides()
    assert len(callee) == len(agent)
    assert len(agent) <= round((line.now - START) * 1000) * 8
    assert set(callee) <= {0x01, 0xFF}
    assert set(agent) <= {0x02, 0xFF}


@given(STEPS)
def test_the_agent_is_recorded_as_the_line_played_it(steps: list[tuple[str, int, int]]) -> None:
    """Each byte that was sent has a value of its own among its neighbours: order, and nothing that was cleared."""
    line, ear = Line(Recording()).starts(), FakeLine()
    sent = 0
    for what, pause, size in steps:
        line.wait(pause)
        match what:
            case "play":
                audio = bytes((sent + index) % 251 for index in range(size))
                sent += size
                line.plays(audio)
                ear.play(audio, line.now)
            case "clear":
                line.clears()
                ear.silence(line.now)
            case "stop" | "start":
                line.stops().starts()
                ear.silence(line.now)
    line.wait(10).stops()
    ear.silence(line.now)
    assert line.agent.replace(QUIET, b"") == bytes(ear.heard)


@given(st.lists(st.integers(1, 100), max_size=20))
def test_the_callee_is_recorded_in_order_and_whole(bursts: list[int]) -> None:
    """The network hands on so many frames at once, as many times 20 ms later."""
    line, number = Line(Recording()).starts(), 0
    for burst in bursts:
        line.wait(20 * burst)
        for _ in range(burst):
            line.hears(frame(number))
            number += 1
    assert line.stops().callee == b"".join(map(frame, range(number)))
