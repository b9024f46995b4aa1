"""A call outlives its process: killed without a word, and another one goes on with it, on the sandbox."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import soundfile
from sqlalchemy.exc import OperationalError

from bridge.call import EndReason, Turn
from bridge.carrier_call import SETTLED_S
from bridge.errors import AlreadyPlaced, Restarting
from bridge.events import (
    Answered,
    CallEvent,
    CarriedOver,
    ClosingBegan,
    Confirmed,
    CostRose,
    Dialed,
    Ended,
    HoldBegan,
    HoldEnded,
    ModelResumed,
    QuestionAsked,
    QuestionClosed,
    Ringing,
    Streaming,
    TakenOver,
    TurnChanged,
)
from bridge.live_call import Call
from bridge.transcript import rebuild
from sandbox.callee import ScenarioCallee
from sandbox.line import Pickup
from sandbox.mind import Reply, ToolCall
from sandbox.scenario import Rule, Scenario
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded, encode_sample, mix
from sandbox.twilio import StandInCall
from tests.fakes import a_spec
from tests.processes import Machine, Process, followed, told, wall
from tests.test_recorded_call import Says

HELLO = "Hello, I would like a table for four at 8pm, please."
BACK = "Sorry, one moment"
PATIENCE_S = 400.0
CONNECTED_MS = 300  # from the next process's start to its first word on the line

Until = Callable[[Call], Coroutine[Any, Any, None]]


def after(seconds: float) -> Until:
    async def until(_: Call) -> None:
        await asyncio.sleep(seconds)

    return until


AT_ONCE = after(0)


def event(kind: type[CallEvent], *, then_s: float = 0.0) -> Until:
    async def until(call: Call) -> None:
        async for found in call.events():
            if isinstance(found, kind):
                break
        await asyncio.sleep(then_s)

    return until


@dataclass(frozen=True)
class Carried:
    """A call that had a process after another."""

    events: list[CallEvent]
    killed_ms: int
    before: list[CallEvent]  # in the journal when the process died
    call: StandInCall
    dials: int
    sessions: int  # with the model

    @property
    def ended(self) -> Ended:
        last = self.events[-1]
        assert isinstance(last, Ended)
        return last

    @property
    def reason(self) -> EndReason:
        return reason_of(self.events)

    @property
    def turns(self) -> list[Turn]:
        return rebuild(self.events)

    def of(self, kind: type[Any]) -> list[Any]:
        return [found for found in self.events if isinstance(found, kind)]

    @property
    def first_word_ms(self) -> int:
        """From the death to the agent's next word on the line."""
        began: list[int] = [found.turn.started_ms for found in self.of(TurnChanged) if found.turn.party == "agent"]
        return min(at_ms for at_ms in began if at_ms > self.killed_ms) - self.killed_ms


async def begun(ground: Machine, until: Until, **changes: object) -> tuple[Process, Call]:
    process = await ground.process()
    call = await process.place(a_spec(**{"opening": HELLO, "questions": (), **changes}))
    await process.run(until(call))
    return process, call


async def ended(process: Process, call: Call) -> list[CallEvent]:
    async with asyncio.timeout(PATIENCE_S):
        return await process.run(followed(call))


async def carried(
    ground: Machine, until: Until, *, down_s: float = 1.5, meanwhile: Until = AT_ONCE, **changes: object
) -> Carried:
    """Killed, and another one after so many seconds. `meanwhile` is what happens to the call as soon as it is there."""
    process, _ = await begun(ground, until, **changes)
    call = ground.calls[0]
    killed_ms = round((wall() - ground.began_unix) * 1000)
    await process.killed()
    before = await ground.journal.events("call-1")
    await asyncio.sleep(down_s)
    after_it = await ground.process()
    [found] = after_it.found
    await after_it.run(meanwhile(found))
    events = await ended(after_it, found)
    await after_it.stopped()
    assert events == await ground.journal.events("call-1")
    return Carried(events, killed_ms, before, call, len(ground.calls), len(ground.world.openai.connections))


