"""/calls: whose calls somebody sees, how each is told, and what can be done from there."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.app import App
from bot.chat import Place
from bot.conversation import Draft, Stage
from bot.plan import Plan
from bot.store import Store
from bridge.database import open_database
from sandbox.telegram import Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    SHORT,
    Provoked,
    answer_to,
    connected,
    data_of,
    finished,
    labels,
    order,
    place,
    plan_json,
    press,
    press_data,
    running,
)
from tests.e2e.group import FAMILY, a_group
from tests.e2e.later import LATER, at, is_plan, plan, running_later, until

FRIEND = "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday"
ZONE = "Times are those of New York."


@pytest.fixture
def mallory(world: World) -> Person:
    return world.telegram.person(2002, "Mallory")


async def keep(folder: Path, drafts: Iterable[Draft]) -> None:
    """What a former process has left in the database."""
    engine = open_database(f"sqlite:///{folder}/ringback.db")
    store = Store(engine, lambda: at(12))
    for draft in drafts:
        await store.save(draft)
    await engine.dispose()


def planned(number: int, *, requester_id: int = 1001, chat_id: int = 1001) -> Draft:
    """A call to Nobody the so-many-th, planned for so many minutes after three."""
    return Draft(
        id=f"{requester_id}-{chat_id}-{number}",
        place=Place(chat_id),
        requester_id=requester_id,
        requester_name={1001: "Shane", 2002: "Mallory"}[requester_id],
        plan=Plan.stored(plan_json(callee_name=f"Nobody {number}", callee_number="+14155550102")),
        stage=Stage.SCHEDULED,
        due_unix=at(15, number),
    )


def names(text: str) -> list[str]:
    """Of those who are called, in their order."""
    return [line.partition(" · ")[2].partition(" – ")[0] for line in text.splitlines()[1:-1]]


@pytest.mark.daily
async def test_calls_lists_how_each_call_went_the_newest_first(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        live = await order(world, FRIEND)
        await place(world, live)
        await connected(world, live)
        listed = await answer_to(world, "/calls")
        row = listed.text.splitlines()[1]
        assert row.startswith("• Mon, Nov 23, 12:00 PM · Mia – connected 0:0")  # as an admin sees it
        await finished(world, live)
        busy = await order(world, BUSY)
        await place(world, busy)
        await finished(world, busy)
        await plan(world, LATER.replace("0102", "0103"))
        listed = await answer_to(world, "/calls")
    title, first, second, third, zone = listed.text.splitlines()
    assert (title, zone) == ("Calls", ZONE)
    assert first == "• Mon, Nov 23, 2:00 PM · Luigi – planned"
    assert second.startswith("• Mon, Nov 23, 12:0")
    assert " PM · Luigi – the line was busy, $0.0" in second
    assert "Mia – 0:" in third
    assert "it ended with a goodbye, $0." in third
    assert labels(listed) == ["luigi, mon, nov 23, 2:00 pm"]


@pytest.mark.daily
async def test_who_has_made_no_call_is_told_how(world: World, app: App) -> None:
    assert (await answer_to(world, "/calls")).text == "No calls yet. Write what you want done."


async def test_a_planned_call_is_cancelled_from_the_list(world: World, tmp_path: Path, provoked: Provoked) -> None:
    provoked.telegram = True  # the list is shown anew, and is as it was: "message is not modified"
    async with running_later(world, tmp_path):
        card = await plan(world)
        listed = await answer_to(world, "/calls")
        button = data_of(listed, labels(listed)[0])
        assert await press(world, listed, labels(listed)[0]) == "Cancelled. Nothing was dialled."
        await world.requester.wait_for(lambda m: m is listed and "No calls yet" in m.text)
        await world.requester.wait_for(lambda m: m is card and "Cancelled. Nothing was dialled." in m.text)
        assert not card.keyboard
        assert await press_data(world, listed, button) == "This button has no use any more."
        await until(at(14, 15))
    assert not world.twilio.calls


async def test_a_list_is_turned_in_its_own_message(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        pass
    await keep(tmp_path, [planned(number) for number in range(18)])
    async with running_later(world, tmp_path):
        listed = await answer_to(world, "/calls")
        assert names(listed.text) == [f"Nobody {number}" for number in range(17, 9, -1)]
        assert labels(listed)[8:] == ["older"]
        await press(world, listed, "Older →")
        await world.requester.wait_for(lambda m: m is listed and "Nobody 9 " in m.text)
        assert names(listed.text) == [f"Nobody {number}" for number in range(9, 1, -1)]
        assert labels(listed)[8:] == ["newer", "older"]
        await press(world, listed, "Older →")
        await world.requester.wait_for(lambda m: m is listed and "Nobody 1 " in m.text)
        assert labels(listed)[2:] == ["newer"]
        # The last page empties, and the first one comes back.
        for number in (1, 0):
            await press(world, listed, next(one for one in labels(listed) if f"nobody {number}," in one))
            gone = f"Nobody {number} "
            await world.requester.wait_for(lambda m: m is listed and gone not in m.text)  # noqa: B023 - waited for here
        assert names(listed.text)[0] == "Nobody 17"
        assert await press_data(world, listed, "l:x") == "This button has no use any more."
        assert await press_data(world, listed, "l:0:nothing") == "This button has no use any more."


async def test_admins_see_everybodys_calls_callers_their_own_and_watchers_the_groups(
    world: World, tmp_path: Path, mallory: Person
) -> None:
    async with running(world, tmp_path):
        pass
    await keep(
        tmp_path,
        [
            planned(1),
            planned(2, requester_id=2002, chat_id=2002),
            planned(3, chat_id=FAMILY),
            planned(4, requester_id=2002, chat_id=FAMILY),
        ],
    )
    async with running_later(world, tmp_path):
        eve = world.telegram.person(3003, "Eve")
        await answer_to(world, "/allow 2002 caller")
        await answer_to(world, "/allow 3003 watcher")
        everybodys = await answer_to(world, "/calls")
        assert names(everybodys.text) == ["Nobody 4, for Mallory", "Nobody 3", "Nobody 2, for Mallory", "Nobody 1"]
        assert len(labels(everybodys)) == 4
        own = await answer_to(world, "/calls", by=mallory)
        assert names(own.text) == ["Nobody 4", "Nobody 2"]
        assert len(labels(own)) == 2
        watched = await answer_to(world, "/calls", by=eve)
        assert names(watched.text) == ["Nobody 4, for Mallory", "Nobody 3, for Shane"]
        assert not watched.keyboard
        stolen = data_of(everybodys, labels(everybodys)[3])
        assert "Shane" in await press_data(world, watched, stolen, by=eve)
        assert await press(world, everybodys, labels(everybodys)[2]) == "Cancelled. Nothing was dialled."
        await world.requester.wait_for(lambda m: m is everybodys and "Nobody 2" not in m.text)


async def test_a_group_sees_its_own_calls_and_cancels_those_that_one_may_steer(
    world: World, tmp_path: Path, mallory: Person
) -> None:
    async with running(world, tmp_path):
        pass
    await keep(tmp_path, [planned(1), planned(2, requester_id=2002, chat_id=2002)])
    async with running_later(world, tmp_path):
        await answer_to(world, "/allow 2002 caller")
        group = await a_group(world, [world.requester, mallory])
        said = await group.said(f"@ringback_bot {LATER.replace('Luigi on', '')}", by=world.requester)
        card = await group.chat.wait_for(is_plan, after=said)
        await press(world, card, "Plan the call")
        listed = await group.say("/calls@ringback_bot", by=mallory)
        assert listed.reply_to
        assert listed.text == f"Calls\n• Mon, Nov 23, 2:00 PM · +• •••-•••-••02, for Shane – planned\n{ZONE}"
        assert [button.label for row in listed.keyboard for button in row] == [
            "✖️ +• •••-•••-••02, Mon, Nov 23, 2:00 PM"
        ]
        assert "Shane" in await press(world, listed, labels(listed)[0], by=mallory)
        data = data_of(listed, labels(listed)[0])
        elsewhere = f"l:0:{planned(1).id}"
        assert await press_data(world, listed, elsewhere) == "This button has no use any more."
        assert await press_data(world, listed, data) == "Cancelled. Nothing was dialled."
        await group.chat.wait_for(lambda m: m is listed and "No calls yet" in m.text)


async def test_a_call_is_listed_under_the_time_at_which_it_was_placed(world: World, tmp_path: Path) -> None:
    async with running_later(world, tmp_path):
        card = await order(world, SHORT)
        await until(at(13))
        await place(world, card)
        await finished(world, card)
        assert "• Mon, Nov 23, 1:00 PM · Joe – 0:" in (await answer_to(world, "/calls")).text
