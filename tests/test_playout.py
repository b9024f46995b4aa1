"""What of the agent's audio the callee has heard: by example, and against a line that plays by the clock."""

import base64
import random
from collections import deque
from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bridge.actions import Action, Clear, Mark, Play
from bridge.playout import BYTES_PER_MS, Heard, Playout
from tests.fakes import FakeLine, of

FRAME = 160


def audio(ms: float, sample: int = 0x7F) -> str:
    return base64.b64encode(bytes([sample]) * round(ms * BYTES_PER_MS)).decode()


def played_ms(actions: Iterable[Action]) -> float:
    return sum(len(base64.b64decode(play.payload)) for play in of(Play, actions)) / BYTES_PER_MS


def attached() -> Playout:
    playout = Playout()
    assert playout.attach(0.0) == []
    return playout


def test_audio_that_comes_before_the_stream_waits_for_it() -> None:
    playout = Playout()
    assert playout.queue("r", "a", audio(100), 0.0) == []
    assert playout.complete("a") == []
    assert playout.unheard == ["a"]
    assert not playout.speaking
    assert not playout.starting("a")
    assert playout.attach(1.0) == [Play(audio(100)), Mark("0:1")]
    assert playout.speaking


def test_an_item_starts_once() -> None:
    playout = attached()
    playout.queue("r", "a", audio(20), 0.0)
    assert playout.starting("a")
    assert not playout.starting("a")
    assert not playout.starting("unknown")


def test_there_is_a_mark_for_every_200_ms_and_for_the_end_of_an_item() -> None:
    playout = attached()
    marks = [of(Mark, playout.queue("r", "a", audio(50), 0.0)) for _ in range(6)]
    assert [len(some) for some in marks] == [0, 0, 0, 1, 0, 0]
    assert playout.complete("a") == [Mark("0:2")]
    assert playout.complete("a") == []
    assert playout.complete("unknown") == []


def test_an_item_is_finished_when_its_last_mark_is_back() -> None:
    playout = attached()
    playout.queue("r", "a", audio(300), 0.0)
    playout.queue("r", "a", audio(50), 0.0)
    playout.complete("a")
    assert playout.returned("0:1", 0.3) == []
    assert not playout.finished("a")
    assert playout.returned("0:2", 0.35) == ["a"]
    assert playout.finished("a")
    assert playout.silent
    assert not playout.finished("unknown")


def test_a_mark_stands_for_all_that_were_sent_before_it() -> None:
    playout = attached()
    for item in "ab":
        playout.queue("r", item, audio(100), 0.0)
        playout.complete(item)
    assert playout.returned("0:2", 0.2) == ["a", "b"]
    assert playout.returned("0:1", 0.2) == []


def test_marks_that_a_clear_returns_prove_nothing() -> None:
    playout = attached()
    playout.queue("r", "a", audio(400), 0.0)
    assert playout.clear(0.1) == [Clear()]
    assert playout.returned("0:1", 0.1) == []
    assert playout.heard("a") == Heard("a", 100, 400, whole=False)


def test_what_was_cleared_goes_on_from_where_it_stopped() -> None:
    playout = attached()
    playout.queue("r", "a", audio(400), 0.0)
    playout.clear(0.105)
    assert playout.queue("r", "a", audio(100), 0.2) == []
    assert played_ms(playout.resume(0.5)) == 400  # 20 ms frames: 100 ms were heard, 5 more are said again
    assert playout.heard("a", 0.75).heard_ms == 350


def test_a_chunk_is_cut_in_its_middle() -> None:
    playout = attached()
    playout.queue("r", "a", audio(100, 1), 0.0)
    playout.queue("r", "a", audio(100, 2), 0.0)
    playout.clear(0.14)
    assert playout.resume(0.2)[0] == Play(audio(60, 2))


def test_a_clear_at_the_very_end_keeps_nothing_back_though_the_end_is_no_whole_frame() -> None:
    playout = attached()
    playout.queue("r", "a", audio(113), 0.0)
    playout.complete("a")
    playout.clear(0.12)
    assert playout.silent
    assert playout.finished("a")