def reason_of(events: list[CallEvent]) -> EndReason:
    last = events[-1]
    assert isinstance(last, Ended)
    return last.ending.reason


def heard(audio: bytes) -> list[str]:
    """What was said, utterance by utterance."""
    return [found.text for found in utterances(audio)]


def utterances(audio: bytes) -> list[SpeechEnded]:
    ear = Ear(patience=10)
    frames = (audio[at : at + FRAME].ljust(FRAME, SILENCE[:1]) for at in range(0, len(audio) + 20 * FRAME, FRAME))
    return [found for frame in frames for found in ear.feed(frame) if isinstance(found, SpeechEnded)]


def there(spoken: SpeechEnded, said: list[SpeechEnded]) -> bool:
    """In the same place, as closely as a second process can tell when the first one's call began."""
    return any(spoken.text == other.text and abs(spoken.began_ms - other.began_ms) <= 300 for other in said)


def callee(*rules: Rule, pickup: Pickup = Pickup("answer", after_s=0.5)) -> dict[str, Any]:  # noqa: B008 - frozen
    who = Scenario("somebody", "for one test", (), pickup=pickup, rules=rules, greeting="", gives_way=False)
    return {"answerer": lambda _: ScenarioCallee(who)}


PATIENT = (Rule(state="start", when=(r".",), say="Yes, I am listening."),)
BRIEF = (Rule(state="start", when=(r".",), say="That is fine, goodbye!", hang_up=True),)
ASKS_FOR_A_TABLE = "Hello, a table for four, please."


@cache
def restaurant(at_s: float) -> Carried:
    """A whole conversation whose process dies after so many seconds: told once, for all who look at it."""
    with TemporaryDirectory() as folder:
        return told(Path(folder), lambda ground: carried(ground, after(at_s)))


# The conversation


@pytest.mark.parametrize(
    "at_s",
    [
        pytest.param(1.0, id="while it rings", marks=pytest.mark.thorough),
        pytest.param(2.3, id="as the opening begins"),
        pytest.param(4.6, id="in the opening", marks=pytest.mark.thorough),
        pytest.param(7.0, id="in the callee's first sentence"),
        pytest.param(8.7, id="as the reply begins", marks=pytest.mark.thorough),
        pytest.param(9.6, id="in the reply"),
        pytest.param(12.5, id="in the callee's second sentence"),
        pytest.param(14.0, id="as the callee takes the name", marks=pytest.mark.thorough),
    ],
)
def test_the_conversation_goes_on_and_no_turn_is_lost_or_doubled(at_s: float) -> None:
    call = restaurant(at_s)
    assert (call.reason, call.dials) == (EndReason.GOODBYE, 1)
    assert any("You are booked" in turn.text for turn in call.turns if turn.party == "callee")
    # The journal goes on where it was.
    assert call.events[: len(call.before)] == call.before
    assert isinstance(call.events[0], Confirmed)
    assert isinstance(call.events[len(call.before)], CarriedOver)
    assert len(call.of(CarriedOver)) == len(call.of(Ended)) == len(call.of(Dialed)) == len(call.of(Answered)) == 1
    assert [found.at_ms for found in call.events] == sorted(found.at_ms for found in call.events)
    # What was said before stays as it was, and comes first.
    said = [turn for turn in rebuild(call.before) if turn.final]
    assert call.turns[: len(said)] == said
    assert all(turn.final for turn in call.turns)
    words = [turn.text for turn in call.turns if turn.party == "agent" and not turn.interrupted]
    line = "".join(heard(call.call.agent_audio))
    assert [line.count(text) for text in words] == [1] * len(words)


def test_the_agent_says_in_a_few_words_that_it_is_back() -> None:
    call = restaurant(9.6)
    broken, *later = [turn for turn in call.turns if turn.party == "agent"][1:]
    assert (broken.final, broken.interrupted) == (True, True)
    assert [turn.text.startswith(BACK) for turn in later].count(True) == 1
    assert call.sessions == 2


