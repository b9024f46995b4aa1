"""A rehearsal with the stand-in for the model: the requester plays the restaurant, and nobody is dialled."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bridge import journal, prices
from bridge.call import CallSpec
from bridge.carrier import TwilioCarrier
from bridge.database import open_database
from bridge.errors import ModelError
from bridge.journal import Journal
from bridge.model_socket import open_model
from bridge.rehearsal import ANSWER_S, LIFE_S, Asked, Line, Over, Pressed, Refused, Rehearsal, Said, Waits
from bridge.switchboard import Options, Switchboard
from sandbox.brain import RuleMind
from sandbox.mind import Reply, ToolCall
from sandbox.openai.realtime import RealtimeConnection
from sandbox.world import World
from tests.fakes import MODEL, a_spec

pytestmark = pytest.mark.fast_clock

BOOKING = a_spec(
    goal="Book a table for 4 people at 7pm under the name Anna Berg.",
    facts=("Table for 4 people", "Time: 7pm", "Name: Anna Berg"),
    questions=(),
    opening="Hello, this is the AI assistant of Anna Berg. I would like to book a table for four at 7pm, please.",
)


@dataclass
class Says(RuleMind):
    """The opening is the rules', the first answer what is written down here, and then the rules' again."""

    answer: Reply | None

    def reply(self, *, instructions: str, **given: Any) -> Reply:
        if "# Role" not in instructions or self.answer is None:
            return super().reply(instructions=instructions, **given)
        answer, self.answer = self.answer, None
        return answer


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Afterwards nothing was dialled, no socket is open and no task is left."""
    mine = asyncio.all_tasks()
    async with World() as world:
        yield world
        await asyncio.sleep(0.01)
        assert all(connection.closed.is_set() for connection in world.openai.connections)
        assert not world.twilio.calls
    await asyncio.sleep(0)
    assert not asyncio.all_tasks() - mine - {asyncio.current_task()}


@pytest.fixture
async def switchboard(world: World, tmp_path: Path) -> AsyncIterator[Switchboard]:
    """Afterwards there is nothing in its journal."""
    engine = open_database(f"sqlite:///{tmp_path}/ringback.db")
    async with engine.begin() as connection:
        await connection.run_sync(journal.metadata.create_all)
    twilio, openai = world.twilio, world.openai
    carrier = TwilioCarrier(
        account_sid=twilio.account_sid,
        auth_token=twilio.auth_token,
        phone_number=twilio.phone_number,
        api_url=twilio.url,
    )
    yield Switchboard(
        Journal(engine),
        carrier,
        partial(open_model, openai.base_url, openai.api_key, MODEL),
        prices.load(MODEL),
        Options("https://ringback.test", MODEL, "gpt-transcribe", twilio.phone_number),
    )
    async with engine.connect() as connection:
        for table in journal.metadata.tables.values():
            assert not (await connection.execute(table.select())).all()
    await carrier.close()
    await engine.dispose()


def connection_of(world: World) -> RealtimeConnection:
    (connection,) = world.openai.connections
    return connection


def received(world: World, kind: str) -> list[dict[str, Any]]:
    return [event for event in connection_of(world).received if event["type"] == kind]


def words(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines if isinstance(line, Said))


async def rehearsed(switchboard: Switchboard, *inputs: str, spec: CallSpec = BOOKING) -> list[list[Line]]:
    """The opening, and what followed each input of the callee's."""
    async with switchboard.rehearse(spec) as rehearsal:
        return [await rehearsal.begin(), *[await rehearsal.say(text) for text in inputs]]


# The story


async def test_the_restaurant_is_rehearsed_from_the_opening_to_the_end(world: World, switchboard: Switchboard) -> None:
    opening, offered, booked, over = await rehearsed(
        switchboard,
        "Seven is full, I am afraid. Would 8pm do?",
        "Booked for Anna Berg, four people at 8pm.",
        "Goodbye!",
    )
    assert opening == [Said(BOOKING.opening)]
    assert "8pm" in words(offered)
    assert not any(isinstance(line, Over) for line in offered)
    assert words(booked)
    last = booked[-1] if isinstance(booked[-1], Over) else over[-1]
    assert isinstance(last, Over)
    assert "8pm" in last.outcome
    assert not world.openai.rejected


