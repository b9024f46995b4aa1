"""Whoever picks up, or does not: how the call goes, how it ends, and what the report says of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bridge.events import (
    BargedIn,
    BargeInResolved,
    ClosingBegan,
    ClosingCancelled,
    DoNotCallAsked,
    Ended,
    TurnChanged,
)
from bridge.transcript import rebuild
from sandbox.brain import RuleMind
from sandbox.line import Pickup
from sandbox.mind import Reply
from sandbox.tones import SILENCE
from sandbox.world import World
from tests.e2e.chat import (
    Called,
    called,
    check_the_wires,
    labels,
    on_the_line,
    running,
    spoken,
    statuses,
    tell,
    told_by,
    turns,
)

BOOKING = "and book a table for three at 8pm, name Anna"


# Nobody there


@pytest.mark.daily
@pytest.mark.parametrize(
    ("number", "headline", "line", "status", "retries"),
    [
        (
            "+1 415 555 0102",
            "🔕 Busy: nobody was reached.",
            "never answered, 1 s · the line was busy",
            "ringing…",
            True,
        ),
        ("+1 415 555 0103", "🔕 Nobody answered.", "never answered, 30 s · nobody answered", "ringing…", True),
        (
            "+1 415 555 0104",
            "🔕 The call failed: nobody was reached.",
            "never answered, 1 s · the call could not be completed",
            "dialling…",
            False,
        ),
    ],
)
async def test_a_call_that_reaches_nobody_says_why_and_what_to_do(
    world: World, app: App, tmp_path: Path, number: str, headline: str, line: str, status: str, *, retries: bool
) -> None:
    call = await called(world, tmp_path, f"call Luigi on {number} {BOOKING}")
    first, advice, *_ = call.report.text.splitlines()
    assert first == headline
    assert "again" in advice
    assert line in call.end
    # Nothing was said that a transcript could hold.
    assert labels(call.report) == [*(["now", "in 15 min", "in 1 h"] if retries else []), "call again", "save contact"]
    assert status in statuses(call.live)
    assert not world.openai.responses_requests[1:]  # nothing to summarise: the facts are the line's


# A machine


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("recorded")
    request = "call Anna on +1 415 555 0105 and ask whether she is coming on Saturday"
    return tell(lambda world: called(world, folder, request), folder)


def test_a_machine_is_left_its_message_after_the_beep_once_and_whole(recorded: Called) -> None:
    greeting = spoken(recorded.call.callee_audio, "callee")[0]
    after_the_beep = [u.text for u in spoken(recorded.call.agent_audio, "agent") if u.began_ms > greeting.ended_ms]
    assert len(after_the_beep) == 1
    assert after_the_beep[0].endswith(
        "would like to know whether you are coming on Saturday, please call back. Goodbye!"
    )


def test_the_line_is_not_kept_after_the_message(recorded: Called) -> None:
    last = on_the_line(recorded.call)[-1]
    assert len(recorded.call.agent_audio) / 8 - last.ended_ms < 4000


def test_a_machine_is_reported_as_a_machine_and_not_as_an_answer(recorded: Called) -> None:
    assert "answering machine" in recorded.report.text.splitlines()[0]
    assert "✅" not in recorded.report.text
    assert "an answering machine picked up" in recorded.end


# People who do not make it easy


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("interrupted")
    request = f"call Bistro Central on +1 415 555 0106 {BOOKING}"
    return tell(lambda world: called(world, folder, request), folder)


def test_an_interrupted_turn_is_cut_where_it_was_heard(interrupted: Called) -> None:
    [cut] = [turn for turn in rebuild(interrupted.events) if turn.interrupted]
    [heard] = [u for u in spoken(interrupted.call.agent_audio, "agent") if u.text.startswith(cut.text)]
    # Whole words of what was heard; a word that was broken off is none.
    assert heard.text.startswith(cut.text)
    assert len(heard.text) - len(cut.text) < 12
    assert f"🤖 Agent: {cut.text} —" in interrupted.live.text


def test_the_agent_is_silent_at_once_and_nothing_old_is_heard_after(interrupted: Called) -> None:
    line = on_the_line(interrupted.call)
    question = next(u for u in line if u.text == "Sorry, how many people did you say?")
    cut = next(u for u in line if u.party == "agent" and u.began_ms < question.began_ms < u.ended_ms)
    assert cut.ended_ms - question.began_ms < 300
    after = [u.text for u in line if u.party == "agent" and u.began_ms > question.began_ms]
    assert after[0] == "For three people, please."


def test_the_model_is_told_what_was_heard_of_it(interrupted: Called) -> None:
    [connection] = interrupted.world.openai.connections
    [truncated] = [e for e in connection.received if e["type"] == "conversation.item.truncate"]
    [barged] = [e for e in interrupted.events if isinstance(e, BargedIn)]
    assert truncated["audio_end_ms"] == barged.heard_ms
    cut = next(u for u in spoken(interrupted.call.agent_audio, "agent") if u.text.startswith("It is about"))
    assert barged.heard_ms == pytest.approx(cut.ended_ms - cut.began_ms, abs=60)


def test_an_interruption_does_not_spoil_the_booking(interrupted: Called) -> None:
    assert interrupted.report.text.startswith("✅ Booked: 8pm, table for 3, under Anna.")


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Called:
    folder = tmp_path_factory.mktemp("noisy")
    return tell(lambda world: called(world, folder, f"call Corner Café on +1 415 555 0109 {BOOKING}"), folder)


def test_a_cough_and_an_mm_hm_do_not_eat_the_agents_sentences(noisy: Called) -> None:
    # What a noise held up goes on from where it stopped: put together, every sentence was heard whole.
    heard = "".join(u.text for u in spoken(noisy.call.agent_audio, "agent")).replace(" ", "")
    assert heard == "".join(told_by(turns(noisy.live.text), "agent")).replace(" ", "")
    assert not any(turn.interrupted for turn in rebuild(noisy.events))


def test_a_noise_holds_the_agent_up_and_lets_it_go_on(noisy: Called) -> None:
    outcomes = [event.outcome for event in noisy.events if isinstance(event, BargeInResolved)]
    assert outcomes
    assert set(outcomes) == {"resumed"}
    assert noisy.report.text.startswith("✅ Booked")


def test_noise_is_no_turn(noisy: Called) -> None:
    assert all(turn.text for turn in rebuild(noisy.events))


async def test_one_more_thing_after_the_goodbye_keeps_the_call_open(world: World, app: App, tmp_path: Path) -> None:
    call = await called(world, tmp_path, f"call Family Diner on +1 415 555 0110 {BOOKING}")
    kinds = [type(event) for event in call.events]
    assert kinds.index(ClosingBegan) < kinds.index(ClosingCancelled)
    conversation = turns(call.live.text)
    question = conversation.index(("callee", "Oh wait, one more thing: do you need a high chair?"))
    assert "goodbye" in conversation[question - 1][1]
    assert conversation[question + 1][0] == "agent"
    assert "it ended with a goodbye" in call.end
    assert call.report.text.startswith("✅ Booked")
    assert "high chair" in call.report.text  # what is left for the requester to do


async def test_a_callee_who_hangs_up_early_is_reported_with_what_was_heard(
    world: World, app: App, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm")
    assert call.report.text.splitlines()[0] == "☎️ They hung up."
    assert "0:02 on the phone · they hung up" in call.end
    assert turns(call.live.text) == [("agent", "Hello, this is the AI —")]
    assert not world.openai.responses_requests[1:]


async def test_who_asks_never_to_be_called_again_is_apologised_to_and_left_alone(
    world: World, app: App, tmp_path: Path
) -> None:
    call = await called(world, tmp_path, f"call Café Rosa on +1 415 555 0126 {BOOKING}")
    assert [type(event) for event in call.events].count(DoNotCallAsked) == 1
    assert told_by(turns(call.live.text), "agent")[1:] == ["I am sorry. We will not call you again. Goodbye!"]
    assert "it ended with a goodbye" in call.end
    assert "another time" not in call.report.text


async def test_a_friend_who_asks_is_told_that_it_is_an_ai(world: World, app: App, tmp_path: Path) -> None:
    call = await called(world, tmp_path, "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday")
    conversation = turns(call.live.text)
    asked = next(n for n, (_, words) in enumerate(conversation) if "robot" in words)
    assert "AI assistant calling for Shane" in conversation[asked + 1][1]
    assert "Warm friend" in call.card
    answer = "• Whether she is coming on Saturday – Yes, I am coming, around six."
    assert answer in call.report.text


async def test_another_day_is_agreed_to_where_that_was_allowed(world: World, app: App, tmp_path: Path) -> None:
    call = await called(
        world, tmp_path, "call Dr Klein on +1 415 555 0111 and move my appointment to Tuesday morning, any day is fine"
    )
    assert "Wednesday at 10am" in call.report.text.splitlines()[0]
    assert "Patient helper · 🔊 sage" in call.card


async def test_what_was_not_allowed_is_not_agreed_to(world: World, app: App, tmp_path: Path) -> None:
    call = await called(
        world, tmp_path, "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, name Anna"
    )
    assert call.report.text.startswith("❌ Not booked")
    assert "7:45" in call.report.text
    assert not any("Yes, that works" in words for words in told_by(turns(call.live.text), "agent"))


# Nobody ends it


class Mute:
    """Somebody who picks up and says nothing."""

    pickup = Pickup("answer")
    hung_up = False

    def step(self, heard: bytes) -> bytes:
        return SILENCE

    def press(self, digits: str) -> None:
        """Nothing to press."""


async def test_who_says_nothing_is_asked_twice_and_taken_leave_of(tmp_path: Path) -> None:
    async with World(answerer=lambda _: Mute()) as world:
        async with running(world, tmp_path):
            call = await called(world, tmp_path)
        check_the_wires(world)
    said = told_by(turns(call.live.text), "agent")
    assert said[1:] == ["Are you still there?", "Are you still there?", "Thank you, goodbye!"]
    assert call.report.text.splitlines()[0] == "☎️ Nobody spoke any more, so I ended the call."
    assert "nobody spoke any more" in call.end


class Endless(RuleMind):
    """Never comes to the point, unless the time is up."""

    def reply(
        self,
        *,
        instructions: str,
        items: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        tool_choice: Any,
    ) -> Reply:
        if "have to go" in instructions or "<<" in instructions:
            return super().reply(instructions=instructions, items=items, tools=tools, tool_choice=tool_choice)
        return Reply(("And what else would you like to know about it?",))


async def test_a_call_that_does_not_end_is_ended_politely_at_its_time_limit(tmp_path: Path) -> None:
    async with World(mind=Endless()) as world:
        async with running(world, tmp_path, max_call_minutes=1):
            call = await called(world, tmp_path)
        check_the_wires(world)
    assert "at most 1 min" in call.card
    assert "goodbye" in told_by(turns(call.live.text), "agent")[-1]
    assert len(call.call.agent_audio) / 8000 < 61
    assert "it reached its time limit" in call.end


# Of every call


@pytest.fixture
def call(request: pytest.FixtureRequest) -> Called:
    """One of the calls above, by its fixture's name."""
    found: Called = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("call", ["recorded", "interrupted", "noisy"], indirect=True)
def test_every_call_ends_with_one_end_and_no_turn_after_it(call: Called) -> None:
    assert [isinstance(event, Ended) for event in call.events].count(True) == 1
    assert isinstance(call.events[-1], Ended)
    assert all(turn.final for turn in rebuild(call.events))
    assert [e.at_ms for e in call.events] == sorted(e.at_ms for e in call.events)
    assert any(isinstance(event, TurnChanged) for event in call.events)