def test_of_a_sentence_that_was_broken_off_the_transcript_has_what_was_heard() -> None:
    call = restaurant(4.6)
    broken = next(turn for turn in call.turns if turn.interrupted)
    really = next(text for text in heard(call.call.agent_audio) if text.startswith(broken.text[:10]))
    assert really.startswith(broken.text)
    assert len(really) - len(broken.text) <= 30  # characters: two seconds at most


@pytest.mark.parametrize(
    "down_s",
    [0.3, 1.9, *(pytest.param(s, marks=pytest.mark.thorough) for s in (1.4, 2.8, 4.5, 8.5))],
    ids=lambda down_s: f"{down_s} s without a process",
)
def test_the_callee_waits_hardly_longer_than_the_restart_takes(tmp_path: Path, down_s: float) -> None:
    """Twilio's own next try (`twiml.WAITS_S`) is not waited for."""
    mid_sentence = event(TurnChanged, then_s=1.5)

    async def story(ground: Machine) -> Carried:
        async def hangs_up(call: Call) -> None:
            """Once the agent is heard again."""
            await event(ModelResumed, then_s=6)(call)
            ground.calls[0].callee.hung_up = True

        return await carried(ground, mid_sentence, down_s=down_s, meanwhile=hangs_up)

    call = told(tmp_path, story, **callee(*PATIENT))
    assert call.first_word_ms <= down_s * 1000 + CONNECTED_MS
    assert call.reason is EndReason.CALLEE_HUNG_UP


def test_a_restart_that_takes_too_long_loses_the_call(tmp_path: Path) -> None:
    call = told(tmp_path, lambda ground: carried(ground, after(9.6), down_s=20))
    assert call.reason is EndReason.LINE_LOST
    codes = [error.code for error in call.call.errors]
    assert codes.count(11202) >= 2  # the webhook and its fallback
    assert codes.count(31902) >= 3  # streams


def test_twilio_may_ask_before_the_process_has_looked_into_its_journal(tmp_path: Path) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        process, _ = await begun(ground, after(9.6))
        await process.killed()
        late = await ground.process(recovers=False)
        await asyncio.sleep(6)
        call = late.switchboard.call("call-1")
        assert call is not None
        assert [found.events for found in await late.recover()] == [call.events]
        events = await ended(late, call)
        await late.stopped()
        return events

    events = told(tmp_path, story)
    assert len([found for found in events if isinstance(found, CarriedOver)]) == 1
    assert reason_of(events) is EndReason.GOODBYE


def test_two_deaths_in_one_call(tmp_path: Path) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        first, _ = await begun(ground, after(7.0))
        await first.killed()
        second = await ground.process()
        await asyncio.sleep(8)
        await second.killed()
        third = await ground.process()
        events = await ended(third, third.found[0])
        await third.stopped()
        return events

    events = told(tmp_path, story)
    assert len([found for found in events if isinstance(found, CarriedOver)]) == 2
    assert reason_of(events) is EndReason.GOODBYE
    tickets = [found.ticket for found in events if isinstance(found, Streaming)]
    assert tickets == sorted(set(tickets))


@pytest.mark.thorough
def test_without_a_secret_streams_are_had_by_asking(tmp_path: Path) -> None:
    """The tickets that a former process issued are nobody's then."""

    async def story(ground: Machine) -> list[CallEvent]:
        process = await ground.process(secret="")
        call = await process.place(a_spec(opening=HELLO, questions=()))
        await process.run(after(9.6)(call))
        await process.killed()
        other = await ground.process(secret="")
        events = await ended(other, other.found[0])
        await other.stopped()
        return events

    assert reason_of(told(tmp_path, story)) is EndReason.GOODBYE


# Limits, money, recording


@pytest.mark.thorough
def test_the_call_is_as_long_as_it_may_be_from_its_real_answer(tmp_path: Path) -> None:
    call = told(tmp_path, lambda ground: carried(ground, after(12.0), max_duration_s=60), **callee(*PATIENT))
    assert call.reason is EndReason.TIME_LIMIT
    assert call.ended.ending.ring_s == pytest.approx(0.7, abs=0.1)
    assert 40 <= call.ended.ending.talk_s <= 60
    assert call.ended.ending.talk_s == pytest.approx(call.call.duration_s, abs=1.1)


