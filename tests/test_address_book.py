"""A chat's contacts, in a real SQLite file and in a real PostgreSQL."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.address_book import AddressBook

ANA, TEAM = 101, -1001234567890
ROMA, MUM = "+14155552671", "+442071234567"


@pytest.fixture
def contacts(engine: AsyncEngine) -> AddressBook:
    return AddressBook(engine)


async def names(contacts: AddressBook, chat_id: int = ANA) -> list[str]:
    return [contact.name for contact in await contacts.of(chat_id)]


async def test_contacts_are_listed_by_name_whatever_their_case(contacts: AddressBook) -> None:
    for name in ("Roma", "mum", "Dentist"):
        await contacts.keep(ANA, name, ROMA)
    assert await names(contacts) == ["Dentist", "mum", "Roma"]


async def test_each_chat_has_its_own(contacts: AddressBook) -> None:
    await contacts.keep(ANA, "Mum", MUM)
    assert await names(contacts, TEAM) == []
    assert await contacts.named(TEAM, "Mum") is None
    assert [await contacts.knows(chat_id, MUM) for chat_id in (ANA, TEAM)] == [True, False]


async def test_a_contact_is_found_by_its_name_however_it_is_written(contacts: AddressBook) -> None:
    await contacts.keep(ANA, "  Trattoria \n Roma ", ROMA)
    found = await contacts.named(ANA, "trattoria  ROMA")
    assert found is not None
    assert (found.name, found.number) == ("Trattoria Roma", ROMA)
    assert await contacts.named(ANA, "Roma") is None


@pytest.mark.parametrize(("before", "after"), [("Mum", "mum"), ("Jürgen", "JÜRGEN"), ("ΜΑΜΆ", "μαμά")])
async def test_a_name_that_is_there_gets_the_new_number(contacts: AddressBook, before: str, after: str) -> None:
    await contacts.keep(ANA, before, ROMA)
    await contacts.keep(ANA, after, MUM)
    assert [(contact.name, contact.number) for contact in await contacts.of(ANA)] == [(after, MUM)]


async def test_a_long_name_is_cut(contacts: AddressBook) -> None:
    await contacts.keep(ANA, "N" * 1000, MUM)
    await contacts.keep(ANA, "N" * 1000, ROMA)
    assert [len(name) for name in await names(contacts)] == [128]


async def test_a_contact_that_is_removed_is_gone_from_its_own_chat_only(contacts: AddressBook) -> None:
    for chat_id in (ANA, TEAM):
        await contacts.keep(chat_id, "Mum", MUM)
    (hers,), (theirs,) = await contacts.of(ANA), await contacts.of(TEAM)
    assert await contacts.remove(ANA, theirs.id) is None
    assert await contacts.remove(ANA, hers.id) == hers
    assert await contacts.remove(ANA, hers.id) is None
    assert (await names(contacts), await names(contacts, TEAM)) == ([], ["Mum"])


# Not kept yet


async def test_one_that_waits_for_somebodys_word_is_no_contact(contacts: AddressBook) -> None:
    contact_id = await contacts.propose(ANA, " Mum ", MUM, asked_of=7)
    assert await names(contacts) == []
    assert await contacts.named(ANA, "Mum") is None
    assert not await contacts.knows(ANA, MUM)
    assert await contacts.remove(ANA, contact_id) is None
    proposed = await contacts.proposed(ANA, contact_id)
    assert proposed is not None
    assert (proposed.name, proposed.number, proposed.asked_of) == ("Mum", MUM, 7)


async def test_it_is_withdrawn_once_and_in_its_own_chat(contacts: AddressBook) -> None:
    contact_id = await contacts.propose(ANA, "Mum", MUM, asked_of=7)
    assert await contacts.proposed(TEAM, contact_id) is None
    proposed = await contacts.proposed(ANA, contact_id)
    assert proposed is not None
    assert [await contacts.withdraw(proposed) for _ in range(2)] == [True, False]


async def test_who_is_kept_is_asked_about_no_more(contacts: AddressBook) -> None:
    await contacts.keep(ANA, "Mum", MUM)
    (mum,) = await contacts.of(ANA)
    assert await contacts.proposed(ANA, mum.id) is None


async def test_one_that_waits_is_forgotten_with_the_rest(contacts: AddressBook) -> None:
    contact_id = await contacts.propose(ANA, "Mum", MUM, asked_of=7)
    await contacts.forget(ANA)
    assert await contacts.proposed(ANA, contact_id) is None