async def test_the_model_is_told_what_it_is_told_on_the_phone_and_writes(
    world: World, switchboard: Switchboard
) -> None:
    await rehearsed(switchboard, "At what time?")
    (update,) = received(world, "session.update")
    session = update["session"]
    assert session["output_modalities"] == ["text"]
    assert "audio" not in session
    assert "Book a table for 4 people at 7pm" in session["instructions"]
    assert {tool["name"] for tool in session["tools"]} >= {"end_call", "ask_requester", "press_digits"}
    (opening, answer) = received(world, "response.create")
    assert BOOKING.opening in opening["response"]["instructions"]
    assert opening["response"]["tool_choice"] == "none"
    assert "response" not in answer
    (item,) = received(world, "conversation.item.create")
    assert item["item"]["role"] == "user"
    assert item["item"]["content"] == [{"type": "input_text", "text": "At what time?"}]
    assert not [event for event in connection_of(world).sent if "audio" in event["type"]]


async def test_what_the_agent_may_not_agree_to_it_asks_the_requester(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        lines = await rehearsal.say("Seven is full. I could do 9:30pm.")
        asked = lines[-1]
        assert isinstance(asked, Asked)
        assert "9:30" in asked.question
        assert words(lines)  # it has told the callee to wait
        answered = await rehearsal.answer("yes, take it")
        assert "9:30" in words(answered)
        assert await rehearsal.answer("yes") == []
    assert not world.openai.rejected


async def test_without_the_requesters_answer_nothing_is_accepted(switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        await rehearsal.say("Seven is full. I could do 9:30pm.")
        lines = await rehearsal.answer("")
    assert "could not reach" in words(lines)
    assert isinstance(lines[-1], Over)


async def test_a_menu_is_told_by_its_keys(world: World, switchboard: Switchboard) -> None:
    _, lines = await rehearsed(switchboard, "Welcome to Trattoria Roma. For reservations, press 1.")
    assert lines == [Pressed("1")]


async def test_while_it_waits_the_model_is_not_asked(world: World, switchboard: Switchboard) -> None:
    world.openai.mind = Says(Reply((), (ToolCall("wait_on_hold", {}),)))
    _, held, music = await rehearsed(
        switchboard, "One moment, please.", "Thank you for waiting, you are caller number three."
    )
    assert held == music == [Waits("on_hold")]
    assert len(received(world, "response.create")) == 2


async def test_what_must_not_be_passed_on_does_not_leave_the_house(world: World, switchboard: Switchboard) -> None:
    _, lines = await rehearsed(switchboard, "My card is 4111 1111 1111 1111.")
    assert lines == [Refused("card")]
    assert "4111" not in json.dumps(connection_of(world).received)


async def test_what_the_model_costs_is_known(switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        assert rehearsal.cost_usd == 0
        await rehearsal.begin()
        first = rehearsal.cost_usd
        await rehearsal.say("At what time?")
        assert 0 < first < rehearsal.cost_usd < 0.05


async def test_its_end_is_one_line_in_the_log_without_a_word_of_it(
    switchboard: Switchboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bridge")
    await rehearsed(switchboard, "At what time?")
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("bridge")]
    assert line.startswith(f"rehearsal {BOOKING.id} ended: tokens_in=")
    assert "time" not in line


async def test_two_inputs_at_once_are_answered_one_after_the_other(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        both = await asyncio.gather(rehearsal.say("At what time?"), rehearsal.say("Under what name?"))
    assert "7" in words(both[0])
    assert "Anna Berg" in words(both[1])
    assert not world.openai.rejected


async def test_who_stops_waiting_gets_the_answer_with_the_next(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await rehearsal.say("At what time?")
        lines = await rehearsal.say("Under what name?")
    assert [type(line) for line in lines] == [Said, Said]
    assert not world.openai.rejected


# Trouble


async def trouble_of(rehearsal: Rehearsal, text: str = "At what time?") -> ModelError:
    with pytest.raises(ModelError) as trouble:
        await rehearsal.say(text)
    return trouble.value


async def trouble_at_once(switchboard: Switchboard) -> ModelError:
    with pytest.raises(ModelError) as trouble:
        async with switchboard.rehearse(BOOKING):
            pytest.fail("it was entered")
    return trouble.value


@pytest.mark.parametrize("code", [1006, 1011, 1001])
async def test_a_socket_that_is_lost_ends_it_in_words_for_people(
    world: World, switchboard: Switchboard, code: int
) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        connection = connection_of(world)
        world.openai.drop(connection) if code == 1006 else world.openai.close(connection, code)
        trouble = await trouble_of(rehearsal)
        assert (trouble.code, trouble.retryable) == ("lost", True)
        assert str(trouble) == "The connection to the voice model was lost. Begin the rehearsal again."
        assert str(await trouble_of(rehearsal)) == str(trouble)


async def test_a_socket_lost_over_an_answer_ends_it_too(world: World, switchboard: Switchboard) -> None:
    world.openai.slow(5)
    async with switchboard.rehearse(BOOKING) as rehearsal:
        asyncio.get_running_loop().call_later(2, lambda: world.openai.drop(connection_of(world)))
        with pytest.raises(ModelError, match="was lost"):
            await rehearsal.begin()


async def test_a_slow_model_is_waited_for_and_then_given_up(world: World, switchboard: Switchboard) -> None:
    clock = asyncio.get_running_loop()
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        world.openai.slow(ANSWER_S - 5)
        assert words(await rehearsal.say("At what time?"))
        world.openai.slow(ANSWER_S + 5)
        began = clock.time()
        trouble = await trouble_of(rehearsal, "Under what name?")
        assert clock.time() - began == pytest.approx(ANSWER_S, abs=0.5)
        assert (trouble.code, trouble.retryable) == ("slow", True)
        await asyncio.sleep(0.1)
        assert connection_of(world).closed.is_set()  # a socket that nobody reads any more


async def test_a_key_that_is_refused_is_told_at_once(world: World, switchboard: Switchboard) -> None:
    world.openai.fail_next_upgrade(401)
    trouble = await trouble_at_once(switchboard)
    assert (trouble.code, trouble.retryable) == ("denied", False)
    assert str(trouble) == ("OpenAI refused the rehearsal (401). Check OPENAI_API_KEY, its credit and REALTIME_MODEL.")


async def test_a_model_that_cannot_be_reached_is_told_at_once(world: World, switchboard: Switchboard) -> None:
    world.openai.fail_next_upgrade(503, times=3)
    trouble = await trouble_at_once(switchboard)
    assert (trouble.code, trouble.retryable) == ("unreachable", True)


async def test_a_socket_that_the_service_closes_for_its_own_reasons_is_a_refusal(
    world: World, switchboard: Switchboard
) -> None:
    world.openai.close_next(4004, "model_not_found")
    trouble = await trouble_at_once(switchboard)
    assert (trouble.code, trouble.retryable) == ("denied", False)
    assert "(4004)" in str(trouble)


async def test_an_error_event_ends_it_with_its_code(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        error = {"type": "invalid_request_error", "code": "invalid_value", "message": "No.", "event_id": None}
        world.openai.send_raw(json.dumps({"type": "error", "event_id": "event_1", "error": error}))
        trouble = await trouble_of(rehearsal)
        assert trouble.code == "denied"
        assert "(invalid_value)" in str(trouble)


async def test_a_response_that_fails_once_is_made_good(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        world.openai.fail_next_response()
        assert words(await rehearsal.say("At what time?"))
        world.openai.fail_next_response(times=3)
        assert (await trouble_of(rehearsal, "Under what name?")).code == "failing"


async def test_what_is_no_event_is_left_out(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        world.openai.send_raw("nonsense")
        world.openai.send_raw('{"type":"invented.tomorrow"}')
        assert await rehearsal.begin() == [Said(BOOKING.opening)]


async def test_a_rehearsal_that_is_forgotten_closes_its_socket(world: World, switchboard: Switchboard) -> None:
    async with switchboard.rehearse(BOOKING) as rehearsal:
        await rehearsal.begin()
        await asyncio.sleep(LIFE_S - 5)
        assert words(await rehearsal.say("At what time?"))
        await asyncio.sleep(10)
        assert connection_of(world).closed.is_set()
        trouble = await trouble_of(rehearsal, "Under what name?")
        assert (trouble.code, trouble.retryable) == ("expired", True)


async def test_whoever_still_waits_when_it_is_stopped_is_told(world: World, switchboard: Switchboard) -> None:
    world.openai.slow(20)
    async with switchboard.rehearse(BOOKING) as rehearsal:
        opening = asyncio.create_task(rehearsal.begin())
        await asyncio.sleep(1)
    with pytest.raises(ModelError, match="has been stopped"):
        await opening
    with pytest.raises(ModelError, match="has been stopped"):
        await rehearsal.say("At what time?")


async def test_an_unknown_persona_cannot_be_rehearsed(switchboard: Switchboard) -> None:
    with pytest.raises(KeyError):
        switchboard.rehearse(a_spec(persona="nobody"))


async def test_a_mind_of_many_words_is_told_item_by_item(world: World, switchboard: Switchboard) -> None:
    assert isinstance(world.openai.mind, RuleMind)
    world.openai.mind = Says(Reply(("Yes.", "At seven.")))
    _, lines = await rehearsed(switchboard, "Hello?")
    assert lines == [Said("Yes."), Said("At seven.")]