def test_what_it_costs_is_the_sum_of_both() -> None:
    call = restaurant(12.5)
    rose = [found.cost_usd for found in call.of(CostRose)]
    assert rose == sorted(set(rose))
    before = [found.usage for found in call.before if isinstance(found, CostRose)][-1]
    assert call.ended.ending.usage.audio_out > before.audio_out > 0


def test_of_a_call_that_is_recorded_both_parts_are_kept(tmp_path: Path) -> None:
    """One file, in which everybody is heard where they spoke; what is lost is the last second of who was killed."""

    async def story(ground: Machine) -> tuple[StandInCall, Path | None]:
        process, _ = await begun(ground, after(9.6), record=True)
        await process.killed()
        other = await ground.process()
        await ended(other, other.found[0])
        kept = await other.run(other.found[0].recording())
        await other.stopped()
        return ground.calls[0], kept

    call, kept = told(tmp_path, story)
    assert kept is not None
    assert [file.name for file in kept.parent.iterdir()] == ["call-1.ogg"]
    samples, rate = soundfile.read(kept, dtype="int16")
    assert len(samples) / rate == pytest.approx(len(call.agent_audio) / 8000, abs=0.3)
    on_line, on_file = (
        utterances(mix(call.agent_audio, call.callee_audio)),
        utterances(bytes(map(encode_sample, samples.tolist()))),
    )
    clear = {*heard(call.agent_audio), *heard(call.callee_audio)}  # not spoken at once with somebody else
    missed = [found for found in on_line if found.text in clear and not there(found, on_file)]
    assert len(missed) <= 1  # what was being said at the death
    assert {found.text[:6] for found in on_file} >= {HELLO[:6], BACK[:6]}


@pytest.mark.parametrize("dies", ["as it ends", "in the middle, and is not gone on with"])
def test_a_recording_is_made_by_whoever_is_asked_for_it_where_the_process_died(tmp_path: Path, dies: str) -> None:
    async def story(ground: Machine) -> Path | None:
        process, call = await begun(ground, after(9.6), record=True)
        if dies == "as it ends":
            await process.run(followed(call))
        await process.killed()
        await asyncio.sleep(60)
        other = await ground.process()
        for found in other.found:
            await ended(other, found)
        kept = await other.run(other.switchboard.recording_of("call-1"))
        await other.stopped()
        return kept

    kept = told(tmp_path, story)
    assert kept is not None
    samples, rate = soundfile.read(kept)
    assert len(samples) / rate > 6
    assert [file.name for file in kept.parent.iterdir()] == ["call-1.ogg"]


# What was waited for


HOLD = (
    Rule(state="start", say="One moment, please, I put you on hold.", goto="away"),
    Rule(state="away", after_ms=20_000, say="Hello, are you still there? How can I help?", goto="back"),
    Rule(state="back", when=(r".",), say="Fine, goodbye!", hang_up=True),
)


@pytest.mark.thorough
def test_on_hold_nothing_is_said_until_a_person_is_back(tmp_path: Path) -> None:
    call = told(tmp_path, lambda ground: carried(ground, event(HoldBegan, then_s=2)), **callee(*HOLD))
    [ended_hold] = call.of(HoldEnded)
    assert ended_hold.person
    silent = range(call.killed_ms, ended_hold.at_ms)
    assert not [turn for turn in call.turns if turn.party == "agent" and turn.started_ms in silent]


ASKS_BACK = (
    Rule(state="start", say="Would eight be all right?", goto="asked"),
    Rule(state="asked", after_ms=60_000, say="Well, goodbye!", hang_up=True),
)


def test_a_question_is_answered_in_another_process_than_asked_it(tmp_path: Path) -> None:
    asks = Reply((), (ToolCall("ask_requester", {"question": "Is eight all right?", "choices": ["Yes", "No"]}),))

    async def answer(call: Call) -> None:
        await asyncio.sleep(3)
        assert call.answer(question_of(call), "Yes") == ""

    def question_of(call: Call) -> str:
        return next(found.question_id for found in call._recorder.so_far if isinstance(found, QuestionAsked))

    call = told(
        tmp_path,
        lambda ground: carried(ground, event(QuestionAsked, then_s=3), meanwhile=answer),
        mind=Says([asks]),
        **callee(*ASKS_BACK),
    )
    assert [(found.answer, found.how) for found in call.of(QuestionClosed)] == [("Yes", "answered")]