def test_the_clock_is_not_believed_past_a_mark_that_has_not_returned() -> None:
    playout = attached()
    playout.queue("r", "a", audio(200), 0.0)
    playout.queue("r", "a", audio(200), 0.0)
    assert playout.heard("a", 10.0).heard_ms == 200
    playout.returned("0:1", 10.0)
    assert playout.heard("a", 10.05).heard_ms == 250


def test_a_line_that_ran_dry_plays_nothing_until_more_audio_comes() -> None:
    playout = attached()
    playout.queue("r", "a", audio(100), 0.0)
    playout.queue("r", "a", audio(100), 5.0)
    assert playout.heard("a", 5.04).heard_ms == 140


def test_a_stream_that_ends_takes_with_it_what_it_had_not_played() -> None:
    playout = attached()
    playout.queue("r", "a", audio(400), 0.0)
    playout.detach(0.1)
    assert not playout.attached
    assert playout.resume(0.2) == []
    assert played_ms(playout.attach(3.0)) == 300


def test_a_stream_that_takes_over_from_one_whose_end_was_not_told_goes_on_as_well() -> None:
    playout = attached()
    playout.queue("r", "a", audio(400), 0.0)
    assert played_ms(playout.attach(0.1)) == 300
    assert playout.epoch == 1


def test_a_stream_that_comes_while_the_line_is_silenced_stays_silent() -> None:
    playout = attached()
    playout.queue("r", "a", audio(400), 0.0)
    playout.clear(0.1)
    playout.detach(0.2)
    assert playout.attach(1.0) == []
    assert played_ms(playout.resume(2.0)) == 300


def test_what_is_given_up_is_never_played() -> None:
    playout = attached()
    playout.queue("r", "a", audio(100), 0.0)
    playout.complete("a")
    playout.queue("r", "b", audio(100), 0.0)
    playout.clear(0.06)
    assert playout.give_up("r") == [Heard("a", 60, 100), Heard("b", 0, 100, whole=False)]
    assert playout.queue("r", "b", audio(100), 0.3) == []
    assert playout.queue("r", "c", audio(100), 0.3) == []
    assert playout.silent
    assert played_ms(playout.queue("r2", "d", audio(100), 1.0)) == 100


def test_an_item_that_is_still_being_made_is_given_up_though_all_of_it_so_far_was_heard() -> None:
    playout = attached()
    playout.queue("r", "a", audio(100), 0.0)
    playout.clear(5.0)
    assert playout.give_up("r") == [Heard("a", 100, 100, whole=False)]


def test_giving_up_nothing_frees_the_line() -> None:
    playout = attached()
    playout.clear(0.0)
    assert playout.give_up() == []
    assert played_ms(playout.queue("r", "a", audio(20), 0.0)) == 20


def test_no_audio_is_nothing_to_wait_for() -> None:
    playout = attached()
    assert playout.queue("r", "a", "", 0.0) == []
    assert playout.silent


