"""Planning: contacts and past calls are named to the planner, and their numbers are found here."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.address_book import AddressBook
from bot.chat import Chat
from bot.conversation import Draft, Stage
from bot.plan import Plan
from bot.planner import Planner
from bot.planning import Planning
from bot.store import Store
from bot.text_model import TextModel
from sandbox.openai import OpenAIStandIn
from tests.fakes import FakeWall
from tests.samples import PLACE, PLAN, a_draft, a_plan, a_summary
from tests.sandbox_openai_client import ScriptedMind

pytestmark = pytest.mark.fast_clock
CHAT = Chat(PLACE.chat_id, zone="America/Los_Angeles")
MUM, ROMA = "+442071234567", "+14155552671"
DAY_S = 86_400.0


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall()


@pytest.fixture
def mind() -> ScriptedMind:
    return ScriptedMind()


@pytest.fixture
def store(engine: AsyncEngine, wall: FakeWall) -> Store:
    return Store(engine, wall)


@pytest.fixture
def contacts(engine: AsyncEngine) -> AddressBook:
    return AddressBook(engine)


@pytest.fixture
async def planning(mind: ScriptedMind, store: Store, contacts: AddressBook, wall: FakeWall) -> AsyncIterator[Planning]:
    async with OpenAIStandIn(mind) as stand_in:
        model = TextModel(
            base_url=stand_in.base_url,
            api_key=stand_in.api_key,
            model="gpt-6-luna",
            transcription_model="gpt-transcribe",
        )
        yield Planning(store=store, contacts=contacts, planner=Planner(model, max_minutes=15), wall=wall)
        await model.close()


async def planned(planning: Planning, mind: ScriptedMind, draft: Plan | None = None, **answer: Any) -> Plan:
    """What becomes of a planner's answer."""
    mind.objects.append({**PLAN, "callee_number": "", **answer})
    return await planning.plan("call them", CHAT, "Shane", draft=draft)


def asked(mind: ScriptedMind) -> list[str]:
    return str(mind.asked[-1]["text"]).splitlines()


async def called(store: Store, wall: FakeWall, name: str, **changes: Any) -> Draft:
    """A day later somebody was called."""
    wall.now += DAY_S
    plan = a_plan(callee_name=name, callee_number=f"+1415555{len(name):04}")
    draft = a_draft(plan, id=name, stage=Stage.REPORTED, **changes)
    await store.save(draft)
    return draft


async def test_a_contact_gets_their_number(planning: Planning, mind: ScriptedMind, contacts: AddressBook) -> None:
    await contacts.keep(CHAT.id, "Mum", MUM)
    plan = await planned(planning, mind, contact="mum", lookup="Mum")
    assert (plan.callee_number, plan.contact, plan.lookup) == (MUM, "", "")
    assert asked(mind)[:2] == ["CONTACTS", "- Mum"]


async def test_a_contact_who_is_not_there_gets_none(planning: Planning, mind: ScriptedMind) -> None:
    plan = await planned(planning, mind, contact="Mum")
    assert (plan.callee_number, plan.contact) == ("", "")


async def test_what_the_request_gives_counts_first(
    planning: Planning, mind: ScriptedMind, contacts: AddressBook
) -> None:
    await contacts.keep(CHAT.id, "Mum", MUM)
    assert (await planned(planning, mind, contact="Mum", callee_number=" +1 415 555 0107")).callee_number == (
        "+1 415 555 0107"
    )


async def test_a_past_call_gives_its_number(
    planning: Planning, mind: ScriptedMind, store: Store, wall: FakeWall
) -> None:
    first, last = await called(store, wall, "Luigi"), await called(store, wall, "Joe")
    assert (await planned(planning, mind, recent=1)).callee_number == last.plan.callee_number
    plan = await planned(planning, mind, recent=2)
    assert (plan.callee_number, plan.recent) == (first.plan.callee_number, 0)
    assert (await planned(planning, mind, recent=3)).callee_number == ""


async def test_a_drafts_own_number_is_kept(planning: Planning, mind: ScriptedMind) -> None:
    plan = await planned(planning, mind, a_plan(callee_number=ROMA), callee_number="+1…")
    assert plan.callee_number == ROMA


async def test_past_calls_are_told_with_their_own_day_the_newest_first_and_five_of_them(
    planning: Planning, mind: ScriptedMind, store: Store, wall: FakeWall
) -> None:
    for name in ("A", "Bb", "Ccc", "Dddd", "Eeeee", "Ffffff"):
        await called(store, wall, name)
    await store.keep_summary("Eeeee", a_summary(headline="Booked: 8pm"))
    wall.now += 10 * DAY_S
    await planned(planning, mind)
    recent = [line for line in asked(mind) if line[:1].isdigit()]
    assert recent == [
        "1. Ffffff, Sat, Nov 28: Book a table for four at 7pm. /",
        "2. Eeeee, Fri, Nov 27: Book a table for four at 7pm. / Booked: 8pm",
        "3. Dddd, Thu, Nov 26: Book a table for four at 7pm. /",
        "4. Ccc, Wed, Nov 25: Book a table for four at 7pm. /",
        "5. Bb, Tue, Nov 24: Book a table for four at 7pm. /",
    ]


async def test_a_planned_call_was_not_made_yet(
    planning: Planning, mind: ScriptedMind, store: Store, wall: FakeWall
) -> None:
    await called(store, wall, "Luigi")
    await store.save(a_draft(a_plan(callee_name="Joe"), stage=Stage.SCHEDULED, due_unix=wall.now + DAY_S))
    await planned(planning, mind)
    assert [line.partition(",")[0] for line in asked(mind) if line[:1].isdigit()] == ["1. Luigi"]