def test_a_goodbye_that_was_being_said_is_the_end(tmp_path: Path) -> None:
    call = told(tmp_path, lambda ground: carried(ground, event(ClosingBegan, then_s=0.5)))
    assert call.reason is EndReason.GOODBYE
    assert call.ended.at_ms - call.killed_ms < 15_000
    last = [turn for turn in call.turns if turn.party == "agent"][-1]
    assert re.search("goodbye", last.text, re.IGNORECASE)


def test_a_hang_up_that_the_requester_wanted_is_done(tmp_path: Path) -> None:
    async def at_once(call: Call) -> None:
        await asyncio.sleep(12)
        call.hang_up()
        call.hang_up()
        await asyncio.sleep(0)

    async def story(ground: Machine) -> Carried:
        process = await ground.process(dies_at="before the hang-up")
        call = await process.place(a_spec(opening=HELLO))
        process.run(at_once(call))
        await process.deadly.reached.wait()
        await asyncio.sleep(0.2)
        before = await ground.journal.events("call-1")
        await process.killed()
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        return Carried(events, 12_000, before, ground.calls[0], len(ground.calls), 0)

    call = told(tmp_path, story)
    assert call.reason is EndReason.REQUESTER_HUNG_UP
    assert call.call.status == "completed"
    assert call.ended.at_ms < 15_000


def test_two_people_who_talk_do_not_notice(tmp_path: Path) -> None:
    async def joins(call: Call) -> None:
        await asyncio.sleep(12)
        call.take_over("+14155550199")
        await event(TakenOver, then_s=8)(call)

    async def story(ground: Machine) -> Carried:
        async def hangs_up(_: Call) -> None:
            await asyncio.sleep(5)
            ground.calls[0].callee.hung_up = True

        return await carried(ground, joins, meanwhile=hangs_up)

    call = told(tmp_path, story)
    assert call.reason is EndReason.TAKEN_OVER
    assert (call.dials, call.sessions) == (2, 1)  # the requester's own phone; no model for the second process
    assert call.of(Ended)[0].at_ms - call.killed_ms < 10_000


# The end came first


@pytest.mark.parametrize("down_s", [30.0, 3600.0])
def test_a_call_that_was_over_meanwhile_is_ended_with_its_facts(tmp_path: Path, down_s: float) -> None:
    call = told(tmp_path, lambda ground: carried(ground, after(9.6), down_s=down_s))
    assert call.reason is EndReason.LINE_LOST
    assert call.ended.ending.talk_s == pytest.approx(call.call.duration_s, abs=1.5)
    assert call.ended.ending.cost_usd < 0.2
    assert all(turn.final for turn in call.turns)


@pytest.mark.parametrize(("kind", "reason"), [("busy", EndReason.BUSY), ("no-answer", EndReason.NO_ANSWER)])
def test_a_call_that_nobody_answered_meanwhile_says_so(tmp_path: Path, kind: Any, reason: EndReason) -> None:
    call = told(
        tmp_path,
        lambda ground: carried(ground, event(Ringing), down_s=60),
        **callee(pickup=Pickup(kind, after_s=3)),
    )
    assert (call.reason, call.ended.ending.talk_s, call.dials) == (reason, 0, 1)


def test_a_carrier_that_does_not_tell_leaves_it_to_its_webhooks(tmp_path: Path) -> None:
    async def story(ground: Machine) -> Carried:
        process, _ = await begun(ground, after(9.6))
        await process.killed()
        ground.world.twilio.fail_next("fetch", 503, 20503, times=99)
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        return Carried(events, 9_600, [], ground.calls[0], 1, 0)

    assert told(tmp_path, story).reason is EndReason.GOODBYE