class AgainstTheLine(RuleBasedStateMachine):
    """Audio, interruptions and streams come and go; the callee hears everything once, in order, and nothing else.

    Where the marks come back late, a little more than a frame may be said twice: not to lose a word is worth more.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dice = random.Random(7)  # noqa: S311 - bytes to tell apart, not secrets
        self.playout, self.line = Playout(), FakeLine()
        self.now_ms = 0
        self.due = bytearray()  # all that the callee is to hear
        self.at = 0  # where in it the line is
        self.most = 0  # how much of it they have heard
        self.past = 0  # bytes of all that the line played that are accounted for
        self.restarted = True  # what is heard next may begin a frame earlier
        self.response, self.item = 0, 0
        self.mail: deque[str] = deque()
        self.silenced = False
        self.prompt = True
        self.again: int | None = None  # bytes that may be heard twice

    @initialize(prompt=st.booleans(), streaming=st.booleans())
    def begin(self, prompt: bool, streaming: bool) -> None:
        self.prompt = prompt
        self.again = FRAME + BYTES_PER_MS if prompt else None
        if streaming:
            self.a_stream_comes()

    @property
    def now(self) -> float:
        return self.now_ms / 1000

    def carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Play):
                self.line.play(base64.b64decode(action.payload), self.now)
            elif isinstance(action, Mark):
                self.line.mark(action.name)

    def deliver(self) -> None:
        while self.mail:
            self.playout.returned(self.mail.popleft(), self.now)

    @rule(sizes=st.lists(st.integers(8, 2000), min_size=1, max_size=4))
    def audio_comes(self, sizes: list[int]) -> None:
        for size in sizes:
            chunk = self.dice.randbytes(size)
            self.due += chunk
            payload = base64.b64encode(chunk).decode()
            self.carry_out(self.playout.queue(f"r{self.response}", f"i{self.item}", payload, self.now))

    @rule()
    def an_item_is_whole(self) -> None:
        self.carry_out(self.playout.complete(f"i{self.item}"))
        self.item += 1

    @rule(ms=st.integers(1, 400))
    def time_passes(self, ms: int) -> None:
        for _ in range(ms):
            self.now_ms += 1
            self.mail += self.line.advance(self.now)
            if self.prompt:
                self.deliver()
        self.listen()

    @rule()
    def marks_come_back(self) -> None:
        self.deliver()

    @precondition(lambda self: not self.silenced)
    @rule()
    def the_callee_breaks_in(self) -> None:
        self.cut()
        assert self.playout.clear(self.now) == [Clear()]
        self.silenced = True

    @precondition(lambda self: self.silenced)
    @rule()
    def it_was_nothing(self) -> None:
        self.silenced = False
        self.carry_out(self.playout.resume(self.now))

    @precondition(lambda self: self.silenced)
    @rule()
    def the_agent_yields(self) -> None:
        self.silenced = False
        for heard in self.playout.give_up(f"r{self.response}"):
            assert heard.heard_ms <= heard.total_ms
        late = self.playout.queue(f"r{self.response}", f"i{self.item}", audio(20), self.now)
        assert late == []
        del self.due[self.most :]
        self.response += 1
        self.item += 1

    @rule()
    def the_stream_ends(self) -> None:
        self.cut()
        self.playout.detach(self.now)

    @rule()
    def a_stream_comes(self) -> None:
        self.cut()
        self.carry_out(self.playout.attach(self.now))

    def cut(self) -> None:
        self.mail += self.line.silence(self.now)
        self.listen()
        self.restarted = True

    def listen(self) -> None:
        """Account for what the callee has heard since."""
        new = bytes(self.line.heard[self.past :])
        if not new:
            return
        # By the playout's own count the line stops at a whole frame, and its clock tells whole milliseconds.
        again = self.most if self.again is None else min(self.again, self.most)
        starts = range(self.most, self.most - again - 1, -1) if self.restarted else [self.at]
        start = next((start for start in starts if self.due.startswith(new, start)), None)
        assert start is not None, "something was lost, heard twice or out of order"
        self.restarted = False
        self.past = len(self.line.heard)
        self.at = start + len(new)
        self.most = max(self.most, self.at)

    @invariant()
    def no_more_is_counted_than_was_heard(self) -> None:
        told = [self.playout.heard(f"i{item}", self.now) for item in range(self.item + 1)]
        assert all(heard.heard_ms <= heard.total_ms for heard in told)
        assert sum(heard.heard_ms for heard in told) <= self.most / BYTES_PER_MS + 40

    def teardown(self) -> None:
        self.carry_out(self.playout.complete(f"i{self.item}"))
        self.cut()
        self.carry_out(self.playout.attach(self.now))
        self.carry_out(self.playout.resume(self.now))
        self.prompt = True
        self.time_passes(len(self.due) // BYTES_PER_MS + 50)
        assert self.most == len(self.due)
        assert self.playout.silent


TestAgainstTheLine = AgainstTheLine.TestCase
TestAgainstTheLine.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
