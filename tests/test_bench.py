"""The bench's own parts: its frames and its arithmetic. What it measures is no matter of a test."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import figures, frames
from tests.bench.figures import Figures
from tests.bench.rounds import Round
from tests.bench.wire import Clear, ModelSaw, PhonesSaw, Said

MS = 1_000_000  # nanoseconds
short, long = st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)


@given(speaker=short, reply=short, number=long, sent_ns=st.integers(0, 2**64 - 1))
def test_a_frame_comes_out_as_it_went_in(speaker: int, reply: int, number: int, sent_ns: int) -> None:
    payload = frames.encode(speaker, reply, number, sent_ns)
    assert len(base64.b64decode(payload)) == frames.SIZE
    assert frames.decode(payload) == [frames.Frame(speaker, reply, number, sent_ns)]


@given(place=st.integers(0, frames.SIZE - 1), flip=st.integers(1, 255))
def test_a_frame_that_was_changed_anywhere_is_damaged(place: int, flip: int) -> None:
    audio = bytearray(base64.b64decode(frames.encode(1, 2, 3, 4)))
    audio[place] ^= flip
    assert frames.decode(base64.b64encode(audio).decode()) == [None]


def test_several_frames_in_one_payload_are_several_and_what_is_left_over_is_damaged() -> None:
    one, two = (base64.b64decode(frames.encode(1, 0, number, 9)) for number in (0, 1))
    numbers = [found and found.number for found in frames.decode(base64.b64encode(one + two + one[:50]).decode())]
    assert numbers == [0, 1, None]
    assert frames.decode("no base64") == [None]


def a_round(phones: PhonesSaw, model: ModelSaw) -> Round:
    return Round(cpu_s=3.0, call_minutes=6.0, idle_kb=50_000, busy_kb=52_000, calls=20, phones=phones, model=model)


def played(**changes: object) -> Round:
    phones = PhonesSaw(sent={0: 100, 1: 100}, latency_us=[100, 200, 900], first_audio_ms=[4.0], heard={}, clears=[])
    model = ModelSaw(received={0: 100, 1: 100}, heads={0: 50, 1: 50}, latency_us=[], began=[], truncated=[], whole=[])
    for name, value in changes.items():
        setattr(phones if hasattr(phones, name) else model, name, value)
    return a_round(phones, model)


def test_cpu_is_counted_by_the_minute_of_a_call_and_memory_by_the_call() -> None:
    found = figures.figures_of(played())
    assert (found.cpu_s, found.memory_kb) == (0.5, 100)
    assert (found.down_p50_ms, found.down_p99_ms, found.up_p50_ms) == (0.2, 0.9, None)
    assert (found.lost, found.damaged, found.leaked) == (0, 0, 0)


def test_a_clear_belongs_to_the_reply_that_was_interrupted() -> None:
    found = figures.figures_of(
        played(
            began=[Said(7, 1, 5 * MS), Said(7, 2, 50 * MS)],
            clears=[Clear(7, 1, 6 * MS, 420.0), Clear(7, 2, 53 * MS, 1000.0), Clear(8, 1, 60 * MS, 0.0)],
            truncated=[Said(7, 1, 8 * MS, 400), Said(7, 1, 9 * MS, 100), Said(7, 2, 60 * MS, 1005)],
        )
    )
    assert found.clear_ms == 3.0
    assert (found.truncation_ms, found.truncation_worst_ms) == (20.0, 20.0)


@pytest.mark.parametrize(
    ("lost", "changes"),
    [
        (1, {"received": {0: 99, 1: 100}}),
        (100, {"received": {0: 100}}),
        (3, {"missing": 3}),
        (2, {"whole": [Said(7, 0, 0, 1000)], "heard": {"7/0": 48}}),
        (50, {"whole": [Said(7, 0, 0, 1000)]}),
    ],
)
def test_what_did_not_arrive_on_either_way_is_lost(lost: int, changes: dict[str, object]) -> None:
    assert figures.figures_of(played(**changes)).lost == lost


def test_the_head_of_a_call_is_its_first_second() -> None:
    assert figures.head_lost(played(heads={0: 50, 1: 30})) == 20
    assert figures.head_lost(played(sent={0: 10, 1: 100}, heads={0: 10})) == 50


def test_the_best_round_counts_for_speed_and_every_round_for_what_was_lost() -> None:
    rounds = [Figures(cpu_s=0.5, memory_kb=90, lost=0), Figures(cpu_s=0.4, memory_kb=120, lost=2, leaked=0)]
    assert figures.best(rounds) == Figures(cpu_s=0.4, memory_kb=105, lost=2, leaked=0)


def test_only_what_is_lost_damaged_or_leaked_is_wrong() -> None:
    slow, lossy = Figures(of_floor=3.0, memory_kb=900), Figures(lost=1, leaked=0)
    assert (figures.missed(slow), figures.wrong(slow)) == (["of_floor", "memory_kb"], [])
    assert figures.wrong(lossy) == ["frames lost"]


def test_the_table_marks_what_misses_its_target() -> None:
    rows = figures.table({"ours": Figures(clear_ms=1.5, lost=0), "floor": Figures(clear_ms=2.0)}, "ours")
    assert [row.split() for row in rows] == [
        ["at", "most", "ours", "floor"],
        ["speech_started", "to", "clear,", "ms", "1", "1.50*", "2.00"],
        ["frames", "lost", "0", "0", "-"],
    ]
    assert figures.percentile([], 0.5) is None