@pytest.mark.thorough
def test_a_call_that_nobody_tells_anything_of_is_lost_in_the_end(tmp_path: Path) -> None:
    async def story(ground: Machine) -> Carried:
        process, _ = await begun(ground, after(9.6))
        await process.killed()
        await asyncio.sleep(40)
        ground.world.twilio.fail_next("fetch", 503, 20503, times=99)
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        return Carried(events, 9_600, [], ground.calls[0], 1, 0)

    assert told(tmp_path, story).reason is EndReason.LINE_LOST


# Dying on the way to the call


STEPS = [
    ("before the licence", None),
    ("after the licence", EndReason.NOT_DIALED),
    ("before the dial", EndReason.NOT_DIALED),
    ("during the dial", EndReason.GOODBYE),
    ("after the dial", EndReason.GOODBYE),
    ("before Dialed", EndReason.GOODBYE),
    ("after Dialed", EndReason.GOODBYE),
    ("before Ringing", EndReason.GOODBYE),
    ("after Ringing", EndReason.GOODBYE),
    ("before Answered", EndReason.GOODBYE),
    ("after Answered", EndReason.GOODBYE),
    ("before Streaming", EndReason.GOODBYE),
    ("after Streaming", EndReason.GOODBYE),
    ("before FirstAudio", EndReason.GOODBYE),
    ("after FirstAudio", EndReason.GOODBYE),
    ("before TurnChanged", EndReason.GOODBYE),
]


@pytest.mark.parametrize(("step", "reason"), STEPS, ids=[step for step, _ in STEPS])
@pytest.mark.parametrize(
    "prepare",
    [pytest.param(True, id="model prepared"), pytest.param(False, id="model later", marks=pytest.mark.thorough)],
)
def test_wherever_it_dies_there_is_one_dial_at_most_and_an_honest_end(
    tmp_path: Path, step: str, reason: EndReason | None, *, prepare: bool
) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], int]:
        process = await ground.process(dies_at=step, prepare_opening=prepare)
        reached = process.deadly.reached
        if step == "during the dial":
            ground.world.twilio.lose_next("create", done=True)
            reached.set()
        placing = process.run(process.switchboard.place(a_spec(opening=ASKS_FOR_A_TABLE, questions=())))
        await reached.wait()
        await asyncio.sleep(0.1)
        await process.killed()
        assert placing.cancelled() or placing.done()
        other = await ground.process(prepare_opening=prepare)
        events = await ended(other, other.found[0]) if other.found else []
        if events:
            with pytest.raises(AlreadyPlaced):
                await other.place(a_spec())
        await other.stopped()
        return events, len(ground.calls)

    events, dials = told(tmp_path, story, **callee(*BRIEF))
    if reason is None:
        assert (events, dials) == ([], 0)
        return
    assert reason_of(events) is reason
    assert dials == (0 if reason is EndReason.NOT_DIALED else 1)
    assert len([found for found in events if isinstance(found, Dialed)]) == dials


# Of the process that would go on with it; not all of them are come to after every step of the first.
ON_THE_WAY_BACK = [
    *("before CarriedOver", "after CarriedOver", "before a look", "before a search"),
    *("before Dialed", "after Dialed", "before Answered", "before Streaming", "before Ended"),
]


@pytest.mark.thorough
@pytest.mark.parametrize("step", [step for step, _ in STEPS[1:]])
def test_wherever_the_next_one_dies_too_there_is_one_dial_at_most_and_one_end(tmp_path: Path, step: str) -> None:
    async def story(ground: Machine, second_step: str) -> tuple[list[CallEvent], int, bool]:
        first = await ground.process(dies_at=step)
        if step == "during the dial":
            ground.world.twilio.lose_next("create", done=True)
            first.deadly.reached.set()
        first.run(first.switchboard.place(a_spec(opening=ASKS_FOR_A_TABLE, questions=())))
        await first.deadly.reached.wait()
        await asyncio.sleep(0.1)
        await first.killed()
        second = await ground.process(dies_at=second_step, recovers=False)
        second.run(second.switchboard.recover())
        with suppress(TimeoutError):
            async with asyncio.timeout(40):
                await second.deadly.reached.wait()
        await second.killed()
        third = await ground.process()
        for call in third.found:
            await ended(third, call)
        await third.stopped()
        return await ground.journal.events("call-1"), len(ground.calls), second.deadly.reached.is_set()

    reached = 0
    for number, second_step in enumerate(ON_THE_WAY_BACK):
        folder = tmp_path / str(number)
        folder.mkdir()
        events, dials, died = told(folder, partial(story, second_step=second_step), **callee(*BRIEF))
        reached += died
        assert [type(found) for found in events].count(Ended) == 1, second_step
        assert isinstance(events[-1], Ended)
        assert dials == (0 if events[-1].ending.reason is EndReason.NOT_DIALED else 1), second_step
    assert reached >= 3


