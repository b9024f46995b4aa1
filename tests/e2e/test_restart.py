"""A process ends and another begins on the same database: nothing is lost, nothing is done twice."""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from bridge.database import open_database
from bridge.errors import RingbackError
from bridge.journal import Journal
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    connected,
    data_of,
    finished,
    from_bot,
    is_card,
    is_report,
    labels,
    order,
    place,
    press,
    press_data,
    running,
)


@pytest.mark.daily
async def test_the_buttons_of_an_open_card_still_work_after_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        card = await order(world, SHORT)
    async with running(world, tmp_path):
        await press(world, card, "Voice")
        await world.requester.wait_for(lambda m: m is card and "back" in labels(m))
        await press(world, card, "ballad")
        await world.requester.wait_for(lambda m: m is card and "🔊 ballad" in m.text)
        await place(world, card)
        assert "they hung up" in (await finished(world, card)).text


@pytest.mark.daily
async def test_an_open_question_is_still_answered_after_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        question = await answer_to(world, REQUEST.replace(" on +1 415 555 2671", ""))
    async with running(world, tmp_path):
        card = await answer_to(world, "+1 415 555 2671", reply_to=question)
        assert is_card(card)
        assert "Table for 4 people" in card.text


async def test_what_was_written_while_it_was_down_is_answered(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        pass
    said = world.requester.say(REQUEST)
    async with running(world, tmp_path):
        await world.requester.wait_for(is_card, after=said)


async def test_a_report_is_sent_once_and_not_again_after_a_restart(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True  # the last edit of the live view changes nothing any more
    async with running(world, tmp_path):
        card = await order(world, BUSY)
        call = data_of(card, "Call")
        await place(world, card)
        report = await finished(world, card)
    # As if it had died before it could note down that the report was sent.
    with closing(sqlite3.connect(tmp_path / "ringback.db")) as database:
        database.execute("update drafts set stage = 'placed'")
        database.commit()
    async with running(world, tmp_path):
        await asyncio.sleep(30)
        assert await press_data(world, card, call) == "This call has been placed already."
        assert await press(world, report, "Call again") == ""
        await world.requester.wait_for(is_card, after=report)
    assert [message for message in from_bot(world) if is_report(message)] == [report]
    assert len(world.twilio.calls) == 1


@pytest.mark.parametrize(
    "body", ['{"event": "of tomorrow", "at_ms": 5}', "{", '{"event": "closingbegan", "at_ms": 5, "reason": "x"}']
)
async def test_a_call_whose_record_cannot_be_gone_on_with_stops_no_start_and_is_told_once(
    world: World, tmp_path: Path, body: str
) -> None:
    """An older version was put back, say, and the newer one had calls going on."""
    async with running(world, tmp_path):
        card = await order(world, BUSY)
        await place(world, card)
        report = await finished(world, card)
    with closing(sqlite3.connect(tmp_path / "ringback.db")) as database:
        database.execute("delete from messages where role = 'report'")
        database.execute("update call_events set body = ? where number = 2", (body,))
        database.execute("delete from call_events where number > 2")
        database.execute("update calls set ended = 0")
        database.execute("update drafts set stage = 'placed'")
        database.commit()
    for _ in range(2):
        async with running(world, tmp_path):
            assert is_card(await answer_to(world, REQUEST))
    after = [m.text for m in from_bot(world) if m.id > report.id and not is_card(m)]
    assert len([text for text in after if "record" in text or "the line was lost" in text]) == 1, after


async def test_a_call_that_goes_on_is_waited_for_at_a_shutdown_and_reported(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        live = await order(world)
        await place(world, live)
        await connected(world, live)
    report = next(message for message in from_bot(world) if is_report(message))
    assert "Booked: 7:45pm" in report.text
    assert " · ended" in live.text


async def test_no_call_is_begun_while_it_is_being_shut_down(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        live = await order(world)
        await place(world, live)
        other = await order(world, BUSY)
        late = asyncio.create_task(press(world, other, "Call"))  # a second and a half from now
    assert "being restarted" in await late
    assert len(world.twilio.calls) == 1
    assert "Booked" in next(message for message in from_bot(world) if is_report(message)).text


async def test_a_process_that_died_before_its_dial_leaves_the_card_to_be_pressed_again(
    world: World, tmp_path: Path, provoked: Provoked, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "confirm", dies)
        async with running(world, tmp_path):
            card = await order(world, SHORT)
            await press(world, card, "Call")
    assert not world.twilio.calls
    async with running(world, tmp_path):
        await place(world, card)
        assert "they hung up" in (await finished(world, card)).text


# A start that fails


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"telegram_bot_token": "1:wrong"}, "Check TELEGRAM_BOT_TOKEN"),
        ({"telegram_api_url": "http://127.0.0.1:1"}, "Check the network and TELEGRAM_API_URL"),
        ({"port": "taken"}, "Set PORT to a free one"),
    ],
)
async def test_a_start_that_fails_says_what_to_do_and_leaves_nothing_open(
    world: World, tmp_path: Path, provoked: Provoked, settings: dict[str, str], advice: str
) -> None:
    provoked.telegram = True
    taken = world.telegram.url.rpartition(":")[2]
    with pytest.raises(RingbackError, match=advice):
        async with running(world, tmp_path, **{k: v.replace("taken", taken) for k, v in settings.items()}):
            pass


@pytest.mark.parametrize("method", ["getMe", "setMyCommands", "deleteWebhook", "getUpdates"])
async def test_a_telegram_that_stumbles_at_the_start_is_tried_again_or_named(
    world: World, tmp_path: Path, provoked: Provoked, method: str
) -> None:
    provoked.telegram = True
    world.telegram.fail_next(method, 502)
    try:
        async with running(world, tmp_path):
            await order(world)
    except RingbackError as error:
        assert "Telegram cannot be reached" in str(error)  # noqa: PT017 - either is good


# What is left behind


async def test_a_database_that_fails_is_said_so_and_does_not_put_a_request_into_the_log(
    world: World, app: App, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/ringback.db")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("alter table drafts rename to gone")
    await engine.dispose()
    answer = await answer_to(world, REQUEST)
    assert "Something went wrong on my side" in answer.text
    assert "no such table" in caplog.text
    assert "Trattoria" not in caplog.text
    assert "4155552671" not in caplog.text


async def test_nothing_personal_is_in_the_logs_of_a_whole_run(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for wing in ("bot", "bridge", "prompts"):
        caplog.set_level(logging.DEBUG, logger=wing)
    async with running(world, tmp_path):
        live = await order(world)
        call = await place(world, live)
        report = await finished(world, live)
        await press(world, report, "Full transcript")
        await answer_to(world, "/people")
        world.telegram.person(2002, "Mallory").say("let me in")
        await asyncio.sleep(2)
    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''} {record.__dict__}"
        for record in caplog.records
        if record.name.partition(".")[0] in ("bot", "bridge", "prompts")
    )
    assert "ready for calls" in logged
    secrets = (world.telegram.token, world.twilio.auth_token, world.openai.api_key, "Parameter", "MZ")
    personal = ("4155552671", "+1 415", "Trattoria", "Shane", "Mallory", "table", "7:45", "your help", call.sid[2:])
    assert not [words for words in (*secrets, *personal) if words.casefold() in logged.casefold()]
