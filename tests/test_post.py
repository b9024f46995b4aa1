"""The post, against the stand-in of Telegram: what must arrive does, what cannot is not tried again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.cards import Button
from bot.post import BURST_S, PACE_S, Post, retry_after_s
from bot.richtext import bold, plain
from sandbox.telegram import Person, TelegramStandIn

pytestmark = pytest.mark.fast_clock
KEYBOARD = ((Button("📞 Call", "c:call:1:1"),),)
PAIR = (Button("🎭 Persona", "c:personas:1:1"), Button("🔊 Voice", "c:voices:1:1"))


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn() as server:
        yield server


@pytest.fixture
async def post(telegram: TelegramStandIn) -> AsyncIterator[Post]:
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot") as bot:
        yield Post(bot)


@pytest.fixture
def ana(telegram: TelegramStandIn) -> Person:
    return telegram.person(101, "Ana")


def shown(person: Person) -> list[str]:
    return [message.text for message in person.chat.messages]


async def test_a_message_arrives_with_its_formatting_and_its_buttons(post: Post, ana: Person) -> None:
    asked = ana.say("call Roma")
    sent = await post.send(
        ana.id, bold("📞 Roma") + plain(" <b>& Co</b>"), (*KEYBOARD, PAIR), silent=True, reply_to=asked.id
    )
    message = ana.chat.messages[-1]
    assert (message.id, message.text, message.silent, message.reply_to) == (sent, "📞 Roma <b>& Co</b>", True, asked)
    assert message.entities == [{"type": "bold", "offset": 0, "length": 7}]
    assert [[button.data for button in row] for row in message.keyboard] == [
        ["c:call:1:1"],
        ["c:personas:1:1", "c:voices:1:1"],
    ]


async def test_a_message_rings_unless_it_is_told_not_to(post: Post, ana: Person) -> None:
    await post.send(ana.id, "The report")
    assert not ana.chat.messages[-1].silent


async def test_a_reply_to_a_message_that_is_gone_arrives_all_the_same(post: Post, ana: Person) -> None:
    await post.send(ana.id, "The report", reply_to=4711)
    assert shown(ana) == ["The report"]
    assert ana.chat.messages[-1].reply_to is None


async def test_words_that_are_too_long_are_clipped(post: Post, ana: Person) -> None:
    await post.send(ana.id, "😀" * 4000)
    assert shown(ana) == ["😀" * 2047 + "…"]


async def test_told_to_wait_it_waits_and_the_message_arrives(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    telegram.fail_next("sendMessage", 429, times=2, retry_after=11)
    await post.send(ana.id, "The report")
    assert shown(ana) == ["The report"]
    first, second, third = [request.time for request in telegram.requested("sendMessage")]
    assert second - first >= 11
    assert third - second >= 11


@pytest.mark.parametrize("status", [0, 500, 502])
async def test_a_dropped_connection_or_a_bad_gateway_is_tried_again(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int
) -> None:
    telegram.fail_next("sendMessage", status, times=3)
    await post.send(ana.id, "The report")
    assert shown(ana) == ["The report"]
    assert len(telegram.requested("sendMessage")) == 4


async def test_an_outage_without_end_is_told(post: Post, telegram: TelegramStandIn, ana: Person) -> None:
    telegram.fail_next("sendMessage", 502, times=100)
    with pytest.raises(NetworkError):
        await post.send(ana.id, "The report")
    assert len(telegram.requested("sendMessage")) == 8


@pytest.mark.parametrize(("status", "error"), [(400, BadRequest), (403, Forbidden)])
async def test_what_telegram_refuses_is_not_tried_again(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int, error: type[Exception]
) -> None:
    telegram.fail_next("sendMessage", status, times=3)
    with pytest.raises(error):
        await post.send(ana.id, "The report")
    assert len(telegram.requested("sendMessage")) == 1


async def test_who_blocked_the_bot_gets_nothing(post: Post, ana: Person) -> None:
    ana.block()
    with pytest.raises(Forbidden):
        await post.send(ana.id, "The report")


async def test_an_edit_changes_text_and_buttons(post: Post, ana: Person) -> None:
    sent = await post.send(ana.id, "one", KEYBOARD)
    await post.edit(ana.id, sent, bold("two"))
    message = ana.chat.messages[-1]
    assert (message.text, message.keyboard, message.entities) == (
        "two",
        [],
        [{"type": "bold", "offset": 0, "length": 3}],
    )


async def test_an_edit_that_changes_nothing_is_no_error(post: Post, ana: Person) -> None:
    sent = await post.send(ana.id, "one", KEYBOARD)
    await post.edit(ana.id, sent, plain("one"), KEYBOARD)


async def test_an_edit_of_a_message_that_is_not_there_is_one(post: Post, ana: Person) -> None:
    ana.say("hello")
    with pytest.raises(BadRequest):
        await post.edit(ana.id, 4711, plain("one"))


@pytest.mark.parametrize(("status", "error"), [(429, RetryAfter), (502, NetworkError)])
async def test_an_edit_is_tried_once_and_a_last_one_until_it_arrives(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int, error: type[Exception]
) -> None:
    sent = await post.send(ana.id, "one")
    telegram.fail_next("editMessageText", status)
    with pytest.raises(error):
        await post.edit(ana.id, sent, plain("two"))
    assert len(telegram.requested("editMessageText")) == 1
    telegram.fail_next("editMessageText", status, times=2)
    await post.redraw(ana.id, sent, plain("three"))
    assert shown(ana) == ["three"]


async def test_a_question_opens_a_reply(post: Post, ana: Person) -> None:
    sent = await post.ask(ana.id, "What should I change?", "make it for five")
    message = ana.chat.messages[-1]
    assert (message.id, message.text) == (sent, "What should I change?")


async def test_ones_own_contact_is_asked_for_and_thanked_for(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    await post.ask_for_contact(ana.id, "Which phone?", "Share my number")
    await post.thank_for_contact(ana.id, "Thank you")
    asked, thanked = [request.params["reply_markup"] for request in telegram.requested("sendMessage")]
    assert "request_contact" in str(asked)
    assert "remove_keyboard" in str(thanked)


async def test_a_file_arrives_whole(post: Post, telegram: TelegramStandIn, ana: Person) -> None:
    telegram.fail_next("sendDocument", 502)
    await post.send_file(ana.id, "transcript.txt", "Pronto 🍕\n", reply_to=4711)
    file = ana.chat.messages[-1].file
    assert file is not None
    assert file.data.decode() == "Pronto 🍕\n"


async def test_a_card_that_was_replaced_loses_its_buttons(post: Post, ana: Person) -> None:
    sent = await post.send(ana.id, "one", KEYBOARD)
    await post.retire(ana.id, sent)
    assert ana.chat.messages[-1].keyboard == []
    await post.retire(ana.id, 4711)  # a courtesy: no error


async def test_courtesies_are_paid_and_their_failures_are_nobodys_business(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    asked = ana.say("call Roma")
    await post.typing(ana.id)
    await post.acknowledge(ana.id, asked.id)
    telegram.fail_next("*", 500, times=2)
    await post.typing(ana.id)
    await post.acknowledge(ana.id, asked.id)
    assert [request.ok for request in telegram.requested("setMessageReaction")] == [True, False]
    assert [request.ok for request in telegram.requested("sendChatAction")] == [True, False]


async def test_however_many_write_to_a_chat_its_budget_is_kept(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    """Telegram's flood control is on, and says nothing."""
    sent = await post.send(ana.id, "one")
    await asyncio.gather(
        *(post.send(ana.id, f"message {number}") for number in range(8)),
        *(post.edit(ana.id, sent, plain(f"state {number}")) for number in range(8)),
    )
    assert [request.description for request in telegram.requests if not request.ok] == []
    times = sorted(request.time for request in telegram.requests if request.method != "getMe")
    assert times[-1] - times[0] >= 16 * PACE_S - BURST_S - 0.1


async def test_chats_do_not_wait_for_each_other(post: Post, telegram: TelegramStandIn) -> None:
    began = asyncio.get_running_loop().time()
    people = [telegram.person(200 + number, "Bo") for number in range(8)]
    await asyncio.gather(*(post.send(person.id, "hello") for person in people))
    assert asyncio.get_running_loop().time() - began < PACE_S


def test_the_wait_is_in_seconds_however_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retry_after_s(RetryAfter(7)) == 7.0
    monkeypatch.delenv("PTB_TIMEDELTA")
    with pytest.warns(match="timedelta"):
        assert retry_after_s(RetryAfter(7)) == 7.0
