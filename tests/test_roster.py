"""People, chats and invitations, in a real SQLite file and in a real PostgreSQL."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import wording
from bot.chat import Chat
from bot.roster import Invitation, Person, Roster
from bot.tables import invitations

NEW = Chat(0, language="en", zone="America/Los_Angeles")
ANA, BO, ZOE = 101, 102, 103


@pytest.fixture
def roster(engine: AsyncEngine) -> Roster:
    return Roster(engine, NEW)


# People


async def test_whoever_writes_is_known_and_has_no_role(roster: Roster) -> None:
    assert await roster.person(ANA) == Person(ANA)
    await roster.meet(ANA, "Ana")
    assert await roster.person(ANA) == Person(ANA, "Ana", "")


async def test_a_new_name_is_kept_and_an_empty_one_is_not(roster: Roster) -> None:
    for name in ("Ana", "Ana Berg", ""):
        await roster.meet(ANA, name)
    assert await roster.person(ANA) == Person(ANA, "Ana Berg")


async def test_a_long_name_is_cut(roster: Roster) -> None:
    await roster.meet(ANA, "N" * 1000)
    await roster.meet(ANA, "N" * 1000)
    assert len((await roster.person(ANA)).name) == 256


async def test_two_first_messages_at_once_are_one_person(roster: Roster) -> None:
    roles = (roster.give_role(ANA, "caller") for _ in "ab")
    await asyncio.gather(*(roster.meet(ANA, "Ana") for _ in range(12)), *roles)
    assert await roster.person(ANA) == Person(ANA, "Ana", "caller")


async def test_somebody_can_get_a_role_before_they_ever_wrote(roster: Roster) -> None:
    await roster.give_role(BO, "watcher")
    await roster.meet(BO, "Bo")
    assert await roster.person(BO) == Person(BO, "Bo", "watcher")


async def test_a_role_can_be_taken_back(roster: Roster) -> None:
    await roster.give_role(BO, "admin")
    await roster.give_role(BO, "")
    assert (await roster.person(BO)).role == ""
    assert await roster.with_role() == []


async def test_those_with_a_role_are_listed_by_name(roster: Roster) -> None:
    for person_id, name in ((ZOE, "Zoe"), (ANA, "Ana"), (BO, "Bo")):
        await roster.meet(person_id, name)
    await roster.give_role(ZOE, "caller")
    await roster.give_role(ANA, "admin")
    assert [(person.name, person.role) for person in await roster.with_role()] == [("Ana", "admin"), ("Zoe", "caller")]


async def test_ones_own_number_is_kept(roster: Roster) -> None:
    await roster.meet(ANA, "Ana")
    await roster.keep_phone(ANA, "+14155550123")
    await roster.meet(ANA, "Ana Berg")
    assert await roster.person(ANA) == Person(ANA, "Ana Berg", phone="+14155550123")


# Chats


async def test_a_chat_that_nobody_has_set_anything_for_is_as_the_deployment_says(roster: Roster) -> None:
    assert await roster.chat(ANA) == Chat(ANA, language="en", zone="America/Los_Angeles")


async def test_what_is_set_for_a_chat_is_kept_and_the_rest_stays(roster: Roster) -> None:
    changed = await roster.keep_chat(ANA, zone="Europe/Berlin", disclose=True)
    await roster.keep_chat(ANA, language="de", town="Berlin", country="DE", persona="warm")
    assert changed == Chat(ANA, zone="Europe/Berlin", disclose=True)
    assert await roster.chat(ANA) == Chat(
        ANA, language="de", zone="Europe/Berlin", town="Berlin", country="DE", persona="warm", disclose=True
    )
    assert await roster.chat(BO) == Chat(BO, zone=NEW.zone)


async def test_a_setting_can_go_back_to_the_deployments(roster: Roster) -> None:
    await roster.keep_chat(ANA, disclose=False)
    assert (await roster.keep_chat(ANA, disclose=None)).disclose is None


async def test_two_settings_at_once_are_both_kept(roster: Roster) -> None:
    await asyncio.gather(roster.keep_chat(ANA, town="Porto"), roster.keep_chat(ANA, language="es"))
    chat = await roster.chat(ANA)
    assert (chat.town, chat.language) == ("Porto", "es")


async def test_the_groups_that_may_use_us_are_listed_by_title(roster: Roster) -> None:
    for chat_id, title, allowed in ((-1, "Team", True), (-2, "Family", True), (-3, "Others", False), (ANA, "", True)):
        await roster.keep_chat(chat_id, title=title, allowed=allowed)
    assert [(chat.id, chat.title) for chat in await roster.groups()] == [(-2, "Family"), (-1, "Team")]


async def test_a_private_chat_begins_in_the_language_of_its_person(roster: Roster) -> None:
    codes = ("en", "en-GB", "xx", "")
    assert [(await roster.meet_chat(ANA, code)).language for code in codes] == ["en"] * 4
    for number, code in enumerate(wording.languages()):
        assert (await roster.meet_chat(1000 + number, f"{code}-XX")).language == code


async def test_a_chat_that_has_settings_keeps_its_language_whoever_writes(roster: Roster) -> None:
    await roster.keep_chat(ANA, language="en", town="Porto")
    for code in wording.languages():
        assert (await roster.meet_chat(ANA, code)).language == "en"


async def test_a_chat_is_settled_once_it_has_a_time_zone_of_its_own(roster: Roster) -> None:
    assert not await roster.settled(ANA)
    await roster.keep_chat(ANA, town="Porto")
    assert not await roster.settled(ANA)
    assert (await roster.chat(ANA)).zone == NEW.zone
    await roster.keep_chat(ANA, zone="Europe/Lisbon")
    assert await roster.settled(ANA)


async def test_a_chat_that_is_forgotten_begins_anew_and_a_group_stays_allowed(roster: Roster) -> None:
    for chat_id in (ANA, -1):
        await roster.keep_chat(chat_id, title="Team", allowed=True, zone="Europe/Berlin", persona="warm", disclose=True)
        await roster.forget_chat(chat_id)
    assert await roster.chat(ANA) == Chat(ANA, zone=NEW.zone)
    assert await roster.chat(-1) == Chat(-1, "Team", allowed=True, zone=NEW.zone)


# Invitations


async def test_an_invitation_lets_one_person_in(roster: Roster) -> None:
    await roster.invite("token", "caller", by=ANA, expires_unix=100.0)
    assert await roster.accept("token", BO, now_unix=99.0) == "caller"
    assert await roster.accept("token", ZOE, now_unix=99.0) == ""
    assert await roster.accept("token", BO, now_unix=99.0) == ""


async def test_of_many_who_accept_at_once_one_is_let_in(roster: Roster) -> None:
    await roster.invite("token", "watcher", by=ANA, expires_unix=100.0)
    roles = await asyncio.gather(*(roster.accept("token", person_id, now_unix=1.0) for person_id in range(1, 21)))
    assert sorted(roles, reverse=True) == ["watcher", *[""] * 19]


async def test_an_invitation_expires_and_an_unknown_one_is_none(roster: Roster) -> None:
    await roster.invite("token", "caller", by=ANA, expires_unix=100.0)
    assert await roster.accept("token", BO, now_unix=100.0) == ""
    assert await roster.accept("another", BO, now_unix=1.0) == ""


async def test_an_invitation_can_be_read_before_it_is_accepted(roster: Roster) -> None:
    await roster.invite("token", "watcher", by=ANA, expires_unix=100.0)
    assert await roster.invitation("token", now_unix=99.0) == Invitation("watcher", ANA)
    assert await roster.invitation("token", now_unix=100.0) is None
    assert await roster.invitation("another", now_unix=1.0) is None
    await roster.accept("token", BO, now_unix=99.0)
    assert await roster.invitation("token", now_unix=99.0) is None


async def test_who_reads_the_database_cannot_use_its_invitations(roster: Roster, engine: AsyncEngine) -> None:
    await roster.invite("token", "admin", by=ANA, expires_unix=100.0)
    async with engine.connect() as connection:
        [kept] = (await connection.execute(sa.select(invitations.c.token))).scalars()
    assert await roster.accept(kept, BO, now_unix=1.0) == ""
