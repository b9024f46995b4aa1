"""The product on each of its databases, from an empty one: a call, and what is remembered of it after a restart."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from bot import booking, call_view, cards, report_view, wording
from bot.chat import Chat, Place
from bot.conversation import Draft
from bot.live import live_of
from bot.plan import Plan
from bot.report import Reporter
from bot.text_model import TextModel
from bridge import prices
from bridge.call import Turn
from bridge.database import open_database
from bridge.events import CallEvent, Confirmed, Ended
from bridge.journal import Journal
from bridge.switchboard import spec_of
from sandbox.world import World
from tests.e2e.chat import (
    REQUEST,
    SHORT,
    answer_to,
    finished,
    is_card,
    on_the_line,
    order,
    place,
    running,
)
from tests.fakes import MODEL


@pytest.fixture
def url(empty_database_url: str) -> str:
    """As hosts write it."""
    return empty_database_url.replace("postgresql:", "postgres:")


async def test_a_call_from_its_request_to_its_report(world: World, tmp_path: Path, url: str) -> None:
    async with running(world, tmp_path, database_url=url):
        card = await order(world)
        offered = card.text
        call = await place(world, card)
        report = await finished(world, card)
        assert "Booked: 7:45pm" in report.text
        assert "Trattoria Roma" in (await answer_to(world, "/calls")).text
    engine = open_database(url)
    journal = Journal(engine)
    async with engine.connect() as connection:
        ids = (await connection.exec_driver_sql("select id from calls")).scalars().all()
    told = await journal.events(ids[0])
    assert await journal.unfinished() == []
    await engine.dispose()
    assert (len(ids), type(told[0]), type(told[-1])) == (1, Confirmed, Ended)
    again = await rebuilt(world, told)
    assert (again.card, again.live, again.report) == (offered, card.text, report.text)
    # And what it says is what was to be heard.
    said = [(line.party, line.text) for line in on_the_line(call) if line.text]
    assert [(turn.party, turn.text) for turn in again.transcript] == said


class Rebuilt(NamedTuple):
    card: str
    live: str
    report: str
    transcript: list[Turn]


async def rebuilt(world: World, told: list[CallEvent]) -> Rebuilt:
    """All that the chat was shown of a call, from the events in its journal and nothing else."""
    spec, live = spec_of(told), live_of(told)
    words, chat = wording.words("en"), Chat(0, zone="America/New_York")
    plan = Plan.to_callee(spec.callee.name, spec.callee.number, on_behalf_of=spec.on_behalf_of, missing=[]).model_copy(
        update={
            "goal": spec.goal,
            "facts": list(spec.facts),
            "may_agree": list(spec.may_agree),
            "questions": list(spec.questions),
            "language": spec.language,
            "persona": spec.persona,
            "voice": spec.voice,
            "opening": spec.opening,
            "voicemail_message": spec.voicemail_message,
            "max_minutes": spec.max_duration_s // 60,
        }
    )
    draft = Draft(spec.id, Place(0), 0, "", plan)
    cost = prices.load(MODEL).estimate(spec.max_duration_s)
    card = cards.card(words, draft, estimate_usd=cost, recorded=spec.record)
    [page] = call_view.live_pages(words, spec, live.status(words, told[-1].at_ms), live.turns)
    call = live.finished(spec)
    assert call is not None
    model = TextModel(
        base_url=world.openai.base_url, api_key=world.openai.api_key, model="gpt-6-luna", transcription_model=""
    )
    summary = await Reporter(model).summarise(call, booking.zone_of(call, chat))
    await model.close()
    report = report_view.report(words, replace(call, summary=summary))
    return Rebuilt(card.text, page.text, report.text, live.turns)


async def test_what_was_begun_goes_on_after_a_restart(world: World, tmp_path: Path, url: str) -> None:
    async with running(world, tmp_path, database_url=url):
        question = await answer_to(world, REQUEST.replace(" on +1 415 555 2671", ""))
        other = await order(world, SHORT)
    async with running(world, tmp_path, database_url=url):
        card = await answer_to(world, "+1 415 555 2671", reply_to=question)
        assert is_card(card)
        await place(world, other)
        assert "they hung up" in (await finished(world, other)).text