@pytest.mark.parametrize("done", [True, False], ids=["it was made", "it was not made"])
def test_a_dial_whose_answer_is_lost_is_looked_for(tmp_path: Path, *, done: bool) -> None:
    """In a process that lives on."""

    async def story(ground: Machine) -> tuple[list[CallEvent], int]:
        ground.world.twilio.lose_next("create", done=done)
        process, call = await begun(ground, after(0))
        events = await ended(process, call)
        await process.stopped()
        return events, len(ground.calls)

    events, dials = told(tmp_path, story)
    assert reason_of(events) is (EndReason.GOODBYE if done else EndReason.NOT_DIALED)
    assert dials == done
    if not done:
        assert events[-1].at_ms == pytest.approx(SETTLED_S * 1000, abs=1500)


def test_where_the_carrier_does_not_tell_it_stays_uncertain(tmp_path: Path) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        ground.world.twilio.lose_next("create", done=False)
        ground.world.twilio.fail_next("list", 503, 20503, times=99)
        process, call = await begun(ground, after(0))
        events = await ended(process, call)
        await process.stopped()
        return events

    assert reason_of(told(tmp_path, story)) is EndReason.UNCERTAIN


def the_database_is_away(*_: object) -> None:
    raise OperationalError("select", {}, OSError("the connection was closed"))


def nobody_foresaw(*_: object) -> None:
    raise LookupError


@pytest.mark.parametrize("broken", [the_database_is_away, nobody_foresaw])
def test_where_it_cannot_be_looked_for_it_stays_uncertain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[..., None]
) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        ground.world.twilio.lose_next("create", done=False)
        process = await ground.process()
        monkeypatch.setattr(process.journal, "sids", broken)
        call = await process.place(a_spec(opening=ASKS_FOR_A_TABLE))
        events = await ended(process, call)
        await process.stopped()
        return events

    assert reason_of(told(tmp_path, story)) is EndReason.UNCERTAIN


@pytest.mark.thorough
def test_another_call_to_the_same_number_is_not_taken_for_this_one(tmp_path: Path) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        process = await ground.process()
        other = await process.place(a_spec(id="call-0", opening=HELLO))
        await process.run(event(Dialed)(other))
        ground.world.twilio.lose_next("create", done=False)
        call = await process.place(a_spec(opening=HELLO))
        events = await ended(process, call)
        await process.stopped()
        return events

    assert reason_of(told(tmp_path, story)) is EndReason.NOT_DIALED


def test_a_call_whose_persona_is_gone_is_hung_up_and_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], str]:
        process, _ = await begun(ground, after(12.0))
        await process.killed()
        with monkeypatch.context() as patch:
            patch.setattr("bridge.briefing.library.personas", dict)
            other = await ground.process()
        assert other.found == []
        await asyncio.sleep(1)
        await other.stopped()
        return await ground.journal.events("call-1"), ground.calls[0].status

    events, status = told(tmp_path, story)
    assert isinstance(events[-1], Ended)
    assert (events[-1].ending.reason, events[-1].ending.detail) == (EndReason.LINE_LOST, "restarted")
    assert status == "completed"


# A deploy


