"""Services that fail: whatever breaks, the requester is told what and what to do, and nothing is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.app import App
from bridge.events import Streaming
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    called,
    connected,
    finished,
    is_card,
    is_report,
    journal_of,
    labels,
    on_the_line,
    order,
    place,
    press,
    running,
    turns,
)

NEVER_AGAIN = "call Café Rosa on +1 415 555 0126 and book a table for two at 8pm, name Anna"

# Planning


@pytest.mark.daily
@pytest.mark.parametrize("status", [500, 429, 503])
async def test_a_planner_that_cannot_be_reached_is_said_so(world: World, app: App, status: int) -> None:
    world.openai.fail_next_http(status, times=3)
    answer = await answer_to(world, REQUEST)
    assert "planning model did not answer" in answer.text
    assert "Nothing is lost" in answer.text
    assert is_card(await answer_to(world, REQUEST))


@pytest.mark.daily
async def test_a_planner_that_refuses_the_key_says_whom_that_concerns(world: World, app: App) -> None:
    world.openai.fail_next_http(401)
    answer = await answer_to(world, REQUEST)
    assert "check OPENAI_API_KEY" in answer.text
    assert "Nothing is lost" in answer.text


@pytest.mark.daily
async def test_nonsense_from_the_planner_is_said_so(world: World, app: App) -> None:
    for nonsense in ("", "Sure!", "{}", '{"callee_name": 5}', "null", '"' * 99):
        world.openai.answer_next(nonsense)
        answer = await answer_to(world, REQUEST)
        assert "an answer I could not use" in answer.text, nonsense
    assert is_card(await answer_to(world, REQUEST))


async def test_an_answer_that_is_cut_short_is_said_so(world: World, app: App) -> None:
    world.openai.answer_next('{"callee_name": "Tra', incomplete=True)
    assert "could not" in (await answer_to(world, REQUEST)).text


async def test_a_planner_that_refuses_is_said_so(world: World, app: App) -> None:
    world.openai.answer_next("I cannot help with that.", refusal=True)
    assert "would not plan this call" in (await answer_to(world, REQUEST)).text


async def test_the_draft_survives_a_planner_in_trouble(world: World, app: App) -> None:
    question = await answer_to(world, "call Uncle Joe and tell him that the meeting is at 5pm")
    world.openai.fail_next_http(500, times=3)
    trouble = await answer_to(world, "+1 415 555 2671", reply_to=question)
    assert "Nothing is lost" in trouble.text
    card = await answer_to(world, "+1 415 555 2671")
    assert "Uncle Joe" in card.text
    assert "he meeting is at 5pm" in card.text


async def test_the_card_survives_a_planner_in_trouble(world: World, app: App) -> None:
    card = await order(world, SHORT)
    world.openai.answer_next("Sure!")
    await answer_to(world, "say that it is at 6pm")
    assert "call" in labels(card)
    await place(world, card)
    assert "they hung up" in (await finished(world, card)).text


# Twilio


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (400, 21215, "may not call that country. Allow it under Voice, Geo Permissions."),
        (400, 13227, "may not call that country. Allow it under Voice, Geo Permissions."),
        (400, 21211, "not a number it can call"),
        (400, 13224, "not a number it can call"),
        (400, 21210, "Check TWILIO_PHONE_NUMBER"),
        (401, 20003, "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"),
        (429, 20429, "Try again in a minute"),
        (400, 21219, "trial account"),
        (418, 99999, "error 99999"),
    ],
)
async def test_what_twilio_refuses_is_reported_with_what_to_do(
    world: World, app: App, status: int, code: int, advice: str
) -> None:
    world.twilio.fail_next("create", status, code)
    card = await order(world)
    assert await press(world, card, "Call") == "Dialling"
    report = await finished(world, card)
    assert report.text.splitlines()[0] == "🔕 Not dialled: the phone company refused the call."
    assert advice in report.text
    assert "never answered" not in report.text
    assert not world.twilio.calls


async def test_a_dial_is_never_repeated_by_itself(world: World, app: App) -> None:
    world.twilio.fail_next("create", 503, 20503)
    card = await order(world)
    await press(world, card, "Call")
    report = await finished(world, card)
    # It may have been, for all that such an answer tells: so the list of calls was looked at.
    assert report.text.splitlines()[0] == "🔕 Not dialled: the phone company knows of no such call."
    assert "Call again" in report.text
    assert not world.twilio.calls
    # The requester may: it is another call.
    assert await press(world, report, "Call again") == ""
    again = await world.requester.wait_for(is_card, after=report)
    await place(world, again)


@asynccontextmanager
async def mute_server() -> AsyncIterator[str]:
    """The address of a server that takes every connection and answers none."""
    open_writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.append(writer)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer in open_writers:
            writer.close()
            await writer.wait_closed()


async def test_a_twilio_that_does_not_answer_leaves_it_open_whether_it_was_dialled(
    world: World, tmp_path: Path
) -> None:
    async with mute_server() as url, running(world, tmp_path, twilio_api_url=url):
        card = await order(world)
        await press(world, card, "Call")
        report = await finished(world, card)
    assert report.text.splitlines()[0] == "🔕 I cannot tell whether this call was dialled."
    assert "Look at Twilio’s call log" in report.text


async def test_a_twilio_that_cannot_be_reached_was_not_dialled(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path, twilio_api_url="http://127.0.0.1:1"):
        card = await order(world)
        await press(world, card, "Call")
        report = await finished(world, card)
    assert report.text.splitlines()[0] == "🔕 Not dialled: the phone company refused the call."
    assert "Try again in a minute." in report.text


async def test_a_call_outlives_its_stream(world: World, app: App, tmp_path: Path, provoked: Provoked) -> None:
    provoked.twilio = True  # the dropped stream
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    await asyncio.sleep(8)
    world.twilio.drop_stream(call.sid)
    report = await finished(world, live)
    assert "Booked" in report.text
    assert len(call.stream_sids) == 2
    assert len([event for event in await journal_of(tmp_path) if isinstance(event, Streaming)]) == 2
    assert len(world.openai.connections) == 1  # the model's session is kept
    conversation = turns(live.text)
    assert len(set(conversation)) == len(conversation)  # nothing was said again


async def test_broken_frames_of_the_line_cost_a_frame_and_not_the_call(world: World, app: App, tmp_path: Path) -> None:
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    assert call.line.stream is not None
    for frame in ("{not json", "[]", "null", '"media"', '{"event": 5}', '{"event":"media"}', "{}", "[" * 5000):
        call.line.stream._outbox.put_nowait(frame)
    call.line.stream._outbox.put_nowait('{"event":"mark","mark":{"name":"999:999"},"streamSid":"MZ0"}')
    call.line.stream._outbox.put_nowait('{"event":"tomorrow","tomorrow":{"x":[1]}}')
    report = await finished(world, live)
    assert "Booked: 7:45pm" in report.text
    assert len(call.stream_sids) == 1


# The voice model


async def test_broken_frames_of_the_model_do_not_end_the_call(world: World, app: App, tmp_path: Path) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    for frame in (
        "{not json",
        "[]",
        "null",
        "{}",
        '{"type": 7}',
        '{"type":"response.output_audio.delta"}',
        '{"type":"response.done"}',
        '{"type":"response.done","response":{"id":"resp_x","status":"completed","usage":{"total_tokens":"many"}}}',
        '{"type":"conversation.item.added","item":{}}',
        '{"type":"event.of.tomorrow","with":{"anything":[1,2,3]}}',
        '{"type":"conversation.item.input_audio_transcription.completed","item_id":"nobody","transcript":"Boo!"}',
        "[" * 5000,
    ):
        world.openai.send_raw(frame)
    report = await finished(world, live)
    assert "Booked: 7:45pm" in report.text
    [call] = world.twilio.calls.values()
    assert [text for _, text in turns(live.text)] == [u.text for u in on_the_line(call)]


async def test_a_model_that_refuses_the_key_ends_the_call_while_it_rings(world: World, app: App) -> None:
    world.openai.fail_next_upgrade(401)
    live = await order(world)
    call = await place(world, live)
    report = await finished(world, live)
    assert report.text.splitlines()[0].endswith("the voice model was lost.")
    assert "Check OPENAI_API_KEY" in report.text
    assert call.answered_at is None  # nobody picks up a phone for silence


async def test_a_model_that_stumbles_while_it_rings_is_tried_again(world: World, app: App, tmp_path: Path) -> None:
    world.openai.fail_next_upgrade(503, times=2)
    assert "they hung up" in (await called(world, tmp_path, SHORT)).report.text


@pytest.mark.parametrize("code", [1006, 1011, 1001])
async def test_a_model_that_is_lost_in_the_middle_is_replaced_by_one_that_knows_what_was_said(
    world: World, app: App, code: int
) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(8)
    world.openai.connections[0].close(code, "")
    report = await finished(world, live)
    assert "Booked: 7:45pm" in report.text
    assert len(world.openai.connections) == 2
    conversation = turns(live.text)
    assert len(set(conversation)) == len(conversation)  # nothing was said again


async def test_a_model_that_is_lost_for_good_ends_the_call_and_is_reported(world: World, app: App) -> None:
    live = await order(world)
    call = await place(world, live)
    await connected(world, live)
    await asyncio.sleep(8)
    world.openai.fail_next_upgrade(401, times=100)
    world.openai.drop(world.openai.connections[0])
    report = await finished(world, live)
    assert "the voice model was lost" in report.text.splitlines()[-1]
    assert call.status == "completed"


async def test_a_response_that_fails_is_asked_for_again(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    world.openai.fail_next_response()
    report = await finished(world, live)
    assert "Booked: 7:45pm" in report.text


async def test_a_model_that_invents_words_on_silence_puts_none_in_the_transcript(world: World, app: App) -> None:
    world.openai.conduct.hallucinate_on_noise = ""
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    world.openai.send_raw(
        '{"type":"conversation.item.input_audio_transcription.completed","item_id":"item_silence",'
        '"transcript":"Thanks for watching!"}'
    )
    await finished(world, live)
    assert "watching" not in live.text


async def test_a_slow_model_is_waited_for(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    world.openai.slow(2.5)
    report = await finished(world, live)
    assert "Booked" in report.text


async def test_a_call_that_could_not_be_followed_is_reported_all_the_same(
    world: World, app: App, tmp_path: Path
) -> None:
    """The database takes no number that is never to be called again, until somebody mends it."""
    card = await order(world, NEVER_AGAIN)
    with closing(sqlite3.connect(tmp_path / "ringback.db")) as database:
        database.execute(
            "create trigger broken before insert on do_not_call begin select raise(fail, 'the disk is full'); end"
        )
        database.commit()
    call = await place(world, card)
    await call.ended.wait()
    await asyncio.sleep(60)
    assert not [m for m in world.requester.chat.messages if is_report(m)]
    with closing(sqlite3.connect(tmp_path / "ringback.db")) as database:
        database.execute("drop trigger broken")
        database.commit()
    report = await world.requester.wait_for(is_report, after=card)
    await asyncio.sleep(60)
    assert [m for m in world.requester.chat.messages if is_report(m)] == [report]
    assert "connected" not in card.text
