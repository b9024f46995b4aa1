"""What is typed at the demo's prompt: a label presses, > replies, everything else is written."""

from collections.abc import AsyncIterator

import pytest

from sandbox.telegram import Message, Person, TelegramStandIn
from sandbox.typed import OWN_PHONE, button_of, typed


@pytest.fixture
async def ana() -> AsyncIterator[Person]:
    async with TelegramStandIn() as server:
        yield server.person(101, "Ana")


def from_bot(person: Person, **markup: object) -> Message:
    message = person.cloud.new_message(person.chat, person.cloud.bot)
    message.text, message.markup = "📞 Trattoria Roma", dict(markup)
    person.cloud.post(message)
    return message


CARD = [[{"text": "📞 Call", "callback_data": "c:call"}], [{"text": "🎬 Rehearse", "callback_data": "c:rehearse"}]]


@pytest.mark.parametrize("line", ["rehearse", "Rehearse", "[🎬 Rehearse]", " [rehearse] "])
async def test_a_label_presses_its_button_however_it_is_written(ana: Person, line: str) -> None:
    from_bot(ana, inline_keyboard=CARD)
    assert typed(ana, line) == ""
    assert [press.data for press in ana.cloud.presses.values()] == ["c:rehearse"]


async def test_the_newest_message_with_that_button_is_meant_and_none_that_is_gone(ana: Person) -> None:
    for deleted in (False, False, True):
        from_bot(ana, inline_keyboard=CARD).deleted = deleted
    typed(ana, "call")
    assert [press.message.id for press in ana.cloud.presses.values()] == [ana.chat.messages[1].id]


async def test_a_button_that_opens_a_page_tells_its_address(ana: Person) -> None:
    message = from_bot(ana, inline_keyboard=[[{"text": "📅 Add to calendar", "url": "https://calendar.example/"}]])
    assert typed(ana, "add to calendar") == "opens https://calendar.example/"
    assert button_of(message, "…") is None


async def test_the_own_number_is_shared_with_its_button(ana: Person) -> None:
    from_bot(ana, keyboard=[[{"text": "Ring my own phone", "request_contact": True}]])
    assert OWN_PHONE in typed(ana, "ring my own phone")
    assert ana.chat.messages[-1].contact == {"phone_number": OWN_PHONE, "first_name": "Ana", "user_id": 101}


async def test_words_are_written_and_after_a_sign_they_reply(ana: Person) -> None:
    card = from_bot(ana, inline_keyboard=CARD)
    assert [typed(ana, "make it for five"), typed(ana, "> ask for a terrace")] == ["", ""]
    assert [(m.text, m.reply_to) for m in ana.chat.messages[1:]] == [
        ("make it for five", None),
        ("ask for a terrace", card),
    ]


@pytest.mark.parametrize("line", [">", "x" * 4097])
async def test_what_no_app_would_send_is_said_to_be_so(ana: Person, line: str) -> None:
    from_bot(ana, inline_keyboard=CARD)
    assert "4096" in typed(ana, line)
