"""What was booked comes with its calendar entry: at the callee's hour, on the right day, silently."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from bot.app import App
from bot.settings import Settings
from sandbox.scenario import Rule
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    MONDAY_UNIX,
    Provoked,
    answer_to,
    check_the_wires,
    finished,
    is_report,
    labels,
    order,
    place,
    running,
)
from tests.e2e.group import a_group, shows, told
from tests.e2e.line import answered_by, somebody

TOMORROW = "call Trattoria Roma on +1 415 555 2671 and book a table for four tomorrow at 8pm, name Shane"
ABROAD = "call the office on +49 30 901820 and book a table for four tomorrow at 8pm, name Shane"
DENTIST = "call my dentist on +1 415 555 0111 and book an appointment on Thursday at 10am, name Shane"
CALIFORNIA = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")


def entry_in(message: Message) -> Event:
    assert message.document is not None
    [event] = Calendar.from_ical(message.document.data).walk("VEVENT")
    assert isinstance(event, Event)
    return event


async def booked(world: World, request: str) -> tuple[Message, Message]:
    """The report, and the file that comes with it."""
    live = await order(world, request)
    await place(world, live)
    report = await finished(world, live)
    assert report.text.startswith("✅ Booked")
    return report, await world.requester.wait_for(lambda m: m.document, after=report)


@pytest.mark.daily
async def test_what_was_booked_for_tomorrow_stands_on_tomorrows_page(world: World, app: App) -> None:
    report, file = await booked(world, TOMORROW)
    event = entry_in(file)
    assert event.start == datetime(2026, 11, 24, 20, tzinfo=CALIFORNIA)
    assert event.end - event.start == timedelta(hours=2)
    assert (event["summary"], event["location"]) == ("Table for 4 at Trattoria Roma", "Trattoria Roma")
    assert event["description"] == "Book a table for 4 people at 8pm tomorrow under the name Shane."
    assert file.document is not None
    assert (file.document.name, file.document.mime_type) == ("appointment.ics", "text/calendar")
    assert (file.silent, file.reply_to) == (True, report)
    assert file.text == "Table for 4 at Trattoria Roma, tomorrow, Tue, Nov 24, 8:00 PM (Los Angeles)"


async def test_the_button_opens_the_same_entry(world: World, app: App) -> None:
    report, _ = await booked(world, TOMORROW)
    assert labels(report)[-1] == "add to calendar"
    link = report.keyboard[-1][-1].url
    assert link
    address = urlsplit(link)
    assert (address.scheme, address.netloc) == ("https", "calendar.google.com")
    facts = {name: value for name, [value] in parse_qs(address.query).items()}
    assert (facts["dates"], facts["ctz"]) == ("20261124T200000/20261124T220000", "America/Los_Angeles")
    assert facts["text"] == "Table for 4 at Trattoria Roma"


async def test_an_appointment_is_as_long_as_is_usual(world: World, app: App) -> None:
    _, file = await booked(world, DENTIST)
    event = entry_in(file)
    assert event.start == datetime(2026, 11, 26, 10, tzinfo=CALIFORNIA)
    assert event.end - event.start == timedelta(minutes=30)


class TestACalleeAbroad:
    """It is Monday evening in Berlin, and morning where the requester is."""

    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        books = Rule(state="start", when=(r"\bbook",), say="You are booked tomorrow: 8pm, table for four.", goto="end")
        bye = Rule(state="end", when=(r"bye\b",), say="Goodbye!", hang_up=True)
        async with World(answerer=answered_by(somebody(books, bye, greeting="Hello?"))) as world:
            yield world
            check_the_wires(world)

    async def test_the_hour_is_the_callees(self, world: World, app: App) -> None:
        _, file = await booked(world, ABROAD)
        assert entry_in(file).start == datetime(2026, 11, 24, 20, tzinfo=BERLIN)
        assert file.text.endswith("tomorrow, Tue, 24 Nov, 20:00 (Berlin)")


async def test_a_report_that_comes_days_later_still_means_the_day_after_the_call(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True
    async with running(world, tmp_path):
        live = await order(world, TOMORROW)
        call = await place(world, live)
        world.requester.block()
        await call.ended.wait()
        await asyncio.sleep(60)
    world.requester.unblock()
    settings = Settings(_env_file=None, **world.settings(database_url=f"sqlite:///{tmp_path}/ringback.db"))
    async with App(settings, wall=lambda: MONDAY_UNIX + 5 * 86_400):
        report = await world.requester.wait_for(is_report)
        file = await world.requester.wait_for(lambda m: m.document, after=report)
    assert entry_in(file).start == datetime(2026, 11, 24, 20, tzinfo=CALIFORNIA)
    assert file.text == "Table for 4 at Trattoria Roma, Tue, Nov 24, 8:00 PM (Los Angeles)"


async def test_where_nothing_was_booked_there_is_no_entry(world: World, app: App) -> None:
    live = await order(world, BUSY)
    await place(world, live)
    report = await finished(world, live)
    assert "add to calendar" not in labels(report)
    await answer_to(world, "/help")
    assert not [message for message in world.requester.chat.messages if message.document]


async def test_a_file_that_telegram_does_not_take_keeps_nothing_back(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.telegram = True
    live = await order(world, TOMORROW)
    await place(world, live)
    world.telegram.fail_next("sendDocument", 400, description="Bad Request: wrong file")
    report = await finished(world, live)
    assert report.text.startswith("✅ Booked")
    assert (await answer_to(world, "/help")).text


async def test_a_429_delays_the_file_and_no_more(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    live = await order(world, TOMORROW)
    await place(world, live)
    world.telegram.fail_next("sendDocument", 429, times=2, retry_after=20)
    report = await finished(world, live)
    file = await world.requester.wait_for(lambda m: m.document, after=report, timeout=120)
    assert file.sent_at - report.sent_at >= 40


async def test_in_a_group_it_shows_no_number(world: World, app: App) -> None:
    group = await a_group(world, [world.requester])
    live = await group.order(TOMORROW.replace("Trattoria Roma ", ""), by=world.requester)
    await group.place(live, by=world.requester)
    report = await group.finished(live)
    await group.chat.wait_for(lambda m: m.document, after=report)
    assert not [text for text in told(world, group.chat) if shows(text, "+14155552671")]


def test_the_clock_of_these_tests() -> None:
    assert datetime.fromtimestamp(MONDAY_UNIX, UTC) == datetime(2026, 11, 23, 17, tzinfo=UTC)