def test_a_call_that_outlasts_the_patience_of_a_shutdown_is_handed_over(tmp_path: Path) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], list[CallEvent], str, bool]:
        process, call = await begun(ground, after(9.6))
        following = process.run(followed(call))
        closing = process.run(process.switchboard.close(patience_s=3))
        await asyncio.sleep(0.1)
        with pytest.raises(Restarting):
            await process.place(a_spec(id="call-2"))
        await closing
        seen = await following
        status = ground.calls[0].status
        await process.stopped(patience_s=0)
        await asyncio.sleep(2)
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        return seen, events, status, call.handed_over

    seen, events, status, handed_over = told(tmp_path, story)
    assert (status, handed_over) == ("in-progress", True)
    assert events[: len(seen)] == seen
    assert not any(isinstance(found, Ended) for found in seen)
    assert all(turn.final for turn in rebuild(seen))  # it knows exactly what was heard
    assert reason_of(events) is EndReason.GOODBYE


def test_a_call_that_ends_in_time_is_not_handed_over(tmp_path: Path) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], bool]:
        process, call = await begun(ground, after(9.6))
        following = process.run(followed(call))
        await process.stopped(patience_s=120)
        return await following, call.handed_over

    events, handed_over = told(tmp_path, story)
    assert isinstance(events[-1], Ended)
    assert not handed_over


def test_while_the_old_process_still_answers_twilio_is_told_to_wait(tmp_path: Path) -> None:
    async def story(ground: Machine) -> list[CallEvent]:
        process, _ = await begun(ground, after(9.6), max_duration_s=80)
        await process.run(process.switchboard.close(patience_s=0))
        await asyncio.sleep(11)  # longer than the streams in the document last: it asks, and gets others
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        await process.stopped(patience_s=0)
        return events

    events = told(tmp_path, story, **callee(*PATIENT))
    assert sum(isinstance(found, Streaming) for found in events) == 2
    assert reason_of(events) is EndReason.TIME_LIMIT


def test_a_dial_that_is_on_its_way_is_waited_for(tmp_path: Path) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], list[CallEvent]]:
        process = await ground.process()
        placing = process.run(process.switchboard.place(a_spec(opening=HELLO, questions=())))
        await placing
        await process.stopped(patience_s=0)
        before = await ground.journal.events("call-1")
        other = await ground.process()
        events = await ended(other, other.found[0])
        await other.stopped()
        return before, events

    before, events = told(tmp_path, story)
    assert any(isinstance(found, Dialed) for found in before)
    assert reason_of(events) is EndReason.GOODBYE


# Two processes at once


def test_of_two_processes_the_one_that_comes_later_has_the_call(tmp_path: Path) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], list[CallEvent], StandInCall]:
        old, call = await begun(ground, after(9.6))
        following = old.run(followed(call))
        new = await ground.process()
        events = await ended(new, new.found[0])
        seen = await following
        assert call.handed_over
        assert old.switchboard.call("call-1") is None
        await new.stopped()
        await old.stopped()
        return seen, events, ground.calls[0]

    seen, events, call = told(tmp_path, story)
    assert events[: len(seen)] == seen
    assert reason_of(events) is EndReason.GOODBYE
    assert len([found for found in events if isinstance(found, Ended)]) == 1
    assert call.duration_s > 20


@pytest.mark.thorough
def test_of_two_processes_that_begin_at_once_one_has_the_call(tmp_path: Path) -> None:
    async def story(ground: Machine) -> tuple[list[CallEvent], int]:
        process, _ = await begun(ground, after(9.6))
        await process.killed()
        both = await asyncio.gather(ground.process(recovers=False), ground.process(recovers=False))
        await asyncio.gather(*(each.recover() for each in both))
        for each in both:  # where Twilio's next stream goes is not theirs to say
            ground.world.port = each.port
            await asyncio.sleep(4)
        having = [(each, call) for each in both if (call := each.switchboard.call("call-1"))]
        for each, call in having:
            await ended(each, call)
        for each in both:
            await each.stopped()
        return await ground.journal.events("call-1"), len(having)

    events, processes = told(tmp_path, story)
    assert processes == 1
    assert [type(found) for found in events].count(Ended) == 1
    assert isinstance(events[-1], Ended)
